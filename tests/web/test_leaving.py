"""What ends: consent that is taken back, surveys and people that are erased, what was kept long enough."""

import io
import zipfile
from dataclasses import replace

import pytest

from assessor.desk import (
    accounts,
    answering,
    attaching,
    consenting,
    demonstration,
    entering,
    erasing,
    houses,
    reckoning,
    surveys,
)
from assessor.desk.attaching import Handed
from assessor.desk.desk import DAY, Desk
from assessor.errors import AccessError, InputError, UnknownError
from assessor.storage import Purpose, Role, ledger, people
from assessor.storage.tables import metadata
from tests.web.asked import AtOnce
from tests.web.people import HERE, again, come_in, entry, factory, joined

pytestmark = pytest.mark.slow

Q = "m5-l2-1"


def rows(desk: Desk, *ids: str) -> dict[str, int]:
    """In which tables something of these ids stands, and how much."""
    with desk.store.read() as c:
        told = {
            t.name: [repr(dict(row._mapping)) for row in c.execute(t.select())] for t in metadata.sorted_tables
        }
    found = {name: sum(any(id_ in line for id_ in ids) for line in lines) for name, lines in told.items()}
    return {name: n for name, n in found.items() if n}


@pytest.mark.parametrize(
    "purpose, role, opens",
    [("programme", "officer", "result"), ("audit", "auditor", "result"), ("raw", "auditor", "raw")],
)
def test_consent_opens_at_once_to_whom_it_names_and_closes_at_once(
    desk: Desk, purpose: Purpose, role: Role, opens: str
) -> None:
    desk = replace(desk, reckoner=AtOnce())
    house, owner, survey = factory(desk)
    answering.save(desk, owner.who, survey, entry(Q, "1"))
    reckoning.result(desk, owner.who, survey)
    export = attaching.attach(
        desk, owner.who, survey, Handed("export", "a.csv", "时间,功率\n2026-11-24 08:00,1\n".encode())
    )
    office, other = (houses.found(desk, "office", name) for name in ("主管部门", "另一部门"))
    named, stranger = joined(desk, office, role), joined(desk, other, role)

    def look(person: object) -> None:
        who = again(desk, person).who  # type: ignore[arg-type]
        if opens == "result":
            reckoning.result(desk, who, survey)
        else:
            attaching.content(desk, who, survey, export.id)

    for person in (named, stranger):
        with pytest.raises(UnknownError):
            look(person)
    consent = consenting.agree(desk, owner.who, house, purpose, office)
    assert consenting.agree(desk, owner.who, house, purpose, office) == consent
    look(named)
    with pytest.raises(UnknownError):
        look(stranger)
    with pytest.raises(AccessError):
        surveys.opened(desk, again(desk, named).who, survey)
    consenting.end(desk, owner.who, house, consent.id)
    with pytest.raises(UnknownError):
        look(named)
    with pytest.raises(UnknownError):
        consenting.end(desk, owner.who, house, consent.id)
    (kept,) = consenting.given(desk, owner.who, house)
    assert kept.ended is not None and (kept.given_by, kept.ended_by) == (owner.who.account,) * 2


def test_consent_names_an_office_and_nobody_else(desk: Desk) -> None:
    house, owner, _ = factory(desk)
    other, _, _ = factory(desk, "别的厂")
    for purpose, receiver, kind in (
        ("programme", None, InputError), ("peers", house, InputError), ("programme", other, UnknownError),
        ("programme", "0" * 32, UnknownError), ("everything", None, InputError),
    ):  # fmt: skip
        with pytest.raises(kind):
            consenting.agree(desk, owner.who, house, purpose, receiver)  # type: ignore[arg-type]
    assert not consenting.given(desk, owner.who, house)


def test_an_erased_survey_leaves_its_id_in_the_ledger_and_nothing_else(desk: Desk) -> None:
    desk = replace(desk, reckoner=AtOnce())
    house, owner, survey = factory(desk)
    answering.save(desk, owner.who, survey, entry(Q, "1"))
    answering.mark(desk, owner.who, survey, Q, True)
    attaching.attach(desk, owner.who, survey, Handed("proof", "a.txt", b"a note", Q))
    reckoning.result(desk, owner.who, survey)
    assert {"answers", "changes", "marks", "files", "contents", "results"} <= set(rows(desk, survey))
    with pytest.raises(AccessError):
        erasing.erase_survey(desk, joined(desk, house, "consultant").who, survey)
    erasing.erase_survey(desk, owner.who, survey)
    assert set(rows(desk, survey)) == {"events"}
    with desk.store.read() as c:
        (event,) = [e for e in ledger.events_of(c, house, None) if e.action == "survey erased"]
    assert (event.subject, event.account) == (survey, owner.who.account)
    with pytest.raises(UnknownError):
        surveys.opened(desk, owner.who, survey)


