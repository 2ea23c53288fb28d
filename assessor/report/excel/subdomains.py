"""Sub-domains, declared against verified: live figures, a radar and bars made by the spreadsheet itself."""

from fractions import Fraction
from typing import Any, Literal

from assessor.domain import Assessment, CellLine, Rating, plain
from assessor.report.excel.page import ACCENT, INK, TINT, Book, Column, Page, Sum, Value, cut
from assessor.report.formulas import PLACES
from assessor.report.pen import code
from assessor.report.tree import Tree
from assessor.report.workbook import Trees

DECLARED, VERIFIED, BOUND = 3, 4, 5
End = Literal["low", "high"]
COLUMNS = (
    Column("code", 8),
    Column("subdomain", 28),
    Column("element", 16),
    Column("declared", 11, "score"),
    Column("verified", 11, "score"),
    Column("bound", 12, "score"),
    Column("difference", 12, "score"),
    *(Column(f"level_{number}", 11, "score") for number in range(1, 6)),
)


def write(book: Book, sheet: Any, trees: Trees) -> None:
    """One row a sub-domain in the order of the framework; pictures below."""
    a, pen = book.a, book.pen
    page = Page(book, sheet, book.t("sheet.subdomains"), COLUMNS)
    page.note(book.t("note.subdomains", framework=pen.say(a.framework.title)))
    said, seen = a.rating("declared"), a.rating(book.column)
    elements = {group.id: pen.say(group.name) for group in a.framework.elements}
    sheet.fit_to_pages(1, 1)
    first = page.row
    for dimension in a.framework.dimensions:
        row = page.row + 1
        values: list[Value] = [code(dimension.id), pen.say(dimension.name), elements.get(dimension.element, "")]
        if not any(d.dimension == dimension.id for d in seen.dimensions):
            page.line(*values, pen.t("cut"), *([None] * (len(COLUMNS) - 4)))
            continue
        values += [
            _alone(a, said, dimension.id, "low", trees),
            _alone(a, seen, dimension.id, "low", trees),
            _alone(a, seen, dimension.id, "high", trees),
        ]
        scores = {d.dimension: d.low for d in seen.dimensions}, {d.dimension: d.low for d in said.dimensions}
        off = cut(scores[0][dimension.id]) - cut(scores[1][dimension.id])
        values.append(Sum(f"=E{row}-D{row}", off))
        values += [_cell(a, seen, dimension.id, number, "low", trees) for number in range(1, 6)]
        page.line(*values)
    _shades(page, first)
    _pictures(page, first)
    if not a.heard:
        for at in (VERIFIED, VERIFIED + 2):  # what repeats the declared score, and its difference from it
            sheet.set_column(at, at, COLUMNS[at].width, None, {"hidden": True})


def _tree(a: Assessment, rating: Rating, trees: Trees) -> Tree | None:
    return trees.get((a.framework.id, rating.column))


def _line(rating: Rating, dimension: str, level: int) -> CellLine | None:
    return next((c for c in rating.cells if (c.dimension, c.level) == (dimension, level)), None)


def _cell(a: Assessment, rating: Rating, dimension: str, level: int, end: End, trees: Trees) -> Value:
    """C of one sub-domain at one level; nothing where the framework does not judge it there."""
    line, tree = _line(rating, dimension, level), _tree(a, rating, trees)
    if line is None or (line.not_applicable and not line.requirements):
        return None
    value: Fraction = getattr(line, end)
    there = tree.cells(f"a/{level}/{dimension}") if tree and line.requirements else None
    return Sum(f"={getattr(there, end)}", value) if there else value


def _alone(a: Assessment, rating: Rating, dimension: str, end: End, trees: Trees) -> Value:
    """Its score from 0 to the top level by the law of the ladder, as a formula over its cells."""
    score = next(d for d in rating.dimensions if d.dimension == dimension)
    if _tree(a, rating, trees) is None:
        return getattr(score, end)  # type: ignore[no-any-return]
    at, written = plain(a.framework.satisfied_at), "0"
    for number in sorted((level.number for level in a.framework.levels if level.number), reverse=True):
        cell = _cell(a, rating, dimension, number, end, trees)
        if cell is None:
            cell = Fraction(end == "high")
        own = cell.formula.removeprefix("=") if isinstance(cell, Sum) else plain(Fraction(str(cell)))
        holds = f"ROUND({own},{PLACES})>={at}"
        if a.framework.stop_rule.value:
            written = f"IF({holds},1+{written},{own})"
        else:
            written = f"IF({holds},1,{own})+{written}"
    return Sum(f"={written}", getattr(score, end))


def _shades(page: Page, first: int) -> None:
    """Differences that fall in ink, and the cells from pale to full."""
    last = page.row - 1
    scale = {"type": "2_color_scale", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
    page.sheet.conditional_format(first, 7, last, 11, scale | {"min_color": "#FFFFFF", "max_color": TINT})
    bold = page.book.file.add_format({"bold": True})
    page.sheet.conditional_format(first, 6, last, 6, {"type": "cell", "criteria": "<", "value": 0, "format": bold})


def _pictures(page: Page, first: int) -> None:
    book, last = page.book, page.row - 1
    for kind, at, names, size in (
        ({"type": "radar", "subtype": "with_markers"}, 0, 0, (560, 440)),
        ({"type": "bar"}, 5, 1, (620, 440)),
    ):
        chart = book.file.add_chart(kind)
        for column, colour in ((DECLARED, INK), (VERIFIED, ACCENT)):
            line = {"color": colour, "width": 2} | ({"dash_type": "dash"} if column == DECLARED else {})
            chart.add_series(
                {
                    "name": [page.name, page.head, column],
                    "categories": [page.name, first, names, last, names],
                    "values": [page.name, first, column, last, column],
                    "line": line if kind["type"] == "radar" else {"none": True},
                    "fill": {"color": colour if column == VERIFIED else "#C3CBC8"},
                    "marker": {"type": "diamond" if column == DECLARED else "circle", "size": 5,
                               "border": {"color": colour}, "fill": {"color": colour}},
                    "gap": 40,
                }
            )  # fmt: skip
        chart.set_title({"name": book.t(f"chart.{kind['type']}"), "name_font": {"size": 12, "bold": True}})
        chart.set_legend({"position": "bottom"})
        scale = {
            "min": 0,
            "max": 5,
            "major_unit": 1,
            "major_gridlines": {"visible": True, "line": {"color": "#CFD5D2"}},
        }
        chart.set_y_axis({"reverse": True} if kind["type"] == "bar" else scale)
        if kind["type"] == "bar":
            chart.set_x_axis(scale | {"label_position": "high"})
        chart.set_size({"width": size[0], "height": size[1]})
        options = {"object_position": 1, "description": book.t(f"alt.{kind['type']}")}
        page.sheet.insert_chart(page.row + 1, at, chart, options)
