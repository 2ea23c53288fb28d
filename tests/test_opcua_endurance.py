"""A run of hours in short: memory does not grow with the number of rows, and stays within what was promised."""

import asyncio
import gc
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from asyncua import ua

from assessor.bundle import create
from assessor.domain import Limits, Sink, Tag
from connectors.losses import Losses
from connectors.opcua.describe import Point
from connectors.opcua.keeping import Keeper
from connectors.opcua.polling import Polling
from connectors.opcua.publishing import Subscription
from connectors.opcua.subscribing import Batches, Subscribing
from tests.test_bundle import SCOPE, SCOPE_BYTES
from tests.test_opcua_decoding import answer
from tests.test_opcua_losses import Server

TAGS = 5_000
LIMITS = Limits.model_validate({"request_gap": 0.02, "max_nodes_per_call": 1000})


def points(count: int) -> list[Point]:
    return [
        Point(
            Tag(id=i + 1, endpoint="e1", asset=None, address=f"nsu=urn:x;s=Tag{i}", path=f"Box/Tag{i}"),
            ua.NodeId(f"Tag{i}", ua.Int16(2)),
            sampled=True,
        )
        for i in range(count)
    ]


def messages(tags: int, turns: int) -> list[bytes]:
    """So many messages with a value of every tag; handles begin with 0."""
    now = datetime.now(UTC)
    values = [
        ua.DataValue(ua.Variant(float(i), ua.VariantType.Double), SourceTimestamp=now, ServerTimestamp=now)
        for i in range(tags)
    ]
    return [answer(values, number) for number in range(1, turns + 1)]


def receive(tags: int, turns: int, sink: Sink, every: int = 10) -> list[int]:
    """Take in so many messages as a subscription does; resident bytes after every tenth."""
    sent = messages(tags, 1)[0]
    server = Server()
    losses, stop = Losses(), asyncio.Event()
    keeper = Keeper(sink, losses)
    polling = Polling(None, LIMITS, 1, keeper, stop)  # type: ignore[arg-type]
    made = Subscribing(None, LIMITS, Batches(1, 1), keeper, losses, polling, lambda: None)  # type: ignore[arg-type]
    made._by_handle = dict(enumerate(points(tags)))
    resident = []

    async def go() -> None:
        subscription = Subscription(server, LIMITS, tags)  # type: ignore[arg-type]
        subscription._id, subscription._spacing = 7, 0
        for turn in range(turns):
            server.answers = [sent]
            subscription._due = 1  # the same message over and over is one after the other
            made._take(await subscription.next())
            if turn % every == every - 1:
                gc.collect()
                resident.append(psutil.Process().memory_info().rss)

    asyncio.run(go())
    assert losses.gaps == ()
    return resident


@pytest.mark.slow
def test_memory_stays_flat_however_long_it_goes_on(tmp_path: Path) -> None:
    with create(tmp_path / "work", SCOPE_BYTES, SCOPE) as folder:
        begun = time.monotonic()
        resident = receive(TAGS, 100, folder)
        folder.flush()
        assert folder.rows == 100 * TAGS
    settled = max(resident[:4])
    assert max(resident[4:]) - settled < 60e6, "half a million rows, some 50 MB if they were kept"
    print(f"{100 * TAGS / (time.monotonic() - begun):.0f} rows/s")  # noqa: T201 - shown with -s, asserts nothing
