"""Claim against measurement: the verdict, and the answer after evidence."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import (
    Answers,
    Evidence,
    Ladder,
    Measurement,
    Message,
    Question,
    Settlement,
    State,
    Text,
    Verdict,
    plain,
)
from assessor.messages import render
from assessor.reconcile.claims import UNANSWERED, Claim, bring_together, prefilled, when
from assessor.reconcile.scale import images, narrow

MOST_KEPT = 200_000


def reconcile(
    questions: Iterable[Question],
    answers: Answers,
    measurements: Iterable[Measurement],
    ladders: Iterable[Ladder],
) -> tuple[Evidence, ...]:
    """Evidence for every question that has an answer, a prefilled degree, a settlement or a test.

    Of a several-of each option is a question of its own.
    """
    return Comparing.of(questions, ladders).evidence(answers, measurements)


@dataclass(frozen=True)
class Comparing:
    """A bank made ready to be held against the answers and measurements of many plants, one after another."""

    questions: Mapping[str, Question]
    statements: tuple[Question, ...]
    ladders: tuple[Ladder, ...]
    kept: dict[Hashable, Evidence] | None = None

    @classmethod
    def of(cls, questions: Iterable[Question], ladders: Iterable[Ladder], *, keeps: bool = False) -> "Comparing":
        """`keeps`: what the same claim and the same figures came to is kept for the next plant."""
        held = {question.id: question for question in questions}
        statements = tuple(statement for q in held.values() for statement in q.statements)
        return cls(held, statements, tuple(ladders), {} if keeps else None)

    def evidence(self, answers: Answers, measurements: Iterable[Measurement]) -> tuple[Evidence, ...]:
        """Of every question with an answer, a prefilled degree, a settlement or a test."""
        claims = bring_together(answers.answers, self.questions.values())
        return self.compared(claims, answers.settlements, measurements)

    def compared(
        self, claims: Mapping[str, Claim], settlements: Iterable[Settlement], measurements: Iterable[Measurement]
    ) -> tuple[Evidence, ...]:
        """The same of claims that were brought together."""
        claims = {**prefilled(claims, self.ladders), **claims}
        settled = {s.question: s for s in sorted(settlements, key=when)}
        by_indicator = {m.indicator: m for m in measurements}
        found = []
        for question in self.statements:
            claim = claims.get(question.id)
            if claim is not None or question.tests or question.id in settled:
                evidence = self._compared(question, claim or UNANSWERED, by_indicator)
                found.append(_settle(evidence, settled.get(question.id)) if settled else evidence)
        return tuple(found)

    def _compared(self, question: Question, claim: Claim, by_indicator: Mapping[str, Measurement]) -> Evidence:
        kept = self.kept
        if kept is None:
            return _compare(question, claim, by_indicator)
        figures = tuple([_figure(by_indicator.get(t.indicator)) for t in question.tests]) if question.tests else ()
        key = (question.id, claim, figures)
        found = kept.get(key)
        if found is None:
            if len(kept) > MOST_KEPT:
                kept.clear()
            found = kept[key] = _compare(question, claim, by_indicator)
        return found


def _figure(measured: Measurement | None) -> Hashable:
    """All of a measurement that an Evidence hangs on."""
    if measured is None:
        return None
    why = measured.why.model_dump_json()
    return measured.state, measured.value, measured.low, measured.high, measured.absence_tested, why


def _compare(question: Question, claim: Claim, by_indicator: Mapping[str, Measurement]) -> Evidence:
    seen = images(question, by_indicator)
    if not seen:
        verdict, why = _unmeasured(question, by_indicator)
        return _evidence(question, claim, verdict, why, claim.value)
    low, high = max(i.low for i in seen), min(i.high for i in seen)
    if low > high:  # indicators disagree: the truth lies between them, and nothing is concluded
        why = _why("contradictory", claim, high, low)
        return _evidence(question, claim, Verdict.INCONCLUSIVE, why, claim.value, (high, low))
    close = narrow(question, low, high)
    bounded = any(i.bounded for i in seen if i.high == high)
    if claim.value is None:
        verdict, name, verified = _without_claim(claim, low, close, bounded)
    else:
        verdict, name, verified = _with_claim(claim.value, (low, high), close, bounded)
    return _evidence(question, claim, verdict, _why(name, claim, low, high), verified, (low, high))


def _with_claim(
    claim: Fraction, seen: tuple[Fraction, Fraction], narrow: bool, bounded: bool
) -> tuple[Verdict, str, Fraction]:
    low, high = seen
    if claim < low:
        return Verdict.HIGHER, "higher", low
    if claim > high:
        return (Verdict.LOWER, "lower", high) if bounded else (Verdict.UNTESTED, "below_untested", claim)
    return (Verdict.CORROBORATED, "corroborated", claim) if narrow else (Verdict.INCONCLUSIVE, "wide", claim)


def _without_claim(
    claim: Claim, low: Fraction, narrow: bool, bounded: bool
) -> tuple[Verdict, str, Fraction | None]:
    """No value to compare with: nothing is corroborated, and a zero that nobody looked for is no zero."""
    if claim.said == "not-applicable":
        if low > 0:
            return Verdict.HIGHER, "not_applicable_seen", None
        return Verdict.INCONCLUSIVE, "not_applicable_unseen", None
    if low == 0 and not bounded:
        return Verdict.UNTESTED, "unclaimed_untested", None
    if narrow:
        return Verdict.INCONCLUSIVE, "unclaimed_taken", low
    return Verdict.INCONCLUSIVE, "unclaimed_wide", None


def _unmeasured(question: Question, by_indicator: Mapping[str, Measurement]) -> tuple[Verdict, Message]:
    """Why there is no number: unusable only where every indicator is."""
    if not question.tests:
        return Verdict.UNTESTED, Message(id="verdict.no_test")
    found = [by_indicator[t.indicator] for t in question.tests if t.indicator in by_indicator]
    others = [m for m in found if m.state is not State.UNUSABLE]
    if found and not others and len(found) == len(question.tests):
        return Verdict.UNUSABLE, found[0].why
    return Verdict.UNTESTED, others[0].why if others else Message(id="verdict.not_run")


def _why(name: str, claim: Claim, low: Fraction, high: Fraction) -> Message:
    params: dict[str, str | int | Text] = {"low": plain(low), "high": plain(high)}
    if claim.value is not None:
        params["claim"] = plain(claim.value)
    return Message(id=f"verdict.{name}", params=params)


def _evidence(
    question: Question,
    claim: Claim,
    verdict: Verdict,
    why: Message,
    verified: Fraction | None,
    seen: tuple[Fraction, Fraction] | None = None,
) -> Evidence:
    if claim.highest is not None and claim.value is not None:
        span: dict[str, str | int | Text] = {"lowest": plain(claim.value), "highest": plain(claim.highest)}
        params = span | {"roles": claim.roles, "why": both(why)}
        why = Message(id="verdict.roles_differ", params=params)
    return Evidence(
        question=question.id,
        claim=claim.value,
        highest=claim.highest,
        roles=claim.roles,
        target=claim.target,
        claimed=claim.said,
        low=seen[0] if seen else None,
        high=seen[1] if seen else None,
        verified=verified,
        verdict=verdict,
        indicators=tuple(test.indicator for test in question.tests),
        why=why,
    )


def _settle(evidence: Evidence, settlement: Settlement | None) -> Evidence:
    """A clarified difference sets the verified answer; claim, interval and verdict stay as they were."""
    if settlement is None:
        return evidence
    return evidence.model_copy(update={"verified": settlement.value, "settlement": settlement})


def both(message: Message) -> Text:
    """A message in both languages, to stand inside another one."""
    return Text(zh=render(message, "zh"), en=render(message, "en"))
