"""Hand-over to platforms: by one table, each word in the office's log, the worklist in the order of acceptance."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor.desk.desk import Desk
from assessor.desk.office import deciding, handing, handover
from assessor.desk.office.handover import Entered
from assessor.domain import HandoverState
from assessor.errors import AccessError, AssessorError, ConflictError, InputError, UnknownError
from assessor.filing.entries import rows
from assessor.programmes import handover as way
from assessor.programmes import vouchers as vouchers_way
from assessor.report.pen import Pen
from assessor.storage import Handover, Voucher, handovers
from assessor.storage import vouchers as sql
from tests.web.asked import by_session, site
from tests.web.chains import now
from tests.web.handed import accepted
from tests.web.offices import Applicant, Office, applicant, applied, held_pack, office
from tests.web.people import at_once, joined

pytestmark = pytest.mark.slow
PLATFORM, OTHER = "cmmm-self-diagnosis", "miit-sme-self-test"
SAID = Entered("PT-2026-0001", "2026-01-05")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "_made", held_pack)


def refused(act: Callable[[], object], id_: str, kind: type[AssessorError] = AssessorError) -> None:
    with pytest.raises(kind) as told:
        act()
    assert told.value.message.id == id_


@pytest.fixture
def world(desk: Desk) -> tuple[Desk, Office, Applicant, Voucher]:
    at, one = office(desk), applicant(desk, 1)
    return desk, at, one, accepted(desk, at, one)


def held(desk: Desk, voucher: Voucher, platform: str = PLATFORM) -> Handover | None:
    with desk.store.read() as c:
        return handovers.get(c, voucher.id, platform)


def test_a_result_goes_its_way_and_every_word_stands_in_the_log(world: tuple[Any, ...]) -> None:
    desk, at, one, voucher = world
    officer, owner = at.first.who, one.owner.who
    assert [(d.platform.id, d.state) for d in handover.worklist(desk, officer, at.house).all] == [
        (PLATFORM, "due"), (OTHER, "due"),
    ]  # fmt: skip
    first = handover.enter(desk, owner, voucher.id, PLATFORM, 0, SAID)
    no = handover.judge(desk, officer, voucher.id, PLATFORM, first.step, "refuse", "缺附件")
    again = handover.enter(desk, owner, voucher.id, PLATFORM, no.step, Entered("PT-2026-0002", "2026-01-06"))
    last = handover.judge(desk, officer, voucher.id, PLATFORM, again.step, "accept")
    assert (last.state, last.reference, last.day) == ("accepted", "PT-2026-0002", "2026-01-06")
    with desk.store.read() as c:
        entries = sql.entries_of(c, at.house)
    assert vouchers_way.chained(entries).holds
    mine = [e for e in entries if e.act == "handover"]
    assert [e.details["state"] for e in mine] == ["entered", "refused", "entered", "accepted"]
    assert mine[1].why == "缺附件" and {(e.before, e.after, e.subject) for e in mine} == {(None, None, voucher.id)}
    with desk.store.read() as c:
        after = sql.get(c, voucher.id)
    assert after == voucher  # a voucher's own way is not touched
    counts = handover.worklist(desk, officer, at.house, PLATFORM).counts
    assert counts == {"due": 0, "entered": 0, "accepted": 1, "refused": 0}


def test_what_is_wrong_is_told_and_nothing_is_noted(world: tuple[Any, ...]) -> None:
    desk, at, one, voucher = world
    officer, owner = at.first.who, one.owner.who
    enter = lambda said, step=0, on=PLATFORM: handover.enter(desk, owner, voucher.id, on, step, said)  # noqa: E731
    for reference in ("", " ", "x" * 101, "a\0b"):
        refused(lambda r=reference: enter(Entered(r, "2026-01-05")), "handover.bad_reference", InputError)  # type: ignore[misc]
    for day in ("", "2026-13-01", "9999-01-01", "20260105"):
        refused(lambda d=day: enter(Entered("A1", d)), "handover.bad_day", InputError)  # type: ignore[misc]
    refused(lambda: enter(SAID, on="no-such-platform"), "desk.unknown", UnknownError)
    refused(lambda: enter(SAID, step=7), "handover.moved", ConflictError)
    refused(
        lambda: handover.judge(desk, officer, voucher.id, PLATFORM, 0, "accept"), "handover.no_step.due",
        ConflictError,
    )  # fmt: skip
    refused(lambda: handover.judge(desk, officer, voucher.id, PLATFORM, 0, "enter"), "desk.unknown", UnknownError)
    noted = enter(SAID)
    refused(
        lambda: handover.judge(desk, officer, voucher.id, PLATFORM, noted.step, "refuse", " "),
        "handover.lacks_why",
    )
    assert held(desk, voucher) == noted and held(desk, voucher, OTHER) is None


def test_only_whose_it_is_may(world: tuple[Any, ...]) -> None:
    desk, at, one, voucher = world
    other, foreign = applicant(desk, 2), office(desk, 1)
    member, reviewer = (joined(desk, one.house, role).who for role in ("member", "reviewer"))
    for who in (member, reviewer):
        refused(lambda w=who: handover.enter(desk, w, voucher.id, PLATFORM, 0, SAID), "desk.not_allowed")  # type: ignore[misc]
        assert len(handover.of_survey(desk, who, one.survey)) == 1
    for who in (other.owner.who, foreign.first.who):
        refused(lambda w=who: handover.enter(desk, w, voucher.id, PLATFORM, 0, SAID), "desk.unknown")  # type: ignore[misc]
        refused(lambda w=who: handover.worklist(desk, w, at.house), "desk.unknown")  # type: ignore[misc]
        refused(lambda w=who: handover.judge(desk, w, voucher.id, PLATFORM, 0, "accept"), "desk.unknown")  # type: ignore[misc]
    noted = handover.enter(desk, joined(desk, one.house, "consultant").who, voucher.id, PLATFORM, 0, SAID)
    for who in (one.owner.who, at.auditor.who):
        with pytest.raises(AccessError):
            handover.judge(desk, who, voucher.id, PLATFORM, noted.step, "accept")
    assert handover.worklist(desk, at.auditor.who, at.house).counts["entered"] == 1
    assert now(desk, at.first).may("handover.judge", at.house)


def test_before_acceptance_and_after_a_revocation_nothing_is_handed_over(lite: Desk) -> None:
    at, one, two = office(lite), applicant(lite, 1), applicant(lite, 2)
    early = applied(lite, at, two)
    refused(
        lambda: handover.enter(lite, two.owner.who, early.id, PLATFORM, 0, SAID), "handover.not_accepted",
        ConflictError,
    )  # fmt: skip
    voucher = accepted(lite, at, one)
    noted = handover.enter(lite, one.owner.who, voucher.id, PLATFORM, 0, SAID)
    deciding.send_back(lite, at.first.who, voucher.id, voucher.step, "revoke", "弄错了")
    refused(
        lambda: handover.judge(lite, at.first.who, voucher.id, PLATFORM, noted.step, "accept"),
        "handover.not_accepted",
    )
    assert handover.worklist(lite, at.first.who, at.house).all == ()
    assert handover.of_survey(lite, one.owner.who, one.survey) == []


def test_of_many_at_once_one_word_stands(world: tuple[Any, ...]) -> None:
    desk, at, one, voucher = world

    def say(n: int) -> int:
        return handover.enter(desk, one.owner.who, voucher.id, PLATFORM, 0, Entered(f"PT-{n}", "2026-01-05")).step

    found = at_once(*(lambda n=n: say(n) for n in range(6)))  # type: ignore[misc]
    assert sum(isinstance(one_, int) for one_ in found) == 1
    assert {p.message.id for p in found if isinstance(p, AssessorError)} == {"handover.moved"}
    with desk.store.read() as c:
        entries = sql.entries_of(c, at.house)
    assert vouchers_way.chained(entries).holds and sum(e.act == "handover" for e in entries) == 1


# Laws -----------------------------------------------------------------------------------------------------------

ACTS = st.lists(
    st.tuples(st.sampled_from(("enter", "accept", "refuse")), st.integers(0, 1), st.booleans(), st.booleans()),
    max_size=14,
)
"""Which act, on which platform, by a page that is stale, with a reason."""


@given(ACTS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_words_leaves_the_table(
    kept: tuple[Desk, Office, Applicant, Voucher], acts: list[tuple[str, int, bool, bool]]
) -> None:
    desk, at, one, voucher = kept
    with desk.store.write() as c:
        c.execute(handovers.handovers.delete())
        begun = sql.last_of(c, at.house)[0]
    state: dict[str, HandoverState] = {PLATFORM: "due", OTHER: "due"}
    taken = 0
    for act, n, stale, reason in acts:
        on = (PLATFORM, OTHER)[n]
        before = held(desk, voucher, on)
        step = (before.step if before else 0) + (1 if stale else 0)
        try:
            if act == "enter":
                handover.enter(desk, one.owner.who, voucher.id, on, step, SAID)
            else:
                why = "原因" if reason else ""
                handover.judge(desk, at.first.who, voucher.id, on, step, act, why)  # type: ignore[arg-type]
        except AssessorError:
            after = way.after(act, state[on])  # type: ignore[arg-type]
            assert stale or after is None or (act == "refuse" and not reason)
            assert held(desk, voucher, on) == before
            continue
        move = way.MOVES[act]  # type: ignore[index]
        assert not stale and state[on] in move.before and (reason or not move.why)
        state[on], taken = move.after, taken + 1
    found = {due.platform.id: due.state for due in handover.worklist(desk, at.first.who, at.house).all}
    assert found == state
    with desk.store.read() as c:
        entries = sql.entries_of(c, at.house)
    assert vouchers_way.chained(entries).holds and len(entries) == begun + taken


@pytest.fixture
def kept(world: tuple[Desk, Office, Applicant, Voucher]) -> Iterator[tuple[Desk, Office, Applicant, Voucher]]:
    yield world


def test_the_table_is_sound() -> None:
    for state in way.STATES:
        assert way.allowed(state, "factory") or way.allowed(state, "office"), "nothing leads on"
        for act, move in way.MOVES.items():
            after = way.after(act, state)
            assert (after is None) == (state not in move.before) and after in (None, *way.STATES)
            assert after not in ("accepted", "refused") or move.side == "office"
    assert "due" not in {move.after for move in way.MOVES.values()}
    assert {"settled"} == vouchers_way.OVER & way.OPEN


# The worklist ---------------------------------------------------------------------------------------------------


def test_the_worklist_is_in_the_order_of_acceptance_and_shown_in_parts(
    lite: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = office(lite, periods=[{"id": "2026", "quota": 10, "budget": 50_000}])
    factories = [applicant(lite, n) for n in (3, 1, 2)]
    waiting = {n: applied(lite, at, factories[n]) for n in (2, 0, 1)}
    made = [accepted(lite, at, one, voucher=waiting[n]) for n, one in enumerate(factories)]
    with lite.store.read() as c:
        assert [f.id for f in handovers.filed(c, at.house, way.OPEN)] == [
            v.id for v in made
        ]  # not in that of applying
    handover.enter(lite, factories[1].owner.who, made[1].id, OTHER, 0, SAID)
    monkeypatch.setattr(handover, "A_PAGE", 3)
    work = handover.worklist(lite, at.first.who, at.house)
    shown, more = work.after(0)
    assert len(shown) == 4 and more == shown[-1].filed.accepted  # both platforms of a voucher stay together
    rest, end = work.after(more or 0)
    assert [d.filed.id for d in (*shown, *rest)] == [v.id for v in made for _ in range(2)] and end is None
    entered = handover.worklist(lite, at.first.who, at.house, state="entered")
    assert [(d.filed.id, d.platform.id) for d in entered.all] == [(made[1].id, OTHER)]
    assert entered.counts == {"due": 5, "entered": 1, "accepted": 0, "refused": 0}
    assert len(handover.worklist(lite, at.first.who, at.house, PLATFORM, "due").all) == 3


def test_the_entries_are_those_of_the_pack_that_was_accepted(lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    at, one = office(lite), applicant(lite, 1)
    accepted(lite, at, one, monkeypatch)
    (own,) = handover.of_survey(lite, one.owner.who, one.survey)
    assert own.assessment is not None and [on.id for on, _ in own.due] == [PLATFORM, OTHER]
    with site(lite) as web:
        by = by_session(lite, one.owner.token)
        page = web.get(f"/surveys/{one.survey}/handover", by).text
        for platform, _ in own.due:
            lines = rows(platform, own.assessment, Pen.of(own.assessment, "zh"))
            assert lines and f"（{len(lines)} 行）" in page
        (code,) = [r for r in lines if r.depth == 0 and r.enter == own.assessment.plant.credit_code][:1] or [None]
        assert code is None or str(code.enter) in page
        to = f"/surveys/{one.survey}/handover/{own.voucher.id}/{PLATFORM}"
        wrong = web.post(to, by, data={"step": "0", "reference": "PT 77", "day": "9999-01-01"})
        assert wrong.status_code == 422 and 'value="PT 77"' in wrong.text and "不能晚于今天" in wrong.text
        assert web.post(to, by, data={"step": "0", "reference": "PT 77", "day": "2026-01-05"}).status_code == 303
        stale = web.post(to, by, data={"step": "0", "reference": "PT 78", "day": "2026-01-05"})
        assert stale.status_code == 409
        officer = by_session(lite, at.first.token)
        shown = web.get(f"/offices/{at.house}/handover", officer).text
        assert "PT 77" in shown and shown.count('class="chip">待填报') == 1
        step = held(lite, own.voucher).step  # type: ignore[union-attr]
        judge = f"/offices/{at.house}/handover/{own.voucher.id}/{PLATFORM}"
        bare = web.post(judge, officer, data={"step": str(step), "act": "refuse", "why": ""})
        assert bare.status_code == 422 and "请写明平台退回的原因" in bare.text
        assert web.post(judge, officer, data={"step": str(step), "act": "accept"}).status_code == 303
        for path, who in (
            (f"/offices/{at.house}/log", officer),
            (f"/offices/{at.house}/vouchers/{own.voucher.id}", officer),
            (f"/surveys/{one.survey}/vouchers/{own.voucher.id}", by),
        ):
            told = web.get(path, who)
            assert told.status_code == 200 and "PT 77" in told.text and "平台已受理" in told.text, path
        assert f"/surveys/{one.survey}/handover#" in told.text
        table = web.get(f"/offices/{at.house}/handover.csv?platform={PLATFORM}", officer).content.decode(
            "utf-8-sig"
        )
        (row,) = csv.DictReader(io.StringIO(table))
        assert (row["平台编号"], row["状态"], row["填报日期"]) == ("PT 77", "平台已受理", "2026-01-05")


def test_where_the_pack_is_gone_the_page_says_so(lite: Desk) -> None:
    from sqlalchemy import update  # noqa: PLC0415

    from assessor.storage.tables import packs  # noqa: PLC0415

    at, one = office(lite), applicant(lite, 1)
    accepted(lite, at, one)
    with lite.store.write() as c:
        c.execute(update(packs).values(data=None))
    with site(lite) as web:
        page = web.get(f"/surveys/{one.survey}/handover", by_session(lite, one.owner.token)).text
    assert "材料已不再保存" in page and "记为已填报" in page
