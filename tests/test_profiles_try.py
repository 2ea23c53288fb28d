"""Trying a map: what is proposed and when nothing is, by law and against real servers in their own processes."""

import asyncio
import json
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.documents import parse
from assessor.domain import Observation, Order, Point, Profile, Sample, Scope
from connectors import modbus
from connectors.profiles import load_profile
from connectors.profiles.trying import ORDERS, Proposal, plausible, propose_order, side_by_side
from tests.kept import Kept
from tests.servers.processes import assessor, serving
from tests.test_decode import sent

ROOT = Path(__file__).parent.parent
METER = load_profile("eastron-sdm630")
TYPICAL = {
    "voltage": 230.4, "current": 12.5, "power": 2843.0, "frequency": 50.02, "energy_import": 48211.75,
    "energy_export": 3.5,
}  # fmt: skip


def held(
    points: Iterable[Point], values: dict[str, float], order: Order, shift: int = 0
) -> dict[tuple[int, int], int]:
    """Registers of a device that holds these values, the map's addresses moved by so many."""
    formats = {
        "u16": ">H",
        "s16": ">h",
        "u32": ">I",
        "s32": ">i",
        "s64": ">q",
        "u64": ">Q",
        "f32": ">f",
        "f64": ">d",
    }
    found = {}
    for p in points:
        value = next((v for name, v in values.items() if p.id.startswith(name)), 0.0)
        raw: Any = value if p.type[0] == "f" else round(value / float(p.scale))
        for i, word in enumerate(sent(struct.pack(formats[p.type], raw), order)):
            found[p.fc, p.at + shift + i] = word
    return found


def tried(profile: Profile, registers: dict[tuple[int, int], int], **more: Any) -> Proposal:
    return propose_order(profile.points, registers, profile.order, **more)


@pytest.mark.parametrize("order", ORDERS)
def test_the_order_of_a_meter_that_runs_is_found(order: Order) -> None:
    found = tried(METER, held(METER.points, TYPICAL, order))
    assert (found.order, found.shift) == (order, 0)
    said = {"ABCD": "fits", "CDAB": "or_moved"}.get(order, "other")
    assert found.why.id == f"profiles.try.{said}", "swapped words of like floats look as if addresses were moved"


@given(
    name=st.sampled_from(
        ["eastron-sdm630", "schneider-iem3000", "janitza-umg96rm", "siemens-pac3200", "inepro-pro380"]
    ),
    order=st.sampled_from(ORDERS),
    volts=st.floats(207, 253),
    amperes=st.floats(0.5, 400),
    hertz=st.floats(49.8, 50.2),
    energy=st.floats(100, 9e6),
)
def test_a_proposal_is_never_wrong_for_a_meter_under_load(
    name: str, order: Order, volts: float, amperes: float, hertz: float, energy: float
) -> None:
    profile = load_profile(name)
    values = {
        "voltage": volts,
        "current": amperes,
        "power": amperes * volts / 1000,
        "frequency": hertz,
        "energy": energy,
    }
    found = tried(profile, held(profile.points, values, order))
    assert (found.order, found.shift) == (order, 0)


@given(
    name=st.sampled_from(["abb-b23", "carlo-gavazzi-em340", "socomec-countis-e5x", "huawei-dtsu666-h"]),
    order=st.sampled_from(ORDERS),
    volts=st.floats(207, 253),
    amperes=st.floats(0.5, 400),
    energy=st.floats(100, 9e5),
)
def test_of_whole_numbers_the_right_order_is_never_excluded(
    name: str, order: Order, volts: float, amperes: float, energy: float
) -> None:
    profile = load_profile(name)
    watts = amperes * volts
    values = {"power_factor": 0.9, "reactive_power": watts / 20, "apparent_power": watts, "power": watts}
    values |= {"voltage": volts, "current": amperes, "frequency": 50.0, "energy": energy, "meter_status": 1}
    found = tried(profile, held(profile.points, values, order))
    assert found.order in (order, None) and order in {c.order for c in found.fits}


