"""What the writer and the reader of a workbook must agree on."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

from assessor.domain import Answers, Framework, Ladder, Question, Text, Topic
from assessor.forms.words import both
from assessor.forms.xlsform import ROLES

FORMAT = "assessor-form/1"
LISTS = "_lists"
"""The hidden sheet: format, sheets by role, and what drop-downs offer."""
COLUMNS = (
    "id", "zh", "en", "answer", "unit", "target", "reason", "proofs", "help", "see", "methods",
)  # fmt: skip
AT = {name: i for i, name in enumerate(COLUMNS)}
ENTERED = ("answer", "target", "reason", "proofs")
"""Columns that are filled in."""
HEADER = 3
"""Row of the headings, from 0."""
COVER_COLUMNS = ("key", "label", "entry", "more")
Kind = Literal["framework", "cut"]


def heading(column: str) -> str:
    """What stands at the top of a column."""
    text = both(f"forms.column.{column}")
    return f"{text.zh}\n{text.en}"


def pair(text: Text, between: str = "\n") -> str:
    """Both languages, one after the other."""
    return text.zh if text.zh == text.en else f"{text.zh}{between}{text.en}"


def height(cells: Iterable[tuple[str, float]]) -> float:
    """Points that a row needs for its wrapped texts, each with its column's width: programs do not all find it."""
    lines = [
        sum(max(1, ceil(_width(line) * 1.05 / width)) for line in text.split("\n"))
        for text, width in cells
        if text
    ]
    return min(409.0, 5 + 13.5 * max(lines, default=1))


def printed(page: Any) -> None:
    """On paper: A4 across, all columns on one page."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _width(text: str) -> float:
    """In characters of a column's width: a Chinese one takes two."""
    return sum(1.8 if unicodedata.east_asian_width(c) in "WF" else 0.88 for c in text)


def sheet_name(role: str) -> str:
    """'生产 production'; Excel takes 31 characters and none of []:*?/\\."""
    return pair(both(f"forms.role.{role.replace('-', '_')}"), " ")[:31]


def cover_name() -> str:
    return pair(both("forms.cover.sheet"), " ")


@dataclass(frozen=True)
class Sheet:
    """The questions put to one role, by topic."""

    role: str
    topics: Sequence[tuple[Topic, Sequence[Question]]]


def sheets(topics: Sequence[Topic], answers: Answers | None) -> Iterator[Sheet]:
    """A sheet a role: what it usually knows, and what it has answered besides. None for a role with nothing."""
    said = {(a.by, a.question) for a in answers.answers} if answers else set[tuple[str, str]]()
    for role in ROLES:
        held = [
            (topic, [q for q in topic.questions if q.knows == role or (role, q.id) in said]) for topic in topics
        ]
        if any(questions for _, questions in held):
            yield Sheet(role, [(topic, questions) for topic, questions in held if questions])


def optional(frameworks: Iterable[Framework]) -> dict[str, Text]:
    """Frameworks that are rated only where the factory asks for it."""
    return {f.id: f.title for f in frameworks if not f.on}


def cuttable(frameworks: Iterable[Framework]) -> dict[str, Text]:
    """Sub-domains that may be left out, of all ladders."""
    ladders = [f for f in frameworks if isinstance(f, Ladder)]
    return {d.id: d.name for f in ladders for d in f.dimensions if d.may_be_cut}


def uncuttable(frameworks: Iterable[Framework]) -> Mapping[str, Text]:
    """Sub-domains that may not."""
    ladders = [f for f in frameworks if isinstance(f, Ladder)]
    fixed = {d.id: d.name for f in ladders for d in f.dimensions if not d.may_be_cut}
    return {id_: name for id_, name in fixed.items() if id_ not in cuttable(frameworks)}
