"""Arithmetic over time: by hand on small series, by law on any, and with what a meter should never send."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.indicators import advance, timeseries
from assessor.indicators.timeseries import MINUTE, QUARTER, SECOND, Steps, Total
from tests.metered import MIDNIGHT, every

BEGIN = MIDNIGHT * SECOND
LONGEST = 120.0


def at(*seconds: float) -> Any:
    return np.array([BEGIN + round(s * SECOND) for s in seconds], dtype=np.int64)


def between(seconds: list[float], values: list[float], longest: float = LONGEST) -> Steps:
    return timeseries.between(at(*seconds), np.array(values, dtype=float), longest)


# By hand


def test_between_two_looks_power_lay_between_two_readings() -> None:
    """10 → 20 over 60 s, 20 → 20 over 60 s: 15·60 + 20·60, at least 10·60 + 20·60, at most 20·120."""
    assert timeseries.amount(between([0, 60, 120], [10, 20, 20])) == Total(1800, 2100, 2400)


def test_what_nobody_saw_widens_the_bounds_and_leaves_no_value() -> None:
    """60 s seen at 10, 200 s unseen, 60 s seen at 30: from nothing to 30 in between."""
    seen = between([0, 60, 260, 320], [10, 10, 30, 30])
    assert timeseries.amount(seen) == Total(600 + 1800, None, 600 + 1800 + 200 * 30)


def test_a_reported_value_holds_until_the_next_row_and_not_while_nobody_was_there() -> None:
    rows, values = at(0, 100, 400), np.array([5.0, 10.0, 20.0])
    stood = np.array([100.0, 300.0, 100.0])
    whole = timeseries.held(rows, values, stood, ())
    assert timeseries.amount(whole) == Total(5500.0, 5 * 100 + 10 * 300 + 20 * 100, 5500.0)
    away = [(BEGIN + 200 * SECOND, BEGIN + 350 * SECOND)]
    cut = timeseries.held(rows, values, stood, away)
    assert cut.end.tolist() == [100, 200, 500] and cut.seen == 300
    assert timeseries.amount(cut).mid is None
    bad = timeseries.held(rows, values, np.array([100.0, 50.0, 0.0]), ())
    assert bad.end.tolist() == [100, 150], "a row of another status ended it"


def test_quarter_hours_are_those_of_the_clock_and_lie_wholly_inside() -> None:
    """From 00:05 to 00:50 two quarter hours are whole: 00:15 and 00:30."""
    rows = every(60, 46, MIDNIGHT + 300)
    table = timeseries.bins(timeseries.between(rows, np.full(46, 8.0), LONGEST), QUARTER)
    assert (table.number * QUARTER - MIDNIGHT).tolist() == [900, 1800]
    assert table.whole.all() and table.mid.tolist() == [8, 8] == table.low.tolist() == table.high.tolist()


def test_a_quarter_hour_seen_in_part_counts_as_off_and_as_the_highest_met() -> None:
    rows = np.delete(every(60, 31), range(16, 21))  # nothing from minute 15 to minute 21
    values = np.where(rows < BEGIN + 900 * SECOND, 40.0, 10.0)
    table = timeseries.bins(timeseries.between(rows, values, LONGEST), QUARTER)
    assert table.whole.tolist() == [True, False] and np.isnan(table.mid[1])
    assert table.low[1] == pytest.approx(10 * 540 / 900)
    assert table.high[1] == pytest.approx((10 * 540 + 40 * 360) / 900)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([100, 101, 103], Total(1, 3, 5)),
        ([100.0, 100.1, 100.1, 100.5], Total(pytest.approx(0.1), pytest.approx(0.5), pytest.approx(0.9))),  # type: ignore[arg-type]
        ([100, 100, 100], None),
        ([100], None),
        ([], None),
        ([0, 0, 0], None),
        ([-5, -4], None),
        ([100, 101, 99.5, 102], None),
        ([np.nan, 100, 101, np.nan], Total(0, 1, 2)),
        # reset after 103 kWh: 3 before, 2 after; fastest advance 2 kWh a minute, unseen one minute
        ([100, 101, 103, 0, 1, 2], Total(5 - 2, None, 5 + 2 + 2)),
    ],
)
def test_a_counter_by_hand(values: list[float], found: Total | None) -> None:
    rows = at(*(60 * i for i in range(len(values))))
    assert advance.difference(rows, np.array(values, dtype=float)) == found


def test_power_from_a_counter_and_what_fell_is_unseen() -> None:
    rates = advance.rates(at(0, 900, 1800, 2700), np.array([10.0, 12.0, 0.0, 1.0]), 1800)
    assert rates.mid.tolist() == [8, 4] and rates.begin.tolist() == [0, 1800]


def test_a_counter_that_stands_still_between_looks_is_not_zero_power() -> None:
    seconds = np.arange(0, 3601, 10)
    rows = at(*seconds.tolist())
    rates = advance.rates(rows, np.floor((seconds + 50) / 600) * 5, 960)
    assert set(rates.mid.tolist()) == {30} and rates.begin[0] == 550 and rates.span == 3600
    assert not len(advance.rates(rows, np.floor((seconds + 50) / 600) * 5, 300).mid)


def test_stretches_are_cut_and_tables_laid_over_one_another() -> None:
    cut = timeseries.split(between([0, 60, 120], [10, 20, 20]), np.array([30.0, 60.0, 500.0]))
    assert cut.begin.tolist() == [0, 30, 60] and timeseries.amount(cut) == Total(1800, 2100, 2400)
    early, late = (timeseries.bins(between([m, m + 60], [1, 1]), MINUTE) for m in (0, 180))
    both = timeseries.outer([early, late])
    assert [t.whole.tolist() for t in both] == [[True, False, False, False], [False, False, False, True]]


def test_a_sum_holds_where_all_were_seen() -> None:
    one, two = between([0, 100, 200], [1, 1, 1]), between([50, 100, 250], [2, 2, 2], 200)
    total = timeseries.plus([one, two])
    assert timeseries.amount(total) == Total(450, 450, 450) and total.span == 150


def test_bins_are_added_where_all_of_them_are() -> None:
    early = timeseries.bins(timeseries.between(every(60, 61), np.full(61, 5.0), LONGEST), QUARTER)
    late = timeseries.bins(timeseries.between(every(60, 61, MIDNIGHT + 1800), np.full(61, 7.0), LONGEST), QUARTER)
    both = timeseries.together([early, late])
    assert both.mid.tolist() == [12, 12] and (both.number * QUARTER - MIDNIGHT).tolist() == [1800, 2700]
    apart = timeseries.bins(timeseries.between(every(60, 61, MIDNIGHT + 9000), np.full(61, 7.0), LONGEST), QUARTER)
    assert not len(timeseries.together([early, apart]).number)


@pytest.mark.parametrize("count", [0, 1])
def test_no_row_and_one_row_are_no_time(count: int) -> None:
    steps = timeseries.between(every(1, count), np.full(count, 5.0), LONGEST)
    assert steps.span == steps.seen == 0 and timeseries.amount(steps) == Total(0, 0, 0)
    assert not len(timeseries.bins(steps, MINUTE).number)


def test_feed_in_takes_nothing_off() -> None:
    taken = timeseries.drawn(between([0, 60, 120], [-50, -50, 30]))
    assert timeseries.amount(taken) == Total(0, 0, 1800), "the change of sign lay somewhere in the second minute"


# By law

VALUES = st.floats(0, 500, allow_nan=False).map(lambda x: round(x, 3))
ROWS = st.lists(st.tuples(st.integers(0, 100), VALUES), min_size=2, max_size=40, unique_by=lambda row: row[0])


def rows_of(rows: list[tuple[int, float]]) -> Steps:
    return between([60.0 * i for i, _ in rows], [value for _, value in rows])


@settings(max_examples=50)
@given(rows=ROWS, more=st.lists(st.floats(0, 100), min_size=40, max_size=40))
def test_more_power_is_never_less_energy(rows: list[tuple[int, float]], more: list[float]) -> None:
    less = timeseries.amount(rows_of(rows))
    most = timeseries.amount(rows_of([(i, v + m) for (i, v), m in zip(rows, more, strict=False)]))
    assert less.low <= most.low + 1e-6 and less.high <= most.high + 1e-6
    assert (less.mid is None) == (most.mid is None)
    assert less.mid is None or most.mid is None or less.mid <= most.mid + 1e-6


@settings(max_examples=50)
@given(rows=ROWS, begin=st.integers(0, 100), length=st.integers(3, 60))
def test_a_gap_never_raises_the_lower_bound(rows: list[tuple[int, float]], begin: int, length: int) -> None:
    whole = rows_of(rows)
    holed = rows_of([(i, v) for i, v in rows if not begin < i < begin + length])
    assert timeseries.amount(holed).low <= timeseries.amount(whole).low + 1e-6
    before, after = timeseries.bins(whole, QUARTER), timeseries.bins(holed, QUARTER)
    if len(after.number):
        assert np.max(after.low) <= np.max(before.low) + 1e-9
        inside = np.isin(before.number, after.number)
        assert np.all(after.low <= before.low[inside] + 1e-9)


@settings(max_examples=50)
@given(rows=ROWS, seed=st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list[tuple[int, float]], seed: Any) -> None:
    mixed = list(rows)
    seed.shuffle(mixed)
    for one, other in zip(rows_of(rows), rows_of(mixed), strict=True):
        assert np.array_equal(one, other)
    counted = [
        advance.difference(at(*(60.0 * i for i, _ in of)), np.array([v for _, v in of])) for of in (rows, mixed)
    ]
    assert counted[0] == counted[1]


@settings(max_examples=50)
@given(rows=ROWS)
def test_a_value_lies_within_its_bounds_and_bins_hold_what_the_whole_holds(rows: list[tuple[int, float]]) -> None:
    steps = rows_of(rows)
    total = timeseries.amount(steps)
    assert total.low <= total.high + 1e-9
    assert total.mid is None or total.low - 1e-9 <= total.mid <= total.high + 1e-9
    table = timeseries.bins(steps, MINUTE)
    assert np.all(table.low <= table.high + 1e-9)
    mid = table.mid[table.whole]
    assert np.all(table.low[table.whole] - 1e-9 <= mid) and np.all(mid <= table.high[table.whole] + 1e-9)
    if total.mid is not None:
        assert float(np.sum(mid)) * MINUTE == pytest.approx(total.mid)


@settings(max_examples=50)
@given(rises=st.lists(st.integers(0, 5), min_size=1, max_size=40), unit=st.sampled_from([0.01, 1.0]))
def test_a_counter_that_only_rises_gives_its_difference(rises: list[int], unit: float) -> None:
    readings = np.cumsum([1000, *rises]) * unit
    found = advance.difference(every(60, len(readings)), readings)
    if not any(rises):
        assert found is None
    else:
        assert found is not None and found.mid == pytest.approx(sum(rises) * unit)
        assert found.low <= found.mid <= found.high and found.high - found.low >= min(r for r in rises if r) * unit
