"""One case, one plan; and everything stated of a plan, worked out from what is chosen."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from assessor.domain import PHASES, Choice, Elsewhere, Message, Result, Roadmap, Worth
from assessor.errors import InputError
from assessor.roadmap.aims import best
from assessor.roadmap.case import Case, split
from assessor.roadmap.choice import Bounds, Clock
from assessor.roadmap.draws import FRINGE, how_many, in_draws
from assessor.roadmap.gain import lift, lifted_evidence
from assessor.roadmap.phases import in_phases
from assessor.roadmap.solver import load
from assessor.roadmap.whole import uncounted_in, whole
from assessor.roadmap.worth import Standing, worth

ZERO = Fraction(0)


def plan(case: Case, *, drawn: bool = True) -> Roadmap:
    """The best plan for the aim of a case. Without `drawn` it does not say how far it hangs on the ranges."""
    bounds = bounds_of(case)
    load()
    clock = Clock()
    found = best(case, bounds, clock)
    budgets = budgets_for(case, bounds, found.chosen)
    phases = in_phases(case, found.chosen, Bounds(budgets, bounds.days), clock)
    counts = in_draws(case, bounds, found) if drawn and found.chosen else {}
    many = how_many(case, found) if counts else 0
    fringe = {id_: n for id_, n in counts.items() if id_ not in phases and n >= FRINGE * many}
    choices = tuple(
        Choice(recommendation=id_, phase=phase, cost=case.costs[id_], in_draws=counts.get(id_))
        for id_, phase in phases.items()
    )
    return Roadmap(
        aim=case.aim,
        budget=sum(budgets),
        phase_budgets=budgets,
        phase_days=tuple(map(Fraction, bounds.days)),
        choices=choices,
        gap=found.gap,
        status=found.status,
        least=found.least,
        lacking=found.lacking,
        draws=many,
        fringe=fringe,
        **stated(case, list(phases), fringe),
    )


def stated(case: Case, chosen: Iterable[str], fringe: Iterable[str]) -> dict[str, Any]:
    """The fields of a Roadmap that follow from what is chosen, by name."""
    chosen = tuple(chosen)
    found = [case.known[id_] for id_ in chosen]
    lifted = lift(found, case.evidence)
    later = lifted_evidence(case.evidence, lifted)
    after = case.judge(later)
    worths = [_worth(case, id_, chosen) for id_ in (*chosen, *sorted(fringe))]
    together = whole(case, found, worths[: len(chosen)])
    back = together.payback
    return {
        "objective": case.gain(chosen),
        "level_after": after.level,
        "score_after": after.score,
        "lifted": lifted,
        "figures": tuple(figure for _, figure in sorted(case.figures.figures.items())),
        "bases": tuple(base for _, base in sorted(case.figures.bases.items())),
        "worth": tuple(worths),
        "elsewhere": _elsewhere(case.results(case.evidence, None), case.results(later, None)),
        "yearly_low": together.yearly[0] if together.yearly else None,
        "yearly_high": together.yearly[1] if together.yearly else None,
        "payback_low": back.low,
        "payback_high": back.high,
        "needed": back.needed,
        "why": back.why,
        "sensitivity": together.sensitivity,
        "saving": together.saving,
        "over_budget": _over_budget(case, worths[: len(chosen)]),
        "uncounted": uncounted_in(case, found),
    }


def _over_budget(case: Case, worths: Iterable[Worth]) -> Fraction:
    """Of cost and reserve, what is above the budget; nothing where none was named."""
    budget = case.allowed
    needed = sum((w.cost.mid + w.reserve for w in worths), ZERO)
    return ZERO if budget is None else max(needed - budget, ZERO)


def _worth(case: Case, id_: str, there: Iterable[str]) -> Worth:
    there = tuple(there)
    waits_for = case.waits_for(id_, (*there, id_))
    standing = Standing(case.confirmed.get(id_, ZERO), waits_for, case.missing(id_), case.open(id_))
    return worth(case.known[id_], case.figures, standing)


def _elsewhere(before: Mapping[str, Result], after: Mapping[str, Result]) -> tuple[Elsewhere, ...]:
    """Every framework that has levels."""
    return tuple(
        Elsewhere(framework=id_, before=result.level, after=after[id_].level)
        for id_, result in sorted(before.items())
        if result.level is not None and id_ in after
    )


def budgets_for(case: Case, bounds: Bounds, chosen: Iterable[str]) -> tuple[int, ...]:
    """Yuan in each phase; where nobody bounded them, what the chosen cost, in equal parts."""
    return bounds.budgets or split(ceil(sum((case.costs[id_] for id_ in chosen), ZERO)))


def bounds_of(case: Case) -> Bounds:
    """Money and people in each phase, as far as they are bounded."""
    wishes, budgets = case.wishes, tuple[int, ...]()
    for name, given in (("phase_budgets", wishes.phase_budgets), ("phase_days", wishes.phase_days)):
        if given and (len(given) != PHASES or min(given) < 0):
            raise InputError(Message(id="plan.three_phases", params={"field": name, "n": PHASES}))
    if wishes.phase_budgets:
        budgets = wishes.phase_budgets
    elif case.budget is not None:
        budgets = split(case.budget)
    if wishes.phase_budgets and case.budget is not None and sum(budgets) != case.budget:
        raise InputError(Message(id="plan.other_sum", params={"sum": sum(budgets), "budget": case.budget}))
    return Bounds(budgets, wishes.phase_days)
