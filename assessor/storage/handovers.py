"""SQL of what was entered on official platforms, and of what is still to be."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from assessor.storage.kept_of_offices import Handover
from assessor.storage.rows import many, one
from assessor.storage.tables import handovers, log, vouchers


@dataclass(frozen=True)
class Filed:
    """A voucher whose pack was accepted: what a list needs of it, and nothing more."""

    id: str
    number: int
    name: str
    credit_code: str
    state: str
    plant: dict[str, str]
    """Its name in both languages, as it applied."""
    kind: str
    """Of the plant: 'discrete' or 'process'."""
    accepted: int
    """The number of the entry by which it was accepted: their order."""
    accepted_at: int


def get(c: Connection, voucher: str, platform: str) -> Handover | None:
    own = (handovers.c.voucher == voucher) & (handovers.c.platform == platform)
    return one(Handover, c, select(handovers).where(own))


def of_voucher(c: Connection, voucher: str) -> dict[str, Handover]:
    """By platform."""
    found = many(Handover, c, select(handovers).where(handovers.c.voucher == voucher))
    return {held.platform: held for held in found}


def keep(c: Connection, new: Handover) -> None:
    """In place of what stood."""
    own = (handovers.c.voucher == new.voucher) & (handovers.c.platform == new.platform)
    values: dict[str, Any] = vars(new)
    if c.execute(update(handovers).where(own).values(**values)).rowcount == 0:
        c.execute(insert(handovers).values(**values))


def of_office(c: Connection, office: str) -> list[Handover]:
    own = select(handovers).join(vouchers, vouchers.c.id == handovers.c.voucher)
    return many(Handover, c, own.where(vouchers.c.office == office))


def filed(c: Connection, office: str, states: Collection[str]) -> list[Filed]:
    """Vouchers in these states whose pack was accepted, in the order in which that was."""
    last = select(log.c.subject, func.max(log.c.number).label("number"))
    last_ = last.where((log.c.office == office) & (log.c.act == "accept")).group_by(log.c.subject).subquery()
    names = ("id", "number", "name", "credit_code", "state")
    plant = vouchers.c.about["plant"]
    wanted = (
        select(
            *(vouchers.c[name] for name in names),
            plant["name"].as_json().label("plant"),
            plant["kind"].as_string().label("kind"),
            last_.c.number.label("accepted"),
            log.c.at.label("accepted_at"),
        )
        .join(last_, last_.c.subject == vouchers.c.id)
        .join(log, and_(log.c.office == office, log.c.number == last_.c.number))
    )
    own = (vouchers.c.office == office) & vouchers.c.state.in_(states)
    return many(Filed, c, wanted.where(own).order_by(last_.c.number))
