"""SQL of looks over the quality of a portfolio: what they read, how far they are, what was said of a query."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, insert, literal, select, update

from assessor.storage.extracts import open_to
from assessor.storage.kept_of_offices import LookRun, Said
from assessor.storage.rows import columns, many, one
from assessor.storage.tables import (
    answers,
    changes,
    consents,
    declarations,
    extracts,
    files,
    looks,
    memberships,
    organisations,
    queries,
    samples,
    seconds,
    steps,
    surveys,
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
    c.execute(
        delete(looks).where((looks.c.office == office_id) & (looks.c.id != id_) & looks.c.ended.is_not(None))
    )


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


def surveys_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[Any]:
    """(id, organisation, plant)"""
    for ids in _some(survey_ids):
        yield from c.execute(
            select(surveys.c.id, surveys.c.organisation, surveys.c.plant).where(surveys.c.id.in_(ids))
        )


def names_of(c: Connection, organisation_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for ids in _some(organisation_ids):
        found |= {
            id_: name
            for id_, name in c.execute(
                select(organisations.c.id, organisations.c.name).where(organisations.c.id.in_(ids))
            )
        }
    return found


def opened_to(c: Connection, office_id: str) -> set[str]:
    """Organisations that open their results to an office now."""
    own = (consents.c.receiver == office_id) & (consents.c.purpose == "programme") & consents.c.ended.is_(None)
    return set(c.execute(select(consents.c.organisation).where(own)).scalars())


def state_of(c: Connection, office_id: str, *, demonstration: bool) -> tuple[int, int, int]:
    """Of results that are open to an office, without reading them one by one: how many, and two sums that move
    with whatever comes, goes or changes. Their times count in seconds."""
    sums = (func.count(), func.sum(extracts.c.version), func.sum(extracts.c.made // 10**9))
    wanted = select(*sums).select_from(extracts).where(open_to(office_id, demonstration=demonstration))
    count, versions, made = c.execute(wanted).one()
    return int(count), int(versions or 0), int(made or 0)


def ended_since(c: Connection, office_id: str, since: int) -> int:
    """Consents towards an office that were ended from then on."""
    own = (consents.c.receiver == office_id) & (consents.c.purpose == "programme") & (consents.c.ended >= since)
    return int(c.execute(select(func.count()).select_from(consents).where(own)).scalar_one())


def degrees_of(c: Connection, survey_ids: Sequence[str], degrees: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(survey, 'question=degree question=degree ...') of what stood when the result was made; put together by the
    database, since there may be a million of them."""
    text = cast(answers.c.value, Text)
    told = func.aggregate_strings(answers.c.question + literal("=") + text, " ")
    for ids in _some(survey_ids):
        own = answers.c.survey.in_(ids) & text.in_([json.dumps(degree) for degree in degrees])
        wanted = select(answers.c.survey, told).join(extracts, extracts.c.survey == answers.c.survey)
        stood = wanted.where(own & (answers.c.version <= extracts.c.version)).group_by(answers.c.survey)
        yield from ((survey, said.replace('"', "")) for survey, said in c.execute(stood))


def reasons_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(survey, question, reason) of what stood when the result was made."""
    for ids in _some(survey_ids):
        wanted = select(answers.c.survey, answers.c.question, answers.c.reason)
        wanted = wanted.join(extracts, extracts.c.survey == answers.c.survey)
        own = answers.c.survey.in_(ids) & answers.c.reason.is_not(None) & (answers.c.reason != "")
        yield from _told(c.execute(wanted.where(own & (answers.c.version <= extracts.c.version))))


def files_of(c: Connection, survey_ids: Sequence[str], kinds: Sequence[str]) -> Iterator[Any]:
    """(survey, kind, question, size, sha256, about)"""
    for ids in _some(survey_ids):
        wanted = select(
            files.c.survey, files.c.kind, files.c.question, files.c.size, files.c.sha256, files.c.about
        )
        yield from c.execute(wanted.where(files.c.survey.in_(ids) & files.c.kind.in_(kinds)).order_by(files.c.id))


def assessors_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(survey, account) of whoever answered or handed in, and is a consultant of that factory."""
    there = (memberships.c.organisation == surveys.c.organisation) & (memberships.c.role == CONSULTANT)
    for ids in _some(survey_ids):
        for table in (changes, steps):
            wanted = select(table.c.survey, table.c.account).distinct()
            wanted = wanted.join(surveys, surveys.c.id == table.c.survey)
            wanted = wanted.join(memberships, there & (memberships.c.account == table.c.account))
            own = table.c.survey.in_(ids)
            yield from _told(
                c.execute(wanted.where(own & (steps.c.act == "handed-in") if table is steps else own))
            )


def _told(rows: Any) -> Iterator[Any]:
    yield from (tuple(row) for row in rows)


def ratings_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[tuple[str, str, list[list[str]]]]:
    """(survey, account, first answers) of blind second ratings that were finished."""
    for ids in _some(survey_ids):
        wanted = select(samples.c.survey, samples.c.account, samples.c.first)
        own = samples.c.survey.in_(ids) & (samples.c.outcome == "finished")
        yield from ((s, a, first) for s, a, first in c.execute(wanted.where(own)))


def seconds_of(c: Connection, survey_ids: Sequence[str]) -> Iterator[Any]:
    """(survey, account, question, value)"""
    for ids in _some(survey_ids):
        wanted = select(seconds.c.survey, seconds.c.account, seconds.c.question, seconds.c.value)
        yield from c.execute(wanted.where(seconds.c.survey.in_(ids)))


def represented(c: Connection, survey_ids: Sequence[str]) -> dict[str, set[str]]:
    """Who ever declared in any of these to sell or represent solutions, and the recommendations that they named.
    Saying otherwise later does not undo what was proposed meanwhile, so that it silences no question."""
    found: dict[str, set[str]] = {}
    for ids in _some(survey_ids):
        wanted = select(declarations.c.account, declarations.c.kinds, declarations.c.solutions)
        for account, kinds, named in c.execute(wanted.where(declarations.c.survey.in_(ids))):
            if "represents" in kinds:
                found.setdefault(account, set()).update(named or ())
    return found
