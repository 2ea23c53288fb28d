"""What the page of a picture shows: bars, strips and their words, out of counts that may be given out."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from assessor.messages import number, percent
from assessor.portfolio.city import Bin, City, Group, Ranked, Ranking
from assessor.portfolio.figures import MEANS, SHARES, Figure, Measure
from assessor.portfolio.lines import Names
from assessor.report import charts

FILLS = {
    "unheard": "#c9cfcc", "open": "#e3b877", "0": "#e2efec", "1": "#b4d8d1", "2": "#7cb9b0", "3": "#3f948a",
    "4": "#0b6660", "5": "#053f3b",
}  # fmt: skip
"""Of what plants are counted as; a block has that of its highest."""
HELD = "url(#held)"
TOP = 12
"""Lines of a ranking that are drawn; the file has all."""


@dataclass(frozen=True)
class Cell:
    label: str
    fill: str
    plants: int | None


@dataclass(frozen=True)
class Levels:
    """Levels of one group in one column."""

    cells: tuple[Cell, ...]
    held: int
    """Plants whose counts are withheld, together."""
    bar: Markup


@dataclass(frozen=True)
class Strip:
    """One figure of one group."""

    name: str
    value: str
    sums: str
    known: str
    why: str
    bar: Markup
    """Of shares: from what is sure to what is possible; else nothing."""
    quartiles: str
    spread: Markup


@dataclass(frozen=True)
class View:
    """A picture in one language."""

    city: City
    names: Names

    def levels(self, cut: str, group: Group, column: str) -> Levels:
        blocks = self.city.declared if column == "declared" else self.city.verified
        counts = group.declared if column == "declared" else group.verified
        cells = tuple(Cell(self.names.block(b), FILLS[b[-1]], n) for b, n in zip(blocks, counts, strict=True))
        held = group.assessed - sum(n or 0 for n in counts)
        told = [f"{c.label} {number(c.plants)}" for c in cells if c.plants]
        told += [self.names.t("suppressed", n=held)] if held else []
        title = self.names.t(
            "levels.bar",
            group=self.names.group(cut, group),
            column=self.names.t(f"levels.{column}"),
            told=self.names.t("and").join(told),
        )
        parts = [(c.plants, c.fill) for c in cells if c.plants] + ([(held, HELD)] if held else [])
        return Levels(cells, held, charts.stack(parts, title, title))

    def legend(self) -> list[tuple[str, str]]:
        """Fill and words of whatever stands in either column."""
        order = list(FILLS)
        found = {b for b in (*self.city.verified, *self.city.declared)}
        ranked = sorted(found, key=lambda b: (order.index(b[0]), len(b)))
        return [(FILLS[b[-1]], self.names.block(b)) for b in ranked]

    def shares(self, group: Group, cut: str = "all") -> list[Strip]:
        return [self.strip(m, group.figures[m], self.names.group(cut, group)) for m in SHARES]

    def others(self, group: Group, cut: str = "all") -> list[Strip]:
        rest = (m for m in group.figures if m not in SHARES)
        return [self.strip(m, group.figures[m], self.names.group(cut, group)) for m in rest]

    def strip(self, measure: Measure, figure: Figure, whose: str) -> Strip:
        name = self.names.t(f"measure.{measure}.name")
        why = self.names.t(f"why.{figure.why}") if figure.why else ""
        value = self.value(measure, figure)
        title = f"{whose} · {name}"
        share = measure in SHARES
        bar = spread = Markup("")
        if share:
            known = figure.low is not None
            bar = (
                charts.strip(figure.low, figure.high, title=title, desc=value)
                if known
                else charts.nothing(title, why)
            )
        if figure.quartiles and share:
            low, mid, high = figure.quartiles
            spread = charts.strip(low, high, value=mid, title=title, desc=self.quartiles(measure, figure))
        return Strip(
            name, value, self.sums(measure, figure), self._known(figure), why, bar,
            self.quartiles(measure, figure), spread,
        )  # fmt: skip

    def value(self, measure: Measure, figure: Figure) -> str:
        """In words, with what it is counted in; why there is none, where there is none."""
        if figure.low is None or figure.high is None:
            return self.names.t(f"why.{figure.why}")
        low, high = figure.low, figure.high
        if measure in MEANS and figure.mean_low is not None and figure.mean_high is not None:
            low, high = figure.mean_low, figure.mean_high
        if measure in SHARES:
            return percent(low) if low == high else self.names.t("between", low=low, high=high)
        return f"{self._number(measure, low)} {self.names.t(f'measure.{measure}.unit')}"

    def _number(self, measure: Measure, value: Fraction) -> str:
        return number(value, 0 if measure == "robots" else 3)

    def sums(self, measure: Measure, figure: Figure) -> str:
        if figure.under is None or figure.over_low is None or figure.over_high is None:
            return ""
        if measure not in SHARES:
            return self.names.t(f"measure.{measure}.sums", over=figure.over_low, under=figure.under)
        low, high = figure.over_low, figure.over_high
        name = "sums_sure" if low == high else "sums"
        told = {"low": low, "under": figure.under} | ({} if low == high else {"high": high})
        return f"{self.names.t(name, **told)} {self.names.t(f'measure.{measure}.unit')}"

    def quartiles(self, measure: Measure, figure: Figure) -> str:
        if figure.quartiles is None:
            return ""
        told = [percent(q) if measure in SHARES else self._number(measure, q) for q in figure.quartiles]
        return self.names.t("quartiles", low=told[0], mid=told[1], high=told[2])

    def _known(self, figure: Figure) -> str:
        if figure.plants is None:
            return self.names.t("known_held")
        return self.names.t("known_of", n=figure.plants)

    def bins(self, measure: Measure) -> list[tuple[str, int | None, Markup]]:
        """How the plants' own shares are spread: words, plants, bar."""
        held: Sequence[Bin] = next((b for m, b in self.city.bins.items() if m == measure), ())
        most = max((one.plants or 0 for one in held if one.last), default=0) or 1
        return [
            (self.names.bin(one), one.plants, self._bar(self.names.bin(one), one.plants, most))
            for one in held
            if one.last
        ]

    def unmeasured(self, measure: Measure) -> int | None:
        """Plants that were not measured, where they stand alone."""
        held: Sequence[Bin] = next((b for m, b in self.city.bins.items() if m == measure), ())
        return next((one.plants for one in held if one.unknown and not one.last), None)

    def _bar(self, name: str, plants: int | None, most: int) -> Markup:
        told = self.names.t("held") if plants is None else self.names.t("plants", n=plants)
        return charts.bar(Fraction(plants or 0, most), name, told, strong=True)

    def ranked(self, ranking: Ranking, name: str) -> list[tuple[str, Ranked, Markup]]:
        """The most frequent, of those of which anything is known; of all where how many these are is withheld."""
        called = self.names.dimension if name == "holds_back" else self.names.recommendation
        told = [one for one in ranking.lines if one.plants is not None][:TOP]
        return [
            (called(one.id), one, self._bar(called(one.id), one.plants, ranking.known or self.city.all.assessed))
            for one in told
        ]
