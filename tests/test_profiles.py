"""Register maps as data: each against its document, faults named by line, values as the device would send them."""

import struct
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from assessor.domain import Function, canonical
from assessor.errors import InputError
from assessor.interpret import QUANTITY, UNITS
from connectors.modbus.decode import decode
from connectors.profiles import load_profile, names, read_profile
from connectors.profiles.families import families, load_family, locate
from scripts.reference import profiles_page

METERS = ("abb-b23", "carlo-gavazzi-em340", "eastron-sdm630", "janitza-umg96rm", "schneider-iem3000")
DOCUMENTED = [
    # profile, point, function code, wire address, type, scale, unit: as the documents print them
    ("eastron-sdm630", "voltage_l1", 4, 0x0000, "f32", "1", "V"),
    ("eastron-sdm630", "current_l3", 4, 0x000A, "f32", "1", "A"),
    ("eastron-sdm630", "power_total", 4, 0x0034, "f32", "1", "W"),
    ("eastron-sdm630", "frequency", 4, 0x0046, "f32", "1", "Hz"),
    ("eastron-sdm630", "energy_import", 4, 0x0048, "f32", "1", "kWh"),
    ("eastron-sdm630", "energy_export", 4, 0x004A, "f32", "1", "kWh"),
    ("schneider-iem3000", "current_l1", 3, 3000 - 1, "f32", "1", "A"),
    ("schneider-iem3000", "voltage_l1", 3, 3028 - 1, "f32", "1", "V"),
    ("schneider-iem3000", "power_total", 3, 3060 - 1, "f32", "1", "kW"),
    ("schneider-iem3000", "frequency", 3, 3110 - 1, "f32", "1", "Hz"),
    ("schneider-iem3000", "energy_import", 3, 3204 - 1, "s64", "1", "Wh"),
    ("schneider-iem3000", "energy_export", 3, 3208 - 1, "s64", "1", "Wh"),
    ("carlo-gavazzi-em340", "current_l1", 4, 0x000C, "s32", "0.001", "A"),
    ("carlo-gavazzi-em340", "power_total", 4, 0x0028, "s32", "0.1", "W"),
    ("carlo-gavazzi-em340", "frequency", 4, 0x0033, "s16", "0.1", "Hz"),
    ("carlo-gavazzi-em340", "energy_import", 4, 0x0034, "s32", "0.1", "kWh"),
    ("carlo-gavazzi-em340", "energy_export", 4, 0x004E, "s32", "0.1", "kWh"),
    ("abb-b23", "voltage_l1", 3, 0x5B00, "u32", "0.1", "V"),
    ("abb-b23", "current_l1", 3, 0x5B0C, "u32", "0.01", "A"),
    ("abb-b23", "power_total", 3, 0x5B14, "s32", "0.01", "W"),
    ("abb-b23", "frequency", 3, 0x5B2C, "u16", "0.01", "Hz"),
    ("abb-b23", "energy_import", 3, 0x5000, "u64", "0.01", "kWh"),
    ("abb-b23", "energy_export", 3, 0x5004, "u64", "0.01", "kWh"),
    ("janitza-umg96rm", "voltage_l1", 3, 19000, "f32", "1", "V"),
    ("janitza-umg96rm", "power_total", 3, 19026, "f32", "1", "W"),
    ("janitza-umg96rm", "frequency", 3, 19050, "f32", "1", "Hz"),
    ("janitza-umg96rm", "energy_import", 3, 19068, "f32", "1", "Wh"),
    ("janitza-umg96rm", "energy_export", 3, 19076, "f32", "1", "Wh"),
    ("eastron-sdm120", "voltage", 4, 0x0000, "f32", "1", "V"),
    ("eastron-sdm120", "reactive_export", 4, 0x004E, "f32", "1", "kvarh"),
    ("eastron-sdm120", "energy_total", 4, 0x0156, "f32", "1", "kWh"),
    ("schneider-pm5000", "voltage_ab", 3, 3020 - 1, "f32", "1", "V"),
    ("schneider-pm5000", "frequency", 3, 3110 - 1, "f32", "1", "Hz"),
    ("schneider-pm5000", "energy_sum", 3, 3212 - 1, "s64", "1", "Wh"),
    ("siemens-pac3200", "voltage_l1", 3, 1, "f32", "1", "V"),
    ("siemens-pac3200", "reactive_power_l3", 3, 35, "f32", "1", "var"),
    ("siemens-pac3200", "frequency", 3, 55, "f32", "1", "Hz"),
    ("siemens-pac3200", "energy_export", 3, 809, "f64", "1", "Wh"),
    ("siemens-pac2200", "power_total", 3, 65, "f32", "1", "W"),
    ("socomec-countis-e5x", "voltage_l1", 3, 50520, "u32", "0.01", "V"),
    ("socomec-countis-e5x", "power_l3", 3, 50548, "s32", "10", "W"),
    ("socomec-countis-e5x", "energy_import", 3, 50946, "u32", "10", "Wh"),
    ("socomec-countis-e3x", "energy_import", 3, 50780, "u32", "1", "Wh"),
    ("inepro-pro380", "current_l3", 3, 0x5010, "f32", "1", "A"),
    ("inepro-pro380", "energy_export", 3, 0x6018, "f32", "1", "kWh"),
    ("chint-dtsu666", "voltage_a", 3, 0x2006, "f32", "0.1", "V"),
    ("chint-dtsu666", "frequency", 3, 0x2044, "f32", "0.01", "Hz"),
    ("chint-dtsu666", "energy_export", 3, 0x1028, "f32", "1", "kWh"),
    ("huawei-dtsu666-h", "power_total", 3, 37113, "s32", "1", "W"),
    ("huawei-dtsu666-h", "frequency", 3, 37118, "s16", "0.01", "Hz"),
    ("huawei-dtsu666-h", "voltage_ca", 3, 37130, "s32", "0.1", "V"),
    ("acrel-adw300", "voltage_c", 3, 22, "u16", "0.1", "V"),
    ("acrel-adw300", "power_total", 3, 36, "s32", "1", "W"),
    ("acrel-ddsy1352", "current", 3, 0x000C, "u16", "0.01", "A"),
    ("acrel-ddsy1352", "apparent_power", 3, 0x000F, "u16", "0.001", "kVA"),
    ("huawei-sun2000", "current_c", 3, 32076, "s32", "0.001", "A"),
    ("huawei-sun2000", "internal_temperature", 3, 32087, "s16", "0.1", "°C"),
    ("huawei-sun2000", "yield_today", 3, 32114, "u32", "0.01", "kWh"),
    ("sungrow-sg", "yield_total", 4, 5004 - 1, "u32", "1", "kWh"),
    ("sungrow-sg", "frequency", 4, 5036 - 1, "u16", "0.1", "Hz"),
    ("sma-tripower", "yield_total", 3, 30513, "u64", "1", "Wh"),
    ("sma-tripower", "current_l3", 3, 30981, "s32", "0.001", "A"),
    ("growatt-mid", "run_time", 4, 57, "u32", "1/7200", "h"),
    ("growatt-min", "energy_total", 4, 3051, "u32", "0.1", "kWh"),
    ("abb-acs550", "output_frequency", 3, 103 - 1, "s16", "0.1", "Hz"),
    ("abb-acs550", "last_fault", 3, 400, "u16", "1", None),
    ("danfoss-vlt", "power", 3, 16099, "u32", "0.01", "kW"),
    ("danfoss-vlt", "heatsink_temperature", 3, 16339, "u16", "1", "°C"),
    ("siemens-sinamics-v20", "torque", 3, 26, "s16", "0.01", "Nm"),
    ("siemens-sinamics-g120", "speed", 3, 340, "s16", "1", "rpm"),
    ("siemens-sinamics-g120", "alarm_number", 3, 407, "u16", "1", None),
    ("schneider-atv320", "output_frequency", 3, 3202, "s16", "0.1", "Hz"),
    ("schneider-atv312", "last_fault", 3, 8606, "u16", "1", None),
    ("inovance-md500", "current", 3, 0x7004, "u16", "0.01", "A"),
    ("delta-vfd-ms300", "dc_bus_voltage", 3, 0x2105, "u16", "0.1", "V"),
    ("delta-vfd-e", "dc_bus_voltage", 3, 0x2108, "u16", "0.1", "V"),
    ("invt-goodrive", "current", 3, 0x3004, "u16", "0.1", "A"),
    ("kaeser-sigma-control", "network_pressure", 3, 40041 - 40001, "s16", "1", "mbar"),
    ("datakom-dk40", "working_hours", 3, 40023 - 40001, "u32", "0.1", "h"),
    ("haier-ycj-a002", "running", 1, 0, "bool", "1", None),
    ("lg-pdrycb500", "indoor_temperature", 4, 30003 - 30001, "s16", "0.1", "°C"),
    ("lg-pdrycb500", "fan", 3, 40015 - 40001, "u16", "1", None),
    ("onokom-air-gr-1", "outdoor_temperature", 3, 4, "s16", "0.01", "°C"),
    ("omron-e5cc", "heater_current", 3, 0x2003, "u16", "0.1", "A"),
    ("eurotherm-3200", "working_setpoint", 3, 5, "s16", "1", None),
    ("autonics-tk", "heater_current", 4, 1007, "u16", "0.1", "A"),
    ("endress-promass", "totalizer_1", 3, 2610, "f32", "1", None),
    ("tuf-2000", "temperature_1", 3, 33 - 1, "f32", "1", "°C"),
]


