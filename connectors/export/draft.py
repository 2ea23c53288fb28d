"""What an export looks like, and what only a person can say of it: a draft for the scope. Offline, guesses marked.

Everything here is a proposal from the first rows. Time zone, units and assets are asked for and never filled in.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Literal

from assessor.domain import Digest, Export, Message, Noun
from connectors.export import cells, times
from connectors.export.header import joined
from connectors.export.opening import Opened, Unreadable, look
from connectors.export.rows import Row, Value, rows, sheet_names

LOOKED, SHOWN = 300, 5
"""Rows that a guess rests on; rows that are shown."""
MOST_CELLS, AMONG = 30_000, 1000
"""Of a table that is wide, fewer rows are looked at, and the time is sought among its first columns."""
PATTERNS = tuple(
    f"{day}{clock}"
    for day in ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d", "%d.%m.%y", "%m/%d/%y")
    for clock in (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "%H%M%S", " %H:%M:%S.%f", "")
)
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?", re.ASCII)
TIME_WORDS = re.compile(r"time|date|stamp|时间|日期|时刻", re.I)
TAG_WORDS = re.compile(
    r"tag|point|item|signal|variable|topic|^name$|点名|点位|标签|变量|位号|测点|参数|主题", re.I
)
VALUE_WORDS = re.compile(r"value|^val$|reading|数值|值$|读数", re.I)
QUALITY_WORDS = re.compile(r"quality|status|valid|质量|品质|状态码", re.I)
UNIT = re.compile(r"^(?P<name>.+?)\s*[(（\[【](?P<unit>[^()（）\[\]【】]{1,12})[)）\]】]\s*$")
COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
SPLIT = re.compile(r"[./\\|:_\-]")


class UnitGuess(Noun):
    """A unit that a header seems to name: to be confirmed."""

    tag: str
    unit: str


class Draft(Noun):
    """One file as it looks, and the questions it leaves."""

    file: str
    sha256: Digest
    bytes: int
    encoding: str
    sheets: tuple[str, ...]
    sheet: str | None
    """The one that was looked at."""
    skip_rows: int
    header_rows: int
    header: tuple[str, ...]
    first_rows: tuple[tuple[str, ...], ...]
    layout: Literal["wide", "long"]
    time: str | None
    date: str | None
    time_formats: tuple[str, ...]
    """Forms that fit every time looked at; more than one: a person must say which."""
    has_offset: bool
    tag: str | None
    value: str | None
    quality: str | None
    decimal: Literal[".", ",", "?"]
    tags: tuple[str, ...]
    units: tuple[UnitGuess, ...]
    prefixes: tuple[str, ...]
    """First parts that several tags share: each may be an asset."""
    statuses: tuple[str, ...]
    questions: tuple[Message, ...] = ()


def draft(file: Path, *, encoding: str = "auto", sheet: str | None = None) -> Draft:
    """Look at the first rows of a file. Raises Unreadable."""
    opened = look(file, encoding)
    sheets = sheet_names(opened) if opened.workbook else []
    chosen = sheet or (sheets[0] if sheets else None)
    how = Export(
        system="?", taken_by="?", taken_at="?", layout="wide", time="?", sheets=(chosen,) if chosen else ()
    )
    held = _some(itertools.islice(rows(opened, how), LOOKED))
    if not held:
        raise Unreadable("empty")
    found = _Look(opened, held, sheets, chosen).draft()
    return found.model_copy(update={"questions": tuple(questions(found))})


def _some(found: Iterator[Row]) -> list[Row]:
    held, cells = list[Row](), 0
    for row in found:
        held.append(row)
        cells += len(row.cells)
        if cells > MOST_CELLS and len(held) > 2:
            break
    return held


class _Look:
    """The first rows of a file, and what they seem to be."""

    def __init__(self, opened: Opened, held: list[Row], sheets: list[str], sheet: str | None) -> None:
        self.opened, self.held, self.sheets, self.sheet = opened, held, sheets, sheet
        self.width = max(len(row.cells) for row in held)
        top = next((i for i, row in enumerate(held) if any(_is_time(cell) for cell in row.cells[:AMONG])), None)
        begin = top if top else _first_full(held) + 1
        self.data = held[begin:]
        self.top = max(begin - 1, 0)
        self.header_rows = 1
        if self.top and _words(held[self.top - 1]) >= 2 and _words(held[self.top]) < _words_below(self.data):
            self.header_rows = 2
            self.top -= 1
        self.header = joined([row.cells for row in held[self.top : self.top + self.header_rows]])
        self.header += [""] * (self.width - len(self.header))

    def column(self, at: int) -> list[Value]:
        return [v for row in self.data if at < len(row.cells) and (v := row.cells[at]) not in (None, "")]

    def draft(self) -> Draft:
        when, day, forms = self._time()
        rest = [i for i in range(self.width) if i not in (when, day) and self.header[i]]
        tag, value, quality = self._long(rest)
        wide = tag is None or value is None
        if wide:
            tag = value = quality = None
        values = [v for i in (rest if value is None else [value]) for v in self.column(i)]
        tags = [self.header[i] for i in rest] if tag is None else list(map(str, dict.fromkeys(self.column(tag))))
        moments = [v for v in (self.column(when) if when is not None else ()) if isinstance(v, str)]
        return Draft(
            file=self.opened.file.name,
            sha256=self.opened.sha256,
            bytes=self.opened.bytes,
            encoding=self.opened.encoding,
            sheets=tuple(self.sheets),
            sheet=self.sheet,
            skip_rows=self.top,
            header_rows=self.header_rows,
            header=tuple(self.header),
            first_rows=tuple(tuple("" if v is None else str(v) for v in row.cells) for row in self.data[:SHOWN]),
            layout="wide" if wide else "long",
            time=_name(self.header, when),
            date=_name(self.header, day),
            time_formats=forms,
            has_offset=forms[:1] in (("unix",), ("unix-ms",)) or bool(moments and all(map(_has_offset, moments))),
            tag=_name(self.header, tag),
            value=_name(self.header, value),
            quality=_name(self.header, quality),
            decimal=_decimal([v for v in values if isinstance(v, str)]),
            tags=tuple(tags),
            units=tuple(UnitGuess(tag=t, unit=found["unit"].strip()) for t in tags if (found := UNIT.match(t))),
            prefixes=tuple(_prefixes(tags)),
            statuses=tuple(map(str, dict.fromkeys(self.column(quality)))) if quality is not None else (),
        )

    def _time(self) -> tuple[int | None, int | None, tuple[str, ...]]:
        """The column of the time, that of the date where it stands apart, and the forms that fit."""
        named = sorted(range(min(self.width, AMONG)), key=lambda i: not TIME_WORDS.search(self.header[i]))
        for i in named:
            if forms := _forms(self.column(i), bool(TIME_WORDS.search(self.header[i]))):
                clock = next((j for j in named if j != i and _clocks(self.column(j))), None)
                if clock is None:
                    return i, None, forms
                both = [f"{a} {b}" for a, b in zip(self.column(i), self.column(clock), strict=False)]
                return clock, i, _forms(both, True)
        return None, None, ()

    def _long(self, rest: Sequence[int]) -> tuple[int | None, int | None, int | None]:
        """The columns of tag, value and status of a long layout, by their headers."""
        tag = next((i for i in rest if TAG_WORDS.search(self.header[i])), None)
        value = next((i for i in rest if i != tag and VALUE_WORDS.search(self.header[i])), None)
        quality = next((i for i in rest if i not in (tag, value) and QUALITY_WORDS.search(self.header[i])), None)
        return tag, value, quality


def _first_full(held: Sequence[Row]) -> int:
    return next((i for i, row in enumerate(held) if _words(row) >= 2), 0)


def _words(row: Row) -> int:
    return sum(cell not in (None, "") for cell in row.cells)


def _words_below(data: Sequence[Row]) -> int:
    return max((_words(row) for row in data[:SHOWN]), default=0)


def _name(header: Sequence[str], at: int | None) -> str | None:
    return None if at is None else header[at]


def _is_time(value: Value) -> bool:
    return bool(_forms([value], False))


def _clocks(values: Sequence[Value]) -> bool:
    return bool(values) and all(
        isinstance(v, time) or (isinstance(v, str) and CLOCK.fullmatch(v.strip())) for v in values
    )


def _forms(values: Sequence[Value], named: bool) -> tuple[str, ...]:
    """Time formats that read every one of these values; bare numbers only where the header speaks of time."""
    if not values:
        return ()
    if all(isinstance(v, datetime | date) for v in values):
        return ("iso",)
    if named and (form := _serial(values)):
        return (form,)
    if not all(isinstance(v, str | datetime | date) for v in values):
        return ()
    texts = [str(v).strip() for v in values]
    if not all(sum(c.isdigit() for c in text[:40]) > 2 for text in texts):
        return ()  # no time is written with fewer digits, and to try every pattern on every cell takes minutes
    fitting = [form for form in ("iso", *PATTERNS) if all(_fits(text, form) for text in texts)]
    return ("iso",) if "iso" in fitting else tuple(fitting)


def _fits(text: str, form: str) -> bool:
    try:
        found = times.iso(text) if form == "iso" else datetime.strptime(text, form)
    except ValueError:
        return False
    return 1990 <= found.year < 2200


def _serial(values: Sequence[Value]) -> str | None:
    found = [cells.reader(PLAIN)(v).number for v in values]
    numbers = [n for n in found if n is not None]
    if len(numbers) != len(found):
        return None
    spans = {"excel": (32_874, 80_000), "unix": (631e6, 4e9), "unix-ms": (631e9, 4e12)}
    return next((form for form, (low, high) in spans.items() if all(low <= n <= high for n in numbers)), None)


PLAIN = Export(system="?", taken_by="?", taken_at="?", layout="wide", time="?")


def _has_offset(text: str) -> bool:
    try:
        return times.iso(text.strip()).tzinfo is not None
    except ValueError:
        return False


def _decimal(texts: Sequence[str]) -> Literal[".", ",", "?"]:
    """The decimal mark; '?' where '1,234' may be either."""
    commas = [text for text in texts if COMMA.fullmatch(text.strip())]
    if not commas:
        return "."
    return "?" if all(GROUPED.fullmatch(text.strip()) for text in commas) else ","


def _prefixes(tags: Sequence[str]) -> Iterator[str]:
    """First parts with what parts them: all where every name is built so, else those that several tags share."""
    starts = [tag[: found.end()] for tag in tags if (found := SPLIT.search(tag)) and found.start() > 0]
    every = len(starts) == len(tags)
    yield from (start for start in dict.fromkeys(starts) if every or starts.count(start) > 1)


def questions(found: Draft) -> Iterator[Message]:
    """What only a person can answer."""
    yield Message(id="export.ask.who")
    if len(found.sheets) > 1:
        yield Message(id="export.ask.sheets", params={"known": ", ".join(found.sheets)[:300]})
    if found.time is None:
        yield Message(id="export.ask.time")
    if len(found.time_formats) > 1:
        yield Message(id="export.ask.time_format", params={"forms": " / ".join(found.time_formats)})
    if found.time is not None and not found.has_offset:
        yield Message(id="export.ask.zone", params={"column": found.time})
    yield Message(id=f"export.ask.layout_{found.layout}", params={"n": len(found.tags)})
    if found.decimal == "?":
        yield Message(id="export.ask.decimal")
    for guess in found.units:
        yield Message(id="export.ask.unit", params={"tag": guess.tag, "unit": guess.unit})
    for prefix in found.prefixes:
        yield Message(id="export.ask.prefix", params={"prefix": prefix})
    if not found.prefixes:
        yield Message(id="export.ask.assets", params={"n": len(found.tags)})
    if found.statuses:
        yield Message(id="export.ask.statuses", params={"known": ", ".join(found.statuses)[:300]})
