"""What a slot of a city's own form can be filled with: `{{plant.name}}` and its like.

docs/how-to/filing.md lists the keys; a test holds the two together.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from assessor.domain import Assessment, Rating, Roadmap
from assessor.messages import moment
from assessor.report.pen import Pen

Filled = str | Fraction | None
"""A text, a number, or nothing because it is not known."""
Key = Callable[[Assessment, Pen], Filled]


def _plan(of: Callable[[Roadmap], Filled]) -> Key:
    return lambda a, _: None if a.roadmap is None else of(a.roadmap)


def _verified(key: Key) -> Key:
    """Nothing where no machine was heard: what is only said is not entered where a form asks for what holds."""
    return lambda a, pen: key(a, pen) if a.heard else None


def _level(column: str) -> Key:
    return lambda a, _: Fraction(a.rating(column).level)


def _named(column: str) -> Key:
    def name(a: Assessment, pen: Pen) -> Filled:
        number = a.rating(column).level
        return next((pen.say(level.name) for level in a.framework.levels if level.number == number), None)

    return name


def _rating(column: str, of: Callable[[Rating], Fraction]) -> Key:
    return lambda a, _: of(a.rating(column))


def _elsewhere(framework: str, column: str) -> Key:
    """The level by another framework; nothing where the plant was not rated by it."""

    def level(a: Assessment, _: Pen) -> Filled:
        found = (r for one in a.rated if one.head.id == framework for r in one.results if r.column == column)
        result = next(found, None)
        return None if result is None or result.level is None else Fraction(result.level)

    return level


def _measured(indicator: str) -> Key:
    """A measured value; nothing where it was not determined to one number."""

    def value(a: Assessment, _: Pen) -> Filled:
        return next((m.value for m in a.measurements if m.indicator == indicator), None)

    return value


KEYS: Mapping[str, Key] = {
    "plant.name": lambda a, pen: pen.say(a.plant.name),
    "plant.name.zh": lambda a, _: a.plant.name.zh,
    "plant.name.en": lambda a, _: a.plant.name.en,
    "plant.credit-code": lambda a, _: a.plant.credit_code,
    "plant.industry": lambda a, _: a.plant.industry,
    "plant.district": lambda a, pen: pen.say(a.plant.district) if a.plant.district else None,
    "plant.employees": lambda a, _: None if a.plant.employees is None else Fraction(a.plant.employees),
    "plant.machines": lambda a, _: Fraction(sum(x.production and x.in_use for x in a.assets)),
    "assessment.date": lambda a, _: moment(a.made, "%Y-%m-%d"),
    "assessment.sampled-from": lambda a, _: moment(a.source.sampled_from, "%Y-%m-%d") if a.source else None,
    "assessment.sampled-to": lambda a, _: moment(a.source.sampled_to, "%Y-%m-%d") if a.source else None,
    "assessment.framework": lambda a, pen: pen.say(a.framework.title),
    "assessment.digest": lambda a, _: a.digest,
    "assessment.disclaimer": lambda _, pen: pen.t("disclaimer"),
    "assessment.testable": lambda a, _: Fraction(a.testable),
    "assessment.tested": lambda a, _: Fraction(a.tested),
    "level.declared": _level("declared"),
    "level.verified": _verified(_level("verified")),
    "level.declared.name": _named("declared"),
    "level.verified.name": _verified(_named("verified")),
    "score.declared": _rating("declared", lambda r: r.score),
    "score.verified": _verified(_rating("verified", lambda r: r.score)),
    "coverage.verified": _verified(_rating("verified", lambda r: r.coverage)),
    "sme.level.declared": _elsewhere("miit-sme-2024", "declared"),
    "sme.level.verified": _verified(_elsewhere("miit-sme-2024", "verified")),
    "tier.verified": _verified(_elsewhere("smart-factory-tiers-2025", "verified")),
    "measured.digital": _measured("digital"),
    "measured.networked": _measured("networked"),
    "measured.numerical-control": _measured("numerical_control"),
    "differences.settled": lambda a, _: Fraction(sum(f.settled for f in a.findings)),
    "plan.budget": _plan(lambda r: Fraction(r.budget)),
    "plan.cost": _plan(lambda r: sum((c.cost for c in r.choices), Fraction(0))),
    "plan.items": _plan(lambda r: Fraction(len(r.choices))),
    "plan.level-after": _plan(lambda r: Fraction(r.level_after)),
    "plan.yearly-low": _plan(lambda r: r.yearly_low),
    "plan.yearly-high": _plan(lambda r: r.yearly_high),
    "plan.payback-low": _plan(lambda r: r.payback_low),
    "plan.payback-high": _plan(lambda r: r.payback_high),
}
RESTS_ON_DIFFERENCES = frozenset(
    {
        "level.verified",
        "level.verified.name",
        "score.verified",
        "sme.level.verified",
        "tier.verified",
        "measured.digital",
        "measured.networked",
        "measured.numerical-control",
        "coverage.verified",
        "plan.cost",
        "plan.items",
        "plan.level-after",
        "plan.yearly-low",
        "plan.yearly-high",
        "plan.payback-low",
        "plan.payback-high",
    }
)
"""Keys whose value may tell of a difference; they are filled once every difference is settled."""
