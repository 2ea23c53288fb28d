"""Sampling of OPC UA servers for tests: with a story that happens meanwhile, and through a line that can break."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import connectors
from assessor.domain import Observation, Sample, Scope
from connectors.opcua import preview
from tests.conftest import need
from tests.kept import Kept
from tests.servers.line import Line, line
from tests.servers.processes import serving
from tests.test_opcua import BRANCHES, agreed
from tests.waiting import comes

HERE = Path(__file__).parent
CALM = {"timeout": 20, "slowdown_factor": 100}
"""A busy test machine is no fault of a server's."""
PATIENT = {"breaker_failures": 5, "timeout": 1, "slowdown_factor": 100}
SOON = {"breaker_cooldown": 20, "slowdown_factor": 100}
"""The usual two failures, and never longer between two attempts than a test waits for rows."""


class Timed(Kept):
    """Knows when it was over."""

    ended = 0.0


Story = Callable[[Kept, asyncio.Event], Awaitable[None]]


@contextmanager
def watch(log: Path, *what: str) -> Iterator[str]:
    log.touch()
    with serving([sys.executable, "-m", "tests.servers.opcua_watch", str(log), *what]) as server:
        yield server["address"]


@contextmanager
def node(home: Path, *what: str) -> Iterator[str]:
    need("node")
    if not (HERE / "interop/node_modules").is_dir():
        pytest.skip("NOT TESTED: npm packages of tests/interop are not installed")
    with serving(["node", "opcua_watched.js", *what], HERE / "interop", HOME=str(home)) as server:
        yield server["address"]


async def sampled(
    scope: Scope, kept: Timed, seconds: float, story: Story | None = None, stop: asyncio.Event | None = None
) -> Observation:
    stop = stop or asyncio.Event()
    side = asyncio.create_task(story(kept, stop)) if story else None
    async with asyncio.timeout(90):
        seen = await connectors.get("opcua").gather(scope.endpoints[0], scope, kept, seconds=seconds, stop=stop)
        kept.ended = time.monotonic()
        if side:
            await side
    return seen


def run(scope: Scope, seconds: float, story: Story | None = None) -> tuple[Observation, Timed]:
    kept = Timed()
    return asyncio.run(sampled(scope, kept, seconds, story)), kept


def through(place: str, story: Callable[[Line, Kept, asyncio.Event], Awaitable[None]], **limits: float) -> Any:
    """Sample through a line that the story does something to."""
    kept = Timed()

    async def go() -> Observation:
        async with line(place) as between:
            scope = agreed(between.address, PATIENT | limits, branches=BRANCHES[:1])
            seen = await sampled(scope, kept, 60, lambda k, stop: story(between, k, stop))
            assert len(kept.requests) <= preview(scope.endpoints[0], scope, 60).requests
            return seen

    return asyncio.run(go()), kept


def rows_of(seen: Observation, kept: Kept, path: str) -> list[Sample]:
    tag = next(t.id for t in seen.tags if t.path.endswith(path))
    return [row for row in kept.rows if row.tag == tag]


def services(kept: Kept) -> list[str]:
    return [r.service for r in sorted(kept.requests, key=lambda r: r.time)]


def counter(rows: list[Sample]) -> list[int]:
    return [row.integer for row in sorted(rows, key=lambda r: r.mono) if row.integer is not None]


async def grows(kept: Kept, by: int = 3) -> None:
    """Wait until so many rows have come."""
    held = len(kept.rows)
    await comes(lambda: len(kept.rows) >= held + by, 40)


def started(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
