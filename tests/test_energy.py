"""Energy indicators: by hand on small plants, and against what the simulated plant is known to draw."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import questionnaires
from assessor import indicators
from assessor.documents import load
from assessor.domain import EvidenceClass, Formulas, Gap, Measurement, Message, Outcome, State
from assessor.indicators import metering, window_carbon
from assessor.indicators.electric import place_of
from assessor.indicators.seen import Seen
from assessor.messages import LANGUAGES, render
from assessor.run import DEMO
from connectors.profiles import load_profile
from connectors.simulator import SimulatedPlant, load_plant
from connectors.simulator.plant import Behaviour
from connectors.simulator.signals import worked
from tests.metered import MIDNIGHT, SECOND, Metered, every, mains, meter, simulated
from tests.test_indicators_rules import asset

HOUR, DAY = 3600, 86_400
NIGHT = MIDNIGHT - 2 * HOUR
"""22:00 in Shanghai."""
ENERGY = (
    "base_load", "maximum_demand", "power_factor", "phase_imbalance", "compressor_specific_power",
    "compressor_unloaded", "meter_fit", "window_energy", "window_carbon", "carbon_year",
)  # fmt: skip


def measured(name: str, seen: Seen | Metered) -> Measurement:
    found = indicators.load()[name].measure(seen.look() if isinstance(seen, Metered) else seen)
    texts = [found.why, found.method, *(line.why for line in found.lines)]
    texts += [text for c in found.conditions for text in (c.needed, c.found)]
    assert all(render(text, language) for text in texts for language in LANGUAGES)
    assert Measurement.model_validate_json(found.model_dump_json()) == found
    return found


def interval(found: Measurement) -> tuple[Any, Any, Any]:
    return tuple(None if x is None else float(x) for x in (found.low, found.value, found.high))  # type: ignore[return-value]


def why(found: Measurement) -> dict[str, str]:
    return {line.subject: line.why.id.removeprefix("indicator.why.") for line in found.lines}


# What a data point is


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("unit 3/power_total", "total"),
        ("unit 3/power_l2", "l2"),
        ("unit 3/current_c", "l3"),
        ("unit 3/voltage_l3_l1", "l31"),
        ("unit 3/voltage_ab", "l12"),
        ("unit 3/energy_import", "import"),
        ("unit 3/energy_received", "export"),
        ("unit 3/energy_import_l1", "part"),
        ("unit 3/energy_peak", "part"),
        ("unit 3/current_n", "part"),
        ("unit 3/power", "bare"),
        ("unit 3/motor_power", "motor"),
        ("unit 3/dc_bus_voltage", "unknown"),
        ("unit 3/rated_power", "unknown"),
        ("unit 3/meter_power", "unknown"),
        ("unit 5/203/W", "total"),
        ("unit 5/203/WphB", "l2"),
        ("unit 5/213/PhVphCA", "l31"),
        ("unit 5/203/TotWhImp", "import"),
        ("unit 5/203/TotWhImpPhA", "unknown"),
        ("unit 5/103/W", "unknown"),
        ("Line1.IMM01.EnergyTotal", "total"),
        ("Machines/MC-01/Energy/Total", "total"),
        ("Meter/ActivePowerL1", "l1"),
        ("Meter/Phase 2 current", "l2"),
        ("Meter 2 active power", "unknown"),
        ("总有功功率", "total"),
        ("B相电流", "l2"),
        ("正向有功电能", "import"),
        ("今日用电量", "unknown"),
        ("冷却水流量", "unknown"),
    ],
)
def test_a_name_says_which_phase_sum_or_direction_or_nothing_at_all(path: str, place: str) -> None:
    assert place_of(path) == place


@pytest.mark.parametrize(
    "name", ["eastron-sdm630", "schneider-pm5000", "abb-b23", "acrel-adw300", "inepro-pro380"]
)
def test_the_map_of_a_meter_has_one_total_one_of_each_phase_and_one_counter_of_what_was_drawn(name: str) -> None:
    points = load_profile(name).points
    power = [place_of(f"unit 1/{p.id}") for p in points if p.unit in ("W", "kW")]
    energy = [place_of(f"unit 1/{p.id}") for p in points if p.unit in ("Wh", "kWh")]
    assert sorted(power) == ["l1", "l2", "l3", "total"]
    assert energy.count("import") == 1


# Which meters may be added


def plant(*more: dict[str, Any], **told: Any) -> Metered:
    """A meter of the mains, two behind it, one machine behind each of these."""
    return Metered(
        mains(), meter("s1", metered_by="m"), meter("s2", metered_by="m"),
        asset("a", metered_by="s1", main_consumer=True), asset("b", metered_by="s2"), *more, **told,
    )  # fmt: skip


def test_a_meter_behind_another_is_never_added_to_it() -> None:
    at = every(60, 121)
    seen = plant().put("m", "power_total", "kW", at, 100.0).put("s1", "power_total", "kW", at, 60.0)
    found = measured("window_energy", seen.put("s2", "power_total", "kW", at, 30.0))
    assert interval(found) == (200, 200, 200) and found.rests_on == (EvidenceClass.MEASURED,)
    assert {line.subject: line.value for line in found.lines} == {"m": 200, "s1": 120, "s2": 60}
    assert why(found) == {"m": "added", "s1": "not_added", "s2": "not_added"}


def test_without_mains_the_highest_meters_are_added_and_it_says_so() -> None:
    at = every(60, 121)
    bare = Metered(
        meter("s1"), meter("s2"), meter("s3"), meter("s4", metered_by="s1"), asset("a", metered_by="s1"),
        asset("b", metered_by="s2"), asset("c", metered_by="s4"),
    )  # fmt: skip
    for id_, kw in (("s1", 60.0), ("s2", 30.0), ("s3", 500.0), ("s4", 10.0)):
        bare.put(id_, "power_total", "kW", at, kw)
    found = measured("window_energy", bare)
    assert interval(found) == (180, 180, 180), "s3 measures nobody knows what, s4 lies behind s1"
    assert found.why.id == "indicator.why.of_meters_apart"
    for name in ("maximum_demand", "base_load"):
        assert measured(name, bare).state is State.NOT_DETERMINED, "of the site nothing is known"


def test_one_silent_meter_of_two_at_the_mains_leaves_no_sum() -> None:
    two = Metered(mains("m1"), mains("m2")).put("m1", "power_total", "kW", every(60, 121), 100.0)
    for name in ("window_energy", "maximum_demand", "base_load", "carbon_year"):
        found = measured(name, two)
        assert found.state is State.NOT_DETERMINED and found.why.id == "indicator.why.meters_open", name


def test_two_meters_of_the_mains_are_added_moment_by_moment() -> None:
    at = every(60, 121)
    first = np.where(np.arange(121) < 60, 100.0, 20.0)
    two = Metered(mains("m1"), mains("m2")).put("m1", "power_total", "kW", at, first)
    found = measured("maximum_demand", two.put("m2", "power_total", "kW", at, 120.0 - first))
    assert float(found.value or 0) == pytest.approx(120), "not the sum of their own highest, 200"
    assert measured("window_energy", two).value == 240


def test_a_register_that_goes_in_circles_ends() -> None:
    looped = Metered(mains("m", metered_by="n"), meter("n", metered_by="m"), asset("a", metered_by="m"))
    assert measured("window_energy", looped).state is State.NOT_DETERMINED


# Energy of the window


def test_a_counter_gives_its_difference_and_power_what_lay_between_the_looks() -> None:
    at = every(60, 121)
    counted = Metered(mains()).counts("m", "energy_import", at, 5000 + np.floor(np.arange(121) / 2))
    assert interval(measured("window_energy", counted)) == (59, 60, 61)
    rising = Metered(mains()).put("m", "power_total", "W", at, np.linspace(10_000, 70_000, 121))
    assert interval(measured("window_energy", rising)) == (79.5, 80, 80.5)


def test_a_counter_that_does_not_fit_the_power_is_not_used() -> None:
    at = every(60, 121)
    wrong = Metered(mains()).put("m", "power_total", "kW", at, 100.0)
    found = measured("window_energy", wrong.counts("m", "energy_import", at, 10 + np.arange(121) * 0.1))
    assert found.state is State.NOT_DETERMINED and why(found) == {"m": "counter_disagrees"}


def test_a_total_counter_says_nothing_of_what_was_drawn_where_power_was_fed_back() -> None:
    at, n = every(60, 121), np.arange(121.0)
    both = Metered(mains()).counts("m", "energy_total", at, 100 + n).counts("m", "energy_export", at, 50 + n / 2)
    assert why(measured("window_energy", both)) == {"m": "no_load"}
    still = Metered(mains()).counts("m", "energy_total", at, 100 + n).counts("m", "energy_export", at, 0.0)
    assert measured("window_energy", still).value == 120


def test_feed_in_is_no_consumption() -> None:
    sun = Metered(mains()).put(
        "m", "power_total", "kW", every(60, 121), np.where(np.arange(121) < 60, -80.0, 20.0)
    )
    found = measured("window_energy", sun)
    assert found.value is not None and found.high is not None
    assert 20 <= found.value <= found.high and found.high == pytest.approx(20 + 20 / 60, abs=0.001)


def test_under_an_hour_and_with_too_much_unseen_it_is_unusable_never_wrong() -> None:
    short = measured("window_energy", Metered(mains()).put("m", "power_total", "kW", every(1, 600), 50.0))
    assert short.state is State.UNUSABLE and interval(short) == (None, None, None)
    holed = np.delete(every(60, 181), range(40, 80))
    found = measured("window_energy", Metered(mains()).put("m", "power_total", "kW", holed, 50.0))
    assert [c.id for c in found.conditions if not c.holds] == ["coverage"]


def test_a_reset_leaves_bounds_and_no_value() -> None:
    at = every(60, 121)
    reset = Metered(mains()).counts(
        "m", "energy_import", at, np.where(np.arange(121) < 60, 900, -60) + np.arange(121)
    )
    low, value, high = interval(measured("window_energy", reset))
    assert value is None and low == 118 and high == 121


def test_a_unit_confirmed_by_a_person_is_one_and_a_missing_one_is_none() -> None:
    rule = {"tags": "*EnergyTotal", "quantity": "energy", "function": "counter", "unit": "kWh", "by": "energy"}
    at, n = every(60, 121), np.arange(121.0)
    told = Metered(mains(), meanings=[rule]).put(
        "m", "M.EnergyTotal", None, at, n, quantity="energy", function="counter"
    )
    assert measured("window_energy", told).value == 120
    mute = Metered(mains()).put("m", "M.EnergyTotal", None, at, n, quantity="energy", function="counter")
    assert measured("window_energy", mute).state is State.NOT_DETERMINED


@pytest.mark.parametrize(
    ("path", "function", "kwh"),
    [
        ("Energy", None, None),
        ("EnergyTotal", None, 120),
        ("Energy", "counter", 120),
        ("EnergyTotal", "actual", None),
    ],
)
def test_energy_of_an_interval_is_no_counter(path: str, function: str | None, kwh: int | None) -> None:
    told = Metered(mains()).put(
        "m", path, "kWh", every(60, 121), np.arange(121.0), quantity="energy", function=function
    )
    assert measured("window_energy", told).value == kwh


def test_what_we_read_ourselves_is_the_window_and_not_the_month_of_a_record() -> None:
    both = Metered(mains()).put("m", "power_total", "kW", every(60, 121), 10.0)
    found = measured(
        "window_energy", both.counts("m", "energy_import", every(900, 960), np.arange(960.0), where="x")
    )
    assert found.value == 20 and found.rests_on == (EvidenceClass.MEASURED,)


def test_two_tags_that_might_both_be_the_total_are_none() -> None:
    at = every(60, 121)
    twice = Metered(mains()).put("m", "A/Power", "kW", at, 10.0).put("m", "B/Power", "kW", at, 20.0)
    assert why(measured("window_energy", twice)) == {"m": "no_load"}


def test_the_machine_s_own_word_comes_before_that_of_a_system() -> None:
    at = every(60, 121)
    both = Metered(mains()).put("m", "P", "kW", at, 10.0 + np.arange(121) % 2, where="s")
    assert measured("window_energy", both.put("m", "P", "kW", at, 10.0)).value == 20


def test_three_phases_make_a_total_where_there_is_none() -> None:
    at = every(60, 121)
    phases = Metered(mains())
    for phase, kw in (("l1", 10.0), ("l2", 20.0), ("l3", 30.0)):
        phases.put("m", f"power_{phase}", "kW", at, kw)
    assert measured("window_energy", phases).value == 120


def test_an_exported_record_counts_as_exported_by_its_own_times() -> None:
    at = every(900, 97)
    found = measured(
        "window_energy", Metered(mains()).counts("m", "正向有功电能", at, np.arange(97) * 25.0, where="x")
    )
    assert interval(found) == (2375, 2400, 2425) and found.rests_on == (EvidenceClass.EXPORTED,)


def test_a_subscription_holds_its_value_and_is_blind_while_it_was_away() -> None:
    at = np.array([MIDNIGHT, MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR], dtype=np.int64) * SECOND
    reported = Metered(mains()).put("m", "power_total", "kW", at, [30.0, 60.0, 60.0], sampling="subscribe")
    assert measured("window_energy", reported).value == 90
    gone = Gap(begins=int(at[0]) + 600 * SECOND, ends=int(at[1]), why=Message(id="simulator.dropped"))
    reported.gaps = (gone,)
    assert measured("window_energy", reported).state is State.UNUSABLE


# Demand and base load


def day(night: float, by_day: float, **more: Any) -> Metered:
    """From 22:00 to 22:00 of the next day at one look a minute."""
    at = every(60, 24 * 60 + 1, NIGHT)
    kw = np.where(at < (NIGHT + 8 * HOUR) * SECOND, night, by_day)
    return Metered(mains(), **more).put("m", "power_total", "kW", at, kw)


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
    assert holed.value == 20, "the highest of those that were seen whole"
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


# Carbon


def test_carbon_is_energy_times_the_factor_of_the_set_that_it_names() -> None:
    at = every(60, 121)
    seen = Metered(mains()).put("m", "power_total", "kW", at, 100.0).look()
    profile = load(Formulas, Path(questionnaires.__file__).parent / "frameworks/green-profile.yaml")
    sets = {one.id: one for basis in profile.bases for one in basis.sets}
    for taken in (window_carbon.SHANGHAI, window_carbon.NATIONAL):
        held = sets[taken.set].values["co2-electricity"]
        assert held.value == Fraction(taken.value), "the framework holds it, with its source"
    found = measured("window_carbon", seen)
    taken = window_carbon.factor(seen.scope)
    assert found.value == 200 * Fraction(taken.value) and found.why.params["set"] == taken.set


@pytest.mark.parametrize(
    ("district", "taken"),
    [
        ({"zh": "上海市松江区", "en": "Songjiang"}, "shanghai-2023"),
        ({"zh": "苏州", "en": "Suzhou"}, "national-2023"),
        (None, "national-2023"),
    ],
)
def test_the_factor_is_that_of_the_place(district: dict[str, str] | None, taken: str) -> None:
    scope = Metered(mains()).plan
    told = scope.model_validate(
        scope.model_dump(mode="json") | {"plant": scope.plant.model_dump(mode="json") | {"district": district}}
    )
    assert window_carbon.factor(told).set == taken


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


# Meter fit


def test_meters_found_where_they_are_needed() -> None:
    assets = (
        mains(), meter("k"), meter("n"), meter("z"),
        asset("a", main_consumer=True, metered_by="k"), asset("b", main_consumer=True, metered_by="n"),
        asset("c", main_consumer=True, metered_by="z"), asset("d", metered_by="z"),
        asset("e1", main_consumer=True), asset("f", main_consumer=True, interface="none"),
        asset("g", main_consumer=True, in_use=False, metered_by="k2"), meter("k2"),
    )  # fmt: skip
    at, n = every(1, 60), np.arange(60.0)
    told = Metered(*assets)
    for id_ in ("m", "k", "z", "e1"):
        told.counts(id_, "energy_import", at, n)
    found = measured("meter_fit", told)
    assert why(found) == {
        "m": "metered_by", "a": "metered_by", "b": "meter_silent", "c": "shared_meter",
        "e1": "own_counter_is_no_meter", "f": "no_meter",
    }  # fmt: skip
    assert (found.low, found.high) == (Fraction(2, 6), Fraction(4, 6)) and not found.absence_tested


# The simulated plant, whose truth is known


@pytest.fixture(scope="module")
def demo() -> SimulatedPlant:
    return load_plant(DEMO / "plant.yaml")


def drawn(machine: Behaviour, seed: int, begin: float, end: float) -> float:
    """kWh by the closed form of the states that a machine went through."""
    times = np.array([begin, end])
    return (
        sum(float(np.diff(worked(machine, seed, s, times))[0]) * kw for s, kw in enumerate(machine.power)) / 3600
    )


EPOCH = 1_735_660_800
"""2025-01-01 00:00 in Shanghai: the epoch of the plant."""
SERVED = ("ovn-01", "pnt-01", "cmp-01", "prs-01", "pck-01")


def test_two_hours_of_the_simulated_plant_hold_its_known_truth(demo: SimulatedPlant) -> None:
    seen = simulated(demo, "gateway", every(1, 2 * HOUR + 1))
    begin = MIDNIGHT - EPOCH
    truth = {id_: drawn(demo.behaviour(id_), demo.seed, begin, begin + 2 * HOUR) for id_ in SERVED}
    energy = measured("window_energy", seen)
    for i, id_ in enumerate(SERVED, 1):
        line = next(line for line in energy.lines if line.subject == f"em-0{i}")
        assert float(line.value or 0) == pytest.approx(truth[id_], rel=0.01), id_
    low, value, high = interval(energy)
    assert low <= sum(truth.values()) <= high and value == pytest.approx(sum(truth.values()), rel=0.002)
    carbon = measured("window_carbon", seen)
    assert float(carbon.value or 0) == pytest.approx(0.5737 * value, abs=0.001)
    unloaded = measured("compressor_unloaded", seen)
    assert unloaded.low is not None and unloaded.high is not None
    assert unloaded.low <= Fraction(90, 300) <= unloaded.high, "90 s idle in every 300 s"
    fit = measured("meter_fit", seen)
    assert (fit.low, fit.high) == (Fraction(4, 16), 1), "4 main consumers with a meter; mains and 11 others open"
    for name in ("base_load", "maximum_demand", "power_factor", "compressor_specific_power"):
        assert measured(name, seen).state is State.NOT_DETERMINED, name
    assert measured("carbon_year", seen).state is State.UNUSABLE
    assert (measured("phase_imbalance", seen).high or 1) < Fraction(1, 100), "its phases are alike but for noise"


def test_a_day_of_the_simulated_plant_behind_one_meter(demo: SimulatedPlant) -> None:
    """The meter of the oven taken as that of the mains: a pattern of an hour, so every night and year is alike."""
    document = demo.scope.model_dump(mode="json")
    for one in document["assets"]:
        if one["id"].startswith("em-"):
            one.update({"kind": "mains-meter"} if one["id"] == "em-01" else {"metered_by": "em-01"})
    scope = type(demo.scope).model_validate(document)
    seen = simulated(demo.model_copy(update={"scope": scope}), "gateway", every(10, 8641, NIGHT))
    machine, begin = demo.behaviour("ovn-01"), NIGHT - EPOCH
    quarters = [drawn(machine, demo.seed, begin + 900 * i, begin + 900 * (i + 1)) * 4 for i in range(96)]
    demand, base, year = (measured(name, seen) for name in ("maximum_demand", "base_load", "carbon_year"))
    assert demand.low is not None and demand.high is not None
    assert float(demand.low) <= max(quarters) <= float(demand.high)
    assert float(demand.value or 0) == pytest.approx(max(quarters), rel=0.01)
    assert float(base.value or 0) == pytest.approx(float(np.median(quarters[:32])), rel=0.01)
    mean = sum(quarters) / 96 * 8760 * 0.5737
    assert float(year.value or 0) == pytest.approx(mean, rel=0.01)
    assert year.low is not None and year.high is not None and float(year.low) <= mean <= float(year.high)
    assert [c.id for c in year.conditions] == ["duration", "coverage", "load"]


def test_a_meter_is_found_by_its_kind_or_by_what_lies_behind_it() -> None:
    seen = Metered(
        mains(), meter("k"), meter("w", kind="water-meter"), asset("box", kind="cabinet", production=False),
        asset("a", metered_by="box"), meter("old", in_use=False),
    ).look()  # fmt: skip
    assert [one.asset.id for one in metering.meters(seen)] == ["m", "k", "box"]
