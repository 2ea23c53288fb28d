"""The lines of open sums: each operation once. A law is a way of putting terms together.

The arithmetic is in `ends`. A term that is not determined says why.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from assessor.domain import Message, Operation, Question, TableStep, Term
from assessor.rating.ends import ends
from assessor.rating.values import Value

PLAIN: dict[str, Any] = {
    name: field.get_default() for name, field in Term.model_fields.items() if not field.is_required()
} | {"factor": Fraction(1)}
"""What a line has where nothing else is said of it."""
NO_VALUE = Message(id="term.no_value")
NO_DIVISOR = Message(id="term.no_divisor")


def answer(id_: str, question: Question, value: Value, **more: Any) -> Term:
    """The answer to a question. One that is not applicable has no term at all: leave it out."""
    why = NO_VALUE if value.low is None or value.high is None else None
    return _made(
        id=id_, how="answer", low=value.low, high=value.high, question=question.id, source=value.source,
        unit=question.unit, why=why, **more,
    )  # fmt: skip


def constant(id_: str, value: Fraction, **more: Any) -> Term:
    """A fact of the framework's file."""
    return _made(id=id_, how="constant", low=value, high=value, **more)


def sum_of(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """Σ factor·term; 0 of nothing."""
    return _term("sum", id_, terms, more)


def mean(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """Σ factor·term / Σ factor; not determined of nothing."""
    return _term("mean", id_, terms, more)


def least(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """The lowest term: of what is 0 or 1, whether all hold. Not determined of nothing."""
    return _term("least", id_, terms, more)


def most(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """The highest term: of what is 0 or 1, whether any holds. Not determined of nothing."""
    return _term("most", id_, terms, more)


def product(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """All terms multiplied; none may be negative."""
    return _term("product", id_, terms, more)


def side_by_side(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """Terms that belong together and make no number."""
    return _made(id=id_, how="list", low=None, high=None, of=tuple(terms), **more)


def same(id_: str, term: Term, **more: Any) -> Term:
    """A term that stands elsewhere in the tree."""
    return _made(id=id_, how="same", low=term.low, high=term.high, why=term.why, ref=term.id, **more)


def ratio(id_: str, over: Term, under: Term, **more: Any) -> Term:
    """First over second; neither may be negative, and nothing is divided by what may be 0."""
    if under.low is not None and under.low <= 0:
        more["why"] = NO_DIVISOR
    return _term("ratio", id_, (over, under), more)


def difference(id_: str, whole: Term, less: Iterable[Term], **more: Any) -> Term:
    """The first less the others."""
    return _term("difference", id_, (whole, *less), more)


def steps(id_: str, term: Term, table: Sequence[TableStep], **more: Any) -> Term:
    """A table read at one term: the last step that is reached, 0 before the first. Open where the term is."""
    return _term("steps", id_, (term,), more | {"table": tuple(table)})


def reaches(id_: str, term: Term, at: Fraction, **more: Any) -> Term:
    """1 where the term is `at` or more, else 0."""
    return _term("reaches", id_, (term,), more | {"at": at})


def within(id_: str, term: Term, at: Fraction, **more: Any) -> Term:
    """1 where the term is `at` or less, else 0."""
    return _term("within", id_, (term,), more | {"at": at})


def run(id_: str, terms: Iterable[Term], **more: Any) -> Term:
    """How many terms, from the first on, are 1: levels that build on one another."""
    return _term("run", id_, terms, more)


@cache
def named(id_: str) -> Message:
    """A text without gaps: there are a few, and each stands in thousands of lines."""
    return Message(id=id_)


def leaves(term: Term) -> Iterable[Term]:
    """Every answer under a term."""
    if term.how == "answer":
        yield term
    for below in term.of:
        yield from leaves(below)


def _term(how: Operation, id_: str, terms: Iterable[Term], more: dict[str, Any]) -> Term:
    """A term not determined says why: with its own reason, or that of the first below that is not."""
    terms = tuple(terms)
    low, high = ends(how, terms, more.get("at"), more.get("table", ()))
    if (low is None or high is None) and not more.get("why"):
        more = more | {"why": next((t.why for t in terms if t.why), NO_VALUE)}
    return _made(id=id_, how=how, low=low, high=high, of=terms, **more)


def _made(**fields: Any) -> Term:
    """A line of what is exact and checked already: out of a framework's file, or reckoned here. Not checked again,
    for there are thousands; a test holds every line of the golden case against one that is."""
    term = Term.__new__(Term)
    object.__setattr__(term, "__dict__", PLAIN | fields)
    object.__setattr__(term, "__pydantic_fields_set__", set(fields))
    object.__setattr__(term, "__pydantic_extra__", None)
    object.__setattr__(term, "__pydantic_private__", None)
    return term
