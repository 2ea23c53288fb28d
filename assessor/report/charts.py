"""Pictures as SVG text: pure functions, no script, readable when colours or styles are missing.

Strips have no viewBox: places are percentages, so that they stretch while dots stay round and lines thin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi, sin

from markupsafe import Markup

from assessor.report.inert import quoted

INK, SOFT, HAIR, PALE = (
    "var(--ink,#1b2422)",
    "var(--soft,#59625f)",
    "var(--hair,#cfd5d2)",
    "var(--pale,#eef1ef)",
)
ACCENT, TINT = "var(--accent,#0b6660)", "var(--tint,#a9d3cd)"
Number = Fraction | int


def _svg(inside: str, title: str, desc: str, size: str, kind: str) -> Markup:
    return Markup(  # every text inside went through quoted()
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="img" {size}>'
        f"<title>{quoted(title)}</title><desc>{quoted(desc)}</desc>{inside}</svg>"
    )


def _at(value: Number, scale: Number) -> float:
    """Where a value stands, in percent of the width."""
    return round(float(min(max(Fraction(value) / Fraction(scale), Fraction(0)), Fraction(1)) * 100), 2)


def _mark(x: float, shape: str, y: int = 12) -> str:
    """A shape at a percentage: a nested svg carries it there unstretched."""
    return f'<svg x="{x}%" y="{y}" overflow="visible">{shape}</svg>'


DOT = f'<circle r="4" fill="{ACCENT}"/>'
DIAMOND = f'<path d="M0-8 8 0 0 8-8 0Z" fill="#fff" stroke="{INK}" stroke-width="1.8"/>'


def strip(
    low: Number | None,
    high: Number | None,
    *,
    title: str,
    desc: str,
    value: Number | None = None,
    claim: Number | None = None,
    scale: Number = 1,
    ticks: Sequence[Number] = (),
) -> Markup:
    """An interval (bar), a value (dot) and a claim (diamond) on one line from 0 to `scale`."""
    parts = [f'<line x1="0" x2="100%" y1="12" y2="12" stroke="{HAIR}" stroke-width="1"/>']
    for tick in (0, *ticks, scale):
        x = _at(tick, scale)
        parts.append(f'<line x1="{x}%" x2="{x}%" y1="7" y2="17" stroke="{HAIR}" stroke-width="1"/>')
    if low is not None and high is not None and high > low:
        x, width = _at(low, scale), round(_at(high, scale) - _at(low, scale), 2)
        parts.append(f'<rect x="{x}%" y="8" width="{width}%" height="8" rx="2" fill="{TINT}"/>')
    if value is None and low is not None and low == high:
        value = low
    if claim is not None:
        parts.append(_mark(_at(claim, scale), DIAMOND))
    if value is not None:
        parts.append(_mark(_at(value, scale), DOT))
    return _svg("".join(parts), title, desc, 'width="100%" height="24" overflow="visible"', "strip")


def nothing(title: str, desc: str) -> Markup:
    """The strip of what is not known: a broken line, no zero."""
    line = f'<line x1="0" x2="100%" y1="12" y2="12" stroke="{SOFT}" stroke-dasharray="2 5"/>'
    return _svg(line, title, desc, 'width="100%" height="24" overflow="visible"', "strip")


def dumbbell(
    declared: Number | None, low: Number | None, high: Number | None, title: str, desc: str, *, dot: bool = True
) -> Markup:
    """Declared and verified of one sub-domain on the scale of levels, joined by a line; `dot`: draw the second."""
    parts = [f'<line x1="0" x2="100%" y1="12" y2="12" stroke="{PALE}" stroke-width="2"/>']
    parts += [
        f'<line x1="{20 * k}%" x2="{20 * k}%" y1="4" y2="20" stroke="{HAIR}" stroke-width="1"/>' for k in range(6)
    ]
    if low is not None and high is not None:
        width = round(_at(high, 5) - _at(low, 5), 2)
        parts.append(f'<rect x="{_at(low, 5)}%" y="8" width="{width}%" height="8" rx="2" fill="{TINT}"/>')
    if declared is not None and low is not None:
        ends = f'x1="{_at(low, 5)}%" x2="{_at(declared, 5)}%"'
        parts.append(f'<line {ends} y1="12" y2="12" stroke="{INK}" stroke-width="1.5"/>')
    if declared is not None:
        parts.append(_mark(_at(declared, 5), DIAMOND))
    if low is not None and dot:
        parts.append(_mark(_at(low, 5), DOT))
    return _svg("".join(parts), title, desc, 'width="100%" height="24" overflow="visible"', "strip")


def axis(labels: Sequence[tuple[Number, str]], scale: Number, title: str) -> Markup:
    """The names of places on a strip, above or below it."""
    style = f'y="12" text-anchor="middle" font-size="12" fill="{SOFT}"'
    parts = [f'<text x="{_at(at, scale)}%" {style}>{quoted(name)}</text>' for at, name in labels]
    return _svg("".join(parts), title, title, 'width="100%" height="16" overflow="visible"', "axis")


def bar(share: Number, title: str, desc: str, strong: bool = False) -> Markup:
    """One share as a bar."""
    fill = ACCENT if strong else TINT
    parts = f'<rect width="100%" height="14" fill="{PALE}" rx="2"/>'
    if share > 0:
        parts += f'<rect width="{_at(share, 1)}%" height="14" fill="{fill}" rx="2"/>'
    return _svg(parts, title, desc, 'width="100%" height="14"', "bar")


def stack(shares: Sequence[tuple[Number, str]], title: str, desc: str) -> Markup:
    """Parts of a whole side by side; each part names its fill."""
    parts, x = [], 0.0
    whole = sum(Fraction(share) for share, _ in shares) or Fraction(1)
    for share, fill in shares:
        width = _at(share, whole)
        parts.append(
            f'<rect x="{round(x, 2)}%" width="{width}%" height="22" fill="{fill}" stroke="#fff" stroke-width="2"/>'
        )
        x += width
    return _svg("".join(parts), title, desc, 'width="100%" height="22"', "stack")


@dataclass(frozen=True)
class Axis:
    """One sub-domain on the radar. None where it does not count for this plant."""

    label: str
    declared: Number | None
    low: Number | None
    high: Number | None


def radar(axes: Sequence[Axis], title: str, desc: str, *, small: bool = False) -> Markup:
    """Declared (outline) and verified (filled, its upper bound broken) on as many axes as there are."""
    width, height, radius, font = (380, 372, 140, 13) if small else (820, 590, 232, 13)
    cx, cy, scale = width / 2, height / 2, 5

    def point(i: int, value: Number | float) -> tuple[float, float]:
        angle = 2 * pi * i / len(axes) - pi / 2
        return round(cx + radius * float(value) / scale * cos(angle), 1), round(
            cy + radius * float(value) / scale * sin(angle), 1
        )

    def path(values: Sequence[Number | None]) -> str:
        points = (point(i, value) for i, value in enumerate(values) if value is not None)
        return " ".join(f"{x},{y}" for x, y in points)

    parts = [
        f'<polygon points="{path([k] * len(axes))}" fill="none" stroke="{HAIR}" stroke-width="{wide}"/>'
        for k, wide in ((1, 0.8), (2, 0.8), (3, 0.8), (4, 0.8), (5, 1.4))
    ]
    for i in range(len(axes)):
        x, y = point(i, scale)
        parts.append(f'<line x1="{cx}" y1="{cy}" x2="{x}" y2="{y}" stroke="{HAIR}" stroke-width=".8"/>')
    parts += [_ring_label(cx, cy - radius * k / scale, str(k)) for k in range(1, 6)]
    parts.append(
        f'<polygon points="{path([a.high for a in axes])}" fill="none" stroke="{ACCENT}" stroke-dasharray="3 4"/>'
        f'<polygon points="{path([a.low for a in axes])}" fill="{ACCENT}" fill-opacity=".16" stroke="{ACCENT}" '
        f'stroke-width="2.2" stroke-linejoin="round"/>'
        f'<polygon points="{path([a.declared for a in axes])}" fill="none" stroke="{INK}" stroke-width="1.4"/>'
    )
    for i, one in enumerate(axes):
        if one.declared is not None:
            x, y = point(i, one.declared)
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="#fff" stroke="{INK}" stroke-width="1.3"/>')
        if one.low is not None:
            x, y = point(i, one.low)
            parts.append(f'<circle cx="{x}" cy="{y}" r="3.4" fill="{ACCENT}"/>')
        parts.append(_axis_label(one.label, point(i, 5.42 if small else 5.36), cx, font))
    return _svg("".join(parts), title, desc, f'viewBox="0 0 {width} {height}" width="100%"', "radar")


def _ring_label(x: float, y: float, text: str) -> str:
    return f'<text x="{x + 4}" y="{y + 11}" font-size="10" fill="{SOFT}">{text}</text>'


def _axis_label(label: str, place: tuple[float, float], cx: float, font: int) -> str:
    x, y = place
    anchor = "middle" if abs(x - cx) < 12 else "start" if x > cx else "end"
    lines = wrapped(label)
    first = y + font * 0.35 - (len(lines) - 1) * font * 0.58
    spans = "".join(
        f'<tspan x="{x}" y="{round(first + i * font * 1.16, 1)}">{quoted(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    return f'<text text-anchor="{anchor}" font-size="{font}" fill="{INK}">{spans}</text>'


def wrapped(label: str, most: int = 18, lines: int = 3) -> list[str]:
    """Break a label at its spaces into short lines; what does not fit ends in an ellipsis."""
    result: list[str] = [""]
    for word in label.split():
        joined = f"{result[-1]} {word}".strip()
        if len(joined) <= most or not result[-1]:
            result[-1] = joined
        else:
            result.append(word)
    kept = result[:lines]
    if len(result) > lines:
        kept[-1] += "…"
    return [line if len(line) <= most + 2 else line[:most] + "…" for line in kept]


FILLS = {"met": ACCENT, "partly_met": TINT, "not_met": "#fff", "not_determined": "none"}


def units(rows: Sequence[tuple[str, Sequence[str]]], names: Sequence[str], title: str, desc: str) -> Markup:
    """A square for each machine in each row: filled is shown, empty is absent, a dot is not determined."""
    most, side, gap = 40, 14, 4
    count = len(names)
    blocks = range(0, count, most) if count else range(0)
    across = min(count, most) * (side + gap) - gap if count else side
    parts: list[str] = []
    for b, start in enumerate(blocks):
        for r, (_, states) in enumerate(rows):
            y = b * (len(rows) * (side + gap) + 12) + r * (side + gap)
            for i, state in enumerate(states[start : start + most]):
                parts.append(_unit(i * (side + gap), y, side, state, names[start + i]))
    height = max(1, len(blocks)) * (len(rows) * (side + gap) + 12) - 12 - gap
    return _svg("".join(parts), title, desc, f'viewBox="-1 -1 {across + 2} {height + 2}" width="100%"', "units")


COLUMN, LEAN = 34, 14
"""Width of a column of the matrix, and room on its right for heads that lean."""


def heads(labels: Sequence[str], title: str) -> Markup:
    """The names of the columns over rows of `cells`; long ones lean."""
    leans, width = any(len(label) > 4 for label in labels), COLUMN * len(labels) + LEAN
    height = 46 if leans else 20
    parts = []
    for i, label in enumerate(labels):
        x, y = COLUMN * i + COLUMN / 2, height - 5
        turn = f'transform="rotate(-45 {x} {y})"' if leans else 'text-anchor="middle"'
        parts.append(f'<text x="{x}" y="{y}" {turn} font-size="12" fill="{SOFT}">{quoted(label)}</text>')
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return _svg("".join(parts), title, "; ".join(labels), size, "heads")


def cells(states: Sequence[str], words: Sequence[str], title: str, desc: str) -> Markup:
    """One row of a matrix: filled is there, empty is absent, a dot is open, a short line is not expected."""
    side, width, parts = 14, COLUMN * len(states) + LEAN, []
    for i, (state, word) in enumerate(zip(states, words, strict=True)):
        x = COLUMN * i + (COLUMN - side) // 2
        if state == "expected_not":
            ends = f'x1="{x + 4}" x2="{x + side - 4}" y1="12" y2="12"'
            parts.append(f'<line {ends} stroke="{HAIR}" stroke-width="1.4"><title>{quoted(word)}</title></line>')
        else:
            parts.append(_unit(x, 5, side, state, word))
    size = f'viewBox="0 0 {width} 24" width="{width}" height="24"'
    return _svg("".join(parts), title, desc, size, "cells")


def _unit(x: int, y: int, side: int, state: str, name: str) -> str:
    label = f"<title>{quoted(name)}</title>"
    if state not in ("met", "partly_met", "not_met"):
        return f'<circle cx="{x + side / 2}" cy="{y + side / 2}" r="1.8" fill="{SOFT}">{label}</circle>'
    edge = f'stroke="{SOFT if state == "not_met" else ACCENT}" stroke-width="1.2"'
    return (
        f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="2" fill="{FILLS[state]}" {edge}>{label}</rect>'
    )


def tenure(
    begin: Number, low: Number, mid: Number, high: Number, phases: Sequence[Number], title: str, desc: str
) -> Markup:
    """One piece of work on the line of time: surely (low), probably (mid), at most (high); phases end at ticks."""
    whole = phases[-1]
    parts = [
        f'<line x1="{_at(end, whole)}%" x2="{_at(end, whole)}%" y1="0" y2="26" stroke="{HAIR}"/>'
        for end in (0, *phases)
    ]
    for months, fill, y, tall in ((high, PALE, 6, 14), (mid, TINT, 6, 14), (low, ACCENT, 6, 14)):
        width = round(_at(Fraction(begin) + Fraction(months), whole) - _at(begin, whole), 2)
        edge = f' stroke="{TINT}" stroke-width="1"' if fill == PALE else ""
        parts.append(
            f'<rect x="{_at(begin, whole)}%" y="{y}" width="{width}%" height="{tall}" rx="2" fill="{fill}"{edge}/>'
        )
    return _svg("".join(parts), title, desc, 'width="100%" height="26" overflow="visible"', "tenure")


def swing(
    better: Number | None, worse: Number | None, until: Number, title: str, desc: str, strong: bool = False
) -> Markup:
    """From the better case to the worse on a line of months; without a worse one it runs open to the edge."""
    parts = [f'<line x1="0" x2="100%" y1="12" y2="12" stroke="{HAIR}" stroke-width="1"/>']
    if better is not None:
        begin = _at(better, until)
        wide = round(max((100.0 if worse is None else _at(worse, until)) - begin, 0.6), 2)
        look = f'fill="{ACCENT if strong else TINT}"'
        look += f' stroke="{SOFT}" stroke-dasharray="3 3"' if worse is None else ""
        parts.append(f'<rect x="{begin}%" y="5" width="{wide}%" height="14" rx="2" {look}/>')
    return _svg("".join(parts), title, desc, 'width="100%" height="24" overflow="visible"', "strip")
