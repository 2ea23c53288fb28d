"""Sampling by subscription: the server reports changes, and a slow reading confirms what does not change.

A value that stands still is reported once, so that silence could mean *unchanged* as well as *lost*. All values
are therefore read at the beginning, and those that are silent once more every so often and at the end. Such rows
carry fresh server times and keep a value visible that is stale behind an aggregator. A reading overtakes reports
that wait in the server's queue: it is kept only where none comes after it, so that no value goes back in time.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from asyncua import ua
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from assessor.domain import Limits, Message, Sample, Sampling
from connectors.losses import Losses
from connectors.opcua.confirming import QUICKEST, confirm_every
from connectors.opcua.describe import Point
from connectors.opcua.keeping import Keeper, look, rows_of
from connectors.opcua.polling import Polling
from connectors.opcua.publishing import Delivery, Subscription, Watched
from connectors.opcua.reading import SESSION_LOST
from connectors.opcua.session import Session
from connectors.opcua.stopping import cut_off
from connectors.opcua.wire import status_name

OVERFLOW = 0x480
"""InfoType DataValue and Overflow in a value's status (OPC 10000-4, 7.38.1): older values were overwritten."""
TOO_SLOW = 60.0
"""A publishing interval (seconds) that is longer, and ten times what was asked for, makes way for polling."""
MOST_UNDECODABLE = 3
MOST_FRUITLESS = 2
"""Subscriptions in a row of which not one message came."""


class Unsupported(Exception):
    """The server offers no subscription that is of use; `message` says why. `silent` where it said nothing at all,
    so that nobody knows whether the line still carries."""

    def __init__(self, message: Message, *, silent: bool = False) -> None:
        super().__init__(message.id)
        self.message, self.silent = message, silent


