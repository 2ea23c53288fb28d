"""The wire guard: what may be sent, how fast, and when a device is left alone.

Every connector sends every frame inside `Guard.request`. The guard refuses a service that is not on the
allow-list before a byte leaves, keeps one request in flight per address, spaces requests and connections,
sends no more than the preview stated, leaves a device alone after failures or refusals in a row or when it
grows slower, and writes the request log.
"""

import asyncio
import math
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from assessor.domain import Limits, Load, Message, RequestRecord, Traffic
from connectors.allowed import MODBUS_FUNCTIONS, MODBUS_REPORT_ID, OPCUA_SERVICES, Forbidden, may_send
from connectors.breaker import WATCHED, Breaker, Open
from connectors.pacing import Clock, limit_hosts, this_run

__all__ = [
    "MODBUS_FUNCTIONS",
    "MODBUS_REPORT_ID",
    "OPCUA_SERVICES",
    "WATCHED",
    "Clock",
    "Forbidden",
    "Frame",
    "Guard",
    "Open",
    "limit_hosts",
    "may_send",
]


class Frame:
    """One request in flight; the connector says what became of it."""

    def __init__(self) -> None:
        self.answered = self.declined = self.closed = False
        self.result = "no answer"
        self.bytes_sent = self.bytes_received = 0

    def done(self, bytes_sent: int, bytes_received: int, result: str = "ok") -> None:
        """An answer came: the device is alive."""
        self.answered, self.result = True, result
        self.bytes_sent, self.bytes_received = bytes_sent, bytes_received

    def refused(self, bytes_sent: int, bytes_received: int, result: str) -> None:
        """An answer came, and it was a no, such as 'exception 2': too many in a row and we leave it alone."""
        self.done(bytes_sent, bytes_received, result)
        self.declined = True

    def failed(self, result: str, bytes_sent: int = 0, *, closed: bool = False) -> None:
        """No answer came, or none that can be trusted: counts towards the breaker.

        `closed` where the peer closed the connection instead of answering: that is the whole address's doing.
        """
        self.answered, self.result, self.bytes_sent, self.closed = False, result, bytes_sent, closed


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
        *,
        assets: Mapping[str, str | None] = {},
    ) -> None:
        """`assets` names for the log what each device is in the register; '' is the endpoint itself."""
        place = address.rpartition("//")[2]
        self._endpoint, self._address = endpoint, (place.partition("/")[0] or place).lower()
        self._limits, self._allowed, self._log, self._clock = limits, allowed, log, clock
        self._assets = assets
        self._devices: dict[str, Breaker] = defaultdict(lambda: Breaker(limits))
        self._requests = self._failures = self._sent = self._received = self._admitted = 0
        self._promised: int | None = None
        self._slowest = 0.0
        self._round_trips: Counter[int] = Counter()

    def promise(self, stated: Load) -> None:
        """Hold the run to what its preview stated: beyond so many requests the endpoint is left alone."""
        self._promised = stated.requests

    def check(self, service: str) -> None:
        """Raise Forbidden unless the service is on the allow-list. For hooks below a library's API."""
        if service not in self._allowed:
            raise Forbidden(f"{service} is not on the allow-list of {self._endpoint}")

    def problem(self, device: str = "") -> Message | None:
        """Why the device, or the whole address, is left alone just now; None where it may be asked."""
        now = self._clock.mono()
        return self._devices[""].problem(now) or self._devices[device].problem(now)

    def wait(self) -> float:
        """Seconds until the address may be asked again; 0 where it may be asked now, or never again."""
        return 0.0 if self.stopped else self._devices[""].wait(self._clock.mono())

    def stop(self, why: Message) -> None:
        """Leave the whole address alone for the rest of the run."""
        self._devices[""].stopped = why

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
            round_trips=dict(sorted(self._round_trips.items())),
            stated=self._promised,
        )

    @asynccontextmanager
    async def connecting(self) -> AsyncIterator[None]:
        """Around opening a connection: spaced over the whole run, and the device gets a pause after it.

        Where the block raises, nobody was reached: the next attempt waits longer each time, up to the cooldown.
        """
        self._admit("")
        run, line = this_run(), this_run().lines[self._address]
        async with line.lock:
            async with run.connecting:
                await self._clock.wait_until(run.last_connect, self._limits.connect_spacing)
                run.last_connect = self._clock.mono()
            try:
                yield
            except (OSError, TimeoutError):
                self._failures += 1
                self._devices[""].unreached(self._clock.mono())
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
        a device that is left alone, and its silence says nothing new. An exception of the block counts as no
        answer. Not to be nested: the address is locked until the block ends. `held` is for what is answered when
        there is something to say (Publish): spaced and logged as any other, but the address is free once it is
        sent, its waiting is no round trip, and its silence opens no breaker: the next request shows.
        """
        self.check(service)
        if not parting:
            self._admit(device)
        line = this_run().lines[self._address]
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(line.lock)
            await self._clock.wait_until(line.quiet_since, self._limits.request_gap)
            await self._clock.wait_until(line.ready, 0)
            if not parting:
                self._admit(device)  # what was asked of it meanwhile may have opened the breaker
            self._keep_promise(parting)
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
                silent_end = parting and not frame.answered
                self._count(frame, took, device, alike or service, held or silent_end)
                self._log(
                    RequestRecord(
                        time_, self._endpoint, service, detail, frame.bytes_sent, frame.bytes_received, took,
                        frame.result, self._assets.get(device),
                    )
                )  # fmt: skip

    def _admit(self, device: str) -> None:
        if problem := self.problem(device):
            raise Open(problem)

    def _keep_promise(self, parting: bool) -> None:
        """What closes is always sent: a session left open costs the server more than a request."""
        if not parting and self._promised is not None and self._admitted >= self._promised:
            self.stop(Message(id="guard.promise_kept", params={"requests": self._promised}))
            self._admit("")
        self._admitted += 1

    def _count(self, frame: Frame, took: float, device: str, alike: Hashable, aside: bool) -> None:
        """`aside`: the breaker learns nothing from it."""
        self._requests += 1
        self._sent += frame.bytes_sent
        self._received += frame.bytes_received
        if aside:
            self._failures += not frame.answered and frame.result != "cancelled"
            return
        self._slowest = max(self._slowest, took)
        if frame.answered:
            self._round_trips[_class(took)] += 1
            for state in (self._devices[device], self._devices[""]):
                state.was_answered()
            self._judge(frame, took, device, alike)
        elif frame.result != "cancelled":
            self._note_failure(device)
            if frame.closed and device:
                self._devices[""].closed(self._clock.mono())

    def _judge(self, frame: Frame, took: float, device: str, alike: Hashable) -> None:
        state = self._devices[device]
        if frame.declined:
            state.was_refused(frame.result)
        elif frame.result == "ok":
            state.refusals = 0
        state.watch(took, alike)

    def _note_failure(self, device: str) -> None:
        self._failures += 1
        self._devices[device].failed(self._clock.mono())


def _class(took: float) -> int:
    """Which class of `Traffic.round_trips` so many milliseconds belong to; below a microsecond all are one."""
    return math.floor(4 * math.log2(max(took, 0.001)))


def _name(problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return "timeout"
    if isinstance(problem, ConnectionRefusedError):
        return "refused"
    return "lost" if isinstance(problem, OSError) else type(problem).__name__
