"""TARGETS of a plan beside what was measured: reached, not reached, or not known. Nothing is rounded in favour."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from assessor.domain import Definition, Exact, Noun, Slug, Statement, Target, TargetSet
from assessor.portfolio.city import City
from assessor.portfolio.extract import Extract
from assessor.portfolio.figures import MEANS, MEASURES
from assessor.portfolio.withheld import few, told

Standing = Literal["reached", "not_reached", "not_known", "not_measured", "not_defined"]


class Progress(Noun):
    """One target, and where it stands by what was measured here."""

    target: Slug
    standing: Standing
    low: Exact | None = None
    high: Exact | None = None
    """What was measured, between bounds; None where nothing was, or it is withheld."""
    plants: int | None = None
    """Of how many plants it is; None: withheld, or there are none."""


class Transformed(Noun):
    """Plants by a definition of somebody else's. All three are told, or none."""

    yes: int | None = None
    no: int | None = None
    unknown: int | None = None


def progress(of: TargetSet, city: City, transformed: Transformed | None) -> tuple[Progress, ...]:
    """Every target of a set, in its order. `transformed`: by the set's own definition, where it has one."""
    return tuple(_one(target, city, transformed) for target in of.targets)


def _one(target: Target, city: City, transformed: Transformed | None) -> Progress:
    if target.measure is None:
        return Progress(target=target.id, standing="not_measured")
    if target.measure == "transformed" and transformed is None:
        return Progress(target=target.id, standing="not_defined")
    low, high, plants = _measured(target, city, transformed)
    if low is None or high is None:
        return Progress(target=target.id, standing="not_known", plants=plants)
    return Progress(target=target.id, standing=_standing(target, low, high), low=low, high=high, plants=plants)


def _measured(
    target: Target, city: City, transformed: Transformed | None
) -> tuple[Fraction | None, Fraction | None, int | None]:
    if target.measure == "assessed":
        count = Fraction(city.all.assessed)
        return count, count, city.all.assessed
    if target.measure == "transformed":
        assert transformed is not None
        yes, no, unknown = transformed.yes, transformed.no, transformed.unknown
        if yes is None or no is None or unknown is None:
            return None, None, None
        whole = yes + no + unknown
        return Fraction(yes, whole), Fraction(yes + unknown, whole), whole
    measure = next(m for m in MEASURES if m == target.measure)
    figure = city.all.figures[measure]
    if measure in MEANS:
        return figure.mean_low, figure.mean_high, figure.plants
    return figure.low, figure.high, figure.plants


def _standing(target: Target, low: Fraction, high: Fraction) -> Standing:
    """By both ends: what one end would reach and the other not is not known."""
    assert target.value is not None
    ends = {_holds(target.bound, value, target.value) for value in (low, high)}
    return "not_known" if len(ends) > 1 else "reached" if ends.pop() else "not_reached"


def _holds(bound: str | None, value: Fraction, wanted: Fraction) -> bool:
    match bound:
        case "at_least":
            return value >= wanted
        case "above":
            return value > wanted
        case "at_most":
            return value <= wanted
        case _:
            return value < wanted


def transformed(plants: Sequence[Extract], by: Definition) -> Transformed:
    """How many plants a definition holds for. One with an open difference is among those it is not known of."""
    held = [_all(one, by.all) for one in plants]
    yes, no = held.count(True), held.count(False)
    counts = (yes, no, len(held) - yes - no)
    if any(map(few, counts)) or not all(told(count, len(held)) for count in counts):
        return Transformed()
    return Transformed(yes=counts[0], no=counts[1], unknown=counts[2])


def _all(one: Extract, statements: Sequence[Statement]) -> bool | None:
    """True where all hold for sure, False where one surely does not, else None."""
    if one.open:
        return None
    held = [_holds_for(one, statement) for statement in statements]
    return False if False in held else None if None in held else True


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
