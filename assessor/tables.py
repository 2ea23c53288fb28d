"""READ a factory's own sheet, CSV or Excel, as rows of texts that know their cell. Nothing is interpreted here."""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from assessor.documents import read_bounded
from assessor.domain import Message
from assessor.errors import InputError
from assessor.sheets import OLE, ZIP, BadWorkbook, opened

LARGEST = 20_000_000
"""Bytes of a file, and of what an Excel file unpacks to at most ten times as many."""
ROWS, COLUMNS = 70_000, 60
"""No device has more registers than 65536."""
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Table:
    """One sheet. `rows` are texts without blanks around them; empty cells are ''."""

    file: str
    name: str | None
    """Of the sheet in its workbook; None for a CSV."""
    rows: tuple[tuple[str, ...], ...]

    def cell(self, row: int, column: int) -> str:
        """'points.xlsx Sheet1!C7', counted as the user sees it."""
        sheet = "" if self.name is None else f" {self.name}"
        return f"{self.file}{sheet}!{get_column_letter(column + 1)}{row + 1}"


def read_tables(file: Path) -> tuple[Table, ...]:
    """The sheets of a file; a CSV is one. Raises InputError for what is neither."""
    data = read_bounded(file, LARGEST)
    if data.startswith(ZIP):
        return tuple(_workbook(data, file.name))
    if data.startswith(OLE):
        raise InputError(Message(id="profiles.old_excel"), str(file))
    return (Table(file.name, None, _csv(data, str(file))),)


def _csv(data: bytes, place: str) -> tuple[tuple[str, ...], ...]:
    text = None
    for encoding in ENCODINGS:
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            break
    if text is None or "\0" in text:
        raise InputError(Message(id="profiles.not_text"), place)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return tuple(_bounded((tuple(cell.strip() for cell in row) for row in rows), place))
    except csv.Error as problem:
        raise InputError(Message(id="profiles.not_csv", params={"detail": str(problem)}), place) from problem


def _workbook(data: bytes, name: str) -> Iterator[Table]:
    try:
        with opened(io.BytesIO(data), stream=True, values=True, most=10 * LARGEST) as book:
            for sheet in book.worksheets:
                rows = (tuple(_written(value) for value in row) for row in sheet.iter_rows(values_only=True))
                yield Table(name, sheet.title, tuple(_bounded(rows, f"{name} {sheet.title}")))
    except BadWorkbook as problem:
        if problem.name == "bomb":
            raise InputError(Message(id="input.too_large", params={"most": 10 * LARGEST}), name) from problem
        raise InputError(Message(id="profiles.not_excel"), name) from problem


def _bounded(rows: Iterator[tuple[str, ...]], place: str) -> Iterator[tuple[str, ...]]:
    for i, row in enumerate(rows):
        if i >= ROWS:
            raise InputError(Message(id="profiles.too_long", params={"most": ROWS}), place)
        yield row[:COLUMNS]


def _written(value: Any) -> str:
    """A cell as a person reads it: 40001, not 40001.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
