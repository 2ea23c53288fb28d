"""SECOND RATING: a reviewer grades a drawn sample of answered questions without seeing what was said first.

From drawing to finishing nothing else of the survey is open to them (`surveys.get`), so that neither a page nor
the interface for programs tells a first answer; proofs are. Then both stand side by side, with how far they agree
beyond chance (`models/agreement`). Where they differ is a question; it changes no answer and judges nobody.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from assessor.desk import surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.surveys import Sheet
from assessor.domain import Message, plain
from assessor.domain.bank import DEGREES
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.forms.words import SET_ASIDE
from assessor.storage import Sample, Second, Survey, ledger, people, quality
from assessor.storage import surveys as sql
from models.agreement import FEWEST, Agreement, agreement

GRADES = tuple(plain(degree) for degree in DEGREES)
SIZE = 12
LONGEST = 2000


@dataclass(frozen=True)
class Blind:
    """What whoever rates may see: the questions in their order, and what they said themselves."""

    survey: Survey
    questions: tuple[str, ...]
    said: dict[str, Second]

    @property
    def left(self) -> list[str]:
        return [q for q in self.questions if q not in self.said]


@dataclass(frozen=True)
class Row:
    """One question that both answered."""

    question: str
    first: str
    second: str
    reason: str | None

    @property
    def apart(self) -> int | None:
        """Steps between two grades; None where the second is no grade."""
        if self.second not in GRADES:
            return None
        return abs(GRADES.index(self.first) - GRADES.index(self.second))


@dataclass(frozen=True)
class Told:
    """A second rating as consultant, reviewer and owner see it."""

    sample: Sample
    name: str
    """Of who rated; empty where nobody is known any more."""
    rated: int
    rows: tuple[Row, ...]
    """Empty until it is finished."""
    agreed: Agreement | None
    squared: Agreement | None
    """The same by quadratic weights, for comparison with what others publish."""

    @property
    def differing(self) -> list[Row]:
        """Where they differ, the farthest apart first; then what the second set aside."""
        return sorted((r for r in self.rows if r.apart != 0), key=lambda r: -(r.apart or 0))


def drawn(seed: str, questions: Sequence[str], size: int = SIZE) -> list[str]:
    """A sample that anybody can draw again by its seed, in whatever order the questions stand."""
    return sorted(questions, key=lambda q: hashlib.sha256(f"{seed}.{q}".encode()).hexdigest())[:size]


def eligible(desk: Desk, held: Sheet) -> dict[str, str]:
    """Degree questions that are put here and have a grade for an answer: all on one scale."""
    out = surveys.hidden(desk, held)
    put = {q.id for t in surveys.topics(desk, held) for q in t.questions if q.kind == "degree" and q.id not in out}
    return {q: g.value for q, g in held.given.items() if q in put and g.value in GRADES}


def draw(desk: Desk, who: Actor, survey_id: str, *, unseen: bool) -> None:
    """Draw a sample and close the rest of the survey to whoever rates it. `unseen`: they say that they have not
    looked at its answers, which nobody else can know."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.review", survey.organisation)
    if not unseen:
        raise InputError(Message(id="desk.second_unseen"), "unseen")
    first = eligible(desk, surveys.sheet(desk, survey))
    if len(first) < FEWEST:
        raise InputError(Message(id="desk.second_few", params={"n": len(first), "fewest": FEWEST}))
    seed = token_hex(16)
    order = [[q, first[q]] for q in drawn(seed, list(first))]
    with desk.store.write() as c:
        held = sql.get(c, survey_id, lock=True)
        if held is None:
            raise UnknownError(Message(id="desk.unknown"))
        if quality.took_part(c, survey_id, who.account):
            raise AccessError(Message(id="desk.review_took_part"))
        if quality.sample(c, survey_id, who.account) is not None:
            raise ConflictError(Message(id="desk.second_once"))
        if held.version != survey.version:
            raise ConflictError(Message(id="desk.second_changed"))
        now = desk.clock()
        quality.draw(c, Sample(survey_id, who.account, survey.version, now, seed, order, None, None))
        ledger.note(c, now, who.account, survey.organisation, "second rating begun", survey_id)


def mine(desk: Desk, who: Actor, survey_id: str) -> Blind | None:
    """The sample that somebody is rating now; None where they are rating none."""
    survey = surveys.get(desk, who, survey_id, blind=True)
    who.require("second.read", survey.organisation)
    with desk.store.read() as c:
        sample = quality.sample(c, survey_id, who.account)
        said = quality.seconds_of(c, survey_id, who.account)
    if sample is None or sample.ended is not None:
        return None
    return Blind(survey, tuple(question for question, _ in sample.first), said)


def rate(desk: Desk, who: Actor, survey_id: str, question: str, value: str, reason: str = "") -> None:
    """One answer; another one of the same question takes its place until the rating is finished."""
    if value not in (*GRADES, *SET_ASIDE):
        raise InputError(Message(id="desk.bad_value", params={"value": value[:40]}), question[:64])
    survey = surveys.get(desk, who, survey_id, blind=True)
    who.require("survey.review", survey.organisation)
    with desk.store.write() as c:
        sql.get(c, survey_id, lock=True)
        sample = quality.sample(c, survey_id, who.account)
        if sample is None or sample.ended is not None or question not in [q for q, _ in sample.first]:
            raise UnknownError(Message(id="desk.unknown_question", params={"question": question[:64]}))
        now = desk.clock()
        quality.rate(c, survey_id, who.account, Second(question, value, reason.strip()[:LONGEST] or None, now))
        ledger.note(c, now, who.account, survey.organisation, "rated a second time", survey_id)


def end(desk: Desk, who: Actor, survey_id: str, *, finished: bool) -> None:
    """Finish, once all of it is rated; or give up, which opens the survey again and compares nothing."""
    survey = surveys.get(desk, who, survey_id, blind=True)
    who.require("survey.review", survey.organisation)
    with desk.store.write() as c:
        sql.get(c, survey_id, lock=True)
        sample = quality.sample(c, survey_id, who.account)
        if sample is None or sample.ended is not None:
            raise UnknownError(Message(id="desk.unknown"))
        left = len(sample.first) - len(quality.seconds_of(c, survey_id, who.account))
        if finished and left:
            raise InputError(Message(id="desk.second_left", params={"n": left}))
        outcome, now = "finished" if finished else "given-up", desk.clock()
        quality.end_sample(c, survey_id, who.account, ended=now, outcome=outcome)
        ledger.note(c, now, who.account, survey.organisation, f"second rating: {outcome}", survey_id)


def told(desk: Desk, who: Actor, survey_id: str) -> list[Told]:
    """Every second rating of a survey, for consultant, reviewer and owner; what was said once it is finished."""
    survey = surveys.get(desk, who, survey_id)
    who.require("second.read", survey.organisation)
    with desk.store.read() as c:
        samples = quality.samples_of(c, survey_id)
        said = {s.account: quality.seconds_of(c, survey_id, s.account) for s in samples}
        known = people.people(c, set(said))
    return [
        _told(sample, known[sample.account].name if sample.account in known else "", said[sample.account])
        for sample in samples
    ]


def _told(sample: Sample, name: str, said: dict[str, Second]) -> Told:
    if sample.outcome != "finished":
        return Told(sample, name, len(said), (), None, None)
    rows = tuple(Row(q, first, said[q].value, said[q].reason) for q, first in sample.first)
    pairs = [(row.first, row.second) for row in rows if row.apart is not None]
    return Told(sample, name, len(said), rows, agreement(pairs, GRADES), agreement(pairs, GRADES, "quadratic"))
