"""Sampling through hours: by subscription or by polling, over loss and recovery, with every gap named as a gap."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from asyncua import ua
from asyncua.ua.uaerrors import UaError

from assessor.domain import Endpoint, Gap, Limits, Message, Sampling, Sink
from connectors.back_off import BackOff
from connectors.guard import Guard, Open
from connectors.losses import Losses
from connectors.opcua.clocks import Clocks
from connectors.opcua.describe import Point, uri
from connectors.opcua.garbled import UNDECODABLE
from connectors.opcua.keeping import Keeper
from connectors.opcua.polling import Polling
from connectors.opcua.reading import Reader, content
from connectors.opcua.session import Session, explain, is_lost
from connectors.opcua.stopping import cut_off, until_stopped
from connectors.opcua.subscribing import Batches, Ended, Subscribing, Unsupported

NAMESPACES = ua.NodeId(ua.Int32(2255))


@dataclass
class Sampled:
    """What sampling left behind, beside the rows."""

    gaps: tuple[Gap, ...] = ()
    problem: Message | None = None
    statuses: dict[int, int] = field(default_factory=dict)
    """Of each tag with rows: the best status seen."""
    points: tuple[Point, ...] = ()
    """All points, those that were sampled with interval, mode and queue."""
    sampling: Sampling | None = None


class Sampler:
    """Samples the points of one endpoint until the time is over or someone stops it."""

    def __init__(
        self,
        session: Session,
        guard: Guard,
        limits: Limits,
        batches: Batches,
        points: Sequence[Point],
        namespaces: Sequence[str],
        sink: Sink,
        stop: asyncio.Event,
    ) -> None:
        self._session, self._guard, self._limits = session, guard, limits
        self._points, self._namespaces, self._stop = tuple(points), tuple(namespaces), stop
        self._losses = Losses()
        self._keeper = Keeper(sink, self._losses)
        self._polling = Polling(session, limits, batches.read, self._keeper, stop)
        self._subscribing: Subscribing | None = Subscribing(
            session, limits, batches, self._keeper, self._losses, self._polling, self._recover
        )
        self._reported = self._subscribing.reported
        self._sampled = [p for p in points if p.sampled]
        self._sampling = Sampling(mode="poll")
        self._problem: Message | None = None
        self._lost_since: tuple[int, int] | None = None
        """UTC, and the monotonic clock: the length of a gap does not depend on a clock that is set."""
        self._session_gone = False
        self._entered = time.monotonic_ns()
        self._back_off = BackOff(limits.breaker_cooldown)

    async def run(self, endpoint: Endpoint, seconds: float) -> Sampled:
        """Sample for so many seconds. Whatever it is doing, it ends soon after `stop` is set."""
        if endpoint.sampling == "poll":
            self._poll(None)
        ends = time.monotonic() + seconds
        clocks = asyncio.create_task(Clocks(self._losses).watch())
        try:
            await until_stopped(self._stop, self._loop(endpoint.address, ends))
        finally:
            await cut_off((clocks,))
        return self._finish()

    async def _loop(self, address: str, ends: float) -> None:
        while self._sampled and not self._stop.is_set() and time.monotonic() < ends:
            try:
                if self._session_gone:
                    await self._again()
                if self._subscribing:
                    await self._subscribing.run(self._sampled, ends)
                    return
                await self._cycle(ends)
            except Unsupported as problem:
                self._poll(problem.message)
                if problem.silent:
                    self._begin_gap(explain(TimeoutError(), address))
                    await self._lose(ends)
            except (OSError, Open, UaError, *UNDECODABLE) as problem:
                self._begin_gap(problem.message if isinstance(problem, Ended) else explain(problem, address))
                if self._guard.stopped:  # or what was agreed at the door no longer holds: a changed certificate
                    break
                if self._subscribing or self._session_gone or isinstance(problem, Open) or is_lost(problem):
                    await self._lose(ends)

    async def _cycle(self, ends: float) -> None:
        """One cycle of polling when it is due."""
        await self._wait(min(self._polling.due, ends))
        if self._stop.is_set() or time.monotonic() >= ends:
            return
        await self._session.keep()
        await self._polling.cycle()
        self._recover()
        self._sampled = self._polling.points

    def _poll(self, why: Message | None) -> None:
        """From now on every value is read at every interval."""
        self._subscribing = None
        self._sampling = Sampling(mode="poll", why=why)
        self._polling.points = list(self._sampled)
        self._polling.due = time.monotonic()

    async def _again(self) -> None:
        """Enter once more. Indices of namespaces may have moved with a restart; their URIs have not."""
        await self._session.enter()
        self._session_gone, self._entered = False, time.monotonic_ns()
        reader = Reader(self._session.client.uaclient, 1, lambda: True)
        found = content((await reader.values([NAMESPACES]))[0])
        if not isinstance(found, list) or tuple(map(str, found)) == self._namespaces:
            return
        now = tuple(map(str, found))
        for point in self._sampled:
            if self._moved(point, now) is None:
                name = uri(point.node.NamespaceIndex, self._namespaces)
                why = Message(id="sampling.namespace_gone", params={"uri": name})
                self._losses.count(why, tag=point.tag.id)
        self._sampled = [moved for p in self._sampled if (moved := self._moved(p, now))]
        self._points = tuple(self._moved(p, now) or replace(p, sampled=False) for p in self._points)
        self._polling.points, self._namespaces = list(self._sampled), now

    def _moved(self, point: Point, now: Sequence[str]) -> Point | None:
        """The point under the new indices; None where its namespace is no longer there."""
        name = uri(point.node.NamespaceIndex, self._namespaces)
        if name not in now:
            return None
        return replace(point, node=replace(point.node, NamespaceIndex=ua.Int16(now.index(name))))

    async def _lose(self, ends: float) -> None:
        """Leave a session that is lost, or that had a subscription, and wait: longer each time, and as long as the
        guard leaves the server alone. Sound for long enough, it is as if nothing had been lost before."""
        heard = self._keeper.heard[1] if self._keeper.heard else 0
        lasted = 0.0 if self._session_gone else max(0, heard - self._entered) / 1e9
        await self._session.leave()
        self._session_gone = True
        pause = max(self._back_off.lost(lasted), self._guard.wait())
        await self._wait(min(time.monotonic() + pause, ends))

    def _begin_gap(self, why: Message) -> None:
        """From when something last came, not from when its absence was noticed."""
        self._lost_since = self._lost_since or self._keeper.heard or (time.time_ns(), time.monotonic_ns())
        self._problem = why
        self._polling.broken()

    def _recover(self) -> None:
        if self._lost_since and self._problem:
            begins, mono = self._lost_since
            self._losses.stretch(begins, begins + time.monotonic_ns() - mono, self._problem)
        self._lost_since, self._problem = None, None

    def _finish(self) -> Sampled:
        """A gap still open at the end stays the problem of the observation."""
        problem = self._problem
        self._recover()
        self._keeper.flush()
        polled = {p.tag.id for p in self._polling.points}
        sampling = self._sampling.model_copy(update={"polled": len(polled)})
        return Sampled(
            gaps=self._losses.gaps,
            problem=problem,
            statuses=self._keeper.statuses,
            points=tuple(self._as_sampled(p, p.tag.id in polled) for p in self._points),
            sampling=self._subscribing.facts() if self._subscribing else sampling,
        )

    def _as_sampled(self, point: Point, polled: bool) -> Point:
        """The point with how it was sampled, where it still was at the end. What was subscribed to for a part of
        the run counts as such: its rows are fewer than its looks."""
        watched = self._subscribing.watched.get(point.tag.id) if self._subscribing else None
        update: dict[str, Any] = {}
        if watched is not None:
            update = {"sampling": "subscribe", "interval_ms": watched.interval_ms, "queue": watched.queue}
        elif polled:
            interval, mode = self._polling.interval, "subscribe" if point.tag.id in self._reported else "poll"
            if interval is None and mode == "subscribe":
                interval = self._limits.sampling_interval
            update = {"sampling": mode, "interval_ms": None if interval is None else 1000 * interval}
        return replace(point, tag=replace(point.tag, **update)) if update else point

    async def _wait(self, until: float) -> None:
        left = until - time.monotonic()
        if left > 0:
            try:
                await asyncio.wait_for(self._stop.wait(), left)
            except TimeoutError:
                return
