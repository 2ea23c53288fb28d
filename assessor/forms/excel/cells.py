"""The cells of one sheet as they were read: values by place, and what stands in the way of taking one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from assessor.domain import Message
from assessor.forms.changes import Problem
from assessor.forms.meaning import Raw


@dataclass(frozen=True)
class Grid:
    """One sheet. Rows and columns count from 0, as in the writer."""

    name: str
    values: dict[tuple[int, int], Raw]
    faults: dict[tuple[int, int], Message]
    """Cells that have no value to be taken: a formula that nobody calculated, or one that failed."""
    merged: Sequence[tuple[int, int, int, int]] = field(default=())
    """First row and column, last row and column."""

    @classmethod
    def of(cls, values: Any, formulas: Any) -> "Grid":
        """Of a sheet of openpyxl as it was calculated, and as it is written."""
        held: dict[tuple[int, int], Raw] = {}
        faults: dict[tuple[int, int], Message] = {}
        for (row, column), cell in formulas._cells.items():  # not its rows: one far cell makes millions of them
            at, value = (row - 1, column - 1), values.cell(row, column)
            if cell.data_type == "e" or value.data_type == "e":
                faults[at] = Message(id="forms.book.failed", params={"value": str(value.value)[:20]})
            elif cell.data_type == "f" and value.value is None:
                faults[at] = Message(id="forms.book.not_calculated")
            elif (cleaned := _clean(value.value)) is not None:
                held[at] = cleaned
        ranges = [
            (m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in formulas.merged_cells.ranges
        ]
        return cls(formulas.title, held, faults, ranges)

    @property
    def rows(self) -> int:
        """How many there are, down to the last that holds anything."""
        return max((row for row, _ in (*self.values, *self.faults)), default=-1) + 1

    def at(self, row: int, column: int) -> Raw | None:
        """The value of a cell; None where it is empty or cannot be taken."""
        return self.values.get((row, column))

    def text(self, row: int, column: int) -> str:
        """A cell as text; '' where it is empty."""
        value = self.at(row, column)
        return "" if value is None else str(value)

    def problem(self, row: int, column: int, message: Message) -> Problem:
        """What is wrong with a cell."""
        return Problem(sheet=self.name, cell=cell_name(row, column), message=message)


def cell_name(row: int, column: int) -> str:
    """'D7'"""
    return f"{get_column_letter(column + 1)}{row + 1}"


def _clean(value: object) -> Raw | None:
    if isinstance(value, str):
        return unescape(value).strip() or None
    return value if isinstance(value, Raw) else None if value is None else str(value)
