"""SQL of surveys, their answers, and every change of one."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from assessor.storage.kept import Given, Note, Survey
from assessor.storage.rows import columns, insert_all, many, one
from assessor.storage.tables import answers, changes, marks, surveys
from assessor.storage.tables import notes as all_notes


def add(c: Connection, survey: Survey) -> None:
    c.execute(insert(surveys).values(**vars(survey)))


def get(c: Connection, id_: str, *, lock: bool = False) -> Survey | None:
    """One survey; `lock`: nobody else changes it until the transaction ends."""
    wanted = select(surveys).where(surveys.c.id == id_)
    return one(Survey, c, wanted.with_for_update() if lock else wanted)


def of_organisations(
    c: Connection, organisation_ids: list[str], after: str = "", most: int | None = None
) -> list[Survey]:
    """By id, from after one of them on."""
    wanted = (surveys.c.organisation.in_(organisation_ids)) & (surveys.c.id > after)
    return many(Survey, c, select(surveys).where(wanted).order_by(surveys.c.id).limit(most))


def still_there(c: Connection, ids: Collection[str]) -> set[str]:
    """Those that were not erased."""
    found: set[str] = set()
    held = sorted(ids)
    for k in range(0, len(held), 10_000):  # as many as one statement may name
        named = select(surveys.c.id).where(surveys.c.id.in_(held[k : k + 10_000]))
        found |= set(c.execute(named).scalars())
    return found


def change(c: Connection, id_: str, **values: Any) -> int:
    """Change what it says of itself; gives the new version."""
    changed = update(surveys).where(surveys.c.id == id_).values(**values, version=surveys.c.version + 1)
    return int(c.execute(changed.returning(surveys.c.version)).scalar_one())


def say(c: Connection, id_: str, **values: Any) -> None:
    """Change what no result follows from: its version stays."""
    c.execute(update(surveys).where(surveys.c.id == id_).values(**values))


def remove(c: Connection, id_: str) -> None:
    c.execute(delete(surveys).where(surveys.c.id == id_))


def ended(c: Connection, now: int) -> list[Survey]:
    """Those that were to be kept until before now."""
    return many(Survey, c, select(surveys).where(surveys.c.keep_until < now).order_by(surveys.c.id))


def given(c: Connection, survey_id: str) -> dict[str, Given]:
    """What stands, by question."""
    wanted = select(*columns(Given, answers)).where(answers.c.survey == survey_id)
    return {g.question: g for g in many(Given, c, wanted.order_by(answers.c.question))}


def answer(c: Connection, survey_id: str, question: str) -> Given | None:
    own = (answers.c.survey == survey_id) & (answers.c.question == question)
    return one(Given, c, select(*columns(Given, answers)).where(own))


def saved_by(c: Connection, survey_id: str, key: str) -> Given | None:
    """What was saved under a key of the sender's, if it was."""
    own = (changes.c.survey == survey_id) & (changes.c.key == key)
    return one(Given, c, select(*columns(Given, changes)).where(own))


def put(c: Connection, survey_id: str, key: str, new: Given) -> None:
    """Replace what stands, and keep what was said for good."""
    own = (answers.c.survey == survey_id) & (answers.c.question == new.question)
    row = vars(new)
    if c.execute(update(answers).where(own).values(**row)).rowcount == 0:
        c.execute(insert(answers).values(survey=survey_id, **row))
    c.execute(insert(changes).values(survey=survey_id, key=key, **row))


def remember(c: Connection, survey_id: str, key: str, said: Given) -> None:
    """Keep what was said without letting it stand."""
    c.execute(insert(changes).values(survey=survey_id, key=key, **vars(said)))


def put_all(c: Connection, survey_id: str, new: dict[str, Given]) -> None:
    """Many at once, each under its key, where none stood before."""
    rows = [{"survey": survey_id, **vars(g)} for g in new.values()]
    insert_all(c, answers, rows)
    keys = list(new)
    insert_all(c, changes, [{"key": key, **row} for key, row in zip(keys, rows, strict=True)])


def history(c: Connection, survey_id: str, question: str | None = None) -> list[Given]:
    """Everything that was ever said, oldest first."""
    wanted = select(*columns(Given, changes)).where(changes.c.survey == survey_id)
    if question is not None:
        wanted = wanted.where(changes.c.question == question)
    return many(Given, c, wanted.order_by(changes.c.at, changes.c.version))


def marked(c: Connection, survey_id: str) -> set[str]:
    """Questions that somebody wants to come back to."""
    return set(c.execute(select(marks.c.question).where(marks.c.survey == survey_id)).scalars())


def mark(c: Connection, survey_id: str, question: str, account_id: str, at: int) -> None:
    unmark(c, survey_id, question)
    c.execute(insert(marks).values(survey=survey_id, question=question, account=account_id, at=at))


def unmark(c: Connection, survey_id: str, question: str) -> None:
    c.execute(delete(marks).where((marks.c.survey == survey_id) & (marks.c.question == question)))


def add_note(c: Connection, new: Note) -> None:
    c.execute(insert(all_notes).values(**vars(new)))


def note(c: Connection, id_: str) -> Note | None:
    return one(Note, c, select(all_notes).where(all_notes.c.id == id_))


def notes(c: Connection, survey_id: str) -> list[Note]:
    """Oldest first."""
    own = select(all_notes).where(all_notes.c.survey == survey_id)
    return many(Note, c, own.order_by(all_notes.c.at, all_notes.c.id))


def remove_note(c: Connection, id_: str) -> None:
    c.execute(delete(all_notes).where(all_notes.c.id == id_))
