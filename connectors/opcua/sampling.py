"""Sampling by paced polling: three times and the full status of every value, gaps named as gaps."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from asyncua import ua
from asyncua.ua.uaerrors import UaError

from assessor.domain import Gap, Limits, Message, Sample, Sink, severity
from connectors.guard import Guard, Open
from connectors.opcua.describe import Point
from connectors.opcua.reading import OF_OUR_SESSION, Reader, sample, status
from connectors.opcua.session import Session, explain, is_lost

LONGEST_BACK_OFF = 60.0
RANK = {0x00000000: 0, 0x40000000: 1}


@dataclass
class Sampled:
    """What sampling left behind, beside the rows."""

    gaps: list[Gap] = field(default_factory=list)
    problem: Message | None = None
    statuses: dict[int, int] = field(default_factory=dict)
    """Of each tag with rows: the best status seen."""
    interval_ms: float | None = None
    """Mean time between the beginnings of two cycles without a gap between."""


class Sampler:
    """Polls the points of one session until the time is over or someone stops it."""

    def __init__(
        self,
        session: Session,
        guard: Guard,
        limits: Limits,
        batch: int,
        points: Sequence[Point],
        sink: Sink,
        stop: asyncio.Event,
    ) -> None:
        self._session, self._guard, self._limits, self._batch = session, guard, limits, batch
        self._points = [p for p in points if p.sampled]
        self._sink, self._stop = sink, stop
        self._lost_since: int | None = None
        self._drops = 0
        self._intervals: list[float] = []
        self.result = Sampled()

    @property
    def sampled(self) -> frozenset[int]:
        """Tags that were still read at the end."""
        return frozenset(p.tag.id for p in self._points)

    async def run(self, address: str, seconds: float) -> Sampled:
        """Sample for so many seconds."""
        ends = time.monotonic() + seconds
        due, last = time.monotonic(), None
        while self._points and not self._stop.is_set() and (now := time.monotonic()) < ends:
            try:
                if self._lost_since and self._session_gone:
                    await self._session.enter()
                    self._session_gone = False
                await self._cycle()
                self._recover()
                if last is not None:
                    self._intervals.append(now - last)
                last = now
            except (OSError, Open, UaError) as problem:
                last = None
                await self._lose(problem, explain(problem, address), ends)
                if self._guard.stopped:
                    break
            due = max(due + self._limits.sampling_interval, time.monotonic())
            await self._wait(min(due, ends))
        self._finish()
        return self.result

    _session_gone = False

    async def _cycle(self) -> None:
        """Read every point once; rows are on disk when it returns."""
        await self._session.keep()
        reader = Reader(self._session.client.uaclient, self._batch, lambda: not self._stop.is_set())
        useless: set[int] = set()
        for first in range(0, len(self._points), self._batch):
            if self._stop.is_set():
                break
            chunk = self._points[first : first + self._batch]
            answers = await reader.values([p.node for p in chunk])
            receive, mono = time.time_ns(), time.monotonic_ns()
            rows = []
            for point, answer in zip(chunk, answers, strict=True):
                row = self._row(point, answer, receive, mono)
                if row is None:
                    useless.add(point.tag.id)
                else:
                    rows.append(row)
            self._sink.samples(rows)
        self._sink.flush()
        if not self._stop.is_set():
            self._points = [p for p in self._points if p.tag.id not in useless]

    def _row(self, point: Point, answer: ua.DataValue | None, receive: int, mono: int) -> Sample | None:
        """One row, or None for what cannot be kept: undecodable, structured, or barred to our session."""
        if answer is None or status(answer) in OF_OUR_SESSION:
            return None
        row = sample(point.tag.id, answer, receive, mono)
        if row is not None:
            best = self.result.statuses.get(row.tag, row.status)
            better = RANK.get(severity(row.status), 2) < RANK.get(severity(best), 2)
            self.result.statuses[row.tag] = row.status if better else best
        return row

    async def _lose(self, problem: Exception, why: Message, ends: float) -> None:
        """Begin a gap; leave a lost session; wait longer each time."""
        self._lost_since = self._lost_since or time.time_ns()
        self.result.problem = why
        if is_lost(problem) or self._session_gone:
            await self._session.leave()
            self._session_gone = True
            self._drops += 1
            pause = min(2.0 ** (self._drops - 1), LONGEST_BACK_OFF)
            await self._wait(min(time.monotonic() + pause, ends))

    def _recover(self) -> None:
        if self._lost_since and self.result.problem:
            self.result.gaps.append(Gap(begins=self._lost_since, ends=time.time_ns(), why=self.result.problem))
        self._lost_since, self.result.problem = None, None

    def _finish(self) -> None:
        """A gap still open at the end stays the problem of the observation."""
        problem = self.result.problem
        self._recover()
        self.result.problem = problem
        if self._intervals:
            self.result.interval_ms = 1000 * sum(self._intervals) / len(self._intervals)

    async def _wait(self, until: float) -> None:
        left = until - time.monotonic()
        if left > 0:
            try:
                await asyncio.wait_for(self._stop.wait(), left)
            except TimeoutError:
                return
