"""What the writer and the reader of the providers' workbook must agree on."""

from collections.abc import Mapping

from assessor.forms.excel.layout import pair
from assessor.forms.words import both

SHEETS: Mapping[str, tuple[str, ...]] = {
    "providers": (
        "id", "name", "credit_code", "capabilities", "industries", "districts", "employees_from", "employees_to",
        "affiliated", "contact",
    ),
    "references": ("provider", "industry", "count"),
    "lists": ("provider", "list", "date", "source"),
}  # fmt: skip
"""Sheets that are filled in, and their columns."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "providers": ("id", "name", "capabilities"),
    "references": ("provider", "industry", "count"),
    "lists": ("provider", "list"),
}
HEADER = 2
"""Row of the headings, from 0."""


def sheet_title(sheet: str) -> str:
    """'服务商 Providers'"""
    return pair(both(f"providers.sheet.{sheet}"), " ")[:31]


def heading(column: str) -> str:
    """What stands at the top of a column."""
    return pair(both(f"providers.column.{column}"))
