"""What energy figures do where rows were Bad, counters stood still, clocks were set, or windows differ."""

from typing import Any

import numpy as np
import pytest

from assessor.domain import Gap, Measurement, Message, State
from assessor.indicators.figure import figure
from assessor.indicators.looks import moments
from assessor.indicators.metering import loads
from assessor.indicators.timeseries import Total
from tests.metered import HOUR, MIDNIGHT, NIGHT, SECOND, Metered, day, every, mains, measured, why
from tests.test_energy_machines import compressor


def failed(found: Measurement) -> list[str]:
    return [c.id for c in found.conditions if not c.holds]


class Timed(Metered):
    """The same, with what the rows of another status and the monotonic clock say."""

    stood: Any = None
    seconds: Any = None
    last: int | None = None

    def look(self) -> Any:
        for id_, rows in self.rows.items():
            self.rows[id_] = rows._replace(held=self.stood, seconds=self.seconds)
        seen = super().look()
        if self.last is None:
            return seen
        for one in seen.tags:
            object.__setattr__(one, "facts", one.facts.model_copy(update={"rows": 999, "last": self.last}))
        for o in seen.observations:
            object.__setattr__(o, "ended", self.last)
        return seen


@pytest.mark.parametrize("sampling", ["subscribe", "reported"])
def test_a_reported_value_does_not_hold_through_bad_rows(sampling: str) -> None:
    at = np.array([MIDNIGHT], dtype=np.int64) * SECOND
    bad = Timed(mains()).put("m", "power_total", "kW", at, 100.0, sampling=sampling)
    bad.stood, bad.last = np.array([3600.0]), (MIDNIGHT + 24 * HOUR) * SECOND
    seen = bad.look()
    (load,) = loads(seen, seen.by_id["m"])
    assert load.energy is not None and load.energy.low == pytest.approx(100) and load.energy.mid is None
    assert load.span == 24 * HOUR and load.share_seen == pytest.approx(1 / 24)
    found = measured("window_energy", bad)
    assert found.state is State.UNUSABLE and failed(found) == ["coverage"]


def test_a_polled_meter_that_turned_bad_was_not_seen() -> None:
    bad = Timed(mains()).put("m", "power_total", "kW", every(60, 121), 100.0)
    bad.last = (MIDNIGHT + 24 * HOUR) * SECOND
    assert failed(measured("window_energy", bad)) == ["coverage"]


def test_a_counter_refreshed_each_hour_makes_no_quarter_hours() -> None:
    seconds = np.arange(0, 24 * HOUR + 1, 10)
    kwh = 5000 + np.floor((seconds + 1234) / HOUR) * 100
    hourly = Metered(mains()).counts("m", "energy_import", every(10, len(seconds), NIGHT), kwh)
    for name in ("base_load", "maximum_demand", "carbon_year"):
        assert measured(name, hourly).state is State.UNUSABLE, name
    found = measured("window_energy", hourly)
    assert (found.low, found.value, found.high) == (2300, 2400, 2500)


def test_a_counter_over_another_span_than_power_is_left_out() -> None:
    both = Metered(mains()).put("m", "power_total", "kW", every(60, 121), 100.0)
    both.counts("m", "energy_import", every(60, 61), 10 + np.arange(61.0) * 100 / 60)
    assert measured("window_energy", both).value == 200


def test_meters_of_different_hours_make_no_sum() -> None:
    two = Metered(mains("m1"), mains("m2")).put("m1", "power_total", "kW", every(60, 121), 100.0)
    two.put("m2", "power_total", "kW", every(60, 121, MIDNIGHT + HOUR), 100.0)
    for name in ("window_energy", "window_carbon"):
        found = measured(name, two)
        assert found.state is State.NOT_DETERMINED and found.why.id == "indicator.why.windows_apart"
        assert why(found) == {"m1": "own_window", "m2": "own_window"}


def test_where_the_clock_was_set_no_quarter_hour_is_known() -> None:
    moved = day(30, 150)
    moved.gaps = (Gap(begins=NIGHT, ends=NIGHT, why=Message(id="sampling.clock_set"), lost=0),)
    for name in ("base_load", "maximum_demand", "carbon_year"):
        found = measured(name, moved)
        assert found.state is State.UNUSABLE and failed(found) == ["clock"], name
        assert why(found) == {"m": "clock_was_set"}
    assert measured("window_energy", moved).state is State.MEASURED


