"""TRANSFORMED: whom a plan's own definition holds for, and the counts of them that may be given out.

No level of ours stands in for a definition: a plan that brings none has no counts.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, get_args

from assessor.domain import Definition, Noun, Slug, Statement, TargetSet, Text
from assessor.portfolio.extract import Extract

Scale = Literal["all", "above", "others"]
"""All plants; those above the statistical threshold (规上); those below it, and those of which it is not known."""
SCALES: tuple[Scale, ...] = get_args(Scale)
Outcome = Literal["yes", "no", "unknown"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class Transformed(Noun):
    """Plants by whether a definition holds for them; None: withheld."""

    scale: Scale
    plants: int | None
    yes: int | None
    no: int | None
    unknown: int | None


class Renewal(Noun):
    """What one plan calls transformed, and how many are."""

    plan: Slug
    title: Text
    by: Definition | None
    """None: nothing that was read defines it."""
    groups: tuple[Transformed, ...] = ()
    """All, above scale, others; none where there is no definition."""


def asks(plan: TargetSet) -> bool:
    """Does a plan speak of plants that are transformed?"""
    return plan.transformed is not None or any(target.measure == "transformed" for target in plan.targets)


def scale_of(one: Extract) -> Scale:
    return "above" if one.above_scale else "others"


def outcome_of(one: Extract, by: Definition) -> Outcome:
    """Yes where all statements hold for sure, no where one surely does not. With an open difference it is not
    known: what a plant comes to is a question to the factory first."""
    held = [] if one.open else [_holds_for(one, statement) for statement in by.all]
    return "no" if False in held else "unknown" if None in held or not held else "yes"


def by_outcome(plants: Sequence[Extract], by: Definition) -> list[Outcome]:
    return [outcome_of(one, by) for one in plants]


def _holds_for(one: Extract, statement: Statement) -> bool | None:
    if statement.level is not None:
        reach = one.levels.get(statement.framework or "")
        if reach is None:
            return None
        ends = (reach.declared,) * 2 if statement.column == "declared" else (reach.verified, reach.verified_high)
        return _between(ends[0], ends[1], Fraction(statement.level))
    seen = next((held for name, held in one.machines.items() if name == statement.measure), None)
    assert statement.at_least is not None
    return _between(seen.low / seen.of, seen.high / seen.of, statement.at_least) if seen else None


def _between(low: Fraction | int | None, high: Fraction | int | None, wanted: Fraction) -> bool | None:
    if low is None or high is None:
        return None
    return True if low >= wanted else False if high < wanted else None
