"""Sampling OPC UA through what happens in hours: losses, restarts, broken lines, servers that forget."""

import asyncio
import os
import signal
import socket
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import pytest

from connectors.opcua import preview
from tests.kept import Kept
from tests.opcua_sampled import (
    CALM,
    PATIENT,
    SOON,
    counter,
    grows,
    node,
    rows_of,
    run,
    services,
    started,
    through,
    watch,
)
from tests.servers.line import Line
from tests.test_opcua import BRANCHES, agreed
from tests.waiting import comes


@pytest.mark.wire
def test_changes_are_reported_and_what_stands_still_is_confirmed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with watch(log) as place:
        scope = agreed(place, CALM, branches=BRANCHES[:2])
        seen, kept = run(scope, 7)
    made = seen.sampling
    assert seen.problem is None and seen.gaps == () and made is not None
    assert (made.mode, made.publishing, made.polled, made.subscribed) == ("subscribe", 0.5, 0, 7)
    assert made.keep_alive and made.lifetime and made.lifetime >= 3 * made.keep_alive
    tags = {t.path: t for t in seen.tags}
    force, curve = tags["Press/Force"], tags["Line1.IMM01.Curve"]
    assert (force.sampling, force.interval_ms, force.queue) == ("subscribe", 500, 4)
    assert (curve.sampling, curve.interval_ms) == (None, None)
    count = counter(rows_of(seen, kept, "IMM01.Count"))
    assert len(count) > 5 and count == sorted(count)
    order = rows_of(seen, kept, "IMM01.Order")
    assert {row.text for row in order} == {"A-17"} and 3 <= len(order) <= 8
    assert order[-1].mono - order[0].mono > 4e9
    arrived = log.read_text().split()
    logged = [s for s in services(kept) if s not in {"Hello", "OpenSecureChannel", "CloseSecureChannel"}]
    assert arrived == logged and arrived.count("CreateSubscription") == 1 and arrived[-1] == "CloseSession"
    assert seen.traffic and seen.traffic.bytes_sent == sum(r.bytes_sent for r in kept.requests)
    published = [r for r in kept.requests if r.service == "Publish" and r.result == "ok"]
    assert len(published) > 4 and all(r.bytes_received > 50 for r in published)
    assert len(kept.requests) <= preview(scope.endpoints[0], scope, 7).requests


@pytest.mark.wire
def test_a_server_without_subscriptions_is_polled_and_says_why(tmp_path: Path) -> None:
    with watch(tmp_path / "log", "unsupported") as place:
        seen, kept = run(agreed(place, CALM), 3)
    assert seen.problem is None and seen.gaps == () and seen.sampling is not None
    assert seen.sampling.mode == "poll" and seen.sampling.why
    assert seen.sampling.why.params == {"status": "BadServiceUnsupported"}
    force = next(t for t in seen.tags if t.path == "Press/Force")
    assert force.sampling == "poll" and force.interval_ms and len(rows_of(seen, kept, "Press/Force")) >= 2


@pytest.mark.wire
def test_a_server_that_answers_no_publish_is_polled_in_the_end(tmp_path: Path) -> None:
    with watch(tmp_path / "log", "deaf") as place:
        seen, kept = run(agreed(place, CALM), 8)
    assert seen.sampling and seen.sampling.mode == "poll" and seen.sampling.why and seen.problem is None
    assert seen.sampling.why.id == "sampling.not_offered" and services(kept).count("CreateSubscription") == 2
    assert len(seen.gaps) == 1


@pytest.mark.wire
def test_polling_is_kept_where_the_scope_asks_for_it(tmp_path: Path) -> None:
    with watch(tmp_path / "log") as place:
        seen, kept = run(agreed(place, CALM, sampling="poll"), 2)
    assert "CreateSubscription" not in services(kept) and kept.rows
    assert seen.sampling and (seen.sampling.mode, seen.sampling.why, seen.sampling.polled) == ("poll", None, 7)


@pytest.mark.wire
def test_items_that_are_refused_are_polled_and_counted(tmp_path: Path) -> None:
    with watch(tmp_path / "log", "crowded") as place:
        seen, kept = run(agreed(place, CALM), 3)
    made = seen.sampling
    assert made and made.refused == {"BadTooManyMonitoredItems": 4} and (made.subscribed, made.polled) == (3, 4)
    assert sorted(str(t.sampling) for t in seen.tags) == ["None", *["poll"] * 4, *["subscribe"] * 3]
    assert all(any(r.tag == t.id for r in kept.rows) for t in seen.tags if t.sampling)


@pytest.mark.wire
def test_items_that_are_accepted_and_forgotten_are_noticed(tmp_path: Path) -> None:
    with watch(tmp_path / "log", "mute") as place:
        seen, kept = run(agreed(place, CALM), 9)
    forgotten = {gap.tag for gap in seen.gaps if gap.why.id == "sampling.never_reported"}
    assert len(forgotten) == 4 and forgotten == {t.id for t in seen.tags if t.sampling == "poll"}
    assert seen.sampling and (seen.sampling.subscribed, seen.sampling.polled) == (3, 4)
    assert services(kept).count("CreateSubscription") == 1, "the end of the window is the end"
    assert all(sum(r.tag == tag for r in kept.rows) >= 3 for tag in forgotten)


