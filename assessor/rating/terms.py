"""The arithmetic of open sums: each operation once. A law is a way of putting terms together.

Every term carries two values: `low`, with everything unknown counted against the plant, and `high`, with
everything unknown counted for it. A number that nobody gave is None, and so is what follows from it, except
that a comparison with it may still hold or fail.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from assessor.domain import Message, Operation, Question, TableStep, Term
from assessor.rating.values import Value

NONE, ALL = Fraction(0), Fraction(1)
End = Fraction | None
NO_VALUE = Message(id="term.no_value")
NO_DIVISOR = Message(id="term.no_divisor")


def answer(id_: str, question: Question, value: Value, **more: Any) -> Term:
    """The answer to a question. One that is not applicable has no term at all: leave it out."""
    why = NO_VALUE if value.low is None or value.high is None else None
    return Term(
        id=id_, how="answer", low=value.low, high=value.high, question=question.id, source=value.source,
        unit=question.unit, why=why, **more,
    )  # fmt: skip


def constant(id_: str, value: Fraction, **more: Any) -> Term:
    """A fact of the framework's file."""
    return Term(id=id_, how="constant", low=value, high=value, **more)


def sum_of(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """Σ factor·term; 0 of nothing."""
    return _of("sum", id_, terms, lambda ends, factors: sum(map(_times, ends, factors), NONE), more)


def mean(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """Σ factor·term / Σ factor; not determined of nothing."""
    return _of("mean", id_, terms, _mean, more)


def least(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """The lowest term: of what is 0 or 1, whether all hold. Not determined of nothing."""
    return _of("least", id_, terms, lambda ends, _: min(ends, default=None), more)


def most(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """The highest term: of what is 0 or 1, whether any holds. Not determined of nothing."""
    return _of("most", id_, terms, lambda ends, _: max(ends, default=None), more)


def product(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """All terms multiplied; none may be negative."""
    return _of("product", id_, terms, _product, more)


def side_by_side(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """Terms that belong together and make no number."""
    return Term(id=id_, how="list", low=None, high=None, of=tuple(terms), **more)


def same(id_: str, term: Term, **more: Any) -> Term:
    """A term that stands elsewhere in the tree."""
    return Term(id=id_, how="same", low=term.low, high=term.high, why=term.why, ref=term.id, **more)


def ratio(id_: str, over: Term, under: Term, **more: Any) -> Term:
    """First over second; neither may be negative, and nothing is divided by what may be 0."""
    if under.low is not None and under.low <= 0:
        more["why"] = NO_DIVISOR
    low = None if over.low is None or not under.high or not under.low else over.low / under.high
    high = None if over.high is None or not under.low else over.high / under.low
    return _term("ratio", id_, (over, under), low, high, more)


def difference(id_: str, whole: Term, less: Iterable[Term], **more: Any) -> Term:
    """The first less the others."""
    less = tuple(less)
    low = _less(whole.low, [term.high for term in less])
    return _term("difference", id_, (whole, *less), low, _less(whole.high, [term.low for term in less]), more)


def steps(id_: str, term: Term, table: Sequence[TableStep], **more: Any) -> Term:
    """A table read at one term: the last step that is reached, 0 before the first. Open where the term is."""
    results = [NONE, *(step.gives for step in table)]
    low = min(results) if term.low is None or term.high is None else None
    high = max(results) if low is not None else None
    if term.low is not None and term.high is not None:
        met = [look_up(table, term.low), look_up(table, term.high)]
        met += [s.gives for s in table if term.low < _bound(s) <= term.high]
        low, high = min(met), max(met)
    return _term("steps", id_, (term,), low, high, more | {"table": tuple(table)})


def reaches(id_: str, term: Term, at: Fraction, **more: Any) -> Term:
    """1 where the term is `at` or more, else 0."""
    low = ALL if term.low is not None and term.low >= at else NONE
    high = NONE if term.high is not None and term.high < at else ALL
    return _term("reaches", id_, (term,), low, high, more | {"at": at})


def within(id_: str, term: Term, at: Fraction, **more: Any) -> Term:
    """1 where the term is `at` or less, else 0."""
    low = ALL if term.high is not None and term.high <= at else NONE
    high = NONE if term.low is not None and term.low > at else ALL
    return _term("within", id_, (term,), low, high, more | {"at": at})


def run(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """How many terms, from the first on, are 1: levels that build on one another."""
    terms = tuple(terms)
    return _term("run", id_, terms, _run([t.low for t in terms]), _run([t.high for t in terms]), more)


def look_up(table: Sequence[TableStep], value: Fraction) -> Fraction:
    """What a table gives at one value; 0 before its first step."""
    given = NONE
    for step in table:
        if value > _bound(step) or (step.from_ is not None and value == step.from_):
            given = step.gives
    return given


def leaves(term: Term) -> Iterable[Term]:
    """Every answer under a term."""
    if term.how == "answer":
        yield term
    for below in term.of:
        yield from leaves(below)


def _bound(step: TableStep) -> Fraction:
    bound = step.above if step.from_ is None else step.from_
    assert bound is not None
    return bound


def _of(
    how: Operation,
    id_: str,
    terms: Iterable[Term],
    work: Callable[[list[Fraction], list[Fraction]], End],
    more: dict[str, Any],
) -> Term:
    """A term that grows with each of its terms: low from the lows, high from the highs."""
    terms = tuple(terms)
    factors = [term.factor for term in terms]
    lows, highs = [term.low for term in terms], [term.high for term in terms]
    low = None if None in lows else work([end for end in lows if end is not None], factors)
    high = None if None in highs else work([end for end in highs if end is not None], factors)
    return _term(how, id_, terms, low, high, more)


def _term(how: Operation, id_: str, terms: tuple[Term, ...], low: End, high: End, more: dict[str, Any]) -> Term:
    """A term not determined says why: with its own reason, or that of the first below that is not."""
    if (low is None or high is None) and not more.get("why"):
        more = more | {"why": next((t.why for t in terms if t.why), NO_VALUE)}
    return Term(id=id_, how=how, low=low, high=high, of=terms, **more)


def _times(end: Fraction, factor: Fraction) -> Fraction:
    return end * factor


def _mean(ends: list[Fraction], factors: list[Fraction]) -> End:
    total = sum(factors, NONE)
    return sum(map(_times, ends, factors), NONE) / total if total else None


def _product(ends: list[Fraction], _: list[Fraction]) -> End:
    result = ALL
    for end in ends:
        result *= end
    return result


def _less(whole: End, others: list[End]) -> End:
    if whole is None or None in others:
        return None
    return whole - sum((end for end in others if end is not None), NONE)


def _run(ends: list[End]) -> Fraction:
    count = 0
    for end in ends:
        if end != 1:
            break
        count += 1
    return Fraction(count)
