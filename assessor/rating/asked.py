"""Which questions are asked: conditions are written once, as data, and decided here alone."""

from collections.abc import Iterable

from assessor.domain import Evidence, Question, Rated, Result
from assessor.rating.values import Column, Kind, Known, values


def asked(questions: Iterable[Question], known: Known) -> frozenset[str]:
    """Ids of the questions, and of the options of several-ofs, whose condition holds or cannot be told yet.

    A question is not asked where its condition fails for sure, or speaks only of what is not applicable.
    """
    found = set()
    for question in questions:
        held = (True, True) if question.asked_if is None else known.holds(question.asked_if)
        if held is not None and held[1]:
            found |= {question.id} | {statement.id for statement in question.statements}
    return frozenset(found)


def known(
    questions: Iterable[Question],
    evidence: Iterable[Evidence],
    column: Column,
    plant: Kind,
    before: Iterable[Rated] = (),
) -> Known:
    """What a law may look at in one column: nothing of a question that is not asked.

    Conditions may rest on questions with conditions of their own, so they are decided until nothing changes.
    """
    questions, evidence = tuple(questions), tuple(evidence)
    levels = {r.head.id: span for r in before if (span := _span(r.results, column)) is not None}
    found = Known(column, values(questions, evidence, column), plant, levels)
    told: frozenset[str] | None = None
    while (now := asked(questions, found)) != told:
        told = now
        found = Known(column, values(questions, evidence, column, told), plant, levels)
    return found


def _span(results: Iterable[Result], column: Column) -> tuple[int, int] | None:
    chosen = next((r for r in results if r.column == column), None)
    if chosen is None or chosen.level is None or chosen.level_high is None:
        return None
    return chosen.level, chosen.level_high