@pytest.mark.parametrize(("name", "point", "fc", "at", "type_", "scale", "unit"), DOCUMENTED)
def test_a_map_says_what_its_document_says(
    name: str, point: str, fc: int, at: int, type_: str, scale: str, unit: str | None
) -> None:
    held = next(p for p in load_profile(name).points if p.id == point)
    assert (held.fc, held.at, held.type, held.scale, held.unit) == (fc, at, type_, Fraction(scale), unit)


def test_word_order_and_limit_of_the_one_family_that_differs() -> None:
    profile = load_profile("carlo-gavazzi-em340")
    assert (profile.order, profile.max_registers) == ("CDAB", 50)
    assert {load_profile(name).order for name in METERS} - {"CDAB"} == {"ABCD"}


@pytest.mark.parametrize("name", names())
def test_no_map_reads_over_gaps_unless_its_maker_allows_it(name: str) -> None:
    assert not load_profile(name).gaps


@pytest.mark.parametrize("name", METERS)
def test_a_meter_meters_energy(name: str) -> None:
    counters = [p for p in load_profile(name).points if p.function == Function.COUNTER]
    assert {p.quantity for p in counters} == {"energy"}
    assert all(p.unit in ("Wh", "kWh") for p in counters)
    assert all(p.unit for p in load_profile(name).points)


