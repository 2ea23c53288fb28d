"""What every framework has, whatever its law: who says so, how well founded, what is lost in the mapping."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Day, Exact, Noun, Slug, Status, Text

FORMAT = "assessor-framework/1"


class Fact(Noun):
    """Something taken from a document, with its standing. What a framework file states derives from this."""

    status: Status
    source: Slug | None = None
    """Key of the file's `sources`; None where the file's own `source` says all."""
    note: Text | None = None
    """What a reader should know before relying on it: a conflict between sources, a reading chosen."""


class Unmapped(Noun):
    """Something the framework asks for that no question of the bank answers."""

    name: Text
    why: Text
    part: str | None = None
    """Which part of the file it is, where the law has a place for it: 's4/3' is a sub-domain at a level."""


class Grade(Noun):
    """A level of a framework by its number and name."""

    number: Annotated[int, Field(ge=0)]
    name: Text
    text: Text | None = None


class Head(Noun):
    """A framework as a reader of results must know it: the same for every law."""

    format: Literal["assessor-framework/1"]
    id: Slug
    version: str
    date: Day
    """Of this version of the file."""
    title: Text
    law: str
    status: Status
    """Of its weakest part that a level hangs on."""
    source: Text
    sources: dict[Slug, Text] = {}
    """Documents that single facts name."""
    wording: Text
    """Whose words the questions are, and under which licence they are published."""
    disclaimer: Text
    """What a result by this file is not."""
    loses: Text
    """What is lost where answers of the bank stand for the framework's own questions."""
    on: bool = True
    """Rated by default; False: only where it is asked for."""
    plant: Literal["discrete", "process"] | None = None
    """The kind of plant it is for; None for all."""
    unmapped: tuple[Unmapped, ...] = ()


class Parameter(Noun):
    """A rule of the law that the text of the standard does not settle, with its standing."""

    value: bool | Exact
    status: Status
    why: Text


def head(framework: Head) -> Head:
    """The head alone, without what the law works on."""
    return Head(**{name: getattr(framework, name) for name in Head.model_fields})
