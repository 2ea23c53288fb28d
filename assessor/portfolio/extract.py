"""EXTRACT: what of one Assessment may be counted among many. No name, no address, no answer: figures alone.

Whatever is not known is None, and so is what an Assessment without machines calls verified: nothing was.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from assessor.domain import (
    Assessment,
    Exact,
    Measurement,
    Noun,
    Plant,
    Rating,
    Region,
    Size,
    Slug,
    State,
    Status,
    Term,
    Time,
)
from assessor.frameworks import Library
from assessor.portfolio.filed import division, size

Machines = Literal["readable", "connectable", "networked", "digital", "numerical_control"]
MACHINES: tuple[Machines, ...] = ("readable", "connectable", "networked", "digital", "numerical_control")
"""Indicators that count machines; `numerical_control` counts key processes."""
FORMAT = 2
"""Of the row that an Extract makes: another one has those of before written anew."""
GONE = frozenset({"kind", "employees", "level_spread"})
"""What rows of format 1 held and nothing counts; they are read until they are written anew."""
GREEN = "green-profile"
"""The framework whose figures tell energy and carbon."""
RATIOS = {"energy": "tce-per-output", "carbon": "co2-per-output"}
"""Its ratios: tonnes of standard coal, and of CO₂ of purchased electricity and heat, per 10,000 yuan of output."""
ROBOTS, STAFF = "robots-in-use", "staff-average"
"""Questions of the bank: robots in use, and the mean number of staff over the last full year."""


class Seen(Noun):
    """So many of so many: surely `low`, at most `high`. Bounds may be fractions where machines were drawn."""

    low: Exact
    high: Exact
    of: Annotated[int, Field(ge=1)]

    @model_validator(mode="before")
    @classmethod
    def of_before(cls, row: Any) -> Any:
        return _without(row, frozenset({"seen"}))


def _without(row: Any, gone: frozenset[str]) -> Any:
    """A row that was kept, without what is not counted any more."""
    return {name: value for name, value in row.items() if name not in gone} if isinstance(row, dict) else row


class Ratio(Noun):
    """A figure with what it was divided by: a ratio of sums needs both."""

    over: Exact
    under: Exact


class Reach(Noun):
    """The level by one framework in both columns."""

    declared: int | None
    verified: int | None
    """Surely; None where no machine was heard."""
    verified_high: int | None
    """At most."""


class Extract(Noun):
    """One plant, as far as it may be counted."""

    industry: Annotated[str, Field(pattern=r"^\d{2}$")] | None
    """Division of GB/T 4754."""
    size: Size | None
    """By the number of people alone."""
    district: Slug | None
    """As the lists of regions name it; None where its address does not tell."""
    above_scale: bool | None
    simulated: bool
    made: Time
    framework: Slug
    version: str
    heard: bool
    """Was any machine heard?"""
    declared_level: int
    declared_score: Exact
    verified_level: int | None
    """None where no machine was heard; so are the two below."""
    verified_score: Exact | None
    level_high: int | None
    """The verified level at most: where it is above `verified_level`, something is still unknown."""
    weights_unverified: bool
    """The default weights have no official source."""
    levels: dict[Slug, Reach] = {}
    """By every framework with levels that it was rated by, this one included."""
    machines: dict[Machines, Seen] = {}
    """Only what was measured."""
    robots: Exact | None
    staff: Exact | None
    """By verified answers."""
    energy: Ratio | None
    """Tonnes of standard coal over output in 10,000 yuan, last full year."""
    carbon: Ratio | None
    """Tonnes of CO₂ of purchased electricity and heat over the same."""
    holds_back: tuple[Slug, ...]
    """Sub-domains that fall short at the next level, what weighs most first. Empty at the highest level."""
    wants: tuple[Slug, ...] | None
    """Recommendations of its plan; None where there is no plan."""
    open: Annotated[int, Field(ge=0)]
    """Differences that are not settled: while there are any, no office sees figures of it."""

    @model_validator(mode="before")
    @classmethod
    def of_before(cls, row: Any) -> Any:
        return _without(row, GONE)


def extract_of(done: Assessment, library: Library) -> Extract:
    """What of an Assessment may be counted; places and sizes by the library's lists."""
    declared, verified = done.rating("declared"), done.rating("verified")
    sure = verified if done.heard else None
    known = {e.question: e.verified for e in done.evidence}
    return Extract(
        industry=division(done.plant.industry),
        size=size(done.plant.employees),
        district=district_of(done, library.regions),
        above_scale=done.plant.above_scale,
        simulated=done.plant.simulated,
        made=done.made,
        framework=done.framework.id,
        version=done.framework.version,
        heard=done.heard,
        declared_level=declared.level,
        declared_score=declared.score,
        verified_level=sure.level if sure else None,
        verified_score=sure.score if sure else None,
        level_high=sure.level_high if sure else None,
        weights_unverified=verified.weights_status is not Status.OFFICIAL,
        levels=dict(_levels(done)),
        machines={name: found for name in MACHINES if (found := _seen(done.measurements, name))},
        robots=known.get(ROBOTS),
        staff=known.get(STAFF),
        energy=_ratio(done, RATIOS["energy"]),
        carbon=_ratio(done, RATIOS["carbon"]),
        holds_back=_holds_back(verified, done.framework.satisfied_at),
        wants=tuple(c.recommendation for c in done.roadmap.choices) if done.roadmap else None,
        open=sum(not f.settled for f in done.findings),
    )


