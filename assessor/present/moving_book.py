"""The impact of an edition as a workbook: what changed, who moves and on what it hangs, and who they are."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO

import xlsxwriter

from assessor.domain import Time
from assessor.messages import Language, moment, render
from assessor.portfolio.impact import WAYS, Impact, change
from assessor.present.moving import alone, hangs, level, levels, place, stood, title, told, value

Row = Sequence[str | int | float | None]


def book(found: Impact, made: Time, language: Language) -> bytes:
    """The whole report. A text is never a formula, whatever a stranger put into it."""
    held = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, options) as file:
        file.set_properties(
            {
                "title": render("edition.title", language),
                "created": datetime.fromtimestamp(made // 10**9, UTC).replace(tzinfo=None),
            }
        )
        bold = file.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = file.add_format({"text_wrap": True, "valign": "top"})
        for name, heads, widths, rows in _sheets(found, made, language):
            sheet = file.add_worksheet(render(f"edition.sheet_{name}", language))
            for i, (head, width) in enumerate(zip(heads, widths, strict=True)):
                sheet.set_column(i, i, width, plain)
                sheet.write_string(0, i, head, bold)
            for y, row in enumerate(rows, 1):
                for x, value in enumerate(row):
                    if isinstance(value, (int, float)):
                        sheet.write_number(y, x, value)
                    elif value is not None:
                        sheet.write_string(y, x, value[:32_000])
            sheet.freeze_panes(1, 0)
            if heads:
                sheet.autofilter(0, 0, max(1, len(rows)), len(heads) - 1)
    return held.getvalue()


def _sheets(
    found: Impact, made: Time, language: Language
) -> Iterable[tuple[str, list[str], list[int], list[Row]]]:
    yield "summary", [render("edition.on_trial", language), moment(made)], [110, 24], _summary(found, language)
    changed = ("change", "kind", "value", "before", "after", "alone")
    yield "changes", _heads(changed, language), [44, 10, 40, 24, 24, 30], _changes(found, language)
    moved = ("plant", "framework", "in_force", "candidate", "score", "way", "hangs")
    yield "moved", _heads(moved, language), [34, 26, 16, 16, 10, 12, 60], _moved(found, language)
    sorts = ("framework", "side", "value")
    ways = [render(f"edition.way.{way}", language) for way in WAYS]
    yield "sides", [*_heads(sorts, language), *ways], [26, 20, 16, *[12] * len(ways)], _sides(found, language)
    rows: list[Row] = [(fault.file, render(fault.why, language)) for fault in found.faults]
    if rows:
        yield "faults", _heads(("file", "why"), language), [60, 80], rows


def _heads(names: Iterable[str], language: Language) -> list[str]:
    return [render(f"edition.head.{name}", language) for name in names]


def _summary(found: Impact, language: Language) -> list[Row]:
    rows: list[Row] = [(line,) for line in told(found, language)]
    for edition in found.editions:
        rows.append((f"{render(edition.title, language)}: {edition.before or '–'} → {edition.after or '–'}",))
    for matrix in found.matrices:
        lines, columns, cells = levels(matrix)
        name = title(found, matrix.framework, language)
        rows += [("",), (render("edition.matrix", language, title=name),)]
        for line in lines:
            for column in (c for c in columns if (line, c) in cells):
                rows.append((f"{level(line, language)} → {level(column, language)}", cells[line, column]))
    return rows


def _changes(found: Impact, language: Language) -> list[Row]:
    rows: list[Row] = []
    for one in found.hanging:
        moved = alone(found, one, language)
        first = (place(found, one.change, language), render(f"edition.what.{one.change.what}", language))
        rows += [(*first, t.at, t.before or "–", t.after or "–", moved) for t in one.change.told]
        if one.change.more or not one.change.told:
            more = render("edition.more", language, n=one.change.more) if one.change.more else ""
            rows.append((*first, more, "", "", moved))
    return rows


def _moved(found: Impact, language: Language) -> list[Row]:
    rows: list[Row] = []
    for one in found.moved:
        by = change(one)
        rows.append(
            (
                render(one.name, language), one.framework, stood(one.before, language), stood(one.after, language),
                None if by is None else float(by), render(f"edition.way.{one.way}", language),
                hangs(found, one, language),
            )
        )  # fmt: skip
    return rows


def _sides(found: Impact, language: Language) -> list[Row]:
    return [
        (
            share.framework,
            render(f"edition.side.{share.side}", language),
            value(share, language),
            *(share.ways.get(way, 0) for way in WAYS),
        )
        for share in found.shares
    ]
