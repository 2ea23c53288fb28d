"""SQL of what may be counted of results, for offices that factories opened theirs to."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from assessor.storage.kept_of_offices import Extracted
from assessor.storage.tables import consents, extracts, organisations, results, surveys

AT_ONCE = 500
"""Ids in one statement."""


class Entry(NamedTuple):
    """An extract without its row: enough to know whether it has changed. Thousands are compared at every page."""

    survey: str
    version: int
    made: int
    plant: str
    format: int


ENTRY = [extracts.c[name] for name in Entry._fields]


def keep(c: Connection, new: Extracted) -> None:
    """In place of the one before, unless that is of a later version."""
    held = c.execute(select(extracts.c.version).where(extracts.c.survey == new.survey)).scalar()
    if held is not None and held > new.version:
        return
    c.execute(delete(extracts).where(extracts.c.survey == new.survey))
    c.execute(insert(extracts).values(**vars(new)))


def open_to(office_id: str, *, demonstration: bool) -> ColumnElement[bool]:
    """Those of organisations that open their results to an office now: generated or real ones, never both."""
    agreed = select(consents.c.organisation).where(
        (consents.c.receiver == office_id) & (consents.c.purpose == "programme") & consents.c.ended.is_(None)
    )
    alike = select(organisations.c.id).where(organisations.c.demonstration.is_(demonstration))
    return extracts.c.organisation.in_(agreed) & extracts.c.organisation.in_(alike) & extracts.c.row.is_not(None)


def opened_to(c: Connection, office_id: str, *, demonstration: bool) -> list[Entry]:
    """The oldest first."""
    wanted = select(*ENTRY).where(open_to(office_id, demonstration=demonstration))
    return [Entry(*row) for row in c.execute(wanted.order_by(extracts.c.made, extracts.c.survey))]


def rows(c: Connection, survey_ids: list[str]) -> dict[str, dict[str, Any]]:
    """What may be counted, by survey."""
    return dict(_rows(c, survey_ids))


def _rows(c: Connection, survey_ids: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for at in range(0, len(survey_ids), AT_ONCE):
        some = survey_ids[at : at + AT_ONCE]
        wanted = select(extracts.c.survey, extracts.c.row).where(extracts.c.survey.in_(some))
        yield from ((survey, row) for survey, row in c.execute(wanted) if row is not None)


def missing(c: Connection, format_: int, most: int) -> list[tuple[str, str, int, bytes]]:
    """Survey, organisation, version and Assessment of newest results that have no extract, or one of another
    format."""
    newest = (
        select(results.c.survey, func.max(results.c.version).label("version"))
        .where(results.c.assessment.is_not(None))
        .group_by(results.c.survey)
        .subquery()
    )
    stale = or_(extracts.c.survey.is_(None), extracts.c.version < newest.c.version, extracts.c.format != format_)
    wanted = (
        select(newest.c.survey, surveys.c.organisation, newest.c.version, results.c.assessment)
        .join(surveys, surveys.c.id == newest.c.survey)
        .join(results, and_(results.c.survey == newest.c.survey, results.c.version == newest.c.version))
        .outerjoin(extracts, extracts.c.survey == newest.c.survey)
        .where(stale)
        .order_by(newest.c.survey)
        .limit(most)
    )
    return [(survey, house, version, bytes(packed)) for survey, house, version, packed in c.execute(wanted)]


def still_there(c: Connection, survey_id: str) -> bool:
    """Was its survey not erased meanwhile? Until the transaction ends it is not."""
    own = select(surveys.c.id).where(surveys.c.id == survey_id).with_for_update()
    return c.execute(own).first() is not None
