"""Points and scenes, as in the MIIT index for small and medium firms: a part that scores and one that is graded.

Items bring points. Scenes are graded by levels that build on one another. A level of the whole needs enough
points, enough scenes at it or above, and enough of these among the constraint scenes.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.bank import Need
from assessor.domain.framework import Fact, Grade, Head, Parameter
from assessor.domain.noun import Exact, Noun, Slug, Text
from assessor.domain.result import TableStep

Positive = Annotated[Exact, Field(gt=0)]


class Credit(Fact):
    """An option of an item: what must hold for it, and its points."""

    id: Slug
    name: Text
    need: Need
    points: Positive
    presupposes: tuple[Slug, ...] = ()
    """Other options of the item that must hold too, where the framework says that they are presupposed."""


class Item(Fact):
    """One scored question of the framework: options of which each adds its points, or a table over one answer."""

    id: Slug
    name: Text
    points: Positive
    """The most it can bring; must agree with its options or its table."""
    options: tuple[Credit, ...] = ()
    question: Slug | None = None
    table: tuple[TableStep, ...] = ()

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """Options, or a question with its table."""
        forms = (bool(self.options), self.question is not None, bool(self.table))
        if forms not in ((True, False, False), (False, True, True)):
            raise ValueError("one of: options, question with table")
        return self


class Block(Noun):
    """Items that stand together."""

    id: Slug
    name: Text
    points: Positive
    items: tuple[Item, ...]


class Area(Noun):
    """A scored dimension."""

    id: Slug
    name: Text
    points: Positive
    blocks: tuple[Block, ...]


class SceneLevel(Noun):
    """What one level asks of a scene, and which answers show it."""

    text: Text
    need: Need


class Scene(Fact):
    """A business activity that is graded: level k is reached where levels 1 to k hold."""

    id: Slug
    name: Text
    group: Text
    constraint: bool
    """Does it count among the constraint scenes 约束性场景?"""
    levels: tuple[SceneLevel, ...]


class Bar(Noun):
    """What a level of the whole asks."""

    level: Annotated[int, Field(ge=1)]
    points: Exact
    scenes: Annotated[int, Field(ge=0)]
    """How many scenes at this level or above."""
    constraint: Annotated[int, Field(ge=0)]
    """How many of these must be constraint scenes."""


class Reading(Fact):
    """One reading of what the sources leave open; all are rated side by side, the first is the default."""

    id: Slug
    name: Text
    bars: tuple[Bar, ...] = ()
    """Empty: those of the first reading."""
    unconstrained: tuple[Slug, ...] = ()
    """Constraint scenes that this reading does not count as such."""
    instead: dict[Slug, Slug] = {}
    """By id of a table's item: the question read in place of its own."""


class Points(Head):
    """Points of items, levels of scenes, and what a level of the whole asks of both."""

    law: Literal["points-and-scenes"]
    levels: tuple[Grade, ...]
    score: Text
    """What the points are called."""
    scale: Positive
    """What full points come to; points are scaled to what applies."""
    presupposed: Parameter
    """Does an option count only together with those it presupposes?"""
    areas: tuple[Area, ...]
    scenes: tuple[Scene, ...]
    readings: tuple[Reading, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item, in order."""
        return tuple(item for area in self.areas for block in area.blocks for item in block.items)

    @property
    def asks(self) -> tuple[str, ...]:
        """Every question and option that points or levels hang on, each once."""
        tables = [item.question for item in self.items if item.question]
        others = [question for reading in self.readings for question in reading.instead.values()]
        credits = [name for item in self.items for option in item.options for name in option.need.names()]
        graded = [name for scene in self.scenes for level in scene.levels for name in level.need.names()]
        return tuple(dict.fromkeys((*tables, *others, *credits, *graded)))

    @property
    def grades(self) -> tuple[Grade, ...]:
        """Its levels by number and name."""
        return self.levels
