"""Criteria in dimensions, rolled up by one of three laws: `bands`, `weakest-link`, `mean`.

The three differ only in what becomes of the criteria of a dimension, and of the dimensions of a plant.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.bank import Need
from assessor.domain.framework import Fact, Grade, Head
from assessor.domain.laws.ladder import Level, WeightSet
from assessor.domain.noun import Exact, Noun, Slug, Text


class Stage(Noun):
    """One step of a criterion, reached where it holds and every one below it does."""

    number: Annotated[int, Field(ge=1)]
    name: Text
    need: Need


class Criterion(Fact):
    """What a dimension is judged by: stages that build on one another, or one answer on its own scale."""

    id: Slug
    name: Text
    stages: tuple[Stage, ...] = ()
    question: Slug | None = None
    """Counts by its answer over its best answer, brought to the framework's scale."""

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """Stages or a question, and not both."""
        if bool(self.stages) == (self.question is not None):
            raise ValueError("one of: stages, question")
        return self

    @property
    def asks(self) -> tuple[str, ...]:
        """Every question it rests on, once."""
        staged = [name for stage in self.stages for name in stage.need.names()]
        return tuple(dict.fromkeys(staged if self.question is None else [self.question]))


class Aspect(Fact):
    """A dimension. Not applicable where nothing of it is."""

    id: Slug
    name: Text
    criteria: tuple[Criterion, ...]

    @property
    def asks(self) -> tuple[str, ...]:
        """Every question it rests on, once."""
        return tuple(dict.fromkeys(name for criterion in self.criteria for name in criterion.asks))


class Criteria(Head):
    """Criteria in dimensions.

    bands: a dimension is its one criterion, and there is no total. weakest-link: a dimension is its lowest
    criterion, the total a weighted mean. mean: a dimension is the mean of its criteria, the total a weighted mean.
    """

    law: Literal["bands", "weakest-link", "mean"]
    top: Annotated[Exact, Field(gt=0)]
    """The best a dimension can be: 5 bands, 100 points."""
    total: Text | None = None
    """What the total is called; None for bands, which have none."""
    levels: tuple[Level, ...] = ()
    """Of the total, from 0 on."""
    dimensions: tuple[Aspect, ...]
    weight_sets: tuple[WeightSet, ...] = ()
    """Of the dimensions in the total."""
    default_weights: Slug | None = None

    @property
    def asks(self) -> tuple[str, ...]:
        """Every question it rests on, once."""
        return tuple(dict.fromkeys(name for aspect in self.dimensions for name in aspect.asks))

    @property
    def grades(self) -> tuple[Grade, ...]:
        """Levels of the total by number and name; none for bands."""
        return tuple(Grade(number=level.number, name=level.name, text=level.text) for level in self.levels)
