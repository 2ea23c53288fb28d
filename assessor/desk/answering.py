"""ONE ANSWER IS ONE SAVE: with the version it was made upon and a key of the sender's, so that a save that is sent
twice happens once, and one that somebody else overtook is shown and not lost."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from assessor.desk import surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk, new_id
from assessor.desk.surveys import Progress, Sheet
from assessor.domain import Answers, Message, Question, exact, plain
from assessor.errors import ConflictError, InputError, UnknownError
from assessor.forms.check import off_scale
from assessor.forms.words import SET_ASIDE
from assessor.storage import Given, people
from assessor.storage import surveys as sql

LONGEST = 4000
"""Signs of a reason."""
LARGEST = 10**15
"""What no plant has that many of; what is reckoned with further on would break over it."""


@dataclass(frozen=True)
class Entry:
    """What somebody enters for one question, as a form or a program sends it."""

    question: str
    value: Any
    """A number as text, options as a list, 'not-applicable', 'do-not-know'; None takes the answer back."""
    base: int
    """The version that it was made upon; 0: nothing stood there."""
    key: str
    """Drawn by the sender, once a save."""
    reason: str | None = None
    target: Any = None


@dataclass(frozen=True)
class Saved:
    """What stands now."""

    given: Given
    author: str
    """The name of who said it, empty where nobody is known."""
    progress: Progress
    hidden: frozenset[str]


class Overtaken(ConflictError):
    """Somebody else saved first: what stands, who said it, and what was to be saved."""

    def __init__(self, stands: Given, author: str, wanted: Given) -> None:
        params = {"question": wanted.question, "version": stands.version}
        super().__init__(Message(id="desk.overtaken", params=dict(params)), wanted.question)
        self.stands, self.author, self.wanted = stands, author, wanted


def save(desk: Desk, who: Actor, survey_id: str, entry: Entry) -> Saved:
    """Save one answer. Raises Overtaken where another one stands than the sender saw."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.answer", survey.organisation)
    question = desk.library.questions.get(entry.question)
    if question is None:
        raise UnknownError(Message(id="desk.unknown_question", params={"question": entry.question[:64]}))
    department = who.department(survey.organisation)
    if department is None:
        raise InputError(Message(id="desk.no_department"), question.id)
    new = _checked(question, entry, who.account, department, desk.clock())
    with desk.store.write() as c:
        stands = _put(c, survey_id, entry, new)
        author = _author(c, stands.account)
    held = surveys.sheet(desk, survey)
    out = surveys.hidden(desk, held)
    return Saved(stands, author, surveys.progress(held, out, desk.library.questions), out)


def _put(c: Connection, survey_id: str, entry: Entry, new: Given) -> Given:
    if sql.get(c, survey_id, lock=True) is None:
        raise UnknownError(Message(id="desk.unknown"))
    before = sql.saved_by(c, survey_id, entry.key)
    if before is not None:
        if before.question != entry.question:
            raise InputError(Message(id="desk.key_used"), entry.question)
        return before  # the sender did not hear that it was saved
    stands = sql.answer(c, survey_id, entry.question)
    version = stands.version if stands is not None else 0
    if stands is not None and _same(stands, new):
        return stands  # both say the same: nobody has to choose
    if version != entry.base:
        raise Overtaken(
            stands or replace(new, value=None, version=0), _author(c, stands.account if stands else ""), new
        )
    made = replace(new, version=version + 1)
    sql.put(c, survey_id, entry.key, made)
    sql.change(c, survey_id)
    return made


def _author(c: Connection, account: str) -> str:
    person = people.person(c, account)
    return person.name if person else ""


def _same(a: Given, b: Given) -> bool:
    return (a.value, a.target, a.reason) == (b.value, b.target, b.reason)


def _checked(question: Question, entry: Entry, account: str, department: str, now: int) -> Given:
    """What is kept: the value in its one way of writing. An error names the question."""
    if not 8 <= len(entry.key) <= 64:
        raise InputError(Message(id="desk.bad_key"), question.id)
    reason = (entry.reason or "").strip()[:LONGEST] or None
    if entry.value == "not-applicable" and reason is None:
        raise InputError(Message(id="desk.no_reason"), question.id)
    value, target = written(question, entry.value), written(question, entry.target)
    if target in SET_ASIDE:
        raise InputError(Message(id="desk.bad_value", params={"value": str(target)}), question.id)
    return Given(question.id, entry.base, value, target, reason, department, account, now)


def written(question: Question, value: Any) -> Any:
    """A value as it is kept: '0.8', ['option'], 'not-applicable', or None. Raises InputError off its scale."""
    if value is None or value in SET_ASIDE:
        return value
    try:
        read = tuple(map(str, value)) if isinstance(value, list | tuple) else exact(value)
    except (TypeError, ValueError) as problem:
        raise InputError(Message(id="desk.bad_value", params={"value": str(value)[:40]}), question.id) from problem
    if isinstance(read, Fraction) and abs(read) > LARGEST:
        raise InputError(Message(id="desk.bad_value", params={"value": str(value)[:40]}), question.id)
    if (fault := off_scale(question, read)) is not None:
        raise InputError(fault, question.id)
    return list(read) if isinstance(read, tuple) else plain(read)


def mark(desk: Desk, who: Actor, survey_id: str, question: str, marked: bool) -> None:
    """Remember to come back to a question, or forget it."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.answer", survey.organisation)
    if question not in desk.library.questions:
        raise UnknownError(Message(id="desk.unknown_question", params={"question": question[:64]}))
    with desk.store.write() as c:
        if sql.get(c, survey_id, lock=True) is None:
            raise UnknownError(Message(id="desk.unknown"))
        if marked:
            sql.mark(c, survey_id, question, who.account, desk.clock())
        else:
            sql.unmark(c, survey_id, question)


def marked(desk: Desk, survey_id: str) -> set[str]:
    with desk.store.read() as c:
        return sql.marked(c, survey_id)


def history(desk: Desk, who: Actor, survey_id: str, question: str) -> list[tuple[Given, str]]:
    """What was ever said to a question, newest first, with the names of those who said it."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.read", survey.organisation)
    with desk.store.read() as c:
        said = sql.history(c, survey_id, question)
        names = people.people(c, {g.account for g in said})
    return [(g, names[g.account].name if g.account in names else "") for g in reversed(said)]


def take_over(desk: Desk, who: Actor, held: Sheet, answers: Answers) -> int:
    """Answers from elsewhere, where none stand; gives how many. What stands already is left as it is."""
    who.require("survey.answer", held.survey.organisation)
    now, new = desk.clock(), dict[str, Given]()
    for answer in answers.answers:
        question = desk.library.questions.get(answer.question)
        if question is None or answer.question in held.given:
            continue
        value = written(question, list(answer.value) if isinstance(answer.value, tuple) else answer.value)
        new[new_id()] = Given(answer.question, 1, value, None, answer.reason, answer.by, who.account, now)
    with desk.store.write() as c:
        sql.put_all(c, held.survey.id, new)
        sql.change(c, held.survey.id)
    return len(new)
