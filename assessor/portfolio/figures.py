"""Figures of many plants: a ratio of sums with what it was summed over, quartiles, and why there is none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm, log10
from typing import Literal, NamedTuple, get_args

from assessor.domain import Exact, Noun
from assessor.portfolio.extract import MACHINES, Extract
from assessor.portfolio.withheld import FEWEST, dominated

Measure = Literal[
    "readable", "connectable", "networked", "digital", "numerical_control", "robots", "energy", "carbon"
]
MEASURES: tuple[Measure, ...] = get_args(Measure)
SHARES: tuple[Measure, ...] = MACHINES
"""Those that are shares, from 0 to 1."""
MEANS: tuple[Measure, ...] = ("numerical_control",)
"""Those of which a region's figure is published as the mean over enterprises."""
BARE: tuple[Measure, ...] = ("robots",)
"""Those of which the ratio alone is given out. Few plants have robots, and many know the staff of one: the number
of robots, or a quartile, which may be one plant's own, could tell whose they are."""
DIGITS = 4
"""Of such a ratio, the low end rounded down and the high end up: from an exact fraction the sums could be read."""
PEOPLE = 10_000
"""Robots are counted per so many people."""


class Figure(Noun):
    """One figure over the plants that told both of its parts."""

    plants: int | None
    """How many did; None: withheld, which they may be beside a figure too: where nearly all did."""
    low: Exact | None = None
    high: Exact | None = None
    """The ratio of sums, between bounds; both None where `why` says why."""
    over_low: Exact | None = None
    over_high: Exact | None = None
    under: Exact | None = None
    """The sums it is made of; None of `BARE`."""
    mean_low: Exact | None = None
    mean_high: Exact | None = None
    """Of `MEANS`: the mean of the plants' own shares."""
    quartiles: tuple[Exact, Exact, Exact] | None = None
    """Of the plants' own figures (of shares, their lower ends); None of `BARE`."""
    why: Literal["none", "few", "dominated", "beside"] | None = None
    """None told it; fewer than five did; one plant makes more than four fifths of it; or it would let another one
    be reckoned."""


class Part(NamedTuple):
    """What one plant brings to a figure: whole numbers, in the parts that `Told.scale` says."""

    low: int
    high: int
    under: int

    @property
    def own(self) -> Fraction:
        return Fraction(self.low, self.under)


@dataclass(frozen=True)
class Told:
    """What plants bring to one measure, by their place; sums of thousands of whole numbers take no time."""

    parts: Mapping[int, Part]
    scale: int
    """By which all numbers are multiplied."""


def told_both(plants: Sequence[Extract], measure: Measure) -> Told:
    """What each plant brings; one with an open difference brings nothing."""
    held = {i: p for i, one in enumerate(plants) if not one.open and (p := part_of(one, measure)) is not None}
    scale = lcm(*{value.denominator for part in held.values() for value in part})
    return Told({i: Part(*(int(value * scale) for value in part)) for i, part in held.items()}, scale)


def part_of(one: Extract, measure: Measure) -> tuple[Fraction, Fraction, Fraction] | None:
    """What a plant brings, between bounds, and what that is divided by; None where it did not tell both."""
    if measure == "robots":
        return (one.robots, one.robots, one.staff / PEOPLE) if one.robots is not None and one.staff else None
    if measure in ("energy", "carbon"):
        ratio = one.energy if measure == "energy" else one.carbon
        return (ratio.over, ratio.over, ratio.under) if ratio else None
    seen = next((held for name, held in one.machines.items() if name == measure), None)
    return (seen.low, seen.high, Fraction(seen.of)) if seen else None


def figures(
    measure: Measure, rows: Sequence[Sequence[int]], told: Told, plants: Sequence[int | None]
) -> list[Figure]:
    """One measure over rows of plants. `plants`: how many told both in each row, None where that is withheld."""
    held = [[told.parts[i] for i in row if i in told.parts] for row in rows]
    why = [_why(mine, known) for mine, known in zip(held, plants, strict=True)]
    while (more := _more(held, why)) is not None:
        why[more] = "beside"
    return [
        Figure(plants=known, why=reason) if reason else _figure(measure, mine, known, told.scale)
        for mine, known, reason in zip(held, plants, why, strict=True)
    ]


Why = Literal["none", "few", "dominated", "beside"] | None


def _why(mine: Sequence[Part], known: int | None) -> Why:
    if not mine and known is not None:
        return "none"
    if len(mine) < FEWEST:
        return "few"
    return "dominated" if _one_makes_it(mine) else None


def _one_makes_it(mine: Sequence[Part]) -> bool:
    return any(map(dominated, zip(*mine, strict=True)))


def _more(held: Sequence[Sequence[Part]], why: Sequence[Why]) -> int | None:
    """A row to withhold as well: the whole less what is told leaves the sum of all withheld, which has to be of
    five plants or more, none of which makes most of it."""
    left = [p for mine, reason in zip(held, why, strict=True) if reason for p in mine]
    if not left or (len(left) >= FEWEST and not _one_makes_it(left)):
        return None
    told = [i for i, reason in enumerate(why) if reason is None]
    return min(told, key=lambda i: (len(held[i]), i), default=None)


def _figure(measure: Measure, mine: Sequence[Part], known: int | None, scale: int) -> Figure:
    low, high, under = (sum(column) for column in zip(*mine, strict=True))
    ends = Fraction(low, under), Fraction(high, under)
    if measure in BARE:
        return Figure(plants=known, low=_blunt(ends[0], floor), high=_blunt(ends[1], ceil))
    found = Figure(
        plants=known,
        low=ends[0],
        high=ends[1],
        over_low=Fraction(low, scale),
        over_high=Fraction(high, scale),
        under=Fraction(under, scale),
        quartiles=quartiles(mine),
    )
    if measure not in MEANS:
        return found
    means = (sum((Fraction(p[end], p.under) for p in mine), Fraction(0)) / len(mine) for end in (0, 1))
    return found.model_copy(update=dict(zip(("mean_low", "mean_high"), means, strict=True)))


def _blunt(exact: Fraction, whole: Callable[[Fraction], int]) -> Fraction:
    """With `DIGITS` digits, by `floor` or `ceil`."""
    if not exact:
        return exact
    unit = Fraction(10) ** (floor(log10(exact)) + 1 - DIGITS)
    return whole(exact / unit) * unit


def quartiles(parts: Sequence[Part]) -> tuple[Fraction, Fraction, Fraction]:
    """Lower quartile, median, upper quartile of the plants' own figures, between neighbours in proportion.

    Of five plants or more; ValueError of fewer.
    """
    if len(parts) < FEWEST:
        raise ValueError("quartiles of fewer than five plants are not given out")
    held = sorted(parts, key=lambda p: p.low / p.under)

    def at(share: Fraction) -> Fraction:
        place = share * (len(held) - 1)
        below = int(place)
        above = min(below + 1, len(held) - 1)
        return held[below].own + (held[above].own - held[below].own) * (place - below)

    return at(Fraction(1, 4)), at(Fraction(1, 2)), at(Fraction(3, 4))
