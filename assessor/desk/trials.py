"""What tries editions beside the server: one at a time, in a thread that lets other processes do the work."""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from assessor.portfolio.crew import SETTING

log = logging.getLogger("assessor.desk")


class Trials:
    """One trial at a time; whoever comes next waits."""

    def __init__(self, executor: str | None = None) -> None:
        self.executor = executor or os.environ.get(SETTING) or "processes"
        """By whom the work is done, as of `assessor.portfolio.crew`: not by the server, unless told so."""
        self._thread: ThreadPoolExecutor | None = None
        self._open: set[str] = set()
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        """Set when the server goes: a trial under way breaks off, and is begun anew when somebody asks for it."""

    def start(self, id_: str, work: Callable[[], None]) -> None:
        """Begin, unless it has begun."""
        with self._lock:
            if id_ in self._open:
                return
            self._open.add(id_)
            self._thread = self._thread or ThreadPoolExecutor(1, "trial")
            self._thread.submit(self._do, id_, work)

    def _do(self, id_: str, work: Callable[[], None]) -> None:
        try:
            if not self.stopped.is_set():
                work()
        except Exception:
            log.exception("an edition was not tried")
        finally:
            with self._lock:
                self._open.discard(id_)

    def running(self, id_: str) -> bool:
        with self._lock:
            return id_ in self._open

    def close(self) -> None:
        self.stopped.set()
        if self._thread is not None:
            self._thread.shutdown(wait=True, cancel_futures=True)
