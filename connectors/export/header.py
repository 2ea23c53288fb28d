"""The header of an export: names of columns, out of one row or several."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from assessor.domain import Export
from connectors.export.opening import Unreadable
from connectors.export.rows import Row, Value


def named(rows: Iterator[Row], how: Export) -> tuple[Row, list[str]]:
    """Take the rows above the data off; the last of them, and the names of the columns."""
    taken: list[Row] = []
    for row in rows:
        taken.append(row)
        if len(taken) == how.skip_rows + how.header_rows:
            return row, joined([r.cells for r in taken[how.skip_rows :]])
    raise Unreadable("no_header", rows=how.skip_rows + how.header_rows)


def joined(rows: Sequence[Sequence[Value]]) -> list[str]:
    """One name a column; an upper cell that is merged stands over those to its right."""
    width = max((len(row) for row in rows), default=0)
    parts: list[list[str]] = [[] for _ in range(width)]
    for i, row in enumerate(rows):
        held = ""
        for column in range(width):
            text = _text(row[column]) if column < len(row) else ""
            if text or i == len(rows) - 1:
                held = text
            if held:
                parts[column].append(held)
    return ["/".join(dict.fromkeys(one)) for one in parts]


def _text(value: Value) -> str:
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return " ".join(text.split())


def column(header: Sequence[str], name: str, row: Row) -> int:
    """Where a column stands. Raises Unreadable where it is not there, or there twice."""
    places = [i for i, held in enumerate(header) if held == name]
    if len(places) == 1:
        return places[0]
    if places:
        raise Unreadable("twice", place(row), column=name)
    known = ", ".join(filter(None, header))[:300]
    raise Unreadable("no_column", place(row), column=name, known=known)


def place(row: Row, at: int | None = None) -> str:
    """'Sheet!B7' of a cell, 'Sheet!7' or '7' of a row."""
    if at is None or not row.sheet:
        where = str(row.number) if at is None else f"{row.number}:{letters(at)}"
    else:
        where = f"{letters(at)}{row.number}"
    return f"{row.sheet}!{where}" if row.sheet else where


def letters(column: int) -> str:
    """A column's number from 0 as its letters: A, B, … Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
