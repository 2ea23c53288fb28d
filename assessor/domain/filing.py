"""What a filing asks for: the order of a platform's form, and the list that a pack is accepted by."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.noun import Noun, Slug, Status, Text


class Take(Noun):
    """Where the value of an entry comes from. Exactly one of its forms is filled."""

    question: Slug | None = None
    """An answer."""
    dimension: Slug | None = None
    """Of a ladder: the score of a sub-domain at each level, with the answers that each rests on."""
    item: Slug | None = None
    """Of points and scenes: the points of an item, with the answers behind them."""
    scene: Slug | None = None
    """Of points and scenes: the level that a scene reaches, with the answers behind it."""
    result: Literal["level", "score"] | None = None
    """Of the whole framework."""
    plant: Literal["name", "credit-code", "industry", "district", "employees"] | None = None

    @property
    def form(self) -> str:
        """The name of the form that is filled."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise ValueError("one of: " + ", ".join(type(self).model_fields))
        return self


class Entry(Noun):
    """One thing to enter, in the order of the platform."""

    section: Text
    item: Text
    """What is entered, in our own words."""
    take: Take
    unit: Text | None = None
    places: Annotated[int, Field(ge=0, le=6)] = 2
    """Decimal places that the platform takes. Cut off, never rounded up."""


class Platform(Noun):
    """A platform on which a plant fills in its own assessment, and the order in which it asks."""

    format: Literal["assessor-platform/1"]
    id: Slug
    title: Text
    source: Text
    status: Status
    """How well the order of the entries is founded."""
    frameworks: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """The first of these by which the plant was rated gives the results."""
    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]


Shown = Literal["credit-code", "interviewees", "settled", "answers", "report", "plan", "bundle"]
"""What a pack itself shows: a valid credit code, who was interviewed, that no difference is open, answers for the
platforms, a report, a plan, and a filing bundle that can be judged again."""


class Item(Noun):
    """One item of a checklist. Exactly one of `shows`, `files` and `person` says how it is checked."""

    id: Slug
    text: Text
    how: Text | None = None
    """What a person has to look at, or how to name the file."""
    shows: Shown | None = None
    files: tuple[str, ...] = ()
    """Patterns of file names, such as '*contract*'; one of them has to fit. Case does not matter."""
    person: bool = False
    at_least: Annotated[int, Field(ge=1)] = 1
    """How many files, or how many roles that were interviewed."""
    dated: bool = False
    """Each file bears its day: in its name (2026-11-24 or 20261124) or, of a photograph, inside."""
    look: Literal["any", "picture", "scan"] = "any"
    """What a file has to be: a picture, each another one; or a scan, which is a picture or a PDF."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.shows is not None) + bool(self.files) + self.person != 1:
            raise ValueError("one of: shows, files, person")
        return self


class Checklist(Noun):
    """What a programme asks of a pack before it accepts it."""

    format: Literal["assessor-checklist/1"]
    id: Slug
    title: Text
    source: Text
    status: Status
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
