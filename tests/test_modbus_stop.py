"""The abort key: whatever a Modbus run is waiting for, it is over within two seconds, and so is its connection."""

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest

from assessor.domain import Observation
from connectors import modbus
from tests.kept import Kept
from tests.modbus_runs import scope_for
from tests.servers.processes import serving
from tests.waiting import comes

PATIENT = {"timeout": 30}


def connections(address: str, status: str) -> int:
    """How many connections of this process to the address have that status."""
    port = int(address.rpartition(":")[2])
    mine = psutil.Process().net_connections("tcp")
    return sum(c.status == status and bool(c.raddr) and c.raddr.port == port for c in mine)


async def stopped(scope: Any, waiting: Callable[[], bool]) -> tuple[Observation, Kept, float]:
    """A run that is stopped once it waits for what it is meant to; how many seconds it took to end."""
    sink, stop = Kept(), asyncio.Event()
    run = asyncio.create_task(modbus.gather(scope.endpoints[0], scope, sink, seconds=60, stop=stop))
    await comes(waiting)
    stop.set()
    begun = time.monotonic()
    async with asyncio.timeout(20):
        seen = await run
    return seen, sink, time.monotonic() - begun


@pytest.mark.wire
@pytest.mark.parametrize(
    ("server", "protocol", "mode", "limits"),
    [
        ("modbus_bad", "modbus-tcp", "silent", PATIENT),
        ("modbus_rtu", "modbus-rtu-tcp", "silent", PATIENT),
        ("modbus_rtu", "modbus-rtu", "line-silent", PATIENT),
        ("modbus_bad", "modbus-tcp", "good", {"request_gap": 30}),
        ("modbus_bad", "modbus-tcp", "good", {"sampling_interval": 60}),
    ],
)
def test_a_run_is_over_within_two_seconds(
    server: str, protocol: str, mode: str, limits: dict[str, float], tmp_path: Path
) -> None:
    """In the middle of a request that nobody answers, of the pause between two, of the pause between cycles."""
    log = tmp_path / "asked.txt"
    log.touch()
    with serving([sys.executable, "-m", f"tests.servers.{server}", mode, str(log)]) as peer:
        scope = scope_for(peer["address"], protocol=protocol, **limits)
        seen, sink, took = asyncio.run(stopped(scope, lambda: bool(log.read_text())))
        assert took < 2
        if protocol != "modbus-rtu":
            assert connections(peer["address"], psutil.CONN_ESTABLISHED) == 0, "the session is closed"
    assert log.read_text().count("\n") <= 2
    assert {r.result for r in sink.requests} <= {"cancelled", "ok", "exception 1"}
    assert seen.traffic is not None and seen.traffic.failures == 0, "to be stopped is no failure of the device"


@pytest.mark.wire
def test_the_pause_after_a_connection_is_cut_too(tmp_path: Path) -> None:
    log = tmp_path / "asked.txt"
    log.touch()
    with serving([sys.executable, "-m", "tests.servers.modbus_bad", "good", str(log)]) as peer:
        address = peer["address"]
        scope = scope_for(address, pause_after_connect=30)
        _, sink, took = asyncio.run(stopped(scope, lambda: connections(address, psutil.CONN_ESTABLISHED) == 1))
    assert took < 2 and sink.requests == [] and log.read_text() == ""


@pytest.mark.wire
def test_a_connection_that_does_not_come_about_is_cut_too() -> None:
    """A full queue of a listener: the system tries again and again, and nobody answers."""
    with ExitStack() as held:
        listener = held.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        place = listener.getsockname()
        for _ in range(4):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(place)
        address = f"127.0.0.1:{place[1]}"
        before = connections(address, psutil.CONN_SYN_SENT)
        scope = scope_for(address, **PATIENT)
        seen, sink, took = asyncio.run(stopped(scope, lambda: connections(address, psutil.CONN_SYN_SENT) > before))
    assert took < 2 and sink.requests == [] and not seen.reached
