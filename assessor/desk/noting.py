"""NOTES of an interview: what was said besides the answer. Each is saved once and stands by itself."""

import re
from dataclasses import dataclass

from assessor.desk import surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.domain import Message
from assessor.errors import AccessError, InputError, UnknownError
from assessor.storage import Note, ledger, people
from assessor.storage import surveys as sql

LONGEST = 4000
KEY = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Noted:
    note: Note
    author: str
    """Empty where nobody is known any more."""


def add(desk: Desk, who: Actor, survey_id: str, question: str, said: str, key: str) -> Note:
    """Keep a note; sent twice under its key it is kept once."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.answer", survey.organisation)
    if question not in desk.library.questions:
        raise UnknownError(Message(id="desk.unknown_question", params={"question": question[:64]}))
    said = said.strip()
    if not said or len(said) > LONGEST:
        raise InputError(Message(id="desk.bad_note", params={"most": LONGEST}), question)
    if not KEY.fullmatch(key):
        raise InputError(Message(id="desk.bad_key"), question)
    new = Note(key, survey_id, question, said, who.account, desk.clock())
    with desk.store.write() as c:
        if sql.get(c, survey_id, lock=True) is None:
            raise UnknownError(Message(id="desk.unknown"))
        before = sql.note(c, key)
        if before is None:
            sql.add_note(c, new)
            ledger.note(c, new.at, who.account, survey.organisation, "note added", survey_id)
        elif (before.survey, before.question) != (survey_id, question):
            raise InputError(Message(id="desk.key_used"), question)
    return before or new


def listed(desk: Desk, who: Actor, survey_id: str) -> dict[str, list[Noted]]:
    """By question, oldest first."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.read", survey.organisation)
    with desk.store.read() as c:
        held = sql.notes(c, survey_id)
        known = people.people(c, {note.account for note in held})
    found: dict[str, list[Noted]] = {}
    for note in held:
        author = known[note.account].name if note.account in known else ""
        found.setdefault(note.question, []).append(Noted(note, author))
    return found


def remove(desk: Desk, who: Actor, survey_id: str, note_id: str) -> None:
    """One's own; those of others may be removed by whoever manages the survey."""
    survey = surveys.get(desk, who, survey_id)
    who.require("survey.answer", survey.organisation)
    with desk.store.write() as c:
        held = sql.note(c, note_id)
        if held is None or held.survey != survey_id:
            raise UnknownError(Message(id="desk.unknown"))
        if held.account != who.account and not who.may("survey.manage", survey.organisation):
            raise AccessError(Message(id="desk.not_allowed", params={"action": "survey.manage"}))
        sql.remove_note(c, note_id)
