"""Which questions are asked: conditions are written once, as data, and decided here alone."""

from collections.abc import Iterable, Mapping

from assessor.domain import Evidence, Question, Result
from assessor.rating.values import ASIDE, Column, Kind, Known, values


def asked(questions: Iterable[Question], known: Known) -> frozenset[str]:
    """Ids of the questions, and of the options of several-ofs, whose condition holds or cannot be told yet.

    A question is not asked where its condition fails for sure, or speaks only of what is not applicable.
    """
    found = set()
    for question in questions:
        held = (True, True) if question.asked_if is None else known.holds(question.asked_if)
        if held is not None and held[1]:
            found |= {question.id} | {option.id for option in question.options}
    return frozenset(found)


def known(questions: Iterable[Question], evidence: Iterable[Evidence], column: Column, plant: Kind) -> Known:
    """What a law may look at in one column: nothing of a question that is not asked.

    Conditions may rest on questions with conditions of their own, so they are decided until nothing changes.
    """
    questions = tuple(questions)
    every = values(questions, evidence, column)
    found = Known(column, every, plant, {})
    told: frozenset[str] | None = None
    while (now := asked(questions, found)) != told:
        told = now
        found = Known(column, {id_: v if id_ in told else ASIDE for id_, v in every.items()}, plant, {})
    return found


def spans(results: Mapping[str, tuple[Result, ...]], column: Column) -> dict[str, tuple[int, int]]:
    """Formal level and highest possible level by framework id, under the default variant, where there is one."""
    found = {}
    for id_, ones in results.items():
        chosen = next((r for r in ones if r.column == column), None)
        if chosen is not None and chosen.level is not None and chosen.level_high is not None:
            found[id_] = chosen.level, chosen.level_high
    return found
