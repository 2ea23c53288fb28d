"""Pictures that stand alone on a page: their own colours and letters, nothing to scale by or to load."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.report.charts import ACCENT, HAIR, INK, PALE, SOFT, TINT, Number
from assessor.report.inert import quoted

LETTERS = "'Noto Sans SC','Microsoft YaHei','PingFang SC','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif"
WIDE = 820
"""Units across; at the width of a page's text, 13 of them are small letters."""
_VARIABLE = re.compile(r"var\(--\w+,(#[0-9a-f]{3,6})\)")


def standalone(svg: str) -> str:
    """A chart of the page as a file of its own: colours in place of the page's variables, its size said."""
    text = _VARIABLE.sub(r"\1", str(svg))
    box = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', text)
    if box is None:
        raise ValueError("only a chart with a viewBox can stand alone")
    text = re.sub(r'(<svg [^>]*?) width="100%"', r"\1", text, count=1)
    return text.replace("<svg ", f'<svg width="{box[1]}" height="{box[2]}" font-family="{LETTERS}" ', 1)


def drawing(parts: Sequence[str], height: Number, title: str, desc: str, kind: str, wide: int = WIDE) -> Markup:
    """Parts as one chart with a viewBox; every text inside went through quoted()."""
    size = f'viewBox="0 0 {wide} {height}" width="100%"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="img" {size}>'
    return Markup(head + f"<title>{quoted(title)}</title><desc>{quoted(desc)}</desc>" + "".join(parts) + "</svg>")


Place = Number | float


def words(x: Place, y: Place, text: str, anchor: str = "start", fill: str = INK, size: int = 13) -> str:
    """One line of letters."""
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{quoted(text)}</text>'


def box(x: Place, y: Place, wide: Place, high: Place, fill: str, edge: str = "") -> str:
    """A rectangle, with an edge of this colour where one is named."""
    stroke = f' stroke="{edge}"' if edge else ""
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="{fill}"{stroke}/>'


def upright(x: Place, begin: Place, end: Place, colour: str) -> str:
    """A thin line from top to bottom."""
    return f'<line x1="{x}" x2="{x}" y1="{begin}" y2="{end}" stroke="{colour}"/>'


def flat(begin: Place, end: Place, y: Place, colour: str) -> str:
    """A thin line from left to right."""
    return f'<line x1="{begin}" x2="{end}" y1="{y}" y2="{y}" stroke="{colour}"/>'


def shortened(label: str, most: int = 40) -> str:
    """A label that fits: a wide letter counts for two."""
    taken = 0
    for i, letter in enumerate(label):
        taken += 2 if ord(letter) > 0x2E7F else 1
        if taken > most:
            return label[:i].rstrip() + "…"
    return label


STEEL = "var(--steel,#7f8b87)"
ROW = 24
"""Height of a row of a drawing."""
NAMES, FIGURES = 270, 70
"""Room for names at the left, and for figures at the right."""


@dataclass(frozen=True)
class _Line:
    """A line of numbers from 0 to `whole`, beside the names; `free` units are left at its right."""

    whole: Fraction
    free: int

    def at(self, value: Number) -> float:
        return round(NAMES + float(Fraction(value) / self.whole) * (WIDE - NAMES - self.free), 1)


