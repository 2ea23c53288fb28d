"""A need as an open sum: 1 where it holds, 0 where it fails. Agrees with `Known.holds` throughout."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessor.domain import Need, Question, Term
from assessor.rating import terms
from assessor.rating.values import Known


def opened(id_: str, need: Need, statements: Mapping[str, Question], known: Known, **more: Any) -> Term | None:
    """Whether a need holds, down to the answers; None where it speaks only of what is not applicable."""
    if known.kept is None:
        return _opened(id_, need, statements, known, **more)
    return known.once(id_, need.names, lambda: _opened(id_, need, statements, known, **more))


def _opened(id_: str, need: Need, statements: Mapping[str, Question], known: Known, **more: Any) -> Term | None:
    if need.plant is not None:
        return terms.constant(id_, Fraction(need.plant == known.plant), **_named("plant_kind", more))
    if need.question is not None:
        return _compared(id_, need, statements[need.question], known, more)
    parts = [_opened(f"{id_}/{i}", part, statements, known) for i, part in enumerate((*need.all, *need.any), 1)]
    applying = [part for part in parts if part is not None]
    if not applying:
        return None
    if need.all:
        return terms.least(id_, applying, **_named("all_of", more))
    return terms.most(id_, applying, **_named("any_of", more))


def _compared(id_: str, need: Need, question: Question, known: Known, more: dict[str, Any]) -> Term | None:
    value = known.value(question.id)
    if not value.applies:
        return None
    given = terms.answer(f"{id_}/{question.id}", question, value)
    if need.at_least is not None:
        return terms.reaches(id_, given, need.at_least, **_named("at_least", more))
    assert need.at_most is not None
    return terms.within(id_, given, need.at_most, **_named("at_most", more))


def _named(name: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"name": terms.named(f"term.{name}")} | more
