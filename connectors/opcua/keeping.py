"""Answers become rows and go to the sink at once: nothing waits in a queue of ours that could overflow."""

import time
from collections.abc import Callable, Sequence

from asyncua import ua
from asyncua.client.ua_client import UaClient

from assessor.domain import Message, Sample, Sink, severity
from connectors.losses import Losses
from connectors.opcua.describe import Point
from connectors.opcua.reading import OF_OUR_SESSION, Reader, sample, status

FLUSH_EVERY = 1.0
"""Seconds between two promises that all is on disk: each costs the disk a file."""
RANK = {0x00000000: 0, 0x40000000: 1}


class Keeper:
    """Keeps the rows of one endpoint and the best status of each tag."""

    def __init__(self, sink: Sink, losses: Losses) -> None:
        self._sink, self._losses = sink, losses
        self._flushed = time.monotonic()
        self.statuses: dict[int, int] = {}
        """Of each tag with rows: the best status seen."""
        self.heard: tuple[int, int] | None = None
        """When the server last gave anything, be it that there is nothing new: UTC and the monotonic clock, ns."""

    def hear(self) -> None:
        """An answer came."""
        self.heard = time.time_ns(), time.monotonic_ns()

    def rows(self, rows: Sequence[Sample]) -> None:
        """Hand rows over."""
        for row in rows:
            best = self.statuses.get(row.tag)
            if best is None or _rank(row.status) < _rank(best):
                self.statuses[row.tag] = row.status
        self._sink.samples(rows)
        if time.monotonic() >= self._flushed + FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Return once all is on disk."""
        self._sink.flush()
        self._flushed = time.monotonic()

    def read(self, points: Sequence[Point], answers: Sequence[ua.DataValue | None]) -> set[int]:
        """Keep what was read; the tags of which nothing can be kept, which is a loss from here on."""
        self.hear()
        rows = rows_of(points, answers)
        self.rows(rows)
        useless = {p.tag.id for p in points} - {row.tag for row in rows}
        for tag in useless:
            self._losses.count(Message(id="sampling.left_out"), tag=tag)
        return useless


def rows_of(points: Sequence[Point], answers: Sequence[ua.DataValue | None]) -> list[Sample]:
    """A row for each answer of which one can be kept: neither undecodable nor structured nor barred to us."""
    receive, mono = time.time_ns(), time.monotonic_ns()
    made = (
        sample(point.tag.id, answer, receive, mono)
        for point, answer in zip(points, answers, strict=True)
        if answer is not None and not _barred(answer)
    )
    return [row for row in made if row is not None]


def _rank(code: int) -> int:
    return RANK.get(severity(code), 2)


def _barred(answer: ua.DataValue) -> bool:
    """Does the status speak of our session's rights, not of the machine?"""
    return status(answer) in OF_OUR_SESSION


async def look(
    uaclient: UaClient,
    batch: int,
    points: Sequence[Point],
    alive: Callable[[], bool],
    take: Callable[[Sequence[Point], Sequence[ua.DataValue | None]], None],
) -> None:
    """Read every point once, batch by batch."""
    reader = Reader(uaclient, batch, alive)
    for first in range(0, len(points), batch):
        chunk = points[first : first + batch]
        answers = await reader.values([p.node for p in chunk])
        if not alive():
            break
        take(chunk, answers)
