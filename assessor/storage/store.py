"""One database, SQLite or PostgreSQL by its address: read, or write in one transaction that ends on disk."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assessor.domain import Message
from assessor.errors import InputError, StorageError

PATIENCE = 30.0
"""Seconds that a PostgreSQL which is started beside us may take until it accepts connections."""


class Store:
    """Connections to the database. Opening it brings its tables up to this version, with what they hold."""

    def __init__(self, address: str) -> None:
        url = make_url(address)
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        self.lite = url.get_backend_name() == "sqlite"
        if self.lite and url.database not in (None, "", ":memory:"):
            file = Path(str(url.database))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)  # what a factory says is nobody else's on this machine
        # As many as read at once: beyond those that are kept, each would be opened anew at every request.
        self.engine = create_engine(
            url,
            pool_size=40 if self.lite else 20,
            pool_pre_ping=not self.lite,
            hide_parameters=True,  # or a fault in the log would tell what people said
        )
        self._turn = threading.Lock()
        """SQLite lets one write at a time: whoever waits, waits here in order, and not by polling the file."""
        if self.lite:
            _care_for(self.engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        with _told(self.engine), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All of it, durable, or nothing."""
        with self._turn if self.lite else nullcontext(), _told(self.engine), self.engine.connect() as opened:
            connection = opened.execution_options(immediate=True) if self.lite else opened
            with connection.begin():
                yield connection

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to a revision, data included, or leave them. Of several processes one does it."""
        with _told(self.engine), _lite_alone(self.engine) if self.lite else _alone(self.engine) as connection:
            config = migrations()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)

    def healthy(self) -> bool:
        """Does it answer?"""
        try:
            with self.engine.connect() as connection:
                return connection.execute(text("select 1")).scalar() == 1
        except DBAPIError:
            return False

    def close(self) -> None:
        self.engine.dispose()


def migrations() -> Config:
    """Where the steps from each version of the tables to the next one are."""
    config = Config()
    config.set_main_option("script_location", str(files("assessor.storage").joinpath("migrations")))
    return config


@contextmanager
def _lite_alone(engine: Engine) -> Iterator[Connection]:
    """SQLite while no other process writes. A table that is made anew is dropped first: if references held, what
    refers to it would go along."""
    with engine.connect() as opened:
        raw: Any = opened.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            connection = opened.execution_options(immediate=True)
            with connection.begin():
                yield connection
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """PostgreSQL once it answers, while no other process of ours upgrades it."""
    _await(engine)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(71100116)"))
        connection.commit()
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(71100116)"))
            connection.commit()


def _await(engine: Engine) -> None:
    """Wait while nobody answers at the address, or says to come later. What else is wrong, connecting tells."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - not where the database is SQLite
    from psycopg.pq import PGconn, Ping  # noqa: PLC0415

    _, known = engine.dialect.create_connect_args(engine.url)
    where = {name: known[name] for name in ("host", "hostaddr", "port", "service") if name in known}
    question = make_conninfo(connect_timeout=5, **where).encode()
    end = time.monotonic() + PATIENCE
    while PGconn.ping(question) in (Ping.REJECT, Ping.NO_RESPONSE) and time.monotonic() < end:
        time.sleep(0.2)


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """A database that refuses is a StorageError that names it, without the password. What no column holds, such as
    a text with a sign of no letter, is its sender's fault."""
    try:
        yield
    except (DataError, UnicodeEncodeError, OverflowError) as problem:
        raise InputError(Message(id="storage.unkeepable")) from problem
    except (OperationalError, InterfaceError, InternalError, PoolTimeout) as problem:
        reason = str(getattr(problem, "orig", problem)).strip().splitlines()[0][:200]
        shown = engine.url.render_as_string(hide_password=True)
        raise StorageError(Message(id="storage.refused", params={"reason": reason}), shown) from problem


def _care_for(engine: Engine) -> None:
    """SQLite as a server's database: readers never wait, what is acknowledged is on disk, references hold."""

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, by us
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
