"""A recording proxy before every server of the demo plant: only reading, and no more than was stated.

And the recorder's own test: a client that writes is seen, on every transport that it knows.
"""

import asyncio
import json
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from hypothesis import given
from hypothesis import strategies as st

from assessor import gathering
from assessor.bundle import create
from assessor.domain import Load
from assessor.run import DEMO
from connectors.preview import preview
from connectors.scope import load_scope
from connectors.simulator import load_plant, start
from tests.servers.frames import ENCRYPTED, Requests, crc
from tests.servers.processes import serving
from tests.servers.rules import offences
from tests.waiting import until

STATED = Load(
    endpoint="x", requests_per_second=5, bytes_per_second=1000, requests=20, connections=1, registers_or_nodes=1
)


def hostport(address: str) -> str:
    return address.removeprefix("opc.tcp://").split("/")[0]


@contextmanager
def recording(file: Path, targets: dict[str, str]) -> Iterator[dict[str, str]]:
    """Proxies before some addresses; the addresses to use instead."""
    command = [sys.executable, "-m", "tests.servers.recorder", str(file)]
    with serving(command, first_line=json.dumps(targets)) as proxies:
        yield proxies


def recorded(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.mark.wire
@pytest.mark.slow
def test_only_reading_services_pass_and_the_load_stays_within_the_preview(tmp_path: Path, home: Path) -> None:
    plant = load_plant(DEMO / "plant.yaml")
    with start(plant, tmp_path / "plant") as running:
        targets = {name: hostport(address) for name, address in running.addresses.items()}
        with recording(tmp_path / "frames.jsonl", targets) as proxies:
            text = running.scope_file.read_text("utf-8")
            for name, target in targets.items():
                text = text.replace(target, proxies[name])
            scope_file = tmp_path / "scope.yaml"
            scope_file.write_text(text, "utf-8")
            scope = load_scope(scope_file)
            with create(tmp_path / "work", scope_file.read_bytes(), scope) as folder:
                asyncio.run(gathering.gather(scope, folder, seconds=8, stop=asyncio.Event()))
        simulated = running.requests()
    frames = recorded(tmp_path / "frames.jsonl")
    assert len(frames) > 100
    assert not offences(frames, preview(scope, 8).loads)
    refused = [r for r in simulated if "write" in r.service.lower() or r.service in {"fc5", "fc6", "fc15", "fc16"}]
    assert not refused, "the simulator saw no write"


def read_frames(count: int, gap: float = 0.2, **more: Any) -> list[dict[str, Any]]:
    line = {"endpoint": "x", "service": "Read", "bytes": 10, "answered": 10, "connection": 1} | more
    return [line | {"time": round(i * gap * 1e9)} for i in range(count)]


@pytest.mark.parametrize(
    ("frames", "fault"),
    [
        (read_frames(1, service="Write"), "Write was sent"),
        (read_frames(1, service="fc6"), "fc6 was sent"),
        (read_frames(1, service="fc17"), "fc17 was sent"),
        (read_frames(1, service="fc43/13"), "fc43/13 was sent"),
        (read_frames(1, service="unknown 9999"), "unknown 9999"),
        (read_frames(1, service="broken fc3"), "broken fc3"),
        (read_frames(1, service=ENCRYPTED), "encrypted was sent"),
        (read_frames(21), "21 requests, 20 stated"),
        (read_frames(20, gap=0.01), "a second stated"),
        (read_frames(20, answered=5000), "bytes a second"),
        (read_frames(3) + read_frames(3, connection=2) + read_frames(1), "2 connections at a time"),
        (read_frames(1, endpoint="other"), "in no preview"),
    ],
)
def test_every_rule_can_be_broken(frames: list[dict[str, Any]], fault: str) -> None:
    assert any(fault in found for found in offences(frames, [STATED])), offences(frames, [STATED])


def test_a_polite_run_breaks_no_rule() -> None:
    assert offences(read_frames(20), [STATED]) == []


def rtu(*body: int) -> bytes:
    return bytes(body) + struct.pack("<H", crc(bytes(body)))


def tcp(*pdu: int) -> bytes:
    return struct.pack(">HHHB", 7, 0, len(pdu) + 1, 1) + bytes(pdu)


READ_TCP, READ_RTU = tcp(3, 0, 0, 0, 5), rtu(1, 3, 0, 0, 0, 5)
TCP_FRAMES = {"fc3": READ_TCP, "fc6": tcp(6, 0, 1, 0, 2), "fc43/14": tcp(43, 14, 1, 0), "fc17": tcp(17)}
RTU_FRAMES = {
    "fc4": rtu(1, 4, 0, 9, 0, 1),
    "fc5": rtu(1, 5, 0, 1, 255, 0),
    "fc16": rtu(1, 16, 0, 1, 0, 2, 4, 0, 1, 0, 2),
    "fc17": rtu(1, 17),
    "fc43/14": rtu(1, 43, 14, 1, 0),
    "fc23": rtu(1, 23, 0, 0, 0, 1, 0, 5, 0, 1, 2, 0, 9),
}


@pytest.mark.parametrize(("first", "frames"), [(READ_TCP, TCP_FRAMES), (READ_RTU, RTU_FRAMES)], ids=["tcp", "rtu"])
@given(data=st.data())
def test_frames_are_named_however_they_are_cut(
    first: bytes, frames: dict[str, bytes], data: st.DataObject
) -> None:
    order = data.draw(st.lists(st.sampled_from(sorted(frames)), max_size=8))
    stream = b"".join(frames[name] for name in order)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    requests = Requests()
    found = requests.take(first)
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += requests.take(stream[begin:end])
    assert found == [("fc3", len(first)), *((name, len(frames[name])) for name in order)]


def opcua(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", 8 + len(body)) + body


def opened(policy: bytes) -> Requests:
    """A channel after Hello and OpenSecureChannel."""
    requests = Requests()
    requests.take(opcua(b"HELF", bytes(24)))
    uri = b"http://opcfoundation.org/UA/SecurityPolicy#" + policy
    requests.take(opcua(b"OPNF", struct.pack("<II", 1, len(uri)) + uri + bytes(8)))
    return requests


def message(number: int, kind: bytes = b"MSGF") -> bytes:
    return opcua(kind, bytes(16) + struct.pack("<BBH", 1, 0, number) + bytes(30))


def test_services_are_seen_through_signing_and_counted_through_encryption() -> None:
    write = ua.ObjectIds.WriteRequest_Encoding_DefaultBinary
    assert opened(b"None").take(message(write)) == [("Write", 58)]
    assert opened(b"None").take(message(9999))[0][0] == "unknown 9999"
    assert opened(b"Basic256Sha256").take(message(write)) == [("Write", 58)], "signed, not encrypted"
    veiled = opcua(b"MSGF", bytes(16) + bytes(range(7, 55)))
    assert opened(b"Basic256Sha256").take(veiled + veiled) == [(ENCRYPTED, 72)] * 2


def test_a_message_in_chunks_is_one_request() -> None:
    read = ua.ObjectIds.ReadRequest_Encoding_DefaultBinary
    chunks = [message(read, b"MSGC"), opcua(b"MSGC", bytes(60)), opcua(b"MSGF", bytes(40)), message(read)]
    assert [name for name, _ in opened(b"None").take(b"".join(chunks))] == ["Read", "Read"]


async def write_by_opcua(address: str) -> None:
    async with Client(address) as client:
        await client.nodes.objects.get_child(["2:Press"])
        with pytest.raises(ua.UaError):
            await client.get_node("ns=2;s=Press.Id.S").write_value("other")


@pytest.mark.wire
def test_a_client_that_writes_is_seen(tmp_path: Path) -> None:
    small = [sys.executable, "-m", "tests.servers.opcua_small", str(tmp_path / "requests")]
    words = [sys.executable, "-m", "tests.servers.modbus_bad", "good", str(tmp_path / "asked")]
    log = tmp_path / "frames.jsonl"
    with serving(small) as space, serving(words) as device:
        targets = {"space": hostport(space["address"]), "tcp": device["address"], "rtu": device["address"]}
        with recording(log, targets) as proxies:
            asyncio.run(write_by_opcua(f"opc.tcp://{proxies['space']}/"))
            for name, frame in (("tcp", TCP_FRAMES["fc6"]), ("rtu", RTU_FRAMES["fc16"])):
                host, port = proxies[name].split(":")
                with socket.create_connection((host, int(port)), 10) as line:
                    line.sendall(frame)
                    until(partial(_recorded_of, log, name), 20, what=f"nothing of {name} was recorded")
    loads = [STATED.model_copy(update={"endpoint": name, "requests": 999}) for name in targets]
    found = offences(recorded(log), loads)
    for endpoint, service in (("space", "Write"), ("tcp", "fc6"), ("rtu", "fc16")):
        assert f"{endpoint}: {service} was sent 1 times" in found, found


def _recorded_of(log: Path, endpoint: str) -> bool:
    return any(frame["endpoint"] == endpoint for frame in recorded(log))
