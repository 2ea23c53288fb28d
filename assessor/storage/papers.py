"""SQL of files that were handed in, and of what was reckoned."""

from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from assessor.storage.kept import Asks, FileKind, Outcome, StoredFile
from assessor.storage.rows import columns, many, one
from assessor.storage.tables import asks, contents, files, results

TOLD = columns(Outcome, results)
"""Of a result, all but the bundle that was sealed for it."""


def add_file(c: Connection, file: StoredFile, data: bytes) -> None:
    """The same content is kept once a survey."""
    c.execute(insert(files).values(**vars(file)))
    own = (contents.c.survey == file.survey) & (contents.c.sha256 == file.sha256)
    if c.execute(select(contents.c.sha256).where(own)).first() is None:
        c.execute(insert(contents).values(survey=file.survey, sha256=file.sha256, data=data))


def files_of(c: Connection, survey_id: str, *kinds: FileKind) -> list[StoredFile]:
    """Those of some kinds, or all; oldest first."""
    wanted = select(files).where(files.c.survey == survey_id)
    if kinds:
        wanted = wanted.where(files.c.kind.in_(kinds))
    return many(StoredFile, c, wanted.order_by(files.c.at, files.c.id))


def file(c: Connection, survey_id: str, id_: str) -> StoredFile | None:
    return one(StoredFile, c, select(files).where((files.c.survey == survey_id) & (files.c.id == id_)))


def content(c: Connection, survey_id: str, digest: str) -> bytes:
    own = (contents.c.survey == survey_id) & (contents.c.sha256 == digest)
    return bytes(c.execute(select(contents.c.data).where(own)).scalar_one())


def head(c: Connection, survey_id: str, digest: str, most: int) -> bytes:
    """The start of a file."""
    own = (contents.c.survey == survey_id) & (contents.c.sha256 == digest)
    return bytes(c.execute(select(func.substr(contents.c.data, 1, most)).where(own)).scalar_one())


def say_of_file(c: Connection, id_: str, about: dict[str, Any]) -> None:
    """Something else is known of a file; its content never changes."""
    c.execute(update(files).where(files.c.id == id_).values(about=about))


def bytes_of(c: Connection, survey_id: str) -> int:
    """What the files of a survey take together."""
    total = c.execute(select(func.sum(files.c.size)).where(files.c.survey == survey_id)).scalar()
    return int(total or 0)


def remove_file(c: Connection, survey_id: str, id_: str) -> None:
    """Its content goes with the last file that has it."""
    held = file(c, survey_id, id_)
    if held is None:
        return
    c.execute(delete(files).where((files.c.survey == survey_id) & (files.c.id == id_)))
    if all(other.sha256 != held.sha256 for other in files_of(c, survey_id)):
        own = (contents.c.survey == survey_id) & (contents.c.sha256 == held.sha256)
        c.execute(delete(contents).where(own))


def outcome(c: Connection, survey_id: str, version: int) -> Outcome | None:
    own = (results.c.survey == survey_id) & (results.c.version == version)
    return one(Outcome, c, select(*TOLD).where(own))


def latest(c: Connection, survey_id: str) -> Outcome | None:
    """The newest one that is an Assessment."""
    own = (results.c.survey == survey_id) & results.c.assessment.is_not(None)
    return one(Outcome, c, select(*TOLD).where(own).order_by(results.c.version.desc()).limit(1))


def differing(c: Connection, survey_id: str) -> dict[str, str]:
    """What is to be clarified by the newest Assessment, without reading it."""
    own = (results.c.survey == survey_id) & results.c.assessment.is_not(None)
    newest = select(results.c.differing).where(own).order_by(results.c.version.desc()).limit(1)
    return c.execute(newest).scalar() or {}


def sealed(c: Connection, survey_id: str) -> bytes | None:
    """The bundle that was sealed for the newest Assessment, where it was made from exports."""
    own = (results.c.survey == survey_id) & results.c.assessment.is_not(None)
    return c.execute(select(results.c.sealed).where(own).order_by(results.c.version.desc()).limit(1)).scalar()


def keep(c: Connection, new: Outcome, bundle: bytes | None = None, filed: bytes | None = None) -> None:
    """The newest outcome takes the place of those before it; where it is none, the last Assessment stays."""
    older = (results.c.survey == new.survey) & (results.c.version <= new.version)
    if new.assessment is None:
        last = latest(c, new.survey)
        kept = last.version if last is not None else -1
        older &= (results.c.version == new.version) | (results.c.version != kept)
    c.execute(delete(results).where(older))
    c.execute(insert(results).values(**vars(new), sealed=bundle, filed=filed))


def latest_of(c: Connection, survey_ids: list[str]) -> list[Outcome]:
    """The newest Assessment of each of these."""
    return [held for id_ in survey_ids if (held := latest(c, id_)) is not None]


def asks_of(c: Connection, survey_id: str) -> Asks | None:
    """What to ask about data points, as it was found last."""
    return one(Asks, c, select(asks).where(asks.c.survey == survey_id))


def keep_asks(c: Connection, new: Asks) -> None:
    """In place of what was kept, unless that is of a later version."""
    held = asks_of(c, new.survey)
    if held is not None and held.version > new.version:
        return
    c.execute(delete(asks).where(asks.c.survey == new.survey))
    c.execute(insert(asks).values(**vars(new)))
