"""Evidence ages: what counts as of a date.

What was said or seen later was not known then. What is older than the life of its class no longer speaks: a
measurement becomes unusable, a witness is left out, and an old answer stays but is asked about. The lives are our
own values, none of a standard's; docs/method.md states them.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from assessor.domain import Answers, Condition, EvidenceClass, Flag, Measurement, Message, State, Time
from assessor.reconcile.claims import when

MONTHS: Mapping[EvidenceClass, int] = {
    EvidenceClass.MEASURED: 12,
    EvidenceClass.EXPORTED: 12,
    EvidenceClass.OBSERVED: 12,
    EvidenceClass.DOCUMENT: 24,
    EvidenceClass.INTERVIEW: 24,
}
"""How long each class of evidence speaks. (Own values.)"""
DAYS_A_MONTH = 30.4375
NAMED = 5
"""Questions that a flag of old answers names."""


def known_by(answers: Answers, as_of: Time) -> Answers:
    """What people had said by then, without witnesses that had grown too old."""
    limit = _moment(as_of)
    walk = answers.walk
    if walk is not None:
        lines = {name: tuple(x for x in getattr(walk, name) if when(x) <= limit) for name in ("sought", "met")}
        walk = walk.model_copy(update=lines)
    return answers.model_copy(
        update={
            "walk": walk,
            "answers": tuple(a for a in answers.answers if when(a) <= limit),
            "meanings": tuple(m for m in answers.meanings if when(m) <= limit),
            "settlements": tuple(s for s in answers.settlements if when(s) <= limit),
            "witnessed": tuple(
                w for w in answers.witnessed if when(w) <= limit and not _old(when(w), limit, w.evidence)
            ),
        }
    )


def aged(measurements: Iterable[Measurement], sampled: Time, as_of: Time) -> tuple[Measurement, ...]:
    """Measurements as they count at a date: those older than the life of their weakest class are unusable."""
    return tuple(_aged(m, _moment(sampled), _moment(as_of)) for m in measurements)


def _aged(m: Measurement, sampled: datetime, as_of: datetime) -> Measurement:
    life = min((MONTHS[kind] for kind in m.rests_on), default=MONTHS[EvidenceClass.MEASURED])
    if m.state is not State.MEASURED or _months(sampled, as_of) <= life:
        return m
    found = Message(id="verdict.age_found", params={"day": f"{sampled:%Y-%m-%d}", "as_of": f"{as_of:%Y-%m-%d}"})
    needed = Message(id="verdict.age_needed", params={"n": life})
    condition = Condition(id="age", needed=needed, found=found, holds=False)
    gone = {"value": None, "low": None, "high": None, "absence_tested": False}
    update = {"state": State.UNUSABLE, "why": found, "conditions": (*m.conditions, condition)}
    return m.model_copy(update=update | gone)


def old_answers(answers: Answers, as_of: Time) -> tuple[Flag, ...]:
    """Answers that should be asked anew, as one flag."""
    limit = _moment(as_of)
    old = [a.question for a in answers.answers if _old(when(a), limit, EvidenceClass.INTERVIEW)]
    if not old:
        return ()
    params: dict[str, str | int] = {"n": len(old), "months": MONTHS[EvidenceClass.INTERVIEW]}
    named = tuple(dict.fromkeys(old))[:NAMED]
    return (Flag(id="old", questions=named, ask=Message(id="flag.old", params=dict(params))),)


def _old(said: datetime, as_of: datetime, kind: EvidenceClass) -> bool:
    return _months(said, as_of) > MONTHS[kind]


def _months(begin: datetime, end: datetime) -> float:
    return (end - begin) / timedelta(days=DAYS_A_MONTH)


def _moment(time: Time) -> datetime:
    return datetime.fromtimestamp(time // 10**9, UTC)
