"""Faults that a hostile reading found in vouchers, each as a case."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import text as sql_text

from assessor.desk import consenting, editions, erasing, houses, surveys
from assessor.desk.desk import Desk
from assessor.desk.office import applying, deciding, handing, logged, running
from assessor.domain import Message, Text
from assessor.errors import AccessError, AssessorError, ConflictError, InputError, StorageError, UnknownError
from assessor.filing.checking import Found
from assessor.storage import Membership, Voucher, people, tables
from assessor.storage import vouchers as sql
from assessor.web.app import create_app
from tests.web.asked import asking, by_session
from tests.web.conftest import settings_for
from tests.web.offices import PROGRAMME, Applicant, Office, applicant, applied, code, held_pack, office, wanted
from tests.web.people import Person, again, at_once, joined

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "_made", held_pack)


def way(desk: Desk, at: Office, one: Applicant, *, to: str) -> Voucher:
    """A voucher that came so far."""
    found, who = applied(desk, at, one), at.first.who
    steps: dict[str, Any] = {
        "granted": lambda v: deciding.grant(desk, who, v.id, v.step, "1000", "人工核对"),
        "assigned": lambda v: applying.choose(desk, one.owner.who, v.id, v.step, "", "甲"),
        "handed-in": lambda v: handing.hand_in(desk, one.owner.who, v.id, v.step, "zh"),
        "accepted": lambda v: deciding.accept(desk, who, v.id, v.step, 1, frozenset()),
    }
    for state, step in steps.items():
        if found.state == to:
            break
        found = step(found)
        assert found.state == state
    return found


def test_whoever_rates_blind_has_no_look_at_what_was_handed_in(
    lite: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, one = office(lite), applicant(lite, 1)
    voucher = way(lite, at, one, to="handed-in")
    reviewer = joined(lite, one.house, "reviewer")
    assert handing.pack(lite, reviewer.who, voucher.id, 1)[1] == b"a pack"
    monkeypatch.setattr("assessor.storage.quality.rates_blind", lambda *_: {one.survey})
    with pytest.raises(surveys.BlindError):
        handing.pack(lite, reviewer.who, voucher.id, 1)


def test_files_that_were_not_accepted_go_with_their_survey_whichever_it_was(desk: Desk) -> None:
    at, one = office(desk), applicant(desk, 1)
    voucher = way(desk, at, one, to="handed-in")
    voucher = deciding.send_back(desk, at.first.who, voucher.id, voucher.step, "reject", "看不清")
    voucher = applying.withdraw(desk, one.owner.who, voucher.id, voucher.step)
    other = surveys.begin(
        desk, one.owner.who, one.house, {"name": "二", "kind": "discrete", "credit_code": code(1)}
    )
    voucher = applying.apply(desk, one.owner.who, other, wanted(at))
    erasing.erase_survey(desk, one.owner.who, one.survey)
    with pytest.raises(UnknownError):
        handing.pack(desk, at.first.who, voucher.id, 1)
    with desk.store.read() as c:
        (kept,) = sql.packs_of(c, voucher.id)
        last = sql.entries_of(c, at.house)[-1]
    assert kept.report is None and kept.sha256 and (last.act, last.details) == ("forget", {"packs": [1]})
    assert logged.log(desk, at.first.who, at.house, follow=True).chained.holds  # type: ignore[union-attr]


def test_what_was_accepted_stays_and_what_is_gone_is_not_accepted(desk: Desk) -> None:
    at = office(desk)
    one, two = applicant(desk, 1), applicant(desk, 2)
    voucher = way(desk, at, one, to="accepted")
    erasing.erase_survey(desk, one.owner.who, one.survey)
    assert handing.pack(desk, at.first.who, voucher.id, 1)[1] == b"a pack"
    gone = way(desk, at, two, to="handed-in")
    erasing.erase_survey(desk, two.owner.who, two.survey)
    with pytest.raises(ConflictError) as told:
        deciding.accept(desk, at.first.who, gone.id, gone.step, 1, frozenset())
    assert told.value.message.id == "way.pack_gone"


def test_nothing_is_handed_in_out_of_a_survey_that_was_erased_meanwhile(
    lite: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, one = office(lite), applicant(lite, 1)
    voucher = way(lite, at, one, to="assigned")

    def made(*_: Any) -> handing.Handed:
        erasing.erase_survey(lite, one.owner.who, one.survey)
        return held_pack()

    monkeypatch.setattr(handing, "_made", made)
    with pytest.raises(UnknownError):
        handing.hand_in(lite, one.owner.who, voucher.id, voucher.step, "zh")
    with lite.store.read() as c:
        assert not sql.packs_of(c, voucher.id)


@pytest.mark.parametrize(
    ("terms", "fault"), [({"quota": 0}, "way.quota_below"), ({"budget": 1}, "way.budget_below")]
)
def test_no_bound_is_set_below_what_was_granted(lite: Desk, terms: dict[str, int], fault: str) -> None:
    at = office(lite)
    way(lite, at, applicant(lite, 1), to="granted")
    rules = running.run(lite, at.first.who, at.house, PROGRAMME).kept.rules
    changed = rules | {"terms": rules["terms"] | {"periods": [{"id": "2026"} | terms]}}
    with pytest.raises(InputError) as told:
        running.change(lite, at.first.who, at.house, PROGRAMME, at.version, changed)
    assert told.value.message.id == fault


def at_time(desk: Desk, when: datetime) -> Desk:
    return replace(desk, clock=lambda: int(when.timestamp()) * 10**9)


def test_a_day_begins_and_ends_by_the_clocks_of_china(lite: Desk) -> None:
    day = {"id": "2026", "opens": "2026-06-01", "closes": "2026-06-30"}
    at, one = office(lite, periods=[day]), applicant(lite, 1)
    early = at_time(lite, datetime(2026, 5, 31, 16, 30, tzinfo=UTC))  # half past midnight in Shanghai
    late = at_time(lite, datetime(2026, 6, 30, 16, 30, tzinfo=UTC))
    with pytest.raises(InputError) as told:
        applying.apply(late, one.owner.who, one.survey, wanted(at))
    assert told.value.message.id == "way.closed"
    assert applying.apply(early, one.owner.who, one.survey, wanted(at)).state == "applied"


def test_nobody_decides_on_their_own_factory(lite: Desk) -> None:
    at, one = office(lite), applicant(lite, 1)
    voucher = applied(lite, at, one)
    with lite.store.write() as c:
        people.add_membership(c, Membership(one.owner.who.account, at.house, "officer", None, lite.clock()))
    both = again(lite, one.owner).who
    for act in (
        lambda: deciding.grant(lite, both, voucher.id, voucher.step, "1", "x"),
        lambda: deciding.send_back(lite, both, voucher.id, voucher.step, "refuse", "x"),
    ):
        with pytest.raises(AccessError) as told:
            act()
        assert told.value.message.id == "way.own_factory"


def test_the_newest_entry_cannot_be_changed_unseen_nor_is_what_does_not_hold_signed(lite: Desk) -> None:
    at = office(lite)
    applied(lite, at, applicant(lite, 1))
    who = at.auditor.who
    assert b"assessor-log-seal" in b"".join(logged.export(lite, who, at.house))
    with lite.store.write() as c:
        c.execute(sql_text("update log set why = 'forged' where number = (select max(number) from log)"))
    found = logged.log(lite, who, at.house, follow=True).chained
    assert found is not None and not found.holds
    with pytest.raises(StorageError):
        logged.export(lite, who, at.house)


def test_a_file_that_was_changed_where_it_is_kept_is_told_to_the_auditor(
    lite: Desk, monkeypatch: pytest.MonkeyPatch, pack: Path
) -> None:
    """By its digest, and by what is in it; where nothing can be read any more, that is said beside it."""
    whole = pack.read_bytes()
    monkeypatch.setattr(handing, "_made", lambda *_: replace(held_pack(), data=whole))
    at = office(lite)
    voucher = way(lite, at, applicant(lite, 1), to="handed-in")
    found = handing.verify(lite, at.auditor.who, voucher.id, 1)
    assert found.same and found.checked and found.checked.holds and found.fault is None
    middle = len(whole) // 2
    turned = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    with asking(create_app(settings_for("sqlite://"), lite)) as web:
        for data in (turned, b"torn"):
            with lite.store.write() as c:
                c.execute(tables.packs.update().values(data=data))
            found = handing.verify(lite, at.auditor.who, voucher.id, 1)
            assert not found.same and not (found.checked and found.checked.holds)
            assert (found.checked is None) == (found.fault is not None)
            path = f"/offices/{at.house}/vouchers/{voucher.id}?verify=1"
            page = web.send("GET", path, by_session(lite, at.auditor.token))
            assert page.status_code == 200 and "文件与日志中的摘要不一致" in page.text
    assert found.fault is not None  # nothing of it is a pack any more

    def full(_: bytes) -> None:
        raise StorageError(Message(id="desk.unknown"))

    monkeypatch.setattr(handing, "checked_now", full)
    with pytest.raises(StorageError):  # what is wrong with this machine is not told of the file
        handing.verify(lite, at.auditor.who, voucher.id, 1)


def test_nor_can_its_end_be_cut_off(lite: Desk) -> None:
    at = office(lite)
    applied(lite, at, applicant(lite, 1))
    with lite.store.write() as c:
        c.execute(sql_text("delete from log where number = (select max(number) from log)"))
    found = logged.log(lite, at.auditor.who, at.house, follow=True).chained
    assert found is not None and not found.holds


def test_a_site_that_was_refused_is_free_for_the_firm_itself(lite: Desk) -> None:
    at, squatter = office(lite), applicant(lite, 1)
    firm = applicant(lite, 2, credit_code=code(1))
    voucher = applied(lite, at, squatter)
    with pytest.raises(ConflictError):
        applied(lite, at, firm)
    deciding.send_back(lite, at.first.who, voucher.id, voucher.step, "refuse", "不是本企业")
    taken = applied(lite, at, firm)
    assert (taken.id, taken.factory, taken.survey) == (voucher.id, firm.house, firm.survey)
    with pytest.raises(UnknownError):
        deciding.whole(lite, squatter.owner.who, voucher.id)


def test_an_office_keeps_its_last_officer(lite: Desk) -> None:
    at = office(lite, 2)
    first, other = at.officers
    houses.dismiss(lite, first.who, at.house, other.who.account, "officer")
    with pytest.raises(InputError) as told:
        houses.dismiss(lite, first.who, at.house, first.who.account, "officer")
    assert told.value.message.id == "desk.last_officer"


def test_what_is_generated_opens_nothing_to_a_real_office(lite: Desk) -> None:
    at = office(lite)
    house = houses.found(lite, "factory", "生成", demonstration=True)
    owner = joined(lite, house, "owner")
    with pytest.raises(AccessError) as told:
        consenting.agree(lite, owner.who, house, "programme", at.house)
    assert told.value.message.id == "desk.other_world"


def test_applying_and_agreeing_at_once_do_not_wait_for_each_other_for_ever(desk: Desk) -> None:
    at = office(desk)
    for n in range(6):
        one = applicant(desk, n)
        found = at_once(
            lambda one=one: applied(desk, at, one),  # type: ignore[misc]
            lambda one=one: consenting.agree(desk, one.owner.who, one.house, "programme", at.house),  # type: ignore[misc]
        )
        assert not [f for f in found if isinstance(f, Exception)], found


def test_a_pack_that_cannot_be_judged_again_is_not_handed_in_and_says_why(
    lite: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the programme's list asks for nothing of the kind."""
    monkeypatch.undo()
    at, one = office(lite), applicant(lite, 1)
    voucher = way(lite, at, one, to="assigned")
    whole = held_pack().checked
    torn = Message(id="bundle.missing", params={"name": "filing.zip"})
    done = SimpleNamespace(plant=SimpleNamespace(credit_code=code(1)))
    monkeypatch.setattr(handing.reckoning, "assessment", lambda *_: done)
    monkeypatch.setattr(handing.filing, "pack", lambda *_: b"")
    for found, told in (
        (whole.model_copy(update={"verified": None}), "way.not_verified"),
        (whole.model_copy(update={"faults": (torn,), "holds": False}), "bundle.missing"),
    ):
        monkeypatch.setattr(handing, "checked_now", lambda _, found=found: found)
        with pytest.raises(InputError) as caught:
            handing.hand_in(lite, one.owner.who, voucher.id, voucher.step, "zh")
        assert caught.value.message.id == told


