"""How fast: one request in flight an address, connections spaced over the whole run, so many hosts at a time."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from assessor.domain import Limits


class Clock(NamedTuple):
    """UTC time and monotonic time in ns, and how to wait."""

    now: Callable[[], int] = time.time_ns
    mono: Callable[[], int] = time.monotonic_ns
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def wait_until(self, since: int | None, seconds: float) -> None:
        """Return once so many seconds have passed since a monotonic time; at once where there was none."""
        if since is None:
            return
        due = since + round(seconds * 1e9)
        while (left := due - self.mono()) > 0:
            await self.sleep(left / 1e9)


@dataclass
class Line:
    """One address on the wire, shared by every guard that names it: one request in flight, then a rest."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    quiet_since: int | None = None
    ready: int = 0


@dataclass
class Run:
    """What all guards of one run share. One event loop is one run."""

    connecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_connect: int | None = None
    lines: dict[str, Line] = field(default_factory=lambda: defaultdict(Line))


_RUNS: WeakKeyDictionary[asyncio.AbstractEventLoop, Run] = WeakKeyDictionary()


def this_run() -> Run:
    """What the guards of the running event loop share."""
    return _RUNS.setdefault(asyncio.get_running_loop(), Run())


def limit_hosts(limits: Limits) -> asyncio.Semaphore:
    """How many endpoints a run works at, at a time: to be held around each `gather`."""
    return asyncio.Semaphore(limits.hosts_at_a_time)
