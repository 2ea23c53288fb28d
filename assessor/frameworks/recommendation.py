"""Faults of a recommendation."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from assessor.domain import Question, Range, Recommendation, Scene, Trigger, plain
from assessor.frameworks.bank import Indicators
from assessor.frameworks.fault import Fault, Place, fault, need_faults


class Held(Protocol):
    """What a recommendation can name."""

    @property
    def recommendations(self) -> Mapping[str, Recommendation]: ...
    @property
    def statements(self) -> Mapping[str, Question]: ...
    @property
    def scenes(self) -> Mapping[str, Scene]: ...


def recommendation_faults(item: Recommendation, held: Held, known: Indicators = None) -> Iterator[Fault]:
    questions, by_id = held.statements, held.recommendations
    for i, lift in enumerate(item.lifts):
        if lift.question not in questions:
            yield fault(("lifts", i, "question"), "unknown_question", id=lift.question)
        elif not 0 < lift.to <= (top := questions[lift.question].top or lift.to):
            yield fault(("lifts", i, "to"), "lift", id=lift.question, to=plain(lift.to), top=str(top))
    for i, scene in enumerate(item.scenes):
        if scene not in held.scenes:
            yield fault(("scenes", i), "unknown_scene", id=scene)
    for i, trigger in enumerate(item.triggers):
        yield from _trigger_faults(("triggers", i), trigger, questions, known)
    if not item.lifts and not item.triggers:
        yield fault(("triggers",), "never_offered", id=item.id)
    yield from _order_faults(item, by_id)
    for place, span in ranges(item):
        if not 0 <= span.low <= span.mid <= span.high:
            yield fault(place, "range")


def _trigger_faults(
    here: Place, trigger: Trigger, questions: Mapping[str, Question], known: Indicators
) -> Iterator[Fault]:
    if (trigger.need is None) == (trigger.indicator is None):
        yield fault(here, "trigger")
    if trigger.need is not None:
        yield from need_faults((*here, "need"), trigger.need, questions)
    if trigger.indicator is not None:
        if known is not None and trigger.indicator not in known:
            names = ", ".join(sorted(known))
            yield fault((*here, "indicator"), "unknown_indicator", id=trigger.indicator, known=names)
        if (trigger.at_least is None) == (trigger.at_most is None):
            yield fault(here, "trigger_bound")


def _order_faults(item: Recommendation, by_id: Mapping[str, Recommendation]) -> Iterator[Fault]:
    for key in ("after", "excludes"):
        for i, other in enumerate(getattr(item, key)):
            if other not in by_id or other == item.id:
                yield fault((key, i), "unknown_recommendation", id=other)
    before = _before(item.id, by_id)
    if item.id in before:
        yield fault(("after",), "cycle", id=item.id)
    for i, other in enumerate(item.excludes):
        if other in before:
            yield fault(("excludes", i), "excludes_before", id=other)


def ranges(item: Recommendation) -> Iterator[tuple[Place, Range]]:
    """Every range of a recommendation, with its place in the file."""
    yield ("months",), item.months
    yield ("effort", "days"), item.effort.days
    if item.stoppage.hours:
        yield ("stoppage", "hours"), item.stoppage.hours
    for i, spend in enumerate(item.spends):
        for key in ("once", "yearly"):
            if (span := getattr(spend, key)) is not None:
                yield ("spends", i, key), span
    for i, effect in enumerate(item.effects):
        for key in ("change", "part"):
            if (span := getattr(effect, key)) is not None:
                yield ("effects", i, key), span


def _before(start: str, by_id: Mapping[str, Recommendation]) -> set[str]:
    """Everything that must come before, however far back."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        found = set(by_id[waiting.pop()].after) & set(by_id) - seen
        waiting.extend(found)
        seen |= found
    return seen
