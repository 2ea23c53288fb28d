"""SunSpec: the chain of models, scale factors and 'not implemented', against images written by hand.

Offsets are those of the specification's model tables, not of the library that the product takes them from.
"""

import asyncio
import json
import math
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import GOOD, Endpoint, Function, Limits, Observation, Role, Unit
from connectors import modbus
from connectors.losses import Losses
from connectors.modbus import units as modbus_units
from connectors.modbus import wire as modbus_wire
from connectors.modbus.decode import decode
from connectors.sunspec import BASES, Model, SelfDescription, describe, factor, most_requests, points_of
from tests.kept import Kept
from tests.servers.processes import serving
from tests.test_bundle import SCOPE

NONE16 = 0x8000


class Refused(Exception):
    pass


def texts(words: list[int], at: int, size: int, text: str) -> None:
    data = text.encode().ljust(2 * size, b"\0")
    words[at : at + size] = [int.from_bytes(data[i : i + 2], "big") for i in range(0, 2 * size, 2)]


def common() -> list[int]:
    """Model 1, 66 registers long."""
    words = [1, 66, *[0] * 66]
    texts(words, 2, 16, "Test Works")
    texts(words, 18, 16, "M-203")
    texts(words, 42, 8, "1.7")
    texts(words, 50, 16, "SN-9")
    return words


def meter() -> list[int]:
    """Model 203: current, voltage, frequency, power and imported energy; all else not implemented."""
    words = [203, 105, *[NONE16] * 36, *[0] * 69]
    words[2:7] = [423, 141, 141, NONE16, 0x10000 - 1]  # A, two phases, none of the third; factor -1
    words[7], words[15] = 2301, 0x10000 - 1
    words[16], words[17] = 4998, 0x10000 - 2
    words[18], words[22] = 0x10000 - 97, 1  # W: -97 with factor 1
    words[46:48] = [1, 2]  # TotWhImp
    words[54] = 2
    return words


def inverter() -> list[int]:
    """Model 103: power, cabinet temperature, operating state, energy."""
    words = [103, 50, *[NONE16] * 50]
    words[14], words[15] = 1500, 0
    words[24:26], words[26] = [0, 7000], 0
    words[33], words[37] = 412, 0x10000 - 1
    words[38], words[39] = 4, 0xFFFF
    return words


def image(base: int, *models: list[int]) -> dict[int, int]:
    words = [0x5375, 0x6E53]
    for model in models:
        words += model
    return {base + i: word for i, word in enumerate([*words, 0xFFFF, 0])}


class Asked(list[tuple[int, int]]):
    """A unit in memory that writes down what it is asked."""

    def __init__(self, held: dict[int, int], default: int | None = None) -> None:
        super().__init__()
        self.held, self.default = held, default

    async def read(self, start: int, count: int) -> list[int]:
        self.append((start, count))
        found = [self.held.get(start + i, self.default) for i in range(count)]
        if None in found:
            raise Refused
        return [word for word in found if word is not None]


def described(held: dict[int, int], most: int = 50) -> tuple[SelfDescription | None, Asked]:
    unit = Asked(held)
    return asyncio.run(describe(unit.read, most, Refused)), unit


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("most", [2, 10, 50, 125])
def test_the_chain_is_walked_from_each_base_within_the_agreed_size(base: int, most: int) -> None:
    seen, asked = described(image(base, common(), meter()), most)
    assert seen is not None and seen.nameplate is not None
    assert [(m.id, m.start, m.length) for m in seen.models] == [(1, base + 2, 66), (203, base + 70, 105)]
    plate = seen.nameplate
    assert (plate.manufacturer, plate.model, plate.software, plate.serial) == (
        "Test Works", "M-203", "1.7", "SN-9",
    )  # fmt: skip
    assert max(count for _, count in asked) <= most
    assert len(asked) <= most_requests(most)


def test_what_a_meter_implements_and_nothing_else() -> None:
    seen, _ = described(image(40000, common(), meter()))
    assert seen is not None
    found = {s.point.id: s for s in seen.points}
    assert set(found) == {"203/A", "203/AphA", "203/AphB", "203/PhV", "203/Hz", "203/W", "203/TotWhImp"}
    base = 40070
    assert (found["203/A"].point.at, found["203/TotWhImp"].point.at) == (base + 2, base + 46)
    factors = {name: s.factor.at - base for name, s in found.items() if s.factor}
    assert factors == {
        "203/A": 6, "203/AphA": 6, "203/AphB": 6, "203/PhV": 15, "203/Hz": 17, "203/W": 22, "203/TotWhImp": 54,
    }  # fmt: skip
    energy = found["203/TotWhImp"].point
    assert (energy.unit, energy.quantity, energy.function) == ("Wh", "energy", Function.COUNTER)
    power = found["203/W"].point
    assert (power.unit, power.quantity, power.function, power.type) == ("W", "electrical", Function.ACTUAL, "s16")