def test_what_pays_for_something_else_is_not_run_as_a_voucher_for_a_diagnosis(lite: Desk) -> None:
    at = office(lite)
    with pytest.raises(UnknownError):
        running.begin(lite, at.first.who, at.house, "shanghai-compute-voucher")


HUGE = "9" * 5000


def forms(at: Office, one: Applicant, voucher: Voucher) -> list[tuple[Person, str, dict[str, str]]]:
    here, own = f"/offices/{at.house}/vouchers/{voucher.id}", f"/surveys/{one.survey}/vouchers"
    named = {"office": at.house, "programme": PROGRAMME, "version": str(at.version)}
    return [
        (one.owner, own, named | {"site": "x"}),
        (one.owner, own, named | {"period": "2026"}),
        (one.owner, own, named | {"period": "2026", "site": "x", "version": HUGE}),
        (one.owner, f"{own}/{voucher.id}", {"act": "withdraw", "step": HUGE}),
        (one.owner, f"{own}/{voucher.id}", {"act": "rate", "step": str(voucher.step), "ask-use": HUGE}),
        (one.owner, f"{own}/{voucher.id}", {}),
        (at.first, f"{here}/decide", {"act": "accept", "step": str(voucher.step), "pack": HUGE}),
        (at.first, f"{here}/decide", {"act": "grant", "step": str(voucher.step), "yuan": HUGE}),
        (at.first, f"{here}/decide", {"act": "nothing", "step": "²"}),
        (
            at.first,
            f"{here}/settle",
            {"step": str(voucher.step), "invoice": HUGE, "invoiced": "1/0", "day": "2026-02-30"},
        ),
        (at.first, f"/offices/{at.house}/programmes/{PROGRAMME}", {"version": HUGE}),
    ]


