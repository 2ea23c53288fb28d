"""The first sheet: who was assessed, when, and where the plant stands in both columns, live."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessor.domain import Assessment, Rated, Verdict
from assessor.report.excel.page import Book, Column, Day, Kind, Page, Sum, Value, quoted
from assessor.report.pen import Pen
from assessor.report.workbook import Trees

COLUMNS = (
    Column("framework", 44),
    Column("declared_level", 17, "level"),
    Column("declared_high", 12, "level"),
    Column("verified_level", 12, "level"),
    Column("verified_high", 12, "level"),
    Column("verified_name", 22),
    Column("coverage", 10, "percent"),
    Column("standing", 12),
)
FACTS = 14
"""Rows above the table of frameworks."""


def write(book: Book, sheet: Any, trees: Trees) -> None:
    """Facts of the assessment, the level by every framework, how the comparisons came out, where to find what."""
    a, pen = book.a, book.pen
    kind = pen.t("pre_assessment" if a.pre_assessment else "assessment")
    page = Page(book, sheet, f"{pen.say(a.plant.name)} · {kind}", COLUMNS, head=FACTS)
    page.sheet.freeze_panes(1, 0)
    page.sheet.fit_to_pages(1, 1)
    told = [pen.t("disclaimer")]
    told += [pen.t("simulated")] if a.plant.simulated else []
    told += [] if a.heard else [pen.t("alone.text")]
    page.note(" · ".join(told))
    _facts(page, trees)
    for one in a.rated:
        _framework(page, one, trees)
    if a.heard:
        _counts(page)
    else:
        for at in (3, 4):  # the verified levels, which repeat the declared ones
            page.sheet.set_column(at, at, COLUMNS[at].width, None, {"hidden": True})
    _contents(page)


def _facts(page: Page, trees: Trees) -> None:
    book, a, pen = page.book, page.book.a, page.book.pen
    none = book.t("not_given")
    facts: list[tuple[str, Value, Kind]] = [
        ("credit_code", a.plant.credit_code or none, "text"),
        ("industry", a.plant.industry or none, "text"),
        ("district", pen.say(a.plant.district) if a.plant.district else none, "text"),
        ("employees", Fraction(a.plant.employees) if a.plant.employees else none, "count"),
        *_sampled(a, pen),
        ("made", Day(a.made), "day"),
        ("score", _score(a, book.column, trees), "score"),
        ("reach", book.t("reach", of=len(a.framework.dimensions), testable=a.testable, tested=a.tested), "text"),
        ("digest", a.digest, "text"),
    ]
    for row, (name, value, kind) in enumerate(facts, 3):
        page.text(row, 0, book.t(f"fact.{name}"), bold=True)
        page.put(row, 1, value, kind, align="left", text_wrap=False, indent=1)


def _sampled(a: Assessment, pen: Pen) -> list[tuple[str, Value, Kind]]:
    """When machines were heard, or that none was."""
    if a.source is None:
        rests_on = pen.t("alone.answers", n=len(a.answers.answers))
        return [("heard", pen.t("alone.title"), "text"), ("rests_on", rests_on, "text")]
    first, last = Day(a.source.sampled_from), Day(a.source.sampled_to)
    return [("sampled_from", first, "moment"), ("sampled_to", last, "moment")]


def _score(a: Assessment, column: str, trees: Trees) -> Value:
    """What counts, following the answers where the sheets hold its sum."""
    score = a.rating(column).score
    there = (tree := trees.get((a.framework.id, column))) and tree.cells("s")
    return Sum(f"={there.low}", score) if there else score


def _framework(page: Page, one: Rated, trees: Trees) -> None:
    pen, names = page.book.pen, {g.number: page.book.pen.say(g.name) for g in one.grades}
    declared, verified = (next(r for r in one.results if r.column == c) for c in ("declared", "verified"))
    levels: list[Value] = []
    for result in (declared, verified):
        there = (tree := trees.get((one.head.id, result.column))) and tree.cells("level")
        for end, value in (("low", result.level), ("high", result.level_high)):
            if there is None or value is None:
                levels.append(page.book.t("no_levels") if value is None and end == "low" else None)
            else:
                levels.append(Sum(f"={getattr(there, end)}", value))
    page.line(
        pen.say(one.head.title),
        *levels,
        _name(names, *((levels[2], f"D{page.row + 1}") if page.book.a.heard else (levels[0], f"B{page.row + 1}"))),
        verified.coverage,
        pen.t(f"status.{one.head.status.value}"),
    )


def _name(names: Mapping[int, str], level: Value, cell: str) -> Value:
    """The name of the level that counts, as a formula over its cell where the level is one."""
    if not isinstance(level, Sum) or not isinstance(level.value, int) or not names:
        return ""
    numbers = ",".join(map(str, names))
    words = ",".join(f'"{quoted(name)}"' for name in names.values())
    formula = f'=IFERROR(CHOOSE(MATCH({cell},{{{numbers}}},0),{words}),"")'
    return Sum(formula, names.get(level.value, ""))


def _counts(page: Page) -> None:
    """How the comparisons of claims with machines came out."""
    book, pen = page.book, page.book.pen
    page.row += 1
    page.text(page.row, 0, book.t("compared"), bold=True)
    for verdict in Verdict:
        of = [e for e in book.a.evidence if e.verdict is verdict and e.indicators]
        page.row += 1
        page.text(page.row, 0, pen.t(f"verdict.{verdict.value}"))
        page.put(page.row, 1, Fraction(len(of)), "count")
    page.row += 1


def _contents(page: Page) -> None:
    """The other sheets, a click away."""
    book = page.book
    page.row += 1
    page.text(page.row, 0, book.t("contents"), bold=True)
    link = book.look(font_color="#0B6660", underline=1)
    for sheet in book.file.worksheets()[1 : book.main]:
        name = str(sheet.get_name())
        if name != page.name:
            page.row += 1
            page.sheet.write_url(page.row, 0, f"internal:'{name}'!A1", link, string=name)
    page.row += 1
