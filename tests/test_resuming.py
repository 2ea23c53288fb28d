"""A run that outlives what happens in hours: the laptop sleeps, a server restarts, leaps in time, or vanishes.

Real processes and real servers, and the limits that a plant gets by default where nothing else is said. Each time
values come again, the gap is told, and the server's own count shows that no session of ours is left.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from asyncua import Client, ua

from assessor.bundle import open_bundle
from assessor.domain import SAMPLE_COLUMNS, Observation, away
from assessor.facts import facts, sort
from assessor.indicators import completeness, look
from connectors.scope import load_scope
from tests import faults
from tests.kept import Kept
from tests.servers.opcua_small import free_port
from tests.servers.processes import serving
from tests.servers.sevens import COUNTED, LEAP, POINTS, wrong
from tests.test_faults import PASSING, need_package
from tests.test_opcua import BRANCHES, agreed
from tests.test_opcua_sampling import SOON, grows, run, watch
from tests.waiting import comes, until

pytestmark = [pytest.mark.wire, pytest.mark.slow]
SERVERS = ("native", "opcua")
TIMEOUT = 10.0
"""Seconds of the session timeout that is asked for here."""
SECONDS = 26.0
"""Of sampling over a line that dies once: silence shows after eleven, and another session is opened five later."""
SLEEP = 13.0
"""Seconds: longer than what counts as sleep, and than the session timeout."""


class Count(threading.Thread):
    """Watches how many sessions a server holds, besides its own."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address, self._ended = address, threading.Event()
        self.seen: list[tuple[float, int]] = []
        """Moments of the monotonic clock, and how many from then on."""

    def run(self) -> None:
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        async with Client(self._address, timeout=20) as client:
            node = client.get_node(ua.NodeId(COUNTED["sessions"]))
            while not self._ended.is_set():
                others = (await node.read_value() or 1) - 1
                if not self.seen or self.seen[-1][1] != others:
                    self.seen.append((time.monotonic(), others))
                await asyncio.sleep(0.1)

    @property
    def now(self) -> int:
        return self.seen[-1][1] if self.seen else 0

    def end(self) -> None:
        self._ended.set()
        self.join(20)


@contextmanager
def counted(kind: str) -> Iterator[tuple[str, Count]]:
    """A server, and who watches its count."""
    need_package(kind)
    with serving([sys.executable, "-m", "tests.servers.sevens", kind]) as server:
        count = Count(server["address"])
        count.start()
        try:
            yield server["address"].removeprefix("opc.tcp://").rstrip("/"), count
        finally:
            count.end()


def scope_file(folder: Path, address: str) -> Path:
    file = folder / "scope.yaml"
    file.write_text(faults.scope_text("opcua", {"press": address}), "utf-8")
    return file


@pytest.mark.parametrize("kind", SERVERS)
def test_a_laptop_that_sleeps_goes_on_afterwards(kind: str, tmp_path: Path) -> None:
    """`assessor sample` is stopped as a whole, as by a lid that is closed, and goes on when it is opened."""
    out, tail = tmp_path / "out.zip", tmp_path / "out.zip.work/tail-000001"
    with counted(kind) as (address, count):
        command = ["sample", str(scope_file(tmp_path, address)), "-o", str(out), "--seconds", "32"]
        run = subprocess.Popen(
            [sys.executable, "-m", "assessor", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"ASSESSOR_HOME": str(tmp_path / "home"), "ASSESSOR_LANGUAGE": "en"},
        )
        try:
            until(lambda: tail.exists() and tail.read_bytes().count(b'"samples"') >= 2)
            until(lambda: count.now == 1)
            run.send_signal(signal.SIGSTOP)
            slept = time.time_ns()
            time.sleep(SLEEP)  # the sleep itself, not a wait for something
            run.send_signal(signal.SIGCONT)
            woke = time.time_ns()
            _, err = run.communicate(timeout=90)
        finally:
            run.kill()
        assert run.returncode == 0 and "Traceback" not in err, err
        until(lambda: count.now == 0, TIMEOUT + 5, what="no session of ours is left")
        assert max(n for _, n in count.seen) == 1, "nor was there ever a second one"
    bundle = open_bundle(out)
    (seen,) = bundle.observations()
    assert seen.problem is None
    (gap,) = [g for g in seen.gaps if g.why.id == "sampling.slept"]
    assert gap.begins <= slept + 1.5e9 and gap.ends >= woke - 1.5e9 and gap.lost is None
    received = bundle.samples()["receive"].to_pylist()
    assert sum(r > woke + 1e9 for r in received) >= 5 * POINTS
    assert not [r for r in received if slept + 1e9 < r < woke]