def test_no_form_however_it_is_filled_ends_in_a_fault_of_ours(lite: Desk) -> None:
    at, one = office(lite), applicant(lite, 1)
    voucher = way(lite, at, one, to="handed-in")
    with asking(create_app(settings_for("sqlite://"), lite)) as web:
        for who, path, form in forms(at, one, voucher):
            by = by_session(lite, who.token)
            answer = web.send("POST", path, by, data=form | {"guard": by.guard})
            assert answer.status_code in (403, 404, 409, 422), (path, form.keys(), answer.status_code)
    with lite.store.read() as c:
        assert sql.get(c, voucher.id) == voucher


def damaged() -> bytes:
    """A zip whose member does not unpack."""
    out = BytesIO()
    with ZipFile(out, "w", 8) as held:
        held.writestr("frameworks/a.yaml", b"format: x\n" * 400)
    data = bytearray(out.getvalue())
    at = data.index(b"frameworks/a.yaml") + 20
    data[at : at + 12] = b"\xff" * 12
    return bytes(data)


def test_a_damaged_zip_of_questionnaires_is_refused_by_name(lite: Desk) -> None:
    at = office(lite)
    with pytest.raises(InputError) as told:
        editions.hand_in(lite, at.first.who, at.house, "a.zip", damaged())
    assert told.value.message == Message(id="edition.not_a_zip")


