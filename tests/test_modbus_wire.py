"""The Modbus wire: peers that misbehave, what may leave, how a run is stopped."""

import asyncio
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assessor.domain import BAD, GOOD, Load, Observation, RequestRecord, Unit, severity
from connectors import modbus
from connectors.guard import MODBUS_FUNCTIONS, Forbidden, Guard
from connectors.modbus.wire import Line
from tests.kept import Kept
from tests.modbus_runs import PROFILE, gathered, scope_for
from tests.servers.processes import serving


@pytest.mark.wire
def test_a_late_answer_is_never_taken_for_the_next_one(tmp_path: Path) -> None:
    _, sink, _ = gathered("late", tmp_path, seconds=2, breaker_failures=5)
    assert not [row for row in sink.rows if severity(row.status) == GOOD]


@pytest.mark.wire
@pytest.mark.parametrize("mode", ["garbage", "short"])
def test_what_cannot_be_trusted_gives_no_value(mode: str, tmp_path: Path) -> None:
    seen, sink, _ = gathered(mode, tmp_path, seconds=1)
    assert all(row.status & BAD and row.integer is None and row.number is None for row in sink.rows)
    assert not seen.devices[0].answered or mode == "short"


@pytest.mark.wire
@pytest.mark.parametrize("allowed", [True, False])
def test_report_id_is_asked_only_where_the_scope_says_so(
    allowed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, _, asked = gathered("named", tmp_path, seconds=0.6, endpoint={"report_id": allowed})
    assert [line.split()[1] for line in asked].count("17") == allowed
    plate = seen.devices[0].nameplate
    assert (plate and plate.model) == ("PRESS-1" if allowed else None)


@pytest.mark.wire
def test_no_frame_gets_into_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gathered("silent", tmp_path, seconds=1)
    assert not [r for r in caplog.records if r.name.startswith("pymodbus")]


@pytest.mark.wire
def test_nothing_but_reading_can_leave(tmp_path: Path) -> None:
    asked = tmp_path / "asked.txt"
    asked.touch()

    async def attempt(address: str) -> None:
        scope = scope_for(address)
        guard = Guard("press", address, scope.limits, MODBUS_FUNCTIONS, lambda _: None)
        line = Line(scope.endpoints[0], scope.limits, guard, asyncio.Event())
        client = await line._link.client()
        for call in (
            lambda: client.write_register(1, 2, device_id=1),
            lambda: client.write_coil(1, True, device_id=1),
            lambda: client.write_registers(1, [1, 2], device_id=1),
            lambda: client.mask_write_register(address=1, device_id=1),
            lambda: client.report_device_id(device_id=1),
            lambda: client.diag_restart_communication(True, device_id=1),
        ):
            with pytest.raises(Forbidden):
                await call()
        assert await line.read(1, 3, 5, 2) == [5, 6], "the line still reads"
        line.close()

    with serving([sys.executable, "-m", "tests.servers.modbus_bad", "good", str(asked)]) as peer:
        asyncio.run(attempt(peer["address"]))
    assert asked.read_text().splitlines() == ["1 3 5 2"], "nothing else reached the wire"


@pytest.mark.wire
def test_nothing_is_asked_once_the_run_is_to_stop(tmp_path: Path) -> None:
    """Between two requests, not only between two cycles: a window may close in the middle of one."""
    single = PROFILE.model_copy(update={"max_registers": 1})
    stop = asyncio.Event()
    seen, sink, asked = gathered("good", tmp_path, 9, held=single, stop=stop, stop_after=4)
    assert len(asked) == 4
    assert {row.integer for row in sink.rows} == {10, 11, 12}, "what had been read is kept"
    assert seen.reached


@pytest.mark.wire
def test_a_peer_that_closes_is_reported_at_once(tmp_path: Path) -> None:
    begun = time.monotonic()
    seen, sink, asked = gathered("close", tmp_path, seconds=2.5, timeout=20)
    assert not seen.reached and seen.problem is not None
    assert seen.problem.id == "modbus.lost"
    assert time.monotonic() - begun < 15, "the time-out of 20 s was not waited for"
    assert not [row for row in sink.rows if severity(row.status) == GOOD]
    assert asked == ["connect"] * 2, "left alone after two failures: not even a connection is opened"


@pytest.mark.wire
def test_a_silent_peer_is_left_alone_after_two_failures(tmp_path: Path) -> None:
    seen, _, asked = gathered("silent", tmp_path, seconds=3)
    assert not seen.reached and seen.problem is not None
    assert len(asked) == 2, "the circuit breaker opens after two"


@pytest.mark.slow
def test_nothing_listening_is_a_problem_and_no_exception() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    scope, sink = scope_for(address), Kept()
    seen = asyncio.run(modbus.gather(scope.endpoints[0], scope, sink, seconds=1, stop=asyncio.Event()))
    assert not seen.reached and seen.problem is not None and not seen.devices[0].answered
    assert len(sink.observed) == 2, "seen before sampling and after it"


@pytest.mark.wire
@pytest.mark.parametrize(("server", "protocol"), [("modbus_bad", "modbus-tcp"), ("modbus_rtu", "modbus-rtu-tcp")])
def test_a_device_says_of_itself_what_its_conformity_promises(server: str, protocol: str, tmp_path: Path) -> None:
    seen, sink, _ = gathered("plated", tmp_path, 0.6, server=server, protocol=protocol)
    plate = seen.devices[0].nameplate
    assert plate is not None
    assert (plate.manufacturer, plate.model, plate.software) == ("Test Works", "Press 7", "1.2")
    assert plate.more == {
        "product_code": "PC-7",
        "vendor_url": "https://works.example",
        "product_name": "Press line",
        "model_name": "Press 7",
        "user_application_name": "Hall 3",
    }
    asked = [r.detail for r in sink.requests if r.service == "fc43/14"]
    assert asked == [f"unit 1 object {first}" for first in (0, 2, 3, 5)]


@pytest.mark.wire
def test_a_gateway_that_takes_and_closes_costs_two_connections_however_many_units(tmp_path: Path) -> None:
    units = tuple(Unit(unit=n, asset=f"u{n}", profile="counting") for n in range(1, 9))
    seen, _, asked = gathered("close", tmp_path, 3, {"units": units})
    assert asked == ["connect"] * 2
    assert not any(device.answered for device in seen.devices)
    assert all(device.problem is not None for device in seen.devices)


@pytest.mark.wire
def test_no_more_is_sent_than_the_preview_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the preview wrong, the run would stop, not go on."""
    right = modbus.preview

    def too_low(*asked: Any) -> Load:
        return right(*asked).model_copy(update={"requests": 3})

    monkeypatch.setattr(modbus, "preview", too_low)
    seen, sink, asked = gathered("good", tmp_path, 4)
    assert len(asked) == len(sink.requests) == 3
    assert seen.reached and seen.devices[0].problem is not None
    assert seen.devices[0].problem.id == "guard.promise_kept"


def checked(address: str, protocol: str = "modbus-tcp") -> tuple[Observation, list[RequestRecord]]:
    log: list[RequestRecord] = []
    scope = scope_for(address, protocol=protocol)
    return asyncio.run(modbus.precheck(scope.endpoints[0], scope, log.append)), log


@pytest.mark.wire
@pytest.mark.parametrize("protocol", ["modbus-tcp", "modbus-rtu-tcp"])
def test_a_precheck_connects_and_asks_nothing(protocol: str, tmp_path: Path) -> None:
    asked = tmp_path / "asked.txt"
    asked.touch()
    with serving([sys.executable, "-m", "tests.servers.modbus_bad", "good", str(asked)]) as peer:
        seen, log = checked(peer["address"], protocol)
    assert seen.reached and seen.problem is None and [d.where for d in seen.devices] == ["unit 1"]
    assert [(r.service, r.result, r.bytes_sent) for r in log] == [("connect", "ok", 0)]
    assert asked.read_text() == ""


def test_a_precheck_says_where_nothing_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    seen, log = checked(address)
    assert not seen.reached and seen.problem is not None and seen.problem.id == "modbus.lost"
    assert [r.result for r in log] == ["lost"]


def test_a_precheck_does_not_open_a_serial_port(tmp_path: Path) -> None:
    seen, log = checked("/dev/ttyNOWHERE7", "modbus-rtu")
    assert seen.problem is not None and seen.problem.id == "modbus.no_port" and log == []
    master, slave = os.openpty()
    try:
        there, log = checked(os.ttyname(slave), "modbus-rtu")
    finally:
        os.close(master)
        os.close(slave)
    assert there.problem is not None and there.problem.id == "modbus.port_there"
    assert not there.reached and log == []


@pytest.mark.wire
@pytest.mark.parametrize(
    ("server", "protocol", "mode"),
    [
        ("modbus_bad", "modbus-tcp", "garbage"),
        ("modbus_bad", "modbus-tcp", "torn"),
        ("modbus_rtu", "modbus-rtu-tcp", "torn"),
        ("modbus_rtu", "modbus-rtu", "line-torn"),
    ],
)
def test_what_cannot_be_taken_apart_is_said_and_not_thrown(
    server: str, protocol: str, mode: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An identification whose lengths do not add up: the library's decoder stumbles over it."""
    seen, sink, _ = gathered(mode, tmp_path, 1, server=server, protocol=protocol)
    assert (
        sink.requests[0].result in ("garbage", "not what was asked", "timeout")
        and sink.requests[0].service == "fc43/14"
    )
    assert seen.devices[0].nameplate is None
    assert not [record for record in caplog.records if record.name == "asyncio"], (
        "nothing was thrown into the loop"
    )