def test_spans_are_those_of_the_monotonic_clock_but_for_sleep() -> None:
    at = every(60, 121)
    at[60:] += HOUR * SECOND
    leapt = Timed(mains()).put("m", "power_total", "kW", at, 100.0)
    leapt.seconds = np.arange(121) * 60.0
    assert measured("window_energy", leapt).value == 200
    assert failed(measured("maximum_demand", leapt)) == ["clock"]
    series = leapt.look().series(1)
    nap = Gap(begins=int(at[59]) + 1, ends=int(at[60]), why=Message(id="sampling.slept"))
    assert series is not None and moments(series, ()) == (pytest.approx(every(60, 121)), True)
    assert moments(series, (nap,)) == (pytest.approx(at), False)


def test_minutes_that_one_of_several_was_not_seen_in_are_open() -> None:
    long, short = every(60, 481), every(60, 36, MIDNIGHT + 445 * 60)
    three = Metered(mains())
    for i, at in enumerate((long, long, short), 1):
        three.put("m", f"current_l{i}", "A", at, 10.0)
    assert failed(measured("phase_imbalance", three)) == ["coverage"]
    pair = Metered(mains()).put("m", "power_total", "kW", long, 9.0)
    assert failed(measured("power_factor", pair.put("m", "apparent_power_total", "kVA", short, 10.0))) == [
        "coverage"
    ]
    air = compressor(37.0, long).put("c", "flow_rate", "m³/min", short, 6.0, quantity="flow")
    assert failed(measured("compressor_specific_power", air)) == ["coverage"]


def test_a_phase_that_was_seen_for_a_part_leaves_the_sum_open() -> None:
    three = Metered(mains())
    for i, n in enumerate((481, 481, 70), 1):
        three.put("m", f"power_l{i}", "kW", every(60, n), 10.0)
    assert failed(measured("window_energy", three)) == ["coverage"]


@pytest.mark.parametrize(("fresh", "reason"), [({}, "unloaded_by_signal"), ({"overridden": 721}, "one_level")])
def test_a_signal_that_was_typed_in_is_none(fresh: dict[str, int], reason: str) -> None:
    at = every(10, 721)
    seen = (
        compressor(np.full(721, 37.0), at)
        .put("c", "Loaded", None, at, np.arange(721) < 360, quantity="state", function="state")
        .look()
    )
    for one in seen.tags:
        if one.tag.path == "Loaded" and one.facts:
            object.__setattr__(one, "facts", one.facts.model_copy(update=fresh))
    assert why(measured("compressor_unloaded", seen)) == {"c": reason}


def test_a_loaded_signal_that_reports_changes_holds_between_them() -> None:
    n = np.arange(721)
    at = every(10, 721)
    told = compressor(15 + 10 * np.sin(n / 30) ** 2, at)
    rows = np.array([at[0], at[360], at[-1]])
    state = {"quantity": "state", "function": "state", "data_type": "Boolean"}
    told.put("c", "Loaded", None, rows, [1.0, 0.0, 0.0], sampling="subscribe", **state)
    found = measured("compressor_unloaded", told)
    assert float(found.value or 0) == pytest.approx(0.5, abs=0.001) and why(found) == {"c": "unloaded_by_signal"}


def test_a_signal_that_tells_nothing_is_no_standstill() -> None:
    at = every(10, 721)
    told = compressor(np.full(721, 37.0), at).put(
        "c", "Loaded", None, every(10, 31, MIDNIGHT + 9000), 1.0, quantity="state", function="state"
    )
    assert why(measured("compressor_unloaded", told)) == {"c": "load_untold"}


def test_a_bound_that_is_not_finite_is_none() -> None:
    none = figure("base_load", "kw", Total(0.0, 5.0, np.inf), Message(id="indicator.why.no_mains"))
    assert none.state is State.NOT_DETERMINED and none.why.id == "indicator.why.no_bound" and none.low is None
