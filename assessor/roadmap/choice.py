"""The best set of recommendations for an aim: proven the best there is, or with its gap stated."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import monotonic
from typing import Literal

from assessor.domain import PHASES, Message, Recommendation, Text, exact
from assessor.roadmap.case import Case
from assessor.roadmap.gain import NEEDED, Stake
from assessor.roadmap.solver import Programme, Solution

SECONDS = 4.5
"""For all that the solver is asked for one plan, together: a plan takes at most five."""
FINEST = 10**6
"""Gains are scaled to whole numbers where this suffices; beyond it, to a millionth of a level."""
MARGINS = (0, 1, 10)
"""The solver works in floats: should it overspend by a hair, it is asked again for so many yuan less."""
ABSURD = 1e12
"""Yuan: the most that a budget can be. The solver is told no greater number."""
ZERO = Fraction(0)


@dataclass(frozen=True)
class Found:
    """A set, how good it is proved to be, and what stays missing where a target is out of reach."""

    chosen: tuple[str, ...]
    gap: Fraction
    status: Literal["optimal", "time-limit", "nothing-to-do", "out-of-reach"]
    least: Fraction | None = None
    """What the cheapest way to the target costs where the plan cannot pay for it; yuan."""
    lacking: tuple[Text | Message, ...] = ()
    cuts: tuple[tuple[str, ...], ...] = ()
    """Of each at least one was found to be needed for the target."""


@dataclass(frozen=True)
class Bounds:
    """Money and own people's days that there are in each phase; empty: not bounded."""

    budgets: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


@dataclass
class Clock:
    """What is left of the time for one plan."""

    until: float = field(default_factory=lambda: monotonic() + SECONDS)

    @property
    def left(self) -> float:
        return max(self.until - monotonic(), 0.0)


class Choice:
    """Which recommendations, as a programme: a variable for each at each phase, 1 where it is done by then.

    Without a bound on people's days any set that fits the whole budget can be put in order (at worst all of it in
    the last phase), so that one phase decides.
    """

    def __init__(self, case: Case, bounds: Bounds, margin: int = 0, phases: int | None = None) -> None:
        self.case, self.able, self.bounds = case, case.able, bounds
        self.phases = phases or (PHASES if bounds.days else 1)
        self.programme = Programme()
        self.at = {(id_, p): self.programme.variable(whole=True) for id_ in self.able for p in range(self.phases)}
        self._order()
        self._money(margin)
        for id_ in sorted(set(case.wishes.keep) & set(self.able)):
            self.programme.at_least(1, {self.done(id_): 1})

    def done(self, id_: str) -> int:
        """The variable that says whether it is in the plan at all."""
        return self.at[id_, self.phases - 1]

    def _order(self) -> None:
        for id_, r in self.able.items():
            for p in range(self.phases):
                if p:
                    self.programme.at_most(0, {self.at[id_, p - 1]: 1, self.at[id_, p]: -1})
                for before in r.after:
                    self.programme.at_most(0, {self.at[id_, p]: 1, self.at[before, p]: -1})
            for other in sorted(set(r.excludes) & set(self.able)):
                self.programme.at_most(1, {self.done(id_): 1, self.done(other): 1})

    def _money(self, margin: int) -> None:
        costs, budgets = self.case.costs, self.bounds.budgets
        for p in range(self.phases) if budgets else ():
            there = sum(budgets[: p + 1] if self.phases > 1 else budgets)
            dear = [id_ for id_ in self.able if costs[id_] > there]  # apart: no such number may upset the solver
            terms = {self.at[id_, p]: float(costs[id_]) for id_ in self.able if id_ not in dear}
            self.programme.at_most(float(max(there - margin, 0)), terms)
            for id_ in dear:
                self.programme.at_most(0, {self.at[id_, p]: 1.0})
        for p, there in enumerate(self.bounds.days):
            taken: dict[int, float] = {}
            for id_ in self.able:
                days = self.case.days[id_]
                here = {self.at[id_, p]: 1.0} | ({self.at[id_, p - 1]: -1.0} if p else {})
                if days > there:
                    self.programme.at_most(0, here)
                else:
                    taken |= {z: sign * float(days) for z, sign in here.items()}
            self.programme.at_most(float(there), taken)

    def chosen(self, solution: Solution) -> tuple[str, ...]:
        assert solution.x is not None
        return tuple(id_ for id_ in self.able if solution.x[self.done(id_)] > 0.5)

    def need(self, cuts: Iterable[Iterable[str]]) -> None:
        """Of each of these at least one."""
        for cut in cuts:
            self.programme.at_least(1, {self.done(id_): 1.0 for id_ in cut})

    def dearness(self) -> dict[int, float]:
        """The cost, and of equal ones the first by id."""
        n = len(self.able)
        costs = self.case.costs
        ranked = ((id_, 0.4 * (i + 1) / n**2) for i, id_ in enumerate(self.able))
        return {self.done(id_): min(float(costs[id_]), ABSURD) + rank for id_, rank in ranked}


@dataclass(frozen=True)
class Reach:
    """One step up of one requirement: what it is worth, and who brings it."""

    worth: Fraction
    by: tuple[str, ...]


