"""The stages together: the agreed window holds for all; a judgement says when and how much was asked."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import connectors
from assessor import gathering, looking
from assessor.bundle import create, open_bundle, reopen, seal
from assessor.domain import Endpoint, Observation, Scope, Window
from assessor.facts import facts, sort
from tests.test_bundle import ASKED, KEY, SCOPE, SCOPE_BYTES, SEEN, row


class Busy:
    """A connector that looks around for as long as it is let, as one does that walks a large server."""

    PROTOCOLS = ("opcua",)

    def __init__(self) -> None:
        self.met: list[str] = []

    async def gather(self, endpoint: Endpoint, *_: object, stop: asyncio.Event, **__: object) -> Observation:
        self.met.append(endpoint.id)
        await asyncio.wait_for(stop.wait(), 20)
        return SEEN.model_copy(update={"endpoint": endpoint.id})


def ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scope: Scope, after: Callable[[asyncio.Event], Any]
) -> tuple[Busy, tuple[Observation, ...], bool]:
    busy = Busy()
    monkeypatch.setattr(connectors, "get", lambda _: busy)

    async def run() -> tuple[tuple[Observation, ...], bool]:
        stop = asyncio.Event()
        after(stop)
        return await gathering.gather(scope, folder, seconds=600, stop=stop), stop.is_set()

    with create(tmp_path / "w", SCOPE_BYTES, scope) as folder:
        seen, stopped = asyncio.run(run())
    return busy, seen, stopped


def closing(seconds: float) -> Scope:
    now = datetime.now(UTC)
    opens, closes = now - timedelta(hours=1), now + timedelta(seconds=seconds)
    window = Window(opens=opens.isoformat(), closes=closes.isoformat())
    second = SCOPE.endpoints[0].model_copy(update={"id": "other", "address": "opc.tcp://127.0.0.1:4841"})
    one_at_a_time = SCOPE.limits.model_copy(update={"hosts_at_a_time": 1})
    both = (SCOPE.endpoints[0], second)
    return SCOPE.model_copy(update={"window": window, "limits": one_at_a_time, "endpoints": both})


def test_when_the_window_closes_all_stop_and_none_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    busy, seen, stopped = ran(tmp_path, monkeypatch, closing(0.5), lambda _: None)
    assert time.monotonic() - begun < 10
    assert busy.met == ["press"], "the second had not had its turn"
    assert [o.reached for o in seen] == [True, False]
    assert seen[1].problem is not None and seen[1].problem.id == "contact.not_begun"
    assert not stopped, "no person stopped it"


def test_in_a_window_that_is_closed_nothing_is_contacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy, seen, _ = ran(tmp_path, monkeypatch, closing(-1), lambda _: None)
    assert not busy.met and not any(o.reached for o in seen)


def test_a_person_stops_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later: Callable[[asyncio.Event], Any] = lambda stop: asyncio.get_running_loop().call_later(0.1, stop.set)  # noqa: E731
    busy, _, stopped = ran(tmp_path, monkeypatch, closing(3600), later)
    assert busy.met == ["press"] and stopped


def test_a_killed_run_counts_what_was_asked_and_sampled_after_its_last_observation(tmp_path: Path) -> None:
    folder = create(tmp_path / "w", SCOPE_BYTES, SCOPE)
    folder.observe(SEEN)
    for n in range(3):
        folder.request(ASKED)
        folder.samples([row(n, 1_000 + n)])
    folder.flush()
    folder.close()
    with reopen(tmp_path / "w") as again:
        seal(again, KEY, tmp_path / "s.zip", truncated=True)
    source = open_bundle(tmp_path / "s.zip")
    figures = facts(sort(source.samples()))
    told = looking.origin(source, source.observations(), figures.values(), 3)
    assert (told.requests, told.sampled_from, told.sampled_to, told.truncated) == (3, 1, 1_002, True)