@given(
    words=st.dictionaries(st.tuples(st.just(4), st.integers(0, 80)), st.integers(0, 0xFFFF), max_size=80),
    later=st.booleans(),
)
def test_nothing_a_device_sends_breaks_the_proposal_or_forces_one(words: Any, later: bool) -> None:
    found = tried(METER, words, later=words if later else None)
    if found.order is None:
        assert found.why.id.rpartition(".")[2] in ("several", "none", "no_say") and found.shift == 0
    else:
        assert [c.order for c in found.fits] == [found.order]
    for side, point in zip(side_by_side(METER, words), METER.points, strict=True):
        assert bool(side.registers) == {(4, point.at), (4, point.at + 1)}.issubset(words)


def test_zeros_and_silence_say_nothing() -> None:
    for registers in ({}, {(p.fc, p.at + i): 0 for p in METER.points for i in range(2)}):
        found = tried(METER, registers)
        assert (found.order, found.why.id, found.fits) == (None, "profiles.try.no_say", ())


def test_what_two_orders_can_explain_is_undecided() -> None:
    points = [Point(id="n", fc=3, at=0, type="u32", unit="kWh")]
    found = propose_order(points, {(3, 0): 0, (3, 1): 2304})
    assert (found.order, found.why.id) == (None, "profiles.try.several")
    assert {c.order for c in found.fits} == {"ABCD", "CDAB", "BADC", "DCBA"}


def test_what_no_order_can_explain_is_undecided() -> None:
    points = [Point(id=f"v{i}", fc=3, at=2 * i, type="f32", unit="V") for i in range(3)]
    noise = {(3, i): 0x7A7A for i in range(6)}
    found = propose_order(points, noise)
    assert (found.order, found.fits, found.why.id) == (None, (), "profiles.try.none")


def test_a_counter_that_falls_speaks_against_an_order() -> None:
    points = [Point(id="e", fc=3, at=0, type="u32", unit="Wh", function="counter")]  # type: ignore[arg-type]
    before, after = {(3, 0): 1, (3, 1): 0xFFFF}, {(3, 0): 2, (3, 1): 0}
    assert propose_order(points, before).order is None, "one reading does not tell"
    found = propose_order(points, before, later=after)
    assert "CDAB" not in {c.order for c in found.fits}


def test_a_map_that_is_off_by_one_is_seen_from_what_was_read() -> None:
    """Voltages, then a frequency: moved by one, each value but the last stands among the registers read."""
    points = [
        *(Point(id=f"v{i}", fc=3, at=10 + i, type="u16", unit="V", scale="0.1") for i in range(3)),  # type: ignore[arg-type]
        Point(id="frequency", fc=3, at=13, type="u16", unit="Hz", scale="0.01"),  # type: ignore[arg-type]
        Point(id="t", fc=3, at=14, type="s16", unit="°C", scale="0.1"),  # type: ignore[arg-type]
    ]
    true = {(3, 11): 2304, (3, 12): 2311, (3, 13): 2298, (3, 14): 5001, (3, 15): 263}
    read = {(3, 10 + i): true.get((3, 10 + i), 60000) for i in range(5)}
    found = propose_order(points, read)
    assert (found.shift, found.why.id) == (1, "profiles.try.shifted")
    assert found.order in ("ABCD", "CDAB"), "of one register the order of words says nothing"


def test_points_with_an_order_of_their_own_are_left_out() -> None:
    points = [p.model_copy(update={"order": "DCBA"}) for p in METER.points]
    assert propose_order(points, held(points, TYPICAL, "ABCD")).why.id == "profiles.try.no_say"


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("V", 230.4, True), ("V", 2.7e23, False), ("V", 1e-40, False), ("V", 0, None), ("V", -5.0, False),
        ("Hz", 50.0, True), ("Hz", 500.0, False), ("kWh", 1e12, False), ("°C", 23, True), ("°C", 4000, False),
        (None, 77, None), ("odd", 1e30, False), (None, 1e-40, False), ("V", True, None), ("V", "x", None),
        ("V", None, None),
    ],
)  # fmt: skip
def test_what_a_plant_can_have(unit: str | None, value: Any, said: bool | None) -> None:
    assert plausible(Point(id="frequency", fc=3, at=0, type="f32", unit=unit), value) is said
    assert plausible(Point(id="output_frequency", fc=3, at=0, type="f32", unit="Hz"), 500.0) is True, (
        "a drive's output"
    )


def test_registers_and_values_stand_side_by_side() -> None:
    registers = held(METER.points, TYPICAL, "CDAB")
    side = side_by_side(METER, registers)[0]
    assert (side.registers, side.place, side.printed, side.plausible) == (("6666", "4366"), "input 0", 0, False)
    assert side.orders["CDAB"] == pytest.approx(230.4) and side.value == side.orders["ABCD"]
    gone = side_by_side(METER, {})[0]
    assert (gone.registers, gone.value, gone.plausible) == ((), None, None)


