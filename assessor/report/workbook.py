"""RENDER ratings as a workbook with live formulas: change an answer and every sum above it follows.

One sheet of answers, one sheet a result. Each line of an open sum is a row; those below it in the tree follow
it, one outline level deeper. Nothing in a sheet of results is a bare number but facts of the framework's file.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from assessor import messages
from assessor.domain import Message, Question, Rated, Result, Term, Text, plain
from assessor.messages import LANGUAGES
from assessor.report.formulas import Cells, formula

ANSWERS = "answers"
COLUMNS = ("line", "zh", "en", "operation", "factor", "low", "high", "status", "source", "note")
WIDTHS = (30, 52, 60, 16, 9, 11, 11, 12, 16, 60)
FACTOR, LOW, HIGH = 4, 5, 6
GIVEN = {("declared", "low"): 4, ("declared", "high"): 5, ("verified", "low"): 6, ("verified", "high"): 7}
"""Columns of the sheet of answers."""


def render_workbook(rated: Sequence[Rated], questions: Mapping[str, Question], *, variants: bool = False) -> bytes:
    """The file's bytes. `variants`: a sheet for every variant, else for the default one of each framework."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = Looks.of(book)
    sheets = [
        (one, result)
        for one in rated
        for result in one.results
        if variants or result.variant == one.results[0].variant
    ]
    names = _names(sheets)
    cover = book.add_worksheet("results")
    answers = book.add_worksheet(ANSWERS)
    rows = _answers(answers, looks, questions, [result for _, result in sheets])
    levels: dict[str, Cells | None] = {}
    elsewhere: dict[tuple[str, str], Cells] = {}
    for (one, result), name in zip(sheets, names, strict=True):
        tree = Tree(book.add_worksheet(name), looks, one, result, rows, questions, elsewhere)
        tree.write()
        levels[name] = found = tree.level(name)
        if found is not None:
            elsewhere.setdefault((one.head.id, result.column), found)
    _cover(cover, looks, sheets, names, levels)
    book.close()
    return buffer.getvalue()


@dataclass(frozen=True)
class Looks:
    """Formats of cells."""

    head: Any
    text: Any
    value: Any
    given: Any
    title: Any
    weak: Any

    @classmethod
    def of(cls, book: Any) -> "Looks":
        plain_ = {"valign": "top", "font_size": 10}
        wrapped = plain_ | {"text_wrap": True}
        return cls(
            head=book.add_format(wrapped | {"bold": True, "bottom": 1, "bg_color": "#EEF2F4"}),
            text=book.add_format(wrapped),
            value=book.add_format(plain_ | {"num_format": "0.####"}),
            given=book.add_format(plain_ | {"num_format": "0.####", "bg_color": "#FFF8DC"}),
            title=book.add_format(plain_ | {"bold": True, "font_size": 13}),
            weak=book.add_format(wrapped | {"font_color": "#667078"}),
        )


