"""SQL of the outlines that an office imported for its map."""

from sqlalchemy import Connection, delete, insert, select

from assessor.storage.kept_of_offices import Outline
from assessor.storage.rows import one
from assessor.storage.tables import outlines


def of_office(c: Connection, office_id: str) -> Outline | None:
    return one(Outline, c, select(outlines).where(outlines.c.office == office_id))


def keep(c: Connection, new: Outline) -> None:
    """In place of the ones before."""
    remove(c, new.office)
    c.execute(insert(outlines).values(**vars(new)))


def remove(c: Connection, office_id: str) -> None:
    c.execute(delete(outlines).where(outlines.c.office == office_id))
