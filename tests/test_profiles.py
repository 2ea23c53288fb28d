"""Register maps as data: each against its document, faults named by line, values as the device would send them."""

import struct
from fractions import Fraction

import pytest

from assessor.domain import Function
from assessor.errors import InputError
from connectors.modbus.decode import decode
from connectors.profiles import load_profile, names, read_profile

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
]


@pytest.mark.parametrize(("name", "point", "fc", "at", "type_", "scale", "unit"), DOCUMENTED)
def test_a_map_says_what_its_document_says(
    name: str, point: str, fc: int, at: int, type_: str, scale: str, unit: str
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
