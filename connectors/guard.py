"""The wire guard: what may be sent, how fast, and when a device is left alone.

Every connector sends every frame inside `Guard.request`. The guard refuses a service that is not on the
allow-list before a byte leaves, keeps one request in flight per address, spaces requests and connections,
leaves a device alone after failures in a row or when it grows slower, and writes the request log.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median
from typing import NamedTuple
from weakref import WeakKeyDictionary

from assessor.domain import Limits, Message, RequestRecord, Traffic, plain

# fmt: off
OPCUA_SERVICES = frozenset({
    "FindServers", "GetEndpoints", "OpenSecureChannel", "CloseSecureChannel", "CreateSession",
    "ActivateSession", "CloseSession", "Browse", "BrowseNext", "TranslateBrowsePathsToNodeIds",
    "RegisterNodes", "UnregisterNodes", "Read", "HistoryRead", "CreateSubscription", "ModifySubscription",
    "SetPublishingMode", "DeleteSubscriptions", "CreateMonitoredItems", "ModifyMonitoredItems",
    "SetMonitoringMode", "DeleteMonitoredItems", "Publish", "Republish", "TransferSubscriptions",
})
# fmt: on
"""OPC UA services that only read. No Write, no Call, hence no ConditionRefresh."""
MODBUS_FUNCTIONS = frozenset({"fc1", "fc2", "fc3", "fc4", "fc43/14"})
MODBUS_REPORT_ID = "fc17"
"""Allowed only where the scope says `report_id` for the endpoint: many devices stay silent."""

WATCHED = 20
"""Round trips that are compared: the median of the latest so many with that of the first so many."""
SLOWER_BY_MS = 50.0


class Forbidden(Exception):
    """A service that is not on the allow-list was about to be sent: an error of ours. Nothing left."""


class Open(Exception):
    """The device is left alone for now; `message` says why. Nothing left."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


