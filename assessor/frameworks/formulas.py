"""Faults of formulas: what they speak of must be there, refer round to nothing, and agree in its units."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from assessor.domain import Basis, Figure, Formula, Formulas, Question, TableStep, plain
from assessor.frameworks.fault import Fault, Place, fault, need_faults, question_faults, repeated

Unit = Counter[str] | None
"""Powers of symbols, none of them 0. None: the formula has faults of its own, or reads a table."""
RATED = ("number", "count", "share", "yes-no", "degree")
DEEPEST = 20
"""Formulas within formulas; a reader is lost long before, and so are the writers of JSON."""
NONE = ("1", "times")
"""How a number without a unit is written."""


def formulas_faults(framework: Formulas, statements: Mapping[str, Question]) -> Iterator[Fault]:
    yield from repeated(("figures",), [figure.id for figure in framework.figures])
    yield from repeated(("bases",), [basis.id for basis in framework.bases])
    yield from _basis_faults(framework, statements)
    for i, figure in enumerate(framework.figures):
        here: Place = ("figures", i)
        yield from _source_faults(framework, here, figure.source)
        for j, mark in enumerate(figure.benchmarks):
            yield from _source_faults(framework, (*here, "benchmarks", j), mark.source)
        if figure.only_if:
            yield from need_faults((*here, "only_if"), figure.only_if, statements)
        if (depth := _depth(figure.formula)) > DEEPEST:
            yield fault((*here, "formula"), "formula_deep", depth=depth, most=DEEPEST)
        for at, formula in figure.formula.walk((*here, "formula")):
            yield from _formula_faults(framework, at, formula, statements)
        if figure.id in _below(framework, figure.id):
            yield fault((*here, "formula"), "figure_cycle", id=figure.id)
    for i, figure in enumerate(framework.figures):
        yield from _unit_faults(framework, ("figures", i), figure, statements)


def _basis_faults(framework: Formulas, statements: Mapping[str, Question]) -> Iterator[Fault]:
    seen = {"default": "default"}
    for i, basis in enumerate(framework.bases):
        here: Place = ("bases", i)
        if basis.assumes:
            yield from question_faults((*here, "assumes", "holds"), basis.assumes.holds, statements, "yes-no")
        named = [("coefficients", j, coefficient.id) for j, coefficient in enumerate(basis.coefficients)]
        for kind, j, id_ in [*named, *(("sets", j, held.id) for j, held in enumerate(basis.sets))]:
            if id_ in seen:
                yield fault((*here, kind, j, "id"), "basis_twice", id=id_, first=seen[id_])
            seen[id_] = basis.id
        yield from _set_faults(framework, here, basis, statements)


def _set_faults(
    framework: Formulas, here: Place, basis: Basis, statements: Mapping[str, Question]
) -> Iterator[Fault]:
    wanted = [coefficient.id for coefficient in basis.coefficients]
    for i, held in enumerate(basis.sets):
        at: Place = (*here, "sets", i)
        yield from _source_faults(framework, at, held.source)
        if held.applies:
            yield from need_faults((*at, "applies"), held.applies, statements)
        for name, given in held.values.items():
            if name not in wanted:
                yield fault((*at, "values", name), "unknown_coefficient", id=name, known=", ".join(wanted))
            if given.value < 0:
                yield fault((*at, "values", name), "coefficient_negative", id=name, value=plain(given.value))
            yield from _source_faults(framework, (*at, "values", name), given.source)
    for i, name in enumerate(wanted):
        if not any(name in held.values for held in basis.sets):
            yield fault((*here, "coefficients", i), "coefficient_unheld", id=name)


def _source_faults(framework: Formulas, at: Place, source: str | None) -> Iterator[Fault]:
    if source is not None and source not in framework.sources:
        yield fault((*at, "source"), "unknown_source", id=source, known=", ".join(framework.sources))


def _formula_faults(
    framework: Formulas, at: Place, formula: Formula, statements: Mapping[str, Question]
) -> Iterator[Fault]:
    if formula.answer:
        yield from question_faults((*at, "answer"), formula.answer, statements, *RATED)
    names = [figure.id for figure in framework.figures]
    if formula.figure and formula.figure not in names:
        yield fault((*at, "figure"), "unknown_figure", id=formula.figure, known=", ".join(names))
    held = [coefficient.id for basis in framework.bases for coefficient in basis.coefficients]
    if formula.coefficient and formula.coefficient not in held:
        known = ", ".join(held)
        yield fault((*at, "coefficient"), "unknown_coefficient", id=formula.coefficient, known=known)
    if formula.steps and not _rises(formula.steps.table):
        yield fault((*at, "steps", "table"), "figure_table")


def _depth(formula: Formula) -> int:
    return 1 + max((_depth(part) for _, part in formula.parts), default=0)


def _rises(table: tuple[TableStep, ...]) -> bool:
    """Each step has one bound, and lies beyond the one before; 'above 2' lies beyond 'from 2'."""
    if any((step.from_ is None) == (step.above is None) for step in table):
        return False
    bounds = [(step.from_, 0) if step.from_ is not None else (step.above or 0, 1) for step in table]
    return all(before < after for before, after in pairwise(bounds))


def _below(framework: Formulas, start: str) -> set[str]:
    """Every figure that one refers to, however far down."""
    refers = {f.id: {part.figure for _, part in f.formula.walk() if part.figure} for f in framework.figures}
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        found = refers.get(waiting.pop(), set()) - seen
        waiting.extend(found)
        seen |= found
    return seen


# Units ---------------------------------------------------------------------------------------------------


def unit(text: str) -> Counter[str]:
    """Symbols with their powers: 'kgce/kWh' is kgce once and kWh minus once; of a pure number none."""
    powers: Counter[str] = Counter()
    for i, part in enumerate(text.split("/")):
        for symbol in part.split("·"):
            if symbol.strip() not in NONE:
                powers[symbol.strip()] += -1 if i else 1
    return Counter({symbol: power for symbol, power in powers.items() if power})


def _written(found: Counter[str]) -> str:
    over = "·".join(symbol for symbol in sorted(found) for _ in range(found[symbol]))
    under = "".join(f"/{symbol}" for symbol in sorted(found) for _ in range(-found[symbol]))
    return (over or "1") + under


def _unit_faults(
    framework: Formulas, here: Place, figure: Figure, statements: Mapping[str, Question]
) -> Iterator[Fault]:
    reckoner = _Reckoner(framework, statements)
    found = reckoner.of(figure.formula, (*here, "formula"))
    yield from reckoner.faults
    if found is not None and found != (wanted := _stated(figure)):
        yield fault((*here, "unit"), "figure_unit", found=_written(found), unit=_written(wanted))


def _stated(figure: Figure) -> Counter[str]:
    return unit(figure.unit.en if figure.unit else "1")


class _Reckoner:
    """Works out the unit of a formula, and remembers where parts do not go together."""

    def __init__(self, framework: Formulas, statements: Mapping[str, Question]) -> None:
        self.faults: list[Fault] = []
        self._figures = {figure.id: _stated(figure) for figure in framework.figures}
        self._coefficients = {c.id: unit(c.unit) for basis in framework.bases for c in basis.coefficients}
        self._statements = statements

    def of(self, formula: Formula, at: Place) -> Unit:
        if formula.answer:
            asked = self._statements[formula.answer].unit
            return unit(asked.en if asked else "1")
        if formula.coefficient:
            return self._coefficients[formula.coefficient]
        if formula.figure:
            return self._figures[formula.figure]
        if formula.number:
            return unit(formula.number.unit)
        parts = [self.of(part, (*at, *place)) for place, part in formula.parts]
        known = [part for part in parts if part is not None]
        if formula.steps or len(known) < len(parts):
            return None
        if formula.product:
            return _times(*known)
        if formula.ratio:
            return _times(known[0], Counter({symbol: -power for symbol, power in known[1].items()}))
        if other := next((part for part in known if part != known[0]), None):
            self.faults.append(fault(at, "units_differ", first=_written(known[0]), other=_written(other)))
            return None
        return Counter() if formula.share else known[0]


def _times(*units: Counter[str]) -> Counter[str]:
    powers: Counter[str] = Counter()
    for found in units:
        for symbol, power in found.items():
            powers[symbol] += power
    return Counter({symbol: power for symbol, power in powers.items() if power})
