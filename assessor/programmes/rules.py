"""One condition of a programme, by the form that is filled. What nobody knows leaves it open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessor.domain import (
    Applicant,
    Check,
    Message,
    Need,
    Outcome,
    People,
    Project,
    Reached,
    Region,
    Rule,
    SizeIs,
    SizeRule,
    Spent,
    Text,
)

MET, NOT_MET, PARTLY, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.PARTLY_MET, Outcome.NOT_DETERMINED
NOT_APPLICABLE, ERROR = Outcome.NOT_APPLICABLE, Outcome.ERROR


@dataclass(frozen=True)
class Lists:
    """What conditions refer to: cities and classes of firms, by id."""

    regions: Mapping[str, Region]
    sizes: Mapping[str, SizeRule]


def checked(rule: Rule, who: Applicant, what: Project | None, lists: Lists) -> Check:
    """One condition. Every reason carries the condition's own words."""
    if rule.by_hand:
        return said(rule.id, OPEN, "by_hand", rule=rule.text)
    if rule.spent is not None:
        outcome, part = spent(rule.spent, what)
    else:
        form = next(form for form in FORMS if getattr(rule, form) not in (None, ()))
        outcome, part = FORMS[form](getattr(rule, form), who, what, lists), None
    return said(rule.id, outcome, f"rule_{outcome.value}", part, rule=rule.text)


def said(id_: str, outcome: Outcome, name: str, part: Fraction | None = None, **params: str | int | Text) -> Check:
    """An outcome with its reason by the name of a text in the area `programme`."""
    return Check(id=id_, outcome=outcome, why=Message(id=f"programme.{name}", params=params), part=part)


def known(holds: bool | None) -> Outcome:
    """None is open, never met."""
    return OPEN if holds is None else MET if holds else NOT_MET


def _above_scale(wanted: bool, who: Applicant, _: Project | None, __: Lists) -> Outcome:
    held = who.plant.above_scale
    return known(None if held is None else held == wanted)


def _size(wanted: SizeIs, who: Applicant, _: Project | None, lists: Lists) -> Outcome:
    """Met where every class that the firm may be of is one of those wanted."""
    rule = lists.sizes.get(wanted.rule)
    if rule is None:
        return ERROR
    revenue = who.answers.get(rule.revenue) if rule.revenue else None
    classes = rule.may_be(who.plant.employees, None if revenue is None else revenue * rule.revenue_unit)
    inside = [size in wanted.of for size in classes]
    return known(all(inside) or (None if any(inside) else False))


def _employees(wanted: People, who: Applicant, _: Project | None, __: Lists) -> Outcome:
    return known(_within(who.plant.employees, wanted.at_least, wanted.at_most))


def _industries(wanted: tuple[str, ...], who: Applicant, _: Project | None, __: Lists) -> Outcome:
    """A code of two digits does not tell which of its groups a plant is of."""
    code = (who.plant.industry or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if any(code.startswith(prefix) for prefix in wanted):
        return MET
    return known(None if any(prefix.startswith(code) for prefix in wanted) else False)


def _reached(wanted: Reached, who: Applicant, _: Project | None, __: Lists) -> Outcome:
    low, high = who.levels.get(wanted.framework, (None, None))
    if wanted.after or low is None or high is None:
        return OPEN
    return known(low >= wanted.level or (None if high >= wanted.level else False))


def _recommendations(wanted: tuple[str, ...], _: Applicant, what: Project | None, __: Lists) -> Outcome:
    return known(None if what is None else what.recommendation in wanted)


def _scenes(wanted: tuple[str, ...], _: Applicant, what: Project | None, __: Lists) -> Outcome:
    return known(None if what is None else bool(set(wanted) & set(what.scenes)))


def _need(wanted: Need, who: Applicant, _: Project | None, __: Lists) -> Outcome:
    return needed(wanted, who)


def _before_start(_: bool, __: Applicant, what: Project | None, ___: Lists) -> Outcome:
    return known(None if what is None or what.begun is None else not what.begun)


FORMS: Mapping[str, Callable[[Any, Applicant, Project | None, Lists], Outcome]] = {
    "above_scale": _above_scale,
    "size": _size,
    "employees": _employees,
    "industries": _industries,
    "reached": _reached,
    "recommendations": _recommendations,
    "scenes": _scenes,
    "need": _need,
    "before_start": _before_start,
}


def _within(value: int | Fraction | None, low: Any, high: Any) -> bool | None:
    return None if value is None else (low is None or value >= low) and (high is None or value <= high)


def needed(need: Need, who: Applicant) -> Outcome:
    """A statement about answers: one open part leaves the whole open, unless another decides it."""
    if need.plant is not None:
        return known(who.plant.kind == need.plant)
    if need.question is not None:
        if need.question in who.not_applicable:
            return NOT_APPLICABLE
        return known(_within(who.answers.get(need.question), need.at_least, need.at_most))
    parts = [p for p in (needed(part, who) for part in (*need.all, *need.any)) if p is not NOT_APPLICABLE]
    decides, otherwise = (NOT_MET, MET) if need.all else (MET, NOT_MET)
    if not parts:
        return NOT_APPLICABLE
    return decides if decides in parts else OPEN if OPEN in parts else otherwise


def spent(wanted: Spent, what: Project | None) -> tuple[Outcome, Fraction | None]:
    """What the money goes to, and which share of it. Where nothing is to be paid there is nothing to ask."""
    if what is None or not what.costs:
        return OPEN, None
    total = sum(what.costs.values(), Fraction(0))
    if total == 0:
        return NOT_APPLICABLE, None
    part = sum((what.costs.get(kind, Fraction(0)) for kind in set(wanted.on)), Fraction(0)) / total
    if wanted.at_least is not None:
        return known(part >= wanted.at_least), None
    return (PARTLY, part) if 0 < part < 1 else (known(part == 1), None)