def identity(plant: Plant) -> str:
    """What tells whether two Assessments are of one plant: its credit code; where it has none, kind and name,
    which tell it only within one organisation."""
    return plant.credit_code or f"{plant.kind} {plant.name.zh}"


def district_of(done: Assessment, regions: Mapping[str, Region]) -> str | None:
    """The one district that its address names, over all cities."""
    held = {e.question: e.verified for e in done.evidence if e.verified is not None}
    return located_in(done.plant, regions, held)


def located_in(plant: Plant, regions: Mapping[str, Region], known: Mapping[str, Fraction]) -> str | None:
    """The same of a plant that has no Assessment yet."""
    located = (region.located(plant.district, known).district for region in regions.values())
    found = {district for district in located if district is not None}
    return found.pop() if len(found) == 1 else None


def _levels(done: Assessment) -> list[tuple[str, Reach]]:
    found = []
    for rated in done.rated:
        declared = next((r for r in rated.results if r.column == "declared"), None)
        verified = next((r for r in rated.results if r.column == "verified"), None)
        if declared is None or verified is None or declared.level is None:
            continue
        sure = (verified.level, verified.level_high) if done.heard else (None, None)
        reach = Reach(declared=declared.level, verified=sure[0], verified_high=sure[1])
        found.append((rated.head.id, reach))
    return found


def _seen(measured: tuple[Measurement, ...], name: str) -> Seen | None:
    """Of a share its counts; None where it was not measured, whatever the reason."""
    found = next((m for m in measured if m.indicator == name), None)
    if found is None or found.state is not State.MEASURED or not found.total:
        return None
    if found.low is None or found.high is None:
        return None
    return Seen(low=found.low * found.total, high=found.high * found.total, of=found.total)


def _ratio(done: Assessment, name: str) -> Ratio | None:
    """Both parts of a figure of the green profile; None where either is not known for sure, or nothing divides."""
    rated = next((one for one in done.rated if one.head.id == GREEN), None)
    result = next((r for r in rated.results if r.column == "verified"), None) if rated else None
    term = next((t for t in result.sum.of if t.id == name), None) if result else None
    if term is None or len(term.of) != 2:
        return None
    over, under = (_known(part) for part in term.of)
    return Ratio(over=over, under=under) if over is not None and under else None


def _known(term: Term) -> Fraction | None:
    return term.low if term.low is not None and term.low == term.high else None


def _holds_back(rating: Rating, enough: Fraction) -> tuple[str, ...]:
    """Sub-domains whose cell at the next level falls short, by how much they take from it."""
    short = [c for c in rating.cells if c.level == rating.level + 1 and c.weight > 0 and c.low < enough]
    return tuple(c.dimension for c in sorted(short, key=lambda c: (c.weight * (c.low - 1), c.dimension)))
