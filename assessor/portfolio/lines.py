"""LINES of a picture: one figure a line, in words, for a sheet that a person or a program reads on."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessor.frameworks import Library
from assessor.messages import Language, catalogue, render
from assessor.portfolio.city import Bin, City, Edition, Group
from assessor.portfolio.figures import MEANS, Figure, Measure
from assessor.portfolio.groups import CUTS
from assessor.portfolio.transformed import OUTCOMES, Renewal
from assessor.report.commas import commas
from assessor.report.inert import inert

HEAD = ("cut", "group", "what", "item", "value", "value_high", "plants", "of", "note")
ALL = "all"


@dataclass(frozen=True)
class Names:
    """What the ids of a picture are called, in one language."""

    language: Language
    library: Library

    def t(self, name: str, /, **params: Any) -> str:
        return render(f"picture.{name}", self.language, **params)

    def of(self, cut: str, id_: str | None) -> str:
        """One district, industry or size."""
        if id_ is None:
            return self.t(f"unknown.{cut}")
        if cut == "district":
            named = (d.name for region in self.library.regions.values() for d in region.districts if d.id == id_)
            return next((render(name, self.language) for name in named), id_)
        key = f"picture.{cut}.{id_}"
        return render(key, self.language) if key in catalogue() else id_

    def group(self, cut: str, group: Group) -> str:
        """A group by its name, or what it was put together from."""
        if not group.members:
            return self.t("cut.all")
        names = [self.of(cut, id_) for id_ in group.members]
        return names[0] if len(names) == 1 else self.t("together", names=self.t("and").join(names))

    def block(self, block: Sequence[str]) -> str:
        """A level, or several that are counted together."""
        words = [self.t(f"as.{name}") for name in block if name in ("open", "unheard")]
        levels = [name for name in block if name not in ("open", "unheard")]  # neighbours, as blocks are made
        if len(levels) > 1:
            words.append(self.t("level_span", first=levels[0], last=levels[-1]))
        elif levels:
            words.append(self.t("level", n=levels[0]))
        return self.t("or").join(words)

    def bin(self, one: Bin) -> str:
        span = self.t("bin", first=one.first * 10, last=one.last * 10)
        if not one.unknown:
            return span
        return self.t("not_measured") if not one.last else self.t("not_measured_or", span=span)

    def dimension(self, id_: str) -> str:
        """A sub-domain, as the first framework that has it calls it."""
        held = (d for f in self.library.frameworks.values() for d in getattr(f, "dimensions", ()) if d.id == id_)
        return next((render(d.name, self.language) for d in held), id_)

    def edition(self, one: Edition) -> str:
        """A framework with its version, and for how many plants."""
        held = self.library.frameworks.get(one.framework)
        title = render(held.title, self.language) if held else one.framework
        told = self.t("held") if one.plants is None else self.t("plants", n=one.plants)
        return self.t("edition", title=f"{title} {one.version}", n=told)

    def recommendation(self, id_: str) -> str:
        item = self.library.recommendations.get(id_)
        return render(item.title, self.language) if item else id_


Cell = str | int | Fraction | None


def lines(city: City, names: Names) -> Iterator[tuple[Cell, ...]]:
    """Everything of a picture, line by line, in the order of `HEAD`."""
    for cut in (ALL, *CUTS):
        for group in (city.all,) if cut == ALL else next(g for c, g in city.cuts.items() if c == cut):
            yield from _group(city, names, cut, group)
    for measure, bins in city.bins.items():
        for one in bins:
            yield _count(names, _place(names), f"spread.{measure}", names.bin(one), one.plants, city.all.assessed)
    for name, ranking, called in (
        ("holds_back", city.holds_back, names.dimension),
        ("wants", city.wants, names.recommendation),
    ):
        for line in ranking.lines:
            yield _count(names, _place(names), name, called(line.id), line.plants, city.all.assessed)
    for renewal in city.transformed:
        yield from _renewal(names, renewal, city.all.assessed)


def _renewal(names: Names, held: Renewal, assessed: int) -> Iterator[tuple[Cell, ...]]:
    """Whom a plan's definition holds for; that there is none, where there is none."""
    what = names.t("what.transformed", plan=render(held.title, names.language))
    if held.by is None:
        yield (*_place(names), what, "", None, None, None, assessed, names.t("targets.not_defined"))
    for group in held.groups:
        place = (names.t("cut.scale"), names.t(f"scale.{group.scale}"))
        if group.scale != "all":
            yield _count(names, place, "assessed", "", group.plants, assessed)
        for outcome in OUTCOMES:
            n: int | None = getattr(group, outcome)
            note = "" if n is not None else names.t("why.withheld")
            yield (*place, what, names.t(f"transformed.{outcome}"), None, None, n, group.plants, note)


