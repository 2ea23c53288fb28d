"""AN OFFICE at a glance: what waits for it, what was granted and paid, where files wait."""

from dataclasses import dataclass

from assessor.desk import houses
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.office.running import Run, runs
from assessor.domain import Message, Side, Terms, VoucherState
from assessor.errors import UnknownError
from assessor.programmes import vouchers as way
from assessor.programmes.flow import STOOD, Flow, flow
from assessor.storage import Organisation
from assessor.storage import vouchers as sql


@dataclass(frozen=True)
class Money:
    """Of one period: quota and budget with what is taken of them."""

    run: Run
    period: str
    used: way.Used
    paid: way.Used


@dataclass(frozen=True)
class Overview:
    office: Organisation
    for_us: dict[VoucherState, int]
    """States in which vouchers wait for the office, and how many do."""
    for_factories: int
    settled: int
    money: tuple[Money, ...]
    runs: tuple[Run, ...]


def get(desk: Desk, who: Actor, office: str) -> Organisation:
    """An office, for whoever belongs to it."""
    found = houses.get(desk, who, office)
    if found.kind != "office":
        raise UnknownError(Message(id="desk.unknown"))
    who.require("office.read", office)
    return found


def overview(desk: Desk, who: Actor, office: str) -> Overview:
    found, held = get(desk, who, office), runs(desk, who, office)
    with desk.store.read() as c:
        money = tuple(
            Money(
                run,
                period.id,
                way.Used(*sql.used(c, office, run.kept.id, period.id, way.HELD, "")),
                way.Used(*sql.paid(c, office, run.kept.id, period.id)),
            )
            for run in held
            for period in run.terms.periods
        )
        counts = {run.kept.id: sql.counts(c, office, run.kept.id) for run in held}
    waiting = [
        (way.waits_for(state, run.terms), state, counts[run.kept.id].get(state, 0))
        for run in held
        for state in way.STATES
    ]
    for_us: dict[VoucherState, int] = {}
    for side, state, n in waiting:
        if side == "office":
            for_us[state] = for_us.get(state, 0) + n
    return Overview(
        found,
        for_us,
        sum(n for side, _, n in waiting if side == "factory"),
        sum(by.get("settled", 0) for by in counts.values()),
        money,
        tuple(held),
    )


@dataclass(frozen=True)
class Waits:
    """How long files stood where, and for whom."""

    flow: Flow
    sides: dict[VoucherState, tuple[Side, ...]]
    """By state; several where programmes differ in who names the provider."""


def where_files_wait(desk: Desk, who: Actor, office: str) -> Waits:
    get(desk, who, office)
    held = [run.terms for run in runs(desk, who, office)] or [Terms()]
    sides: dict[VoucherState, tuple[Side, ...]] = {}
    for state in STOOD:
        named = {side for terms in held if (side := way.waits_for(state, terms)) is not None}
        sides[state] = tuple(sorted(named))
    with desk.store.read() as c:
        return Waits(flow(sql.stays(c, office), desk.clock()), sides)