@pytest.mark.parametrize("name", [n for n in names() if n.startswith("demo-")])
def test_maps_of_the_simulated_plant_say_so(name: str) -> None:
    profile = load_profile(name)
    assert profile.confidence == "site"
    assert "simulated" in profile.title.en and "仿真" in profile.title.zh and "simulated" in profile.source
    state = next(p for p in profile.points if p.function == Function.STATE)
    assert state.states == {0: "stopped", 1: "idle", 2: "running"}


def test_values_as_the_devices_send_them() -> None:
    """Registers written by hand: 230.4 V of two families, and the mark for 'none'."""
    abb = load_profile("abb-b23")
    voltage = abb.points[0]
    assert decode(voltage, [0, 2304], abb.order) == 230.4
    assert decode(voltage, [0xFFFF, 0xFFFF], abb.order) is None
    power = next(p for p in abb.points if p.id == "power_total")
    assert decode(power, [0xFFFF, 0xFFFF], abb.order) == -0.01, "signed: all ones is -1 and not 'none'"
    assert decode(power, [0x7FFF, 0xFFFF], abb.order) is None
    gavazzi = load_profile("carlo-gavazzi-em340")
    assert decode(gavazzi.points[0], [2304, 0], gavazzi.order) == 230.4
    eastron = load_profile("eastron-sdm630")
    assert decode(eastron.points[0], struct.unpack(">HH", struct.pack(">f", 230.5)), eastron.order) == 230.5


GOOD_ONE = """format: assessor-profile/1
id: x
title: {zh: 表, en: meter}
source: a document
confidence: site
points:
  - {id: a, fc: 3, at: 0, type: u32}
  - {id: b, fc: 4, at: 0, type: u16}
"""


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("type: u32", "type: u24", "m.yaml:7: input.wrong_value"),
        ("fc: 3", "fc: 6", "m.yaml:7: input.wrong_value"),
        ("at: 0, type: u16", "at: -1, type: u16", "m.yaml:8: input.wrong_value"),
        ("at: 0, type: u16", "at: 65536, type: u16", "m.yaml:8: input.wrong_value"),
        ("type: u16}", "type: u16, order: ACBD}", "m.yaml:8: input.wrong_value"),
        ("type: u16}", "type: u16, scale: often}", "m.yaml:8: input.wrong_value"),
        ("type: u16}", "type: u16, function: mystery}", "m.yaml:8: input.wrong_value"),
        ("confidence: site", "confidence: sure", "m.yaml:5: input.wrong_value"),
        ("confidence: site", "confidence: site\nmax_registers: 126", "m.yaml:6: input.wrong_value"),
        ("type: u16}", "type: u16, sacle: 2}", "m.yaml:8: input.unknown_key"),
        ("source: a document\n", "", "input.missing_key"),
    ],
)
def test_a_fault_is_named_with_its_line(wrong: str, right: str, message: str) -> None:
    assert read_profile(GOOD_ONE, "m.yaml").points[1].fc == 4, "the same address in two tables is no overlap"
    with pytest.raises(InputError, match=message):
        read_profile(GOOD_ONE.replace(wrong, right), "m.yaml")


def test_a_map_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InputError) as caught:
        load_profile("eastron")
    assert "eastron-sdm630" in str(caught.value.message.params["known"])


# Contracts that every shipped map keeps

REAL = [name for name in names() if not name.startswith("demo-")]
QUANTITIES = {*UNITS, "count", "state"}
UNITS_OF_NO_QUANTITY = {"%", "1/h", "GJ/h"}
TOTALS = {("m³", "flow")}
"""A volume that is added up says how much has flowed; as a unit alone it would be a level."""


