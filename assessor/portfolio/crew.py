"""A CREW does the same work on many pieces: in this process, in a pool of processes, or through a Dask scheduler.

One setting says which: `serial`, `processes`, or the address of a scheduler, `tcp://host:port`. The work is a pure
function of an order and a piece, so that all of them give the same, in the order of the pieces. A process that is
killed loses nothing: its piece is done again, and one that processes died over thrice is told.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

from assessor.domain import Message
from assessor.errors import InputError

P = TypeVar("P")
"""A piece."""
R = TypeVar("R")
"""What comes of it."""
Work = Callable[[Any, Any], Any]
"""From an order and a piece to what comes of it; a function of a module, so that any process finds it."""

SETTING = "ASSESSOR_EXECUTOR"
MOST_LOST = 3
"""Processes that one piece may take down."""
AHEAD = 3
"""Pieces that wait at each process: enough that none idles, few enough that memory stays small."""
PATIENCE = 30
"""Seconds until a scheduler must have answered, and have a worker."""


@dataclass(frozen=True)
class Lost:
    """Processes died over this piece, or it could not be done at all."""

    why: Message


@dataclass(frozen=True)
class Done(Generic[R]):
    """What came of one piece, by its place among them."""

    place: int
    result: R | Lost


def chosen(given: str | None) -> str:
    """The setting, else the environment's, else in this process. Raises InputError for anything else."""
    wanted = given or os.environ.get(SETTING) or "serial"
    if wanted in ("serial", "processes") or wanted.partition("://")[0] in ("tcp", "tls"):
        return wanted
    raise InputError(Message(id="edition.executor", params={"given": wanted}))


def run(
    work: Work, order: Any, pieces: Iterable[P], executor: str, workers: int | None = None
) -> Iterator[Done[Any]]:
    """Every piece as it is done, in any order. `workers`: processes of a pool; one a processor by default."""
    numbered = enumerate(pieces)
    if executor == "serial":
        yield from (Done(place, work(order, piece)) for place, piece in numbered)
    elif executor == "processes":
        pool = _Pool(work, order, workers or os.cpu_count() or 1)
        try:
            yield from pool.done(numbered)
        finally:
            pool.open.shutdown(wait=True, cancel_futures=True)
    else:
        yield from _dask(work, order, numbered, executor)


# A pool of processes ------------------------------------------------------------------------------------------

_ORDER: list[tuple[Work, Any]] = []
"""In a process of the pool: its work and its order, brought once."""


def _begin(work: Work, order: Any) -> None:
    gc.set_threshold(100_000, 50, 50)  # what is kept lives as long as the process: to look for it is lost time
    _ORDER[:] = [(work, order)]


def _do(piece: Any) -> Any:
    work, order = _ORDER[0]
    return work(order, piece)


class _Pool:
    """Processes with pieces waiting at each; begun anew where one of them was killed."""

    def __init__(self, work: Work, order: Any, workers: int) -> None:
        self.work, self.order, self.workers = work, order, workers
        self.open = self._begun(workers)
        self.waiting: dict[Future[Any], tuple[int, Any]] = {}

    def _begun(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, get_context("spawn"), _begin, (self.work, self.order))

    def done(self, numbered: Iterator[tuple[int, Any]]) -> Iterator[Done[Any]]:
        unsent: list[tuple[int, Any]] = []
        while True:
            try:
                while len(self.waiting) < self.workers * AHEAD:
                    if not unsent and (one := next(numbered, None)):
                        unsent.append(one)
                    if not unsent:
                        break
                    self.waiting[self.open.submit(_do, unsent[0][1])] = unsent[0]
                    unsent.clear()
            except BrokenProcessPool:
                yield from self._again()
                continue
            if not self.waiting:
                return
            ended = wait(self.waiting, return_when=FIRST_COMPLETED).done
            for future in [f for f in ended if not isinstance(f.exception(), BrokenProcessPool)]:
                yield Done(self.waiting.pop(future)[0], future.result())
            if any(f in self.waiting for f in ended):
                yield from self._again()

    def _again(self) -> Iterator[Done[Any]]:
        """All that was begun is lost with the pool. Each in a process of its own shows which one it died over."""
        self.open.shutdown(wait=True, cancel_futures=True)
        pieces = list(self.waiting.values())
        self.waiting.clear()
        for place, piece in pieces:
            yield Done(place, self._alone(piece))
        self.open = self._begun(self.workers)

    def _alone(self, piece: Any) -> Any:
        for _ in range(MOST_LOST):
            with self._begun(1) as single:
                try:
                    return single.submit(_do, piece).result()
                except BrokenProcessPool:
                    continue
        return Lost(Message(id="edition.worker_died", params={"n": MOST_LOST}))


# A scheduler --------------------------------------------------------------------------------------------------


def _dask(work: Work, order: Any, numbered: Iterator[tuple[int, Any]], address: str) -> Iterator[Done[Any]]:
    with _client(address) as client:
        from distributed import as_completed  # noqa: PLC0415 - only where there is a scheduler

        shared = client.scatter(order, broadcast=True)
        ahead = AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
        places: dict[Any, int] = {}

        def submit(one: tuple[int, Any]) -> Any:
            future = client.submit(work, shared, one[1], pure=False, retries=0)
            places[future.key] = one[0]
            return future

        first = [submit(one) for _, one in zip(range(ahead), numbered, strict=False)]
        open_ = as_completed(first, loop=client.loop)
        for future in open_:
            yield Done(places.pop(future.key), _fetched(future))
            if (one := next(numbered, None)) is not None:
                open_.add(submit(one))


def _fetched(future: Any) -> Any:
    """What came of it; workers that were killed are replaced by the scheduler, until it gives the piece up."""
    from distributed import KilledWorker  # noqa: PLC0415

    problem = future.exception()
    if isinstance(problem, KilledWorker):
        return Lost(Message(id="edition.worker_died", params={"n": MOST_LOST}))
    return future.result()


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A connection to a scheduler that has a worker. Raises InputError where Dask is absent, or nobody answers."""
    try:
        from distributed import Client  # noqa: PLC0415
    except ImportError as problem:
        raise InputError(Message(id="edition.no_dask")) from problem
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as problem:  # a time-out is an OSError
        raise InputError(Message(id="edition.no_scheduler"), address) from problem
    try:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as problem:
            raise InputError(Message(id="edition.no_worker"), address) from problem
        yield client
    finally:
        client.close()
