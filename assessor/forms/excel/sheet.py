"""READ the sheet of one role: rows by their ids, headings where they must be, every cell that cannot be taken."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from assessor.domain import Message, Question
from assessor.forms.changes import Given, Problem, Value
from assessor.forms.check import off_scale
from assessor.forms.excel.cells import Grid, cell_name
from assessor.forms.excel.layout import AT, COLUMNS, ENTERED, HEADER, heading
from assessor.forms.meaning import folded, known, value_of
from assessor.forms.words import SET_ASIDE

PARTS = {"value": "answer", "target": "target", "reason": "reason", "proofs": "proofs"}


def read_sheet(role: str, grid: Grid, questions: Mapping[str, Question]) -> tuple[list[Given], list[Problem]]:
    """What one role entered, and what cannot be taken. A question with anything wrong is left out."""
    header = next((r for r in range(21) if folded(grid.text(r, 0)) == folded(heading("id"))), None)
    if header is None:
        return [], [grid.problem(HEADER, 0, Message(id="forms.book.no_header", params={"head": _flat("id")}))]
    problems = [*_headings(grid, header)]
    if problems:
        return [], problems
    rows, problems = _rows(grid, header, questions)
    problems += _merged(grid, header)
    given = list[Given]()
    for id_ in dict.fromkeys(id_ for id_ in rows if rows[id_].question.id == id_):
        asked = rows[id_]
        reader = Reader(grid, role, asked.question, rows)
        one = reader.read()
        problems += reader.problems
        if one is not None and not reader.problems and not asked.doubtful:
            given.append(one)
    return given, problems


def _flat(column: str) -> str:
    return heading(column).replace("\n", " ")


def _headings(grid: Grid, header: int) -> Iterator[Problem]:
    for column, name in enumerate(COLUMNS):
        found = grid.text(header, column)
        if folded(found) != folded(heading(name)):
            params = {"head": _flat(name), "found": " ".join(found.split())[:60] or "-"}
            yield grid.problem(header, column, Message(id="forms.book.heading", params=dict(params)))


@dataclass
class Place:
    """Where a question or an option stands."""

    row: int
    question: Question
    """Of an option, the question that it belongs to."""
    doubtful: bool = field(default=False)
    """It stands there twice, or its cells are merged with others'."""


def _rows(grid: Grid, header: int, questions: Mapping[str, Question]) -> tuple[dict[str, Place], list[Problem]]:
    """The row of each id. Rows with a text in their first cell alone are headings of topics."""
    owners = {o.id: q for q in questions.values() for o in q.options} | dict(questions)
    places, problems = dict[str, Place](), list[Problem]()
    filled = {row for row, column in grid.values if row > header and 0 < column < len(COLUMNS)}
    for row in sorted(filled):
        id_ = grid.text(row, 0)
        if id_ not in owners:
            name = "unknown_question" if id_ else "book.no_id"
            near = ", ".join(difflib.get_close_matches(id_, owners, 3)) or "-"
            params = {"question": id_[:80], "near": near} if id_ else {}
            problems.append(grid.problem(row, 0, Message(id=f"forms.{name}", params=dict(params))))
        elif id_ in places:
            first = places[id_]
            params = {"id": id_, "first": cell_name(first.row, 0)}
            problems.append(grid.problem(row, 0, Message(id="forms.book.twice", params=dict(params))))
            first.doubtful = True
            if first.question.id in places:
                places[first.question.id].doubtful = True
        else:
            places[id_] = Place(row, owners[id_])
    return places, problems


def _merged(grid: Grid, header: int) -> Iterator[Problem]:
    columns = [AT[name] for name in ENTERED]
    for top, left, bottom, right in grid.merged:
        if bottom > header and any(left <= column <= right for column in columns):
            params = {"cells": f"{cell_name(top, left)}:{cell_name(bottom, right)}"}
            yield grid.problem(top, left, Message(id="forms.book.merged", params=dict(params)))


