"""Which questions are asked: conditions are written once, as data, and decided here alone."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from assessor.domain import Evidence, Question, Result
from assessor.rating.values import ASIDE, Column, Kind, Known, values


def asked(questions: Iterable[Question], known: Known) -> frozenset[str]:
    """Ids of the questions, and of the options of several-ofs, whose condition holds or cannot be told yet.

    A question is not asked where its condition fails for sure, or speaks only of what is not applicable.
    """
    found = set()
    for question in questions:
        need = question.asked_if
        held: tuple[bool, bool] | None = (True, True)
        if need is not None:
            held = known.once(question.id, need.names, partial(known.holds, need))
        if held is not None and held[1]:
            found |= {question.id} | {option.id for option in question.options}
    return frozenset(found)


def known(questions: Iterable[Question], evidence: Iterable[Evidence], column: Column, plant: Kind) -> Known:
    """What a law may look at in one column: nothing of a question that is not asked.

    Conditions may rest on questions with conditions of their own, so they are decided until nothing changes.
    """
    questions = tuple(questions)
    return under_conditions(questions, Known(column, values(questions, evidence, column), plant, {}))


def under_conditions(questions: Iterable[Question], every: Known) -> Known:
    """What is known, without what is not asked: `every` holds all statements as if every question were."""
    conditional = [question for question in questions if question.asked_if is not None]
    found, told = every, None
    while (now := _unasked(conditional, found)) != told:
        told = now
        found = replace(every, values={**every.values, **dict.fromkeys(now & every.values.keys(), ASIDE)})
    return found


def _unasked(questions: Iterable[Question], known: Known) -> frozenset[str]:
    """Of questions with conditions those that are not asked, and their options."""
    there = asked(questions, known)
    ids = {id_ for question in questions for id_ in (question.id, *(option.id for option in question.options))}
    return frozenset(ids - there)


def spans(results: Mapping[str, tuple[Result, ...]], column: Column) -> dict[str, tuple[int, int]]:
    """Formal level and highest possible level by framework id, under the default variant, where there is one."""
    found = {}
    for id_, ones in results.items():
        chosen = next((r for r in ones if r.column == column), None)
        if chosen is not None and chosen.level is not None and chosen.level_high is not None:
            found[id_] = chosen.level, chosen.level_high
    return found
