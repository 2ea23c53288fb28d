"""How far two people agree: published examples, another implementation, laws, and how often the interval holds."""

from fractions import Fraction
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from assessor.messages import catalogue
from benchmarks.agreement import coverage, plain, weights_of
from models.agreement import FEWEST, Table, agreement, interval, kappa

GRADES = ("0", "0.5", "0.8", "1")
PAIR = st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES))
PAIRS = st.lists(PAIR, min_size=FEWEST, max_size=40)
WEIGHTS = st.sampled_from(("linear", "quadratic"))
Weights = Literal["linear", "quadratic"]
AGRESTI: Table = ((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14))
"""Husbands and wives by four grades: Agresti, Categorical Data Analysis, 1990, p. 372."""


def pairs_of(table: Table) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


def test_a_published_example_is_met_with_its_error() -> None:
    """As the R package vcd prints it for equal spacing: 0.2374, ASE 0.0783."""
    value = kappa(AGRESTI)
    assert value is not None and f"{float(value):.4f}" == "0.2374"
    counts = np.array(AGRESTI, dtype=float)
    low, high = plain(counts, weights_of("linear"), np.random.default_rng(1))
    assert f"{(high - low) / 2 / 1.96:.4f}" == "0.0783"


def test_a_small_example_by_hand() -> None:
    """Twelve pairs, two of them one step apart and one two: 4/3 of the worst; expected by the margins."""
    pairs = [("0", "0")] * 3 + [("0.8", "0.8")] * 3 + [("1", "1")] * 3 + [("0", "0.5"), ("0.8", "1"), ("1", "0.5")]
    found = agreement(pairs, GRADES)
    rows, columns = (4, 0, 4, 4), (3, 2, 3, 4)
    expected = sum(Fraction(abs(i - j), 3) * rows[i] * columns[j] for i in range(4) for j in range(4))
    assert (found.pairs, found.same) == (12, 9)
    assert found.kappa == 1 - 12 * Fraction(1 + 1 + 2, 3) / expected
    assert found.kappa == Fraction(3, 4) and (found.low, found.high) == (Fraction(46, 125), 1)


@given(pairs=PAIRS, weights=WEIGHTS)
def test_another_implementation_says_the_same(pairs: list[tuple[str, str]], weights: Weights) -> None:
    found = agreement(pairs, GRADES, weights)
    if found.kappa is None:
        assert len({grade for pair in pairs for grade in pair}) == 1
        return
    first, second = ([GRADES.index(pair[side]) for pair in pairs] for side in (0, 1))
    other = cohen_kappa_score(first, second, labels=range(4), weights=weights)
    assert float(found.kappa) == pytest.approx(other, abs=1e-12)


@given(pairs=PAIRS, weights=WEIGHTS, data=st.data())
def test_neither_the_order_of_items_nor_who_is_first_changes_anything(
    pairs: list[tuple[str, str]], weights: Weights, data: st.DataObject
) -> None:
    found = agreement(pairs, GRADES, weights)
    assert agreement(data.draw(st.permutations(pairs)), GRADES, weights) == found
    turned = agreement([(b, a) for a, b in pairs], GRADES, weights)
    assert (turned.kappa, turned.same, turned.why) == (found.kappa, found.same, found.why)
    for one, other in ((turned.low, found.low), (turned.high, found.high)):  # sums of floats in another order
        assert (one is None and other is None) or abs(one - other) <= Fraction(1, 1000)  # type: ignore[operator]
    assert turned.table == tuple(zip(*found.table, strict=True))


@given(pairs=PAIRS, weights=WEIGHTS)
def test_it_lies_within_its_interval_and_between_minus_one_and_one(
    pairs: list[tuple[str, str]], weights: Weights
) -> None:
    found = agreement(pairs, GRADES, weights)
    if found.kappa is not None:
        assert found.low is not None and found.high is not None
        assert -1 <= found.low <= found.kappa <= found.high <= 1 and found.low < found.high


@given(grades=st.lists(st.sampled_from(GRADES), min_size=FEWEST, max_size=40), weights=WEIGHTS)
def test_who_says_the_same_agrees_wholly_and_yet_is_not_sure(grades: list[str], weights: Weights) -> None:
    found = agreement([(g, g) for g in grades], GRADES, weights)
    assert found.same == found.pairs == len(grades)
    if len(set(grades)) == 1:
        assert found.kappa is None and found.why.id == "agreement.no_variation"
    else:
        assert found.kappa == found.high == 1 and found.low is not None and found.low < 1


@given(pairs=st.lists(PAIR, max_size=FEWEST - 1))
def test_too_few_pairs_give_a_table_and_no_kappa(pairs: list[tuple[str, str]]) -> None:
    found = agreement(pairs, GRADES)
    assert (found.kappa, found.low, found.high, found.why.id) == (None, None, None, "agreement.too_few")
    assert sum(map(sum, found.table)) == found.pairs == len(pairs)
    assert found.why.id in catalogue()


def test_a_grade_off_the_scale_is_no_grade() -> None:
    with pytest.raises(KeyError):
        agreement([("0", "0.7")] * FEWEST, GRADES)


def test_with_many_pairs_it_is_the_interval_of_the_books() -> None:
    """What one pair more does is gone among thousands."""
    many: Table = tuple(tuple(100 * count for count in row) for row in AGRESTI)
    low, high = interval(many)
    a, b = plain(np.array(many, dtype=float), weights_of("linear"), np.random.default_rng(1))
    assert abs(float(low) - a) < 0.002 and abs(float(high) - b) < 0.002
    assert agreement(pairs_of(AGRESTI), range(4)).kappa == kappa(AGRESTI)


@pytest.mark.slow
def test_it_holds_the_truth_where_what_stands_in_books_does_not() -> None:
    """A few draws of what the card states of twelve pairs."""
    found = coverage("linear", 12, 60)
    assert found["large-sample, one pair spread, t"].mean >= 0.95
    assert found["large-sample, one pair spread, t"].lowest >= 0.85
    assert max(found[way].mean for way in found if way != "large-sample, one pair spread, t") < 0.9
