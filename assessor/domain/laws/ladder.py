"""The ladder of GB/T 39116 and 39117: sub-domains, what each level asks of them, and their weights."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.framework import Fact, Grade, Head, Parameter
from assessor.domain.noun import Exact, Noun, Share, Slug, Status, Text

Plant = Literal["discrete", "process"]


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
    domain: Slug | None = None
    """None where the framework has one tier of groups only."""
    may_be_cut: bool
    rubric: Slug | None = None
    """Prefills its requirements; None where another framework's rubric does, or none fits."""
    plant: Plant | None = None
    """The kind of plant that has it; None for all."""
    cells: tuple[Cell, ...]
    """A level without a cell is not judged here, and the other weights are scaled up: what the framework asks
    there is not known, and `unmapped` says so. It is not the same as a cell that asks nothing."""


class LeftOut(Fact):
    """A sub-domain that plants of this kind do not have, and that is therefore not asked."""

    name: Text


class Group(Noun):
    """An element 能力要素 or a domain 能力域."""

    id: Slug
    name: Text


class WeightSet(Noun):
    """Weights of sub-domains; any positive scale, normalised to their sum when used."""

    id: Slug
    name: Text
    plant: Plant | None = None
    """The kind of plant it is for; it then weighs the sub-domains of such plants, and no others."""
    status: Status
    source: Text
    weights: dict[Slug, Exact]


class Standing(Noun):
    """How well founded what has no standing of its own is, by the field of the file that states it."""

    degrees: Fact | None = None
    satisfied_at: Fact | None = None
    levels: Fact | None = None
    elements: Fact | None = None
    domains: Fact | None = None
    dimensions: Fact | None = None
    """Their names, and which may be cut."""


class Ladder(Head):
    """Requirements graded level by level: C = mean of degrees, A = weighted mean of C, bands of the total."""

    law: Literal["ladder"]
    degrees: tuple[Exact, ...]
    satisfied_at: Share
    stop_rule: Parameter
    levels: tuple[Level, ...]
    elements: tuple[Group, ...]
    domains: tuple[Group, ...] = ()
    dimensions: tuple[Dimension, ...]
    left_out: tuple[LeftOut, ...] = ()
    weight_sets: tuple[WeightSet, ...]
    standing: Standing = Standing()
    default_weights: Slug
    """Where it is not for the kind of plant at hand, the first set that is takes its place."""

    def of_plant(self, kind: Plant) -> "Ladder":
        """What of it a plant of this kind is rated by: its sub-domains, and the weight sets made for it."""
        sets = tuple(weights for weights in self.weight_sets if weights.plant in (None, kind))
        named = self.default_weights in {weights.id for weights in sets}
        return self.model_copy(
            update={
                "dimensions": tuple(d for d in self.dimensions if d.plant in (None, kind)),
                "weight_sets": sets,
                "default_weights": self.default_weights if named or not sets else sets[0].id,
            }
        )

    @property
    def asks(self) -> tuple[str, ...]:
        """Every requirement: what of the bank this framework rates."""
        return tuple(q for d in self.dimensions for cell in d.cells for q in cell.requirements)

    @property
    def grades(self) -> tuple[Grade, ...]:
        """Its levels by number and name."""
        return tuple(Grade(number=level.number, name=level.name, text=level.text) for level in self.levels)
