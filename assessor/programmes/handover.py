"""HAND OVER a result to an official platform: entered there by people, noted here step by step. Pure.

No platform tells us anything: what stands here is somebody's word, with a reference to look it up by.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assessor.domain import HandoverAct, HandoverState, Platform, Side, VoucherState


@dataclass(frozen=True)
class Move:
    """One kind of step: from which states, to which, by whom."""

    before: frozenset[HandoverState]
    after: HandoverState
    side: Side
    why: bool = False
    """It needs a reason."""


MOVES: Mapping[HandoverAct, Move] = {
    "enter": Move(frozenset({"due", "entered", "refused"}), "entered", "factory"),
    "accept": Move(frozenset({"entered", "refused"}), "accepted", "office"),
    "refuse": Move(frozenset({"entered", "accepted"}), "refused", "office", why=True),
}
"""A slip of the reference is put right by entering it again; a platform's change of mind, by the other act."""
OPEN: frozenset[VoucherState] = frozenset({"accepted", "settled"})
"""States of a voucher whose result is handed over."""
STATES: tuple[HandoverState, ...] = ("due", "entered", "accepted", "refused")


def after(act: HandoverAct, state: HandoverState) -> HandoverState | None:
    """The state that a step leads to; None where the table has no such step."""
    move = MOVES[act]
    return move.after if state in move.before else None


def allowed(state: HandoverState, side: Side) -> tuple[HandoverAct, ...]:
    """Steps that a side can take, in the order of the table."""
    return tuple(act for act, move in MOVES.items() if state in move.before and move.side == side)


def fitting(platforms: Collection[Platform], rated: Collection[str]) -> tuple[Platform, ...]:
    """Platforms that ask for a framework by which a plant is rated, by their id."""
    return tuple(
        platform for platform in sorted(platforms, key=lambda p: p.id) if set(platform.frameworks) & set(rated)
    )
