"""What was found in a name, and which of it decides: the same rules for every language."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessor.domain import Function
from models.tags.lexicon import USUAL, Term

ACCUMULATES = frozenset({"energy", "flow", "count", "time", "mass", "position", "level"})
"""Quantities whose totals are counters; a total power or current is not one."""
OF_ALARMS = frozenset({"time", "count"})
"""An alarm's time or number is no alarm."""
FROM_ABOVE = frozenset({Function.ALARM, Function.SETPOINT, Function.COUNTER, Function.ACTUAL})
"""Functions that a folder gives to what lies in it."""


@dataclass(frozen=True)
class Hit:
    """A term that was found: in which element (0 the last one, 1 its parent), and from which letter on."""

    term: Term
    above: int
    start: int
    rule: str = "lexicon"

    @property
    def place(self) -> tuple[int, int]:
        """Order of reading: a parent before its child."""
        return -self.above, self.start


@dataclass(frozen=True)
class Found:
    """What one element gives: the term that it is headed by, if any, and the terms that count anywhere."""

    head: Hit | None = None
    anywhere: tuple[Hit, ...] = ()
    closed: bool = False
    """It has words of its own that no table knows: then it is not about what its parent is about."""


@dataclass(frozen=True)
class Decision:
    """One head of a meaning: its value, and the hit or the convention that decided it."""

    value: str | None
    rule: str
    hit: Hit | None = None


NOTHING = Decision(None, "silent")


def decide(found: Sequence[Found]) -> tuple[Decision, Decision]:
    """Quantity and function from the elements of a path, the last one first."""
    head = next((one.head for one in found if one.head or one.closed), None)
    anywhere = [hit for one in found for hit in one.anywhere if not hit.above or hit.term.function in FROM_ABOVE]
    anywhere.sort(key=lambda hit: hit.place)
    return _quantity(head, anywhere), _function(head, anywhere)


def _quantity(head: Hit | None, anywhere: Sequence[Hit]) -> Decision:
    if head is not None:
        return Decision(head.term.quantity, head.rule, head)
    alone = next((hit for hit in reversed(anywhere) if hit.term.quantity), None)
    return Decision(alone.term.quantity, alone.rule, alone) if alone else NOTHING


def _function(head: Hit | None, anywhere: Sequence[Hit]) -> Decision:
    """Alarm and setpoint first, the later of them; then quality, the head's own, a total, an actual, the usual."""
    quantity = head.term.quantity if head else None
    own = head.term.function if head else None
    every = sorted([*anywhere, *([head] if head and own else [])], key=lambda hit: hit.place)
    for hit in reversed(every):
        before = head is not None and hit.place < head.place
        if hit.term.function is Function.ALARM and not (before and quantity in OF_ALARMS):
            return _by(hit)
        if hit.term.function is Function.SETPOINT:
            return _by(hit)
    for wanted in (Function.QUALITY, Function.IDENTIFICATION):
        if (rest := _last(every, wanted)) is not None:
            return _by(rest)
    if head is not None and own is not None:
        return _by(head)
    total = _last(anywhere, Function.COUNTER)
    if total is not None and (quantity is None or quantity in ACCUMULATES):
        return _by(total)
    if quantity in USUAL:
        return Decision(USUAL[quantity or ""], "usual", head)
    if quantity and (actual := _last(anywhere, Function.ACTUAL)) is not None:
        return _by(actual)
    return Decision(Function.ACTUAL, "usual", head) if quantity else NOTHING


def _last(hits: Sequence[Hit], function: Function) -> Hit | None:
    return next((hit for hit in reversed(hits) if hit.term.function is function), None)


def _by(hit: Hit) -> Decision:
    return Decision(hit.term.function, hit.rule, hit)