# On the wire

SCOPE = """format: assessor-scope/1
plant: {{id: small, name: {{zh: 小厂, en: Small}}, kind: discrete, simulated: true}}
agreement: {{role: {{zh: 厂长, en: Plant manager}}, date: "2026-01-01", reference: A-1}}
vantage: control
register: {{source: {{zh: 台账, en: Ledger}}, as_of: "2026-01-01"}}
assets: [{{id: meter, name: {{zh: 电表, en: Meter}}, kind: meter, production: false}}]
endpoints:
  - id: gateway
    protocol: modbus-tcp
    address: "{address}"
    role: gateway
    units: [{{unit: 7, asset: meter, profile: own}}, {{unit: 8, asset: meter}}]
limits: {{request_gap: 0.02, connect_spacing: 0.2, pause_after_connect: 0}}
profiles:
  - format: assessor-profile/1
    id: own
    title: {{zh: 自制, en: Own}}
    source: a sheet
    confidence: site
    base: 1
    points:
      - {{id: running, fc: 1, at: 1, type: bool}}
      - {{id: door, fc: 2, at: 4, type: bool}}
      - {{id: voltage, fc: 4, at: 1, type: f32, unit: V}}
      - {{id: frequency, fc: 4, at: 3, type: f32, unit: Hz}}
      - {{id: energy, fc: 4, at: 5, type: f32, unit: kWh, quantity: energy, function: counter}}
      - {{id: missing, fc: 4, at: 7, type: u16, unit: A}}
      - {{id: mode, fc: 3, at: 11, type: u16, bits: [0, 4], states: {{1: auto, 2: hand}}}}
      - {{id: fault, fc: 3, at: 11, type: u16, bits: [7, 1]}}
"""


@pytest.mark.wire
def test_a_unit_is_read_once_and_shown_side_by_side(tmp_path: Path) -> None:
    words = held(
        [Point(id=n, fc=4, at=2 * i, type="f32") for i, n in enumerate(("voltage", "frequency", "energy"))],
        {"voltage": 230.4, "frequency": 50.02, "energy": 48211.75},
        "CDAB",
    )
    tables = {
        "1": {"0": 1}, "2": {"3": 0}, "3": {"10": 0x0082}, "4": {str(at): word for (_, at), word in words.items()},
    }  # fmt: skip
    (tmp_path / "tables.json").write_text(json.dumps(tables), "utf-8")
    log = tmp_path / "log"
    scope = tmp_path / "scope.yaml"
    command = [sys.executable, "-m", "tests.servers.modbus_tables", str(tmp_path / "tables.json"), str(log)]
    with serving(command, cwd=ROOT) as server:
        scope.write_text(SCOPE.format(**server), "utf-8")
        done = assessor("profiles", "try", scope, "gateway", "--json", home=tmp_path)
    found = json.loads(done.stdout)
    points = {p["id"]: p for p in found["points"]}
    assert points["running"]["value"] is True and points["door"]["value"] is False
    assert (points["mode"]["value"], points["mode"]["state"], points["fault"]["value"]) == (2, "hand", True)
    assert points["voltage"]["registers"] == ["6666", "4366"] and points["voltage"]["printed"] == 1
    assert points["voltage"]["orders"]["CDAB"] == pytest.approx(230.4)
    assert points["missing"]["registers"] == [] and found["refused"] == [{"registers": "input 6+1", "code": 2}]
    assert (found["proposal"]["order"], found["proposal"]["shift"]) == ("CDAB", 0)
    asked = log.read_text("utf-8").split("\n")[:-1]
    assert len(asked) == len(set(asked)) == len(found["requests"]), "nothing is asked twice"
    named = {(1, 0), (2, 3), (3, 10), *((4, at) for at in range(7))}
    for line in asked:
        unit, fc, start, count = map(int, line.split())
        assert unit == 7 and {(fc, start + i) for i in range(count)} <= named
    assert "input 0+7" in found["planned"] and "input 0+7" in done.stderr, "what will be asked is said first"


