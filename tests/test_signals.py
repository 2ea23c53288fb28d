"""Kinds of signals, intervals, skew: against signals whose truth is known. All figures: benchmarks/signals.md."""

import math
import random
from typing import Any

import numpy as np
import pytest

from assessor.domain import SignalKind
from assessor.facts import facts, sort
from benchmarks.made_signals import KINDS
from benchmarks.signals import FIVE, f1, macro, renewed, skews, told
from tests.test_facts import SECOND, noise, of, series, table


def test_kinds_are_told_apart_at_600_samples() -> None:
    """The goal is 0.95 over static, live, state, counter and saturated."""
    counts = told(FIVE, 16, 600, seed=11)
    assert macro(counts) >= 0.95, counts
    more = told(KINDS, 10, 600, seed=12)
    assert min(f1(more, kind) for kind in KINDS) >= 0.85, more


def test_kinds_are_told_apart_in_another_world() -> None:
    """The goal is 0.85: other looks, dead bands, coarse numbers, 150 samples and more."""
    counts = told(FIVE, 20, 0, seed=13, shifted=True)
    assert macro(counts) >= 0.85, counts


@pytest.mark.parametrize("share", [1.0, 0.6])
@pytest.mark.parametrize(("poll", "interval"), [(0.5, 1.5), (1.0, 3.0), (1.0, 7.3), (0.2, 5.0)])
@pytest.mark.parametrize("by_source", [False, True])
def test_an_interval_of_three_looks_or_more_is_found(
    poll: float, interval: float, share: float, by_source: bool
) -> None:
    """The goal: within a tenth, where it lasts three looks and there are thirty changes."""
    found = renewed(poll, interval, share, by_source, runs=5)
    assert len(found.errors) == 5 and np.median(found.errors) <= 0.1, found
    assert found.hidden == 0


def test_an_interval_about_that_of_the_looks_is_an_upper_bound_only() -> None:
    found = renewed(1.0, 0.4, 1.0, False, runs=3)
    assert found.hidden == 3
    assert renewed(1.0, 5.0, 1.0, False, runs=3).hidden == 0


def test_skew_is_found_within_fifty_milliseconds() -> None:
    assert np.percentile(skews(15), 95) <= 0.05


# Kind by kind, by hand ------------------------------------------------------------------------------------

LAST_USABLE = 0x40900000


def test_frozen_is_what_a_status_says() -> None:
    assert of([20.0] * 10, status=LAST_USABLE).kind is SignalKind.FROZEN
    assert of([20.0] * 4, status=LAST_USABLE).kind is SignalKind.NO_GOOD_VALUE
    rows = [r._replace(status=LAST_USABLE) if i > 20 else r for i, r in enumerate(series(noise(30)))]
    assert facts(sort(table(rows)))[1].kind is SignalKind.FREEZING
    back = [r._replace(status=LAST_USABLE) if 10 < i < 20 else r for i, r in enumerate(series(noise(30)))]
    assert facts(sort(table(back)))[1].kind is SignalKind.LIVE, "it came back"


@pytest.mark.parametrize(
    ("value", "age", "vouched", "kind"),
    [
        (20.0, 7200, True, SignalKind.FROZEN),
        (20.0, 7200, False, SignalKind.STATIC),  # a setpoint of the morning looks like that
        (20.0, 600, True, SignalKind.STATIC),  # ten minutes may be a steady value
        (0.0, 7200, True, SignalKind.STATIC),  # a machine at rest
    ],
)
def test_frozen_by_age_needs_someone_who_says_that_it_measures(
    value: float, age: float, vouched: bool, kind: SignalKind
) -> None:
    rows = sort(table(series([value] * 400, source=lambda _: -age)))
    assert facts(rows, measured=[1] if vouched else [])[1].kind is kind


