"""RENDER ratings as a workbook with live formulas: change an answer and every sum above it follows.

One sheet of answers, one sheet a result. Each line of an open sum is a row; those below it in the tree follow
it, one outline level deeper. Nothing in a sheet of results is a bare number but facts of the framework's file.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from assessor.domain import Assessment, Message, Question, Rated, Result, Time, plain
from assessor.report.formulas import Cells
from assessor.report.tree import ANSWERS, GIVEN, Looks, Tree, both, heading, printed, walk

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Trees = Mapping[tuple[str, str], Tree]
"""The sheet of each framework's default result, by framework and column."""


def told(a: Assessment) -> tuple[Rated, ...]:
    """What a workbook of an Assessment shows: both columns; the declared one alone where no machine was heard."""
    if a.heard:
        return a.rated
    results = (tuple(r for r in one.results if r.column == "declared") for one in a.rated)
    return tuple(one.model_copy(update={"results": of}) for one, of in zip(a.rated, results, strict=True))


def render_workbook(rated: Sequence[Rated], questions: Mapping[str, Question], *, variants: bool = False) -> bytes:
    """The file's bytes. `variants`: a sheet for every variant, else for the default one of each framework."""
    buffer = io.BytesIO()
    book = opened(buffer)
    fill(book, rated, questions, variants=variants)
    book.close()
    return buffer.getvalue()


def opened(buffer: io.BytesIO, made: Time = 0) -> Any:
    """An empty workbook. Its date is given, so that the same content is the same bytes."""
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties({"created": datetime.fromtimestamp(made // 10**9, UTC).replace(tzinfo=None)})
    return book


def fill(book: Any, rated: Sequence[Rated], questions: Mapping[str, Question], *, variants: bool = False) -> Trees:
    """Add the sheets of results, answers and sums to a workbook."""
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
    trees: dict[tuple[str, str], Tree] = {}
    levels: dict[str, Cells | None] = {}
    elsewhere: dict[tuple[str, str], Cells] = {}
    for (one, result), name in zip(sheets, names, strict=True):
        tree = Tree(book.add_worksheet(name), looks, one, result, rows, questions, elsewhere)
        tree.write()
        trees.setdefault((one.head.id, result.column), tree)
        levels[name] = found = tree.cells("level")
        if found is not None:
            elsewhere.setdefault((one.head.id, result.column), found)
    _cover(cover, looks, sheets, names, levels)
    return trees


def _answers(
    sheet: Any, looks: Looks, questions: Mapping[str, Question], results: Iterable[Result]
) -> dict[str, int]:
    """Every answer that a sum rests on, once; the yellow cells are what one may change."""
    results = tuple(results)
    columns = [f"{column}_{end}" for column in dict.fromkeys(r.column for r in results) for end in ("low", "high")]
    widths = (24, 60, 70, 14, *(11,) * len(columns))
    heading(sheet, 1, looks, ("line", "zh", "en", "unit", *columns), widths)
    sheet.write_string(0, 0, both(Message(id="workbook.change")), looks.title)
    sheet.write_string(0, 4, both(Message(id="workbook.disclaimer")), looks.weak)
    sheet.freeze_panes(2, 1)
    printed(sheet, 1)
    found: dict[str, dict[tuple[str, str], Fraction | None]] = {}
    for result in results:
        for term, _ in walk(result.sum):
            if term.how == "answer" and term.question is not None and term.question in questions:
                ends = found.setdefault(term.question, {})
                ends[result.column, "low"], ends[result.column, "high"] = term.low, term.high
    rows = {id_: 2 + i for i, id_ in enumerate(sorted(found))}
    for id_, row in rows.items():
        question = questions[id_]
        unit = both(question.unit) if question.unit else question.kind
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
    sheet.write_string(0, 0, both(Message(id="workbook.title")), looks.title)
    sheet.write_string(1, 0, both(Message(id="workbook.disclaimer")), looks.weak)
    columns = ("sheet", "zh", "en", "column", "variant", "level_low", "level_high", "status", "loses")
    heading(sheet, 3, looks, columns, (26, 44, 52, 20, 26, 11, 11, 12, 90))
    sheet.freeze_panes(4, 1)
    printed(sheet, 3)
    for row, ((one, result), name) in enumerate(zip(sheets, names, strict=True), 4):
        column = both(Message(id=f"workbook.column.{result.column}"))
        variant = both(result.variant_name) if result.variant_name else result.variant
        for at, text in enumerate((None, one.head.title.zh, one.head.title.en, column, variant)):
            if text:
                sheet.write_string(row, at, text, looks.text)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        if (level := levels[name]) is not None:
            for at, cell, value in ((5, level.low, result.level), (6, level.high, result.level_high)):
                sheet.write_formula(row, at, f"={cell}", looks.value, value)
        sheet.write_string(row, 7, result.status.value, looks.text)
        sheet.write_string(row, 8, both(one.head.loses), looks.text)


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
