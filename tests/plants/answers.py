"""Row → the true answer to every question, and what people say instead."""

import random
from collections.abc import Iterable, Mapping
from fractions import Fraction

from assessor.domain import DEGREES, Answer, Answers, Bearing, EvidenceClass, Ladder, Proof, Question, Witness
from tests.plants.machines import machines
from tests.plants.table import Row, Style
from tests.plants.truth import truth

AT = "2026-03-02T10:00:00+08:00"
SHARE_STEP = Fraction(3, 10)
"""By how much who boasts or is modest is off in shares; in degrees and rubrics it is one step."""
PROOF = Proof(kind="site", title="walk of the floor")


def true_answers(row: Row, questions: Iterable[Question], ladder: Ladder) -> dict[str, Fraction]:
    """By statement (a question, or an option of a several-of): of what indicators bear on, what their true values
    say; of the rest, by a seeded draw around the level of the row. What nothing tests and the framework does not
    ask is left out."""
    levels = {q: cell.level for d in ladder.dimensions for cell in d.cells for q in cell.requirements}
    found: dict[str, Fraction] = {}
    for question in (statement for q in questions for statement in q.statements):
        if question.top is None:
            continue
        true = _measurable(question, row)
        if true is None and question.id in levels:
            true = _around(levels[question.id] - row.level, random.Random(f"{row.id}/{question.id}"))
        if true is not None:
            found[question.id] = true
    return found


def _measurable(question: Question, row: Row) -> Fraction | None:
    """The truth of what is tested: the lowest that is necessary, else the highest that is sufficient."""
    values: dict[str, list[Fraction]] = {t.bound: [] for t in question.tests}
    for test in question.tests:
        if (stated := truth(test.indicator, row)) is None:
            return None
        values[test.bound].append(by_steps(test, stated.value))
    limits = [*values.get("both", []), *values.get("upper", [])]
    if limits:
        return min(limits)
    return max(values["lower"]) if "lower" in values else None


def by_steps(test: Bearing, value: Fraction) -> Fraction:
    """The answer that the bank's own table gives for a value."""
    if not test.steps:
        return value
    reached = [step for step in test.steps if step.from_ <= value]
    return max(reached, key=lambda step: step.from_).answer if reached else Fraction(0)


def _around(above: int, draw: random.Random) -> Fraction:
    """A degree: met at the level of the plant and below, partly met one above, hardly beyond."""
    if above <= 0:
        return draw.choice((DEGREES[3], DEGREES[3], DEGREES[2]))
    return draw.choice(DEGREES[1:3]) if above == 1 else draw.choice((DEGREES[0], DEGREES[0], DEGREES[1]))


def moved(question: Question, value: Fraction, step: int) -> Fraction:
    """One step up or down the question's own scale, and no further than its ends."""
    if (scale := question.scale) is None:
        return min(max(value + step * SHARE_STEP, Fraction(0)), Fraction(1))
    at = max(i for i, one in enumerate(scale) if one <= value)
    return scale[min(max(at + step, 0), len(scale) - 1)]


STEP: Mapping[Style, int] = {"honest": 0, "boastful": 1, "modest": -1}


def said(row: Row, questions: Iterable[Question], true: Mapping[str, Fraction], style: Style) -> Answers:
    """What people say in a style, and what a person witnessed."""
    given = []
    steps = {"production": STEP[style]} | ({"owner": STEP[style] + 1} if row.roles else {})
    for question in questions:
        known = [s for s in question.statements if s.id in true]
        for by, step in steps.items() if known else ():
            claims = {s.id: moved(s, true[s.id], step) for s in known}
            chosen = tuple(id_ for id_, claim in claims.items() if claim)
            value = chosen if question.kind == "several" else claims[question.id]
            given.append(Answer(question=question.id, value=value, by=by, at=AT))
    return Answers(format="assessor-answers/1", plant=row.id, answers=tuple(given), witnessed=_witnessed(row))


def _witnessed(row: Row) -> tuple[Witness, ...]:
    if not row.witnessed:
        return ()
    return tuple(
        Witness(asset=m.id, shows=shows, holds=holds, evidence=EvidenceClass.OBSERVED, proof=PROOF,
                by="consultant", at=AT)
        for m in machines(row) if m.listed and m.exists
        for shows, holds in (
            ("readable", m.current), ("connectable", m.interface), ("networked", m.networked),
            ("digital", m.digital), ("numerical-control", m.digital), ("energy-metered", m.metered),
        )
    )  # fmt: skip