@pytest.mark.wire
def test_a_second_reading_and_a_table_for_people(tmp_path: Path) -> None:
    (tmp_path / "tables.json").write_text(json.dumps({"4": dict.fromkeys(map(str, range(7)), 0)}), "utf-8")
    log, scope = tmp_path / "log", tmp_path / "scope.yaml"
    command = [sys.executable, "-m", "tests.servers.modbus_tables", str(tmp_path / "tables.json"), str(log)]
    with serving(command, cwd=ROOT) as server:
        scope.write_text(SCOPE.format(**server), "utf-8")
        done = assessor("profiles", "try", scope, "gateway", "--unit", "7", "--twice", home=tmp_path)
    assert "Undecided" in done.stdout and "All registers are zero" in done.stdout and "exception 2" in done.stdout
    asked = log.read_text("utf-8").split()
    assert log.read_text("utf-8").count("7 4 0 7") == 2 and len(asked) == 4 * 5, (
        "what was refused is not asked again"
    )


@pytest.mark.wire
def test_nothing_outside_the_scope_is_tried_and_a_dead_device_is_an_error(tmp_path: Path) -> None:
    scope = tmp_path / "scope.yaml"
    scope.write_text(SCOPE.format(address="127.0.0.1:1"), "utf-8")
    for arguments, message in (
        (("press",), "profiles.try.no_endpoint"),
        (("gateway", "--unit", "8"), "profiles.try.no_unit"),
        (("gateway", "--unit", "9"), "profiles.try.no_unit"),
    ):
        done = assessor("profiles", "try", scope, *arguments, "--json", home=tmp_path, expect=2)
        assert json.loads(done.stdout)["id"] == message
    done = assessor("profiles", "try", scope, "gateway", "--json", home=tmp_path, expect=3)
    assert json.loads(done.stdout) | {"error": ""} == {
        "error": "", "place": "gateway unit 7", "id": "modbus.lost",
    }  # fmt: skip
    closed = SCOPE.format(address="127.0.0.1:1").replace(
        "vantage:", 'window: {opens: "2020-01-01T00:00:00Z", closes: "2020-01-02T00:00:00Z"}\nvantage:'
    )
    scope.write_text(closed, "utf-8")
    done = assessor("profiles", "try", scope, "gateway", "--json", home=tmp_path, expect=3)
    assert json.loads(done.stdout)["id"] == "contact.window_closed"


async def _sampled(scope: Scope) -> tuple[list[Sample], Observation]:
    kept = Kept()
    seen = await modbus.gather(scope.endpoints[0], scope, kept, seconds=0.5, stop=asyncio.Event())
    return kept.rows, seen


@pytest.mark.wire
def test_every_kind_of_value_reaches_its_column_when_a_run_samples_it(tmp_path: Path) -> None:
    """Coils, bits of one register, decimal digits and texts, through the connector as a run uses it."""
    more = """      - {{id: digits, fc: 3, at: 12, type: bcd16, unit: h, scale: 0.1, offset: 2}}
      - {{id: model, fc: 3, at: 13, type: text, length: 2}}
"""
    tables = {"1": {"0": 1}, "2": {"3": 0}, "3": {"10": 0x0082, "11": 0x1234, "12": 0x4142, "13": 0x4300}}
    (tmp_path / "tables.json").write_text(json.dumps(tables | {"4": {}}), "utf-8")
    command = [
        sys.executable,
        "-m",
        "tests.servers.modbus_tables",
        str(tmp_path / "tables.json"),
        str(tmp_path / "log"),
    ]
    with serving(command, cwd=ROOT) as server:
        scope = parse(Scope, (SCOPE + more).format(**server), "scope.yaml")[0]
        rows, seen = asyncio.run(_sampled(scope))
    names_ = {tag.id: tag.path.rpartition("/")[2] for tag in seen.tags}
    assert len(names_) == len(scope.profiles[0].points), "bits of one register are data points of their own"
    values = {names_[row.tag]: (row.flag, row.integer, row.number, row.text) for row in rows}
    assert values["running"] == (True, None, None, None) and values["door"] == (False, None, None, None)
    assert values["mode"] == (None, 2, None, None) and values["fault"] == (True, None, None, None)
    assert values["digits"] == (None, None, 125.4, None) and values["model"] == (None, None, None, "ABC")
    assert {names_[row.tag] for row in rows if row.status == 0} == {
        "running",
        "door",
        "mode",
        "fault",
        "digits",
        "model",
    }
