"""Faults of a ladder."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from assessor.domain import Criteria, Ladder, Question, WeightSet, plain
from assessor.frameworks.fault import Fault, Place, fault, question_faults, repeated

SENTENCES = 5
"""Of the rubric of a sub-domain: one a level."""


def ladder_faults(framework: Ladder, questions: Mapping[str, Question]) -> Iterator[Fault]:
    for key in ("elements", "domains", "dimensions", "weight_sets"):
        yield from repeated((key,), [item.id for item in getattr(framework, key)])
    levels = list(pairwise(framework.levels))
    if not levels or any(b.number != a.number + 1 or b.from_ <= a.from_ for a, b in levels):
        yield fault(("levels",), "levels_order")
    if any(not 0 <= degree <= 1 for degree in framework.degrees) or not {0, 1} <= set(framework.degrees):
        yield fault(("degrees",), "degrees")
    for i, dimension in enumerate(framework.dimensions):
        here = ("dimensions", i)
        for key in ("element", "domain"):
            known = [group.id for group in getattr(framework, f"{key}s")]
            name = getattr(dimension, key)
            if name is not None and name not in known:
                yield fault((*here, key), "unknown_group", id=name, known=", ".join(known))
        if dimension.rubric is not None:
            yield from _rubric_faults((*here, "rubric"), dimension.rubric, questions)
    yield from _cell_faults(framework, questions)
    yield from weight_faults(
        framework,
        lambda weights: {
            d.id for d in framework.dimensions if weights.plant is None or d.plant in (None, weights.plant)
        },
    )


def _cell_faults(framework: Ladder, questions: Mapping[str, Question]) -> Iterator[Fault]:
    asked: dict[str, str] = {}
    levels = [level.number for level in framework.levels]
    for i, dimension in enumerate(framework.dimensions):
        here: Place = ("dimensions", i, "cells")
        yield from repeated(here, [str(cell.level) for cell in dimension.cells])
        for j, cell in enumerate(dimension.cells):
            if cell.level not in levels:
                yield fault((*here, j, "level"), "unknown_level", level=cell.level)
            for k, name in enumerate(cell.requirements):
                at = (*here, j, "requirements", k)
                yield from question_faults(at, name, questions, "degree")
                if name in asked:
                    yield fault(at, "asked_twice", id=name, first=asked[name])
                asked[name] = f"{dimension.id}/{cell.level}"
    yield from _part_faults(framework)


def _part_faults(framework: Ladder) -> Iterator[Fault]:
    """A level without a cell is not known, and is listed as unmapped; a level with one is not."""
    levels = [level.number for level in framework.levels if level.number > 0]
    known = {f"{d.id}/{cell.level}" for d in framework.dimensions for cell in d.cells}
    listed = {item.part for item in framework.unmapped}
    for i, dimension in enumerate(framework.dimensions):
        if missing := [k for k in levels if f"{dimension.id}/{k}" not in known | listed]:
            yield fault(("dimensions", i, "cells"), "cells_missing", levels=", ".join(map(str, missing)))
    open_ = {f"{dimension.id}/{k}" for dimension in framework.dimensions for k in levels} - known
    for i, item in enumerate(framework.unmapped):
        if item.part is not None and item.part not in open_:
            yield fault(("unmapped", i, "part"), "part_not_open", part=item.part)


def weight_faults(framework: Ladder | Criteria, weighed: Callable[[WeightSet], set[str]]) -> Iterator[Fault]:
    """Of every set of weights: each dimension that it weighs has one, above 0; the default set is there."""
    for i, weights in enumerate(framework.weight_sets):
        here = ("weight_sets", i, "weights")
        wanted = weighed(weights)
        for name, weight in weights.weights.items():
            if name not in wanted:
                yield fault((*here, name), "unknown_dimension", id=name)
            if weight <= 0:
                yield fault((*here, name), "weight_not_positive", id=name, weight=plain(weight))
        if missing := sorted(wanted - set(weights.weights)):
            yield fault(here, "weights_missing", ids=", ".join(missing))
    for kind in (framework.plant,) if framework.plant else ("discrete", "process"):
        if not any(weights.plant in (None, kind) for weights in framework.weight_sets):
            yield fault(("weight_sets",), "weights_of_plant", plant=kind)
    names = [weights.id for weights in framework.weight_sets]
    if (name := framework.default_weights or "") not in names:
        yield fault(("default_weights",), "unknown_weights", id=name, known=", ".join(names))


def _rubric_faults(at: Place, name: str, questions: Mapping[str, Question]) -> Iterator[Fault]:
    """The rubric of a sub-domain has one sentence a level."""
    yield from question_faults(at, name, questions, "rubric")
    if name in questions and (found := len(questions[name].sentences)) != SENTENCES:
        yield fault(at, "rubric_sentences", id=name, wanted=SENTENCES, found=found)