class Ended(ConnectionError):
    """The server ended the subscription; `message` says with which status."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


@dataclass(frozen=True)
class Batches:
    """Nodes in a call: what the server allows and the scope agrees to."""

    read: int
    create: int


class Subscribing:
    """Watches the points it has on one session after another; polls what the server will not watch."""

    def __init__(
        self,
        session: Session,
        limits: Limits,
        batches: Batches,
        keeper: Keeper,
        losses: Losses,
        polling: Polling,
        alive: Callable[[], None],
    ) -> None:
        self._session, self._limits, self._batches = session, limits, batches
        self._keeper, self._losses, self.polling, self._alive = keeper, losses, polling, alive
        self.points: list[Point] = []
        self.watched: dict[int, Watched] = {}
        """By tag: how its server watches it."""
        self.reported: set[int] = set()
        """Tags of which a report ever came: from then on their rows are no longer one a look."""
        self._by_handle: dict[int, Point] = {}
        self._unheard: set[int] = set()
        """Handles that never reported."""
        self._silent: set[int] = set()
        """Handles that did not report since the last reading."""
        self._waiting: dict[int, list[Sample]] = {}
        """By handle: what was read and may yet be overtaken by a report."""
        self._subscription: Subscription | None = None
        self._refused: Counter[str] = Counter()
        self._every, self._took, self._created = QUICKEST, 0.0, 0
        self._heard = self._drained = False
        self._came = time.time_ns(), time.monotonic_ns()
        """When the last message came: UTC and the monotonic clock, ns."""
        self._undecodable = self._fruitless = 0

    def facts(self) -> Sampling:
        """What was agreed with the server."""
        made = self._subscription
        return Sampling(
            mode="subscribe",
            publishing=made.publishing if made else None,
            keep_alive=made.keep_alive if made else None,
            lifetime=made.lifetime if made else None,
            confirmed_every=self._every,
            subscribed=len(self.points),
            polled=len(self.polling.points),
            refused=dict(self._refused),
        )

    async def run(self, points: Sequence[Point], ends: float) -> None:
        """Sample these points until a moment of the monotonic clock. Raises what broke it, or Unsupported."""
        self._every = confirm_every(self._limits, len(points), ends - time.monotonic())
        self.points, self.polling.points = list(points), []
        await self._first_look()
        await self._subscribe()
        receiving, tending = asyncio.create_task(self._receive()), asyncio.create_task(self._tend(ends))
        try:
            done, _ = await asyncio.wait({receiving, tending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cut_off((receiving, tending))
            self._settle()
        try:
            if receiving in done:
                self._consider(receiving.exception())
            for task in done:
                task.result()
        except Unsupported as problem:
            if not problem.silent:
                with suppress(OSError, UaError):
                    await self._remove()
            raise

    def _consider(self, problem: BaseException | None) -> None:
        """A server that makes subscriptions, again and again, and answers no Publish offers none."""
        if isinstance(problem, UaStatusCodeError | TimeoutError) and not self._heard:
            self._fruitless += 1
            if self._fruitless >= MOST_FRUITLESS:
                silent = isinstance(problem, TimeoutError)
                name = "BadTimeout" if isinstance(problem, TimeoutError) else status_name(problem.code)
                raise Unsupported(Message(id="sampling.not_offered", params={"status": name}), silent=silent)

    async def _remove(self) -> None:
        if self._subscription:
            await self._subscription.delete()

    async def _first_look(self) -> None:
        """Read all points; those of which nothing can be kept are not asked for again."""
        useless: set[int] = set()
        await self._look(self.points, lambda *read: useless.update(self._keeper.read(*read)))
        self.points = [p for p in self.points if p.tag.id not in useless]

    async def _confirm(self) -> None:
        """Read what did not report since the last time."""
        by_tag = {self._by_handle[h].tag.id: h for h in self._silent if h in self._by_handle}

        def take(points: Sequence[Point], answers: Sequence[ua.DataValue | None]) -> None:
            for row in rows_of(points, answers):
                if (handle := by_tag[row.tag]) in self._silent:
                    self._waiting.setdefault(handle, []).append(row)

        await self._look([self._by_handle[h] for h in by_tag.values()], take)
        self._silent = set(self._by_handle)

    async def _look(self, points: Sequence[Point], take: Callable[..., None]) -> None:
        begun = time.monotonic()
        await look(self._session.client.uaclient, self._batches.read, points, lambda: True, take)
        self._took = time.monotonic() - begun

    def _settle(self) -> None:
        """What was read and not overtaken stands."""
        self._keeper.rows([row for rows in self._waiting.values() for row in rows])
        self._waiting = {}

    async def _subscribe(self) -> None:
        """Make the subscription, still empty."""
        made = Subscription(self._session.client, self._limits, len(self.points))
        try:
            await made.create()
        except UaStatusCodeError as problem:
            self._unless_lost(problem)
        self._subscription, self._refused = made, Counter()
        if made.publishing > max(TOO_SLOW, 10 * self._limits.sampling_interval):
            await self._remove()
            params = {"seconds": str(round(made.publishing))}
            raise Unsupported(Message(id="sampling.too_slow", params=dict(params)))
        # a reading has settled before the next one begins
        self._every = max(self._every, 3 * made.publishing)
        self._created, self._heard, self._drained = time.time_ns(), False, False
        self._came = self._created, time.monotonic_ns()
        self._by_handle, self._unheard, self._silent = {}, set(), set()

    async def _add(self) -> None:
        """Have all points watched, while the first messages come in already; what is refused is polled."""
        assert self._subscription is not None
        points, size = self.points, self._batches.create
        for first in range(0, len(points), size):
            batch = dict(enumerate(points[first : first + size], first + 1))
            self._by_handle |= batch
            self._unheard |= set(batch)
            granted = await self._subscription.add([(handle, p.node) for handle, p in batch.items()])
            for (handle, point), item in zip(batch.items(), granted, strict=True):
                if item.status & 0x80000000:
                    self._refused[status_name(item.status)] += 1
                    self.polling.points.append(point)
                    self._unheard.discard(handle)
                    self.watched.pop(point.tag.id, None)
                    del self._by_handle[handle]
                else:
                    self.watched[point.tag.id] = item
        self.points, self._silent = list(self._by_handle.values()), set(self._by_handle)
        if not self.points:
            names = ", ".join(sorted(self._refused)) or "-"
            raise Unsupported(Message(id="sampling.refused", params={"status": names}))

    def _unless_lost(self, problem: UaStatusCodeError) -> None:
        if problem.code in SESSION_LOST:
            raise problem
        name = status_name(problem.code)
        raise Unsupported(Message(id="sampling.not_offered", params={"status": name})) from problem

    async def _receive(self) -> None:
        """Take in message after message, until cancelled."""
        assert self._subscription is not None
        while True:
            delivery = await self._subscription.next()
            self._heard, self._fruitless = True, 0
            self._take(delivery)
            self._drained = self._drained or not delivery.more

    def _take(self, delivery: Delivery) -> None:
        self._keeper.hear()
        receive, mono = time.time_ns(), time.monotonic_ns()
        self._mind_full(delivery, receive, mono)
        rows: list[Sample] = []
        for handle, code, source, server, columns in delivery.values:
            point = self._by_handle.get(handle)
            if point is None:
                continue
            if handle in self._unheard:  # its first value came because we asked, not because it changed
                self._unheard.discard(handle)
                self.reported.add(point.tag.id)
            else:
                self._silent.discard(handle)
            self._waiting.pop(handle, None)
            if code & OVERFLOW == OVERFLOW:
                self._losses.count(Message(id="sampling.overflow"), tag=point.tag.id, lost=1)
            if columns is not None:
                rows.append(Sample(point.tag.id, source, server, receive, mono, code, *columns))
        self._keeper.rows(rows)
        if delivery.missing:
            self._losses.count(Message(id="sampling.messages_missing"), lost=delivery.missing)
        self._judge(delivery)

    def _mind_full(self, delivery: Delivery, receive: int, mono: int) -> None:
        """A queue that comes back full, later than it could bridge, has most likely overflown: not all servers say
        so by the bit that is there for it."""
        (begins, before), self._came = self._came, (receive, mono)
        told = {value.handle for value in delivery.values if value.status & OVERFLOW == OVERFLOW}
        for handle, held in Counter(value.handle for value in delivery.values).items():
            point = self._by_handle.get(handle)
            item = self.watched.get(point.tag.id) if point else None
            if point is None or item is None or handle in told or held < max(item.queue, 2):
                continue
            if (mono - before) / 1e6 > (item.queue + 1) * item.interval_ms:
                self._losses.count(Message(id="sampling.queue_full"), tag=point.tag.id, begins=begins)

    def _judge(self, delivery: Delivery) -> None:
        """Raise where the subscription is over, or of no use."""
        if delivery.ended is not None:
            raise Ended(Message(id="sampling.ended", params={"status": status_name(delivery.ended)}))
        self._undecodable = self._undecodable + 1 if delivery.undecodable else 0
        if delivery.undecodable:
            self._losses.count(Message(id="sampling.undecodable"))
        if self._undecodable >= MOST_UNDECODABLE:
            raise Unsupported(Message(id="sampling.undecodable"))

    async def _tend(self, ends: float) -> None:
        """Fill the subscription, then keep the channel, confirm, and poll what is not watched, to the end."""
        assert self._subscription is not None
        await self._add()
        self._alive()
        due, settled = time.monotonic() + self._every, math.inf
        while (now := time.monotonic()) < ends - self._took:
            await self._session.keep()
            if self.polling.points and now >= self.polling.due:
                await self.polling.cycle()
            if now >= due:
                self._give_up_unheard()
                await self._confirm()
                due = max(due + self._every, time.monotonic())
                settled = time.monotonic() + 2 * self._subscription.publishing
            elif now >= settled:
                self._settle()
                settled = math.inf
            self._keeper.rows(())
            next_ = min(due, settled, ends - self._took, now + 1.0)
            if self.polling.points:
                next_ = min(next_, self.polling.due)
            await asyncio.sleep(max(0.0, next_ - time.monotonic()))
        await self._confirm()

    def _give_up_unheard(self) -> None:
        """Items that never reported, not even their first value, are stated and polled (as some controllers need
        beyond a thousand items)."""
        if not self._drained or not self._unheard:
            return
        for handle in self._unheard:
            point = self._by_handle.pop(handle)
            why = Message(id="sampling.never_reported")
            self._losses.count(why, tag=point.tag.id, begins=self._created)
            self.polling.points.append(point)
            self.watched.pop(point.tag.id, None)
        self._unheard = set()
        self.points = list(self._by_handle.values())