def test_an_inverter_offers_its_state() -> None:
    seen, _ = described(image(0, common(), inverter()))
    assert seen is not None
    found = {s.point.id: s.point for s in seen.points}
    assert set(found) == {"103/W", "103/WH", "103/TmpCab", "103/St"}
    state = found["103/St"]
    assert (state.quantity, state.function, state.states[4]) == ("state", Function.STATE, "MPPT")
    assert (found["103/TmpCab"].unit, found["103/TmpCab"].quantity) == ("°C", "temperature")
    assert found["103/WH"].function == Function.COUNTER


def test_a_point_whose_factor_is_not_implemented_has_no_value() -> None:
    words = meter()
    words[22] = NONE16
    points = points_of(Model(203, 40070, 105), words)
    assert "203/W" not in {s.point.id for s in points}


def test_a_float_that_is_no_number_is_not_implemented() -> None:
    """Model 213 holds floats: current and imported energy; all else is NaN, which is no bad value."""
    words = [213, 124, *[0x7FC0, 0] * 62]
    words[2:4] = [0x4120, 0]  # 10.0 A
    words[60:62] = [0x4480, 0]  # 1024 Wh
    points = {s.point.id: s.point for s in points_of(Model(213, 40070, 124), words)}
    assert set(points) == {"213/A", "213/TotWhExp"}
    assert decode(points["213/A"], words[2:4], "CDAB") == 10, "in SunSpec's own order, whatever a map says"


def test_factors_are_exact_and_only_those_of_the_specification() -> None:
    assert factor(0x10000 - 3) == Fraction(1, 1000)
    assert factor(4) == 10_000
    assert factor(NONE16) is None
    assert factor(0x7FFF) is None, "10 to the 32767th is no scale"
    assert [factor(11), factor(0x10000 - 11)] == [None, None]


def test_no_mark_means_no_sunspec() -> None:
    seen, asked = described({at: 0 for at in range(60000)})
    assert seen is None
    assert asked == [(40000, 2), (0, 2), (50000, 2)]
    assert described({})[0] is None


def test_what_was_found_before_a_refusal_stays() -> None:
    held = image(40000, common(), meter())
    seen, _ = described({at: word for at, word in held.items() if at < 40070})
    assert seen is not None and seen.nameplate is not None and not seen.points


@pytest.mark.parametrize("length", [0, 1, 300, 65535])
def test_a_length_that_cannot_be_true_is_not_followed(length: int) -> None:
    words = meter()
    words[1] = length
    seen, asked = described(image(40000, common(), words) | {at: 7 for at in range(40180, 65536)})
    assert seen is not None and seen.nameplate is not None
    assert len(asked) <= most_requests(50)
    assert max(start + count for start, count in asked) <= 65536


@given(words=st.lists(st.sampled_from([0, 1, 2, 50, 66, 103, 105, 203, 213, NONE16, 0xFFFF]), max_size=400),
       most=st.integers(1, 125), default=st.sampled_from([None, 0, 1, 203]))  # fmt: skip
def test_whatever_a_device_says_the_walk_ends_within_what_was_stated(
    words: list[int], most: int, default: int | None
) -> None:
    unit = Asked({40000 + i: word for i, word in enumerate([0x5375, 0x6E53, *words])}, default)
    seen = asyncio.run(describe(unit.read, most, Refused))
    assert seen is not None
    assert len(unit) <= most_requests(most)
    assert all(0 < count <= most and start + count <= 65536 for start, count in unit)
    places = [s.point.at + i for s in seen.points for i in range(s.point.size)]
    assert len(places) == len(set(places))


def gathered(tmp_path: Path, given: dict[str, Any], seconds: float, **limits: Any) -> tuple[Observation, Kept]:
    words, log = tmp_path / "words.json", tmp_path / "asked.txt"
    words.write_text(json.dumps(given))
    log.touch()
    fast = {"request_gap": 0.02, "connect_spacing": 0.2, "pause_after_connect": 0, "timeout": 0.5}
    sink = Kept()
    with serving([sys.executable, "-m", "tests.servers.modbus_words", str(words), str(log)]) as peer:
        units = (Unit(unit=5, asset="press", sunspec=True),)
        endpoint = Endpoint(
            id="meter", protocol="modbus-tcp", address=peer["address"], role=Role.METER, units=units
        )
        changed = Limits.model_validate(fast | {"sampling_interval": 0.5} | limits)
        scope = SCOPE.model_copy(update={"endpoints": (endpoint,), "limits": changed})
        stated = modbus.preview(endpoint, scope, seconds)
        seen = asyncio.run(modbus.gather(endpoint, scope, sink, seconds=seconds, stop=asyncio.Event()))
    assert len(sink.requests) <= stated.requests
    assert {record.service for record in sink.requests} == {"fc3"}
    return seen, sink


def values(seen: Observation, sink: Kept, point: str) -> list[float]:
    tag = next(tag.id for tag in seen.tags if tag.path == f"unit 5/203/{point}")
    rows = [row for row in sink.rows if row.tag == tag and row.status == GOOD]
    return [float(row.number if row.integer is None else row.integer) for row in rows]  # type: ignore[arg-type]


