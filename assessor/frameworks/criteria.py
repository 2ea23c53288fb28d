"""Faults of criteria in dimensions."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from assessor.domain import Criteria, Criterion, Question, plain
from assessor.frameworks.fault import Fault, Place, fault, need_faults, question_faults, repeated
from assessor.frameworks.ladder import weight_faults

SCALED = ("degree", "rubric", "share", "yes-no")
"""Kinds of question that have a best answer."""


def criteria_faults(framework: Criteria, questions: Mapping[str, Question]) -> Iterator[Fault]:
    yield from repeated(("dimensions",), [aspect.id for aspect in framework.dimensions])
    for i, aspect in enumerate(framework.dimensions):
        here: Place = ("dimensions", i, "criteria")
        yield from repeated(here, [criterion.id for criterion in aspect.criteria])
        if not aspect.criteria or (framework.law == "bands" and len(aspect.criteria) > 1):
            yield fault(here, "criteria_of_law", law=framework.law, found=len(aspect.criteria))
        for j, criterion in enumerate(aspect.criteria):
            yield from _criterion_faults((*here, j), framework, criterion, questions)
    yield from _total_faults(framework)


def _criterion_faults(
    here: Place, framework: Criteria, criterion: Criterion, questions: Mapping[str, Question]
) -> Iterator[Fault]:
    if criterion.question is not None:
        at = (*here, "question")
        if framework.law != "mean":
            yield fault(at, "question_of_law", law=framework.law)
        yield from question_faults(at, criterion.question, questions, *SCALED)
        return
    numbers = [stage.number for stage in criterion.stages]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) > framework.top:
        yield fault((*here, "stages"), "stages_order", top=plain(framework.top))
    for k, stage in enumerate(criterion.stages):
        yield from need_faults((*here, "stages", k, "need"), stage.need, questions)


def _total_faults(framework: Criteria) -> Iterator[Fault]:
    """Bands have no total; every other law has one, with levels from 0 on and weights."""
    parts = {
        "total": framework.total,
        "levels": framework.levels,
        "weight_sets": framework.weight_sets,
        "default_weights": framework.default_weights,
    }
    for key, value in parts.items():
        if bool(value) == (framework.law == "bands"):
            yield fault((key,) if value else (), "total_of_law", key=key, law=framework.law)
    if framework.law == "bands":
        return
    first, levels = framework.levels[0], list(pairwise(framework.levels))
    if not levels or any(b.number != a.number + 1 or b.from_ <= a.from_ for a, b in levels):
        yield fault(("levels",), "levels_order")
    if first.number != 0 or first.from_ != 0 or framework.levels[-1].from_ > framework.top:
        yield fault(("levels",), "levels_span", top=plain(framework.top))
    yield from repeated(("weight_sets",), [weights.id for weights in framework.weight_sets])
    yield from weight_faults(framework, lambda _: {aspect.id for aspect in framework.dimensions})
