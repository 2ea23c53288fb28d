"""Quarter hours: night, demand, and a year carried on from a day; and what no energy figure may break on."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import EvidenceClass, Measurement, State
from assessor.indicators import window_carbon
from assessor.messages import render
from tests.metered import (
    HOUR,
    MIDNIGHT,
    NIGHT,
    Metered,
    day,
    every,
    interval,
    mains,
    measured,
)
from tests.test_indicators_rules import asset

ENERGY = (
    "base_load", "maximum_demand", "power_factor", "phase_imbalance", "compressor_specific_power",
    "compressor_unloaded", "meter_fit", "window_energy", "window_carbon", "carbon_year",
)  # fmt: skip


def test_the_night_and_the_highest_quarter_hour_of_a_day() -> None:
    seen = day(30, 150)
    assert interval(measured("base_load", seen)) == (30, 30, 30)
    assert interval(measured("maximum_demand", seen)) == (150, 150, 150)


def test_the_night_is_by_the_clock_of_the_plant() -> None:
    window = {"opens": "2026-01-01T08:00:00+09:00", "closes": "2026-01-01T18:00:00+09:00"}
    east = measured("base_load", day(30, 150, window=window))
    assert east.state is State.UNUSABLE, (
        "there, the night began an hour before the first look, and is seen for 7 h"
    )
    assert "0.88 of the night" in render(east.why, "en")


@pytest.mark.parametrize(
    ("hours", "state"), [(3, State.UNUSABLE), (7.0, State.UNUSABLE), (7.3, State.MEASURED), (8.0, State.MEASURED)]
)
def test_a_night_that_was_not_seen_gives_no_base_load(hours: float, state: State) -> None:
    at = every(60, int(hours * 60) + 1, NIGHT)
    found = measured("base_load", Metered(mains()).put("m", "power_total", "kW", at, 30.0))
    assert found.state is state
    assert (found.value is not None) == (hours == 8), "an unseen part leaves bounds"


def test_a_record_of_the_night_serves_where_we_ourselves_came_by_day() -> None:
    both = Metered(mains()).put("m", "power_total", "kW", every(60, 121, MIDNIGHT + 9 * HOUR), 150.0)
    kwh = np.cumsum(np.full(97, 5.0 + 0.25))
    found = measured("base_load", both.counts("m", "energy_import", every(900, 97, NIGHT), kwh, where="x"))
    assert found.state is State.MEASURED and found.rests_on == (EvidenceClass.EXPORTED,)
    assert found.low is not None and found.high is not None and found.value == 21
    assert found.low == 0 and found.high == 42, "a step of 5.25 kWh at either end of a quarter hour"


def test_demand_needs_a_whole_quarter_hour_and_a_hole_widens_it() -> None:
    short = Metered(mains()).put("m", "power_total", "kW", every(10, 100, MIDNIGHT + 60), 50.0)
    assert measured("maximum_demand", short).state is State.UNUSABLE
    at = every(60, 61)
    kw = np.where(np.arange(61) < 15, 80.0, 20.0)
    whole = measured("maximum_demand", Metered(mains()).put("m", "power_total", "kW", at, kw))
    holed = measured(
        "maximum_demand",
        Metered(mains()).put("m", "power_total", "kW", np.delete(at, range(2, 14)), np.delete(kw, range(2, 14))),
    )
    assert whole.low == 76 and whole.value == 78 and whole.high == 80
    assert holed.value is None, "the quarter hour that was not seen whole may have been higher"
    assert holed.low is not None and whole.low is not None and holed.low <= whole.low
    assert holed.high == 80


VALUES = st.lists(st.floats(0, 300).map(lambda x: round(x, 1)), min_size=75, max_size=75)


@settings(max_examples=12)
@given(kw=VALUES, begin=st.integers(0, 74), seed=st.randoms())
def test_no_gap_raises_what_is_certain_and_no_order_changes_it(kw: list[float], begin: int, seed: Any) -> None:
    rows = list(zip(every(60, 75).tolist(), kw, strict=True))
    mixed = rows[:begin] + rows[begin + 4 :]
    seed.shuffle(mixed)

    def found(of: list[tuple[int, float]], name: str) -> Measurement:
        at, value = np.array([t for t, _ in of], dtype=np.int64), np.array([v for _, v in of])
        return measured(name, Metered(mains()).put("m", "power_total", "kW", at, value))

    for name in ("maximum_demand", "window_energy"):
        assert found(sorted(mixed), name) == found(mixed, name)
        whole, holed = found(rows, name), found(mixed, name)
        if whole.low is not None and holed.low is not None:
            assert holed.low <= whole.low


@pytest.mark.parametrize("kw", [[], [5.0], [0.0] * 121, [-5.0] * 121, [np.nan] * 121, [np.inf] * 121])
@pytest.mark.parametrize("name", ENERGY)
def test_nothing_zero_feed_in_and_no_numbers_break_nothing(name: str, kw: list[float]) -> None:
    odd = Metered(mains(), asset("c", kind="air-compressor", metered_by="m"))
    for path, unit in (
        ("power_total", "kW"),
        ("apparent_power", "kVA"),
        ("current_l1", "A"),
        ("current_l2", "A"),
        ("current_l3", "A"),
    ):
        odd.put("m", path, unit, every(60, len(kw)), np.array(kw, dtype=float))
    odd.put("c", "flow_rate", "m³/min", every(60, len(kw)), np.array(kw, dtype=float), quantity="flow")
    odd.counts("m", "energy_import", every(60, len(kw)), np.array(kw, dtype=float))
    found = measured(name, odd)
    assert found.low is None or found.high is None or found.low <= found.high
    if name == "maximum_demand" and kw == [-5.0] * 121:
        assert found.value == 0


def test_a_year_is_carried_on_from_a_day_at_least_and_spans_its_load() -> None:
    assert (
        measured("carbon_year", Metered(mains()).put("m", "power_total", "kW", every(60, 23 * 60), 50.0)).state
        is State.UNUSABLE
    )
    seen = day(30, 150)
    factor = float(window_carbon.factor(seen.plan).value)
    low, value, high = interval(measured("carbon_year", seen))
    assert low == pytest.approx(30 * 8760 * factor, abs=0.001)
    assert high == pytest.approx(150 * 8760 * factor, abs=0.001)
    assert value == pytest.approx((30 * 8 + 150 * 16) / 24 * 8760 * factor, rel=1e-3)
