"""JUDGE: Framework + what is known of each question → levels and scores, exactly, every sum left open.

Each law is one module. All of them give results of one form, whose sums are made of the operations in `terms`.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from assessor.domain import Cut, Evidence, Framework, Ladder, Question, Rated, Result, head
from assessor.rating import opened, points
from assessor.rating.asked import asked, known
from assessor.rating.ladder import (
    chances,
    is_pre_assessment,
    not_applicable,
    rate,
    rate_all,
    rungs,
    testable,
    tested,
)
from assessor.rating.values import Column, Kind, Known, Value, values

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
    "rungs",
    "testable",
    "tested",
    "values",
]


Rater = Callable[[Any, Mapping[str, Question], Known], tuple[Result, ...]]
"""A law: its framework, the bank's statements by id, and what is known in one column → a result a variant, the
default one first."""
RATERS: Mapping[str, Rater] = {"points-and-scenes": points.results}
"""Every law but the ladder, which has cuts of its own. Gates come last: they look at the levels of others."""


def rate_library(
    frameworks: Iterable[Framework],
    questions: Iterable[Question],
    evidence: Iterable[Evidence],
    cuts: Iterable[Cut],
    plant: Kind,
) -> tuple[Rated, ...]:
    """One set of answers by every framework given that is for this kind of plant."""
    questions, evidence, cuts = tuple(questions), tuple(evidence), tuple(cuts)
    order = ["ladder", *RATERS]
    ours = sorted((f for f in frameworks if f.plant in (None, plant)), key=lambda f: (order.index(f.law), f.id))
    rated: list[Rated] = []
    for framework in ours:
        if isinstance(framework, Ladder):
            results = opened.results(framework, evidence, cuts)
        else:
            results = _results(framework, questions, evidence, plant, rated)
        rated.append(
            Rated(head=head(framework), grades=framework.grades, covered=covered(framework), results=results)
        )
    return tuple(rated)


def _results(
    framework: Framework,
    questions: tuple[Question, ...],
    evidence: tuple[Evidence, ...],
    plant: Kind,
    before: list[Rated],
) -> tuple[Result, ...]:
    """Both columns of each variant: declared before verified."""
    statements = {s.id: s for question in questions for s in question.statements}
    columns: tuple[Column, ...] = ("declared", "verified")
    by_column = [
        RATERS[framework.law](framework, statements, known(questions, evidence, column, plant, before))
        for column in columns
    ]
    return tuple(result for pair in zip(*by_column, strict=True) for result in pair)


def covered(framework: Framework) -> Fraction:
    """Share of what a framework asks for that the bank can answer: mapped over mapped and unmapped."""
    mapped = len(framework.asks)
    return Fraction(mapped, mapped + len(framework.unmapped)) if mapped else Fraction(0)
