"""READ a sheet that we laid out and somebody filled in: columns by their headings, each line with its cells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assessor.domain import Text
from assessor.forms.excel.cells import cell_name
from assessor.tables import Table

LOOKED_AT = 10
"""Rows among which the headings are looked for."""
BETWEEN = re.compile(r"[,;，；、\n]+")
Names = Mapping[str, frozenset[str]]
"""Column to what its heading may say, folded."""


def folded(text: str) -> str:
    """A heading as it is compared: no blanks, no signs."""
    return re.sub(r"[\s\W_]+", "", text).casefold()


def names(text: Text) -> frozenset[str]:
    """What a heading or a choice may say: both languages, or one of them."""
    return frozenset(map(folded, (text.zh, text.en, text.zh + text.en)))


def listed(text: str) -> list[str]:
    """Several things of one cell, none twice."""
    return list(dict.fromkeys(part.strip() for part in BETWEEN.split(text) if part.strip()))


@dataclass(frozen=True)
class Row:
    """One filled-in line of a sheet: texts by column, and where they stand."""

    table: Table
    at: int
    columns: Mapping[str, int]
    texts: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The text under a column; '' where it is empty."""
        return self.texts.get(column, "")

    def name(self, column: str) -> str:
        """'C7'"""
        return cell_name(self.at, self.columns.get(column, 0))

    def cell(self, column: str) -> str:
        """'providers.xlsx Providers!C7'"""
        return self.table.cell(self.at, self.columns.get(column, 0))


@dataclass(frozen=True)
class Filled:
    """A sheet as it was filled in. A column whose heading was not found is not among `columns`."""

    table: Table
    header: int
    columns: Mapping[str, int]
    rows: tuple[Row, ...]


def filled(table: Table, headings: Names) -> Filled:
    """Its lines below the row that names most of the columns; empty lines are none."""
    header, columns = max(
        ((i, _columns(headings, row)) for i, row in enumerate(table.rows[:LOOKED_AT])),
        key=lambda one: (len(one[1]), -one[0]),
        default=(0, {}),
    )
    rows = []
    for i, row in enumerate(table.rows[header + 1 :], header + 1):
        texts = {column: row[at] for column, at in columns.items() if at < len(row) and row[at]}
        if texts:
            rows.append(Row(table, i, columns, texts))
    return Filled(table, header, columns, tuple(rows))


def _columns(headings: Names, row: tuple[str, ...]) -> dict[str, int]:
    heads = [folded(cell) for cell in row]
    found = ((c, next((i for i, h in enumerate(heads) if h in known), None)) for c, known in headings.items())
    return {column: at for column, at in found if at is not None}
