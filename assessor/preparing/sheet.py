"""WRITE the network sheet: lines to fill in, how to fill them in, and what to choose from."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from assessor.domain import Asset, Role, Time
from assessor.forms.excel.layout import height, pair, printed
from assessor.forms.excel.looks import Looks
from assessor.forms.filled import listed
from assessor.forms.words import both
from assessor.preparing.network import COLUMNS, NEEDED, Entry, choice, protocols
from connectors.profiles import load_profile
from connectors.profiles import names as register_maps

HEADER = 2
"""Row of the headings, from 0."""
SPARE = 60
"""Empty lines below those that are filled in; more may be written below."""
WIDTHS = {
    "machines": 18, "names": 26, "protocol": 20, "host": 22, "port": 9, "path": 20, "unit": 8, "profile": 24,
    "role": 18, "remarks": 40,
}  # fmt: skip
NUMBERS = {"port": (1, 65535), "unit": (0, 255)}
"""Columns of whole numbers, and their bounds."""


def write_network(assets: Sequence[Asset] = (), entries: Iterable[Entry] = (), made: Time = 0) -> bytes:
    """The workbook's bytes, with what is known already. Filled in, it comes back by `read_network`."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    created = datetime.fromtimestamp(made // 10**9, UTC).replace(tzinfo=None)
    book.set_properties({"title": pair(both("network.title"), " "), "created": created})
    looks = Looks.of(book)
    pages = {name: book.add_worksheet(_title(name)) for name in ("network", "how", "machines", "profiles")}
    _how(pages["how"], looks)
    maps = [load_profile(name) for name in register_maps()]
    interfaces = [(a.id, pair(a.name, " "), a.interface.value) for a in assets]
    standing = [(p.id, pair(p.title, " "), p.source) for p in maps]
    _listing(pages["machines"], looks, ("id", "name", "interface"), interfaces)
    _listing(pages["profiles"], looks, ("id", "name", "standing"), standing)
    lists = {
        "machines": _range("machines", len(assets)),
        "profile": _range("profiles", len(maps)),
        "protocol": [choice("protocol", name) for name in protocols()],
        "role": [choice("role", role.value) for role in Role],
    }
    _lines(pages["network"], looks, tuple(entries), {a.id: pair(a.name, " ") for a in assets}, lists)
    pages["network"].activate()
    book.close()
    return buffer.getvalue()


def _title(name: str) -> str:
    return pair(both(f"network.sheet.{name}"), " ")


def _range(sheet: str, count: int) -> str:
    """Where the ids of a listing stand."""
    return f"='{_title(sheet)}'!{xl_range_abs(1, 0, max(1, count), 0)}"


def _lines(
    page: Any, looks: Looks, entries: Sequence[Entry], names: dict[str, str], lists: dict[str, Any]
) -> None:
    about = pair(both("network.about"))
    page.set_row(0, 30)
    page.write_string(0, 0, pair(both("network.title"), " "), looks.title)
    page.merge_range(1, 0, 1, len(COLUMNS) - 1, about, looks.intro)
    page.set_row(1, height([(about, float(sum(WIDTHS.values())))]))
    page.set_row(HEADER, 32)
    for at, column in enumerate(COLUMNS):
        page.set_column(at, at, WIDTHS[column])
        mark = " *" if column in NEEDED else ""
        page.write_string(HEADER, at, pair(both(f"network.column.{column}")) + mark, looks.head)
        page.write_comment(HEADER, at, pair(both(f"network.help.{column}")), {"x_scale": 2, "y_scale": 1.2})
    last = HEADER + len(entries) + SPARE
    for row in range(HEADER + 1, last + 1):
        entry = entries[row - HEADER - 1] if row <= HEADER + len(entries) else Entry()
        _line(page, looks, row, entry, names)
    _rules(page, last, lists)
    page.freeze_panes(HEADER + 1, 1)
    page.repeat_rows(HEADER)
    printed(page)


def _line(page: Any, looks: Looks, row: int, entry: Entry, names: dict[str, str]) -> None:
    texts = entry.model_dump() | {"names": "\n".join(names[m] for m in listed(entry.machines) if m in names)}
    if any(texts.values()):
        page.set_row(row, height((texts[column], WIDTHS[column]) for column in COLUMNS))
    for at, column in enumerate(COLUMNS):
        text = texts[column]
        look = looks.weak if column == "names" else looks.free if column in NUMBERS else looks.typed
        if not text:
            page.write_blank(row, at, None, look)
        elif column in NUMBERS and text.isascii() and text.isdigit() and len(text) < 9:
            page.write_number(row, at, int(text), look)
        else:
            page.write_string(row, at, text, look)


def _rules(page: Any, last: int, lists: dict[str, Any]) -> None:
    """What may be chosen and typed. Several machines may be typed, so their list only offers."""
    for at, column in enumerate(COLUMNS):
        wrong = {"error_title": "请检查 Please check", "error_message": pair(both(f"network.help.{column}"))[:255]}
        if column in lists:
            offers = {"show_error": column != "machines"}
            page.data_validation(
                HEADER + 1, at, last, at, {"validate": "list", "source": lists[column]} | wrong | offers
            )
        elif column in NUMBERS:
            least, most = NUMBERS[column]
            rule = {"validate": "integer", "criteria": "between", "minimum": least, "maximum": most}
            page.data_validation(HEADER + 1, at, last, at, rule | wrong)


def _how(page: Any, looks: Looks) -> None:
    rows = [(pair(both(f"network.column.{c}"), " "), pair(both(f"network.help.{c}"))) for c in COLUMNS]
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 110)
    for at, name in enumerate(("column", "help")):
        page.write_string(0, at, pair(both(f"network.listed.{name}"), " "), looks.head)
    for row, (column, help_) in enumerate(rows, 1):
        page.set_row(row, height([(help_, 110.0)]))
        page.write_string(row, 0, column, looks.text)
        page.write_string(row, 1, help_, looks.text)
    printed(page)


def _listing(page: Any, looks: Looks, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Ids beside their words, to choose from."""
    for at, (name, width) in enumerate(zip(heads, (28, 50, 60), strict=True)):
        page.set_column(at, at, width)
        page.write_string(0, at, pair(both(f"network.listed.{name}"), " "), looks.head)
    for row, texts in enumerate(rows, 1):
        for at, text in enumerate(texts):
            page.write_string(row, at, text, looks.plain)
    page.freeze_panes(1, 1)
    printed(page)
