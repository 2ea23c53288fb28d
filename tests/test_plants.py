"""Plants of known truth: what is measured holds the truth, and a difference is claimed where there is one alone.

The rows are in tests/plants/table.py; `python -m benchmarks.plants` tabulates what comes of them.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from assessor.domain import Ladder, Question, State, Verdict
from assessor.frameworks import Library
from assessor.indicators import load
from assessor.pipeline import choose_ladder
from tests.plants import BY_ID, ROWS, Row
from tests.plants.answers import by_steps, moved
from tests.plants.machines import machines
from tests.plants.outcome import Judged, bearing_on, held, judged, led_astray, measured, wrong_verdicts
from tests.plants.table import Style
from tests.plants.truth import TRUTHS, truth
from tests.plants.whole import assessed
from tests.small_bank import LIBRARY

STYLES: tuple[Style, ...] = ("honest", "boastful", "modest")
each_plant = pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])


@cache
def asked() -> tuple[Question, ...]:
    return bearing_on(LIBRARY)


@cache
def ladder(row: Row) -> Ladder:
    return choose_ladder(LIBRARY, f"cmmm-2020-{row.kind}", row.kind)


@cache
def of(row: Row, style: Style | None = None) -> Judged:
    return judged(row, asked(), ladder(row), style)


@pytest.mark.slow
@each_plant
def test_what_is_measured_holds_the_truth_or_is_a_listed_miss(row: Row) -> None:
    """Of the whole: the interval. Of each subject: none is called what it is not."""
    missed = {
        indicator: (one.ends, one.truth.value, one.wrong_lines)
        for indicator, one in held(row, of(row).measurements).items()
        if one and (not one.holds or one.wrong_lines)
    }
    assert set(missed) == set(row.misses), missed


@pytest.mark.slow
@each_plant
def test_what_cannot_be_told_is_unusable_or_open(row: Row) -> None:
    """Measured is all that has a truth but what the row lists; what has none in this plant is never measured."""
    found = {m.indicator: m.state for m in of(row).measurements if m.indicator in TRUTHS}
    stated = {indicator for indicator in found if truth(indicator, row)}
    assert {i: s.value for i, s in found.items() if i in stated and s is not State.MEASURED} == dict(row.states)
    assert [i for i, s in found.items() if i not in stated and s is State.MEASURED] == []
    for m in of(row).measurements:
        assert m.state is State.MEASURED or (m.value, m.low, m.high) == (None, None, None)


@each_plant
def test_no_difference_is_claimed_where_there_is_none(row: Row) -> None:
    """Nor in the wrong direction, however people answer; and no answer is moved further from the truth than it
    was. A listed wrong one is one indeed."""
    wrong: set[str] = set()
    for style in STYLES:
        found = of(row, style)
        wrong |= {e.question for e in wrong_verdicts(found)}
        assert {e.question for e in led_astray(found)} <= set(row.wrong), style
    assert wrong == set(row.wrong)


@each_plant
def test_what_was_not_tested_stays_as_declared(row: Row) -> None:
    for e in (e for style in STYLES for e in of(row, style).evidence):
        if e.verdict in (Verdict.UNTESTED, Verdict.UNUSABLE, Verdict.CORROBORATED):
            assert e.verified == e.claim, e.question


def verdicts(row: Row, style: Style | None = None) -> Mapping[str, Verdict]:
    return {e.question: e.verdict for e in of(row, style).evidence}


def test_boasting_and_modesty_are_found_where_enough_was_seen() -> None:
    """Differences that there are come out in both directions, so that silence is no way to pass."""
    assert Verdict.LOWER in verdicts(BY_ID["stale"], "boastful").values()
    assert Verdict.LOWER in verdicts(BY_ID["witnessed"], "boastful").values()
    assert Verdict.HIGHER in verdicts(BY_ID["modest"]).values()
    found = of(BY_ID["witnessed"], "modest")
    assert [e.question for e in found.evidence if e.verdict is Verdict.HIGHER]


@pytest.mark.parametrize("id_", ["drawn", "huge", "half-seen", "register-long", "tiny", "process"])
def test_differences_are_found_in_plants_of_any_size(id_: str) -> None:
    found = {v for style in ("boastful", "modest") for v in verdicts(BY_ID[id_], style).values()}
    assert found & {Verdict.LOWER, Verdict.HIGHER}


def test_roles_that_differ_are_told_and_the_lowest_counts() -> None:
    found = of(BY_ID["roles"])
    for e in (e for e in found.evidence if e.question in found.true):
        assert e.roles == 2 and e.claim == found.true[e.question]
        assert e.highest is None or e.highest > e.claim


def test_the_longest_look_and_the_shortest_differ_only_in_what_needs_time() -> None:
    short = {m.indicator: m for m in measured(BY_ID["truncated"])}
    long = {m.indicator: m for m in measured(BY_ID["honest"])}
    needs_time = {"completeness", "frozen_tags", "update_interval", "clock_skew", "link_availability"}
    assert {i for i in short if short[i].state is not long[i].state} == needs_time
    shares = [i for i in TRUTHS if i not in needs_time and long[i].unit == "share"]
    assert [(short[i].low, short[i].high) for i in shares] == [(long[i].low, long[i].high) for i in shares]


def test_the_way_through_a_sealed_bundle_gives_the_same(tmp_path: Path) -> None:
    """What the others measure by the stages one by one is what `pipeline.assess` does."""
    row = BY_ID["tiny"]
    library: Library = LIBRARY
    found = judged(row, tuple(library.questions.values()), ladder(row))
    whole = assessed(row, found.answers, library, tmp_path)
    assert whole.measurements == found.measurements
    assert {e.question: e for e in whole.evidence} == {e.question: e for e in found.evidence}


# The plants themselves ---------------------------------------------------------------------------------------


def test_the_table_is_sound() -> None:
    """Ids are unique, every truth is an indicator's, and what a row lists is known."""
    assert len(BY_ID) == len(ROWS) >= 30
    assert set(TRUTHS) <= set(load())
    for row in ROWS:
        assert set(row.misses) | set(row.states) <= set(TRUTHS)
        assert set(row.wrong) <= {s.id for q in asked() for s in q.statements}
        assert all((*row.misses.values(), *row.wrong.values()))


