"""RECKON a result in a process of its own: a plan takes seconds, and nobody's save waits for it.

What goes there and comes back is JSON and bytes, so that the process can be any other, and dies alone.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from assessor.domain import Message

log = logging.getLogger("assessor.desk")
WORKERS = 1
"""Beside the server on two cores."""
MOST_LOST = 3
"""Processes that one job may take down."""


@dataclass(frozen=True)
class Job:
    """Everything that a result follows from."""

    plant: bytes
    answers: bytes
    framework: str
    made: int
    bundle: bytes | None = None
    """A sealed bundle, or one for filing."""
    assets: tuple[dict[str, Any], ...] = ()
    processes: tuple[dict[str, Any], ...] = ()
    register: dict[str, Any] | None = None
    exports: tuple[tuple[dict[str, Any], str, bytes], ...] = ()
    """Confirmed ones: how to read each, the kind of its file, the file."""
    aside: tuple[str, ...] = ()
    """Patterns of data points that were asked about in vain."""


@dataclass(frozen=True)
class Reckoned:
    """zlib-compressed canonical JSON of an Assessment, or what is wrong, as a Message's JSON."""

    assessment: bytes | None
    fault: dict[str, Any] | None
    differing: dict[str, str] | None = None
    """Verdict by question, of what is to be clarified."""
    sealed: bytes | None = None
    """The bundle that was made of exports: what a filing of this Assessment rests on."""
    extract: tuple[str, dict[str, Any]] | None = None
    """Of an Assessment: which plant it is of, and what may be counted of it, as JSON."""
    brief: dict[str, Any] | None = None
    """What a picture of many plants needs of it, as JSON."""
    filed: bytes | None = None
    """zlib-compressed JSON: of the Assessment what judging it again needs."""
    asks: bytes | None = None
    """zlib-compressed JSON of what to ask about data points, where that was asked for and no Assessment."""


class Reckoner:
    """One job a survey and version; whoever asks a second time waits for the first."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._running: dict[tuple[str, int], Future[Reckoned]] = {}
        self._lost: Counter[tuple[str, int]] = Counter()
        """How often the process died over a job."""
        self._lock = threading.Lock()

    def start(
        self,
        key: tuple[str, int],
        work: Callable[[Job], Reckoned],
        job: Callable[[], Job],
        kept: Callable[[Reckoned], None],
    ) -> None:
        """Begin `work` on a job, unless it has begun; `kept` takes what comes of it, also where nothing does."""
        with self._lock:
            if key in self._running:
                return
            self._pool = self._pool or ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"))
            try:
                future = self._pool.submit(work, job())
            except BrokenProcessPool:
                self._pool = ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"))
                future = self._pool.submit(work, job())
            self._running[key] = future
            overtaken = [
                f for (survey, version), f in self._running.items() if survey == key[0] and version < key[1]
            ]
        for old in overtaken:  # where it has not begun yet nobody waits for it
            old.cancel()
        future.add_done_callback(lambda done: self._ended(key, done, kept))

    def _ended(self, key: tuple[str, int], done: Future[Reckoned], kept: Callable[[Reckoned], None]) -> None:
        try:
            if self._is_final(key, done):
                kept(_outcome(done))
        except Exception:
            log.exception("a result was not kept")
        finally:
            with self._lock:
                self._running.pop(key, None)

    def _is_final(self, key: tuple[str, int], done: Future[Reckoned]) -> bool:
        """Is it the job that came to this? One that was stopped, or whose process was ended, is tried anew when
        somebody asks again; one that a process died over thrice is given up."""
        if done.cancelled():
            return False
        if not isinstance(done.exception(), BrokenProcessPool):
            return True
        with self._lock:
            self._lost[key] += 1
            return self._lost[key] >= MOST_LOST

    def running(self, key: tuple[str, int]) -> bool:
        with self._lock:
            return key in self._running

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


def _outcome(done: Future[Reckoned]) -> Reckoned:
    problem = done.exception()
    if problem is None:
        return done.result()
    log.error("a result was not reckoned", exc_info=problem)
    return Reckoned(None, _fault(type(problem).__name__))


def _fault(reason: str) -> dict[str, Any]:
    return Message(id="desk.not_reckoned", params={"reason": reason}).model_dump(mode="json")
