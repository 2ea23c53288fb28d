"""How each score came about: level, sub-domain, requirement, as one open sum in both columns."""

from dataclasses import dataclass

from assessor.domain import Assessment, CellLine, LevelLine, Rating, RequirementLine
from assessor.report.pen import Pen, code


@dataclass(frozen=True)
class Line:
    """One requirement, declared and verified."""

    text: str
    declared: str
    verified: str
    source: str
    moved: bool


@dataclass(frozen=True)
class CellSum:
    """One sub-domain at one level: C is the mean of its requirements, weight times C is what it adds."""

    code: str
    name: str
    weight: str
    declared: str
    verified: str
    adds: str
    lines: list[Line]
    dropped: list[str]


@dataclass(frozen=True)
class LevelSum:
    """One level: A is the sum over its sub-domains."""

    number: int
    name: str
    declared: LevelLine
    verified: LevelLine
    a_declared: str
    a_verified: str
    next: bool
    cells: list[CellSum]


def sums(a: Assessment, pen: Pen) -> list[LevelSum]:
    """All levels from the first; the first that is not yet satisfied is marked."""
    declared, verified = a.rating("declared"), a.rating("verified")
    said = {line.level: line for line in declared.levels}
    first_open = next((line.level for line in verified.levels if not line.satisfied), None)
    names = {level.number: pen.say(level.name) for level in a.framework.levels}
    return [
        LevelSum(
            number=line.level,
            name=names.get(line.level, ""),
            declared=said[line.level],
            verified=line,
            a_declared=pen.between(said[line.level].low, said[line.level].high),
            a_verified=pen.between(line.low, line.high),
            next=line.level == first_open,
            cells=_cells(line.level, declared, verified, a, pen),
        )
        for line in verified.levels
    ]


def _cells(level: int, declared: Rating, verified: Rating, a: Assessment, pen: Pen) -> list[CellSum]:
    said = {cell.dimension: cell for cell in declared.cells if cell.level == level}
    names = {d.id: pen.say(d.name) for d in a.framework.dimensions}
    return [
        _cell(cell, said.get(cell.dimension), names.get(cell.dimension, cell.dimension), pen)
        for cell in verified.cells
        if cell.level == level
    ]


def _cell(cell: CellLine, said: CellLine | None, name: str, pen: Pen) -> CellSum:
    before = {r.question: r for r in said.requirements} if said else {}
    adds = pen.between(cell.weight * cell.low, cell.weight * cell.high)
    return CellSum(
        code=code(cell.dimension),
        name=name,
        weight=pen.number(cell.weight, 4),
        declared=pen.between(said.low, said.high) if said else pen.t("none"),
        verified=pen.between(cell.low, cell.high),
        adds=adds,
        lines=[_line(r, before.get(r.question), pen) for r in cell.requirements],
        dropped=[pen.question(q) for q in cell.not_applicable],
    )


def _line(now: RequirementLine, before: RequirementLine | None, pen: Pen) -> Line:
    return Line(
        text=pen.question(now.question),
        declared=_degree(before, pen) if before else pen.t("none"),
        verified=_degree(now, pen),
        source=pen.t(f"given.{now.source}"),
        moved=before is not None and (before.low, before.high) != (now.low, now.high),
    )


def _degree(line: RequirementLine, pen: Pen) -> str:
    return pen.t("unknown") if line.source == "unknown" else pen.between(line.low, line.high)
