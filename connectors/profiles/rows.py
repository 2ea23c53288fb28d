"""FIND the headings of a sheet and the rows below them that name an address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from assessor.domain import Message
from assessor.errors import InputError
from assessor.tables import Table
from connectors.profiles.spelling import SPARE, heading, tidy

HEADER_ROWS = 30
"""A sheet's headings stand in one of its first rows."""
WRITE_ONLY = frozenset({"w", "wo", "write", "writeonly", "只写", "写"})


class Row(NamedTuple):
    """One row under the headings: texts by field, and where they stand."""

    texts: Mapping[str, str]
    cells: Mapping[str, str]

    def refuse(self, name: str, field_: str, **params: str | int) -> NoReturn:
        """Raise what is wrong with one cell; the address cell stands for one that is not there."""
        given = {"given": self.texts.get(field_, "")[:80]} | params
        raise InputError(
            Message(id=f"profiles.{name}", params={**given}), self.cells.get(field_, self.cells["address"])
        )


@dataclass
class Sheet:
    """A table whose headings are known."""

    table: Table
    header: int
    columns: dict[str, int]
    unused: tuple[str, ...]
    skipped: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """Rows that name an address; headings between them and spare places are left out."""
        for i in range(self.header + 1, len(self.table.rows)):
            row = self.table.rows[i]
            texts = {f: row[c] for f, c in self.columns.items() if c < len(row) and row[c]}
            if sum(1 for cell in row if cell) < 2:
                continue
            held = Row(texts, {f: self.table.cell(i, c) for f, c in self.columns.items()})
            if SPARE.search(texts.get("name", "")) or tidy(texts.get("access", "")) in WRITE_ONLY:
                self.skipped.append(held.cells["address"])
                continue
            yield held


def chosen(tables: tuple[Table, ...], name: str | None, file: str) -> Sheet:
    """The sheet a person names, or the only one with headings that are known."""
    named = [t for t in tables if name is None or t.name == name]
    found = [sheet for table in named if (sheet := _headed(table))]
    sheets = ", ".join(t.name or "-" for t in tables)
    if not named:
        raise InputError(Message(id="profiles.no_sheet", params={"name": name or "", "known": sheets}), file)
    if not found:
        raise InputError(Message(id="profiles.no_headings", params={"sheets": sheets}), file)
    if len(found) > 1:
        known = ", ".join(sheet.table.name or "-" for sheet in found)
        raise InputError(Message(id="profiles.many_sheets", params={"known": known}), file)
    return found[0]


def _headed(table: Table) -> Sheet | None:
    for i, row in enumerate(table.rows[:HEADER_ROWS]):
        columns: dict[str, int] = {}
        for c, text in enumerate(row):
            if text and (found := heading(text)):
                columns.setdefault(found, c)
        if "name" not in columns and "about" in columns:
            columns["name"] = columns["about"]
        if "address" not in columns and {"offset", "type"} <= columns.keys():
            columns["address"] = columns.pop("offset")
        if {"address", "name"} <= columns.keys():
            used = set(columns.values())
            return Sheet(table, i, columns, tuple(t for c, t in enumerate(row) if t and c not in used))
    return None
