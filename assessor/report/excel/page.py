"""One sheet of the report: a title, a note, a table whose head stays in sight and is repeated in print.

Numbers are written as numbers, days as days, and a text is never a formula, whatever a stranger put into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Literal

from assessor.domain import Assessment, Time
from assessor.messages import Language
from assessor.report.formulas import PLACES
from assessor.report.inert import inert
from assessor.report.pen import Pen
from assessor.report.tree import printed

LONGEST = 32_000
"""Characters of a cell; a spreadsheet holds 32,767."""
FONTS: Mapping[Language, str] = {"zh": "Microsoft YaHei", "en": "Calibri"}
PATTERNS = {
    "number": "#,##0.###",
    "count": "#,##0",
    "score": "0.000",
    "level": "0",
    "percent": "0.0%",
    "money": "#,##0",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
Kind = Literal["text", "number", "count", "score", "level", "percent", "money", "day", "moment"]
INK, ACCENT, TINT, PALE, GIVEN = "#1B2422", "#0B6660", "#A9D3CD", "#EEF1EF", "#FFF8DC"
SHOWN = 3
"""Places of a score on a page; the sheets of the sums hold it whole."""
LINE = 13
"""Height of a line of text, in points."""


@dataclass(frozen=True)
class Day:
    """A time in ns that is shown as a day, or with its minute."""

    at: Time


@dataclass(frozen=True)
class Sum:
    """A formula, and what it comes to for those who do not recalculate."""

    formula: str
    value: Fraction | int | str | None

    @property
    def shown(self) -> str | float:
        if self.value is None:
            return "#N/A"
        return self.value if isinstance(self.value, str) else float(self.value)


Value = str | Fraction | int | Day | Sum | None


@dataclass(frozen=True)
class Column:
    """`id` names its text in `excel.head`; `given`: a reader may change what stands in it."""

    id: str
    width: float
    kind: Kind = "text"
    given: bool = False


@dataclass
class Book:
    """A workbook being written, in one language."""

    file: Any
    a: Assessment
    pen: Pen
    area: str = "excel"
    """Of the texts that name its sheets and columns."""
    main: int = 0
    """How many sheets its first one leads to, itself counted."""
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        return self.pen.language

    def t(self, name: str, /, **params: Any) -> str:
        """A text of this kind of file."""
        return self.pen.words(self.area, name, **params)

    @property
    def column(self) -> str:
        """What counts: what holds after evidence, or what was declared where no machine was heard."""
        return "verified" if self.a.heard else "declared"

    def look(self, **wanted: Any) -> Any:
        """A format of cells, made once."""
        plain = {"valign": "vcenter", "font_size": 10, "font_name": FONTS[self.language], "font_color": INK}
        key = tuple(sorted((plain | wanted).items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format(dict(key))
        return self.formats[key]


class Page:
    """A sheet with one table, written row by row."""

    HEAD = 3
    """The row of the column heads; above it title, note and an empty line."""

    def __init__(self, book: Book, sheet: Any, title: str, columns: Sequence[Column], *, head: int = HEAD) -> None:
        self.book, self.sheet, self.columns, self.head = book, sheet, columns, head
        self.row = head + 1
        self.name = str(sheet.get_name())
        self.text(0, 0, title, bold=True, font_size=15, font_color=ACCENT, text_wrap=False)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            look = {"bold": True, "bg_color": PALE, "bottom": 1, "text_wrap": True, "valign": "vcenter"}
            left = column.kind == "text"
            side = {"align": "left" if left else "right", "indent": int(left and at > 0)}
            self.text(head, at, book.t(f"head.{column.id}"), **look, **side)
        sheet.set_row(0, 26)
        sheet.set_row(head, 28)
        sheet.freeze_panes(head + 1, 1)
        sheet.hide_gridlines(2)
        printed(sheet, head)
        foot = f"{book.pen.t('disclaimer')} · {book.pen.say(book.a.plant.name)}"
        sheet.set_footer(f"&L&8{_plain(foot)}&R&8&P / &N")

    def note(self, words: str, row: int = 1) -> None:
        """What a reader must know of the sheet, and what it is not, under its title over the whole width."""
        disclaimer = self.book.pen.t("disclaimer")
        words = words if disclaimer in words else f"{disclaimer} · {words}"
        look = self.book.look(font_color="#59625F", text_wrap=True)
        wide = sum(c.width for c in self.columns)
        self.sheet.merge_range(row, 0, row, len(self.columns) - 1, "", look)
        self.sheet.write_string(row, 0, _clean(words), look)
        self.sheet.set_row(row, LINE * _lines(words, wide) + 4)

    def text(self, row: int, column: int, words: str, **look: Any) -> None:
        """A text anywhere on the sheet."""
        self.sheet.write_string(row, column, _clean(words), self.book.look(**look))

    def put(self, row: int, at: int, value: Value, kind: Kind = "text", **look: Any) -> None:
        """A value of any kind anywhere on the sheet."""
        if kind == "score":
            value = _cut(value)
        if kind in PATTERNS:
            look = {"num_format": PATTERNS[kind], "align": "right"} | look
        words = {"text_wrap": True, "align": "left", "indent": int(at > 0)}
        found = self.book.look(**(words if kind == "text" else {}) | look)
        if value is None:
            self.sheet.write_blank(row, at, None, found)
        elif isinstance(value, Sum):
            shown = (
                value.value
                if isinstance(value.value, str)
                else "#N/A"
                if value.value is None
                else float(value.value)
            )
            self.sheet.write_formula(row, at, value.formula, found, shown)
        elif isinstance(value, Day):
            when = datetime.fromtimestamp(value.at // 10**9, UTC).replace(tzinfo=None)
            self.sheet.write_datetime(row, at, when, found)
        elif isinstance(value, str):
            self.sheet.write_string(row, at, _clean(value), found)
        else:
            self.sheet.write_number(row, at, float(value), found)

    def line(self, *values: Value, kinds: Mapping[int, Kind] | None = None, **look: Any) -> int:
        """The next row of the table; `kinds` where a cell is of another kind than its column. Gives its number."""
        row, other = self.row, kinds or {}
        for at, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            kind = other.get(at, "text" if isinstance(value, str) else column.kind)
            shade = {"bg_color": GIVEN} if column.given and (value is not None or other.get(at)) else {}
            self.put(row, at, value, kind, **{"bottom": 4, "bottom_color": "#CFD5D2"} | shade | look)
        held = [value.value if isinstance(value, Sum) else value for value in values]
        texts = ((c.width, v) for c, v in zip(self.columns, held, strict=True) if isinstance(v, str))
        self.sheet.set_row(row, LINE * max((_lines(v, width) for width, v in texts), default=1) + 6)
        self.row += 1
        return row

    def filtered(self) -> None:
        """Let a reader filter the table that was written."""
        if self.row > self.head + 1:
            self.sheet.autofilter(self.head, 0, self.row - 1, len(self.columns) - 1)


def cut(score: Fraction) -> Fraction:
    """Towards nought to the places that are shown: 1.7998 must not read as the 1.8 it has not reached."""
    return Fraction(int(score * 10**SHOWN), 10**SHOWN)


def _cut(value: Value) -> Value:
    """What a sheet shows of a score; rounded first, since the numbers of a spreadsheet are binary."""
    if isinstance(value, Sum):
        inner = value.formula.removeprefix("=")
        held = value.value
        formula = f"=ROUNDDOWN(ROUND({inner},{PLACES}),{SHOWN})"
        return Sum(formula, cut(Fraction(held)) if isinstance(held, int | Fraction) else held)
    return cut(Fraction(value)) if isinstance(value, int | Fraction) else value


def _lines(words: str, width: float) -> int:
    """Lines that a text takes in a column: not every program finds the height of a row by itself."""
    held = max(1.0, width - 1.5)
    sizes = (sum(1.9 if ord(letter) > 0x2E80 else 0.95 for letter in part) for part in _clean(words).split("\n"))
    return min(30, sum(max(1, -int(-size // held)) for size in sizes))


def _clean(words: str) -> str:
    return str(inert(words))[:LONGEST]


def quoted(words: str) -> str:
    """A text within the quotes of a formula, where 255 characters are the most."""
    return _clean(words)[:120].replace('"', '""')


def _plain(words: str) -> str:
    """For head and foot, where & begins a command and 255 characters are the most."""
    return _clean(words).replace("\n", " ")[:100].replace("&", "&&")