class Reader:
    """Reads one question with the rows of its options."""

    def __init__(self, grid: Grid, role: str, question: Question, rows: Mapping[str, Place]) -> None:
        self.grid, self.role, self.question, self.rows = grid, role, question, rows
        self.row = rows[question.id].row
        self.problems: list[Problem] = []

    def read(self) -> Given | None:
        """What was entered; None where nothing was, or with `problems`."""
        value = self._value("answer")
        target = None if self.question.kind == "several" else self._value("target")
        if self.question.kind == "several":
            value = self._several(value)
            target = self._options("target")
        reason, proofs = self._text("reason"), self._text("proofs")
        if value is None and target is None and not reason and not proofs:
            return self._empty()
        return Given(
            question=self.question,
            by=self.role,
            sheet=self.grid.name,
            cells={part: cell_name(self.row, AT[column]) for part, column in PARTS.items()},
            value=value,
            target=target,
            reason=reason,
            proofs=(proofs or "").split("\n"),
        )

    def _empty(self) -> Given | None:
        """Nothing was entered: said too, so that what stays can be counted."""
        return Given(question=self.question, by=self.role, sheet=self.grid.name, cells={})

    def _wrong(self, row: int, column: str, name: str, **params: str) -> None:
        message = Message(id=f"forms.{name}", params={"question": self.question.id, **params})
        self.problems.append(self.grid.problem(row, AT[column], message))

    def _failed(self, row: int, column: str) -> bool:
        """A cell without a value to be taken."""
        fault = self.grid.faults.get((row, AT[column]))
        if fault is not None:
            self.problems.append(self.grid.problem(row, AT[column], fault))
        return fault is not None

    def _text(self, column: str) -> str | None:
        return None if self._failed(self.row, column) else self.grid.text(self.row, AT[column]) or None

    def _value(self, column: str) -> Value | None:
        """One value of the question's own row."""
        raw = self.grid.at(self.row, AT[column])
        if self._failed(self.row, column) or raw is None:
            return None
        value = value_of(self.question, raw)
        several = self.question.kind == "several"
        if several and value not in SET_ASIDE:
            self._wrong(self.row, column, "book.in_rows")
        elif value is None:
            self._wrong(
                self.row, column, f"book.value_{self._sort}", value=str(raw)[:80], allowed=known(self.question)
            )
        elif value in SET_ASIDE and column == "target":
            self._wrong(self.row, column, "book.no_target")
        elif self.question.kind == "share" and isinstance(value, Fraction) and value > 1:
            self._wrong(self.row, column, "book.above_all", value=str(raw)[:80])
        elif not several and (fault := off_scale(self.question, value)) is not None:
            self.problems.append(self.grid.problem(self.row, AT[column], fault))
        else:
            return value
        return None

    @property
    def _sort(self) -> str:
        return "picked" if self.question.scale is not None else "typed"

    def _several(self, aside: Value | None) -> Value | None:
        """Options that hold, or that the question is set aside; not both."""
        chosen = self._options("answer")
        filled = [o for o in self.question.options if self._option_at(o.id, "answer") is not None]
        if aside is not None and filled:
            self._wrong(self.row, "answer", "book.both")
        return aside if aside is not None else chosen

    def _option_at(self, id_: str, column: str) -> object:
        place = self.rows.get(id_)
        return None if place is None else self.grid.at(place.row, AT[column])

    def _options(self, column: str) -> tuple[str, ...] | None:
        """The options that are answered yes; all of them must be answered, or none."""
        said = dict[str, bool | None]()
        for statement in self.question.statements:
            place = self.rows.get(statement.id)
            raw = None if place is None else self.grid.at(place.row, AT[column])
            if place is not None and self._failed(place.row, column):
                return None
            value = None if raw is None else value_of(statement, raw)
            if raw is not None and (value not in (Fraction(0), Fraction(1)) or place is None):
                row = place.row if place else self.row
                self._wrong(row, column, "book.yes_or_no", value=str(raw)[:80])
                return None
            said[statement.id] = None if value is None else value == 1
        blank = [id_ for id_, yes in said.items() if yes is None]
        if len(blank) == len(said):
            return None
        if blank:
            row = self.rows[blank[0]].row if blank[0] in self.rows else self.row
            self._wrong(row, column, "book.half", options=", ".join(blank))
        return tuple(id_ for id_, yes in said.items() if yes)
