"""Machine by machine, which kinds of data the register expects, and whether they are there."""

from typing import Any

from xlsxwriter.utility import xl_col_to_name

from assessor.domain import Outcome
from assessor.report.excel.page import Book, Column, Kind, Page, Sum, Value
from assessor.report.matrix import KINDS, state
from assessor.report.workbook import Trees

FIRST = 4
COLUMNS = (
    Column("machine", 30),
    Column("id", 16),
    Column("process", 20),
    Column("interface", 18),
    *(Column(f"data_{kind.value}", 13) for kind in KINDS),
    Column("there", 10, "count"),
    Column("expected", 10, "count"),
)
SHADES = {
    "met": ("#A9D3CD", "#0B3B37"),
    "not_met": ("#F0C9B8", "#6B2A10"),
    "not_determined": ("#EEF1EF", "#59625F"),
}


def write(book: Book, sheet: Any, _: Trees) -> None:
    """Every production machine in use, with or without expectations; totals as formulas below."""
    a, pen = book.a, book.pen
    page = Page(book, sheet, book.t("sheet.matrix"), COLUMNS)
    page.note(book.t("note.matrix"))
    words = {name: pen.t(f"outcome.{name}") for name in SHADES}
    collects = {s.asset: s.collects for s in a.sights}
    homes = {asset: pen.say(p.name) for p in reversed(a.key_processes) for asset in p.assets}
    for asset in (x for x in a.assets if x.production and x.in_use):
        held = collects.get(asset.id, {})
        states = [state(held.get(kind)) for kind in KINDS]
        cells: list[Value] = [words.get(name, "") for name in states]
        there, expected = (
            Sum(_count(page.row, test), sum(map(holds, states)))
            for test, holds in (
                (f'"{words["met"]}"', lambda s: s == "met"),
                ('"?*"', lambda s: s != "expected_not"),
            )
        )
        interface = pen.known("interface", asset.interface.value)
        page.line(pen.say(asset.name), asset.id, homes.get(asset.id, ""), interface, *cells, there, expected)
    if page.row > page.head + 1:
        _shades(page, words)
        _totals(page, words)
        page.sheet.autofilter(page.head, 0, page.row - 3, len(COLUMNS) - 1)


def _count(row: int, test: str) -> str:
    first, last = xl_col_to_name(FIRST), xl_col_to_name(FIRST + len(KINDS) - 1)
    return f"=COUNTIF({first}{row + 1}:{last}{row + 1},{test})"


def _shades(page: Page, words: dict[str, str]) -> None:
    area = (page.head + 1, FIRST, page.row - 1, FIRST + len(KINDS) - 1)
    for name, (back, ink) in SHADES.items():
        look = page.book.file.add_format({"bg_color": back, "font_color": ink})
        page.sheet.conditional_format(
            *area, {"type": "cell", "criteria": "==", "value": f'"{words[name]}"', "format": look}
        )


def _totals(page: Page, words: dict[str, str]) -> None:
    """How many of each kind are there, and of how many expected; below a row that stays out of the filter."""
    book, first, last = page.book, page.head + 2, page.row
    collects = {s.asset: s.collects for s in book.a.sights}
    used = [collects.get(x.id, {}) for x in book.a.assets if x.production and x.in_use]
    page.row += 1
    for label, test, counts in (
        ("there", f'"{words["met"]}"', [sum(c.get(k) is Outcome.MET for c in used) for k in KINDS]),
        ("expected", '"?*"', [sum(k in c for c in used) for k in KINDS]),
    ):
        sums: list[Value] = []
        for at, value in enumerate(counts):
            letter = xl_col_to_name(FIRST + at)
            sums.append(Sum(f"=COUNTIF({letter}{first}:{letter}{last},{test})", value))
        letter = xl_col_to_name(FIRST + len(KINDS) + (label == "expected"))
        whole = Sum(f"=SUM({letter}{first}:{letter}{last})", sum(counts))
        ends: tuple[Value, ...] = (whole, None) if label == "there" else (None, whole)
        kinds: dict[int, Kind] = dict.fromkeys(range(FIRST, FIRST + len(KINDS)), "count")
        page.line(book.t(f"head.{label}"), "", "", "", *sums, *ends, kinds=kinds, bold=True)
