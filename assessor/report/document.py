"""A report as a document: headings, paragraphs, tables, pictures, in one language, before it has a format.

What a report says is decided once, in functions that take an Assessment and a pen and give a Document; Word and
PDF are two ways of writing it down. A figure that must stay what it is carries a mark, by which `check-report`
finds it again in a file that somebody edited.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from assessor.messages import LANGUAGES, Language, render, text_id


@dataclass(frozen=True)
class Run:
    """A piece of text. `mark` names a figure of the Assessment, such as 'level.verified'."""

    text: str
    strong: bool = False
    weak: bool = False
    mark: str | None = None


Line = tuple[Run, ...]
"""Runs after one another."""


@dataclass(frozen=True)
class Heading:
    """`level` from 1; `id` is a slug, unique in the document."""

    level: Literal[1, 2, 3]
    text: str
    id: str


@dataclass(frozen=True)
class Paragraph:
    line: Line
    kind: Literal["body", "lead", "note", "warning"] = "body"


@dataclass(frozen=True)
class Bullets:
    items: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Table:
    """`widths` are shares of the page and sum to 1; `numbers` are the columns that stand to the right.

    A row of which only the first cell holds anything names the group of rows below it.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[float, ...]
    numbers: frozenset[int] = frozenset()

    def without(self, *columns: int) -> "Table":
        """The same table, some of its columns left out and the others wider."""
        left = [i for i in range(len(self.head)) if i not in columns]
        whole = sum(self.widths[i] for i in left)
        return replace(
            self,
            head=tuple(self.head[i] for i in left),
            rows=tuple(tuple(cells[i] for i in left) for cells in self.rows),
            widths=tuple(self.widths[i] / whole for i in left),
            numbers=frozenset(new for new, old in enumerate(left) if old in self.numbers),
        )


@dataclass(frozen=True)
class Picture:
    """`svg` stands alone: styles inside, nothing loaded. `alt` says what it shows to those who cannot see it."""

    svg: str
    caption: str
    alt: str
    width: float = 1.0
    """Share of the page's width."""


@dataclass(frozen=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Bullets | Table | Picture | PageBreak


@dataclass(frozen=True)
class Document:
    """`digest` is the SHA-256 of what it rests on; it stands on every page."""

    name: str
    """A slug, such as 'report' or 'summary'."""
    language: Language
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    """What stands on the cover: label and value."""
    disclaimer: str
    """On the cover and at the foot of every page."""
    digest: str
    blocks: tuple[Block, ...]
    contents: bool = True
    """Whether it has a cover and a table of contents; a one-page document has neither."""
    heard: bool = True
    """The digest is of a sealed bundle; False where no machine was heard, and it is of the answers."""
    cover: bool = True
    """Whether the page with the title is one of its own; a letter of several pages has no such page."""
    rests_on: str | None = None
    """What the digest is of, in words, where it is neither of a bundle nor of answers: no code leads to it."""

    @property
    def fronted(self) -> bool:
        """Has it a cover and contents before the first page of text?"""
        return self.contents and self.cover

    @property
    def digest_of(self) -> str:
        """What stands before the digest at the foot of every page."""
        return self.rests_on or render(text_id("paper", "digest", self.heard), self.language)


def line(*parts: str | Run) -> Line:
    """Texts and runs as one line."""
    return tuple(Run(part) if isinstance(part, str) else part for part in parts)


def row(*cells: str | Run | Line) -> tuple[Line, ...]:
    """One row of a table."""
    return tuple(cell if isinstance(cell, tuple) else line(cell) for cell in cells)


def group(name: str, columns: int) -> tuple[Line, ...]:
    """The row that names the rows below it, in a table of so many columns."""
    return ((Run(name, strong=True),), *((),) * (columns - 1))


def names_group(cells: tuple[Line, ...]) -> bool:
    """Is it such a row?"""
    return len(cells) > 1 and not any(cells[1:])


def marks(document: Document) -> dict[str, str]:
    """Every marked figure, by its mark."""
    return {run.mark: run.text for run in runs(document.blocks) if run.mark}


def runs(blocks: Iterable[Block]) -> Iterable[Run]:
    """All pieces of text in the order of the document, headings and captions apart."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from block.line
        elif isinstance(block, Bullets):
            yield from (run for item in block.items for run in item)
        elif isinstance(block, Table):
            yield from (run for row in block.rows for cell in row for run in cell)


@dataclass(frozen=True)
class Token:
    """What a file says of itself: which paper it is, in which language, resting on which sealed bundle."""

    paper: str
    language: Language
    digest: str


def token(document: Document) -> str:
    """What is written among a file's properties, so that `check-report` knows what to compare it with."""
    return f"assessor:{document.name}:{document.language}:{document.digest}"


def read_token(text: str) -> Token | None:
    """The token in the properties of a file; None where there is none."""
    found = re.search(rf"assessor:([a-z0-9-]+):({'|'.join(LANGUAGES)}):([0-9a-f]{{64}})(?![0-9a-f])", text)
    if found is None:
        return None
    language = next(one for one in LANGUAGES if one == found[2])
    return Token(found[1], language, found[3])
