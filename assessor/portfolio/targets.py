"""TARGETS of a plan beside what was measured: reached, not reached, or not known. Nothing is rounded in favour."""

from fractions import Fraction
from typing import Literal

from assessor.domain import Exact, Noun, Slug, Target, TargetSet
from assessor.portfolio.city import City
from assessor.portfolio.figures import MEANS, MEASURES
from assessor.portfolio.transformed import Renewal, Transformed

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


def progress(of: TargetSet, city: City) -> tuple[Progress, ...]:
    """Every target of a set, in its order; what is transformed as the city counts it, by the set's definition."""
    renewal = next((one for one in city.transformed if one.plan == of.id), None)
    return tuple(_one(target, city, renewal) for target in of.targets)


def _one(target: Target, city: City, renewal: Renewal | None) -> Progress:
    if target.measure is None:
        return Progress(target=target.id, standing="not_measured")
    if target.measure == "transformed" and (renewal is None or renewal.by is None):
        return Progress(target=target.id, standing="not_defined")
    low, high, plants = _measured(target, city, renewal)
    if low is None or high is None:
        return Progress(target=target.id, standing="not_known", plants=plants)
    return Progress(target=target.id, standing=_standing(target, low, high), low=low, high=high, plants=plants)


Ends = tuple[Fraction | None, Fraction | None, int | None]


def _measured(target: Target, city: City, renewal: Renewal | None) -> Ends:
    if target.measure == "assessed":
        count = Fraction(city.all.assessed)
        return count, count, city.all.assessed
    if target.measure == "transformed":
        scale = "above" if target.above_scale else "all"
        groups = renewal.groups if renewal else ()
        return _share(next(one for one in groups if one.scale == scale))
    measure = next(m for m in MEASURES if m == target.measure)
    figure = city.all.figures[measure]
    if measure in MEANS:
        return figure.mean_low, figure.mean_high, figure.plants
    return figure.low, figure.high, figure.plants


def _share(held: Transformed) -> Ends:
    """Surely those that are told to be, at most all but those that are told not to be."""
    if not held.plants or (held.yes is None and held.no is None):
        return None, None, held.plants
    return Fraction(held.yes or 0, held.plants), 1 - Fraction(held.no or 0, held.plants), held.plants


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
