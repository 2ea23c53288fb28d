"""Faults of points and scenes."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from assessor.domain import Points, Question, TableStep, plain
from assessor.domain.laws.points import Bar, Item, Reading
from assessor.frameworks.fault import Fault, Place, fault, need_faults, question_faults, repeated


def points_faults(framework: Points, questions: Mapping[str, Question]) -> Iterator[Fault]:
    for key in ("areas", "scenes", "readings"):
        yield from repeated((key,), [item.id for item in getattr(framework, key)])
    if [grade.number for grade in framework.levels] != list(range(len(framework.levels))):
        yield fault(("levels",), "grades_order")
    yield from _area_faults(framework, questions)
    for i, scene in enumerate(framework.scenes):
        here: Place = ("scenes", i, "levels")
        if len(scene.levels) != (wanted := len(framework.levels) - 1):
            yield fault(here, "scene_levels", id=scene.id, found=len(scene.levels), wanted=wanted)
        for k, level in enumerate(scene.levels):
            yield from need_faults((*here, k, "need"), level.need, questions)
    yield from _reading_faults(framework, questions)


def _area_faults(framework: Points, questions: Mapping[str, Question]) -> Iterator[Fault]:
    """Items and their sums, from the inside out. Readings name items, so an id stands once over all areas."""
    seen: list[str] = []
    for i, area in enumerate(framework.areas):
        yield from repeated(("areas", i, "blocks"), [block.id for block in area.blocks])
        for j, block in enumerate(area.blocks):
            here: Place = ("areas", i, "blocks", j)
            for k, item in enumerate(block.items):
                if item.id in seen:
                    yield fault((*here, "items", k, "id"), "repeated", id=item.id, first=seen.index(item.id) + 1)
                seen.append(item.id)
                yield from _item_faults((*here, "items", k), item, questions)
            yield from _sum_fault(here, block.id, block.points, [item.points for item in block.items])
        yield from _sum_fault(("areas", i), area.id, area.points, [block.points for block in area.blocks])
    yield from _sum_fault((), framework.id, framework.scale, [area.points for area in framework.areas], "scale")


def _sum_fault(
    here: Place, id_: str, wanted: Fraction, parts: Sequence[Fraction], key: str = "points"
) -> Iterator[Fault]:
    if (found := sum(parts, Fraction(0))) != wanted:
        yield fault((*here, key), "points_sum", id=id_, found=plain(found), wanted=plain(wanted))


def _item_faults(here: Place, item: Item, questions: Mapping[str, Question]) -> Iterator[Fault]:
    ids = [option.id for option in item.options]
    yield from repeated((*here, "options"), ids)
    for i, option in enumerate(item.options):
        at: Place = (*here, "options", i)
        yield from need_faults((*at, "need"), option.need, questions)
        for j, name in enumerate(option.presupposes):
            if name not in ids[:i]:
                yield fault((*at, "presupposes", j), "presupposes", id=name)
    if item.options:
        yield from _sum_fault(here, item.id, item.points, [option.points for option in item.options])
    elif item.question:
        yield from question_faults((*here, "question"), item.question, questions)
        yield from _table_faults((*here, "table"), item.table, questions.get(item.question))
        yield from _sum_fault(here, item.id, item.points, [item.table[-1].gives])


def _table_faults(here: Place, table: Sequence[TableStep], question: Question | None) -> Iterator[Fault]:
    if any((step.from_ is None) == (step.above is None) for step in table):
        yield fault(here, "table_bound")
        return
    bounds = [_bound(step) for step in table]
    gives = [step.gives for step in table]
    if any(b <= a for a, b in pairwise(bounds)) or any(b <= a for a, b in pairwise([Fraction(0), *gives])):
        yield fault(here, "table_order")
    top = question.top if question else None
    if top is not None and question and bounds[-1] > (top, False):
        yield fault(here, "need_range", id=question.id, top=plain(top))


def _reading_faults(framework: Points, questions: Mapping[str, Question]) -> Iterator[Fault]:
    if not framework.readings or not framework.readings[0].bars:
        yield fault(("readings",), "readings")
    constraint = {scene.id for scene in framework.scenes if scene.constraint}
    tables = {item.id: item.question for item in framework.items if item.question}
    for i, reading in enumerate(framework.readings):
        here: Place = ("readings", i)
        for j, name in enumerate(reading.unconstrained):
            if name not in constraint:
                known = ", ".join(sorted(constraint))
                yield fault((*here, "unconstrained", j), "not_constraint", id=name, known=known)
        for item, name in reading.instead.items():
            at: Place = (*here, "instead", item)
            if (own := tables.get(item)) is None:
                yield fault(at, "unknown_item", id=item, known=", ".join(tables))
            else:
                yield from question_faults(at, name, questions, questions[own].kind)
        yield from _bar_faults((*here, "bars"), framework, reading)


def _bar_faults(here: Place, framework: Points, reading: Reading) -> Iterator[Fault]:
    """One bar a level, none easier than the one before, and none that asks for more than there is."""
    bars = reading.bars or framework.readings[0].bars
    wanted = [grade.number for grade in framework.levels if grade.number]
    if [bar.level for bar in bars] != wanted or any(_easier(*pair) for pair in pairwise(bars)):
        yield fault(here, "bars")
    left = {s.id for s in framework.scenes if s.constraint} - set(reading.unconstrained)
    for bar in bars:
        if bar.points > framework.scale or bar.scenes > len(framework.scenes) or bar.constraint > len(left):
            params: dict[str, str | int] = {"level": bar.level, "scenes": len(framework.scenes)}
            yield fault(here, "bar_beyond", points=plain(framework.scale), constraint=len(left), **params)


def _easier(before: Bar, after: Bar) -> bool:
    return after.points < before.points or after.scenes < before.scenes or after.constraint < before.constraint


def _bound(step: TableStep) -> tuple[Fraction, bool]:
    """Where a line begins, and whether only above it."""
    return (step.from_, False) if step.from_ is not None else (step.above or Fraction(0), True)
