"""Questions, answers and measurements for tests of reconciling, from a few figures."""

from collections.abc import Sequence
from fractions import Fraction

from assessor.domain import (
    Answer,
    Answers,
    Bearing,
    Evidence,
    Line,
    Measurement,
    Message,
    Question,
    Settlement,
    State,
    Step,
)
from assessor.reconcile import reconcile
from tests.small import framework, text

F = Fraction
WHY = Message(id="verdict.not_run")  # any text that exists: what matters is that it is passed on
RISING = {"0.9": F(1), "0.7": F(4, 5), "0.4": F(1, 2)}
FALLING = {"0": F(1), "0.1": F(4, 5), "0.3": F(1, 2), "0.5": F(0)}
OF = framework({"r1": [1, 2, 1, 1, 1], "m6": [1, 1, 1, 0, 0]})


def bearing(indicator: str = "networked", bound: str = "both", steps: object = RISING) -> Bearing:
    found = tuple(Step(from_=F(at), answer=answer) for at, answer in steps.items()) if steps else ()  # type: ignore[attr-defined]
    return Bearing.model_validate(
        {"indicator": indicator, "bound": bound, "steps": found, "ask": text(f"ask {indicator}")}
    )


def question(
    *tests: Bearing, kind: str = "degree", id_: str = "r1-l2-1", step: Fraction | None = None
) -> Question:
    return Question.model_validate(
        {"id": id_, "kind": kind, "text": text(), "knows": "it", "tests": tests, "step": step}
    )


def measured(
    low: str | None,
    high: str | None = None,
    *,
    indicator: str = "networked",
    absence: bool = True,
    state: State = State.MEASURED,
    lines: Sequence[Line] = (),
    unit: str = "share",
) -> Measurement:
    return Measurement.model_validate(
        {
            "indicator": indicator,
            "state": state,
            "unit": unit,
            "value": low if low == high or high is None else None,
            "low": low,
            "high": low if high is None else high,
            "count": 30,
            "total": 37,
            "method": WHY,
            "why": Message(id="verdict.no_test") if state is State.UNUSABLE else WHY,
            "absence_tested": absence,
            "lines": tuple(lines),
        }
    )


def answer(value: object, by: str = "it", at: str = "2026-03-02", id_: str = "r1-l2-1") -> Answer:
    reason = "none here" if value == "not-applicable" else None
    return Answer.model_validate({"question": id_, "value": value, "by": by, "at": at, "reason": reason})


def said(*given: Answer, settlements: Sequence[Settlement] = ()) -> Answers:
    return Answers(format="assessor-answers/1", plant="p", answers=tuple(given), settlements=tuple(settlements))


def one(asked: Question, given: object, *seen: Measurement) -> Evidence:
    answers = said() if given is None else said(answer(given, id_=asked.id))
    (found,) = reconcile([asked], answers, seen, [OF])
    return found
