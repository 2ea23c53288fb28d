"""The impact of an edition on a terminal, and what every way of showing it says in the same words."""

from collections.abc import Iterator
from fractions import Fraction

from rich.console import Console

from assessor.domain import Text
from assessor.messages import Language, catalogue, number, render
from assessor.portfolio.changes import Change
from assessor.portfolio.filed import Standing
from assessor.portfolio.impact import Hanging, Impact, Matrix, Moved, Share, change
from assessor.present.tables import titled

MOST = 40
"""Movers that a terminal lists; a file holds all."""


def impact(found: Impact, out: Console, language: Language) -> None:
    """What differs, who moves and why; then what could not be judged."""
    out.print(render("edition.on_trial", language), style="bold")
    for line in told(found, language):
        out.print(line, soft_wrap=True)
    _changes(found, out, language)
    for matrix in found.matrices:
        if set(matrix.ways) != {"same"}:
            _matrix(found, matrix, out, language)
    _moved(found, out, language)
    for fault in found.faults:
        out.print(f"{fault.file}: {render(fault.why, language)}", style="red", soft_wrap=True)


def told(found: Impact, language: Language) -> Iterator[str]:
    """What it rests on and what came of it, line by line."""
    yield render("edition.looked", language, plants=found.plants)
    for name in ("simulated", "earlier", "drifted", "hidden"):
        if n := getattr(found, name):
            yield render(f"edition.{name}", language, n=n)
    if found.faults:
        yield render("edition.faults_told", language, n=len(found.faults))
    if not found.moved:
        yield render("edition.nobody", language)
        return
    ways = [m.way for m in found.moved]
    plants = len({m.plant for m in found.moved})
    counts = {"moves": len(ways), "up": ways.count("up"), "down": ways.count("down")}
    yield render("edition.moved_told", language, n=plants, **counts)
    if together := sum(found.together.values()):
        yield render("edition.together_told", language, n=together)


def titles(found: Impact) -> dict[str, Text]:
    """Names of the frameworks that differ."""
    return {edition.framework: edition.title for edition in found.editions}


def title(found: Impact, framework: str, language: Language) -> str:
    named = titles(found).get(framework)
    return render(named, language) if named is not None else framework


def place(found: Impact, of: Change, language: Language) -> str:
    """Where a change is, in words as far as there are any; its framework where several differ."""
    if of.framework is None:
        return render("edition.bank", language)
    named = f"edition.part.{of.part}"
    parts = [title(found, of.framework, language)] if len(found.editions) > 1 else []
    parts.append(render(named, language) if named in catalogue() else of.part)
    if of.item is not None:
        parts.append(render(of.name, language) if of.name is not None else of.item)
    return " · ".join(parts)


def stood(standing: Standing | None, language: Language) -> str:
    """Level and score; a dash where it is not rated."""
    if standing is None:
        return "–"
    level = render("edition.no_level", language) if standing.level is None else str(standing.level)
    return level if standing.score is None else f"{level} ({number(standing.score, 3)})"


def signed(moved: Moved) -> str:
    """How far the score moved."""
    by = change(moved)
    return "–" if by is None else _signed(by)


def _signed(by: Fraction) -> str:
    return f"{'+' if by > 0 else ''}{number(by, 3)}"


def hangs(found: Impact, moved: Moved, language: Language) -> str:
    """The changes that move it alone."""
    named = {one.change.id: place(found, one.change, language) for one in found.hanging}
    return "; ".join(named.get(id_, id_) for id_ in moved.hangs) or render("edition.together", language)


def alone(found: Impact, one: Hanging, language: Language) -> str:
    """How many a change moves when tried alone, by framework where it is not its own; or that it cannot be."""
    if not one.change.apart:
        return render("edition.not_apart", language)
    parts = [
        number(n, 0) if id_ == one.change.framework else f"{title(found, id_, language)} {number(n, 0)}"
        for id_, n in sorted(one.moved.items(), key=lambda pair: pair[0] != one.change.framework)
    ]
    return ", ".join(parts) or "0"


def value(share: Share, language: Language) -> str:
    """The sort of plants that a share is of."""
    if share.value is None:
        return render("edition.unknown", language)
    return render(f"edition.value.{share.value}", language) if share.side in ("size", "kind") else share.value


def levels(matrix: Matrix) -> tuple[list[int | None], list[int | None], dict[tuple[int | None, int | None], int]]:
    """Rows, columns and cells; what is not rated comes first."""
    cells = {(cell.before, cell.after): cell.plants for cell in matrix.cells}
    ends = [sorted({pair[i] for pair in cells}, key=lambda e: -1 if e is None else e) for i in (0, 1)]
    return ends[0], ends[1], cells


def _changes(found: Impact, out: Console, language: Language) -> None:
    heads = ("change", "kind", "before", "after", "alone")
    table = titled(language, *(f"edition.head.{head}" for head in heads), title="edition.changes")
    for one in found.hanging:
        shown = one.change.told[:6]
        rest = len(one.change.told) - len(shown) + one.change.more
        lines = [(f"{t.at}: {t.before or '–'}".removeprefix(": "), t.after or "–") for t in shown]
        if rest:
            lines.append((render("edition.more", language, n=rest), ""))
        what = render(f"edition.what.{one.change.what}", language)
        before, after = ("\n".join(line[i] for line in lines) for i in (0, 1))
        table.add_row(place(found, one.change, language), what, before, after, alone(found, one, language))
    out.print(table)


def _matrix(found: Impact, matrix: Matrix, out: Console, language: Language) -> None:
    rows, columns, cells = levels(matrix)
    name = title(found, matrix.framework, language)
    out.print(render("edition.matrix", language, title=name), style="bold")
    out.print(render("edition.matrix_note", language, n=sum(cells.values())), soft_wrap=True)
    table = titled(language, "edition.head.level")
    for column in columns:
        table.add_column(level(column, language), justify="right")
    for row in rows:
        table.add_row(
            level(row, language), *(number(cells[row, c], 0) if (row, c) in cells else "" for c in columns)
        )
    out.print(table)


def level(number_: int | None, language: Language) -> str:
    return render("edition.no_level", language) if number_ is None else str(number_)


def _moved(found: Impact, out: Console, language: Language) -> None:
    if not found.moved:
        return
    heads = ("plant", "framework", "in_force", "candidate", "score", "way", "hangs")
    table = titled(language, *(f"edition.head.{head}" for head in heads), title="edition.movers")
    for one in found.moved[:MOST]:
        table.add_row(
            render(one.name, language), one.framework, stood(one.before, language), stood(one.after, language),
            signed(one), render(f"edition.way.{one.way}", language), hangs(found, one, language),
        )  # fmt: skip
    out.print(table)
    shown = min(MOST, len(found.moved))
    out.print(render("edition.movers_note", language, shown=shown, n=len(found.moved)), soft_wrap=True)
