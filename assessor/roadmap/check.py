"""A plan checked: its rules and all that it states worked out again; not the best set searched, nor draws made."""

from collections.abc import Mapping
from fractions import Fraction

from assessor.domain import PHASES, Message, Recommendation, Roadmap, Text, plain
from assessor.roadmap.case import Case
from assessor.roadmap.planning import stated

ZERO = Fraction(0)
FIGURES = ("objective", "level_after", "score_after")
"""Numbers whose fault names both of them; of all else it says that they differ."""


def check_plan(roadmap: Roadmap, case: Case) -> tuple[Message, ...]:
    """What is wrong with a plan. `case.known` are all that could be chosen: a prerequisite may be met."""
    named = [*(c.recommendation for c in roadmap.choices), *roadmap.fringe]
    unknown = [id_ for id_ in named if id_ not in case.known]
    if unknown:
        return tuple(_fault("unknown", id=id_) for id_ in unknown)
    faults = [*_rules(roadmap, case), *_money(roadmap, case)]
    worth = {w.recommendation: w.grants for w in roadmap.worth}
    again = stated(case, [c.recommendation for c in roadmap.choices], roadmap.fringe)
    again["worth"] = tuple(
        w.model_copy(update={"grants": worth.get(w.recommendation, ())}) for w in again["worth"]
    )  # what programmes might give is the caller's
    for name, found in again.items():
        faults += _differs(name, getattr(roadmap, name), found)
    if roadmap.aim != case.aim:
        faults.append(_fault("other_aim"))
    return tuple(faults)


def _rules(roadmap: Roadmap, case: Case) -> list[Message]:
    """Each once, useful, after its prerequisites, not with what it excludes; what is wanted is in it."""
    faults = []
    phases = {c.recommendation: c.phase for c in roadmap.choices}
    if len(phases) < len(roadmap.choices):
        faults.append(_fault("twice"))
    for id_, phase in phases.items():
        if id_ not in case.able:
            faults.append(_fault("useless", id=id_))
        faults += _before(id_, phase, phases, case)
        others = [other for other in case.known[id_].excludes if other in phases]
        faults += [_fault("excluded", id=id_, other=other) for other in others]
    if roadmap.status != "out-of-reach":
        faults += [_fault("not_kept", id=id_) for id_ in case.wishes.keep if id_ not in phases]
    return faults


def _before(id_: str, phase: int, phases: Mapping[str, int], case: Case) -> list[Message]:
    known: Mapping[str, Recommendation] = case.known
    return [
        _fault("too_early", id=id_, before=before)
        for before in known[id_].after
        if (before in case.able and before not in phases) or phases.get(before, 0) > phase
    ]


def _money(roadmap: Roadmap, case: Case) -> list[Message]:
    """The right costs, no phase ahead of the money, none beyond what people can do."""
    faults = [
        _fault("cost", id=c.recommendation) for c in roadmap.choices if c.cost != case.costs[c.recommendation]
    ]
    if sum(roadmap.phase_budgets) != roadmap.budget or len(roadmap.phase_budgets) != PHASES:
        faults.append(_fault("budgets"))
    if case.budget is not None and roadmap.budget != case.budget:
        faults.append(_fault("budgets"))
    if roadmap.phase_days != tuple(map(Fraction, case.wishes.phase_days)):
        faults.append(_fault("other_days"))
    for phase in range(1, PHASES + 1):
        spent = sum((c.cost for c in roadmap.choices if c.phase <= phase), ZERO)
        if spent > (there := sum(roadmap.phase_budgets[:phase])):
            faults.append(_fault("overspent", phase=phase, spent=plain(spent), there=there))
        days = sum((case.days[c.recommendation] for c in roadmap.choices if c.phase == phase), ZERO)
        if roadmap.phase_days and days > (have := roadmap.phase_days[phase - 1]):
            faults.append(_fault("overworked", phase=phase, days=plain(days), there=plain(have)))
    return faults


def _differs(name: str, told: object, found: object) -> list[Message]:
    if told == found:
        return []
    if name in FIGURES and isinstance(told, int | Fraction) and isinstance(found, int | Fraction):
        return [_fault(name, stated=plain(Fraction(told)), found=plain(Fraction(found)))]
    return [_fault("lifted")] if name == "lifted" else [_fault("differs", field=name)]


def _fault(name: str, **params: str | int | Text) -> Message:
    return Message(id=f"plan.{name}", params=params)
