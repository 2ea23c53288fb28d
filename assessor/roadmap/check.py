"""A plan checked: its rules and all that it states worked out again; not the best set searched, nor draws made."""

from collections.abc import Mapping
from fractions import Fraction

from assessor.domain import PHASES, Message, Recommendation, Roadmap, Text, plain
from assessor.errors import InputError
from assessor.roadmap.case import Case
from assessor.roadmap.draws import DRAWS, FOR_TARGET, FRINGE
from assessor.roadmap.planning import bounds_of, budgets_for, stated
from assessor.roadmap.target import Target
from assessor.roadmap.tree import lacking

ZERO = Fraction(0)
FIGURES = ("objective", "level_after", "score_after")
"""Numbers whose fault names both of them; of all else it says that they differ."""


def check_plan(roadmap: Roadmap, case: Case) -> tuple[Message, ...]:
    """What is wrong with a plan. `case.known` are all that could be chosen: a prerequisite may be met."""
    named = [*(c.recommendation for c in roadmap.choices), *roadmap.fringe]
    unknown = [id_ for id_ in named if id_ not in case.known]
    if unknown:
        return tuple(_fault("unknown", id=id_) for id_ in unknown)
    try:
        return tuple(_faults(roadmap, case))
    except InputError as problem:  # wishes that no plan could follow
        return (problem.message,)


def _faults(roadmap: Roadmap, case: Case) -> list[Message]:
    faults = [*_rules(roadmap, case), *_money(roadmap, case), *_claimed(roadmap, case), *_drawn(roadmap, case)]
    worth = {w.recommendation: w.grants for w in roadmap.worth}
    again = stated(case, [c.recommendation for c in roadmap.choices], roadmap.fringe)
    again["worth"] = tuple(
        w.model_copy(update={"grants": worth.get(w.recommendation, ())}) for w in again["worth"]
    )  # what programmes might give is the caller's
    for name, found in again.items():
        faults += _differs(name, getattr(roadmap, name), found)
    if roadmap.aim != case.aim:
        faults.append(_fault("other_aim"))
    return faults


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
    if phases or not _may_be_empty(roadmap, case):
        faults += [_fault("not_kept", id=id_) for id_ in case.wishes.keep if id_ not in phases]
    return faults


def _may_be_empty(roadmap: Roadmap, case: Case) -> bool:
    """Whether a plan may hold nothing although something must be in it: no time to search, or no way to do it."""
    must, waiting = set[str](), [id_ for id_ in case.wishes.keep if id_ in case.able]
    while waiting:
        if (id_ := waiting.pop()) not in must:
            must.add(id_)
            waiting += [before for before in case.known[id_].after if before in case.able]
    dear = bool(bounds_of(case).budgets) and sum((case.costs[id_] for id_ in must), ZERO) > roadmap.budget
    apart = any(other in must for id_ in must for other in case.known[id_].excludes)
    hindered = dear or apart or bool(case.wishes.phase_days)
    return roadmap.status == "time-limit" or (roadmap.status == "out-of-reach" and hindered)


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
    if roadmap.phase_budgets != budgets_for(case, bounds_of(case), (c.recommendation for c in roadmap.choices)):
        faults.append(_fault("other_budgets"))
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


def _claimed(roadmap: Roadmap, case: Case) -> list[Message]:
    """How good the plan is said to be, as far as that can be told without searching."""
    status, gap, chosen = roadmap.status, roadmap.gap, [c.recommendation for c in roadmap.choices]
    faults = []
    if not 0 <= gap <= 1 or (status in ("optimal", "nothing-to-do") and gap):
        faults.append(_fault("gap", stated=plain(gap)))
    if status == "nothing-to-do" and (chosen or (case.aim.kind == "most" and _something_fits(roadmap, case))):
        faults.append(_fault("not_nothing"))
    if status != "out-of-reach" and (roadmap.least is not None or roadmap.lacking):
        faults.append(_fault("differs", field="least, lacking"))
    return [*faults, *_target(roadmap, case, chosen)] if case.aim.kind == "target" else faults


def _target(roadmap: Roadmap, case: Case, chosen: list[str]) -> list[Message]:
    """A target said to be reached is reached by the law; what is said to stay short of it does."""
    aimed, faults = Target.of(case), []
    unproven = roadmap.status == "time-limit" and roadmap.gap == 1  # the search ended before it found a way
    if roadmap.status != "out-of-reach" and not unproven and not aimed.holds(chosen):
        faults.append(_fault("target_missed", framework=aimed.framework, level=aimed.level))
    if roadmap.status == "out-of-reach" and roadmap.lacking:
        short = lacking(aimed.after(case.able).sum, aimed.level)
        if roadmap.lacking != short or roadmap.least is not None:
            faults.append(_fault("differs", field="lacking"))
    return faults


def _something_fits(roadmap: Roadmap, case: Case) -> bool:
    """Is there money, and are there people, for anything that waits for nothing else and gains by itself?"""
    money = case.allowed
    days = max(roadmap.phase_days, default=None)
    return any(
        (money is None or case.costs[id_] <= money) and (days is None or case.days[id_] <= days)
        for id_, r in case.able.items()
        if not r.after and case.gain((id_,)) > 0
    )


def _drawn(roadmap: Roadmap, case: Case) -> list[Message]:
    """Counts of drawn plans lie within what was drawn, for all of the plan or for none of it."""
    draws, counts = roadmap.draws, {c.recommendation: c.in_draws for c in roadmap.choices}
    faults = []
    possible = (0, DRAWS, FOR_TARGET) if case.aim.kind == "target" else (0, DRAWS)
    if draws not in possible or (draws and not counts):
        faults.append(_fault("draws", stated=draws))
    for id_, n in counts.items():
        if (n is None) != (not draws) or (n is not None and not 0 <= n <= draws):
            faults.append(_fault("in_draws", id=id_, n="" if n is None else str(n), draws=draws))
    for id_, n in roadmap.fringe.items():
        if id_ in counts or id_ not in case.able or not FRINGE * draws <= n <= draws:
            faults.append(_fault("in_draws", id=id_, n=str(n), draws=draws))
    return faults


def _differs(name: str, told: object, found: object) -> list[Message]:
    if told == found:
        return []
    if name in FIGURES and isinstance(told, int | Fraction) and isinstance(found, int | Fraction):
        return [_fault(name, stated=plain(Fraction(told)), found=plain(Fraction(found)))]
    return [_fault("lifted")] if name == "lifted" else [_fault("differs", field=name)]


def _fault(name: str, **params: str | int | Text) -> Message:
    return Message(id=f"plan.{name}", params=params)