class Tree:
    """One result on its sheet."""

    HEAD = 5
    """Rows above the first line: title, standing, disclaimer, column, headings."""

    def __init__(
        self,
        sheet: Any,
        looks: Looks,
        rated: Rated,
        result: Result,
        rows: Mapping[str, int],
        questions: Mapping[str, Question],
        elsewhere: Mapping[tuple[str, str], Cells],
    ) -> None:
        self.sheet, self.looks, self.rated, self.result = sheet, looks, rated, result
        self.answers, self.questions, self.elsewhere = rows, questions, elsewhere
        self.lines = list(_walk(result.sum))
        self.at = {term.id: self.HEAD + i for i, (term, _) in enumerate(self.lines)}

    def write(self) -> None:
        """Fill the sheet."""
        self._top()
        for term, depth in self.lines:
            self._line(term, depth)

    def level(self, name: str) -> Cells | None:
        """Where its level stands, as other sheets call it; None where it has none."""
        cells = next((self._cells(term) for term, _ in self.lines if term.id == "level"), None)
        return cells and Cells(*(f"'{name}'!{cell}" for cell in (cells.low, cells.high, cells.factor)))

    def _top(self) -> None:
        head, looks = self.rated.head, self.looks
        self.sheet.write_string(0, 0, f"{head.title.zh} / {head.title.en}", looks.title)
        standing = {"version": head.version, "status": head.status.value, "variant": self.result.variant}
        words: list[Text | Message] = [
            Message(id="workbook.standing", params=dict(standing)),
            Message(id=f"workbook.column.{self.result.column}"),
            head.disclaimer,
        ]
        for row, words_ in enumerate(words, 1):
            self.sheet.write_string(row, 0, _both(words_), looks.weak if row != 2 else looks.text)
            self.sheet.set_row(row, 15)
        _heading(self.sheet, self.HEAD - 1, looks, COLUMNS, WIDTHS)
        self.sheet.freeze_panes(self.HEAD, 3)
        self.sheet.outline_settings(symbols_below=False)

    def _cells(self, term: Term) -> Cells:
        row = self.at[term.id]
        return Cells(*(xl_rowcol_to_cell(row, column) for column in (LOW, HIGH, FACTOR)))

    def _line(self, term: Term, depth: int) -> None:
        row, looks = self.at[term.id], self.looks
        named = self._name(term)
        texts = [
            "  " * depth + term.id.rsplit("/", 1)[-1],
            named.zh,
            named.en,
            _both(Message(id=f"workbook.how.{term.how}")),
            None,
            None,
            None,
            term.status.value if term.status else "",
            term.cite or "",
            _both(term.note) if term.note else "",
        ]
        for column, text in enumerate(texts):
            if text:
                self.sheet.write_string(row, column, text, looks.text)
        self.sheet.write_number(row, FACTOR, float(term.factor), looks.value)
        self._values(row, term)
        if depth:
            self.sheet.set_row(row, None, None, {"level": min(depth, 7), "hidden": False})

    def _values(self, row: int, term: Term) -> None:
        below = [self._cells(t) for t in term.of]
        refers = term.ref is not None and term.ref in self.at
        referred = self._cells(self.lines[self.at[term.ref or ""] - self.HEAD][0]) if refers else None
        for end, column, value in (("low", LOW, term.low), ("high", HIGH, term.high)):
            if term.how == "answer" and term.question is not None and term.question in self.answers:
                cell = xl_rowcol_to_cell(
                    self.answers[term.question], GIVEN[self.result.column, end], row_abs=True, col_abs=True
                )
                written: str | None = f"={ANSWERS}!{cell}"
            elif term.how == "answer" and (
                there := self.elsewhere.get((term.framework or "", self.result.column))
            ):
                written = f"={getattr(there, end)}"
            elif term.how in ("answer", "constant"):
                self._bare(row, column, value)
                continue
            else:
                written = formula(term, below, referred, end)
            if written is not None:
                shown = "#N/A" if value is None else float(value)
                self.sheet.write_formula(row, column, written, self.looks.value, shown)

    def _bare(self, row: int, column: int, value: Fraction | None) -> None:
        if value is None:
            self.sheet.write_formula(row, column, "=NA()", self.looks.value, "#N/A")
        else:
            self.sheet.write_formula(row, column, f"={plain(value)}", self.looks.value, float(value))

    def _name(self, term: Term) -> Text:
        if isinstance(term.name, Message):
            return Text(**{lang: messages.render(term.name, lang) for lang in LANGUAGES})
        if term.name is not None:
            return term.name
        held = self.questions.get(term.question or "")
        return held.text if held else Text(zh="", en="")


def _walk(term: Term, depth: int = 0) -> Iterator[tuple[Term, int]]:
    yield term, depth
    for below in term.of:
        yield from _walk(below, depth + 1)


