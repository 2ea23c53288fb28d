"""SQL of editions on trial, and of the results that an office tries them on."""

from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from assessor.storage.kept_of_offices import Filed, Trial
from assessor.storage.rows import columns, many, one
from assessor.storage.tables import consents, extracts, organisations, results, surveys, trials

TOLD = columns(Trial, trials)
"""Of a trial, all but its file and its report."""


def add(c: Connection, trial: Trial, data: bytes) -> None:
    c.execute(insert(trials).values(**vars(trial), data=data))


def of_office(c: Connection, office_id: str) -> list[Trial]:
    """The newest first."""
    wanted = select(*TOLD).where(trials.c.organisation == office_id)
    return many(Trial, c, wanted.order_by(trials.c.made.desc(), trials.c.id))


def get(c: Connection, office_id: str, id_: str) -> Trial | None:
    return one(Trial, c, select(*TOLD).where((trials.c.organisation == office_id) & (trials.c.id == id_)))


def data(c: Connection, id_: str) -> bytes:
    return bytes(c.execute(select(trials.c.data).where(trials.c.id == id_)).scalar_one())


def report(c: Connection, id_: str) -> bytes | None:
    """zlib-compressed JSON."""
    found = c.execute(select(trials.c.report).where(trials.c.id == id_)).scalar()
    return None if found is None else bytes(found)


def change(c: Connection, id_: str, **values: Any) -> None:
    c.execute(update(trials).where(trials.c.id == id_).values(**values))


def remove(c: Connection, office_id: str, id_: str) -> bool:
    own = (trials.c.organisation == office_id) & (trials.c.id == id_)
    return c.execute(delete(trials).where(own)).rowcount > 0


def _opened(office_id: str, *purposes: str) -> Any:
    """Surveys of factories that opened their results to this office for one of these purposes, now."""
    alive = (consents.c.receiver == office_id) & consents.c.purpose.in_(purposes) & consents.c.ended.is_(None)
    giver, office = organisations.alias("giver"), organisations.alias("office")
    same = (giver.c.demonstration == office.c.demonstration) & (office.c.id == office_id)
    agreed = select(consents.c.organisation).join(giver, giver.c.id == consents.c.organisation).join(office, same)
    return surveys.c.organisation.in_(agreed.where(alive))


def _newest() -> Any:
    newest = select(func.max(results.c.version)).where(
        (results.c.survey == surveys.c.id) & results.c.assessment.is_not(None)
    )
    return (results.c.survey == surveys.c.id) & (results.c.version == newest.correlate(surveys).scalar_subquery())


def count(c: Connection, office_id: str) -> int:
    """How many there are to try on."""
    wanted = (
        select(func.count()).select_from(surveys.join(results, _newest())).where(_opened(office_id, "programme"))
    )
    return int(c.execute(wanted).scalar() or 0)


def filed_after(c: Connection, office_id: str, after: str, most: int) -> list[Filed]:
    """So many of them, by the id of their survey."""
    wanted = (
        select(
            surveys.c.id.label("survey"),
            surveys.c.organisation,
            surveys.c.plant,
            results.c.filed,
            results.c.differing.label("open"),
            extracts.c.plant.label("key"),
        )
        .select_from(surveys.join(results, _newest()).outerjoin(extracts, extracts.c.survey == surveys.c.id))
        .where(_opened(office_id, "programme") & (surveys.c.id > after))
        .order_by(surveys.c.id)
        .limit(most)
    )
    return many(Filed, c, wanted)


def plants(c: Connection, office_id: str) -> list[Any]:
    """(survey, organisation, plant) of factories that opened anything to the office now."""
    columns_ = (surveys.c.id.label("survey"), surveys.c.organisation, surveys.c.plant)
    return list(c.execute(select(*columns_).where(_opened(office_id, "programme", "audit"))))
