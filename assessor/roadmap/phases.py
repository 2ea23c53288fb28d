"""A chosen set in order: three phases, each with its money and people. What money one leaves the next has."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from assessor.domain import PHASES
from assessor.roadmap.case import Case
from assessor.roadmap.choice import MARGINS, Bounds, Choice, Clock, gains

ZERO = Fraction(0)


def in_phases(case: Case, chosen: Sequence[str], bounds: Bounds, clock: Clock) -> dict[str, int]:
    """The phase of each, so that most is gained soonest, and what remains equal as early as may be."""
    if not chosen:
        return {}
    settled = replace(case, only=frozenset(chosen))
    for margin in MARGINS:
        found = _ordered(settled, bounds, margin, clock)
        if found is None:
            break
        if _fits(case, found, bounds):
            return dict(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))
    last = dict.fromkeys(sorted(chosen), PHASES)
    if _fits(case, last, bounds):
        return last
    raise RuntimeError("a set that fits the budget could not be put in order")


def _ordered(case: Case, bounds: Bounds, margin: int, clock: Clock) -> dict[str, int] | None:
    order = Choice(case, bounds, margin, PHASES)
    for id_ in case.able:
        order.programme.at_least(1, {order.done(id_): 1.0})
    early: dict[int, float] = {}
    for p in range(order.phases - 1):
        gain = gains(case, order.programme, lambda id_, p=p: order.at[id_, p])  # type: ignore[misc]
        for z, factor in gain.terms.items():
            early[z] = early.get(z, 0.0) - factor
    n = len(case.able)
    for (id_, p), at in order.at.items():  # what gains nothing by being early: early all the same, the first by id
        if p < order.phases - 1:
            rank = list(case.able).index(id_)
            early[at] = early.get(at, 0.0) - 0.1 * (2 - rank / n) / n
    found = order.programme.minimise(early, clock.left)
    if found.x is None:
        return None
    return {id_: 1 + sum(found.x[order.at[id_, p]] < 0.5 for p in range(PHASES - 1)) for id_ in case.able}


def _fits(case: Case, phases: dict[str, int], bounds: Bounds) -> bool:
    for p in range(1, PHASES + 1):
        spent = sum((case.costs[id_] for id_, phase in phases.items() if phase <= p), ZERO)
        days = sum((case.days[id_] for id_, phase in phases.items() if phase == p), ZERO)
        if bounds.budgets and spent > sum(bounds.budgets[:p]):
            return False
        if bounds.days and days > bounds.days[p - 1]:
            return False
    return True
