"""Who could do it: providers as they state themselves. There is no field by which a rank could be bought."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.firm import Size
from assessor.domain.noun import Day, Message, Noun, Outcome, Slug, Text

Division = Annotated[str, Field(pattern=r"^\d{2,4}$")]
"""The beginning of a GB/T 4754 code: two to four digits."""
CreditCode = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]


class Listed(Noun):
    """A list that a provider stands on, with its date and where it was read."""

    name: str
    date: Day | None = None
    source: str | None = None


class Done(Noun):
    """How many projects a provider names in an industry."""

    industry: Division
    count: Annotated[int, Field(ge=1)]


class Provider(Noun):
    """One firm, by its own word."""

    id: Slug
    name: str
    credit_code: CreditCode | None = None
    capabilities: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Recommendations that it carries out."""
    industries: tuple[Division, ...] = ()
    """Empty: not said."""
    districts: tuple[Slug, ...] = ()
    """Ids of cities and of districts; empty: not said."""
    employees_from: Annotated[int, Field(ge=0)] | None = None
    employees_to: Annotated[int, Field(ge=0)] | None = None
    """Sizes of plants it serves; both empty: not said."""
    references: tuple[Done, ...] = ()
    lists: tuple[Listed, ...] = ()
    affiliated: tuple[str, ...] = ()
    """Ids or credit codes of firms of the same hand, diagnosers above all."""
    contact: str | None = None


class Providers(Noun):
    """A file of providers."""

    format: Literal["assessor-providers/1"]
    providers: tuple[Provider, ...]


class Ranked(Noun):
    """One provider for one recommendation, with the reason for its rank."""

    provider: Slug
    name: str
    rank: Annotated[int, Field(ge=1)]
    """Equal ones share a rank."""
    industry: Outcome
    district: Outcome
    size: Outcome
    references: int
    """Projects named in the plant's division of industry."""
    lists: int
    reasons: tuple[Message, ...]
    """One for each criterion, in the order in which they count."""
    affiliation: Message | None = None
    """It is the diagnoser itself or of one hand with it. Said, never ranked by."""


class Match(Noun):
    """One recommendation of the plan, and who could carry it out, best first."""

    recommendation: Slug
    title: Text
    phase: int
    providers: tuple[Ranked, ...]


class Wanted(Noun):
    """One thing that a factory looks for somebody to do."""

    recommendation: Slug
    title: Text
    what: Text
    phase: int
    months: tuple[int, int]
    """To the first effect, rounded up."""
    budget_from: int
    budget_to: int | None
    """A band in yuan; None: without an upper end."""


class Demand(Noun):
    """What a factory looks for, without anything by which it could be known."""

    format: Literal["assessor-demand/1"]
    kind: Literal["discrete", "process"]
    industry: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    """Division of GB/T 4754."""
    region: Text | None = None
    district: Text | None = None
    """Only as the lists of regions name it; never what the factory wrote."""
    size: Size | None = None
    """By the number of people alone."""
    simulated: bool = False
    offers_by: Day | None = None
    wanted: tuple[Wanted, ...]