class Clock(NamedTuple):
    """UTC time and monotonic time in ns, and how to wait."""

    now: Callable[[], int] = time.time_ns
    mono: Callable[[], int] = time.monotonic_ns
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass
class _Line:
    """One address on the wire, shared by every guard that names it: one request in flight, then a rest."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    quiet_since: int | None = None
    ready: int = 0


@dataclass
class _Run:
    """What all guards of one run share. One event loop is one run."""

    connecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_connect: int | None = None
    lines: dict[str, _Line] = field(default_factory=lambda: defaultdict(_Line))


_RUNS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Run] = WeakKeyDictionary()


def _run() -> _Run:
    return _RUNS.setdefault(asyncio.get_running_loop(), _Run())


def limit_hosts(limits: Limits) -> asyncio.Semaphore:
    """How many endpoints a run works at, at a time: to be held around each `gather`."""
    return asyncio.Semaphore(limits.hosts_at_a_time)


@dataclass
class _Device:
    """What the guard remembers of one device behind an address."""

    failures: int = 0
    open_until: int | None = None
    stopped: Message | None = None
    first: dict[Hashable, list[float]] = field(default_factory=lambda: defaultdict(list))
    latest: dict[Hashable, deque[float]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=WATCHED))
    )


class Frame:
    """One request in flight; the connector says what became of it."""

    def __init__(self) -> None:
        self.answered = False
        self.result = "no answer"
        self.bytes_sent = self.bytes_received = 0

    def done(self, bytes_sent: int, bytes_received: int, result: str = "ok") -> None:
        """An answer came, be it a refusal such as 'exception 2': the device is alive."""
        self.answered, self.result = True, result
        self.bytes_sent, self.bytes_received = bytes_sent, bytes_received

    def failed(self, result: str, bytes_sent: int = 0) -> None:
        """No answer came, or none that can be trusted: counts towards the breaker."""
        self.answered, self.result, self.bytes_sent = False, result, bytes_sent


class Guard:
    """The guard of one endpoint for one run. Its devices (Modbus units) each have a breaker of their own."""

    def __init__(
        self,
        endpoint: str,
        address: str,
        limits: Limits,
        allowed: frozenset[str],
        log: Callable[[RequestRecord], None],
        clock: Clock = Clock(),  # noqa: B008 - a frozen value
    ) -> None:
        self._endpoint, self._address = endpoint, address.rpartition("//")[2].partition("/")[0].lower()
        self._limits, self._allowed, self._log, self._clock = limits, allowed, log, clock
        self._devices: dict[str, _Device] = defaultdict(_Device)
        self._requests = self._failures = self._sent = self._received = 0
        self._slowest = 0.0

    def check(self, service: str) -> None:
        """Raise Forbidden unless the service is on the allow-list. For hooks below a library's API."""
        if service not in self._allowed:
            raise Forbidden(f"{service} is not on the allow-list of {self._endpoint}")

    def problem(self, device: str = "") -> Message | None:
        """Why the device, or the whole address, is left alone just now; None where it may be asked."""
        for state in (self._devices[""], self._devices[device]):
            if state.stopped:
                return state.stopped
            if state.open_until is not None and self._clock.mono() < state.open_until:
                wait = (state.open_until - self._clock.mono() + 999_999_999) // 1_000_000_000
                return Message(id="contact.breaker_open", params={"failures": state.failures, "wait": str(wait)})
        return None

    @property
    def stopped(self) -> bool:
        """Is the whole address left alone for the rest of the run?"""
        return self._devices[""].stopped is not None

    def traffic(self, seconds: float) -> Traffic:
        """What the endpoint was asked so far, in a stretch of so many seconds."""
        return Traffic(
            requests=self._requests,
            failures=self._failures,
            bytes_sent=self._sent,
            bytes_received=self._received,
            seconds=seconds,
            slowest_ms=self._slowest,
        )

    @asynccontextmanager
    async def connecting(self) -> AsyncIterator[None]:
        """Around opening a connection: spaced over the whole run, and the device gets a pause after it.

        What the block raises counts as a failure of the address.
        """
        self._admit("")
        run, line = _run(), _run().lines[self._address]
        async with line.lock:
            async with run.connecting:
                await self._wait_until(run.last_connect, self._limits.connect_spacing)
                run.last_connect = self._clock.mono()
            try:
                yield
            except (OSError, TimeoutError):
                self._note_failure("")
                raise
            finally:
                line.ready = self._clock.mono() + round(self._limits.pause_after_connect * 1e9)

    @asynccontextmanager
    async def request(
        self,
        service: str,
        detail: str = "",
        *,
        device: str = "",
        alike: Hashable = None,
        parting: bool = False,
        held: bool = False,
    ) -> AsyncIterator[Frame]:
        """Around one request and its answer. Raises Forbidden or Open before anything is sent.

        `device` names the device behind the address ('unit 3'). `alike` groups requests whose round trips
        can be compared (by service where absent). `parting` is for closing what we opened: it may be sent to
        a device that is left alone. An exception of the block counts as no answer. Not to be nested: the
        address is locked until the block ends. `held` is for what is answered when there is something to say
        (Publish): spaced and logged as any other, but the address is free once it is sent, its waiting is no
        round trip, and its silence opens no breaker: the next request shows.
        """
        self.check(service)
        if not parting:
            self._admit(device)
        line = _run().lines[self._address]
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(line.lock)
            await self._wait_until(line.quiet_since, self._limits.request_gap)
            await self._wait_until(line.ready, 0)
            if not parting:
                self._admit(device)  # what was asked of it meanwhile may have opened the breaker
            frame, time_, began = Frame(), self._clock.now(), self._clock.mono()
            if held:
                line.quiet_since = began
                await turn.aclose()
            try:
                yield frame
            except asyncio.CancelledError:
                frame.failed("cancelled", frame.bytes_sent)
                raise
            except Exception as problem:
                if not frame.answered and frame.result == "no answer":
                    frame.failed(_name(problem), frame.bytes_sent)
                raise
            finally:
                took = (self._clock.mono() - began) / 1e6
                if not held:
                    line.quiet_since = self._clock.mono()
                self._count(frame, took, device, alike or service, held)
                self._log(
                    RequestRecord(
                        time_, self._endpoint, service, detail, frame.bytes_sent, frame.bytes_received, took,
                        frame.result,
                    )
                )  # fmt: skip

    def _admit(self, device: str) -> None:
        if problem := self.problem(device):
            raise Open(problem)

    async def _wait_until(self, since: int | None, seconds: float) -> None:
        if since is None:
            return
        due = since + round(seconds * 1e9)
        while (left := due - self._clock.mono()) > 0:
            await self._clock.sleep(left / 1e9)

    def _count(self, frame: Frame, took: float, device: str, alike: Hashable, held: bool) -> None:
        self._requests += 1
        self._sent += frame.bytes_sent
        self._received += frame.bytes_received
        if held:
            self._failures += not frame.answered and frame.result != "cancelled"
            return
        self._slowest = max(self._slowest, took)
        if frame.answered:
            state = self._devices[device]
            state.failures, state.open_until = 0, None
            self._devices[""].failures, self._devices[""].open_until = 0, None
            self._watch(state, took, alike)
        elif frame.result != "cancelled":
            self._note_failure(device)

    def _note_failure(self, device: str) -> None:
        self._failures += 1
        state = self._devices[device]
        state.failures += 1
        if state.failures >= self._limits.breaker_failures:
            state.open_until = self._clock.mono() + round(self._limits.breaker_cooldown * 1e9)

    def _watch(self, state: _Device, took: float, alike: Hashable) -> None:
        """Stop the device for good where its round trips have grown: we may be the reason."""
        first, latest = state.first[alike], state.latest[alike]
        if len(first) < WATCHED:
            first.append(took)
            return
        latest.append(took)
        if len(latest) < WATCHED:
            return
        before, after = median(first), median(latest)
        if after > before * self._limits.slowdown_factor and after - before >= SLOWER_BY_MS:
            params: dict[str, str | int] = {"before": _seconds(before), "after": _seconds(after)}
            state.stopped = Message(id="contact.slowed_down", params=dict(params))


def _seconds(milliseconds: float) -> str:
    return plain(Fraction(round(milliseconds), 1000))


def _name(problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return "timeout"
    if isinstance(problem, ConnectionRefusedError):
        return "refused"
    return "lost" if isinstance(problem, OSError) else type(problem).__name__
