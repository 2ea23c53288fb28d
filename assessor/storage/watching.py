"""SQL of looks over the quality of a portfolio: what they read, how far they are, what was said of a query."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from assessor.storage.kept import LookRun, Said
from assessor.storage.rows import columns, many, one
from assessor.storage.tables import (
    answers,
    changes,
    declarations,
    files,
    looks,
    memberships,
    queries,
    samples,
    seconds,
    steps,
)

AT_ONCE = 500
"""Ids in one statement."""
CONSULTANT = "consultant"


def begin(c: Connection, new: LookRun) -> None:
    c.execute(insert(looks).values(**vars(new)))


def newest(c: Connection, office_id: str, *, ended: bool = False) -> LookRun | None:
    """The latest look; `ended`: that found something."""
    own = looks.c.office == office_id
    if ended:
        own &= looks.c.found.is_not(None)
    return one(LookRun, c, select(looks).where(own).order_by(looks.c.began.desc(), looks.c.id).limit(1))


def say_how_far(c: Connection, id_: str, **values: Any) -> None:
    """Where a look is; one that has ended stays as it ended."""
    c.execute(update(looks).where((looks.c.id == id_) & looks.c.ended.is_(None)).values(**values))


def forget_older(c: Connection, office_id: str, id_: str) -> None:
    """What a look found takes the place of all before it."""
    c.execute(delete(looks).where((looks.c.office == office_id) & (looks.c.id != id_) & looks.c.ended.is_not(None)))


def say(c: Connection, office_id: str, new: Said) -> None:
    c.execute(insert(queries).values(office=office_id, **vars(new)))


def said(c: Connection, office_id: str) -> dict[str, list[Said]]:
    """Everything that was ever said, by query, oldest first."""
    found: dict[str, list[Said]] = {}
    wanted = select(*columns(Said, queries)).where(queries.c.office == office_id).order_by(queries.c.id)
    for one_ in many(Said, c, wanted):
        found.setdefault(one_.key, []).append(one_)
    return found


# What a look reads of many surveys ------------------------------------------------------------------------------


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def answers_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[Row[Any]]:
    """(survey, question, value, reason) of what stands."""
    for ids in _some(survey_ids):
        wanted = select(answers.c.survey, answers.c.question, answers.c.value, answers.c.reason)
        yield from c.execute(wanted.where(answers.c.survey.in_(ids)))


def files_of(c: Connection, survey_ids: Sequence[str], kinds: Sequence[str]) -> Iterator[Row[Any]]:
    """(survey, kind, question, size, sha256, about)"""
    for ids in _some(survey_ids):
        wanted = select(files.c.survey, files.c.kind, files.c.question, files.c.size, files.c.sha256, files.c.about)
        yield from c.execute(wanted.where(files.c.survey.in_(ids) & files.c.kind.in_(kinds)).order_by(files.c.id))


def assessors_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(survey, account) of whoever answered as a consultant, or handed in and is or was one there."""
    for ids in _some(survey_ids):
        spoke = select(changes.c.survey, changes.c.account).distinct()
        yield from _told(c.execute(spoke.where(changes.c.survey.in_(ids) & (changes.c.department == CONSULTANT))))
        handed = select(steps.c.survey, steps.c.account).distinct().where(
            steps.c.survey.in_(ids)
            & (steps.c.act == "handed-in")
            & steps.c.account.in_(select(memberships.c.account).where(memberships.c.role == CONSULTANT))
        )  # fmt: skip
        yield from _told(c.execute(handed))


def _told(rows: Any) -> Iterator[tuple[str, str]]:
    yield from ((survey, account) for survey, account in rows)


def ratings_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[tuple[str, str, list[list[str]]]]:
    """(survey, account, first answers) of blind second ratings that were finished."""
    for ids in _some(survey_ids):
        wanted = select(samples.c.survey, samples.c.account, samples.c.first)
        own = samples.c.survey.in_(ids) & (samples.c.outcome == "finished")
        yield from ((s, a, first) for s, a, first in c.execute(wanted.where(own)))


def seconds_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[Row[Any]]:
    """(survey, account, question, value)"""
    for ids in _some(survey_ids):
        wanted = select(seconds.c.survey, seconds.c.account, seconds.c.question, seconds.c.value)
        yield from c.execute(wanted.where(seconds.c.survey.in_(ids)))


def represented(c: Connection, survey_ids: Sequence[str]) -> dict[str, set[str]]:
    """Who declared in any of these to sell or represent solutions, and the recommendations that they named."""
    found: dict[str, set[str]] = {}
    for ids in _some(survey_ids):
        wanted = select(declarations.c.account, declarations.c.kinds, declarations.c.items)
        for account, kinds, items in c.execute(wanted.where(declarations.c.survey.in_(ids))):
            if "represents" in kinds:
                found.setdefault(account, set()).update(items or ())
    return found
