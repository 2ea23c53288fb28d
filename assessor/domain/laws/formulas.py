"""Formulas: named figures, each reckoned from answers and published coefficients; no level comes of them.

A formula is data, a small tree of operations. What the sources leave open (which grid factor, which edition of a
table of coefficients) stands in bases: of each, one set is taken at a time, and every other one is a variant.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.bank import Need
from assessor.domain.framework import Fact, Grade, Head
from assessor.domain.noun import Exact, Noun, Slug, Status, Text
from assessor.domain.result import TableStep

Units = Annotated[str, Field(min_length=1, max_length=64)]
"""Such as 'kgce/kWh': symbols set apart by · and /, each / dividing by what follows it."""


class Number(Noun):
    """A number that no document is needed for: how many of one unit make another."""

    value: Exact
    unit: Units


class Quotient(Noun):
    """The first over the second; not determined where the second is 0."""

    over: "Formula"
    under: "Formula"


class Portion(Noun):
    """A part of a whole, 0 to 1; not determined where the part is greater than the whole, or that is 0."""

    part: "Formula"
    whole: "Formula"


class Remainder(Noun):
    """The first less the others; not determined where that is below 0."""

    whole: "Formula"
    less: Annotated[tuple["Formula", ...], Field(min_length=1)]


class Reading(Noun):
    """A table read at one value: the last step that is reached, 0 before the first."""

    at: "Formula"
    table: Annotated[tuple[TableStep, ...], Field(min_length=1)]


class Formula(Noun):
    """One operation. Exactly one of its forms is filled.

    What rests on a question that does not apply is left out: of a sum that term, of anything else the whole.
    """

    answer: Slug | None = None
    """A question of the bank, or an option of a several-of."""
    coefficient: Slug | None = None
    """A coefficient by its id, from the set of its basis that is taken."""
    figure: Slug | None = None
    """Another figure of this file."""
    number: Number | None = None
    sum: tuple["Formula", ...] = ()
    product: tuple["Formula", ...] = ()
    prefer: tuple["Formula", ...] = ()
    """The first that is determined; where none is, the last."""
    ratio: Quotient | None = None
    share: Portion | None = None
    difference: Remainder | None = None
    steps: Reading | None = None

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """One operation and no other."""
        if sum(value not in (None, ()) for _, value in self) != 1:
            raise ValueError("one of: " + ", ".join(type(self).model_fields))
        return self

    @property
    def form(self) -> str:
        """The name of the form that is filled."""
        return next(name for name, value in vars(self).items() if value not in (None, ()))

    @property
    def parts(self) -> tuple[tuple[tuple[str | int, ...], "Formula"], ...]:
        """The formulas right below, each with its place in the file."""
        several = self.sum or self.product or self.prefer
        if several:
            return tuple(((self.form, i), part) for i, part in enumerate(several))
        if self.ratio:
            return (("ratio", "over"), self.ratio.over), (("ratio", "under"), self.ratio.under)
        if self.share:
            return (("share", "part"), self.share.part), (("share", "whole"), self.share.whole)
        if self.difference:
            less = ((("difference", "less", i), part) for i, part in enumerate(self.difference.less))
            return (("difference", "whole"), self.difference.whole), *less
        return ((("steps", "at"), self.steps.at),) if self.steps else ()

    def walk(self, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], "Formula"]]:
        """This formula and all below it, each with its place."""
        yield at, self
        for place, part in self.parts:
            yield from part.walk((*at, *place))


class Benchmark(Fact):
    """A published value to see a figure against: no percentile and no mark to be passed."""

    name: Text
    as_of: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    """Year, month or day that it speaks of."""
    value: Exact
    value_high: Exact | None = None
    """Where a span was published."""


class Figure(Fact):
    """A number by name. Its status is that of the formula; coefficients carry their own."""

    id: Slug
    name: Text
    unit: Text | None = None
    """In English as units are reckoned with, such as 'tce/a'. None: a share from 0 to 1."""
    loses: Text | None = None
    """What this figure does not see."""
    only_if: Need | None = None
    """Listed only where this holds for sure."""
    formula: Formula
    benchmarks: tuple[Benchmark, ...] = ()


class Coefficient(Noun):
    """What sets of a basis give a value of."""

    id: Slug
    name: Text
    unit: Units


class Given(Noun):
    """The value that a set gives of a coefficient, with its own standing where it differs from the set's."""

    value: Exact
    status: Status | None = None
    source: Slug | None = None
    note: Text | None = None


class FactorSet(Fact):
    """Coefficients that go together: of one year, one region, one edition."""

    id: Slug
    name: Text
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    region: Text | None = None
    edition: str | None = None
    applies: Need | None = None
    """To which plants; None: to all."""
    values: dict[Slug, Given]


class Assumption(Noun):
    """What is taken to hold while nobody has answered it, so that sets that hang on it can be taken."""

    holds: Slug
    """A yes-no statement."""
    because: Text
    """Said beside every set taken on this ground."""


class Basis(Noun):
    """One thing that the sources leave open: sets of coefficients, of which one is taken at a time."""

    id: Slug
    name: Text
    coefficients: Annotated[tuple[Coefficient, ...], Field(min_length=1)]
    assumes: Assumption | None = None
    sets: Annotated[tuple[FactorSet, ...], Field(min_length=1)]
    """The first that applies to the plant is the default."""


class Formulas(Head):
    """Figures side by side, with their bases."""

    law: Literal["formulas"]
    bases: tuple[Basis, ...] = ()
    figures: Annotated[tuple[Figure, ...], Field(min_length=1)]

    @property
    def asks(self) -> tuple[str, ...]:
        """Every question that a figure or the choice of a set rests on, once."""
        assumed = [basis.assumes.holds for basis in self.bases if basis.assumes]
        asked = [f.answer for figure in self.figures for _, f in figure.formula.walk() if f.answer]
        needed = [q for figure in self.figures if figure.only_if for q in figure.only_if.names()]
        return tuple(dict.fromkeys([*assumed, *asked, *needed]))

    @property
    def grades(self) -> tuple[Grade, ...]:
        """None: figures are not levels."""
        return ()
