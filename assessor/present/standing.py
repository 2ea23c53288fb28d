"""Of frameworks: what one asks, how a plant stands by all of them, and who moved when one changed."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial

from rich.console import Console

from assessor.domain import (
    Criteria,
    Formulas,
    Framework,
    Ladder,
    Question,
    Rated,
    WeightSet,
)
from assessor.messages import Language, number, percent, render
from assessor.portfolio.rerate import Move, Standing
from assessor.portfolio.rerate import change as moved
from assessor.present.tables import titled


def framework(held: Framework, questions: dict[str, Question], out: Console, language: Language) -> None:
    """A framework, its standing and its levels; of a ladder its tree and weights too."""
    out.print(render(held.title, language), style="bold")
    for said in (held.source, held.loses, held.disclaimer):
        out.print(render(said, language), soft_wrap=True)
    if isinstance(held, Ladder):
        _ladder(held, questions, out, language)
    elif isinstance(held, Formulas):
        table = titled(language, "cli.figure", "cli.title", "cli.status")
        for figure in held.figures:
            unit = f" ({render(figure.unit, language)})" if figure.unit else ""
            table.add_row(figure.id, render(figure.name, language) + unit, figure.status)
        out.print(table)
    elif isinstance(held, Criteria):
        table = titled(language, "cli.dimension", "cli.criteria", "cli.status")
        for aspect in held.dimensions:
            criteria = ", ".join(render(criterion.name, language) for criterion in aspect.criteria)
            table.add_row(render(aspect.name, language), criteria, aspect.status)
        out.print(table)
    else:
        table = titled(language, "cli.grade", "cli.title")
        for grade in held.grades:
            table.add_row(str(grade.number), render(grade.name, language))
        out.print(table)
        out.print(render("cli.asks", language, n=len(held.asks), bank=len(questions)), soft_wrap=True)


def _ladder(held: Ladder, questions: dict[str, Question], out: Console, language: Language) -> None:
    """The tree with the number of requirements a cell, its weights and their standing."""
    table = titled(language, "cli.dimension", "cli.element")
    for level in held.levels[1:]:
        table.add_column(str(level.number), justify="right")
    for weights in held.weight_sets:
        table.add_column(weights.id, justify="right")
    names = {g.id: g.name for g in held.elements}
    for d in held.dimensions:
        cells = {c.level: str(len(c.requirements) or "-") for c in d.cells}
        shares = [_weight(w, d.id) for w in held.weight_sets]
        row = [cells.get(level.number, "-") for level in held.levels[1:]]
        table.add_row(render(d.name, language), render(names[d.element], language), *row, *shares)
    out.print(table)
    out.print(render("cli.asked", language, n=len(held.asks), bank=len(questions)), soft_wrap=True)
    out.print(render(held.stop_rule.why, language), soft_wrap=True)


def _weight(held: WeightSet, dimension: str) -> str:
    given = held.weights.get(dimension)
    return "-" if given is None else percent(given / sum(held.weights.values()))


def rated(found: Iterable[Rated], out: Console, language: Language, column: str) -> None:
    """Every framework in one column under its default variant: level, score, coverage, standing."""
    table = titled(language, "cli.title", "cli.level", "cli.score", "cli.coverage", "cli.status")
    for one in found:
        result = next(r for r in one.results if r.column == column)
        table.add_row(
            render(one.head.title, language),
            _span(result.level, result.level_high, partial(_grade, one, language)),
            _span(result.score, result.score_high, number),
            percent(result.coverage),
            one.head.status.value,
        )
    out.print(table)
    out.print(render("report.disclaimer", language), soft_wrap=True)


def _grade(one: Rated, language: Language, level: int) -> str:
    return next((render(g.name, language) for g in one.grades if g.number == level), str(level))


def _span(low: Fraction | int | None, high: Fraction | int | None, write: Callable[..., str]) -> str:
    """One value, or from … to where the unknown leaves it open; a dash where there is none."""
    if low is None or high is None:
        return "–"
    return write(low) if low == high else f"{write(low)} … {write(high)}"


def moves(found: Sequence[Move], out: Console, language: Language) -> None:
    """Who moved, by how much, and why."""
    table = titled(
        language, "rerate.plant", "cli.title", "rerate.filed", "rerate.now", "rerate.change", "rerate.why"
    )
    for move in found:
        change = moved(move)
        table.add_row(
            move.plant,
            move.framework,
            _stood(move.before),
            _stood(move.after),
            "–" if change is None else f"{'+' if change > 0 else ''}{number(change, 3)}",
            render(f"rerate.{move.moved_by}", language),
        )
    out.print(table)
    steps = [(m.before.level, m.after.level) for m in found if m.before]
    up = sum(a is not None and b is not None and b > a for a, b in steps)
    down = sum(a is not None and b is not None and b < a for a, b in steps)
    n = sum(m.moved_by != "nothing" for m in found)
    out.print(render("rerate.summary", language, n=len(found), moved=n, up=up, down=down), soft_wrap=True)
    for plant, names in {m.plant: m.dropped for m in found if m.dropped}.items():
        out.print(render("rerate.dropped", language, plant=plant, names=", ".join(names)), soft_wrap=True)


def _stood(standing: Standing | None) -> str:
    if standing is None:
        return "–"
    level = "–" if standing.level is None else str(standing.level)
    return f"{level} ({number(standing.score, 3)}) v{standing.version}" if standing.score is not None else level
