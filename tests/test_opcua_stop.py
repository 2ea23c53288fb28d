"""A stop while OPC UA is sampled ends all within two seconds, and no session outlives its timeout."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assessor.domain import Observation, Scope
from tests.kept import Kept
from tests.opcua_sampled import (
    CALM,
    Timed,
    grows,
    node,
    rows_of,
    run,
    sampled,
    services,
    through,
    watch,
)
from tests.servers.line import Line
from tests.test_opcua import BRANCHES, agreed, peer
from tests.waiting import comes


@pytest.mark.wire
@pytest.mark.slow
def test_no_session_of_ours_outlives_its_timeout(tmp_path: Path) -> None:
    """The server's own count, after an orderly end, and after a line that broke without a word."""

    async def story(between: Line, kept: Kept, stop: asyncio.Event) -> None:
        await grows(kept, 8)
        between.freeze()
        await comes(lambda: any(r.result == "timeout" for r in kept.requests), 40)
        between.cut()
        between.thaw()
        await comes(lambda: between.connections >= 2, 30)
        await grows(kept)
        stop.set()

    with node(tmp_path) as place:
        assert counts(tmp_path, place) == (1, 0), "none but the one that asks"
        run(agreed(place, CALM, root="Box"), 2)
        assert counts(tmp_path, place) == (1, 0)
        seen, _ = through(place, story, session_timeout=10)
        assert seen.gaps
        ends = time.monotonic() + 40
        while (found := counts(tmp_path, place)) != (1, 0) and time.monotonic() < ends:
            time.sleep(1)
        assert found == (1, 0)


def counts(_: Path, place: str) -> tuple[int, int]:
    """Sessions and subscriptions that a server holds, by its own word; the one who asks is one of the sessions."""
    seen, kept = run(agreed(place, CALM, root="Box", sampling="poll"), 0.6)
    sessions, subscriptions = (rows_of(seen, kept, name)[0].integer for name in ("/Sessions", "/Subscriptions"))
    assert sessions is not None and subscriptions is not None
    return sessions, subscriptions


def stopped(scope: Scope, when: Callable[[Kept], bool]) -> tuple[float, Observation, Kept]:
    """Seconds from the stop to the end."""
    kept, at = Timed(), 0.0

    async def story(kept: Kept, stop: asyncio.Event) -> None:
        nonlocal at
        await comes(lambda: when(kept), 40)
        at = time.monotonic()
        stop.set()

    seen = asyncio.run(sampled(scope, kept, 600, story))
    return kept.ended - at, seen, kept


@pytest.mark.wire
def test_a_stop_while_waiting_for_a_message_closes_all_within_two_seconds(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with watch(log) as place:
        took, seen, _ = stopped(agreed(place, {"timeout": 30}), lambda kept: "Publish" in services(kept))
        assert log.read_text().split()[-1] == "CloseSession"
    assert took < 2 and seen.problem is None


@pytest.mark.wire
def test_a_stop_while_nobody_answers_ends_within_two_seconds(tmp_path: Path) -> None:
    begun = time.monotonic()
    with peer(None) as place:
        scope = agreed(place, {"timeout": 30}, branches=BRANCHES[:1])
        took, seen, _ = stopped(scope, lambda _: time.monotonic() > begun + 1)
    assert took < 2 and seen.problem and not seen.devices[0].answered


@pytest.mark.wire
def test_a_stop_in_a_pause_after_a_loss_ends_within_two_seconds(tmp_path: Path) -> None:
    async def story(between: Line, kept: Kept, stop: asyncio.Event) -> None:
        await grows(kept, 8)
        between.closed = True
        between.cut()
        await comes(lambda: between.connections >= 3, 30)
        nonlocal at
        at = time.monotonic()
        stop.set()

    at = 0.0
    with watch(tmp_path / "log") as place:
        seen, kept = through(place, story)
    assert kept.ended - at < 2 and seen.problem and seen.gaps


@pytest.mark.wire
def test_a_stop_while_the_line_is_frozen_ends_within_two_seconds(tmp_path: Path) -> None:
    async def story(between: Line, kept: Kept, stop: asyncio.Event) -> None:
        await grows(kept, 8)
        between.freeze()
        nonlocal at
        at = time.monotonic()
        stop.set()

    at = 0.0
    with watch(tmp_path / "log") as place:
        _, kept = through(place, story, timeout=30)
    assert kept.ended - at < 2
