"""WRITE a demand as a sheet to hand round: nothing but the demand goes into the file."""

import io

import xlsxwriter

from assessor.domain import Demand, Text
from assessor.forms.excel.layout import height, pair, printed
from assessor.forms.excel.looks import Looks
from assessor.forms.words import both
from assessor.messages import LANGUAGES, render

COLUMNS = ("wanted", "what", "phase", "months", "budget")
WIDTHS = (46, 60, 10, 16, 30)


def write_demand(held: Demand) -> bytes:
    """The workbook's bytes, both languages side by side."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": pair(both("demand.title"), " "), "comments": held.format})
    looks = Looks.of(book)
    page = book.add_worksheet(pair(both("demand.sheet"), " ")[:31])
    for at, width in enumerate(WIDTHS):
        page.set_column(at, at, width)
    printed(page)
    page.set_row(0, 30)
    page.write_string(0, 0, pair(both("demand.title"), " "), looks.title)
    row = 1
    for label, text in facts(held):
        page.write_string(row, 0, pair(label, " "), looks.weak)
        page.write_string(row, 1, pair(text, " "), looks.text)
        row += 1
    page.set_row(row + 1, 46)
    for at, column in enumerate(COLUMNS):
        page.write_string(row + 1, at, pair(both(f"demand.{column}")), looks.head)
    for i, wanted in enumerate(held.wanted, row + 2):
        cells = (
            pair(wanted.title),
            pair(wanted.what),
            str(wanted.phase),
            "–".join(map(str, wanted.months)),
            pair(budget(wanted.budget_from, wanted.budget_to)),
        )
        page.set_row(i, height(zip(cells, WIDTHS, strict=True)))
        for at, words in enumerate(cells):
            page.write_string(i, at, words, looks.text)
    book.close()
    return buffer.getvalue()


def facts(held: Demand) -> list[tuple[Text, Text]]:
    """What is said of the factory, label and text; what is not known is said to be so."""
    place = [t for t in (held.region, held.district) if t is not None]
    where = Text(zh="".join(t.zh for t in place), en=", ".join(t.en for t in place)) if place else None
    told = [
        ("kind", both(f"demand.kind_{held.kind}")),
        ("industry", Text(zh=held.industry, en=held.industry) if held.industry else None),
        ("place", where),
        ("size", both(f"demand.size_{held.size}") if held.size else None),
        ("offers_by", Text(zh=held.offers_by, en=held.offers_by) if held.offers_by else None),
    ]
    rows = [(both(f"demand.{name}"), text or both("demand.not_said")) for name, text in told]
    return rows + ([(both("demand.simulated"), both("demand.simulated_text"))] if held.simulated else [])


def budget(low: int, high: int | None) -> Text:
    """A band of yuan in words."""
    name = "demand.band" if high is not None else "demand.band_open"
    return Text(**{one: render(name, one, low=low, high=high or 0) for one in LANGUAGES})
