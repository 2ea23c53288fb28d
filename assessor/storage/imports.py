"""SQL of what an office imported for its picture: outlines of districts, a list of providers."""

from sqlalchemy import Connection, delete, insert, select

from assessor.storage.kept_of_offices import Imported, ImportKind
from assessor.storage.rows import one
from assessor.storage.tables import imports


def of_office(c: Connection, office_id: str, kind: ImportKind) -> Imported | None:
    own = (imports.c.office == office_id) & (imports.c.kind == kind)
    return one(Imported, c, select(imports).where(own))


def keep(c: Connection, new: Imported) -> None:
    """In place of the one before."""
    remove(c, new.office, new.kind)
    c.execute(insert(imports).values(**vars(new)))


def remove(c: Connection, office_id: str, kind: ImportKind) -> None:
    c.execute(delete(imports).where((imports.c.office == office_id) & (imports.c.kind == kind)))
