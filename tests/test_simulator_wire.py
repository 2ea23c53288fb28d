"""The simulated plant on the wire: true servers, refused writes, and nothing left behind."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from asyncua import Client, ua
from pymodbus.client import AsyncModbusTcpClient

from assessor.documents import load
from assessor.domain import (
    Endpoint,
    Observation,
    Scope,
    tag_id,
)
from assessor.errors import ContactError
from connectors import opcua
from connectors.simulator import Running, SimulatedPlant, generate, load_plant, start
from connectors.simulator import running as running_module
from connectors.simulator.plant import OpcUaServer
from connectors.simulator.tags import SECOND, series, shown
from tests.kept import Kept

DEMO = Path(__file__).parent.parent / "connectors/simulator/plants/demo/plant.yaml"
NOON = 1_795_492_800 * SECOND
"""2026-11-24 12:00 in Shanghai: a full second."""


@pytest.fixture(scope="module")
def plant() -> SimulatedPlant:
    return load_plant(DEMO)


@pytest.fixture(scope="module")
def served(plant: SimulatedPlant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with start(plant, tmp_path_factory.mktemp("plant")) as running:
        yield running


async def read_all(client: Client, nodes: list[ua.NodeId]) -> list[ua.DataValue]:
    params = ua.ReadParameters(TimestampsToReturn=ua.TimestampsToReturn.Both)
    params.NodesToRead = [ua.ReadValueId(NodeId=n, AttributeId=ua.AttributeIds.Value) for n in nodes]
    return list(await client.uaclient.read(params))


def source_times(answers: list[ua.DataValue]) -> list[int]:
    return [round(answer.SourceTimestamp.timestamp()) * SECOND for answer in answers if answer.SourceTimestamp]


@pytest.mark.wire
def test_the_scope_that_is_written_can_be_read(plant: SimulatedPlant, served: Running) -> None:
    scope = load(Scope, served.scope_file)
    assert {e.id: e.address for e in scope.endpoints} == served.addresses
    assert scope.assets == plant.scope.assets and scope.plant.simulated
    assert all("127.0.0.1:" in address for address in served.addresses.values())


@pytest.mark.wire
def test_a_plain_client_reads_what_is_generated(plant: SimulatedPlant, served: Running) -> None:
    """Value, source time, status, type, unit and range of all nodes of a cell, at the second read."""
    server = next(s for s in plant.servers if s.endpoint == "cell")
    assert isinstance(server, OpcUaServer)
    tags = shown(plant, server)
    kept = Kept()
    generate(plant, kept, NOON, 1)
    described = {t.id: t for t in kept.observations["cell"].tags}

    async def check() -> None:
        async with Client(served.addresses["cell"]) as client:
            index = await client.get_namespace_index(server.namespace)
            nodes = [ua.NodeId(t.path, index) for t in tags]
            answers = await read_all(client, nodes)
            async with asyncio.timeout(180):  # on a busy machine the plant may fall behind, but not for long
                while min(source_times(answers)) <= time.time_ns() - 5 * SECOND:
                    await asyncio.sleep(0.1)  # it is not kept from catching up
                    answers = await read_all(client, nodes)
            after = time.time_ns()  # what follows asks for each node apart, and may take long
            for tag, answer in zip(tags, answers, strict=True):
                assert answer.SourceTimestamp and answer.StatusCode
                at = round(answer.SourceTimestamp.timestamp()) * SECOND
                value = series(plant, tag, np.array([at], dtype=np.int64)).values[0]
                shown_value = answer.Value.Value if answer.Value else None
                if isinstance(shown_value, ua.LocalizedText):
                    shown_value = shown_value.Text
                assert shown_value == value and answer.StatusCode.is_good()
                assert at <= after + SECOND
                meta = described[tag_id("cell", tag.address)]
                node = client.get_node(ua.NodeId(tag.path, index))
                assert (await node.read_data_type_as_variant_type()).name == meta.data_type
                described_as = (await node.read_description()).Text or None
                assert described_as == meta.description
                properties = {
                    (await p.read_browse_name()).Name: await p.read_value() for p in await node.get_properties()
                }
                unit, span = properties.get("EngineeringUnits"), properties.get("EURange")
                assert (unit.DisplayName.Text if unit else None) == meta.unit
                assert ((span.Low, span.High) if span else (None, None)) == (meta.low, meta.high)

    asyncio.run(check())


@pytest.mark.wire
@pytest.mark.slow
def test_the_connector_counts_an_address_space_as_the_generator_does(
    plant: SimulatedPlant, served: Running
) -> None:
    scope = load(Scope, served.scope_file)
    kept = Kept()
    generate(plant, kept, NOON, 1)
    compared = 0
    for endpoint in scope.endpoints:
        expected = kept.observations[endpoint.id]
        if endpoint.protocol != "opcua" or not expected.reached:
            continue

        async def look(endpoint: Endpoint = endpoint) -> Observation:
            return await opcua.gather(endpoint, scope, Kept(), seconds=0.1, stop=asyncio.Event())

        seen = asyncio.run(look())
        assert seen.space == expected.space and seen.space is not None, endpoint.id
        assert seen.companions == expected.companions
        for found, generated in zip(seen.devices, expected.devices, strict=True):
            assert (found.where, found.space, found.companions) == (
                generated.where, generated.space, generated.companions,
            )  # fmt: skip
        compared += len(seen.devices)
    assert compared >= 5


@pytest.mark.wire
def test_stale_values_say_good_on_the_wire(served: Running) -> None:
    async def check() -> None:
        async with Client(served.addresses["scada"]) as client:
            index = await client.get_namespace_index("urn:simulated:channel-server")
            paths = [f"Line1.IMM07.{name}" for name in ("State", "MeltTemperature", "ShotCount")]
            for answer in await read_all(client, [ua.NodeId(p, index) for p in paths]):
                assert answer.StatusCode is not None and answer.StatusCode.is_good()
                assert answer.SourceTimestamp is not None and answer.SourceTimestamp.year == 2025

    asyncio.run(check())


@pytest.mark.wire
def test_a_large_folder_comes_in_pages(plant: SimulatedPlant, served: Running) -> None:
    server = next(s for s in plant.servers if s.endpoint == "scada")
    assert isinstance(server, OpcUaServer)

    async def names() -> set[str]:
        async with Client(served.addresses["scada"]) as client:
            params = ua.BrowseParameters()
            params.NodesToBrowse = [
                ua.BrowseDescription(
                    NodeId=ua.NodeId(ua.ObjectIds.ObjectsFolder),
                    ReferenceTypeId=ua.NodeId(ua.ObjectIds.HierarchicalReferences),
                    IncludeSubtypes=True,
                    ResultMask=63,
                )
            ]
            page = (await client.uaclient.browse(params))[0]
            found = [r.BrowseName.Name for r in page.References]
            while page.ContinuationPoint:
                assert len(page.References) == server.max_references
                more = ua.BrowseNextParameters(
                    ReleaseContinuationPoints=False, ContinuationPoints=[page.ContinuationPoint]
                )
                page = (await client.uaclient.browse_next(more))[0]
                found += [r.BrowseName.Name for r in page.References]
            with pytest.raises(ua.UaStatusCodeError):
                await read_all(client, [ua.NodeId(2258)] * (server.max_nodes + 1))
            return {name for name in found if name}

    assert {t.path for t in shown(plant, server)} <= asyncio.run(names())


@pytest.mark.wire
def test_writes_and_calls_are_refused_and_recorded(served: Running) -> None:
    async def attempt() -> None:
        async with Client(served.addresses["scada"]) as client:
            index = await client.get_namespace_index("urn:simulated:channel-server")
            node = client.get_node(ua.NodeId("Line1.IMM01.SetMeltTemperature", index))
            before = await node.read_value()
            level = await node.read_attribute(ua.AttributeIds.UserAccessLevel)
            assert level.Value is not None and level.Value.Value & 2  # it claims to be writable
            with pytest.raises(ua.UaStatusCodeError):
                await node.write_value(before + 50)
            with pytest.raises(ua.UaStatusCodeError):
                await client.nodes.server.call_method(ua.NodeId(11492), ua.UInt32(1))
            assert await node.read_value() == before
        modbus = AsyncModbusTcpClient("127.0.0.1", port=port(served, "gateway"), reconnect_delay=0, retries=0)
        assert await modbus.connect()
        answer = await modbus.write_register(0, 7, device_id=6)
        assert answer.isError() and answer.exception_code == 1  # illegal function
        coil = await modbus.write_coil(0, True, device_id=6)
        assert coil.isError()
        modbus.close()

    asyncio.run(attempt())
    refused = {(r.endpoint, r.service) for r in served.requests() if r.result == "refused"}
    assert {("scada", "Write"), ("scada", "Call"), ("gateway", "fc6"), ("gateway", "fc5")} <= refused


def port(served: Running, endpoint: str) -> int:
    return int(served.addresses[endpoint].rstrip("/").rpartition(":")[2])


@pytest.mark.wire
def test_every_request_is_recorded(served: Running) -> None:
    async def ask() -> None:
        async with Client(served.addresses["packer"]) as client:
            await client.nodes.objects.get_children()
            await client.get_namespace_array()

    asyncio.run(ask())
    services = {r.service for r in served.requests() if r.endpoint == "packer"}
    needed = {"OpenSecureChannel", "CreateSession", "ActivateSession", "Read", "Browse", "CloseSession"}
    assert needed <= services


@pytest.mark.wire
def test_the_gateway_serves_six_units(plant: SimulatedPlant, served: Running) -> None:
    async def check() -> None:
        client = AsyncModbusTcpClient("127.0.0.1", port=port(served, "gateway"), reconnect_delay=0, retries=0)
        assert await client.connect()
        for unit in (1, 2, 3):
            voltage = await client.read_input_registers(0, count=6, device_id=unit)
            found = client.convert_from_registers(voltage.registers, client.DATATYPE.FLOAT32)
            assert all(225 < v < 237 for v in found)  # type: ignore[union-attr]
            assert (await client.read_input_registers(0x24, count=2, device_id=unit)).isError()  # a hole
        energy = await client.read_holding_registers(3203, count=4, device_id=4)
        assert client.convert_from_registers(energy.registers, client.DATATYPE.INT64) > 7_000_000  # type: ignore[operator]
        sun = await client.read_holding_registers(40000, count=4, device_id=5)
        assert sun.registers == [0x5375, 0x6E53, 1, 66]
        meter = await client.read_holding_registers(40070, count=2, device_id=5)
        assert meter.registers == [203, 105]
        end = await client.read_holding_registers(40177, count=2, device_id=5)
        assert end.registers == [0xFFFF, 0]
        pressure = await client.read_holding_registers(0, count=2, device_id=6)
        value = client.convert_from_registers(pressure.registers, client.DATATYPE.FLOAT32, word_order="little")
        assert 6.5 < value < 8.5  # type: ignore[operator]
        identity = await client.read_device_information(device_id=6)
        assert identity.information[0] == b"Simulated Air"
        assert (await client.read_device_information(device_id=1)).isError()
        assert (await client.read_holding_registers(0, count=1, device_id=77)).isError()
        client.close()

    asyncio.run(check())


@pytest.mark.wire
def test_the_press_takes_one_connection_and_its_time(served: Running) -> None:
    async def check() -> None:
        def client() -> AsyncModbusTcpClient:
            address = port(served, "press")
            return AsyncModbusTcpClient("127.0.0.1", port=address, reconnect_delay=0, retries=0, timeout=1)

        first, second = client(), client()
        assert await first.connect()
        begun = time.monotonic()
        answer = await first.read_holding_registers(100, count=6, device_id=1)
        assert not answer.isError() and time.monotonic() - begun >= 0.05
        await second.connect()
        with pytest.raises(Exception, match=r"(?i)no response|not connected|connection"):
            await second.read_holding_registers(100, count=1, device_id=1)
        assert not (await first.read_holding_registers(100, count=1, device_id=1)).isError()
        first.close()
        second.close()

    asyncio.run(check())


@pytest.mark.wire
def test_the_tester_drops_its_connections(served: Running) -> None:
    """Within its period of 15 s every connection is cut."""

    async def wait() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port(served, "tester"))
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), timeout=18)
        writer.close()

    asyncio.run(wait())


@pytest.mark.wire
def test_silent_devices_stay_silent(served: Running) -> None:
    with socket.create_connection(("127.0.0.1", port(served, "grinder")), timeout=2) as mute:
        mute.sendall(b"HEL")
        mute.settimeout(0.5)
        with pytest.raises(TimeoutError):
            mute.recv(1)
    if sys.platform == "linux":  # elsewhere a full backlog refuses or takes connections
        with pytest.raises(TimeoutError):
            socket.create_connection(("127.0.0.1", port(served, "welder")), timeout=0.5)


@pytest.mark.wire
def test_no_process_outlives_its_parent(tmp_path: Path) -> None:
    """The parent is killed without a chance to clean up; its servers end by themselves."""
    script = (
        "import sys, time; from pathlib import Path; from connectors.simulator import load_plant, start\n"
        "plant = load_plant(Path(sys.argv[1]))\n"
        "servers = tuple(s for s in plant.servers if s.endpoint == 'press')\n"
        "endpoints = tuple(e for e in plant.scope.endpoints if e.id == 'press')\n"
        "scope = plant.scope.model_copy(update={'endpoints': endpoints})\n"
        "plant = plant.model_copy(update={'servers': servers, 'scope': scope})\n"
        "with start(plant, Path(sys.argv[2])) as r:\n"
        "    print(r.addresses['press'], flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(DEMO), str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=DEMO.parents[4],
        env=os.environ,
    )
    assert parent.stdout is not None
    host, _, number = parent.stdout.readline().decode().strip().rpartition(":")
    socket.create_connection((host, int(number)), timeout=2).close()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(number)), timeout=1).close()
        except OSError:
            return
    pytest.fail("a server outlived its parent")


def test_servers_that_do_not_come_up_are_said_and_ended(
    plant: SimulatedPlant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_module.sys, "executable", "/bin/false")
    with pytest.raises(ContactError, match="not_started"), start(plant, tmp_path):
        pass
