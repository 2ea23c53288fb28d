"""STEPS: one change of an office's affairs at a time, and its entry in the log."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from assessor.desk.access import ROLES, Action, Actor
from assessor.desk.desk import Desk
from assessor.domain import LogEntry, Message, Programme, Side, Terms, VoucherAct, VoucherState
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.programmes import vouchers as way
from assessor.storage import Voucher, people
from assessor.storage import vouchers as sql

LONGEST = 2000
FACTORY: tuple[VoucherAct, ...] = ("apply", "withdraw", "hand-in", "rate")
"""Steps that are a factory's alone."""


def same_site(name: str) -> str:
    """The name of a site as it is compared: neither width, case nor spaces make another site of it."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())[:200]


def is_day(said: str) -> bool:
    """Is it a day that there is, as YYYY-MM-DD?"""
    try:
        return date.fromisoformat(said).isoformat() == said
    except ValueError:
        return False


def alone(c: Connection, office: str) -> None:
    """From here to the end of the transaction nobody else changes anything of this office."""
    people.organisation(c, office, lock=True)


@dataclass(frozen=True)
class Step:
    """What is to stand in the log."""

    subject: str
    act: str
    before: VoucherState | None = None
    after: VoucherState | None = None
    why: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def note(c: Connection, desk: Desk, office: str, who: Actor | None, step: Step) -> LogEntry:
    """Put an entry at the end of an office's log, which is held alone."""
    number, previous = sql.last_of(c, office)
    entry = LogEntry(
        office=office,
        number=number + 1,
        at=desk.clock(),
        account=who.account if who else None,
        previous=previous,
        **vars(step) | {"why": step.why.strip()[:LONGEST]},
    )
    sql.append(c, entry)
    return entry


@dataclass
class Taking:
    """A voucher while a step of it is taken."""

    c: Connection
    desk: Desk
    who: Actor
    voucher: Voucher
    programme: Programme
    act: VoucherAct

    @property
    def terms(self) -> Terms:
        return self.programme.terms or Terms()

    def take(self, *, why: str = "", details: dict[str, Any] | None = None, **changes: Any) -> Voucher:
        """Keep the step: the voucher as it is now, and its entry."""
        before, move = self.voucher.state, way.MOVES[self.act]
        if move.why and not why.strip():
            raise InputError(Message(id="way.lacks_why"), "why")
        after = way.after(self.act, before)
        assert after is not None  # `taking` asked
        step = Step(self.voucher.id, self.act, before, after, why, details or {})
        entry = note(self.c, self.desk, self.voucher.office, self.who, step)
        sql.change(self.c, self.voucher.id, state=after, step=entry.number, changed=entry.at, **changes)
        return found(self.c, self.voucher.id)


@contextmanager
def taking(
    desk: Desk, who: Actor, id_: str, act: VoucherAct, step: int, action: Action, *, side: Side
) -> Iterator[Taking]:
    """One step of a voucher, asked for by somebody who saw it at `step`. Raises ConflictError where it moved since
    then, or where the table has no such step from its state."""
    asked = get(desk, who, id_)
    who.require(action, asked.office if side == "office" else asked.factory)
    with desk.store.write() as c:
        alone(c, asked.office)
        voucher = found(c, id_)
        still_may(c, who, action, voucher.office if side == "office" else voucher.factory)
        if side == "office":
            nobodys(c, who, voucher)
        rules = programme_of(c, voucher)
        if voucher.step != step:
            raise ConflictError(Message(id="way.moved"))
        if way.after(act, voucher.state) is None or way.side_of(act, rules.terms or Terms()) != side:
            raise ConflictError(Message(id=f"way.no_step.{voucher.state}"))
        yield Taking(c, desk, who, voucher, rules, act)


def nobodys(c: Connection, who: Actor, voucher: Voucher) -> None:
    """Nobody decides for an office what is their own factory's, or what they did for it."""
    own = people.memberships_in(c, who.account, voucher.factory)
    if own or sql.acted_for(c, voucher, who.account, FACTORY):
        raise AccessError(Message(id="way.own_factory"))


def still_may(c: Connection, who: Actor, action: Action, organisation: str) -> None:
    """Asked once more where it counts: whoever was dismissed meanwhile takes no step."""
    roles = people.memberships_in(c, who.account, organisation)
    if not any(action in ROLES[m.role] for m in roles):
        raise AccessError(Message(id="desk.not_allowed", params={"action": action}))


def programme_of(c: Connection, voucher: Voucher) -> Programme:
    """The rules that a voucher goes by: those of the day it was applied for."""
    kept = sql.programme(c, voucher.office, voucher.programme, voucher.version)
    assert kept is not None
    return Programme.model_validate(kept.rules)


def found(c: Connection, id_: str) -> Voucher:
    """A voucher that is known to be there: none is ever removed."""
    voucher = sql.get(c, id_)
    assert voucher is not None
    return voucher


def get(desk: Desk, who: Actor, id_: str) -> Voucher:
    """A voucher, for its office and for its factory; nobody else learns that it exists."""
    with desk.store.read() as c:
        voucher = sql.get(c, id_)
    if voucher is None or not (who.may("office.read", voucher.office) or who.may("voucher.read", voucher.factory)):
        raise UnknownError(Message(id="desk.unknown"))
    return voucher
