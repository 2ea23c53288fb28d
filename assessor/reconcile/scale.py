"""Measurements on a question's own scale: the interval of answers that each one allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Bearing, Measurement, Question, State


@dataclass(frozen=True)
class Image:
    """One measurement on the question's own scale."""

    test: Bearing
    measurement: Measurement
    low: Fraction
    high: Fraction
    bounded: bool
    """May the upper end be used against a claim? Only where absence was tested."""


def images(question: Question, by_indicator: Mapping[str, Measurement]) -> list[Image]:
    pairs = [(t, by_indicator[t.indicator]) for t in question.tests if t.indicator in by_indicator]
    return [image for test, measured in pairs if (image := _image(question, test, measured))]


def _image(question: Question, test: Bearing, measured: Measurement) -> Image | None:
    """The interval of answers that a measurement allows; None where there is no number."""
    low = measured.value if measured.low is None else measured.low
    high = measured.value if measured.high is None else measured.high
    if measured.state is not State.MEASURED or low is None or high is None:
        return None
    assert question.top is not None  # the bank refuses tests of anything else
    reached = _answers(test, low, high)
    return Image(
        test,
        measured,
        low=Fraction(0) if test.bound == "upper" else min(reached),
        high=question.top if test.bound == "lower" else max(reached),
        bounded=measured.absence_tested or falling(test),
    )


def _answers(test: Bearing, low: Fraction, high: Fraction) -> list[Fraction]:
    """Every answer that the steps give somewhere between two measured values, ends included."""
    if not test.steps:
        return [low, high]
    at_low = Fraction(0)
    steps = sorted(test.steps, key=lambda step: step.from_)
    for step in steps:
        if step.from_ <= low:
            at_low = step.answer
    return [at_low, *(step.answer for step in steps if low < step.from_ <= high)]


def implied(test: Bearing, value: Fraction) -> Fraction:
    """The answer that the steps give for one value."""
    return _answers(test, value, value)[0]


def falling(test: Bearing) -> bool:
    """Does more mean a worse answer? Then what speaks against a claim was itself seen."""
    steps = sorted(test.steps, key=lambda step: step.from_)
    return bool(steps) and steps[0].answer > steps[-1].answer


def narrow(question: Question, low: Fraction, high: Fraction) -> bool:
    """Does the interval span at most one step of the question's scale, and not all of it?"""
    if (scale := question.scale) is not None:
        return (low, high) != (scale[0], scale[-1]) and not any(low < answer < high for answer in scale)
    return high - low <= (question.step or 0)
