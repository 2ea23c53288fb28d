"""LOOK over a portfolio in a process of its own: it takes a minute and much memory, and no page waits for it.

It opens the database itself and says there how far it is. Of an office there is one look at a time; it ends with
the server.
"""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

log = logging.getLogger("assessor.desk")
NICE = 10
"""It gives way to the pages."""


@dataclass(frozen=True)
class LookJob:
    """What a look needs to know."""

    address: str
    """Of the database, its password included: it never leaves the machine's own processes."""
    office: str
    id: str


class Looker:
    """Begins looks, and hears when one ends without a word."""

    def __init__(self) -> None:
        self._running: dict[str, BaseProcess] = {}
        self._lock = threading.Lock()

    def start(self, work: Callable[[LookJob], None], job: LookJob, lost: Callable[[], None]) -> None:
        """Begin; `lost` is called where the process ends other than it should."""
        process = get_context("spawn").Process(target=_apart, args=(work, job), daemon=True)
        with self._lock:
            process.start()
            self._running[job.office] = process
        threading.Thread(target=self._await, args=(job.office, process, lost), daemon=True).start()

    def _await(self, office: str, process: BaseProcess, lost: Callable[[], None]) -> None:
        process.join()
        with self._lock:
            ours = self._running.get(office) is process  # a later look may have taken its place
            if ours:
                del self._running[office]
        if ours and process.exitcode != 0:
            log.error("a look over a portfolio ended with %s", process.exitcode)
            lost()

    def close(self) -> None:
        """End what runs; a look that was ended says nothing, and is begun anew when somebody asks."""
        with self._lock:
            running, self._running = self._running, {}
        for process in running.values():
            process.terminate()
            process.join(5)


def _apart(work: Callable[[LookJob], None], job: LookJob) -> None:
    if hasattr(os, "nice"):
        os.nice(NICE)
    work(job)