def test_some_row_of_every_real_map_is_held_against_its_document() -> None:
    assert {row[0] for row in DOCUMENTED} == set(REAL)


def test_there_are_many_real_devices_of_many_kinds() -> None:
    titles = " ".join(load_profile(name).title.zh for name in REAL)
    assert len(REAL) >= 15
    for kind in ("电能表", "逆变器", "变频器", "空压机", "空调", "温控器", "流量计"):
        assert kind in titles


@pytest.mark.parametrize("name", REAL)
def test_a_shipped_map_names_its_source_and_how_far_it_is_to_be_believed(name: str) -> None:
    profile = load_profile(name)
    assert profile.id == name and profile.points and len(profile.source) > 10
    assert profile.confidence in ("verified-from-documents", "check-on-site"), "a weaker fact is not shipped"
    assert profile.title.zh != profile.title.en or profile.title.zh.isascii()
    assert profile.note or profile.confidence == "verified-from-documents", (
        "what is to be checked on site, is said"
    )


@pytest.mark.parametrize("name", REAL)
def test_units_lead_to_the_quantity_that_a_map_states(name: str) -> None:
    for point in load_profile(name).points:
        assert point.quantity is None or point.quantity in QUANTITIES, point.id
        if point.unit and point.unit not in UNITS_OF_NO_QUANTITY and (point.unit, point.quantity) not in TOTALS:
            assert QUANTITY[point.unit] == point.quantity, point.id
        if point.quantity == "energy":
            assert point.function == Function.COUNTER and point.type not in ("s16", "f16"), point.id
        if point.states:
            assert point.function == Function.STATE, point.id


def test_no_two_shipped_maps_are_the_same() -> None:
    maps = {name: {p.place: (p.type, p.scale) for p in load_profile(name).points} for name in REAL}
    for one, other in combinations(REAL, 2):
        assert maps[one] != maps[other], (one, other)


@pytest.mark.parametrize("name", REAL)
def test_a_shipped_map_is_written_as_it_is_read(name: str) -> None:
    profile = load_profile(name)
    assert read_profile(canonical(profile).decode(), name) == profile


def test_every_map_and_every_family_is_named_in_the_reference() -> None:
    page = profiles_page()
    assert all(f"`{name}`" in page for name in (*names(), *families()))


def test_the_map_that_the_how_to_shows_is_in_order() -> None:
    page = (Path(__file__).parent.parent / "docs/how-to/register-maps.md").read_text("utf-8")
    shown = read_profile(page.partition("```yaml\n")[2].partition("```")[0], "register-maps.md")
    assert {p.type for p in shown.points} >= {"bool", "f32", "s16", "bcd32", "text"} and shown.base == 1


@pytest.mark.parametrize("name", families())
def test_a_family_of_controllers_is_sound(name: str) -> None:
    family = load_family(name)
    assert family.id == name and family.source and family.areas
    for area in family.areas:
        assert area.last is None or (area.last >= area.first and area.at + area.last - area.first <= 0xFFFF)
        assert not (area.octal and area.fc in (3, 4)), "only inputs and outputs are counted with eight digits"


@pytest.mark.parametrize(
    ("family", "device", "bit", "single", "place"),
    [
        ("delta-dvp", "D100", None, False, (3, 0x1064)),
        ("delta-dvp", "X10", None, True, (2, 0x0408)),
        ("delta-dvp", "M1536", None, True, (1, 0xB000)),
        ("delta-dvp", "M1535", None, True, (1, 0x0800 + 1535)),
        ("delta-dvp", "C201", None, False, (3, 0x0ECA)),
        ("xinje-xd", "Y10", None, True, (1, 0x6008)),
        ("xinje-xd", "HD5", None, False, (3, 0xA085)),
        ("inovance-h3u", "M8000", None, True, (1, 0x1F40)),
        ("inovance-h3u", "C202", None, False, (3, 0xF704)),
        ("siemens-s7", "Q1", 3, True, (1, 11)),
        ("siemens-s7", "DB4", None, False, (3, 2)),
        ("siemens-s7", "DB2", 3, False, (3, 1, 11)),
        ("siemens-s7", "DB3", 3, False, (3, 1, 3)),
        ("siemens-s7", "DB3", None, False, None),
        ("delta-dvp", "X8", None, True, None),
        ("delta-dvp", "M4096", None, True, None),
    ],
)
def test_a_device_of_a_controller_is_found_on_the_wire(
    family: str, device: str, bit: int | None, single: bool, place: tuple[int, ...] | None
) -> None:
    letters = device.rstrip("0123456789")
    found = locate(load_family(family).areas, letters, device.removeprefix(letters), bit, single)
    assert (None if found is None else tuple(v for v in found if v is not None)) == place
