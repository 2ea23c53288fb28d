"""JUDGE: Framework + what is known of each question → levels and scores, exactly, every sum left open.

Each law is one module. All of them give results of one form, whose sums are made of the operations in `terms`.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from assessor.domain import Cut, Evidence, Framework, Ladder, Question, Rated, Result, head
from assessor.rating import gates, opened, points
from assessor.rating.asked import asked, known
from assessor.rating.cuts import after_cuts
from assessor.rating.formulas import rate_formulas
from assessor.rating.ladder import (
    chances,
    is_pre_assessment,
    not_applicable,
    rate,
    rate_all,
    testable,
    tested,
)
from assessor.rating.values import COLUMNS, Column, Kind, Known, Value, values

__all__ = [
    "Column",
    "Kind",
    "Known",
    "Value",
    "asked",
    "chances",
    "covered",
    "is_pre_assessment",
    "known",
    "not_applicable",
    "rate",
    "rate_all",
    "rate_library",
    "testable",
    "tested",
    "values",
]


Rater = Callable[[Any, Mapping[str, Question], Known], tuple[Result, ...]]
"""A law: its framework, the bank's statements by id, and what is known in one column → a result a variant, the
default one first."""
RATERS: Mapping[str, Rater] = {
    "points-and-scenes": points.results,
    "formulas": rate_formulas,
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
    """One set of answers by every framework given that is for this kind of plant.

    A ladder's results are those of its parts for such plants. Cuts that it does not know it leaves to others.
    """
    questions, evidence, cuts = tuple(questions), tuple(evidence), tuple(cuts)
    order = ["ladder", *RATERS]
    ours = [_of_plant(f, plant) for f in frameworks if f.plant in (None, plant)]
    ours.sort(key=lambda f: (order.index(f.law), f.id))
    ladders = [f for f in ours if isinstance(f, Ladder)]
    rated: list[Rated] = []
    for framework in ours:
        if isinstance(framework, Ladder):
            ladder, own = after_cuts(framework, cuts, ladders)
            results = opened.results(ladder, evidence, own, columns)
        else:
            results = _results(framework, questions, evidence, plant, rated, columns)
        rated.append(
            Rated(head=head(framework), grades=framework.grades, covered=covered(framework), results=results)
        )
    return tuple(rated)


def _of_plant(framework: Framework, plant: Kind) -> Framework:
    return framework.of_plant(plant) if isinstance(framework, Ladder) else framework


def _results(
    framework: Framework,
    questions: tuple[Question, ...],
    evidence: tuple[Evidence, ...],
    plant: Kind,
    before: list[Rated],
    columns: tuple[Column, ...],
) -> tuple[Result, ...]:
    """The columns of each variant: declared before verified. A settlement may leave a variant one of them."""
    statements = {s.id: s for question in questions for s in question.statements}
    by_column = [
        RATERS[framework.law](framework, statements, known(questions, evidence, column, plant, before))
        for column in columns
    ]
    variants = dict.fromkeys(result.variant for results in by_column for result in results)
    return tuple(r for variant in variants for results in by_column for r in results if r.variant == variant)


def covered(framework: Framework) -> Fraction:
    """Share of what a framework asks for that the bank can answer: mapped over mapped and unmapped."""
    mapped = len(framework.asks)
    return Fraction(mapped, mapped + len(framework.unmapped)) if mapped else Fraction(0)
