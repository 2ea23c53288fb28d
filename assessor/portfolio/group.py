"""A GROUP of plants as one picture: how levels are spread, what holds most back, what is not connected yet.

Counts of plants and sums of machines, never an average of levels. Each count says of how many.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assessor.domain import (
    Assessment,
    Exact,
    Grade,
    Ladder,
    Message,
    Noun,
    Outcome,
    Rating,
    Slug,
    Status,
    Text,
    Time,
)

NOT_SHOWN = Message(id="desk.not_settled")
"""Why nobody outside the factory sees a result: an open difference is a question to the factory first."""
BRIEF: Literal[2] = 2
"""Of what is kept of a result in brief; one of another format is made anew out of the result."""
INTEGRATED = 3
"""The level at which, in the words of the ladder, data are shared across activities."""


class Machines(Noun):
    """Production equipment in use, by the register. What is neither so nor unknown was looked for in vain."""

    of: int
    readable: int
    readable_unknown: int
    """Of which it is not known: nobody could look, or what was seen leaves it open."""
    connectable: int
    connectable_unknown: int
    networked: int
    networked_unknown: int

    def __add__(self, other: "Machines") -> "Machines":
        return Machines(**{name: n + getattr(other, name) for name, n in self})


class Frame(Noun):
    """Of a framework what a picture needs."""

    id: str
    title: Text
    grades: tuple[Grade, ...]
    dimensions: dict[Slug, Text]
    bands: dict[int, Exact]
    """Lowest score of each level."""


class Brief(Noun):
    """What a plant's result comes to, without a single answer."""

    format: Literal[2] = BRIEF
    open: int
    """Differences that are not settled: while there are any, nobody outside the factory sees the rest."""
    plant: Text
    credit_code: str | None
    """Of the plant that was judged; of whom machines were heard says the bundle."""
    simulated: bool
    made: Time
    frame: Frame
    declared: int
    verified: int
    heard: bool
    """False: no machine was heard, and verified is as declared."""
    unverified: bool
    """The weights that the level rests on stand in no official text that was at hand."""
    spread: tuple[int, int]
    """Lowest and highest level over all weight sets."""
    machines: Machines | None
    """None where no machine was heard."""
    holds: tuple[str, ...]
    """Sub-domains that fall short at the next level."""
    scores: dict[Slug, tuple[Exact, Exact]]
    """By sub-domain, verified: what holds, and what the unknown leaves possible."""


def brief(done: Assessment) -> Brief:
    """An Assessment reduced to what its picture in a group needs."""
    framework, verified = done.framework, done.rating("verified")
    return Brief(
        open=open_differences(done),
        plant=done.plant.name,
        credit_code=done.plant.credit_code,
        simulated=done.plant.simulated,
        made=done.made,
        frame=Frame(
            id=framework.id,
            title=framework.title,
            grades=framework.grades,
            dimensions={d.id: d.name for d in framework.dimensions},
            bands={level.number: level.from_ for level in framework.levels},
        ),
        declared=done.rating("declared").level,
        verified=verified.level,
        heard=done.heard,
        unverified=verified.weights_status is not Status.OFFICIAL,
        spread=done.level_spread,
        machines=_machines(done) if done.heard else None,
        holds=holding(framework, verified),
        scores={d.dimension: (d.low, d.high) for d in verified.dimensions},
    )


def _machines(done: Assessment) -> Machines:
    sights = {sight.asset: sight for sight in done.sights}
    used = [asset.id for asset in done.assets if asset.production and asset.in_use]
    seen = [sights[id_] for id_ in used if id_ in sights]
    unseen = len(used) - len(seen)
    counts = {"of": len(used)}
    for name in ("readable", "connectable", "networked"):
        found = Counter(getattr(sight, name) for sight in seen)
        counts[name] = found[Outcome.MET]
        counts[f"{name}_unknown"] = unseen + len(seen) - found[Outcome.MET] - found[Outcome.NOT_MET]
    return Machines(**counts)


def holding(framework: Ladder, rating: Rating) -> tuple[str, ...]:
    """Sub-domains whose requirements at the next level are not satisfied; the unknown counts against them."""
    following = rating.level + 1
    return tuple(
        cell.dimension
        for cell in rating.cells
        if cell.level == following and cell.requirements and cell.low < framework.satisfied_at
    )


def open_differences(done: Assessment) -> int:
    """How many are not settled."""
    return sum(not finding.settled for finding in done.findings)


@dataclass(frozen=True)
class Reach:
    """How many plants reach a level in one sub-domain; of the others it is not known, or they do not."""

    dimension: str
    name: Text
    reach: int
    unknown: int
    of: int

    @property
    def short(self) -> int:
        return self.of - self.reach - self.unknown


@dataclass(frozen=True)
class Group:
    """Plants that were rated by one framework."""

    frame: Frame
    plants: int
    heard: int
    unverified: int
    """Of the plants, those whose level rests on unverified weights."""
    declared: Mapping[int, int]
    """Plants by level."""
    verified: Mapping[int, int]
    """Plants by level, of those whose machines were heard."""
    holds: tuple[tuple[str, int], ...]
    """Sub-domains by how many plants they hold back from the next level, the most first."""
    reach: tuple[Reach, ...]


def groups(briefs: Iterable[Brief], level: int = INTEGRATED) -> list[Group]:
    """One picture a framework, the largest first; `level`: what each sub-domain is asked to reach."""
    held: dict[str, list[Brief]] = {}
    for one in briefs:
        held.setdefault(one.frame.id, []).append(one)
    return [_group(found, level) for _, found in sorted(held.items(), key=lambda kv: (-len(kv[1]), kv[0]))]


def _group(found: Sequence[Brief], level: int) -> Group:
    frame = max(found, key=lambda one: one.made).frame
    holds = Counter(dimension for one in found for dimension in one.holds)
    order = {id_: i for i, id_ in enumerate(frame.dimensions)}
    return Group(
        frame=frame,
        plants=len(found),
        heard=sum(one.heard for one in found),
        unverified=sum(one.unverified for one in found),
        declared=Counter(one.declared for one in found),
        verified=Counter(one.verified for one in found if one.heard),
        holds=tuple(sorted(holds.items(), key=lambda kv: (-kv[1], order.get(kv[0], 0)))),
        reach=tuple(_reach(found, frame, id_, level) for id_ in frame.dimensions),
    )


def _reach(found: Sequence[Brief], frame: Frame, dimension: str, level: int) -> Reach:
    """A plant that does not have a sub-domain is not counted in it."""
    ends = [one.scores[dimension] for one in found if dimension in one.scores]
    band = frame.bands.get(level)
    if band is None:
        return Reach(dimension, frame.dimensions[dimension], 0, len(ends), len(ends))
    surely = sum(low >= band for low, _ in ends)
    possibly = sum(low < band <= high for low, high in ends)
    return Reach(dimension, frame.dimensions[dimension], surely, possibly, len(ends))


def machines(briefs: Iterable[Brief]) -> tuple[Machines, int]:
    """Machines of all plants that were heard, summed, and how many plants those are."""
    found = [one.machines for one in briefs if one.machines is not None]
    return sum(found, Machines(**dict.fromkeys(Machines.model_fields, 0))), len(found)
