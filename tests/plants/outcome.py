"""Run the product on a plant and hold what it says against what is so."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from assessor.domain import (
    Answers,
    Evidence,
    Function,
    Ladder,
    Measurement,
    Outcome,
    Question,
    State,
    Verdict,
    Witness,
    away,
)
from assessor.facts import facts, machine_states, series, sort
from assessor.frameworks import Library
from assessor.indicators import look, looked_at, measure_all
from assessor.interpret import interpret
from assessor.reconcile import reconcile
from models.tags import complete
from tests.plants.answers import said, true_answers
from tests.plants.table import Row, Style
from tests.plants.truth import Truth, truth
from tests.plants.wire import heard


@cache
def measured(row: Row, witnessed: tuple[Witness, ...] = ()) -> tuple[Measurement, ...]:
    """The stages of `pipeline.assess` up to measuring; a test holds the two against each other."""
    given = heard(row)
    every = {t.id: s for o in given.observations for t in o.tags if (s := looked_at(t)) is not None}
    rows = sort(given.samples)
    gone = {t.id: gaps for o in given.observations if (gaps := away(o.gaps)) for t in o.tags}
    meanings = complete(interpret(given.observations, given.scope), given.observations)
    figures = facts(
        rows, every, gone, [m.tag for m in meanings.values() if m.function is Function.ACTUAL and m.vouched]
    )
    values = series(rows, gone)
    seen = look(given.scope, given.observations, figures, meanings, witnessed, values)
    states = machine_states(
        given.scope.assets, seen.usable, meanings, values, {r.seen.tag.id for r in seen.recorded}
    )
    return measure_all(seen.with_states(states))


def bearing_on(library: Library) -> tuple[Question, ...]:
    """The questions that an indicator bears on, be it on one of their options."""
    return tuple(q for q in library.questions.values() if any(s.tests for s in q.statements))


@dataclass(frozen=True)
class Judged:
    """One plant in one style: true and claimed answers, and the evidence on them."""

    row: Row
    true: dict[str, Fraction]
    answers: Answers
    measurements: tuple[Measurement, ...]
    evidence: tuple[Evidence, ...]


def judged(row: Row, questions: Sequence[Question], ladder: Ladder, style: Style | None = None) -> Judged:
    """Reconcile what is claimed on these questions in a style, the row's own where none is named."""
    true = true_answers(row, questions, ladder)
    answers = said(row, questions, true, style or row.style)
    found = measured(row, answers.witnessed)
    return Judged(row, true, answers, found, reconcile(questions, answers, found, ()))


# Held against the truth ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """One measurement against the truth."""

    measurement: Measurement
    truth: Truth

    @property
    def ends(self) -> tuple[Fraction, Fraction] | None:
        """None where no number was given."""
        m = self.measurement
        low, high = (m.value if m.low is None else m.low), (m.value if m.high is None else m.high)
        return None if m.state is not State.MEASURED or low is None or high is None else (low, high)

    @property
    def holds(self) -> bool:
        """Does the interval contain the truth? Nothing is wrong where no number was given."""
        if self.ends is None:
            return True
        low, high = self.ends
        return low - self.truth.within <= self.truth.value <= high + self.truth.within

    @property
    def error(self) -> Fraction | None:
        """Of the value, or where there are bounds alone, of their middle."""
        if self.ends is None:
            return None
        value = self.measurement.value
        return abs((sum(self.ends) / 2 if value is None else value) - self.truth.value)

    @property
    def wrong_lines(self) -> tuple[str, ...]:
        """Subjects that were called what they are not. Open ones never are."""
        said_ = {Outcome.MET: True, Outcome.NOT_MET: False}
        return tuple(
            line.subject
            for line in self.measurement.lines
            if line.outcome in said_
            and line.subject in self.truth.subjects
            and self.truth.subjects[line.subject] is not said_[line.outcome]
        )


def held(row: Row, measurements: Sequence[Measurement]) -> dict[str, Held | None]:
    """By indicator; None where no truth is stated."""
    return {m.indicator: Held(m, t) if (t := truth(m.indicator, row)) else None for m in measurements}


def wrong_verdicts(found: Judged) -> tuple[Evidence, ...]:
    """Differences where there is none, or in the wrong direction."""
    return tuple(e for e in found.evidence if _wrong(e, found.true.get(e.question)))


def _wrong(evidence: Evidence, true: Fraction | None) -> bool:
    claim = evidence.claim
    if true is None or claim is None:
        return False
    if evidence.verdict is Verdict.LOWER:
        return not claim > true
    return evidence.verdict is Verdict.HIGHER and not claim < true


def led_astray(found: Judged) -> tuple[Evidence, ...]:
    """Answers that evidence moved further from the truth than they were."""
    return tuple(
        e
        for e in found.evidence
        if e.claim is not None
        and e.verified is not None
        and (true := found.true.get(e.question)) is not None
        and abs(e.verified - true) > abs(e.claim - true)
    )
