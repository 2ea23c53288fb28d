"""AN OFFICE at a glance: what waits for it, what was granted and paid, where files wait."""

from dataclasses import dataclass

from assessor.desk import houses
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.office.running import Run, runs
from assessor.domain import Message
from assessor.errors import UnknownError
from assessor.programmes import vouchers as way
from assessor.programmes.flow import Flow, flow
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
    counts: dict[str, int]
    """Vouchers in each state."""
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
        return Overview(found, sql.counts(c, office), money, tuple(held))


def where_files_wait(desk: Desk, who: Actor, office: str) -> Flow:
    get(desk, who, office)
    with desk.store.read() as c:
        return flow(sql.stays(c, office), desk.clock())
