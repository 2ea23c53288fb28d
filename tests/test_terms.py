"""Open sums: the arithmetic of each operation, and that a ladder's sum is its score."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Evidence, Ladder, TableStep, Term
from assessor.rating import rate, terms
from assessor.rating.opened import opened
from tests.test_rating_laws import cases

F = Fraction
BANDS = (TableStep(above=F(1, 10), gives=F(3, 2)), TableStep(above=F(1, 5), gives=F(3)))


def known(value: str | Fraction, factor: int = 1) -> Term:
    return terms.constant("k", F(value), factor=F(factor))


def between(low: str | None, high: str | None) -> Term:
    return Term(id="x", how="answer", low=low, high=high, why=terms.NO_VALUE if low is None else None)  # type: ignore[arg-type]


UNKNOWN = between(None, None)


@given(cases())
def test_a_ladder_opened_comes_to_its_score(case: tuple[Ladder, dict[str, Evidence]]) -> None:
    of, evidence = case
    rating = rate(of, "verified", evidence.values())
    level, score = opened(of, rating).of
    assert (score.low, score.high) == (rating.score, rating.score_high)
    assert (level.low, level.high) == (rating.level, rating.level_high)


@pytest.mark.parametrize(
    ("value", "points"), [("0", "0"), ("0.1", "0"), ("0.11", "1.5"), ("0.2", "1.5"), ("0.21", "3")]
)
def test_a_table_is_open_where_it_says_above(value: str, points: str) -> None:
    term = terms.steps("s", known(value), BANDS)
    assert term.low == term.high == F(points)


def test_an_open_answer_leaves_a_table_open() -> None:
    assert (terms.steps("s", UNKNOWN, BANDS).low, terms.steps("s", UNKNOWN, BANDS).high) == (0, 3)
    term = terms.steps("s", between("0.15", "0.5"), BANDS)
    assert (term.low, term.high) == (F("1.5"), 3)


def test_sums_means_and_extremes() -> None:
    parts = [known("0.5", 2), known("1", 1)]
    assert terms.sum_of("t", parts).low == 2
    assert terms.mean("t", parts).low == F(2, 3)
    assert terms.least("t", parts).low == F(1, 2)
    assert terms.most("t", parts).high == 1
    assert terms.product("t", parts).low == F(1, 2)
    assert terms.sum_of("t", []).low == 0
    assert terms.mean("t", []).low is None


def test_an_unknown_number_stays_unknown_but_comparisons_stay_open() -> None:
    total = terms.sum_of("t", [known("1"), UNKNOWN])
    assert (total.low, total.high, total.why) == (None, None, terms.NO_VALUE)
    for compared in (terms.reaches("r", UNKNOWN, F(1)), terms.within("r", UNKNOWN, F(1))):
        assert (compared.low, compared.high) == (0, 1)


def test_a_ratio_turns_its_divisor_round_and_never_divides_by_nothing() -> None:
    term = terms.ratio("r", between("1", "2"), between("4", "5"))
    assert (term.low, term.high) == (F(1, 5), F(1, 2))
    by_nothing = terms.ratio("r", known("1"), known("0"))
    assert (by_nothing.low, by_nothing.high, by_nothing.why) == (None, None, terms.NO_DIVISOR)
    less = terms.difference("d", between("5", "6"), [between("1", "2")])
    assert (less.low, less.high) == (3, 5)


def test_a_run_ends_at_the_first_that_does_not_hold() -> None:
    term = terms.run("r", [known("1"), between("0", "1"), known("1"), known("0")])
    assert (term.low, term.high) == (1, 3)


@given(st.lists(st.fractions(0, 1), min_size=1, max_size=5), st.fractions(0, 1))
def test_a_mean_lies_between_its_parts(values: list[Fraction], at: Fraction) -> None:
    parts = [terms.constant("k", value) for value in values]
    mean = terms.mean("m", parts)
    assert min(values) <= (mean.low or 0) <= max(values)
    assert terms.reaches("r", mean, at).low == (1 if sum(values) / len(values) >= at else 0)
