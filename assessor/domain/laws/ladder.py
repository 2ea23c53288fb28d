"""The ladder of GB/T 39116 and 39117: sub-domains, what each level asks of them, and their weights."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.framework import Grade, Head, Parameter
from assessor.domain.noun import Exact, Noun, Share, Slug, Status, Text


class Level(Noun):
    number: Annotated[int, Field(ge=0)]
    name: Text
    text: Text
    from_: Annotated[Exact, Field(alias="from")]
    """Lowest total score of the level."""


class Cell(Noun):
    """What one level asks of one sub-domain."""

    level: Annotated[int, Field(ge=1, le=5)]
    requirements: tuple[Slug, ...] = ()
    """Ids of bank questions. Empty: the framework asks nothing here, and the level counts as satisfied."""
    count_status: Status


class Dimension(Noun):
    """A sub-domain 能力子域 and its place in the tree."""

    id: Slug
    name: Text
    element: Slug
    domain: Slug
    may_be_cut: bool
    rubric: Slug
    cells: tuple[Cell, ...]


class Group(Noun):
    """An element 能力要素 or a domain 能力域."""

    id: Slug
    name: Text


class WeightSet(Noun):
    """Weights of sub-domains; any positive scale, normalised to their sum when used."""

    id: Slug
    name: Text
    status: Status
    source: Text
    weights: dict[Slug, Exact]


class Ladder(Head):
    """Requirements graded level by level: C = mean of degrees, A = weighted mean of C, bands of the total."""

    law: Literal["ladder"]
    degrees: tuple[Exact, ...]
    satisfied_at: Share
    stop_rule: Parameter
    levels: tuple[Level, ...]
    elements: tuple[Group, ...]
    domains: tuple[Group, ...]
    dimensions: tuple[Dimension, ...]
    weight_sets: tuple[WeightSet, ...]
    default_weights: Slug

    @property
    def asks(self) -> tuple[str, ...]:
        """Every requirement: what of the bank this framework rates."""
        return tuple(q for d in self.dimensions for cell in d.cells for q in cell.requirements)

    @property
    def grades(self) -> tuple[Grade, ...]:
        """Its levels by number and name."""
        return tuple(Grade(number=level.number, name=level.name, text=level.text) for level in self.levels)
