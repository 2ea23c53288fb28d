"""JUDGE: Framework + what is known of each question → levels and scores, exactly, every sum left open.

Each law is one module. All of them give results of one form, whose sums are made of the operations in `terms`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from assessor.domain import Cut, Evidence, Framework, Ladder, Question, Rated, Result, head
from assessor.rating import criteria, gates, opened, points
from assessor.rating.asked import asked, known, spans
from assessor.rating.cuts import after_cuts, refuse_cuts
from assessor.rating.ends import total
from assessor.rating.formulas import rate_formulas
from assessor.rating.kept import kept
from assessor.rating.ladder import (
    Rungs,
    alone,
    chances,
    is_pre_assessment,
    level_of,
    not_applicable,
    rate,
    rate_all,
    rungs,
    score_of,
    standing,
    testable,
    tested,
)
from assessor.rating.values import COLUMNS, Column, Kind, Known, Value, values

__all__ = [
    "Column",
    "Kind",
    "Known",
    "Rungs",
    "Value",
    "alone",
    "asked",
    "chances",
    "covered",
    "is_pre_assessment",
    "kept",
    "known",
    "level_of",
    "not_applicable",
    "rate",
    "rate_all",
    "rate_library",
    "refuse_cuts",
    "rungs",
    "score_of",
    "standing",
    "testable",
    "tested",
    "total",
    "values",
]


Rater = Callable[[Any, Mapping[str, Question], Known], tuple[Result, ...]]
"""A law: its framework, the bank's statements by id, and what is known in one column → a result a variant, the
default one first."""
RATERS: Mapping[str, Rater] = {
    "points-and-scenes": points.results,
    "formulas": rate_formulas,
    "bands": criteria.results,
    "weakest-link": criteria.results,
    "mean": criteria.results,
    "gates": gates.results,
}
"""Every law but the ladder, which has cuts of its own. Gates come last: they look at the levels of others."""


def rate_library(
    frameworks: Iterable[Framework],
    questions: Iterable[Question],
    evidence: Iterable[Evidence],
    cuts: Iterable[Cut],
    plant: Kind,
    columns: tuple[Column, ...] = COLUMNS,
) -> tuple[Rated, ...]:
    """One set of answers by every framework given that is for this kind of plant: as it is, and as the plant wants
    it to be in three years, where it said so of anything.

    A ladder's results are those of its parts for such plants. Cuts that it does not know it leaves to others.
    """
    questions, evidence, cuts = tuple(questions), tuple(evidence), tuple(cuts)
    order = ["ladder", *RATERS]
    ours = [_of_plant(f, plant) for f in frameworks if f.plant in (None, plant)]
    ours.sort(key=lambda f: (order.index(f.law), f.id))
    now = _every(ours, questions, evidence, cuts, plant, columns)
    wanted = aimed(evidence)
    aims = _every(ours, questions, wanted, cuts, plant, ("verified",)) if wanted != evidence else {}
    return tuple(
        Rated(
            head=head(framework),
            grades=framework.grades,
            covered=covered(framework),
            results=now[framework.id],
            target=aims[framework.id][0] if aims else None,
        )
        for framework in ours
    )


def aimed(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Evidence as if every target that was named were reached; the rest as it stands today."""
    return tuple(_reached(e) if e.target is not None and e.claimed != "not-applicable" else e for e in evidence)


def _reached(evidence: Evidence) -> Evidence:
    """What is wanted is a word of the plant, never something that was measured or settled."""
    said = {"claim": evidence.target, "claimed": "answered", "verified": evidence.target, "settlement": None}
    return evidence.model_copy(update=said)


def _of_plant(framework: Framework, plant: Kind) -> Framework:
    return framework.of_plant(plant) if isinstance(framework, Ladder) else framework


def _every(
    frameworks: Sequence[Framework],
    questions: tuple[Question, ...],
    evidence: tuple[Evidence, ...],
    cuts: tuple[Cut, ...],
    plant: Kind,
    columns: tuple[Column, ...],
) -> dict[str, tuple[Result, ...]]:
    """Results by framework id. A settlement may leave a variant only one of the columns."""
    statements = {s.id: s for question in questions for s in question.statements}
    heard = {column: known(questions, evidence, column, plant) for column in columns}
    ladders = [f for f in frameworks if isinstance(f, Ladder)]
    found: dict[str, tuple[Result, ...]] = {}
    for framework in frameworks:
        if isinstance(framework, Ladder):
            ladder, own = after_cuts(framework, cuts, ladders)
            results = opened.results(ladder, evidence, own, columns)
        else:
            rater, levels = RATERS[framework.law], {c: spans(found, c) for c in columns}
            told = [rater(framework, statements, replace(heard[c], levels=levels[c])) for c in columns]
            variants = dict.fromkeys(result.variant for results in told for result in results)
            results = tuple(r for v in variants for results in told for r in results if r.variant == v)
        found[framework.id] = results
    return found


def covered(framework: Framework) -> Fraction:
    """Share of what a framework asks for that the bank can answer: mapped over mapped and unmapped."""
    mapped = len(framework.asks)
    return Fraction(mapped, mapped + len(framework.unmapped)) if mapped else Fraction(0)
