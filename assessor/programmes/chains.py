"""THE WAY OF A SUPPLIER into a chain and out of it, as a table. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["invited", "joined", "declined", "left"]
Act = Literal["join", "decline", "leave", "renew"]
Side = Literal["factory", "leader"]


@dataclass(frozen=True)
class Move:
    """One kind of step: from which states, to which, by whom."""

    before: frozenset[State]
    after: State
    side: Side


MOVES: Mapping[Act, Move] = {
    "join": Move(frozenset({"invited", "declined", "left"}), "joined", "factory"),
    "decline": Move(frozenset({"invited"}), "declined", "factory"),
    "leave": Move(frozenset({"joined"}), "left", "factory"),
    "renew": Move(frozenset({"invited", "declined", "left"}), "invited", "leader"),
}
"""Whoever said no, or left, may still join: it opens their own and nothing else. A leader asks anew."""


def after(act: Act, state: State) -> State | None:
    """The state that a step leads to; None where the table has no such step."""
    move = MOVES[act]
    return move.after if state in move.before else None


def stands(said: State, *, agreed: bool) -> State:
    """As it is now: whoever ended the consent has left, on whatever page that was done."""
    return "left" if said == "joined" and not agreed else said


def allowed(state: State, side: Side) -> tuple[Act, ...]:
    """Steps that a side can take, in the order of the table."""
    return tuple(act for act, move in MOVES.items() if state in move.before and move.side == side)
