"""Sampling by paced polling: every value read once each interval, at a rate that can be told in one sentence."""

import asyncio
import time
from collections.abc import Sequence

from assessor.domain import Limits
from connectors.opcua.describe import Point
from connectors.opcua.keeping import Keeper, look
from connectors.opcua.session import Session


class Polling:
    """Reads the points it has, cycle by cycle."""

    def __init__(
        self,
        session: Session,
        limits: Limits,
        batch: int,
        keeper: Keeper,
        stop: asyncio.Event,
        points: Sequence[Point] = (),
    ) -> None:
        self._session, self._limits, self._batch = session, limits, batch
        self._keeper, self._stop = keeper, stop
        self.points = list(points)
        self.due = time.monotonic()
        """When the next cycle begins, in seconds of the monotonic clock."""
        self._last: float | None = None
        self._intervals, self._cycles = 0.0, 0

    @property
    def interval(self) -> float | None:
        """Mean seconds between the beginnings of two cycles without a gap between."""
        return self._intervals / self._cycles if self._cycles else None

    def broken(self) -> None:
        """The cycles before and after do not belong together."""
        self._last = None

    async def cycle(self) -> None:
        """Read every point once. What can never be kept is not asked again."""
        begun = time.monotonic()
        self.due = max(self.due + self._limits.sampling_interval, begun)
        useless: set[int] = set()
        await look(
            self._session.client.uaclient,
            self._batch,
            self.points,
            self._alive,
            lambda points, answers: useless.update(self._keeper.read(points, answers)),
        )
        if not self._alive():
            return
        self.points = [p for p in self.points if p.tag.id not in useless]
        if self._last is not None:
            self._intervals, self._cycles = self._intervals + begun - self._last, self._cycles + 1
        self._last = begun

    def _alive(self) -> bool:
        return not self._stop.is_set()
