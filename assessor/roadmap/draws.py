"""Plans drawn: what would be chosen if costs and gains came out elsewhere in their ranges.

Each draw takes one cost of every recommendation (triangular over low, middle and high), and how much of what it is
to bring comes about (uniform). A draw asks which set is best and not in which phase.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assessor.roadmap.aims import Earning, capped, earned, earnings
from assessor.roadmap.case import Case
from assessor.roadmap.choice import Bounds, Choice, Clock, Found
from assessor.roadmap.effects import CAPS
from assessor.roadmap.gain import NEEDED
from assessor.roadmap.outlay import Cash, outlay
from assessor.roadmap.solver import Programme
from assessor.roadmap.target import Target

DRAWS, FOR_TARGET, SEED = 200, 50, 20261126
"""A draw for a target takes many times as long as one of another aim, so that fewer are made."""
REACHED = (0.5, 1.0)
"""Own rule: a lift comes about by half at least."""
GAP, NODES = 0.01, 200
"""A draw is as good as this share of what it could be at best; nodes, not seconds, bound it: the same anywhere."""
ROUNDS = 4
"""Of looking for a better ratio in a draw."""
FRINGE = Fraction(1, 20)
"""In a smaller share of drawn plans a recommendation is not worth naming."""
LEAST_GAIN, LEAST_YUAN = 1e-5, 1.0
"""What an item must bring, in levels or yuan, for a draw to take it: without this chance would decide."""


@dataclass(frozen=True)
class Draw:
    """What came out: yuan over three years by recommendation, and the share of its lift that came about."""

    costs: Mapping[str, float]
    reached: Mapping[str, float]
    brought: Mapping[str, float]
    """Where in the counted range its benefit lies, 0 to 1."""


def in_draws(case: Case, bounds: Bounds, found: Found) -> dict[str, int]:
    """In how many of the drawn plans each candidate stands."""
    counts = dict.fromkeys(case.able, 0)
    if found.chosen:
        pick = _picker(case, bounds, found)
        for draw in draws(case)[: how_many(case, found)]:
            for id_ in pick(draw):
                counts[id_] += 1
    return counts


def how_many(case: Case, found: Found) -> int:
    """Plans that are drawn."""
    return FOR_TARGET if _for_target(case, found) else DRAWS


def _for_target(case: Case, found: Found) -> bool:
    return case.aim.kind == "target" and found.status != "out-of-reach"


def _picker(case: Case, bounds: Bounds, found: Found) -> Callable[[Draw], tuple[str, ...]]:
    """What a draw asks for: a target at the drawn costs, what pays back sooner than the plan, else the most."""
    if _for_target(case, found):
        return _cheapest(case, found)
    if case.aim.kind == "payback":
        return partial(_sooner, case, bounds, earnings(case), found)
    return partial(_most, case, bounds)


def draws(case: Case) -> list[Draw]:
    """Two hundred, always the same ones for the same recommendations."""
    ids = list(case.able)
    spans = [outlay(case.known[id_], case.figures.amounts) for id_ in ids]
    low, mid, high = (np.array([float(getattr(s, end)) for s in spans]) for end in ("low", "mid", "high"))
    random = np.random.default_rng(SEED)
    shape = (DRAWS, len(ids))
    costs = _triangular(random.random(shape), low, mid, high)
    reached = random.uniform(*REACHED, shape)
    brought = random.random(shape)
    rows = zip(costs, reached, brought, strict=True)
    return [Draw(*(dict(zip(ids, map(float, row), strict=True)) for row in three)) for three in rows]


def _triangular(
    u: NDArray[np.float64], low: NDArray[np.float64], mid: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """By the inverse of the distribution; a range without width is its value."""
    width = np.where(high > low, high - low, 1.0)
    at = (mid - low) / width
    rising = low + np.sqrt(u * width * (mid - low))
    falling = high - np.sqrt((1 - u) * width * (high - mid))
    return np.where(high > low, np.where(u < at, rising, falling), mid)


def _cheapest(case: Case, found: Found) -> Callable[[Draw], tuple[str, ...]]:
    choice = Choice(case, Bounds(), phases=1)
    Target.of(case).require(choice)
    choice.need(found.cuts)

    def pick(draw: Draw) -> tuple[str, ...]:
        return _solved(choice, {choice.done(id_): cost for id_, cost in draw.costs.items()}, LEAST_YUAN)

    return pick


def _most(case: Case, bounds: Bounds, draw: Draw) -> tuple[str, ...]:
    choice = _bounded(case, bounds, draw)
    return _solved(choice, {z: -f for z, f in _lifts(case, choice, draw).items()}, LEAST_GAIN)


def _sooner(
    case: Case, bounds: Bounds, earning: Mapping[str, Earning], found: Found, draw: Draw
) -> tuple[str, ...]:
    """What brings most a year for a yuan paid once, as drawn: from the plan on, ever better ratios."""
    drawn = {id_: _drawn(one, draw, id_, float(case.costs[id_])) for id_, one in earning.items()}
    choice = _bounded(case, bounds, draw)
    net = {choice.done(id_): -float(one.paid.yearly) for id_, one in drawn.items()}
    for base in CAPS:
        capped(case, choice, base, {id_: float(one.low.get(base, 0)) for id_, one in drawn.items()}, net)
    once = {choice.done(id_): float(one.once) for id_, one in drawn.items()}
    chosen: tuple[str, ...] = found.chosen
    ratio = _ratio(*earned(case, chosen, drawn))
    if sum(draw.costs[id_] for id_ in chosen) > sum(bounds.budgets or (float("inf"),)):
        chosen, ratio = (), 0.0
    for _ in range(ROUNDS):
        picked = _solved(choice, {z: ratio * once.get(z, 0.0) - f for z, f in net.items()}, LEAST_YUAN)
        better = _ratio(*earned(case, picked, drawn))
        if better <= ratio * (1 + GAP):
            return chosen
        chosen, ratio = picked, better
    return chosen


def _drawn(one: Earning, draw: Draw, id_: str, cost: float) -> Earning:
    """What one recommendation brings and takes, as drawn."""
    dearer = Fraction(draw.costs[id_] / cost) if cost else Fraction(1)
    at = Fraction(draw.brought[id_])
    brings = {base: low + at * (one.high[base] - low) for base, low in one.low.items()}
    paid = Cash(one.paid.once * dearer, one.paid.yearly * dearer)
    return Earning(brings, brings, paid, one.once * dearer)


def _ratio(net: Fraction, once: Fraction) -> float:
    """Yuan a year for a yuan paid once; what costs nothing and brings something has the best there is."""
    if net <= 0:
        return 0.0
    return float(net / once) if once else float(net) * 1e6


def _bounded(case: Case, bounds: Bounds, draw: Draw) -> Choice:
    """What may be chosen at the drawn costs, in whatever phase."""
    choice = Choice(case, Bounds(), phases=1)
    if bounds.budgets:
        _within(choice, draw.costs, float(sum(bounds.budgets)))
    if bounds.days:
        _within(choice, {id_: float(case.days[id_]) for id_ in choice.able}, float(sum(bounds.days)))
    return choice


def _within(choice: Choice, needs: Mapping[str, float], there: float) -> None:
    """What alone needs more than there is takes no part: no absurd number goes to the solver."""
    choice.programme.at_most(there, {choice.done(id_): n for id_, n in needs.items() if n <= there})
    for id_ in (id_ for id_, n in needs.items() if n > there):
        choice.programme.at_most(0, {choice.done(id_): 1.0})


def _solved(choice: Choice, terms: Mapping[int, float], least: float) -> tuple[str, ...]:
    """A set as good as `GAP` asks, and of that set only what brings something: asked again with nothing else."""
    done = {choice.done(id_): id_ for id_ in choice.able}
    terms = dict(terms) | {z: terms.get(z, 0.0) + least for z in done}
    found = choice.programme.minimise(terms, Clock().left, GAP, NODES)
    if found.x is None:
        return ()
    chosen = choice.chosen(found)
    ends = [0.0 if z in done and done[z] not in chosen else most for z, most in enumerate(choice.programme.bounds)]
    again = replace(choice.programme, bounds=ends).minimise(terms, Clock().left, nodes=NODES)
    return chosen if again.x is None else choice.chosen(again)


def _lifts(case: Case, choice: Choice, draw: Draw) -> dict[int, float]:
    """The gain as drawn: of several lifts of one requirement the highest that came about counts."""
    by: dict[str, dict[str, float]] = {}
    for id_, r in choice.able.items():
        for item in r.lifts:
            stake = case.at_stake.get(item.question)
            if stake is not None and item.to > stake.now:
                up = float((item.to - stake.now) * stake.worth) * draw.reached[id_]
                ups = by.setdefault(item.question, {})
                ups[id_] = max(ups.get(id_, 0.0), up)
    terms = {choice.done(id_): float(NEEDED) * draw.reached[id_] for id_ in choice.able if id_ in case.needed}
    for ups in by.values():
        _highest(choice.programme, {choice.done(id_): up for id_, up in ups.items()}, terms)
    return terms


def _highest(programme: Programme, ups: Mapping[int, float], terms: dict[int, float]) -> None:
    """Add the greatest of some amounts that a variable each brings."""
    if len(ups) == 1:
        z, up = next(iter(ups.items()))
        terms[z] = terms.get(z, 0.0) + up
        return
    below = 0.0
    for up in sorted(set(ups.values())):
        z = programme.variable()
        programme.at_most(0, {z: 1.0} | {by: -1.0 for by, brings in ups.items() if brings >= up})
        terms[z] = up - below
        below = up
