"""ADVISE: which recommendations to carry out, in three phases, so that a budget brings the plant furthest.

The best set is found by a mixed-integer programme (`choice`), proven optimal or with its gap stated. The set
is then put in order (`phases`): prerequisites no later than what needs them, what brings most for its money
first, and no phase spending money that is not there yet. What is gained is worked out exactly (`gain`).
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from assessor.domain import PHASES, Choice, Evidence, Message, Recommendation, Roadmap, Text, plain
from assessor.roadmap.choice import best_set
from assessor.roadmap.gain import Judge, candidates, gain, lift, lifted_evidence, stakes
from assessor.roadmap.outlay import outlay
from assessor.roadmap.phases import in_phases, split

__all__ = ["check_plan", "outlay", "plan"]


def plan(
    judge: Judge,
    evidence: Iterable[Evidence],
    recommendations: Iterable[Recommendation],
    budget: int,
    phase_budgets: Sequence[int] | None = None,
) -> Roadmap:
    """The best plan within a budget in yuan. `judge` rates the verified column under the default weights."""
    evidence, known = tuple(evidence), {r.id: r for r in recommendations}
    budgets = tuple(phase_budgets) if phase_budgets is not None else split(budget)
    at_stake = stakes(judge(evidence))
    able = candidates(known, evidence, at_stake)
    found = best_set(able, at_stake, sum(budgets))
    phases = in_phases([able[id_] for id_ in found.chosen], at_stake, budgets)
    chosen = [known[id_] for id_ in phases]
    lifted = lift(chosen, evidence)
    after = judge(lifted_evidence(evidence, lifted))
    return Roadmap(
        budget=sum(budgets),
        phase_budgets=budgets,
        choices=tuple(
            Choice(recommendation=id_, phase=phase, cost=outlay(known[id_], {}).mid)
            for id_, phase in phases.items()
        ),
        objective=gain(chosen, at_stake),
        gap=found.gap,
        status=found.status,
        level_after=after.level,
        score_after=after.score,
        lifted=lifted,
    )


def check_plan(
    roadmap: Roadmap,
    judge: Judge,
    evidence: Iterable[Evidence],
    recommendations: Iterable[Recommendation],
) -> tuple[Message, ...]:
    """What is wrong with a plan: its rules and figures worked out again, not the best set searched again.

    `recommendations` are all that could be chosen, since a prerequisite may be met without being in the plan.
    """
    evidence, known = tuple(evidence), {r.id: r for r in recommendations}
    unknown = [c.recommendation for c in roadmap.choices if c.recommendation not in known]
    if unknown:
        return tuple(_fault("unknown", id=id_) for id_ in unknown)
    at_stake = stakes(judge(evidence))
    chosen = [known[c.recommendation] for c in roadmap.choices]
    faults = [*_rules(roadmap, known, set(candidates(known, evidence, at_stake))), *_money(roadmap, known)]
    lifted = lift(chosen, evidence)
    after = judge(lifted_evidence(evidence, lifted))
    faults += _differs("objective", roadmap.objective, gain(chosen, at_stake))
    faults += _differs("level_after", Fraction(roadmap.level_after), Fraction(after.level))
    faults += _differs("score_after", roadmap.score_after, after.score)
    if roadmap.lifted != lifted:
        faults.append(_fault("lifted"))
    return tuple(faults)


def _rules(roadmap: Roadmap, known: dict[str, Recommendation], able: set[str]) -> list[Message]:
    """Each once, useful, after its prerequisites, not with what it excludes."""
    faults = []
    phases = {c.recommendation: c.phase for c in roadmap.choices}
    if len(phases) < len(roadmap.choices):
        faults.append(_fault("twice"))
    for id_, phase in phases.items():
        if id_ not in able:
            faults.append(_fault("useless", id=id_))
        for before in known[id_].after:
            if (before in able and before not in phases) or phases.get(before, 0) > phase:
                faults.append(_fault("too_early", id=id_, before=before))
        others = [other for other in known[id_].excludes if other in phases]
        faults += [_fault("excluded", id=id_, other=other) for other in others]
    return faults


def _money(roadmap: Roadmap, known: dict[str, Recommendation]) -> list[Message]:
    """The right costs, and no phase ahead of the money."""
    faults = [
        _fault("cost", id=c.recommendation)
        for c in roadmap.choices
        if c.cost != outlay(known[c.recommendation], {}).mid
    ]
    if sum(roadmap.phase_budgets) != roadmap.budget or len(roadmap.phase_budgets) != PHASES:
        faults.append(_fault("budgets"))
    for phase in range(1, PHASES + 1):
        spent = sum((c.cost for c in roadmap.choices if c.phase <= phase), Fraction(0))
        if spent > (there := sum(roadmap.phase_budgets[:phase])):
            faults.append(_fault("overspent", phase=phase, spent=plain(spent), there=there))
    return faults


def _differs(name: str, stated: Fraction, found: Fraction) -> list[Message]:
    return [] if stated == found else [_fault(name, stated=plain(stated), found=plain(found))]


def _fault(name: str, **params: str | int | Text) -> Message:
    return Message(id=f"plan.{name}", params=params)
