"""WRITE the workbook that providers are entered in: three sheets to fill in, and one to look ids up."""

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from assessor.domain import Recommendation, Region
from assessor.forms.excel.layout import height, pair, printed
from assessor.forms.excel.looks import Looks
from assessor.forms.providers.layout import HEADER, NEEDED, SHEETS, heading, sheet_title
from assessor.forms.words import both

ROWS = 500
"""Lines that are laid out for filling in; more may be written below."""
WIDTHS = {"id": 16, "provider": 16, "name": 30, "capabilities": 40, "list": 34, "source": 34, "contact": 24}


def write_template(recommendations: Iterable[Recommendation], regions: Iterable[Region]) -> bytes:
    """The workbook's bytes. Everything is text, so that no number loses a digit."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = Looks.of(book)
    for sheet in SHEETS:
        _fill_in(book.add_worksheet(sheet_title(sheet)), looks, sheet)
    _ids(book.add_worksheet(sheet_title("ids")), looks, recommendations, regions)
    book.close()
    return buffer.getvalue()


def _fill_in(page: Any, looks: Looks, sheet: str) -> None:
    columns = SHEETS[sheet]
    page.write_string(0, 0, pair(both(f"providers.sheet.{sheet}"), " "), looks.title)
    page.merge_range(1, 0, 1, len(columns) - 1, pair(both(f"providers.about.{sheet}")), looks.intro)
    printed(page)
    page.set_row(0, 30)
    page.set_row(HEADER, 32)
    page.set_row(1, height([(pair(both(f"providers.about.{sheet}")), 120.0)]))
    for at, column in enumerate(columns):
        page.set_column(at, at, WIDTHS.get(column, 18))
        mark = " *" if column in NEEDED[sheet] else ""
        page.write_string(HEADER, at, heading(column) + mark, looks.head)
        page.write_comment(HEADER, at, pair(both(f"providers.help.{column}")))
        for row in range(HEADER + 1, HEADER + 1 + ROWS):
            page.write_blank(row, at, None, looks.typed)
    page.freeze_panes(HEADER + 1, 1)


def _ids(page: Any, looks: Looks, recommendations: Iterable[Recommendation], regions: Iterable[Region]) -> None:
    """Ids beside their words, to copy from."""
    page.set_column(0, 0, 28)
    page.set_column(1, 2, 44)
    rows = [(r.id, r.title.zh, r.title.en) for r in sorted(recommendations, key=lambda r: r.id)]
    for region in sorted(regions, key=lambda r: r.id):
        rows.append((region.id, region.name.zh, region.name.en))
        rows += [(d.id, d.name.zh, d.name.en) for d in region.districts]
    for row, texts in enumerate(rows):
        for at, text in enumerate(texts):
            page.write_string(row, at, text, looks.plain)