def wave(n: int) -> list[float]:
    return [round(50 + 20 * math.sin(i / 9) + random.Random(i).gauss(0, 0.2), 2) for i in range(n)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([min(v, 62.0) for v in wave(600)], SignalKind.SATURATED),
        ([max(v, 40.0) for v in wave(600)], SignalKind.SATURATED),
        ([max(v - 40.0, 0.0) for v in wave(600)], SignalKind.LIVE),  # zero is where things rest
        (wave(600), SignalKind.LIVE),
        ([round(v) for v in wave(600)], SignalKind.LIVE),  # coarse, not clipped
        (wave(300) + [wave(300)[-1]] * 300, SignalKind.FREEZING),
        (wave(300) + [0.0] * 300, SignalKind.LIVE),
        (wave(560) + [wave(560)[-1]] * 40, SignalKind.LIVE),  # forty seconds are no stand
        (wave(300) + [99.0] * 300, SignalKind.SATURATED),  # at the end of its range
        ([v - 25 for v in noise(600)], SignalKind.NOISE),
        (noise(600), SignalKind.LIVE),  # noise about a value: a steady quantity looks like that
        ([round(random.Random(i).gauss(0, 1)) for i in range(600)], SignalKind.NOISE),
        ([(-1, 0, 2)[i // 9 % 3] for i in range(600)], SignalKind.STATE),
        ([math.sin(i * math.pi / 2 + 0.3) for i in range(600)], SignalKind.LIVE),  # an oscillation, aliased
        ([i // 4 % 100 for i in range(600)], SignalKind.COUNTER_RESET),
        ([i // 4 % 50 for i in range(600)], SignalKind.COUNTER_RESET),
        ([i // 4 % 8 for i in range(600)], SignalKind.STATE),  # the steps of a sequence
        (["A", "B"] * 300, SignalKind.STATE),
    ],
)
def test_kinds_by_hand(values: list[Any], kind: SignalKind) -> None:
    assert of(values).kind is kind


def test_how_long_the_last_value_has_stood() -> None:
    assert of([1.0, 2.0] + [3.0] * 11).stood == 10.0
    assert of([None] * 10).stood is None


def entries(values: list[float], gaps: list[float]) -> Any:
    """Values typed with so many seconds between, looked at each ten seconds."""
    looks: list[float] = []
    for value, gap in zip(values, gaps, strict=True):
        looks += [value] * round(gap / 10)
    return of(looks, every=10.0)


def test_typed_by_hand_needs_hours_odd_gaps_and_round_numbers() -> None:
    chance = random.Random(3)
    gaps = [chance.choice([300.0, 900.0, 2400.0]) for _ in range(20)]
    hand = [chance.choice([6.5, 7.0, 7.5, 8.0, 7.2, 6.0]) for _ in range(20)]
    hand = [v if i == 0 or v != hand[i - 1] else v + 0.5 for i, v in enumerate(hand)]
    assert entries(hand, gaps).typed is True
    assert entries([v + 0.013 * i for i, v in enumerate(hand)], gaps).typed is False, "no round numbers"
    assert entries(hand, [900.0] * 20).typed is False, "as regular as a machine"
    assert entries(hand[:12], [60.0 + 20 * (i % 3) for i in range(12)]).typed is None, "not over hours"
    assert entries([round(20 + 0.1 * (i % 7), 1) for i in range(20)], gaps).typed is False, "digit by digit"
    assert of(noise(400)).typed is None


def test_facts_of_one_tag_do_not_depend_on_its_neighbours() -> None:
    """All tags are looked at in one pass: edges must not leak."""
    signals = [wave(600), noise(600), [v - 25 for v in noise(600)], [min(v, 62.0) for v in wave(600)], [5.0] * 600]
    alone = [of(values).model_copy(update={"tag": 0}) for values in signals]
    rows = [r for tag, values in enumerate(signals, 1) for r in series(values, tag=tag)]
    random.Random(1).shuffle(rows)
    together = facts(sort(table(rows)))
    assert [together[i].model_copy(update={"tag": 0}) for i in range(1, 6)] == alone
    assert all(f.seconds == 599.0 and f.last - f.first == 599 * SECOND for f in together.values())
