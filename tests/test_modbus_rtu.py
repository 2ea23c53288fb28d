"""Modbus RTU, over TCP and on a pseudo-terminal: no transaction id, so time and care have to do."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from assessor.domain import BAD, GOOD, Scope, Serial
from connectors import modbus
from connectors.modbus.link import Link
from connectors.modbus.load import limits_of
from connectors.serial_line import fault, silence
from tests.kept import Kept
from tests.modbus_runs import gathered, profile, scope_for

TCP, LINE = "modbus-rtu-tcp", "modbus-rtu"
BITS = profile(
    *({"id": f"c{i}", "fc": 1, "at": i, "type": "bool"} for i in range(5, 18)),
    *({"id": f"d{i}", "fc": 2, "at": i, "type": "bool"} for i in range(3)),
    {"id": "r", "fc": 3, "at": 7, "type": "u16"},
)


@pytest.mark.wire
@pytest.mark.parametrize(("protocol", "mode"), [(TCP, "good"), (LINE, "line-good"), (LINE, "line-hum")])
def test_a_station_is_read_in_one_request_a_cycle(protocol: str, mode: str, tmp_path: Path) -> None:
    seen, sink, asked = gathered(mode, tmp_path, protocol=protocol, server="modbus_rtu")
    assert seen.reached and seen.problem is None and seen.devices[0].problem is None
    assert seen.protocol == protocol
    assert {row.integer for row in sink.rows} == set(range(10, 20))
    assert set(asked[1:]) == {"1 3 10 10"}
    assert {r.asset for r in sink.requests} == {"press"}
    assert all(r.bytes_sent == 8 and r.bytes_received == 25 for r in sink.requests if r.service == "fc3")


@pytest.mark.wire
@pytest.mark.parametrize(("protocol", "mode"), [(TCP, "bits"), (LINE, "line-bits")])
def test_bits_and_registers_are_read_table_by_table(protocol: str, mode: str, tmp_path: Path) -> None:
    seen, sink, asked = gathered(mode, tmp_path, held=BITS, protocol=protocol, server="modbus_rtu")
    assert set(asked[1:]) == {"1 1 5 13", "1 2 0 3", "1 3 7 1"}
    addresses = {tag.id: tag.address for tag in seen.tags}
    flags = {addresses[row.tag]: row.flag for row in sink.rows if row.flag is not None}
    assert flags == {f"unit 1 coil {i}": i % 3 == 0 for i in range(5, 18)} | {
        f"unit 1 discrete {i}": i % 3 == 0 for i in range(3)
    }
    assert {row.integer for row in sink.rows if row.flag is None} == {7}


TWINS = profile(*({"id": f"r{i}", "fc": 3, "at": i, "type": "u16"} for i in (*range(10, 20), *range(30, 40))))
LATE: dict[str, Any] = {
    "held": TWINS,
    "server": "modbus_rtu",
    "endpoint": {"identify": False},
    "timeout": 0.8,
    "breaker_failures": 5,
}
"""Two blocks of one shape, so that one question follows the other at once."""


def values_of_their_own_question(sink: Kept) -> bool:
    """Does every value carry the number of the question that it was taken for?"""
    answered = [at for at, record in enumerate(sink.requests, 1) if record.result == "ok"]
    good = [row.integer for row in sink.rows if row.status == GOOD]
    return good == [number for number in answered for _ in range(10)]


@pytest.mark.wire
@pytest.mark.slow
@pytest.mark.parametrize(("protocol", "mode"), [(TCP, "late"), (LINE, "line-late")])
def test_a_late_answer_is_never_taken_for_the_next_one(protocol: str, mode: str, tmp_path: Path) -> None:
    """Same unit, same function, same count: nothing tells the late answer from the right one but time."""
    _, sink, asked = gathered(mode, tmp_path, 8, protocol=protocol, **LATE)
    results = [record.result for record in sink.requests]
    assert results.count("timeout") >= 2 and results.count("ok") >= 2 and len(asked) == len(results)
    assert values_of_their_own_question(sink)


@pytest.mark.wire
@pytest.mark.slow
def test_without_the_silence_the_late_answer_would_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The peer is as nasty as the test above believes: it is the silence that saves us."""

    async def at_once(self: Link) -> None:
        self.close()

    monkeypatch.setattr(Link, "settle", at_once)
    _, sink, _ = gathered("late", tmp_path, 8, protocol=TCP, **LATE)
    assert not values_of_their_own_question(sink)


