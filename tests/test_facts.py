"""Facts of samples: counted right, kinds and staleness by rule, intervals under polling, order irrelevant."""

import itertools
import random
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import BAD, SAMPLE_COLUMNS, UNCERTAIN, Sample, SignalKind, TagFacts
from assessor.facts import facts, sort
from assessor.facts import series as series_of

BEGIN, SECOND = 1_767_225_600_000_000_000, 1_000_000_000
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in SAMPLE_COLUMNS])


def table(rows: Iterable[Sample]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(SAMPLE_COLUMNS)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def series(
    values: Iterable[Any], tag: int = 1, every: float = 1.0, source: Any = "now", status: int = 0
) -> list[Sample]:
    """One tag polled at an interval; `source`: 'now', None, or a function of seconds since the beginning."""
    rows = []
    for i, value in enumerate(values):
        at = round(i * every * SECOND)
        stamp = (
            BEGIN + at
            if source == "now"
            else None
            if source is None
            else BEGIN + round(source(i * every) * SECOND)
        )
        kind = {bool: "flag", int: "integer", float: "number", str: "text"}.get(type(value))
        typed = {kind: value} if kind else {}
        rows.append(Sample(tag, stamp, None, BEGIN + at, at, status, **typed))
    return rows


def of(values: Iterable[Any], **more: Any) -> TagFacts:
    return facts(sort(table(series(values, **more))))[1]


def fixed(seconds: float) -> Callable[[float], float]:
    """A clock that stands still."""
    return lambda _: seconds


def noise(n: int) -> list[float]:
    return [random.Random(i).uniform(20, 30) for i in range(n)]


def test_no_rows_no_facts() -> None:
    assert facts(sort(SCHEMA.empty_table())) == {}


def test_rows_are_counted_by_severity_and_values_taken_from_good_ones_only() -> None:
    rows = series([1.0, 2.0, 99.0, 99.0, 3.0])
    rows[2] = rows[2]._replace(status=BAD | 0x50000)
    rows[3] = rows[3]._replace(status=UNCERTAIN | 0x900000)
    found = facts(sort(table(rows)))[1]
    assert (found.rows, found.good, found.uncertain, found.bad) == (5, 3, 1, 1)
    assert (found.changes, found.distinct, found.minimum, found.maximum) == (2, 3, 1.0, 3.0)
    assert (found.first, found.last, found.seconds) == (BEGIN, BEGIN + 4 * SECOND, 4.0)


def test_a_gap_is_the_longest_time_without_a_row() -> None:
    rows = [r for r in series(noise(30)) if not 10 <= r.mono / SECOND < 17]
    assert facts(sort(table(rows)))[1].longest_gap == 8.0


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (noise(400), SignalKind.LIVE),
        (noise(5), SignalKind.LIVE),
        ([20.0] * 299, SignalKind.TOO_SHORT),
        ([20.0] * 300, SignalKind.STATIC),
        (["Running"] * 300, SignalKind.STATIC),
        ([1, 1, 2, 2, 1, 1], SignalKind.TOO_SHORT),
        ([i // 50 % 3 for i in range(400)], SignalKind.STATE),
        ([i % 20 < 10 for i in range(400)], SignalKind.STATE),
        (["Idle" if i % 90 < 30 else "Running" for i in range(400)], SignalKind.STATE),
        ([i // 18 for i in range(400)], SignalKind.COUNTER),
        ([i // 50 for i in range(400)], SignalKind.COUNTER),
        ([(150 + i // 4) % 200 for i in range(400)], SignalKind.COUNTER_RESET),
        ([0.01 * i for i in range(400)], SignalKind.COUNTER),
        ([float("nan")] * 400, SignalKind.NO_GOOD_VALUE),
        ([None] * 400, SignalKind.NO_GOOD_VALUE),
    ],
)  # fmt: skip
def test_kinds(values: list[Any], kind: SignalKind) -> None:
    assert of(values).kind is kind


def test_five_minutes_are_long_enough_whatever_the_rows() -> None:
    assert of([20.0] * 31, every=10).kind is SignalKind.STATIC
    assert of([20.0] * 30, every=10).kind is SignalKind.TOO_SHORT


def test_one_reset_of_a_counter_is_noted() -> None:
    assert of([(150 + i // 4) % 200 for i in range(400)]).resets == 1
    assert of([i // 4 for i in range(400)]).resets == 0


def test_bad_rows_alone_give_no_value() -> None:
    found = of(noise(400), status=BAD)
    assert found.kind is SignalKind.NO_GOOD_VALUE
    assert (found.changes, found.minimum, found.skew, found.source_seconds, found.stale) == (
        0,
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("values", "source", "stale"),
    [
        ([20.0] * 30, fixed(-900), True),  # stood still long before we came
        ([20.0] * 90, fixed(0), True),  # stood still for all of a minute and a half
        ([20.0] * 30, fixed(-5), None),  # stood still, but not for long: nobody can say
        ([20.0] * 3, fixed(-900), None),  # too few rows
        ([20.0] * 30, lambda t: t - 3600, False),  # an hour late, and going on
        ([20.0] * 30, lambda t: t, False),  # a constant, stamped afresh
        (noise(30), fixed(-900), False),  # the clock stands still, the values do not
        (noise(30), fixed(900), False),
        ([20.0] * 30, fixed(900), None),
        ([20.0] * 90, None, None),
        ([20.0] * 90, lambda t: 0 if t > 40 else -900, True),  # its time leapt once, and stood still again
        ([20.0] * 90, lambda t: t // 30 * 30, False),  # updated every half minute
    ],
)
def test_staleness(values: list[float], source: Any, stale: bool | None) -> None:
    assert of(values, source=source).stale is stale


LAST_USABLE, NO_COMMUNICATION, SUBSTITUTE, OVERRIDE = 0x40900000, 0x408F0000, 0x40910000, 0x00960000


@pytest.mark.parametrize(
    ("status", "stale", "last_usable"),
    [(LAST_USABLE, True, 30), (NO_COMMUNICATION | 0x480, True, 30), (SUBSTITUTE, False, 0), (OVERRIDE, False, 0)],
)
def test_a_last_usable_value_is_stale_however_it_is_stamped(status: int, stale: bool, last_usable: int) -> None:
    found = of(noise(30), status=status, source=lambda t: t)
    assert (found.stale, found.last_usable) == (stale, last_usable)
    assert found.overridden == (30 if status == OVERRIDE else 0)


def test_a_good_value_before_the_last_usable_one_came_all_the_same() -> None:
    rows = [r._replace(status=LAST_USABLE) if i > 10 else r for i, r in enumerate(series(noise(30)))]
    found = facts(sort(table(rows)))[1]
    assert found.stale is False and (found.good, found.last_usable) == (11, 19)


def test_times_that_the_server_makes_are_counted() -> None:
    rows = [r._replace(server=(r.source or 0) + 20_000) for r in series([20.0] * 30)]
    found = facts(sort(table(rows)))[1]
    assert (found.server_stamped, found.restamps, found.changes) == (30, 29, 0)
    apart = facts(sort(table([r._replace(server=(r.source or 0) + 2_000_000) for r in rows])))[1]
    assert apart.server_stamped == 0
    none = facts(sort(table([r._replace(source=None, server=None) for r in rows])))[1]
    assert (none.server_stamped, none.restamps) == (0, 0)


def test_skew_is_the_least_delayed_row() -> None:
    delays = [0.4, 0.05, 0.3, 0.2]
    found = of([1.0, 2.0, 3.0, 4.0], source=lambda t: t - 3600 - delays[int(t)])
    assert found.skew == pytest.approx(-3600.05) and found.lag == pytest.approx(3600.05)
    assert found.source_seconds == pytest.approx(3.2)


def test_a_source_time_before_1970_is_none() -> None:
    found = of(noise(10), source=fixed(-BEGIN // SECOND - 5))
    assert (found.without_source_time, found.skew) == (10, None)


def polled(interval: float, poll: float, seconds: float, share: float = 1.0) -> list[float]:
    """A value renewed at an interval, changing in a share of the renewals, as polling shows it."""
    chance, steps, value = random.Random(7), [0.0], 0.0
    for _ in range(round(seconds / interval) + 1):
        value += chance.random() if chance.random() < share else 0.0
        steps.append(value)
    return [steps[int((i * poll + 0.013) / interval) + 1] for i in range(round(seconds / poll))]


@pytest.mark.parametrize("interval", [3.0, 5.0, 7.3, 12.0])
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_an_interval_is_found_within_a_tenth_under_polling(interval: float, share: float) -> None:
    found = of(polled(interval, 1.0, 120 * interval, share), source=None).update_interval
    assert found == pytest.approx(interval, rel=0.1)


@pytest.mark.parametrize("interval", [1.0, 2.0, 5.0])
def test_source_times_show_an_interval_exactly(interval: float) -> None:
    values = polled(interval, 0.5, 60 * interval)
    found = of(values, every=0.5, source=lambda t: (t + 0.013) // interval * interval)
    assert found.update_interval == pytest.approx(interval, rel=0.02)


def test_fewer_than_thirty_changes_show_no_interval() -> None:
    assert of([float(i) for i in range(30)], source=None).update_interval is None
    assert of([float(i) for i in range(31)], source=None).update_interval == pytest.approx(1.0)
    assert of([float(i // 20) for i in range(400)]).update_interval is None


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=True), st.sampled_from("abc")
)
ROWS = st.lists(st.tuples(st.integers(1, 4), VALUES, st.sampled_from([0, BAD, UNCERTAIN])), max_size=60)


@given(rows=ROWS, chance=st.randoms())
def test_counts_agree_with_a_plain_count_and_order_changes_nothing(rows: list[Any], chance: random.Random) -> None:
    samples = [
        series([value], tag=tag, status=status)[0]._replace(mono=i * SECOND, receive=BEGIN + i * SECOND)
        for i, (tag, value, status) in enumerate(rows)
    ]
    found = facts(sort(table(samples)))
    assert set(found) == {tag for tag, _, _ in rows}
    for tag, one in found.items():
        values = [v for t, v, s in rows if t == tag and s == 0 and _usable(v)]
        keys = [(type(v).__name__, v) for v in values]
        assert one.rows == one.good + one.uncertain + one.bad == sum(t == tag for t, _, _ in rows)
        assert one.changes == sum(a != b for a, b in itertools.pairwise(keys))
        assert one.distinct == len(set(keys))
        assert (one.kind is SignalKind.NO_GOOD_VALUE) == (not values)
    chance.shuffle(samples)
    assert facts(sort(table(samples))) == found


def _usable(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not np.isfinite(value))


def test_whole_numbers_beyond_the_reach_of_a_float_are_told_apart() -> None:
    assert of([2**60, 2**60 + 1, 2**60]).changes == 2


@pytest.mark.slow
def test_two_million_rows_of_many_tags_take_seconds() -> None:
    n, tags = 2_000_000, 500
    at = np.arange(n) // tags * SECOND
    columns: dict[str, Any] = {name: pa.nulls(n, SCHEMA.field(name).type) for name in SCHEMA.names}
    columns |= {"tag": np.arange(n) % tags + 1, "mono": at, "receive": at + BEGIN, "source": at + BEGIN}
    columns |= {"status": np.zeros(n, np.uint32), "number": np.random.default_rng(1).normal(size=n)}
    rows = pa.table({name: pa.array(column) for name, column in columns.items()})
    begun = time.monotonic()
    found = facts(sort(rows))
    assert time.monotonic() - begun < 20, "a loop over rows has crept in"
    assert len(found) == tags and all(f.rows == n // tags for f in found.values())


def test_a_series_gives_texts_beside_numbers_of_good_rows_alone() -> None:
    rows = [*series(["AUTO", "MANUAL", "AUTO", 5.0]), *series([1.0, 2.0], tag=2), *series(["x"], tag=3)]
    rows[1] = rows[1]._replace(status=BAD)
    found = series_of(sort(table(random.Random(1).sample(rows, len(rows)))))
    mixed, numbers, texts = found(1), found(2), found(3)
    assert mixed is not None and mixed.text is not None and mixed.text.tolist() == ["AUTO", "AUTO", None]
    assert np.isnan(mixed.value[:2]).all() and mixed.value[2] == 5.0
    assert numbers is not None and numbers.text is None and numbers.value.tolist() == [1.0, 2.0]
    assert texts is not None and texts.text is not None and texts.text.tolist() == ["x"]
    assert found(4) is None
    assert mixed.held is not None and mixed.held.tolist() == [1.0, 1.0, 0.0], "until the Bad one came"
