"""Each operation of an open sum as a spreadsheet formula: the same arithmetic that assessor.rating.terms does.

What is not determined is #N/A, which spreads through sums and quotients as it should, while comparisons say 0
in the low column and 1 in the high one. Comparisons round to 12 places, since a spreadsheet's numbers are binary.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assessor.domain import TableStep, Term, plain

PLACES = 12


@dataclass(frozen=True)
class Cells:
    """Where a term stands: addresses of its low and high value and of its factor."""

    low: str
    high: str
    factor: str


def formula(term: Term, below: Sequence[Cells], referred: Cells | None, end: str) -> str | None:
    """The formula of one end ('low' or 'high') of a term; None where it has no value of its own."""
    if term.how == "list":
        return None
    if term.how == "same":
        assert referred is not None
        return f"={getattr(referred, end)}"
    if term.how in COMPARED:
        return f"={COMPARED[term.how](term, below[0], end)}"
    if term.how in TURNED:
        return f"={TURNED[term.how](below, end)}"
    if not below:
        return f"={EMPTY[term.how]}"
    ends = [getattr(cells, end) for cells in below]
    return f"={GROWING[term.how](ends, [cells.factor for cells in below])}"


def number(value: str) -> str:
    """An exact number as a formula writes it: 27/40 stays a quotient."""
    return f"({value})" if "/" in value else value


def _sum(ends: Sequence[str], factors: Sequence[str]) -> str:
    return "+".join(f"{factor}*{end}" for factor, end in zip(factors, ends, strict=True))


def _mean(ends: Sequence[str], factors: Sequence[str]) -> str:
    return f"({_sum(ends, factors)})/({'+'.join(factors)})"


def _run(ends: Sequence[str], _: Sequence[str]) -> str:
    """1 for each of the first ones that hold: nested, so that the first that does not ends it."""
    written = "0"
    for end in reversed(ends):
        written = f"IF({end}=1,1+{written},0)"
    return written


Growing = Callable[[Sequence[str], Sequence[str]], str]
GROWING: Mapping[str, Growing] = {
    "sum": _sum,
    "mean": _mean,
    "least": lambda ends, _: f"MIN({','.join(ends)})",
    "most": lambda ends, _: f"MAX({','.join(ends)})",
    "product": lambda ends, _: "*".join(ends),
    "run": _run,
}
"""Low from the lows, high from the highs."""
EMPTY = {"sum": "0", "mean": "NA()", "least": "NA()", "most": "NA()", "product": "1", "run": "0"}


def _ratio(below: Sequence[Cells], end: str) -> str:
    over, under = below
    divisor = under.high if end == "low" else under.low
    return f"IF(OR({under.low}<=0,{under.high}<=0),NA(),{getattr(over, end)}/{divisor})"


def _difference(below: Sequence[Cells], end: str) -> str:
    whole, *less = below
    return "".join([getattr(whole, end), *(f"-{c.high if end == 'low' else c.low}" for c in less)])


TURNED: Mapping[str, Callable[[Sequence[Cells], str], str]] = {"ratio": _ratio, "difference": _difference}
"""Low takes the high of what it divides by or subtracts."""


def _reaches(term: Term, below: Cells, end: str) -> str:
    at = number(plain(term.at)) if term.at is not None else "0"
    value = getattr(below, end)
    return f"IF(ISNA({value}),{0 if end == 'low' else 1},IF(ROUND({value},{PLACES})>=ROUND({at},{PLACES}),1,0))"


def _within(term: Term, below: Cells, end: str) -> str:
    at = number(plain(term.at)) if term.at is not None else "0"
    value = below.high if end == "low" else below.low
    return f"IF(ISNA({value}),{0 if end == 'low' else 1},IF(ROUND({value},{PLACES})<=ROUND({at},{PLACES}),1,0))"


def _steps(term: Term, below: Cells, end: str) -> str:
    """The table at both ends and at every step between them: a table may fall as well as rise."""
    choose = "MIN" if end == "low" else "MAX"
    found = [_look_up(term.table, below.low), _look_up(term.table, below.high)]
    low, high = _rounded(below.low), _rounded(below.high)
    for step in term.table:
        bound = _bound(step)
        found.append(f"IF(AND({low}<{bound},{bound}<={high}),{number(plain(step.gives))},{found[0]})")
    results = ",".join(["0", *(number(plain(step.gives)) for step in term.table)])
    return f"IF(OR(ISNA({below.low}),ISNA({below.high})),{choose}({results}),{choose}({','.join(found)}))"


def _look_up(table: Sequence[TableStep], value: str) -> str:
    written = "0"
    for step in table:
        sign = ">" if step.from_ is None else ">="
        written = f"IF({_rounded(value)}{sign}{_bound(step)},{number(plain(step.gives))},{written})"
    return written


def _rounded(value: str) -> str:
    return f"ROUND({value},{PLACES})"


def _bound(step: TableStep) -> str:
    bound = step.above if step.from_ is None else step.from_
    assert bound is not None
    return _rounded(number(plain(bound)))


COMPARED: Mapping[str, Callable[[Term, Cells, str], str]] = {
    "reaches": _reaches,
    "within": _within,
    "steps": _steps,
}
"""Of one term, which may be undetermined without the result being so."""