def _place(names: Names) -> tuple[str, str]:
    return names.t("cut.all"), names.t("cut.all")


def _group(city: City, names: Names, cut: str, group: Group) -> Iterator[tuple[Cell, ...]]:
    place = (names.t(f"cut.{cut}"), names.group(cut, group))
    if city.applied:
        yield _count(names, place, "applied", "", group.applied, None)
    yield _count(names, place, "assessed", "", group.assessed, None)
    for column, blocks, cells in (
        ("declared", city.declared, group.declared),
        ("verified", city.verified, group.verified),
    ):
        for block, cell in zip(blocks, cells, strict=True):
            yield _count(names, place, column, names.block(block), cell, group.assessed)
    yield _count(names, place, "unverified", "", group.unverified, group.assessed)
    for measure, figure in group.figures.items():
        yield from _figure(names, place, measure, figure, group.assessed)


def _count(
    names: Names, place: tuple[str, str], what: str, item: str, plants: int | None, of: int | None
) -> tuple[Cell, ...]:
    note = names.t("why.withheld") if plants is None else ""
    return (*place, _what(names, what), item, None, None, plants, of, note)


def _what(names: Names, what: str) -> str:
    kind, _, measure = what.partition(".")
    return names.t(f"measure.{measure}.name") + names.t("spread_of") if measure else names.t(f"what.{kind}")


def _figure(
    names: Names, place: tuple[str, str], measure: Measure, figure: Figure, of: int
) -> Iterator[tuple[Cell, ...]]:
    name = names.t(f"measure.{measure}.name")
    note = names.t(f"why.{figure.why}") if figure.why else ""
    told = (figure.plants, of, note)
    yield (*place, name, names.t("ratio_of_sums"), figure.low, figure.high, *told)
    if figure.why is not None:
        return
    if measure in MEANS:
        yield (*place, name, names.t("mean"), figure.mean_low, figure.mean_high, *told)
    for at, value in zip(("lower", "median", "upper"), figure.quartiles or (), strict=False):
        yield (*place, name, names.t(f"quartile.{at}"), value, None, *told)


def as_csv(head: Sequence[str], rows: Sequence[Sequence[Cell]], above: Sequence[str] = ()) -> bytes:
    """As a table that Excel opens in Chinese; what stands above it first."""
    return commas([*([one] for one in above), head, *([_written(cell) for cell in row] for row in rows)])


def _written(cell: Cell) -> str:
    if isinstance(cell, Fraction):
        return str(round(float(cell), 6))
    return "" if cell is None else str(cell)


def as_xlsx(head: Sequence[str], rows: Sequence[Sequence[Cell]], above: Sequence[str] = ()) -> bytes:
    """The same as an Excel file: what stands above it, then the table, which can be filtered."""
    import xlsxwriter  # noqa: PLC0415 - only who takes such a file away needs it

    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True, "bg_color": "#EEF1EF", "bottom": 1})
        for at, text in enumerate(above):
            sheet.write_string(at, 0, str(inert(text)))
        first = len(above) + bool(above)
        for at, text in enumerate(head):
            sheet.write_string(first, at, text, bold)
        for at, row in enumerate(rows, first + 1):
            _put(sheet, at, row)
        sheet.autofilter(first, 0, first + len(rows), len(head) - 1)
        sheet.freeze_panes(first + 1, 2)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 3, 26)
        sheet.set_column(4, len(head) - 1, 13)
    return out.getvalue()


def _put(sheet: Any, at: int, row: Sequence[Cell]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(at, column, str(inert(cell)))
        elif cell is not None:
            sheet.write_number(at, column, float(cell))
