"""待核实差异: what is to be clarified with the plant, each as what was seen, where, and what to ask."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from assessor.domain import (
    Evidence,
    Finding,
    Line,
    Measurement,
    Message,
    Outcome,
    Question,
    Rating,
    Text,
    Verdict,
    plain,
)
from assessor.messages import catalogue
from assessor.reconcile.comparison import both
from assessor.reconcile.scale import falling, images

SHOWN = 20
"""Subjects that a finding names at most."""


def findings(
    evidence: Iterable[Evidence],
    questions: Iterable[Question],
    rating: Rating,
    measurements: Iterable[Measurement],
) -> tuple[Finding, ...]:
    """待核实差异: what is to be clarified with the plant, what a level hangs on first.

    `rating` is the verified one under the default weights; it says how much each requirement weighs.
    """
    by_id = {q.id: q for q in questions}
    by_indicator = {m.indicator: m for m in measurements}
    weights = weighed(rating)
    found = [
        _finding(e, by_id[e.question], by_indicator, weights.get(e.question, Fraction(0)))
        for e in evidence
        if e.verdict in (Verdict.LOWER, Verdict.HIGHER)
    ]
    return tuple(sorted(found, key=lambda f: (-f.weight, f.question)))


def weighed(rating: Rating) -> dict[str, Fraction]:
    """How much of its level hangs on each requirement: the weight of its cell over their number."""
    found: dict[str, Fraction] = {}
    for cell in rating.cells:
        asked = [line.question for line in cell.requirements]
        for question in (*asked, *cell.not_applicable):
            n = len(asked) + (question not in asked)  # of one set aside: what it would weigh if it counted
            found[question] = found.get(question, Fraction(0)) + cell.weight / n
    return found


def _finding(
    evidence: Evidence, question: Question, by_indicator: Mapping[str, Measurement], weight: Fraction
) -> Finding:
    seen = images(question, by_indicator)
    lower = evidence.verdict is Verdict.LOWER
    decisive = min(seen, key=lambda i: i.high) if lower else max(seen, key=lambda i: i.low)
    against_is_met = lower == falling(decisive.test)
    return Finding(
        question=question.id,
        verdict=evidence.verdict,
        seen=_seen(decisive.measurement),
        where=_where(decisive.measurement.lines, against_is_met),
        ask=decisive.test.ask,
        weight=weight,
        settled=evidence.settlement is not None,
    )


def _where(lines: Iterable[Line], against_is_met: bool) -> tuple[str, ...]:
    """The subjects that count against the claim; those not determined never do."""
    against = {Outcome.MET} if against_is_met else {Outcome.NOT_MET, Outcome.PARTLY_MET}
    return tuple(dict.fromkeys(line.subject for line in lines if line.outcome in against))[:SHOWN]


def _seen(measured: Measurement) -> Message:
    low = measured.value if measured.low is None else measured.low
    high = measured.value if measured.high is None else measured.high
    assert low is not None and high is not None  # it has an image
    title = catalogue().get(f"indicator.{measured.indicator}.title")
    params: dict[str, str | int | Text] = {
        "what": title or measured.indicator,
        "low": both(Message(id=f"unit.{measured.unit}", params={"x": plain(low)})),
        "high": both(Message(id=f"unit.{measured.unit}", params={"x": plain(high)})),
        "count": measured.count,
        "total": measured.total,
        "why": both(measured.why),
    }
    return Message(id="verdict.seen" if low < high else "verdict.seen_exact", params=params)