def waterfall(
    begin: Fraction,
    changes: Sequence[tuple[str, Fraction]],
    ends: tuple[str, str],
    written: Sequence[str],
    title: str,
    desc: str,
) -> Markup:
    """Rows from one score to another. `ends`: names of the first and last; `written`: the figure of each row."""
    rows = [(ends[0], Fraction(0), begin, "total")]
    at = begin
    for label, change in changes:
        rows.append((label, at, at + change, "step"))
        at += change
    rows.append((ends[1], Fraction(0), at, "total"))
    place = _Line(max([Fraction(1), *(max(a, b) for _, a, b, _ in rows)]), FIGURES).at
    parts = []
    for i, ((label, start, end, kind), text) in enumerate(zip(rows, written, strict=True)):
        y = i * ROW + 4
        low, high = sorted((place(start), place(end)))
        last = i == len(rows) - 1
        fill = (ACCENT if last else INK) if kind == "total" else TINT if end >= start else STEEL
        ink = INK if kind == "total" else SOFT
        parts.append(words(0, y + 14, shortened(label), fill=ink))
        parts.append(box(low, y, max(1.0, round(high - low, 1)), ROW - 8, fill))
        if not last:
            parts.append(upright(place(end), y + ROW - 8, y + ROW, SOFT))
        parts.append(words(WIDE, y + 14, text, "end", ink))
    parts.append(upright(NAMES, 0, len(rows) * ROW, HAIR))
    return drawing(parts, len(rows) * ROW, title, desc, "waterfall")


@dataclass(frozen=True)
class Square:
    """One place of a map: the colour it is filled with, and how many it stands for."""

    fill: str
    text: str


Squares = Sequence[Square | None]


def differences_map(rows: Sequence[tuple[str, Squares]], heads: Sequence[str], title: str, desc: str) -> Markup:
    """Names at the left, a square for each column: what is not there stays empty."""
    wide = (WIDE - NAMES) / max(1, len(heads))
    parts = [words(NAMES + wide * (i + 0.5), 14, head, "middle", SOFT, 12) for i, head in enumerate(heads)]
    for r, (label, squares) in enumerate(rows):
        y = 22 + r * ROW
        parts.append(words(0, y + 16, shortened(label)))
        for i, square in enumerate(squares):
            parts += _square(square, round(NAMES + wide * i + 2, 1), y, round(wide - 4, 1))
    return drawing(parts, 24 + len(rows) * ROW, title, desc, "map")


def _square(square: Square | None, x: float, y: int, wide: float) -> Iterator[str]:
    middle = round(x + wide / 2, 1)
    if square is None:
        yield flat(middle - 4, middle + 4, y + 11, HAIR)
        return
    yield box(x, y, wide, ROW - 3, square.fill, HAIR if square.fill == PALE else "")
    ink = "#fff" if square.fill in (INK, ACCENT) else INK
    yield words(middle, y + 15, square.text, "middle", ink, 12)