def _answers(
    sheet: Any, looks: Looks, questions: Mapping[str, Question], results: Iterable[Result]
) -> dict[str, int]:
    """Every answer that a sum rests on, once; the yellow cells are what one may change."""
    _heading(
        sheet,
        1,
        looks,
        ("line", "zh", "en", "unit", "declared_low", "declared_high", "verified_low", "verified_high"),
        (24, 60, 70, 14, 11, 11, 11, 11),
    )
    sheet.write_string(0, 0, _both(Message(id="workbook.change")), looks.title)
    sheet.freeze_panes(2, 1)
    found: dict[str, dict[tuple[str, str], Fraction | None]] = {}
    for result in results:
        for term, _ in _walk(result.sum):
            if term.how == "answer" and term.question is not None and term.question in questions:
                ends = found.setdefault(term.question, {})
                ends[result.column, "low"], ends[result.column, "high"] = term.low, term.high
    rows = {id_: 2 + i for i, id_ in enumerate(sorted(found))}
    for id_, row in rows.items():
        question = questions[id_]
        unit = _both(question.unit) if question.unit else question.kind
        for column, text in enumerate((id_, question.text.zh, question.text.en, unit)):
            sheet.write_string(row, column, text, looks.text)
        for key, value in found[id_].items():
            _given(sheet, looks, row, GIVEN[key], value, known=value is not None and _same(found[id_], key[0]))
    return rows


def _same(ends: Mapping[tuple[str, str], Fraction | None], column: str) -> bool:
    return ends[column, "low"] == ends[column, "high"]


def _given(sheet: Any, looks: Looks, row: int, column: int, value: Fraction | None, *, known: bool) -> None:
    """A known answer stands in its low cell, and the high one follows it."""
    if known and column in (GIVEN["declared", "high"], GIVEN["verified", "high"]):
        sheet.write_formula(row, column, f"={xl_rowcol_to_cell(row, column - 1)}", looks.value, float(value or 0))
    elif value is None:
        sheet.write_formula(row, column, "=NA()", looks.given, "#N/A")
    elif value.denominator == 1 or "/" not in plain(value):
        sheet.write_number(row, column, float(value), looks.given)
    else:
        sheet.write_formula(row, column, f"={plain(value)}", looks.given, float(value))


def _cover(
    sheet: Any,
    looks: Looks,
    sheets: Sequence[tuple[Rated, Result]],
    names: Sequence[str],
    levels: Mapping[str, Cells | None],
) -> None:
    sheet.write_string(0, 0, _both(Message(id="workbook.title")), looks.title)
    sheet.write_string(1, 0, _both(Message(id="workbook.disclaimer")), looks.weak)
    columns = ("sheet", "zh", "en", "column", "variant", "level_low", "level_high", "status", "loses")
    _heading(sheet, 3, looks, columns, (26, 44, 52, 20, 26, 11, 11, 12, 90))
    sheet.freeze_panes(4, 1)
    for row, ((one, result), name) in enumerate(zip(sheets, names, strict=True), 4):
        column = _both(Message(id=f"workbook.column.{result.column}"))
        variant = _both(result.variant_name) if result.variant_name else result.variant
        for at, text in enumerate((None, one.head.title.zh, one.head.title.en, column, variant)):
            if text:
                sheet.write_string(row, at, text, looks.text)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        if (level := levels[name]) is not None:
            for at, cell, value in ((5, level.low, result.level), (6, level.high, result.level_high)):
                sheet.write_formula(row, at, f"={cell}", looks.value, value)
        sheet.write_string(row, 7, result.status.value, looks.text)
        sheet.write_string(row, 8, _both(one.head.loses), looks.text)


def _heading(sheet: Any, row: int, looks: Looks, columns: Sequence[str], widths: Sequence[int]) -> None:
    for column, (name, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(row, column, _both(Message(id=f"workbook.head.{name}")), looks.head)


def _names(sheets: Sequence[tuple[Rated, Result]]) -> list[str]:
    """Names of sheets: 31 characters at most, none twice, no sign that a spreadsheet refuses."""
    names: list[str] = []
    for one, result in sheets:
        tail = f"-{result.column[0]}" + (f"-{result.variant}" if result.variant != one.results[0].variant else "")
        name = re.sub(r"[\[\]:*?/\\']", "-", one.head.id)
        name = name[: 31 - len(tail[:16])] + tail[:16]
        while name.lower() in (other.lower() for other in names):
            name = f"{name[:28]}~{len(names)}"
        names.append(name)
    return names


def _both(words: Text | Message) -> str:
    zh, en = (messages.render(words, language) for language in LANGUAGES)
    return zh if zh == en else f"{zh} / {en}"
