"""THE LOG of an office: read, followed from its beginning, given out."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from assessor import logbook
from assessor.bundle import installation_key
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.domain import Chained, LogEntry, Message
from assessor.errors import StorageError
from assessor.programmes import vouchers as way
from assessor.storage import people
from assessor.storage import vouchers as sql

A_PAGE = 100


@dataclass(frozen=True)
class Log:
    """A page of a log, its newest entry first."""

    entries: tuple[LogEntry, ...]
    more: bool
    """Are there earlier ones?"""
    names: dict[str, str]
    """Of accounts whose person is still known."""
    head: str | None
    count: int
    chained: Chained | None
    """None: nobody asked to follow it."""


def log(desk: Desk, who: Actor, office: str, before: int = 0, *, follow: bool = False) -> Log:
    """The newest entries, or those before one. `follow`: go through all of it, which takes a moment."""
    who.require("log.read", office)
    with desk.store.read() as c:
        count, head = sql.last_of(c, office)
        found = sql.entries_of(c, office, before=before, most=A_PAGE + 1, newest=True)
        known = people.people(c, {e.account for e in found if e.account})
        chained = followed(c, office) if follow else None
    names = {id_: person.name for id_, person in known.items()}
    return Log(tuple(found[:A_PAGE]), len(found) > A_PAGE, names, head, count, chained)


def followed(c: Connection, office: str) -> Chained:
    """The whole log from its first entry; also whether its end is what was kept beside it, and no voucher went on
    after it."""
    every = sql.entries_of(c, office)
    found, (count, head) = way.chained(every), sql.last_of(c, office)
    whole = (found.entries, found.head) == (count, head) and sql.last_step(c, office) <= count
    if found.holds and not whole:
        return found.model_copy(update={"holds": False, "broken_at": count})
    return found


def export(desk: Desk, who: Actor, office: str) -> Iterator[bytes]:
    """The whole log as a file that `assessor verify-log` follows."""
    who.require("log.read", office)
    with desk.store.read() as c:
        every = sql.entries_of(c, office)
        if not followed(c, office).holds:
            raise StorageError(Message(id="logbook.not_sealed"))  # what does not hold is not signed
    return logbook.written(office, every, installation_key())
