"""The plan as something to reckon with: what counts and what is set aside can be changed, and totals follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from assessor.domain import PHASES, Choice, Recommendation, Span, Worth
from assessor.report.excel.page import GIVEN, Book, Column, Page, Sum, Value
from assessor.report.workbook import Trees
from assessor.report.worth import stands, unstated
from assessor.roadmap import outlay

COLUMNS = (
    Column("phase", 12, "level"),
    Column("counts", 8, "level", given=True),
    Column("recommendation", 26),
    Column("cost_low", 11, "money"),
    Column("cost_mid", 11, "money"),
    Column("cost_high", 11, "money"),
    Column("reserve", 9, "percent", given=True),
    Column("with_reserve", 11, "money"),
    Column("confirmed", 11, "money"),
    Column("to_pay", 11, "money"),
    Column("days", 9, "number"),
    Column("months", 9, "number"),
    Column("stoppage", 10, "number"),
    Column("yearly_low", 11, "money"),
    Column("yearly_high", 11, "money"),
    Column("payback_low", 10, "number"),
    Column("payback_high", 10, "number"),
    Column("needed", 11, "money"),
    Column("pain", 11, "money"),
    Column("remark", 24),
)
AT = {column.id: i for i, column in enumerate(COLUMNS)}
ADDED = ("cost_low", "cost_mid", "cost_high", "with_reserve", "confirmed", "to_pay", "days", "stoppage")
"""Columns that are totalled. Benefits are not: effects overlap, and the whole brings less than their sum."""

OPEN = ("confirmed", "stoppage")
"""Columns that may be left empty; of nothing that is known the total is none, and not 0."""


@dataclass(frozen=True)
class Item:
    """One recommendation of the plan in this plant; figures in yuan."""

    choice: Choice
    title: str
    cost: Span
    worth: Worth | None
    days: Fraction
    months: Fraction
    stoppage: Fraction | None
    remark: str

    @property
    def reserve(self) -> Fraction | None:
        """Of its middle cost; None where none was reckoned."""
        return self.worth.reserve / self.cost.mid if self.worth and self.cost.mid else None

    @property
    def with_reserve(self) -> Fraction:
        return self.cost.mid * (1 + (self.reserve or 0))

    @property
    def confirmed(self) -> Fraction:
        return self.worth.confirmed if self.worth else Fraction(0)

    def knows(self, name: str) -> bool:
        """Is its figure for one of the columns known that may be left empty?"""
        return (self.stoppage if name == "stoppage" else self.worth) is not None

    def figure(self, name: str) -> Fraction:
        """What it adds to the total of a column."""
        to_pay = self.with_reserve - self.confirmed
        found = {
            "cost_low": self.cost.low,
            "cost_mid": self.cost.mid,
            "cost_high": self.cost.high,
            "with_reserve": self.with_reserve,
            "confirmed": self.confirmed,
            "to_pay": to_pay,
            "days": self.days,
            "stoppage": self.stoppage or Fraction(0),
        }
        return found[name]


def write(book: Book, sheet: Any, _: Trees) -> None:
    """One row a recommendation, by phase; totals by phase and of all; what is left of the budget."""
    page = Page(book, sheet, book.t("sheet.plan"), COLUMNS)
    roadmap = book.a.roadmap
    page.sheet.freeze_panes(page.head + 1, 3)
    if roadmap is None or not roadmap.choices:
        page.note(book.pen.t("plan.none" if roadmap is None else "plan.nothing"))
        return
    page.note(book.t("note.plan"))
    items = _items(book)
    for item in items:
        _line(page, item)
    last = page.row
    for phase in (*range(1, PHASES + 1), None):
        _total(page, items, phase, last)
    _left(page, items, roadmap.phase_budgets, last)
    _whole(page)


def _items(book: Book) -> list[Item]:
    roadmap = book.a.roadmap
    assert roadmap is not None
    known = {r.id: r for r in book.a.recommendations}
    worth = {w.recommendation: w for w in roadmap.worth}
    chosen = sorted(roadmap.choices, key=lambda c: (c.phase, c.recommendation))
    return [
        _item(book, c, known[c.recommendation], worth.get(c.recommendation))
        for c in chosen
        if c.recommendation in known
    ]


def _item(book: Book, choice: Choice, r: Recommendation, worth: Worth | None) -> Item:
    """As it was reckoned for this plant; in older documents by what the recommendation itself says."""
    why = unstated(book.a, worth.why, book.pen) if worth and worth.why else ""
    drawn = book.a.roadmap.draws if book.a.roadmap else 0
    if choice.in_draws is not None and drawn:
        why = "\n".join(filter(None, (book.t("draws", n=choice.in_draws, of=drawn), why)))
    if r.stoppage.hours is not None and r.stoppage.hours.high and not r.stoppage.whole:
        why = "\n".join(filter(None, (why, stands(r, worth, book.pen))))
    if worth is not None:
        hours = worth.stoppage.mid if worth.stoppage and r.stoppage.whole else None
        title = book.pen.say(r.title)
        return Item(choice, title, worth.cost, worth, worth.days.mid, worth.months.mid, hours, why)
    span = outlay(r, {})
    cost = Span(low=min(span.low, choice.cost), mid=choice.cost, high=max(span.high, choice.cost))
    hours = r.stoppage.hours.mid if r.stoppage.hours and r.stoppage.whole else None
    why = "\n".join(filter(None, (why, book.t("general"))))
    return Item(choice, book.pen.say(r.title), cost, None, r.effort.days.mid, r.months.mid, hours, why)


def _line(page: Page, item: Item) -> None:
    row, worth = page.row + 1, item.worth
    page.line(
        item.choice.phase,
        1,
        item.title,
        item.cost.low,
        item.cost.mid,
        item.cost.high,
        item.reserve,
        Sum(f"=E{row}*(1+G{row})", item.with_reserve),
        worth.confirmed if worth else None,
        Sum(f"=H{row}-I{row}", item.figure("to_pay")),
        item.days,
        item.months,
        item.stoppage,
        worth.yearly_low if worth else None,
        worth.yearly_high if worth else None,
        worth.payback_low if worth else None,
        worth.payback_high if worth else None,
        worth.needed if worth and worth.payback_low is None else None,
        worth.pain if worth else None,
        item.remark,
        kinds={AT["reserve"]: "percent"},
    )


def _total(page: Page, items: Sequence[Item], phase: int | None, last: int) -> None:
    """The sum of what counts, of one phase or of all; `last`: the row behind the last item."""
    book, first = page.book, page.head + 2
    values: list[Value] = [None] * len(COLUMNS)
    values[0] = book.t("total") if phase is None else book.pen.t("plan.phase", n=phase)
    of = [item for item in items if phase in (None, item.choice.phase)]
    test = "" if phase is None else f"($A${first}:$A${last}={phase})*"
    for name in ADDED:
        letter = xl_col_to_name(AT[name])
        formula = f"=SUMPRODUCT({test}$B${first}:$B${last}*{letter}{first}:{letter}{last})"
        if name in OPEN and not any(item.knows(name) for item in of):
            continue
        values[AT[name]] = Sum(formula, sum((item.figure(name) for item in of), Fraction(0)))
    page.line(*values, bold=True)


def _left(page: Page, items: Sequence[Item], budgets: Sequence[int], last: int) -> None:
    """Budget by phase, which a reader may change, and what is left of it by the end of the phase."""
    book = page.book
    page.row += 1
    label = {"bold": True, "bg_color": "#EEF1EF"}
    page.text(page.row, 2, book.t("head.budget"), **label)
    for at, name in ((4, "budget_there"), (7, "left_mid"), (9, "left_to_pay")):
        page.text(page.row, at, book.t(f"head.{name}"), text_wrap=True, **label)
    page.row += 1
    first, left = page.row, {"E": Fraction(0), "J": Fraction(0)}
    for phase, budget in enumerate(budgets, 1):
        page.text(page.row, 2, book.pen.t("plan.phase", n=phase))
        page.put(page.row, 4, Fraction(budget), "money", bg_color=GIVEN)
        for at, letter, name in ((7, "E", "cost_mid"), (9, "J", "to_pay")):
            spent = sum((item.figure(name) for item in items if item.choice.phase == phase), Fraction(0))
            left[letter] += budget - spent
            total = f"SUM({letter}${last + 1}:{letter}{last + phase})"
            page.put(page.row, at, Sum(f"=SUM(E${first + 1}:E{page.row + 1})-{total}", left[letter]), "money")
        page.row += 1


def _whole(page: Page) -> None:
    """What the plan as a whole brings and lifts: reckoned, not added up."""
    book, roadmap = page.book, page.book.a.roadmap
    assert roadmap is not None
    page.row += 1
    page.text(page.row, 2, book.t("whole"), bold=True)
    for name, value, kind in (
        ("level_after", Fraction(roadmap.level_after), "level"),
        ("score_after", roadmap.score_after, "score"),
        ("yearly_low", roadmap.yearly_low, "money"),
        ("yearly_high", roadmap.yearly_high, "money"),
        ("payback_low", roadmap.payback_low, "number"),
        ("payback_high", roadmap.payback_high, "number"),
        *((("needed", roadmap.needed, "money"),) if roadmap.payback_low is None else ()),
    ):
        page.row += 1
        page.text(page.row, 2, book.t(f"head.{name}"))
        if value is None:
            said = unstated(book.a, roadmap.why, book.pen) if roadmap.why and name.startswith("payback") else ""
            page.text(page.row, 4, said or book.t("not_stated"))
        else:
            page.put(page.row, 4, value, kind)