@pytest.mark.wire
@pytest.mark.parametrize("most", [7, 50])
def test_a_meter_is_read_and_its_scale_factor_may_change_meanwhile(tmp_path: Path, most: int) -> None:
    """The meter turns from tenths of an ampere to hundredths: 42.3 A stays 42.3 A."""
    held = image(40000, common(), meter())
    later = {40072: 4230, 40076: 0x10000 - 2}
    # past the walk and the first cycles
    switch = math.ceil(68 / most) + math.ceil(107 / most) + 8 + 2 * math.ceil(60 / most)
    given = {"words": held, "later": later, "switch": switch}
    seen, sink = gathered(tmp_path, given, 2.6, max_registers=most)
    assert seen.reached and seen.problem is None
    assert seen.devices[0].nameplate is not None and seen.devices[0].nameplate.serial == "SN-9"
    assert {row.status for row in sink.rows} == {GOOD}
    assert set(values(seen, sink, "A")) == {42.3} and len(values(seen, sink, "A")) >= 3
    assert set(values(seen, sink, "AphA")) == {14.1, 1.41}, "its own register did not change, the factor did"
    assert set(values(seen, sink, "Hz")) == {49.98}
    assert set(values(seen, sink, "W")) == {-970.0}
    assert set(values(seen, sink, "TotWhImp")) == {65538 * 100.0}


class Sulky(Asked):
    """It gives everything to the walk, and single registers afterwards."""

    sulks = False

    async def read(self, start: int, count: int) -> list[int]:
        if self.sulks and count > 1:
            self.append((start, count))
            raise modbus_wire.Refused(2)
        return await super().read(start, count)


class Wired:
    """As much of a Line as a unit needs."""

    def __init__(self, unit: Asked) -> None:
        self.unit = unit

    async def read(self, _: int, __: int, start: int, count: int) -> list[int]:
        return await self.unit.read(start, count)


def test_a_device_that_refuses_what_it_gave_before_is_asked_no_more_often_than_stated() -> None:
    """Four full inverters: more points than requests were stated for a cycle."""
    full = [103, 50, *[1] * 50]
    held = Sulky(image(40000, common(), *[full] * 4))
    agreed, limits = Unit(unit=1, asset="press", sunspec=True), Limits()
    endpoint = Endpoint(id="m", protocol="modbus-tcp", address="127.0.0.1:9", role=Role.METER, units=(agreed,))
    unit = modbus_units.Unit(agreed, endpoint, limits, None, Losses())
    line = cast(modbus_wire.Line, Wired(held))

    async def run() -> list[int]:
        await unit.learn(line)
        held.sulks = True
        asked = []
        for _ in range(9):
            held.clear()
            await unit.cycle(line)
            asked.append(len(held))
        return asked

    asked = asyncio.run(run())
    assert len(unit.tags(None)) > most_requests(limits.max_registers)
    assert max(asked) <= most_requests(limits.max_registers)
    assert asked[-1] == asked[-2], "what is refused is not asked for for ever"


@pytest.mark.wire
def test_a_device_without_the_mark_says_so(tmp_path: Path) -> None:
    seen, sink = gathered(tmp_path, {"words": {40000: 1, 40001: 2}}, 0.6)
    assert not sink.rows
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "modbus.no_sunspec"


@pytest.mark.wire
def test_a_device_without_a_model_that_we_read_says_so(tmp_path: Path) -> None:
    seen, sink = gathered(tmp_path, {"words": image(40000, common())}, 0.6)
    assert not sink.rows
    assert seen.devices[0].problem is not None and seen.devices[0].problem.id == "modbus.no_models"
    assert seen.devices[0].nameplate is not None, "but who made it is known"


def test_the_trackers_of_an_inverter_are_read_one_group_each() -> None:
    """Model 160: eight registers in common, then twenty for each tracker, as often as the length says."""
    words = [160, 48, 0x10000 - 2, 0x10000 - 1, 0, 1, 0, 0, 2, NONE16]
    for number, (amps, volts) in enumerate([(812, 6104), (0xFFFF, 6098)], 1):
        tracker = [number, *[0] * 8, amps, volts, 4900, 0, 123, 0, 0, 312, 4, 0, 0]
        assert len(tracker) == 20
        words += tracker
    points = {s.point.id: s for s in points_of(Model(160, 40070, 48), words)}
    first, second = points["160/module 1/DCA"], points["160/module 2/DCV"]
    assert (first.point.at, second.point.at) == (40070 + 10 + 9, 40070 + 10 + 20 + 10)
    assert first.factor is not None and first.factor.at == 40070 + 2
    assert points["160/module 1/DCWH"].point.function == Function.COUNTER
    assert "160/module 2/DCA" not in points, "not implemented"
    assert not [name for name in points if name.endswith(("/ID", "/N"))]
    assert max(s.point.at + s.point.size for s in points.values()) <= 40070 + 50


@given(cut=st.integers(0, 49))
def test_a_model_that_ends_early_gives_whole_points_only(cut: int) -> None:
    words = [160, 48, *[1] * 48][:cut]
    for scaled in points_of(Model(160, 40070, 48), words):
        assert scaled.point.at + scaled.point.size <= 40070 + cut
