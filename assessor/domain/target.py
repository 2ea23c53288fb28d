"""What a city set out to reach: a plan's targets, each with its source, and what of them can be measured here."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.noun import Exact, Noun, Share, Slug, Status, Text

Measured = Literal[
    "assessed", "readable", "connectable", "networked", "digital", "numerical_control", "robots", "energy",
    "carbon", "transformed",
]  # fmt: skip
"""What a picture of many plants gives. `assessed`: how many were; `transformed`: the share of plants that the
definition of the set holds for."""
Year = Annotated[int, Field(ge=1990, le=2100)]


class Statement(Noun):
    """One thing that can be told of a plant. Exactly one of its forms is filled."""

    framework: Slug | None = None
    level: Annotated[int, Field(ge=1)] | None = None
    """Rated this level or higher by the framework."""
    column: Literal["declared", "verified"] = "verified"
    measure: Literal["readable", "connectable", "networked", "digital", "numerical_control"] | None = None
    at_least: Share | None = None
    """The plant's own share, of machines or of key processes."""

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """A level by a framework, or a share; not both, and nothing by halves."""
        level = self.framework is not None and self.level is not None
        share = self.measure is not None and self.at_least is not None
        filled = sum(value is not None for value in (self.framework, self.level, self.measure, self.at_least))
        if level == share or filled != 2:
            raise ValueError("either framework and level are filled, or measure and at_least")
        return self


class Definition(Noun):
    """When a plant counts as transformed, by whoever sets the targets: all of these statements hold."""

    text: Text
    source: Text
    status: Status
    all: Annotated[tuple[Statement, ...], Field(min_length=1)]


class Target(Noun):
    """One thing to reach."""

    id: Slug
    text: Text
    """In our own words."""
    by: Year
    measure: Measured | None = None
    """None: nothing here measures it, and `why` says why."""
    why: Text | None = None
    bound: Literal["at_least", "above", "at_most", "below"] | None = None
    """None: the source gives no number."""
    value: Exact | None = None
    """A share for shares, a count for counts; robots for 10,000 people."""
    unit: Text | None = None
    above_scale: bool = False
    """Meant are plants above the statistical threshold (规上) alone."""
    source: Text
    status: Status

    @model_validator(mode="after")
    def whole(self) -> Self:
        """A number has a bound, and what is not measured a reason."""
        if (self.bound is None) != (self.value is None):
            raise ValueError("bound and value are both filled or both empty")
        if (self.measure is None) != (self.why is not None):
            raise ValueError("why is filled where, and only where, there is no measure")
        if self.measure is not None and self.value is None:
            raise ValueError("what is measured has a value to reach")
        if self.above_scale and self.measure not in (None, "transformed"):
            raise ValueError("above_scale is counted apart of what is transformed alone")
        return self


class TargetSet(Noun):
    """The targets of one plan."""

    format: Literal["assessor-targets/1"]
    id: Slug
    title: Text
    region: Slug | None = None
    """The city it is for; None: the whole country."""
    first: Year
    last: Year
    """The last year. Once it is over, what is measured is shown beside the plan and settles nothing."""
    source: Text
    status: Status
    transformed: Definition | None = None
    """None: the sources at hand do not define it."""
    targets: Annotated[tuple[Target, ...], Field(min_length=1)]
