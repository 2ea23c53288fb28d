"""Asked to stop, a run is over within two seconds, whatever a connector is at; what was seen is kept."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import connectors
from assessor import gathering
from assessor.bundle import create, open_bundle, seal
from assessor.domain import Endpoint, Observation, Scope, Sink
from connectors.abort import LAST, POLITE, run_bounded, within
from connectors.opcua import PARTING
from connectors.opcua.stopping import GRACE
from tests.test_bundle import KEY, SCOPE, SCOPE_BYTES, SEEN, row
from tests.waiting import until

LATE = 10.0
"""What a busy machine may need for what should take two seconds."""


def test_the_two_seconds_are_kept_by_design() -> None:
    assert POLITE + LAST < 2
    assert GRACE + PARTING < POLITE  # so that an OPC UA run still says what it saw


class Hanging:
    """A connector that observes, samples once, and then does not look at `stop` any more."""

    PROTOCOLS = ("opcua",)

    def __init__(self, deaf: bool) -> None:
        self.deaf, self.closed = deaf, 0

    async def gather(self, endpoint: Endpoint, _: Scope, sink: Sink, **__: object) -> Observation:
        sink.observe(SEEN.model_copy(update={"endpoint": endpoint.id}))
        sink.samples([row(1, 1)])
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if not self.deaf:
                raise
            await asyncio.sleep(3600)
        finally:
            self.closed += 1
        return SEEN


@pytest.mark.slow
@pytest.mark.parametrize("deaf", [False, True])
def test_a_connector_that_hangs_is_cut_off(deaf: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = Hanging(deaf)
    monkeypatch.setattr(connectors, "get", lambda _: hanging)
    took = 0.0

    async def run() -> tuple[Observation, ...]:
        nonlocal took
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.2, stop.set)
        begun = time.monotonic()
        seen = await gathering.gather(SCOPE, folder, seconds=600, stop=stop)
        took = time.monotonic() - begun
        return seen

    begun = time.monotonic()
    with create(tmp_path / "w", SCOPE_BYTES, SCOPE) as folder:
        (seen,) = run_bounded(run())
        assert took >= POLITE and time.monotonic() - begun < LATE
        folder.end(True)
        seal(folder, KEY, tmp_path / "s.zip")
    assert seen.problem is not None and seen.problem.id == "contact.cut_off"
    assert seen.reached and seen.started == SEEN.started, "what it had seen is kept"
    bundle = open_bundle(tmp_path / "s.zip")
    assert bundle.observations() == (seen,) and bundle.samples().num_rows == 1
    assert hanging.closed == (0 if deaf else 1) or deaf


def ran(work: Callable[[asyncio.Event], Any], *, asked: bool) -> Any:
    async def run() -> Any:
        stop = asyncio.Event()
        if asked:
            stop.set()
        return await within(work(stop), stop)

    return asyncio.run(run())


async def _answer(stop: asyncio.Event) -> str:
    await stop.wait()
    return "closed"


async def _breaks(stop: asyncio.Event) -> str:
    raise OSError("our own fault")


async def _breaks_late(stop: asyncio.Event) -> str:
    try:
        await asyncio.sleep(3600)
    finally:
        raise OSError("while closing")


def test_one_that_ends_by_itself_is_not_cut_off() -> None:
    assert ran(_answer, asked=True) == "closed"


@pytest.mark.slow
def test_a_fault_goes_through() -> None:
    with pytest.raises(OSError, match="our own"):
        ran(_breaks, asked=False)
    with pytest.raises(OSError, match="while closing"):
        ran(_breaks_late, asked=True)


def test_a_run_that_is_cancelled_lets_its_connectors_close() -> None:
    closed: list[str] = []

    async def closing() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            closed.append("closed")

    async def run() -> None:
        task = asyncio.create_task(within(closing(), asyncio.Event()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert closed == ["closed"]


HANGS = """
import asyncio, sys
import connectors
from assessor import cli
from tests.test_abort import Hanging
hanging = Hanging(deaf=True)
hanging.preview = None
connectors.get = lambda _: hanging
cli.main(sys.argv[1:])
"""


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_run_whose_connector_is_deaf(times: int, tmp_path: Path, home: Path) -> None:
    """Once: sealed. Twice: gone at once, what is on disk can be sealed."""
    (tmp_path / "scope.yaml").write_bytes(SCOPE_BYTES)
    asked = ["sample", "scope.yaml", "-o", "out.zip", "--seconds", "300"]
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS, *asked],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"ASSESSOR_LANGUAGE": "en", "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    try:
        tail = tmp_path / "out.zip.work/tail-000001"

        def observed() -> bool:
            return tail.exists() and b'"observations"' in tail.read_bytes()

        until(lambda: process.poll() is not None or observed())
        assert process.poll() is None
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        if times == 2:
            time.sleep(0.2)  # so that the first one is taken before the second comes
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert time.monotonic() - begun < LATE
    finally:
        process.kill()
    assert process.returncode == 130 and "Traceback" not in err, err
    if times == 1:
        bundle = open_bundle(tmp_path / "out.zip")
        assert bundle.manifest.truncated and bundle.samples().num_rows == 1
    else:
        assert "--seal-only" in err and (tmp_path / "out.zip.work").exists()
