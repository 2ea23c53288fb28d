"""LOOK OVER a portfolio: the work of the other process. It reads, looks and keeps, says how far it is as it goes,
and that it is still there."""

import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files

from assessor.desk import cases
from assessor.desk.looker import LookJob
from assessor.documents import parse
from assessor.domain import Watching
from assessor.errors import AssessorError
from assessor.frameworks import load_library
from assessor.indicators import load as indicators
from assessor.portfolio.watching import look
from assessor.storage import Store
from assessor.storage import watching as sql

EVERY = 0.5
"""Seconds between two words of how far it is."""
BEAT = 20.0
"""Seconds between two words that it is still there: some steps take long where others are at work."""


@cache
def rules() -> Watching:
    """The limits as this installation has them."""
    folder, name = "questionnaires", "questionnaires/watching.yaml"
    return parse(Watching, files(folder).joinpath(name.removeprefix(f"{folder}/")).read_text("utf-8"), name)[0]


def look_over(job: LookJob) -> None:
    """All of it; what is wrong is kept in place of what was found."""
    store = Store(job.address)
    try:
        with _alive(store, job.id):
            _look_over(store, job)
    except AssessorError as problem:
        fault = problem.message.model_dump(mode="json")
        with store.write() as c:
            sql.say_how_far(c, job.id, ended=time.time_ns(), fault=fault)
    finally:
        store.close()


def _look_over(store: Store, job: LookJob) -> None:
    last = [0.0]

    def told(step: str, done: int, many: int) -> None:
        if done in (0, many) or time.monotonic() - last[0] >= EVERY:
            last[0] = time.monotonic()
            with store.write() as c:
                sql.say_how_far(c, job.id, step=step, done=done, many=max(many, 1), told=time.time_ns())

    with store.read() as c:
        held = cases.read(c, job.office, load_library(known_indicators=indicators()))
    found = look(held.portfolio, rules(), told).model_copy(update={"open": held.open, "generated": held.generated})
    packed = zlib.compress(found.model_dump_json().encode(), 6)
    with store.write() as c:
        sql.say_how_far(c, job.id, ended=time.time_ns(), state=held.state, found=packed)
        sql.forget_older(c, job.office, job.id)


@contextmanager
def _alive(store: Store, id_: str) -> Iterator[None]:
    """While it lasts the look says so again and again."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            with suppress(AssessorError), store.write() as c:  # a database that was busy once is asked again
                sql.say_how_far(c, id_, told=time.time_ns())

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
