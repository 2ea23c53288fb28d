"""THE WAY OF A VOUCHER: from application to settlement, as a table, and what each step asks for. Pure.

A step that is not in the table cannot be taken. Whoever keeps a voucher takes its steps one after another, so that
what is counted here (quota, budget) is what is there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import get_args

from assessor.domain import (
    Chained,
    LogEntry,
    Message,
    Period,
    Programme,
    Side,
    Terms,
    VoucherAct,
    VoucherState,
)


@dataclass(frozen=True)
class Move:
    """One kind of step: from which states, to which, by whom."""

    before: frozenset[VoucherState | None]
    after: VoucherState | None
    """None: the state stays."""
    side: Side
    why: bool = False
    """It needs a reason."""


def _from(*states: VoucherState | None) -> frozenset[VoucherState | None]:
    return frozenset(states)


MOVES: Mapping[VoucherAct, Move] = {
    "apply": Move(_from(None, "returned", "refused", "withdrawn"), "applied", "factory"),
    "return": Move(_from("applied"), "returned", "office", why=True),
    "refuse": Move(_from("applied"), "refused", "office", why=True),
    "withdraw": Move(_from("applied", "returned", "granted", "assigned", "rejected"), "withdrawn", "factory"),
    "grant": Move(_from("applied"), "granted", "office"),
    "assign": Move(_from("granted", "assigned"), "assigned", "factory"),
    "hand-in": Move(_from("assigned", "rejected", "handed-in"), "handed-in", "factory"),
    "reject": Move(_from("handed-in"), "rejected", "office", why=True),
    "accept": Move(_from("handed-in"), "accepted", "office"),
    "settle": Move(_from("accepted"), "settled", "office"),
    "revoke": Move(
        _from("granted", "assigned", "handed-in", "rejected", "accepted"), "revoked", "office", why=True
    ),
    "rate": Move(_from("accepted", "settled"), None, "factory"),
}
"""Which side takes `assign` is the programme's to say."""
STATES: tuple[VoucherState, ...] = get_args(VoucherState)
HELD: frozenset[VoucherState] = frozenset({"granted", "assigned", "handed-in", "rejected", "accepted", "settled"})
"""States in which a voucher takes up quota and money."""
OVER: frozenset[VoucherState] = frozenset({"settled", "revoked"})
"""From here nothing leads on."""
WAITS: Mapping[VoucherState, Side] = {
    "applied": "office", "returned": "factory", "granted": "factory", "assigned": "factory",
    "handed-in": "office", "rejected": "factory", "accepted": "office",
}  # fmt: skip
"""For whose step a voucher waits. A provider that the office assigns is waited for there."""


@dataclass(frozen=True)
class Used:
    """What vouchers of one period take up already, without the one that is asked about."""

    vouchers: int
    yuan: int


def side_of(act: VoucherAct, terms: Terms) -> Side:
    """Who takes a step."""
    return "office" if act == "assign" and terms.choice == "assigned" else MOVES[act].side


def waits_for(state: VoucherState, terms: Terms) -> Side | None:
    """Whose step is next; None where it is over."""
    return side_of("assign", terms) if state == "granted" else WAITS.get(state)


def allowed(state: VoucherState | None, side: Side, terms: Terms) -> tuple[VoucherAct, ...]:
    """Steps that a side can take from a state, in the order of the table."""
    return tuple(act for act, move in MOVES.items() if state in move.before and side_of(act, terms) == side)


def after(act: VoucherAct, state: VoucherState | None) -> VoucherState | None:
    """The state that a step leads to; None where the table has no such step."""
    move = MOVES[act]
    if state not in move.before:
        return None
    return move.after or state


def against_apply(period: Period, today: str) -> Message | None:
    """Why nobody can apply today. A day that nobody set keeps nobody out."""
    if period.opens is not None and today < period.opens:
        return Message(id="way.not_open_yet", params={"day": period.opens})
    if period.closes is not None and today > period.closes:
        return Message(id="way.closed", params={"day": period.closes})
    return None


def against_grant(programme: Programme, period: Period, used: Used, yuan: int) -> Message | None:
    """Why a voucher of so many yuan cannot be granted."""
    if period.quota is not None and used.vouchers >= period.quota:
        return Message(id="way.quota", params={"quota": period.quota})
    if programme.cap is not None and yuan > programme.cap:
        return Message(id="way.over_cap", params={"cap": programme.cap})
    if period.budget is not None and used.yuan + yuan > period.budget:
        return Message(id="way.over_budget", params={"left": max(period.budget - used.yuan, 0)})
    return None


def against_hand_in(period: Period, today: str) -> Message | None:
    """Why nothing is taken in any more."""
    if period.use_by is not None and today > period.use_by:
        return Message(id="way.too_late", params={"day": period.use_by})
    return None


def share_of_invoice(programme: Programme) -> Fraction | None:
    """Which share of an invoice is paid; None: not known, or the share is of something else."""
    return programme.share if programme.share_of in ("contract", "investment") else None


def payable(programme: Programme, granted: int, invoiced: Fraction) -> int:
    """Yuan to pay at most for an invoice, cut off: the share of it, the cap and what was granted all bind.

    A share or cap that is not known does not bind, nor does a share of something else than what is invoiced.
    """
    bounds = [Fraction(granted), invoiced]
    if (share := share_of_invoice(programme)) is not None:
        bounds.append(share * invoiced)
    if programme.cap is not None:
        bounds.append(Fraction(programme.cap))
    return floor(min(bounds))


def chained(entries: Iterable[LogEntry]) -> Chained:
    """Follow a log from its first entry: numbers without a gap, each with the digest of the one before."""
    count, head = 0, None
    office: str | None = None
    for entry in entries:
        count += 1
        office = office or entry.office
        if (entry.number, entry.previous, entry.office) != (count, head, office):
            return Chained(entries=count, holds=False, broken_at=count, head=head)
        head = entry.digest
    return Chained(entries=count, holds=True, head=head)
