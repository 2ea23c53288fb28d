"""Laws of vouchers, on both databases: whatever is tried, by whomever, in whatever order and at once, none is
settled twice, no quota or budget is exceeded, and the log holds every step that was taken and no other."""

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from assessor.desk.desk import Desk
from assessor.desk.office import applying, deciding, handing
from assessor.desk.office.deciding import Invoice
from assessor.errors import AssessorError, ConflictError
from assessor.frameworks import Library
from assessor.programmes import vouchers as way
from assessor.storage import Store, Voucher, tables
from assessor.storage import vouchers as sql
from tests.web.conftest import Kept
from tests.web.offices import Applicant, Office, applicant, applied, code, held_pack, office, wanted
from tests.web.people import at_once

pytestmark = pytest.mark.slow
FACTORIES, QUOTA, BUDGET = 4, 2, 50_000
ACTS = (
    "apply", "withdraw", "choose", "hand-in", "rate", "return", "refuse", "reject", "revoke", "grant", "accept",
    "settle",
)  # fmt: skip
WAY = ("apply", "grant", "choose", "hand-in", "accept", "settle")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "_made", held_pack)


def act(desk: Desk, at: Office, by: list[Applicant], told: tuple[str, int, int, int]) -> None:
    """One step by somebody: which act, on which factory's voucher, how stale the page is, an amount."""
    name, n, stale, thousands = told
    one, officer = by[n], at.officers[n % len(at.officers)].who
    owner = one.owner.who
    with desk.store.read() as c:
        found = next(iter(sql.of_survey(c, one.survey)), None)
    if name == "apply" or found is None:
        applying.apply(desk, owner, one.survey, wanted(at))
        return
    id_, step, yuan = found.id, found.step - stale, str(thousands * 1000)
    steps: dict[str, Callable[[], Any]] = {
        "withdraw": lambda: applying.withdraw(desk, owner, id_, step),
        "choose": lambda: applying.choose(desk, owner, id_, step, "", "某诊断公司"),
        "hand-in": lambda: handing.hand_in(desk, owner, id_, step, "zh"),
        "rate": lambda: applying.rate(desk, owner, id_, step, {"use": 4}),
        "grant": lambda: deciding.grant(desk, officer, id_, step, yuan, "条件待定"),
        "accept": lambda: deciding.accept(desk, officer, id_, step, 1, frozenset()),
        "settle": lambda: deciding.settle(
            desk, officer, id_, step, Invoice(f"2026{n:08d}", "60000", "2026-01-01"), "1000", "部分"
        ),
    }  # fmt: skip
    for no in deciding.BACK:
        steps[no] = lambda no=no: deciding.send_back(desk, officer, id_, step, no, "理由")  # type: ignore[misc]
    steps[name]()


def lawful(desk: Desk, at: Office, taken: int | None = None) -> None:
    """Everything that has to hold after any number of steps."""
    with desk.store.read() as c:
        entries = sql.entries_of(c, at.house)
        found = sql.of_office(c, at.house, most=1000)
        paid = list(c.execute(select(tables.settlements.c.voucher, tables.settlements.c.paid)))
    assert way.chained(entries).holds
    steps = [e for e in entries if e.act != "rules"]
    assert taken is None or len(steps) == taken
    state: dict[str, str] = {}
    for e in steps:
        assert e.before == state.get(e.subject) and e.after is not None
        assert way.after(e.act, e.before) == e.after  # type: ignore[arg-type]
        state[e.subject] = e.after
    assert state == {v.id: v.state for v in found}
    assert {v.id: v.step for v in found} == {e.subject: e.number for e in steps}
    using = [v for v in found if v.state in way.HELD]
    assert len(using) <= QUOTA and sum(v.granted or 0 for v in using) <= BUDGET
    settled = [e.subject for e in steps if e.act == "settle"]
    assert len(settled) == len(set(settled)) and sorted(settled) == sorted(v for v, _ in paid)
    assert all(
        v.granted is not None and dict(paid).get(v.id, 0) <= v.granted for v in found if v.state == "settled"
    )


STEPS = st.tuples(
    st.sampled_from(ACTS), st.integers(0, FACTORIES - 1), st.sampled_from((0, 0, 0, 0, 1)), st.integers(0, 40)
)
FORWARD = [(name, n, 0, 20) for n in range(FACTORIES) for name in WAY]


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest) -> Iterator[Callable[[], Any]]:
    """A new empty database of a kind, as often as asked."""
    from tests.web.conftest import own_database  # noqa: PLC0415

    made = []

    def new() -> Store:
        if request.param == "sqlite":
            folder = tempfile.TemporaryDirectory()
            made.append(folder)
            return Store(f"sqlite:///{Path(folder.name) / 'a.db'}")
        held = own_database(request.getfixturevalue("postgresql"))
        made.append(held)
        return Store(held.__enter__())

    yield new
    for one in made:
        one.cleanup() if isinstance(one, tempfile.TemporaryDirectory) else one.__exit__(None, None, None)


@pytest.fixture
def world(stores: Callable[[], Store], library: Library) -> Iterator[tuple[Desk, Office, list[Applicant]]]:
    store = stores()
    store.upgrade()
    desk = Desk(store, library, Kept())
    at = office(desk)
    yield desk, at, [applicant(desk, n) for n in range(FACTORIES)]
    store.close()