def test_an_indicator_without_a_truth_fails_nothing() -> None:
    """As one that is written later: it is reported as such."""
    (first, *_) = measured(BY_ID["tiny"])
    unknown = first.model_copy(update={"indicator": "of_tomorrow"})
    assert held(BY_ID["tiny"], [unknown]) == {"of_tomorrow": None}
    assert truth("of_tomorrow", BY_ID["tiny"]) is None


def test_truths_by_hand() -> None:
    """The plain plant, counted on paper: 7 behind, 3 with servers, 2 units, 2 unspoken, 1 alone, 1 manual."""
    row, F = BY_ID["honest"], Fraction
    by_hand = {
        "readable": F(14, 16),
        "networked": F(7 + 2 + 1, 16),
        "networked_of_digital": F(10, 15),
        "digital": F(15, 16),
        "open_protocol": F(4 + 3 + 2, 16),
        "nameplate": F(4 + 3 + 1, 16),
        "energy_metered": F(5 + 3 + 2 + 1, 16),
        "counter_signal": F(5 + 3 + 2, 12),
        "numerical_control": F(5, 6),
        "units_ranges": F(6, 30),
        "typed_instances": F(18, 38 + 18),
    }
    for indicator, value in by_hand.items():
        stated = truth(indicator, row)
        assert stated and stated.value == value, indicator
    stale = truth("frozen_tags", BY_ID["stale"])
    assert stale and stale.value == F(15, 38 - 7 + 18)


def test_a_draw_is_seeded_and_of_the_size_that_was_asked_for() -> None:
    row = BY_ID["drawn"]
    machines.cache_clear()
    first = [m.id for m in machines(row) if m.looked]
    machines.cache_clear()
    assert [m.id for m in machines(row) if m.looked] == first and len(first) == 19


def test_one_step_stays_on_the_scale() -> None:
    degree = next(q for q in asked() if q.kind == "degree")
    share = next(q for q in asked() if q.kind == "share")
    assert [moved(degree, Fraction(1, 2), s) for s in (-1, 0, 1)] == [0, Fraction(1, 2), Fraction(4, 5)]
    assert moved(degree, Fraction(1), 1) == 1 and moved(share, Fraction(9, 10), 1) == 1
    assert by_steps(degree.tests[0], Fraction(0)) in degree.scale  # type: ignore[operator]
