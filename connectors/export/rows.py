"""Rows of an export, one after another: a CSV file or a sheet. Each carries the place that an error names."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import IO, Any, NamedTuple

from assessor import sheets
from assessor.domain import Export
from connectors.export.opening import Opened, Unreadable

Value = str | float | bool | datetime | date | time | None
"""A cell: text in a CSV file, a typed value in a workbook, None where it is empty."""
LONGEST_LINE = 1_000_000
"""Characters; a longer line is no row of an export."""
LONGEST_CELL = 100_000
DELIMITERS = ",;\t|"


class Row(NamedTuple):
    """One row: line or row number, the sheet it is on ('' in a text file), and its cells."""

    number: int
    sheet: str
    cells: Sequence[Value]


def rows(opened: Opened, how: Export) -> Iterator[Row]:
    """All rows of the file, headers included. Raises Unreadable with the place."""
    return _sheets(opened, how.sheets) if opened.workbook else _lines(opened, how.delimiter)


def delimiter_of(line: str) -> str:
    """The delimiter that a header line uses most, outside of quotes."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _lines(opened: Opened, delimiter: str | None) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with opened.file.open(encoding=opened.encoding, newline="") as text:
        head = text.readline(LONGEST_LINE)
        told = head.strip().lstrip("\ufeff").strip('"')
        skipped = told.lower().startswith("sep=") and len(told) == 5
        if skipped:  # Excel's own way of saying it
            delimiter, first = delimiter or told[4], 1
        else:
            first = 0
            text.seek(0)
        if delimiter is None:
            delimiter = _sniffed(text)
        reader = csv.reader(_bounded(text, first), delimiter=delimiter)
        try:
            for cells in reader:
                yield Row(reader.line_num + first, "", cells)
        except csv.Error as problem:
            raise Unreadable("not_csv", str(reader.line_num + first), detail=str(problem)) from problem


def _sniffed(text: IO[str]) -> str:
    """By the line among the first thirty that is split most: titles stand above a header."""
    at = text.tell()
    lines = [text.readline(LONGEST_LINE) for _ in range(30)]
    text.seek(at)
    return max((delimiter_of(line) for line in lines), key=lambda d: max(line.count(d) for line in lines))


def _bounded(text: IO[str], first: int) -> Iterator[str]:
    number = first
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise Unreadable("long_line", str(number), most=LONGEST_LINE)
        yield line


def sheet_names(opened: Opened) -> list[str]:
    """The sheets of a workbook that hold cells."""
    with _workbook(opened) as book:
        return [sheet.title for sheet in book.worksheets]


def _sheets(opened: Opened, wanted: Sequence[str]) -> Iterator[Row]:
    with _workbook(opened) as book:
        names = [sheet.title for sheet in book.worksheets]
        if not wanted and len(names) != 1:
            raise Unreadable("which_sheet", known=", ".join(names)[:300])
        for name in wanted or names:
            if name not in names:
                raise Unreadable("no_sheet", sheet=name, known=", ".join(names)[:300])
            sheet = book[name]
            sheet.reset_dimensions()  # what a file claims of its size is not to be believed
            many = len(wanted) > 1
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                yield Row(number, name if many else "", cells)


@contextmanager
def _workbook(opened: Opened) -> Iterator[Any]:
    """A workbook for reading, row by row; values only, formulas are not run."""
    try:
        with sheets.opened(opened.file, stream=True, values=True) as book:
            yield book
    except sheets.BadWorkbook as problem:
        raise Unreadable(problem.name, "", **problem.params) from problem
