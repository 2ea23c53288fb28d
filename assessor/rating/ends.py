"""The arithmetic of open sums: what each operation makes of the lines below it, once.

A line has two values: `low`, with everything unknown counted against the plant, and `high`, with everything
unknown counted for it. A number that nobody gave is None, and so is what follows from it, except that a comparison
with it may still hold or fail.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Protocol

from assessor.domain import Operation, TableStep

NONE, ALL = Fraction(0), Fraction(1)
End = Fraction | None


class Line(Protocol):
    """What arithmetic looks at: of a term of a result, or of anything else that has ends and weighs."""

    @property
    def low(self) -> End: ...
    @property
    def high(self) -> End: ...
    @property
    def factor(self) -> Fraction: ...


def ends(how: Operation, of: Sequence[Line], at: End = None, table: Sequence[TableStep] = ()) -> tuple[End, End]:
    """Low and high of an operation over lines: `at` where it compares, `table` where it reads one."""
    if how in GROWING:
        work, factors = GROWING[how], [line.factor for line in of]
        return _all(work, (line.low for line in of), factors), _all(work, (line.high for line in of), factors)
    match how:
        case "same":
            return of[0].low, of[0].high
        case "run":
            return run_of(line.low for line in of), run_of(line.high for line in of)
        case "reaches" | "within":
            assert at is not None
            return (_reaches if how == "reaches" else _within)(of[0], at)
        case "ratio":
            return _ratio(of[0], of[1])
        case "difference":
            low = _less(of[0].low, [line.high for line in of[1:]])
            return low, _less(of[0].high, [line.low for line in of[1:]])
        case "steps":
            return _read(of[0], table)
    return None, None


def look_up(table: Sequence[TableStep], value: Fraction) -> Fraction:
    """What a table gives at one value; 0 before its first step."""
    given = NONE
    for step in table:
        if value > _bound(step) or (step.from_ is not None and value == step.from_):
            given = step.gives
    return given


def total(found: Iterable[Fraction], factors: Iterable[Fraction] | None = None, over: int = 1) -> Fraction:
    """Σ factor·value / over, over one common divisor: ten times faster than fraction by fraction."""
    found = tuple(found)
    pairs = [value.as_integer_ratio() for value in found]
    if factors is not None:
        weighed = zip(pairs, [factor.as_integer_ratio() for factor in factors], strict=True)
        pairs = [(n * m, d * e) for (n, d), (m, e) in weighed]
    divisor = lcm(*[d for _, d in pairs])
    return Fraction(sum([n * (divisor // d) for n, d in pairs]), divisor * over)


def _all(
    work: Callable[[list[Fraction], list[Fraction]], End], found: Iterable[End], factors: list[Fraction]
) -> End:
    """What grows with each of its lines is determined where all of them are."""
    known = list[Fraction]()
    for end in found:
        if end is None:
            return None
        known.append(end)
    return work(known, factors)


def _mean(known: list[Fraction], factors: list[Fraction]) -> End:
    whole = total(factors)
    return total(known, factors) / whole if whole else None


def _product(known: list[Fraction], _: list[Fraction]) -> End:
    result = ALL
    for end in known:
        result *= end
    return result


GROWING: Mapping[Operation, Callable[[list[Fraction], list[Fraction]], End]] = {
    "sum": total,
    "mean": _mean,
    "least": lambda known, _: min(known, default=None),
    "most": lambda known, _: max(known, default=None),
    "product": _product,
}
"""What grows with each of its lines: low from the lows, high from the highs."""


def run_of(found: Iterable[End]) -> Fraction:
    """How many are 1, from the first on; what comes after the first that is not is not looked at."""
    count = 0
    for end in found:
        if end != 1:
            break
        count += 1
    return Fraction(count)


def _reaches(line: Line, at: Fraction) -> tuple[End, End]:
    low = ALL if line.low is not None and line.low >= at else NONE
    return low, NONE if line.high is not None and line.high < at else ALL


def _within(line: Line, at: Fraction) -> tuple[End, End]:
    low = ALL if line.high is not None and line.high <= at else NONE
    return low, NONE if line.low is not None and line.low > at else ALL


def _ratio(over: Line, under: Line) -> tuple[End, End]:
    low = None if over.low is None or not under.high or not under.low else over.low / under.high
    return low, None if over.high is None or not under.low else over.high / under.low


def _less(whole: End, others: list[End]) -> End:
    if whole is None or None in others:
        return None
    return whole - total(end for end in others if end is not None)


def _read(line: Line, table: Sequence[TableStep]) -> tuple[End, End]:
    if line.low is None or line.high is None:
        results = [NONE, *(step.gives for step in table)]
        return min(results), max(results)
    met = [look_up(table, line.low), look_up(table, line.high)]
    met += [step.gives for step in table if line.low < _bound(step) <= line.high]
    return min(met), max(met)


def _bound(step: TableStep) -> Fraction:
    bound = step.above if step.from_ is None else step.from_
    assert bound is not None
    return bound