@pytest.mark.wire
@pytest.mark.slow
def test_an_overflow_is_a_gap_record_of_its_tag(tmp_path: Path) -> None:
    with node(tmp_path, "lazy") as place:
        seen, kept = run(agreed(place, CALM, root="Box"), 8)
    fast = next(t for t in seen.tags if t.path == "Box/Fast")
    assert seen.sampling and seen.sampling.publishing == 3 and seen.problem is None
    (gap,) = seen.gaps
    assert (gap.tag, gap.why.id) == (fast.id, "sampling.overflow") and gap.times >= 2 and gap.lost == gap.times
    count = counter(rows_of(seen, kept, "Fast"))
    assert count == sorted(count), "a confirmation does not overtake what waits in the queue"
    assert any(row.status & 0x480 == 0x480 for row in rows_of(seen, kept, "Fast"))


@pytest.mark.wire
def test_a_connection_that_is_reset_is_resumed_with_one_gap(tmp_path: Path) -> None:
    async def story(between: Line, kept: Kept, stop: asyncio.Event) -> None:
        await grows(kept, 8)
        between.cut()
        await comes(lambda: between.connections >= 2, 30)
        await grows(kept)
        stop.set()

    with watch(tmp_path / "log") as place:
        seen, kept = through(place, story)
    assert seen.problem is None and [g.why.id for g in seen.gaps] == ["contact.dropped"]
    assert seen.gaps[0].tag is None and seen.gaps[0].lost is None and seen.gaps[0].ends > seen.gaps[0].begins
    assert services(kept).count("CreateSubscription") == 2


@pytest.mark.wire
@pytest.mark.slow
def test_a_half_open_connection_is_noticed_and_resumed(tmp_path: Path) -> None:
    async def story(between: Line, kept: Kept, stop: asyncio.Event) -> None:
        await grows(kept, 8)
        between.freeze()
        await comes(lambda: any(r.result == "timeout" for r in kept.requests), 40)
        between.thaw()
        await comes(lambda: between.connections >= 2, 30)
        await grows(kept)
        stop.set()

    with watch(tmp_path / "log") as place:
        seen, kept = through(place, story)
    assert seen.problem is None
    gap = next(g for g in seen.gaps if g.why.id == "contact.silent")
    came = sorted(row.receive for row in kept.rows)
    after, before = max((later - earlier, earlier) for earlier, later in pairwise(came))
    assert after > 3e9 and gap.begins <= before + 1.5e9, "it begins when something last came, not when that showed"


@pytest.mark.wire
def test_a_restarted_server_with_moved_namespaces_is_found_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    scope = agreed(f"opc.tcp://127.0.0.1:{port}/", SOON, branches=BRANCHES[:2])
    first: AbstractContextManager[str] = watch(tmp_path / "log", str(port))
    first.__enter__()

    async def story(kept: Kept, stop: asyncio.Event) -> None:
        await grows(kept, 8)
        await asyncio.to_thread(first.__exit__, None, None, None)
        second = watch(tmp_path / "log", str(port), "shifted")
        await asyncio.to_thread(second.__enter__)
        try:
            await grows(kept, 12)
            stop.set()
            await comes(lambda: len(kept.observed) == 2)
        finally:
            await asyncio.to_thread(second.__exit__, None, None, None)

    seen, kept = run(scope, 85, story)
    assert seen.problem is None and len(seen.gaps) == 1
    after = {row.tag: row for row in kept.rows if row.receive > seen.gaps[0].ends}
    by_path = {t.path: t.id for t in seen.tags}
    assert after[by_path["Line1.IMM01.Order"]].text == "A-17"
    assert after[by_path["Press/Force"]].number is not None
    assert not any(
        row.status & 0x80000000 for row in after.values() if row.tag in seen_good(kept, seen.gaps[0].begins)
    )


def seen_good(kept: Kept, until: int) -> set[int]:
    """Tags that were good before a moment."""
    return {row.tag for row in kept.rows if row.receive < until and row.status == 0}


@pytest.mark.wire
@pytest.mark.slow
def test_a_server_that_is_halted_and_goes_on(tmp_path: Path) -> None:
    process = started(["-m", "tests.servers.opcua_watch", str(tmp_path / "log")])
    (tmp_path / "log").touch()
    try:
        assert process.stdout
        place = process.stdout.readline().split('"')[3]

        async def story(kept: Kept, stop: asyncio.Event) -> None:
            await grows(kept, 8)
            os.kill(process.pid, signal.SIGSTOP)
            await comes(lambda: any(r.result == "timeout" for r in kept.requests), 60)
            os.kill(process.pid, signal.SIGCONT)
            await comes(lambda: services(kept).count("CreateSubscription") >= 2, 60)
            await grows(kept)
            stop.set()

        seen, _ = run(agreed(place, PATIENT, branches=BRANCHES[:1]), 80, story)
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.kill()
        process.communicate(timeout=5)
    assert seen.problem is None and seen.gaps
