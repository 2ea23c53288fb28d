"""Faults of a recommendation."""

from collections.abc import Iterator, Mapping

from assessor.domain import Question, Range, Recommendation, plain
from assessor.frameworks.fault import Fault, fault


def recommendation_faults(
    item: Recommendation, by_id: Mapping[str, Recommendation], questions: Mapping[str, Question]
) -> Iterator[Fault]:
    for i, lift in enumerate(item.lifts):
        if lift.question not in questions:
            yield fault(("lifts", i, "question"), "unknown_question", id=lift.question)
        elif not 0 < lift.to <= (top := questions[lift.question].top or lift.to):
            yield fault(("lifts", i, "to"), "lift", id=lift.question, to=plain(lift.to), top=str(top))
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
    yield from _range_faults(item)


def _range_faults(item: Recommendation) -> Iterator[Fault]:
    for key in ("cost", "person_days", "months"):
        span: Range = getattr(item, key)
        if not 0 <= span.low <= span.mid <= span.high:
            yield fault((key,), "range")
    for i, effect in enumerate(item.effects):
        if (change := effect.change) and not change.low <= change.mid <= change.high:
            yield fault(("effects", i, "change"), "range")


def _before(start: str, by_id: Mapping[str, Recommendation]) -> set[str]:
    """Everything that must come before, however far back."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        found = set(by_id[waiting.pop()].after) & set(by_id) - seen
        waiting.extend(found)
        seen |= found
    return seen
