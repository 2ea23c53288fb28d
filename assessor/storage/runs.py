"""SQL of sampling runs."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from assessor.storage.kept import Run
from assessor.storage.rows import many, one
from assessor.storage.tables import runs


def add(c: Connection, run: Run) -> None:
    c.execute(insert(runs).values(**vars(run)))


def get(c: Connection, survey_id: str, id_: str) -> Run | None:
    return one(Run, c, select(runs).where((runs.c.survey == survey_id) & (runs.c.id == id_)))


def of_survey(c: Connection, survey_id: str) -> list[Run]:
    """Newest first."""
    own = select(runs).where(runs.c.survey == survey_id)
    return many(Run, c, own.order_by(runs.c.began.desc(), runs.c.id))


def not_over(c: Connection) -> list[Run]:
    """Of all surveys."""
    return many(Run, c, select(runs).where(runs.c.outcome.is_(None)).order_by(runs.c.began, runs.c.id))


def change(c: Connection, id_: str, **values: Any) -> None:
    c.execute(update(runs).where(runs.c.id == id_).values(**values))