def emptied(desk: Desk) -> None:
    """As it was before the first application."""
    with desk.store.write() as c:
        for table in (tables.satisfactions, tables.settlements, tables.packs, tables.vouchers):
            c.execute(table.delete())
        c.execute(tables.log.delete().where(tables.log.c.act != "rules"))


def tried(desk: Desk, at: Office, by: list[Applicant], steps: list[tuple[str, int, int, int]]) -> int:
    """How many were taken; each of the others was refused by name, and anything else fails the test."""
    taken = 0
    for told in steps:
        try:
            act(desk, at, by, told)
            taken += 1
        except AssessorError:
            pass
    return taken


@given(st.lists(STEPS, max_size=40), st.integers(0, 5))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate, Phase.target],
)
def test_no_sequence_breaks_a_law(
    world: tuple[Desk, Office, list[Applicant]], more: list[tuple[str, int, int, int]], ahead: int
) -> None:
    desk, at, by = world
    emptied(desk)
    first = [(name, n, 0, 20) for name in WAY[:ahead] for n in range(FACTORIES)]
    lawful(desk, at, tried(desk, at, by, [*first, *more]))


def test_the_way_through_is_open_and_ends_with_the_quota(world: tuple[Desk, Office, list[Applicant]]) -> None:
    desk, at, by = world
    taken = tried(desk, at, by, FORWARD)
    assert taken == QUOTA * len(WAY) + (FACTORIES - QUOTA)  # the others have applied, and no more
    lawful(desk, at, taken)


@given(st.lists(STEPS, min_size=8, max_size=24), st.integers(0, 5))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate, Phase.target],
)
def test_nor_do_many_at_once(
    world: tuple[Desk, Office, list[Applicant]], more: list[tuple[str, int, int, int]], ahead: int
) -> None:
    """Everybody has come so far; then eight people act in threads of their own, each several times."""
    desk, at, by = world
    emptied(desk)
    done = tried(desk, at, by, [(name, n, 0, 20) for name in WAY[:ahead] for n in range(FACTORIES)])
    shares = [more[k::8] for k in range(8)]
    found = at_once(*(lambda mine=mine: tried(desk, at, by, mine) for mine in shares))  # type: ignore[misc]
    assert all(isinstance(n, int) for n in found), found
    lawful(desk, at, done + sum(found))


# Two processes, as two servers on one database would be --------------------------------------------------------


def settle_in(address: str, officer: Any, voucher: Voucher, n: int, ready: Any, told: Any) -> None:
    store = Store(address)
    desk = Desk(store, None, Kept())  # type: ignore[arg-type]
    ready.wait(60)
    try:
        deciding.settle(
            desk, officer, voucher.id, voucher.step, Invoice(f"77770000{n}", "60000", "2026-01-01"), "1000", "部分"
        )
        told.put("settled")
    except ConflictError as problem:
        told.put(problem.message.id)
    finally:
        store.close()


def test_two_processes_settle_one_voucher_once(world: tuple[Desk, Office, list[Applicant]]) -> None:
    desk, at, by = world
    for name in ("apply", "grant", "choose", "hand-in", "accept"):
        act(desk, at, by, (name, 0, 0, 20))
    with desk.store.read() as c:
        voucher = sql.of_survey(c, by[0].survey)[0]
    spawn = multiprocessing.get_context("spawn")
    ready, told = spawn.Barrier(4), spawn.Queue()
    address = desk.store.engine.url.render_as_string(hide_password=False)
    officers = [at.officers[n % 2].who for n in range(4)]
    running = [
        spawn.Process(target=settle_in, args=(address, officers[n], voucher, n, ready, told)) for n in range(4)
    ]
    for process in running:
        process.start()
    found = sorted(told.get(timeout=120) for _ in running)
    for process in running:
        process.join(60)
    assert found == ["settled", "way.moved", "way.moved", "way.moved"]
    lawful(desk, at, 6)


# Single rules ---------------------------------------------------------------------------------------------------


def test_a_site_has_one_voucher_a_period_however_it_is_written(lite: Desk) -> None:
    at, one = office(lite), applicant(lite, 1)
    first = applied(lite, at, one)
    for site in ("一号厂区", " 一号 厂区 ", "一号厂区\u3000"):
        with pytest.raises(ConflictError) as told:
            applying.apply(lite, one.owner.who, one.survey, wanted(at, site))
        assert told.value.message.id == "way.twice"
    other = applying.apply(lite, one.owner.who, one.survey, wanted(at, "二号厂区"))
    assert (first.number, other.number) == (1, 2)
    with lite.store.read() as c:
        assert [v.id for v in sql.same_firm(c, first)] == [other.id]


def test_many_who_apply_for_one_site_at_once_have_one_voucher(desk: Desk) -> None:
    at, one = office(desk), applicant(desk, 1)
    found = at_once(*[lambda: applied(desk, at, one)] * 6)
    assert sum(isinstance(v, Voucher) for v in found) == 1
    assert all(isinstance(v, Voucher) or v.message.id == "way.twice" for v in found)


def test_another_account_cannot_take_a_site_that_was_applied_for(lite: Desk) -> None:
    at, one, other = office(lite), applicant(lite, 1), applicant(lite, 2, credit_code=code(1))
    applied(lite, at, one)
    with pytest.raises(ConflictError) as told:
        applied(lite, at, other)
    assert told.value.message.id == "way.taken"
