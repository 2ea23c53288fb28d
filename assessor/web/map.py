"""A map of districts as SVG: from outlines that an office imported, and figures that may be given out."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from markupsafe import Markup

from assessor.messages import number, percent
from assessor.portfolio.city import Group
from assessor.portfolio.figures import SHARES, Measure
from assessor.portfolio.outline import WIDTH, Shapes, drawn
from assessor.report.inert import quoted
from assessor.web.picture import FILLS, HELD, View

SHOWN = ("assessed", "networked", "readable", "numerical_control", "robots")
"""What a map can show."""
STEPS = tuple(FILLS[str(n)] for n in range(1, 6))


@dataclass(frozen=True)
class Map:
    svg: Markup
    legend: tuple[tuple[str, str], ...]
    """Fill and words."""


def map_of(view: View, shapes: Shapes, what: str) -> Map:
    """Districts by one figure, in five steps from the lowest to the highest that is told."""
    groups = {id_: group for group in view.city.cuts.get("district", ()) for id_ in group.members}
    values = {id_: _value(group, what) for id_, group in groups.items()}
    told = [value for value in values.values() if value is not None]
    top = _top(max(told, default=Fraction(0)), what)
    paths, height = drawn(shapes)
    parts = []
    for id_, path in sorted(paths.items()):
        group = groups.get(id_)
        fill = "#fff" if group is None else HELD if values[id_] is None else STEPS[_step(values[id_], top)]
        said = view.names.t("map.district", name=view.names.of("district", id_), told=_told(view, group, what))
        parts.append(
            f'<path d="{path}" fill="{fill}" stroke="#59625f" stroke-width="1.5" fill-rule="evenodd">'
            f"<title>{quoted(said)}</title></path>"
        )
    title = view.names.t("map.title", name=name_of(view, what))
    svg = Markup(  # every text inside went through quoted()
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" role="img" viewBox="-4 -4 {WIDTH + 8} {height + 8}">'
        f"<title>{quoted(title)}</title>{''.join(parts)}</svg>"
    )
    return Map(svg, tuple(_legend(top, what)) if told else ())


def name_of(view: View, what: str) -> str:
    return view.names.t("map.assessed") if what == "assessed" else view.names.t(f"measure.{what}.name")


def _value(group: Group, what: str) -> Fraction | None:
    """None where it is withheld, and where several districts stand together: neither of them has it alone."""
    if len(group.members) > 1:
        return None
    if what == "assessed":
        return Fraction(group.assessed)
    figures: Mapping[Measure, object] = group.figures
    figure = next(group.figures[m] for m in figures if m == what)
    return figure.mean_low if figure.mean_low is not None else figure.low


def _top(most: Fraction, what: str) -> Fraction:
    """The end of the last step: all for shares, else a round number above the highest."""
    if what in SHARES:
        return Fraction(1)
    unit = 10 ** max(0, len(str(int(most))) - 2)
    return Fraction(max(5, ceil(most / (5 * unit)) * 5 * unit))


def _step(value: Fraction | None, top: Fraction) -> int:
    return min(int((value or 0) * 5 / top), 4)


def _legend(top: Fraction, what: str) -> list[tuple[str, str]]:
    ends = [top * n / 5 for n in range(6)]
    words = [percent(end) if what in SHARES else number(end, 0) for end in ends]
    return [(STEPS[n], f"{words[n]} – {words[n + 1]}") for n in range(5)]


def _told(view: View, group: Group | None, what: str) -> str:
    if group is None:
        return view.names.t("map.no_plants")
    if len(group.members) > 1:
        return view.names.group("district", group)
    if what == "assessed":
        return view.names.t("plants", n=group.assessed)
    measure = next(m for m in group.figures if m == what)
    return view.value(measure, group.figures[measure])
