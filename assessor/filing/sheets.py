"""The tables of a pack as workbooks and as CSV: answers for a platform, settled differences, checklist, annex."""

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from assessor.domain import Assessment, Checklist, Evidence, Finding, Platform, plain
from assessor.filing.entries import Row, Value
from assessor.messages import render
from assessor.report.claims import differences
from assessor.report.commas import commas
from assessor.report.excel.page import Book, Column, Kind, Page
from assessor.report.excel.page import Value as Cell
from assessor.report.pen import Pen
from assessor.report.workbook import opened

ANSWERS = (
    Column("number", 9),
    Column("section", 20),
    Column("item", 54),
    Column("declared", 11, "number"),
    Column("verified", 11, "number"),
    Column("enter", 24, "number"),
    Column("unit", 10),
    Column("note", 48),
)
SETTLED = (
    Column("number", 7, "count"),
    Column("question", 30),
    Column("place", 14),
    Column("claimed", 11),
    Column("seen", 13),
    Column("settled_as", 11),
    Column("reply", 30),
    Column("reason", 22),
    Column("proof", 20),
    Column("settled_by", 14),
)
CHECKLIST = (
    Column("number", 7, "count"),
    Column("text", 52),
    Column("how", 40),
    Column("checked", 22),
    Column("sign", 18),
)
ANNEX = (
    Column("number", 7, "count"),
    Column("question", 40),
    Column("place", 18),
    Column("claimed", 12),
    Column("seen", 16),
    Column("seen_how", 44),
    Column("ask", 40),
    Column("where", 30),
)


def answers(platform: Platform, rows: Sequence[Row], a: Assessment, pen: Pen) -> tuple[bytes, bytes]:
    """A platform's form as .xlsx and .csv."""
    standing = f"{pen.t(f'status.{platform.status.value}')} · {pen.say(platform.source)}"

    def write(page: Page) -> None:
        page.note(standing)
        for row in rows:
            kinds: dict[int, Kind] = dict.fromkeys((3, 4, 5), "percent") if row.share else {}
            item = "  " * row.depth + row.item
            values = (row.number, row.section, item, row.declared, row.verified, row.enter, row.unit, row.note)
            look = {"bold": True} if not row.depth else {}
            page.line(*values, kinds=kinds, **look)
            if row.depth > 1:
                page.sheet.set_row(page.row - 1, None, None, {"level": 1})

    table = [
        [r.number, r.section, r.item, _text(r.declared), _text(r.verified), _text(r.enter), r.unit, r.note]
        for r in rows
    ]
    return _book(a, pen, pen.say(platform.title), ANSWERS, write), _csv(pen, ANSWERS, table)


def _text(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else plain(value)


def settled(a: Assessment, pen: Pen) -> tuple[bytes, bytes]:
    """Differences that were settled, each with the plant's reply; open ones are not among them."""
    rows = settled_rows(a, pen)

    def write(page: Page) -> None:
        page.note(page.book.t("note.settled" if rows else "note.none_settled"))
        for row in rows:
            page.line(*row)

    title = _say(pen, "title.settled")
    return _book(a, pen, title, SETTLED, write), _csv(pen, SETTLED, [[_any(c) for c in row] for row in rows])


def settled_rows(a: Assessment, pen: Pen) -> list[tuple[Cell, ...]]:
    """One line a settled difference, heaviest first."""
    evidence = {e.question: e for e in a.evidence}
    found = [f for f in sorted(a.findings, key=lambda f: (-f.weight, f.question)) if f.settled]
    return [_settled(i, f, evidence.get(f.question), pen) for i, f in enumerate(found, 1)]


def _settled(number: int, finding: Finding, e: Evidence | None, pen: Pen) -> tuple[Cell, ...]:
    name, s = finding.question, e.settlement if e else None
    proof = f"{_say(pen, f'proof.{s.proof.kind}')}: {s.proof.title}" if s else ""
    return (
        Fraction(number),
        pen.question(name),
        pen.places.get(name, ""),
        pen.answer(name, e.claim if e else None),
        pen.answers(name, e.low, e.high) if e else "",
        pen.answer(name, s.value) if s else "",
        s.reply if s else "",
        s.reason if s else "",
        proof,
        f"{s.by} {s.at[:10]}" if s else "",
    )


def checklist(of: Checklist, a: Assessment, pen: Pen) -> bytes:
    """The list for people to go through and sign: how each item is checked, and room for a signature."""

    def write(page: Page) -> None:
        page.note(f"{pen.t(f'status.{of.status.value}')} · {pen.say(of.source)}")
        for i, item in enumerate(of.items, 1):
            how = pen.say(item.how) if item.how else ""
            way = "shows" if item.shows else "files" if item.files else "person"
            page.line(Fraction(i), pen.say(item.text), how, page.book.t(f"way.{way}"), "")

    return _book(a, pen, pen.say(of.title), CHECKLIST, write)


def annex(a: Assessment, pen: Pen) -> bytes:
    """Differences that are still open: for the plant and the assessor, not for filing."""

    def write(page: Page) -> None:
        page.note(page.book.t("note.annex"))
        shown = [d for d in differences(a, pen) if not d.finding.settled]
        for i, d in enumerate(shown, 1):
            where = page.book.t("list_of").join(d.where)
            seen, ask = pen.say(d.finding.seen), pen.say(d.finding.ask)
            page.line(Fraction(i), d.question, d.place, d.claim, d.seen, seen, ask, where)

    return _book(a, pen, _say(pen, "title.annex"), ANNEX, write)


def _say(pen: Pen, name: str) -> str:
    return render(f"filing.{name}", pen.language)


def _book(a: Assessment, pen: Pen, title: str, columns: Sequence[Column], write: Callable[[Page], None]) -> bytes:
    """A workbook of one sheet."""
    buffer = io.BytesIO()
    file: Any = opened(buffer, a.made)
    book = Book(file, a, pen, "filing")
    page = Page(book, file.add_worksheet(book.t("sheet")), title, columns)
    write(page)
    page.filtered()
    file.close()
    return buffer.getvalue()


def _any(value: Cell) -> str:
    return value if isinstance(value, str) else plain(value) if isinstance(value, Fraction) else ""


def _csv(pen: Pen, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> bytes:
    return commas([[_say(pen, f"head.{column.id}") for column in columns], *rows])
