"""Judgement: levels and scores, with every sum open."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Exact, Message, Noun, Slug, Status


class RequirementLine(Noun):
    """One requirement in a cell: what it was given and where that comes from."""

    question: Slug
    low: Exact
    high: Exact
    """low = high where known; 0 and 1 where nobody knows."""
    source: Literal["answer", "rubric", "measured", "settled", "unknown"]


class CellLine(Noun):
    """One sub-domain at one level: C = (1/n) ΣX."""

    dimension: Slug
    level: int
    requirements: tuple[RequirementLine, ...]
    not_applicable: tuple[Slug, ...] = ()
    low: Exact
    high: Exact
    weight: Exact
    """Normalised over the sub-domains that count at this level."""


class LevelLine(Noun):
    """One level: A = Σ weight · C; satisfied from `satisfied_at` on."""

    level: int
    low: Exact
    high: Exact
    satisfied: bool
    """With everything unknown counted against it."""
    counted: Exact
    """What it adds to the total: 1, its score, or 0 after the stop."""


class DimensionScore(Noun):
    """One sub-domain rated by the same law on its own: for the picture, not for the level."""

    dimension: Slug
    low: Exact
    high: Exact


class Rating(Noun):
    """One column under one set of weights."""

    column: Literal["declared", "verified"]
    weights: Slug
    weights_status: Status
    level: Annotated[int, Field(ge=0, le=5)]
    """The formal level: what holds whatever the unknown turns out to be."""
    level_high: Annotated[int, Field(ge=0, le=5)]
    score: Exact
    score_high: Exact
    coverage: Exact
    """Weight of requirements with an answer, over all that count."""
    levels: tuple[LevelLine, ...]
    dimensions: tuple[DimensionScore, ...]
    cells: tuple[CellLine, ...]


class Chance(Noun):
    """Share of seeded draws of the answers that give a level through the same law."""

    level: int
    share: Exact


class Lead(Noun):
    """Something that could still be looked at or asked, and what hangs on it alone."""

    kind: Literal["measurement", "answer", "proof"]
    id: str
    """The indicator, or the sub-domain whose requirements are meant."""
    level: int | None = None
    """Of the cell, where requirements are meant."""
    questions: tuple[Slug, ...]
    roles: tuple[str, ...] = ()
    """Who in the factory usually knows."""
    why: Message
    """Why it is open."""
    low: Exact
    high: Exact
    """The verified score with these questions at their worst and at their best, all else as it stands."""
    level_low: int
    level_high: int


class Estimated(Noun):
    """One sub-domain in the estimate: what was said, what was measured, how they weigh, and what comes of it.

    All scores are by the ladder's law, of the sub-domain on its own."""

    dimension: Slug
    said: Exact
    """What nobody said counts against it."""
    corrected: Exact
    """What was said, moved back by the lean."""
    score: Exact
    """What was measured weighed against that."""
    off: Exact
    """Half the band, in levels."""
    low: Exact
    high: Exact
    """The score with everything moved back, or forward, by `off`; the upper end has what nobody said in favour."""
    difference: Exact | None = None
    """Levels by which what was said exceeds what was measured, over the requirements that were both; else None."""
    open: Exact | None = None
    """Levels that coverage leaves open in what was measured of these."""
    visible: Exact
    """How much of a lean of one level would show in these requirements."""
    weight: Exact
    """In what is made of the lean."""
    evidence: Exact
    """Share of what was measured in a measured requirement; the rest is that of the corrected answer."""
    measured: int
    """Requirements that a measurement or a settlement speaks of, of those asked."""
    asked: int
    count: int
    """Subjects determined, of all, over the measurements that speak of them."""
    total: int


class Estimate(Noun):
    """The third place beside declared and verified: what the answers are worth if all lean as those do that could
    be compared. It is no rating: it corrects answers about which nothing was measured."""

    lean: Exact
    """Levels by which the answers lie above what was measured; below 0 where they lie under it."""
    lean_off: Exact
    """Its standard deviation, in levels."""
    said: Exact
    """The score of what was said: where it starts from."""
    score: Exact
    off: Exact
    """Half the band that nine in ten should lie in by the parameters of the model, in levels."""
    low: Exact
    high: Exact
    level: Annotated[int, Field(ge=0)]
    level_low: Annotated[int, Field(ge=0)]
    level_high: Annotated[int, Field(ge=0)]
    dimensions: tuple[Estimated, ...] = ()
