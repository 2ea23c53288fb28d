"""A funnel plot as SVG text: a dot for each who did something often enough, and the curves within which chance
alone would leave them. No script; readable when colours or styles are missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from markupsafe import Markup

from assessor.messages import number
from assessor.report.charts import ACCENT, HAIR, INK, SOFT
from assessor.report.inert import quoted

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 360, 68, 44, 14
STEPS = 60


@dataclass(frozen=True)
class Dot:
    """How often, how far from the rest, and whether it is asked about."""

    count: int
    value: float
    label: str
    strong: bool


def funnel(
    dots: Sequence[Dot],
    spread: float,
    bands: Sequence[tuple[float, str]],
    *,
    title: str,
    desc: str,
    axes: tuple[str, str],
) -> Markup:
    """Dots over how often. `spread`: standard deviation of one; `bands`: standard errors of each pair of curves
    with its name; `axes`: names of both."""
    most = max((d.count for d in dots), default=1)
    least = min((d.count for d in dots), default=1)
    first, last = max(least * 0.8, 1.0), most * 1.05 + 1
    widest = max(reach for reach, _ in bands) * spread / sqrt(max(least, 1))
    high = max([widest * 1.1, *(abs(d.value) * 1.1 for d in dots), 0.1])

    def x(count: float) -> float:
        return round(LEFT + (count - first) / (last - first) * (WIDTH - LEFT - 10), 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (2 * high) * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        *_grid(x, y, high, last, least, most),
        *(p for band in bands for p in _curves(band, spread, first, last, high, x, y)),
    ]
    for dot in sorted(dots, key=lambda d: d.strong):
        look = f'fill="{INK}"' if dot.strong else f'fill="{ACCENT}" fill-opacity=".55"'
        radius = 5.5 if dot.strong else 4
        place = f'cx="{x(dot.count)}" cy="{y(dot.value)}" r="{radius}"'
        parts.append(f"<circle {place} {look}><title>{quoted(dot.label)}</title></circle>")
    parts.append(_words(LEFT + (WIDTH - LEFT) / 2, HEIGHT - 4, axes[0], "middle"))
    parts.append(f'<g transform="translate(13 {HEIGHT / 2}) rotate(-90)">{_words(0, 0, axes[1], "middle")}</g>')
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="100%"'
    return Markup(  # every text inside went through quoted()
        f'<svg xmlns="http://www.w3.org/2000/svg" class="funnel" role="img" {size}>'
        f"<title>{quoted(title)}</title><desc>{quoted(desc)}</desc>{''.join(parts)}</svg>"
    )


Place = Callable[[float], float]


def _grid(x: Place, y: Place, high: float, last: float, least: int, most: int) -> list[str]:
    step = next(s for s in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if high / s <= 4 or s == 5.0)
    parts = []
    for k in range(-int(high / step), int(high / step) + 1):
        at, strong = y(k * step), k == 0
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{at}" y2="{at}" stroke="{SOFT if strong else HAIR}" '
            f'stroke-width="{1.4 if strong else 0.8}"/>'
        )
        sign = "+" if k > 0 else "−" if k < 0 else ""
        parts.append(_words(LEFT - 6, at + 4, f"{sign}{number(f'{abs(k * step):.4f}')}", "end"))
    every = max(1, ceil((most - least + 1) / 8))
    parts += [_words(x(n), HEIGHT - BOTTOM + 18, str(n), "middle") for n in range(least, int(last) + 1, every)]
    return parts


def _curves(
    band: tuple[float, str], spread: float, first: float, last: float, high: float, x: Place, y: Place
) -> list[str]:
    reach, name = band
    counts = [first + (last - first) * i / STEPS for i in range(STEPS + 1)]
    parts = []
    for sign in (1, -1):
        points = ((n, sign * reach * spread / sqrt(n)) for n in counts)
        line = " ".join(f"{x(n)},{y(v)}" for n, v in points if abs(v) <= high)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{INK}" stroke-width="1.2" stroke-dasharray="6 4"/>'
        )
    edge = min(reach * spread / sqrt(last), high)
    parts.append(_words(WIDTH - 12, y(edge) - 5, name, "end"))
    return parts


def _words(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="13" fill="{SOFT}">{quoted(text)}</text>'