def coverage(rows: Sequence[tuple[str, Sequence[str]]], title: str, desc: str) -> Markup:
    """A row for each kind of data, a square for each machine, in blocks of as many machines as fit."""
    count, names = len(rows[0][1]) if rows else 0, 90
    side = min(22, max(13, (WIDE - names) // max(1, count)))
    most = (WIDE - names) // side
    parts: list[str] = []
    for block, start in enumerate(range(0, count, most)):
        top = block * (len(rows) * (side + 3) + 14)
        for r, (label, states) in enumerate(rows):
            y = top + r * (side + 3)
            parts.append(words(0, y + side - 3, shortened(label, 12), size=12))
            for i, state in enumerate(states[start : start + most]):
                parts.append(_cell(names + i * side, y, side - 2, state))
    blocks = -(-count // most)
    return drawing(parts, max(1, blocks * (len(rows) * (side + 3) + 14) - 12), title, desc, "coverage")


def _cell(x: int, y: int, side: int, state: str) -> str:
    if state == "met":
        return box(x, y, side, side, ACCENT)
    if state == "not_met":
        return box(x + 0.5, y + 0.5, side - 1, side - 1, "#fff", SOFT)
    if state == "expected_not":
        return flat(x + 3, x + side - 3, y + side / 2, HAIR)
    return f'<circle cx="{x + side / 2}" cy="{y + side / 2}" r="1.6" fill="{SOFT}"/>'


@dataclass(frozen=True)
class Job:
    """One piece of work on the line of time, in months from its begin; `phase` counts from 1."""

    label: str
    phase: int
    low: Fraction
    mid: Fraction
    high: Fraction


def gantt(
    jobs: Sequence[Job],
    ticks: Sequence[tuple[Fraction, str]],
    phases: Sequence[str],
    axis: str,
    title: str,
    desc: str,
) -> Markup:
    """Work by phase: dark surely, pale probably, outlined at most. `ticks`: months at which the phases end."""
    place = _Line(max(Fraction(1), ticks[-1][0]), 12).at
    begins = (Fraction(0), *(at for at, _ in ticks))
    parts: list[str] = []
    y = 0
    for number, name in enumerate(phases, 1):
        of = [job for job in jobs if job.phase == number]
        if not of:
            continue
        parts.append(words(0, y + 17, name, fill=ACCENT))
        y += ROW
        for job in of:
            parts += [words(0, y + 15, shortened(job.label)), *_job(job, begins[number - 1], y + 4, place)]
            y += ROW
    marks = dict([(Fraction(0), "0"), *ticks])
    lines = [upright(place(at), 0, y + 4, HAIR) for at in marks]
    parts += [words(place(at), y + 18, text, "middle", SOFT, 12) for at, text in marks.items()]
    parts.append(words(0, y + 18, axis, fill=SOFT, size=12))
    return drawing([*lines, *parts], y + 26, title, desc, "timeline")


def _job(job: Job, begin: Fraction, y: int, place: Callable[[Number], float]) -> Iterator[str]:
    for months, fill in ((job.high, PALE), (job.mid, TINT), (job.low, ACCENT)):
        wide = max(1.0, round(place(begin + months) - place(begin), 1))
        yield box(place(begin), y, wide, 14, fill, TINT if fill == PALE else "")


@dataclass(frozen=True)
class Bar:
    """One share of a whole, with what is written beside it."""

    label: str
    share: Fraction
    text: str
    strong: bool


def bars(groups: Sequence[tuple[str, Sequence[Bar]]], title: str, desc: str) -> Markup:
    """Named groups of bars from 0 to 1; a group without a name or without bars has no line of its own."""
    place = _Line(Fraction(1), FIGURES + 20).at
    parts: list[str] = []
    y = 0
    for name, of in groups:
        if name and of:
            parts.append(words(0, y + 17, name, fill=ACCENT))
            y += ROW
        for one in of:
            parts += [words(0, y + 15, shortened(one.label)), words(WIDE, y + 15, one.text, "end", SOFT)]
            parts.append(box(NAMES, y + 4, round(place(1) - NAMES, 1), 14, PALE))
            if one.share:
                wide = max(1.0, round(place(one.share) - NAMES, 1))
                parts.append(box(NAMES, y + 4, wide, 14, ACCENT if one.strong else TINT))
            y += ROW
    return drawing(parts, max(1, y), title, desc, "bars")


def swings(
    rows: Sequence[tuple[str, Number | None, Number | None]], until: Fraction, axis: str, title: str, desc: str
) -> Markup:
    """Label, better and worse in months; without a worse one it runs to the edge. The first stands out."""
    place = _Line(until, 12).at
    parts: list[str] = []
    for i, (label, better, worse) in enumerate(rows):
        y = i * ROW
        parts.append(words(0, y + 15, shortened(label)))
        if better is not None:
            begin, end = place(better), place(until if worse is None else worse)
            parts.append(box(begin, y + 4, max(1.0, round(end - begin, 1)), 14, TINT if i else ACCENT))
    y = len(rows) * ROW
    marks = [until * k / 3 for k in range(4)]
    lines = [upright(place(at), 0, y + 4, HAIR) for at in marks]
    parts += [words(place(at), y + 18, str(int(at)), "middle", SOFT, 12) for at in marks]
    parts.append(words(0, y + 18, axis, fill=SOFT, size=12))
    return drawing([*lines, *parts], y + 26, title, desc, "swings")