@pytest.mark.parametrize("fault", ["stall-once", "half-open-once"])
@pytest.mark.parametrize("kind", SERVERS)
def test_what_a_dead_line_leaves_behind_ends_with_the_session_timeout(
    kind: str, fault: str, tmp_path: Path
) -> None:
    """Where the server still hears us the session is closed at once; where it does not, it is gone soon enough."""
    when = tmp_path / "now"
    with counted(kind) as (server, count):
        given = {"press": PASSING[fault] | {"when": str(when)}}
        with faults.faulty(server, given) as addresses:
            sink = faults.Watching({"press": when})
            began = time.monotonic()
            ended = faults.run(load_scope(scope_file(tmp_path, addresses["press"])), sink, SECONDS)["press"]
        until(lambda: count.now == 0, TIMEOUT + 5)
        became = faults.outcome("press", sink, ended - began - SECONDS)
        assert not wrong(became.good) and became.after >= POINTS and became.told
        most = max(n for _, n in count.seen)
        struck = sink.begun["press"] / 1e9
        print(fault, kind, [(round(at - struck, 1), n) for at, n in count.seen])  # noqa: T201 - shown with -s
        assert most <= 2
        if fault == "stall-once":
            assert most == 1, "it heard that the session is closed"
        if most == 2:  # from the new session on, beside the old one
            twice = next(i for i, (_, n) in enumerate(count.seen) if n == 2)
            assert count.seen[twice + 1][0] - count.seen[twice][0] <= TIMEOUT + 2


def test_a_server_whose_clock_is_set_is_sampled_on(tmp_path: Path) -> None:
    with counted("leaping") as (server, count):
        sink = faults.Watching({})
        faults.run(load_scope(scope_file(tmp_path, server)), sink, 8)
        until(lambda: count.now == 0, 5)
    became = faults.outcome("press", sink, 0)
    seen: Observation = became.observation
    assert seen.problem is None and seen.gaps == () and not wrong(became.good)
    ahead = [(row.source - row.receive) / 1e9 for row in sink.rows if row.source is not None]
    assert min(ahead) < 1 and max(ahead) > LEAP.total_seconds() - 2
    came = sorted({row.mono for row in sink.rows})
    assert max(b - a for a, b in pairwise(came)) < 2e9, "values come as if nothing were"


def test_a_server_that_comes_back_without_subscriptions_is_polled_on(tmp_path: Path) -> None:
    """What was reported for a part of the run owes no row for what stood still then."""
    port = free_port()
    scope = agreed(f"opc.tcp://127.0.0.1:{port}/", SOON, branches=BRANCHES[:1])
    first: AbstractContextManager[str] = watch(tmp_path / "log", str(port))
    first.__enter__()

    async def story(kept: Kept, stop: asyncio.Event) -> None:
        await grows(kept, 40)  # a judgement needs twenty looks
        await asyncio.to_thread(first.__exit__, None, None, None)
        second = watch(tmp_path / "log", str(port), "unsupported")
        await asyncio.to_thread(second.__enter__)
        try:
            await grows(kept, 40)
            stop.set()
            await comes(lambda: len(kept.observed) == 2)
        finally:
            await asyncio.to_thread(second.__exit__, None, None, None)

    seen, kept = run(scope, 85, story)
    assert seen.problem is None and seen.sampling and seen.sampling.mode == "poll" and len(seen.gaps) == 1
    force = next(t for t in seen.tags if t.path == "Press/Force")
    assert (force.sampling, force.queue) == ("subscribe", None) and force.interval_ms
    every = {t.id: force.interval_ms / 1000 for t in seen.tags if t.sampling}
    table = pa.table({n: pa.array([getattr(r, n) for r in kept.rows], kind) for n, kind in SAMPLE_COLUMNS})
    figures = facts(sort(table), every, dict.fromkeys(every, away(seen.gaps)))
    found = completeness.measure(look(scope, [seen], figures, {}))
    gone = (seen.gaps[0].ends - seen.gaps[0].begins) / 1e9
    came, due = (int(found.why.params[name]) for name in ("came", "due"))  # type: ignore[union-attr,arg-type]
    assert abs((due - came) / len(every) - gone / every[force.id]) <= 2, "all but the gap came"
    assert figures[force.id].away_seconds == pytest.approx(gone, abs=1)
