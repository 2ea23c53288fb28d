"""What was measured: value and interval as numbers, how many were determined, and the conditions of trust."""

from fractions import Fraction
from typing import Any

from assessor.domain import Measurement, State
from assessor.report.excel.page import Book, Column, Kind, Page, Value
from assessor.report.workbook import Trees

COLUMNS = (
    Column("area", 12),
    Column("indicator", 24),
    Column("state", 9),
    Column("value", 9, "number"),
    Column("low", 9, "number"),
    Column("high", 9, "number"),
    Column("unit", 8),
    Column("determined", 8, "count"),
    Column("total", 7, "count"),
    Column("selection", 10),
    Column("conditions", 38),
    Column("rests_on", 12),
    Column("why", 34),
)


def write(book: Book, sheet: Any, _: Trees) -> None:
    """Measured ones first, then what was not determined, with its reason."""
    page = Page(book, sheet, book.t("sheet.measurements"), COLUMNS)
    page.note(book.t("note.measurements"))
    for m in sorted(book.a.measurements, key=lambda m: (m.state is not State.MEASURED, m.area)):
        page.line(*_values(book, m), kinds=_kinds(m))
    page.filtered()


def _values(book: Book, m: Measurement) -> tuple[Value, ...]:
    pen = book.pen
    return (
        pen.t(f"area.{m.area}"),
        pen.indicator(m.indicator),
        pen.t(f"state.{m.state.value}"),
        m.value,
        m.low,
        m.high,
        book.t(f"unit.{m.unit}"),
        Fraction(m.count),
        Fraction(m.total),
        pen.t(f"selection.{m.selection.value}"),
        "\n".join(_condition(book, m)),
        pen.classes(m.rests_on),
        pen.say(m.why),
    )


def _kinds(m: Measurement) -> dict[int, Kind]:
    return dict.fromkeys((3, 4, 5), "percent") if m.unit == "share" else {}


def _condition(book: Book, m: Measurement) -> list[str]:
    """Each condition with what was needed and what there was; one that failed says so first."""
    pen = book.pen
    return [
        book.t(
            "condition",
            holds=pen.t("measured.holds" if c.holds else "measured.fails"),
            name=pen.t(f"condition.{c.id}"),
            needed=pen.say(c.needed),
            found=pen.say(c.found),
        )
        for c in m.conditions
    ]