def reaches(able: Mapping[str, Recommendation], at_stake: Mapping[str, Stake]) -> list[Reach]:
    """Each requirement's way up, cut at the degrees that some candidate lifts it to."""
    lifts: dict[str, dict[str, Fraction]] = {}
    for id_, recommendation in able.items():
        for item in recommendation.lifts:
            if item.question in at_stake and item.to > at_stake[item.question].now:
                targets = lifts.setdefault(item.question, {})
                targets[id_] = max(targets.get(id_, item.to), item.to)
    found = []
    for question, targets in sorted(lifts.items()):
        below = at_stake[question].now
        for to in sorted(set(targets.values())):
            by = tuple(id_ for id_, target in targets.items() if target >= to)
            found.append(Reach((to - below) * at_stake[question].worth, by))
            below = to
    return found


@dataclass(frozen=True)
class Gains:
    """A gain as factors of variables, scaled to whole numbers where that is possible."""

    terms: Mapping[int, float]
    scale: int


def gains(case: Case, programme: Programme, at: Callable[[str], int]) -> Gains:
    """What is gained where `at` says which recommendations are done."""
    steps = reaches(case.able, case.at_stake)
    needed = [id_ for id_ in case.able if id_ in case.needed]
    divisors = [step.worth.denominator for step in steps] + [NEEDED.denominator] * bool(needed)
    scale = min(math.lcm(*divisors), FINEST)
    terms: dict[int, float] = {}
    for step in steps:
        if len(step.by) == 1:  # it is reached just when the one who brings it is done
            z = at(step.by[0])
        else:
            z = programme.variable()
            programme.at_most(0, {z: 1.0} | {at(id_): -1.0 for id_ in step.by})
        terms[z] = terms.get(z, 0.0) + float(step.worth * scale)
    for id_ in needed:
        terms[at(id_)] = terms.get(at(id_), 0.0) + float(NEEDED * scale)
    return Gains(terms, scale)


def most(case: Case, bounds: Bounds, clock: Clock) -> Found:
    """Of what can take part, the set with the greatest gain; of equal ones the cheapest, then the first by id."""
    if not case.able:
        return Found((), ZERO, "nothing-to-do")

    def search(margin: int) -> Found | None:
        choice = Choice(case, bounds, margin)
        gain = gains(case, choice.programme, choice.done)
        best = choice.programme.minimise({z: -f for z, f in gain.terms.items()}, clock.left * 0.8)
        if best.x is None:
            return None if best.proven else Found((), Fraction(1), "time-limit")
        chosen = choice.chosen(best)
        if best.proven:  # of equal gains the cheapest, then the first by id: asked apart, so that it is exact
            reached = case.gain(chosen)
            choice.programme.at_least(float(reached * gain.scale) - 0.5, gain.terms)
            again = choice.programme.minimise(choice.dearness(), clock.left * 0.6)
            if again.x is not None and case.gain(cheaper := choice.chosen(again)) >= reached:
                chosen = cheaper
        found = judged(chosen, best)
        return found if chosen or not best.proven else replace(found, status="nothing-to-do")

    return kept(case, bounds, search)


def kept(case: Case, bounds: Bounds, search: Callable[[int], Found | None]) -> Found:
    """A search whose result keeps to the money exactly; out of reach where nothing does what must be done."""
    for margin in MARGINS:
        found = search(margin)
        if found is None:
            return Found((), ZERO, "out-of-reach")
        if not bounds.budgets or cost_of(case, found.chosen) <= sum(bounds.budgets):
            return found
    raise RuntimeError("the solver's choice does not keep to the budget")


def cost_of(case: Case, chosen: Iterable[str]) -> Fraction:
    """The middle cost of a set, in yuan."""
    return sum((case.costs[id_] for id_ in chosen), ZERO)


def judged(chosen: tuple[str, ...], solution: Solution) -> Found:
    if solution.proven:
        return Found(chosen, ZERO, "optimal")
    return Found(chosen, exact(f"{solution.gap:.6f}"), "time-limit")


def cheapest(
    case: Case,
    bounds: Bounds,
    require: Callable[[Choice], bool],
    holds: Callable[[Iterable[str]], bool],
    clock: Clock,
) -> Found | None:
    """The cheapest set that reaches a target, then the first by id; None where no allowed set does.

    `require` puts the target into the programme and says whether it can be met at all; `holds` asks the law.
    What the programme takes to reach the target and the law does not is cut off, with all that is no better.
    """
    cuts: list[tuple[str, ...]] = []

    def search(margin: int) -> Found | None:
        choice = Choice(case, bounds, margin)
        if not require(choice):
            return None
        choice.need(cuts)
        while True:
            best = choice.programme.minimise(choice.dearness(), clock.left)
            if best.x is None or not clock.left:
                return None if best.proven and best.x is None else Found((), Fraction(1), "time-limit")
            chosen = choice.chosen(best)
            if holds(chosen):
                return replace(judged(chosen, best), cuts=tuple(cuts))
            cut = _beyond(case, chosen, holds)
            if not cut:
                return None
            cuts.append(cut)
            choice.need([cut])

    found = kept(case, bounds, search)
    return None if found.status == "out-of-reach" else found


def _beyond(case: Case, chosen: Sequence[str], holds: Callable[[Iterable[str]], bool]) -> tuple[str, ...]:
    """What lies outside the largest set found that still fails: one of it at least is needed."""
    failing = list(chosen)
    for id_ in case.able:
        if id_ not in failing and not holds([*failing, id_]):
            failing.append(id_)
    return tuple(id_ for id_ in case.able if id_ not in failing)
