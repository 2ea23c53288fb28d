"""Power factor, phases and compressors, by hand on small plants."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from assessor.domain import Outcome, State
from tests.metered import (
    Metered,
    every,
    mains,
    measured,
    meter,
    why,
)
from tests.test_indicators_rules import asset

# Power factor and phases


def test_a_power_factor_weighs_the_load() -> None:
    """An hour at 90 of 100 kVA, an hour at 1 of 10: 91 over 110, not the mean of 0.9 and 0.1."""
    at = every(60, 121)
    early = np.arange(121) < 60
    kw, kva = np.where(early, 90.0, 1.0), np.where(early, 100.0, 10.0)
    told = Metered(mains()).put("m", "power_total", "kW", at, kw).put("m", "apparent_power_total", "kVA", at, kva)
    found = measured("power_factor", told)
    assert float(found.value or 0) == pytest.approx(91 / 110, abs=0.002)
    assert why(found) == {"m": "power_factor_by_apparent"}
    kvar = np.sqrt(kva**2 - kw**2)
    told = (
        Metered(mains()).put("m", "power_total", "kW", at, kw).put("m", "reactive_power_total", "kvar", at, -kvar)
    )
    assert float(measured("power_factor", told).value or 0) == pytest.approx(91 / 110, abs=0.002)
    told = (
        Metered(mains()).put("m", "power_total", "kW", at, kw).put("m", "power_factor_total", None, at, -kw / kva)
    )
    assert float(measured("power_factor", told).value or 0) == pytest.approx(91 / 110, abs=0.006), (
        "less sharp while it changes"
    )


def test_a_power_factor_without_power_or_of_one_phase_says_nothing() -> None:
    at = every(60, 121)
    alone = Metered(mains()).put("m", "power_factor_total", None, at, 0.95)
    assert measured("power_factor", alone).state is State.NOT_DETERMINED
    phase = Metered(mains()).put("m", "power_total", "kW", at, 5.0).put("m", "power_factor_l1", None, at, 0.95)
    assert measured("power_factor", phase).state is State.NOT_DETERMINED


def test_a_coded_power_factor_is_not_believed() -> None:
    at = every(60, 121)
    coded = Metered(mains()).put("m", "power_total", "kW", at, 5.0).put("m", "power_factor_total", None, at, 1.05)
    assert measured("power_factor", coded).state is not State.MEASURED


def test_the_phase_that_lies_furthest_from_the_mean() -> None:
    """10, 10, 16 A: mean 12, furthest 4 away. 203, 210, 212 V: mean 208.33, furthest 5.33 away."""
    at = every(60, 61)
    three = Metered(mains())
    for name, unit, values in (("current_l", "A", (10, 10, 16)), ("voltage_l", "V", (203, 210, 212))):
        for i, value in enumerate(values, 1):
            three.put("m", f"{name}{i}", unit, at, float(value))
    found = measured("phase_imbalance", three)
    assert float(found.value or 0) == pytest.approx(1 / 3, abs=0.001)
    assert {line.why.id: line.value for line in found.lines} == {
        "indicator.why.phases_by_currents": Fraction("0.333"),
        "indicator.why.phases_by_voltages": Fraction("0.026"),
    }


def test_phases_that_nobody_can_tell_apart_stay_open() -> None:
    at = every(60, 61)
    odd = Metered(mains()).put("m", "current_l1", "A", at, 5.0).put("m", "current_l2", "A", at, 5.0)
    found = measured("phase_imbalance", odd.put("m", "Current 3rd", "A", at, 9.0))
    assert found.state is State.NOT_DETERMINED and why(found) == {"m": "no_phases_known"}


# Compressors

AIR = {"kind": "air-compressor", "metered_by": "k"}


def compressor(kw: Any, at: Any = None, **more: Any) -> Metered:
    times = every(10, len(kw)) if at is None else at
    return Metered(meter("k"), asset("c", **AIR)).put("k", "power_total", "kW", times, kw)


def test_specific_power_is_power_over_air() -> None:
    at, n = every(60, 121), np.arange(121)
    kw, air = np.where(n < 60, 37.0, 11.0), np.where(n < 60, 6.0, 0.0)
    found = measured(
        "compressor_specific_power", compressor(kw, at).put("c", "排气量", "m³/min", at, air, quantity="flow")
    )
    assert float(found.value or 0) == pytest.approx((37 + 11) / 6, rel=0.01), "idling is in it"
    by_hour = compressor(kw, at).put("c", "flow_rate", "m3/h", at, air * 60, quantity="flow")
    assert float(measured("compressor_specific_power", by_hour).value or 0) == pytest.approx(8, rel=0.01)


def test_no_air_no_flow_or_another_flow_gives_no_specific_power() -> None:
    at = every(60, 121)
    kw = np.full(121, 11.0)
    for path, air in (("flow_rate", 0.0), ("cooling_water_flow", 6.0), ("flow_rate", np.nan)):
        told = compressor(kw, at).put("c", path, "m³/min", at, air, quantity="flow")
        assert measured("compressor_specific_power", told).state is State.NOT_DETERMINED
    assert measured("compressor_specific_power", compressor(kw, at)).lines[0].outcome is Outcome.NOT_DETERMINED


def cycles(loaded: float, idle: float, stopped: float = 0.0) -> Any:
    """Ten minutes loaded, five idle, five standing, six times at one look in ten seconds."""
    return np.tile(np.concatenate([np.full(60, loaded), np.full(30, idle), np.full(30, stopped)]), 6)


def test_unloaded_of_the_running_time_by_power() -> None:
    found = measured("compressor_unloaded", compressor(cycles(37, 11)))
    assert float(found.value or 0) == pytest.approx(1 / 3, abs=0.01)
    assert found.low is not None and found.high is not None and found.low < Fraction(1, 3) < found.high


@pytest.mark.parametrize(
    ("kw", "reason"),
    [
        (np.full(720, 37.0), "one_level"),
        (np.full(720, 0.0), "compressor_stood"),
        (np.tile(np.linspace(5, 37, 60), 12), "stepless"),
        (np.full(60, 37.0), "too_short_for_it"),
    ],
)
def test_where_power_cannot_tell_it_says_why(kw: Any, reason: str) -> None:
    found = measured("compressor_unloaded", compressor(kw))
    assert found.value is None and why(found) == {"c": reason}
    assert found.state is (State.UNUSABLE if reason == "too_short_for_it" else State.NOT_DETERMINED)


@pytest.mark.parametrize(("path", "on"), [("Loaded", 1.0), ("卸载状态", 0.0), ("Unloaded", 0.0)])
def test_a_loaded_signal_tells_what_power_cannot(path: str, on: float) -> None:
    """With variable speed: loaded for the first half, unloaded for the second, whatever the power."""
    at, n = every(10, 720), np.arange(720)
    kw = 15 + 10 * np.sin(n / 30) ** 2
    told = compressor(kw, at).put(
        "c", path, None, at, np.where(n < 360, on, 1 - on), quantity="state", function="state", data_type="Boolean"
    )
    found = measured("compressor_unloaded", told)
    assert float(found.value or 0) == pytest.approx(0.5, abs=0.01) and why(found) == {"c": "unloaded_by_signal"}


def test_a_meter_that_serves_others_too_is_not_the_compressor_s() -> None:
    shared = Metered(meter("k"), asset("c", **AIR), asset("d", metered_by="k"))
    found = measured("compressor_unloaded", shared.put("k", "power_total", "kW", every(10, 720), cycles(37, 11)))
    assert why(found) == {"c": "no_compressor_load"}
