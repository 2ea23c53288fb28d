"""The simulator without a wire: pure signals, generated hours, bad files, and the truth."""

import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.documents import load
from assessor.domain import (
    Answers,
    Expect,
    State,
    Verdict,
    severity,
)
from assessor.errors import InputError
from assessor.messages import catalogue, render
from connectors.profiles import load_profile
from connectors.simulator import SimulatedPlant, generate, load_plant, load_truth
from connectors.simulator.observed import read_points
from connectors.simulator.plant import Behaviour, ModbusServer, OpcUaServer, Signal, Stretch
from connectors.simulator.registers import registers
from connectors.simulator.signals import STATES, noise, states, values, worked
from connectors.simulator.tags import SECOND, series, shown
from tests.kept import Kept

DEMO = Path(__file__).parent.parent / "connectors/simulator/plants/demo/plant.yaml"
NOON = 1_795_492_800 * SECOND
"""2026-11-24 12:00 in Shanghai: a full second."""


@pytest.fixture(scope="module")
def plant() -> SimulatedPlant:
    return load_plant(DEMO)


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


@pytest.mark.slow
def test_ten_minutes_are_made_in_seconds_and_always_the_same(plant: SimulatedPlant) -> None:
    begun = time.monotonic()
    first = Kept()
    generate(plant, first, NOON, 600)
    assert time.monotonic() - begun < 20 and first.flushes
    assert set(first.observations) == {e.id for e in plant.scope.endpoints}
    tags = {t.id: t for o in first.observations.values() for t in o.tags}
    assert {r.tag for r in first.rows} == set(tags)
    assert len(tags) == sum(len(o.tags) for o in first.observations.values())
    again = Kept()
    generate(plant, again, NOON, 30)
    early = [r for r in first.rows if r.mono < 30 * SECOND]
    assert sorted(again.rows, key=str) == sorted(early, key=str)


def test_asked_less_often_the_same_rows_come_and_say_so(plant: SimulatedPlant) -> None:
    each, fifth = Kept(), Kept()
    generate(plant, each, NOON, 60)
    generate(plant, fifth, NOON, 60, every=5)
    assert set(fifth.rows) == {row for row in each.rows if row.mono // SECOND % 5 == 0} and fifth.rows
    assert {t.interval_ms for o in fifth.observations.values() for t in o.tags} == {5000.0}
    gaps = fifth.observations["tester"].gaps
    assert [g.ends - g.begins for g in gaps] == [5 * SECOND] * 4


def test_a_server_that_looks_every_so_often_shows_old_values_in_between(plant: SimulatedPlant) -> None:
    server, _ = find(plant, "oven", "Oven/BeltSpeed")
    slow = server.model_copy(update={"renews": 15})
    tag = next(t for t in shown(plant, slow) if t.path == "Oven/BeltSpeed")
    found = series(plant, tag, NOON + np.arange(60, dtype=np.int64) * SECOND)
    assert len(set(found.source.tolist())) == 4
    assert all(len(set(found.values[i : i + 15].tolist())) == 1 for i in range(0, 60, 15))


def test_a_counter_begins_again_when_an_order_does(plant: SimulatedPlant) -> None:
    machine = plant.behaviour("pck-01")
    counted = values(signal("counter", restarts=5), machine, 1, "p", np.arange(600, dtype=np.float64))
    assert set(counted.tolist()) == {10, 11, 12, 13, 14} and np.sum(np.diff(counted) == -4) > 3


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
