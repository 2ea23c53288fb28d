"""Electricity of a window and its carbon, by hand on small plants: which points, which meters, which bounds."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import questionnaires
from assessor.documents import load
from assessor.domain import EvidenceClass, Formulas, Gap, Message, State
from assessor.indicators import metering, window_carbon
from assessor.indicators.electric import place_of
from connectors.profiles import load_profile
from tests.metered import (
    HOUR,
    MIDNIGHT,
    SECOND,
    Metered,
    every,
    interval,
    mains,
    measured,
    meter,
    why,
)
from tests.test_indicators_rules import asset

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


def test_a_meter_is_found_by_its_kind_or_by_what_lies_behind_it() -> None:
    seen = Metered(
        mains(), meter("k"), meter("w", kind="water-meter"), asset("box", kind="cabinet", production=False),
        asset("a", metered_by="box"), meter("old", in_use=False),
    ).look()  # fmt: skip
    assert [one.asset.id for one in metering.meters(seen)] == ["m", "k", "box"]
