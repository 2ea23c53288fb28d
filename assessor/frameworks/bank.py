"""Faults of the bank."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from assessor.domain import Bearing, Question, Topic
from assessor.frameworks.fault import Fault, Place, fault, need_faults, repeated

Indicators = frozenset[str] | None
"""Names of the known ones; None: not checked."""


def topic_faults(topic: Topic, known: Indicators, statements: Mapping[str, Question]) -> Iterator[Fault]:
    for i, question in enumerate(topic.questions):
        here: Place = ("questions", i)
        yield from _kind_faults(here, question)
        if question.asked_if:
            yield from need_faults((*here, "asked_if"), question.asked_if, statements)
        tested = [((*here, "tests"), question, question.tests)]
        for j, (option, statement) in enumerate(zip(question.options, question.statements, strict=False)):
            tested.append(((*here, "options", j, "tests"), statement, option.tests))
        for at, subject, tests in tested:
            for j, test in enumerate(tests):
                yield from _test_faults((*at, j), test, subject, known)


def _kind_faults(here: Place, question: Question) -> Iterator[Fault]:
    """What only some kinds have, and these must."""
    kind = question.kind
    if (kind == "rubric") != bool(question.sentences):
        yield fault((*here, "sentences"), "sentences", kind=kind, found=len(question.sentences))
    if (kind == "several") != (len(question.options) > 1):
        yield fault((*here, "options"), "options", kind=kind, found=len(question.options))
    if (kind in ("number", "count")) != (question.unit is not None):
        yield fault((*here, "unit"), "unit", kind=kind)
    if kind == "share" and (question.step is None or not 0 < question.step <= 1):
        yield fault((*here, "step"), "share_without_step", id=question.id)
    if kind != "share" and question.step is not None:
        yield fault((*here, "step"), "step_without_share", kind=kind)
    if question.part_of is not None:
        yield fault((*here, "part_of"), "part_of", id=question.id)
    if question.tests and kind in ("number", "count", "several"):
        yield fault((*here, "tests"), "untestable", kind=kind)
    yield from repeated((*here, "options"), [option.id for option in question.options])


def _test_faults(here: Place, test: Bearing, question: Question, known: Indicators) -> Iterator[Fault]:
    at = (*here, "steps")
    if known is not None and test.indicator not in known:
        names = ", ".join(sorted(known))
        yield fault((*here, "indicator"), "unknown_indicator", id=test.indicator, known=names)
    if (question.kind == "share") == bool(test.steps):
        yield fault(at, "steps_of_share" if test.steps else "steps_missing", id=question.id)
    if any(before.from_ >= after.from_ for before, after in pairwise(test.steps)):
        yield fault(at, "steps_order")
    answers = [step.answer for step in test.steps]
    if answers not in (sorted(answers), sorted(answers, reverse=True)):
        yield fault(at, "steps_turn")
    if question.top is not None and any(not 0 <= answer <= question.top for answer in answers):
        yield fault(at, "steps_range", top=str(question.top))