def accept(desk: Desk, by: Person, voucher: Voucher, *looked: str, pack: int = 1, why: str = "") -> Voucher:
    return deciding.accept(desk, by.who, voucher.id, voucher.step, pack, frozenset(looked), why)


def told(act: Callable[[], Any]) -> str:
    """What is said to whoever may not."""
    with pytest.raises(AssessorError) as caught:
        act()
    return caught.value.message.id


def test_what_is_granted_and_accepted_is_bound_by_every_rule(lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    at, one = office(lite, cap=20_000), applicant(lite, 1)
    voucher, who = applied(lite, at, one), at.first.who
    grant = partial(deciding.grant, lite, who, voucher.id, voucher.step)
    assert told(lambda: grant("20001", "已核对")) == "way.over_cap"
    assert voucher.about["outcome"] == "not_determined" and told(lambda: grant("20000")) == "way.lacks_ground"
    voucher = grant("20000", "已核对")
    voucher = applying.choose(lite, one.owner.who, voucher.id, voucher.step, "", "甲")
    by_hand = Found(
        item="signed", text=Text(zh="签", en="Sign"), outcome="by-hand", why=Message(id="filing.by_hand")
    )
    whole = held_pack()
    torn = whole.checked.model_copy(update={"holds": False})
    looked = whole.checked.model_copy(update={"items": (by_hand,)})
    for checked in (torn, looked):
        handed = replace(whole, checked=checked, report={"sha256": "0" * 64, "holds": False})
        monkeypatch.setattr(handing, "_made", lambda *_, handed=handed: handed)
        voucher = handing.hand_in(lite, one.owner.who, voucher.id, voucher.step, "zh")
        if checked is torn:
            assert told(partial(accept, lite, at.first, voucher)) == "way.does_not_hold"
            voucher = deciding.send_back(lite, who, voucher.id, voucher.step, "reject", "不符")
    assert told(partial(accept, lite, at.first, voucher)) == "way.newer_pack"
    assert told(partial(accept, lite, at.first, voucher, pack=2)) == "way.not_looked"
    assert told(partial(accept, lite, at.first, voucher, "signed", pack=2)) == "way.report_edited"
    assert accept(lite, at.first, voucher, "signed", pack=2, why="与厂方核对").state == "accepted"


def test_what_is_paid_is_bound_by_every_rule(lite: Desk) -> None:
    at = office(lite, cap=20_000, share="0.5", share_of="contract", two_people=True)
    paid = []
    for n in (1, 2):
        one = applicant(lite, n)
        voucher = applied(lite, at, one)
        voucher = deciding.grant(lite, at.first.who, voucher.id, voucher.step, "20000", "人工核对")
        voucher = applying.choose(lite, one.owner.who, voucher.id, voucher.step, "", "甲")
        voucher = handing.hand_in(lite, one.owner.who, voucher.id, voucher.step, "zh")
        paid.append(accept(lite, at.first, voucher))
    first, other = at.officers
    invoice = deciding.Invoice("0123 4567", "36,000", "2026-01-05")

    def settle(by: Person, voucher: Voucher, pay: str, why: str = "") -> Voucher:
        return deciding.settle(lite, by.who, voucher.id, voucher.step, invoice, pay, why)

    assert told(lambda: settle(first, paid[0], "18000")) == "way.two_people"
    assert told(lambda: settle(other, paid[0], "18001")) == "way.too_much"
    assert told(lambda: settle(other, paid[0], "17999")) == "way.less"
    assert settle(other, paid[0], "18000").state == "settled"
    assert told(lambda: settle(other, paid[1], "18000")) == "way.invoice_used"