@pytest.mark.wire
@pytest.mark.parametrize("mode", ["noise", "stranger", "other", "short", "garbage", "line-noise", "line-stranger"])
def test_an_answer_that_is_not_the_one_asked_for_gives_no_value(mode: str, tmp_path: Path) -> None:
    protocol = LINE if mode.startswith("line-") else TCP
    _, sink, _ = gathered(mode, tmp_path, 1.5, {"identify": False}, protocol=protocol, server="modbus_rtu")
    assert sink.rows and all(row.status & BAD and row.integer is None for row in sink.rows)
    assert not [r for r in sink.requests if r.result == "ok"]


@pytest.mark.wire
def test_a_line_on_which_somebody_speaks_is_left_alone_before_the_first_frame(tmp_path: Path) -> None:
    seen, sink, asked = gathered("line-babble", tmp_path, 3, protocol=LINE, server="modbus_rtu")
    assert not seen.reached and seen.problem is not None and seen.problem.id == "modbus.other_master"
    assert asked == [] and sink.requests == [] and sink.rows == []


@pytest.mark.wire
def test_a_silent_station_is_left_alone_and_the_line_is_closed(tmp_path: Path) -> None:
    seen, _, asked = gathered("line-silent", tmp_path, 3, protocol=LINE, server="modbus_rtu")
    assert not seen.reached and len(asked) == 2
    assert seen.problem is not None and seen.problem.id in ("modbus.silent", "contact.breaker_open")
    assert len(seen.gaps) == 1 and seen.gaps[0].where == "unit 1"


@pytest.mark.slow
def test_a_port_that_is_not_there_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    scope, sink = scope_for("/dev/ttyNOWHERE7", protocol=LINE), Kept()
    seen = asyncio.run(modbus.gather(scope.endpoints[0], scope, sink, seconds=1, stop=asyncio.Event()))
    assert not seen.reached and seen.problem is not None and seen.problem.id == "modbus.no_port"


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        (Serial(baudrate=9600), 3.5 * 11 / 9600),
        (Serial(baudrate=19200, parity="none"), 3.5 * 10 / 19200),
        (Serial(baudrate=38400), 0.00175),
    ],
)
def test_frames_are_three_and_a_half_characters_apart_and_the_pause_comes_on_top(
    line: Serial, seconds: float
) -> None:
    assert silence(line) == pytest.approx(seconds)
    scope = scope_for("/dev/ttyUSB0", protocol=LINE)
    endpoint = scope.endpoints[0].model_copy(update={"serial": line})
    assert limits_of(endpoint, scope).request_gap == pytest.approx(scope.limits.request_gap + seconds)


def test_the_preview_of_a_line_says_that_we_are_its_only_master_and_stays_within_its_rate() -> None:
    scope = scope_for("/dev/ttyUSB0", protocol=LINE)
    slow = scope.endpoints[0].model_copy(update={"serial": Serial(baudrate=1200, sole_master=True)})
    stated = modbus.preview(slow, scope, 60)
    assert [warning.id for warning in stated.warnings] == ["modbus.sole_master"]
    assert stated.bytes_per_second <= 1200 / 11
    over_tcp = scope_for("10.0.0.1:502", protocol=TCP)
    assert modbus.preview(over_tcp.endpoints[0], over_tcp, 60).warnings == ()


def endpoint_fault(scope: Scope, is_line: bool = True) -> str | None:
    found = fault(scope.endpoints[0], is_line, stations=True)
    return found.name if found else None


@pytest.mark.parametrize("address", ["/dev/ttyUSB0", "/dev/serial/by-id/usb-FTDI_A1-if00", "/dev/pts/3", "COM3"])
def test_ports_as_they_are_written(address: str) -> None:
    assert endpoint_fault(scope_for(address, protocol=LINE)) is None


@pytest.mark.parametrize(
    "address", ["socket://10.0.0.1:4001", "10.0.0.1:502", "/dev/../etc/passwd", "rfc2217://h:1", "COM0", "ttyUSB0"]
)
def test_what_is_no_port_is_refused(address: str) -> None:
    """A library would take some of these for the address of a host."""
    assert endpoint_fault(scope_for(address, protocol=LINE)) == "address"
