"""The simulator: pure signals, true servers, refused writes, and nothing left behind."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from asyncua import Client, ua
from hypothesis import given, settings
from hypothesis import strategies as st
from pymodbus.client import AsyncModbusTcpClient

from assessor.documents import load
from assessor.domain import (
    Answers,
    Expect,
    Observation,
    RequestRecord,
    Sample,
    Scope,
    State,
    Verdict,
    severity,
    tag_id,
)
from assessor.errors import ContactError, InputError
from assessor.messages import catalogue, render
from connectors.profiles import load_profile
from connectors.simulator import Running, SimulatedPlant, generate, load_plant, load_truth, start
from connectors.simulator import running as running_module
from connectors.simulator.observed import read_points
from connectors.simulator.plant import Behaviour, ModbusServer, OpcUaServer, Signal, Stretch
from connectors.simulator.registers import registers
from connectors.simulator.signals import STATES, noise, states, values, worked
from connectors.simulator.tags import SECOND, series, shown

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


# Signals

machines = st.builds(
    Behaviour,
    id=st.sampled_from(["a", "b-1", "imm-01"]),
    pattern=st.lists(
        st.builds(Stretch, state=st.sampled_from(STATES), seconds=st.integers(1, 900)), min_size=1, max_size=6
    ).map(tuple),
    cycle=st.floats(1, 300),
    power=st.tuples(st.floats(0, 5), st.floats(0, 20), st.floats(0, 80)),
)
kinds = st.sampled_from(
    ["constant", "text", "state", "counter", "hours", "power", "energy", "drift", "cycle", "setpoint"]
)
begins = st.floats(0, 1e8).map(round)


def signal(kind: str, **more: object) -> Signal:
    texts = {"text": ("O1", "O2", "O3"), "state": (0, 1, 2)}
    return Signal.model_validate({"kind": kind, "level": 10, "swing": 2, "values": texts.get(kind, ())} | more)


@settings(max_examples=60, deadline=None)
@given(machine=machines, kind=kinds, begin=begins, seed=st.integers(0, 2**31))
def test_a_signal_depends_on_seed_path_and_time_alone(
    machine: Behaviour, kind: str, begin: int, seed: int
) -> None:
    """Asked at once or second by second, in any order: the same values."""
    times = begin + np.arange(40, dtype=np.float64)
    together = values(signal(kind), machine, seed, "p", times)
    order = np.random.default_rng(1).permutation(40)
    apart = {int(i): values(signal(kind), machine, seed, "p", times[i : i + 1])[0] for i in order}
    assert list(together) == [apart[i] for i in range(40)]


@settings(max_examples=60, deadline=None)
@given(machine=machines, kind=st.sampled_from(["counter", "energy", "hours"]), begin=begins)
def test_counters_and_energy_never_fall(machine: Behaviour, kind: str, begin: int) -> None:
    times = begin + np.arange(0, 20_000, 7, dtype=np.float64)
    assert np.all(np.diff(values(signal(kind, digits=6), machine, 1, "p", times).astype(float)) >= 0)


@settings(max_examples=60, deadline=None)
@given(machine=machines, begin=begins)
def test_time_worked_agrees_with_the_states_shown(machine: Behaviour, begin: int) -> None:
    """The closed form equals counting fine steps, and the three states fill the time."""
    step, count = 0.25, 8000
    times = begin + np.arange(count) * step
    end = np.array([float(begin), begin + count * step])
    spent = [np.diff(worked(machine, 5, state, end))[0] for state in range(3)]
    counted = [float(np.sum(states(machine, 5, times) == state)) * step for state in range(3)]
    assert sum(spent) == pytest.approx(count * step, abs=1e-3)
    assert spent == pytest.approx(counted, abs=2 * step * len(machine.pattern) * 40)


def test_noise_is_even_and_differs_by_path() -> None:
    steps = np.arange(20_000, dtype=np.int64)
    a, b = noise(1, "a", steps), noise(1, "b", steps)
    assert abs(a.mean()) < 0.02 and a.min() >= -1 and a.max() < 1
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


def test_power_follows_the_state(plant: SimulatedPlant) -> None:
    machine = plant.behaviour("cmp-01")
    times = np.arange(0, 3000, dtype=np.float64)
    power = values(signal("power", level=0, digits=3), machine, plant.seed, "p", times)
    state = states(machine, plant.seed, times)
    assert power[state == 2].min() > power[state == 1].max()


def test_slow_temperatures_move_slowly(plant: SimulatedPlant) -> None:
    drift = signal("drift", level=231, swing=2.5, period=700)
    shown_ = values(drift, plant.behaviour("imm-01"), 1, "p", np.arange(3600, dtype=np.float64))
    assert np.abs(np.diff(shown_)).max() < 0.5 and np.ptp(shown_) > 2


# Quirks of the demo


def find(plant: SimulatedPlant, endpoint: str, path: str) -> tuple[OpcUaServer, object]:
    server = next(s for s in plant.servers if s.endpoint == endpoint)
    assert isinstance(server, OpcUaServer)
    return server, next(t for t in shown(plant, server) if t.path == path)


def test_machines_off_line_stand_still_and_say_good(plant: SimulatedPlant) -> None:
    _, tag = find(plant, "scada", "Line1.IMM07.MeltTemperature")
    found = series(plant, tag, NOON + np.arange(900, dtype=np.int64) * SECOND)  # type: ignore[arg-type]
    assert len(set(found.values.tolist())) == 1 and len(set(found.source.tolist())) == 1
    assert found.source[0] < NOON - 86_400 * SECOND and not found.status.any()


def test_the_ovens_clocks_are_wrong_while_its_values_move(plant: SimulatedPlant) -> None:
    times = NOON + np.arange(60, dtype=np.int64) * SECOND
    late = {}
    for zone in (1, 2, 3):
        _, tag = find(plant, "oven", f"Oven/Zone{zone}Temperature")
        found = series(plant, tag, times)  # type: ignore[arg-type]
        late[zone] = set(((found.source - times) // SECOND).tolist())
        assert len(set(found.values.tolist())) > 5
    assert late[1] == {-3600} and late[2] == {900} and len(late[3]) == 60


def test_the_tester_is_bad_a_fifth_of_the_time(plant: SimulatedPlant) -> None:
    _, tag = find(plant, "tester", "Tester/LeakRate")
    status = series(plant, tag, NOON + np.arange(100, dtype=np.int64) * SECOND).status  # type: ignore[arg-type]
    assert [sum(severity(int(s)) == w for s in status) for w in (0x80000000, 0x40000000, 0)] == [20, 20, 60]


def test_the_compressor_sends_the_low_word_first(plant: SimulatedPlant) -> None:
    gateway = next(s for s in plant.servers if s.endpoint == "gateway")
    unit = next(u for u in gateway.units if u.unit == 6)  # type: ignore[union-attr]
    words = registers(plant, unit, NOON)
    pressure = np.array([words[1], words[0]], dtype=">u2").view(">f4")[0]
    assert 6.5 < pressure < 8.5


# Generating


class Kept:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[Sample] = []
        self.observations: dict[str, Observation] = {}
        self.flushed = 0

    def samples(self, rows: Sequence[Sample]) -> None:
        self.rows += rows

    def request(self, record: RequestRecord) -> None:  # noqa: ARG002
        raise AssertionError("nothing is sent")

    def observe(self, observation: Observation) -> None:
        self.observations[observation.endpoint] = observation

    def flush(self) -> None:
        self.flushed += 1


def test_ten_minutes_are_made_in_seconds_and_always_the_same(plant: SimulatedPlant) -> None:
    begun = time.monotonic()
    first = Kept()
    generate(plant, first, NOON, 600)
    assert time.monotonic() - begun < 20 and first.flushed
    assert set(first.observations) == {e.id for e in plant.scope.endpoints}
    tags = {t.id: t for o in first.observations.values() for t in o.tags}
    assert {r.tag for r in first.rows} == set(tags)
    assert len(tags) == sum(len(o.tags) for o in first.observations.values())
    again = Kept()
    generate(plant, again, NOON, 30)
    early = [r for r in first.rows if r.mono < 30 * SECOND]
    assert sorted(again.rows, key=str) == sorted(early, key=str)


def test_a_drop_leaves_a_gap_that_is_said(plant: SimulatedPlant) -> None:
    kept = Kept()
    generate(plant, kept, NOON, 60)
    tester = kept.observations["tester"]
    assert [g.ends - g.begins for g in tester.gaps] == [2 * SECOND] * 4
    tag = tester.tags[0].id
    times = {r.receive for r in kept.rows if r.tag == tag}
    assert len(times) == 60 - 8
    assert not any(g.begins <= t < g.ends for g in tester.gaps for t in times)


def test_bad_rows_carry_no_value_and_modbus_rows_no_source_time(plant: SimulatedPlant) -> None:
    kept = Kept()
    generate(plant, kept, NOON, 20)
    for row in kept.rows:
        given_ = [v for v in (row.number, row.integer, row.flag, row.text) if v is not None]
        assert len(given_) == (0 if severity(row.status) == 0x80000000 else 1)
    modbus = {t.id for e in ("gateway", "press") for t in kept.observations[e].tags}
    assert all((row.source is None) == (row.tag in modbus) for row in kept.rows)


def test_silent_devices_are_observed_as_such(plant: SimulatedPlant) -> None:
    kept = Kept()
    generate(plant, kept, NOON, 1)
    for endpoint, asset in (("grinder", "grd-01"), ("welder", "wld-01")):
        seen = kept.observations[endpoint]
        assert not seen.reached and seen.problem and not seen.tags
        assert [(d.asset, d.answered) for d in seen.devices] == [(asset, False)]
        assert seen.problem.id in catalogue()


# On the wire


async def read_all(client: Client, nodes: list[ua.NodeId]) -> list[ua.DataValue]:
    params = ua.ReadParameters(TimestampsToReturn=ua.TimestampsToReturn.Both)
    params.NodesToRead = [ua.ReadValueId(NodeId=n, AttributeId=ua.AttributeIds.Value) for n in nodes]
    return list(await client.uaclient.read(params))


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
            answers = await read_all(client, [ua.NodeId(t.path, index) for t in tags])
            for tag, answer in zip(tags, answers, strict=True):
                assert answer.SourceTimestamp and answer.StatusCode
                at = round(answer.SourceTimestamp.timestamp()) * SECOND
                value = series(plant, tag, np.array([at], dtype=np.int64)).values[0]
                shown_value = answer.Value.Value if answer.Value else None
                if isinstance(shown_value, ua.LocalizedText):
                    shown_value = shown_value.Text
                assert shown_value == value and answer.StatusCode.is_good()
                assert abs(at - time.time_ns()) < 5 * SECOND
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


# Bad files


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("shape: oven\n", "shape: ovn\n", "simulator.unknown"),
        ("unit: 2, map: sdm630", "unit: 1, map: sdm630", "simulator.duplicate"),
        ("map: compressor", "map: nothing", "simulator.unknown"),
        ("  - id: asm-02\n", "  - id: asm-01\n", "simulator.duplicate"),
        ("endpoint: tester\n", "endpoint: testr\n", "simulator.unknown"),
        ("    simulated: true\n", "", "simulator.not_simulated"),
        ("drops: 15", "dropz: 15", "input.unknown_key"),
        ("delay: 0.05", "delay: soon", "input.wrong_value"),
        ("values: [2, 4, 6]", "values: [2, 4]", "simulator.values"),
        ("  - {endpoint: grinder, kind: silent}\n", "", "simulator.not_served"),
        ("epoch: 2025-01-01T00:00:00+08:00", "epoch: yesterday", "input.wrong_value"),
    ],
)
def test_a_bad_plant_file_names_the_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = DEMO.read_text("utf-8")
    assert text.count(old) >= 1
    file = tmp_path / "plant.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        load_plant(file)
    assert caught.value.message.id == message
    name, _, line = (caught.value.place or "").partition(":")
    assert name == str(file) and line.split()[0].isdigit() and int(line.split()[0]) > 1
    assert render(caught.value.message, "zh") and render(caught.value.message, "en")


# The truth


def test_the_truth_fits_the_plant_and_the_answers(plant: SimulatedPlant) -> None:
    truth = load_truth(DEMO.with_name("truth.yaml"))
    answers = load(Answers, DEMO.with_name("answers.yaml"))
    assert truth.plant == answers.plant == plant.scope.plant.id
    subjects = {a.id for a in plant.scope.assets} | {k.id for k in plant.scope.key_processes}
    assert {s.subject for s in truth.never_claimed} <= subjects
    assert {w.asset for w in answers.witnessed} <= subjects
    assert {w.id: w.seconds for w in truth.windows} == {"demo": 25, "ten-minutes": 600}
    assert {f.verdict for f in truth.window("demo").verdicts} == set(Verdict)
    for window in truth.windows:
        for expected in window.indicators:
            if expected.low is not None and expected.high is not None:
                assert 0 <= expected.low <= expected.high <= 1
            assert (expected.state is State.MEASURED) == (expected.low is not None or expected.value is not None)


def test_the_truths_denominators_can_be_counted_in_the_register(plant: SimulatedPlant) -> None:
    used = [a for a in plant.scope.assets if a.production and a.in_use]
    assert len(used) == 33 and len(plant.scope.assets) == 40
    expect = {e: sum(e in a.expects for a in used) for e in Expect}
    assert (expect[Expect.STATE], expect[Expect.COUNTER], expect[Expect.PROCESS]) == (26, 21, 25)
    networked = load_truth(DEMO.with_name("truth.yaml")).window("demo").expected("networked")
    assert networked and networked.high == Fraction(24, len(used))


def test_what_is_generated_is_what_the_profiles_read(plant: SimulatedPlant) -> None:
    """Point by point: the same addresses, types, scales, units and meanings as the register maps in profiles."""
    for server in plant.servers:
        if not isinstance(server, ModbusServer):
            continue
        agreed = {u.unit: u for u in plant.endpoint(server).units}
        for unit in server.units:
            name = agreed[unit.unit].profile
            if name is None:
                continue
            theirs = {
                (p.id, p.table, p.at, p.type, float(p.scale), p.unit, p.quantity)
                for p in load_profile(name).points
            }
            table = plant.map(unit.map).table
            ours = {(p.id, table, p.at, p.type, p.scale, p.unit, p.quantity) for p in read_points(plant, unit)}
            assert ours == theirs, name
