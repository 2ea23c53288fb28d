"""The cheapest way to a level of any framework, by its own law; or what that would take, or what stays short."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from assessor.domain import Message, Result
from assessor.errors import InputError
from assessor.roadmap.case import Case
from assessor.roadmap.choice import Bounds, Choice, Clock, Found, cheapest, cost_of, most
from assessor.roadmap.gain import lift, lifted_evidence
from assessor.roadmap.tree import Tree, lacking

ZERO = Fraction(0)


@dataclass(frozen=True)
class Target:
    """A level of a framework, and what the plant's answers give by it today."""

    case: Case
    framework: str
    level: int
    now: Mapping[str, Result]
    held: dict[tuple[str, ...], bool] = field(default_factory=dict)
    """Sets that the law was asked about."""

    @classmethod
    def of(cls, case: Case) -> "Target":
        """The target of a case; an error where it names none that can be reached at all."""
        framework, level = case.aim.framework, case.aim.level
        if framework is None or level is None:
            raise InputError(Message(id="plan.no_target"))
        now = case.results(case.evidence, framework)
        if framework not in now or now[framework].level is None:
            every = case.results(case.evidence, None)
            known = ", ".join(sorted(id_ for id_, result in every.items() if result.level is not None))
            raise InputError(Message(id="plan.no_levels", params={"id": framework, "known": known}))
        return cls(case, framework, level, now)

    def after(self, chosen: Iterable[str]) -> Result:
        """By the law itself, once these are done."""
        lifted = lift([self.case.known[id_] for id_ in chosen], self.case.evidence)
        return self.case.results(lifted_evidence(self.case.evidence, lifted), self.framework)[self.framework]

    def holds(self, chosen: Iterable[str]) -> bool:
        key = tuple(sorted(chosen))
        if key not in self.held:
            self.held[key] = (self.after(key).level or 0) >= self.level
        return self.held[key]

    def require(self, choice: Choice) -> bool:
        """Ask a programme for it; False where its rows say that it is out of reach whatever is done."""
        sums = {id_: result.sum for id_, result in self.now.items()}
        return Tree(choice.programme, sums, choice.able, choice.done).require(self.framework, self.level)

    def cheapest(self, bounds: Bounds, clock: Clock) -> Found | None:
        """By the rows of its sum. Where these know no way and the law knows one, by asking the law alone."""
        found = cheapest(self.case, bounds, self.require, self.holds, clock)
        if found is None and self.holds(self.case.able):
            rows = Choice(self.case, Bounds())
            if not self.require(rows) or rows.programme.minimise({}, clock.left).x is None:
                return cheapest(self.case, bounds, lambda _: True, self.holds, clock)
        return found


def target(case: Case, bounds: Bounds, clock: Clock) -> Found:
    """The cheapest allowed set that reaches a level. Else as far as the budget goes, and what is short."""
    aimed = Target.of(case)
    found = aimed.cheapest(bounds, clock)
    if found is not None and found.status == "time-limit" and not aimed.holds(found.chosen):
        return replace(_fallback(case, bounds, Clock()), status="time-limit", gap=Fraction(1))
    if found is not None:
        return found if found.chosen or found.status != "optimal" else replace(found, status="nothing-to-do")
    free = aimed.cheapest(Bounds(), clock)
    short = lacking(aimed.after(case.able).sum, aimed.level) if free is None else ()
    return replace(_fallback(case, bounds, clock), status="out-of-reach", least=least(case, free), lacking=short)


def least(case: Case, free: Found | None) -> Fraction | None:
    """What the cheapest set costs, where it is proven to be that."""
    return cost_of(case, free.chosen) if free is not None and free.status == "optimal" else None


def _fallback(case: Case, bounds: Bounds, clock: Clock) -> Found:
    """As far as the budget goes; without one only what is kept: nobody said that all may be bought."""
    if bounds.budgets:
        return most(case, bounds, clock)
    kept = cheapest(case, bounds, lambda _: True, lambda _: True, clock) if case.wishes.keep else None
    return kept or Found((), ZERO, "out-of-reach")