def test_an_erased_person_leaves_an_id_that_did_things(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    code = houses.invite(desk, owner.who, house, "member", "production")
    person = come_in(desk, code)
    accounts.rename(desk, person.who, "王小明")
    answering.save(desk, person.who, survey, entry(Q, "1"))
    _, secret = accounts.make_token(desk, person.who, "laptop", ("read",))
    told = erasing.export_account(desk, person.who)
    assert told["person"]["name"] == "王小明" and len(told["tokens"]) == 1 and told["events"]
    assert secret not in repr(told)
    erasing.erase_account(desk, person.who)
    assert not rows(desk, "王小明")
    assert set(rows(desk, person.who.account)) == {"accounts", "answers", "changes", "events", "invitations"}
    assert entering.known_by_session(desk, person.token) is None
    assert entering.known_by_token(desk, secret) is None
    with pytest.raises(InputError):
        entering.by_code(desk, code, "10.0.0.9", "zh")
    assert surveys.opened(desk, owner.who, survey).given[Q].account == person.who.account
    assert [name for _, name in answering.history(desk, owner.who, survey, Q)] == [""]


def test_the_last_owner_erases_what_is_there_first_or_names_another(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    with pytest.raises(InputError):
        erasing.erase_account(desk, owner.who)
    with pytest.raises(InputError):
        houses.dismiss(desk, owner.who, house, owner.who.account, "owner")
    second = joined(desk, house, "owner")
    erasing.erase_account(desk, owner.who)
    with pytest.raises(InputError):
        erasing.erase_account(desk, second.who)
    erasing.erase_survey(desk, second.who, survey)
    erasing.erase_account(desk, second.who)
    assert not rows(desk, survey).get("surveys")


def test_everything_can_be_taken_along(desk: Desk) -> None:
    house, owner, survey = factory(desk)
    answering.save(desk, owner.who, survey, entry(Q, "0.5"))
    answering.save(desk, owner.who, survey, entry(Q, "1", base=1))
    file = attaching.attach(desk, owner.who, survey, Handed("proof", "../../a.txt", b"a note", Q))
    with zipfile.ZipFile(io.BytesIO(erasing.export_survey(desk, owner.who, survey))) as archive:
        assert archive.testzip() is None and not [n for n in archive.namelist() if ".." in n]
        assert archive.read(f"files/{file.id}/a.txt") == b"a note"
        assert archive.read("history.json").count(b'"question"') == 2
        assert Q in archive.read("answers.yaml").decode()
    with pytest.raises(AccessError):
        erasing.export_survey(desk, joined(desk, house, "member").who, survey)


def test_what_was_kept_long_enough_goes_and_what_was_not_stays(desk: Desk) -> None:
    office = houses.found(desk, "office", "主管部门")
    officer = joined(desk, office, "officer")
    houses.keep_for(desk, officer.who, office, 30)
    owner = come_in(desk, houses.grant_voucher(desk, officer.who, office, "测试厂"))
    (house,) = owner.who.organisations()
    survey = surveys.begin(desk, owner.who, house, {"name": "测试厂", "kind": "discrete"})
    _, _, kept = factory(desk, "别的厂")
    until = surveys.get(desk, owner.who, survey).keep_until
    assert until is not None and erasing.end_of_keeping(replace(desk, clock=lambda: until)) == 0
    assert erasing.end_of_keeping(replace(desk, clock=lambda: until + 1)) == 1
    assert set(rows(desk, survey)) == {"events"} and "surveys" in rows(desk, kept)
    assert erasing.end_of_keeping(replace(desk, clock=lambda: until + 1)) == 0
    assert [m.organisation for m in houses.memberships(desk, owner.who.account)] == [house]


def test_a_visitors_demonstration_goes_after_a_day_with_the_visitor(lite: Desk) -> None:
    entered, survey = demonstration.enter(lite, HERE, "zh")
    tomorrow = lite.clock() + DAY
    later = replace(lite, clock=lambda: tomorrow)
    other, still = demonstration.enter(later, HERE, "en")
    known = entering.known_by_session(lite, entered.token)
    assert known is not None
    assert erasing.end_of_keeping(later) == 1
    assert entering.known_by_session(lite, entered.token) is None
    assert set(rows(lite, survey)) == {"events"}
    with lite.store.read() as c:
        assert people.person(c, entered.account) is None and people.person(c, other.account) is not None
    assert "surveys" in rows(lite, still)
