"""Pieces counted at the machine against the reports of a MES."""

import asyncio
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import (
    EvidenceClass,
    MeaningRule,
    Outcome,
    Series,
    State,
)
from assessor.facts import facts, series, sort
from assessor.indicators.counting import made, numbers
from assessor.indicators.seen import Seen, look
from assessor.interpret import interpret
from connectors.export import gather
from tests.exports import WIDE
from tests.kept import Kept
from tests.test_facts import BEGIN, SECOND, table
from tests.test_indicators_rules import asset, endpoint, scope
from tests.watched import Point, Watched, lines, measured, pieces, ticks, why

YES, NO, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DETERMINED
HOUR = 3600.0
F = Fraction


# Counting -----------------------------------------------------------------------------------------------------


def counted(points: Iterable[tuple[float, float]], begins: float, ends: float) -> Any:
    at, value = (np.array(column) for column in zip(*points, strict=True))
    return made(np.round(at * 1e9).astype(np.int64), value.astype(float), round(begins * 1e9), round(ends * 1e9))


@pytest.mark.parametrize(
    ("points", "begins", "ends", "expected"),
    [
        ([(0, 5), (10, 8), (20, 9)], 0, 20, (4, 4)),
        ([(0, 5), (10, 8), (20, 9)], 5, 15, (0, 4)),
        ([(0, 5), (10, 8), (20, 9), (30, 9), (40, 12)], 10, 35, (1, 4)),
        ([(0, 5), (10, 4), (20, 9)], 0, 20, None),
        ([(0, 5), (10, 8)], 0, 20, None),
        ([(0, -5), (10, 8)], 0, 10, None),
        ([(0, 5)], 0, 0, None),
    ],
    ids=["whole", "between looks", "one side", "fell", "beyond", "negative", "one look"],
)
def test_a_count_between_two_moments_by_hand(
    points: list[tuple[float, float]], begins: float, ends: float, expected: Any
) -> None:
    assert counted(points, begins, ends) == expected


def test_a_reset_counts_from_zero_and_may_hide_a_little() -> None:
    """100 looks a second apart, a piece every ten; at 50 s the counter stands at 1005 and starts anew."""
    points = [(i, 1000 + i // 10 if i < 50 else (i - 50) // 10) for i in range(100)]
    found = counted(points, 0, 99)
    assert found == (8, 10), "4 before and 4 after for sure; a stretch of a second made one at most, and one step"


@settings(max_examples=60, deadline=None)
@given(
    cycle=st.floats(3, 200),
    looks=st.lists(st.floats(0.2, 40), min_size=30, max_size=120),
    resets=st.lists(st.floats(0.1, 0.9), max_size=2),
    begins=st.floats(0, 0.4),
    ends=st.floats(0.6, 1),
)
def test_the_truth_lies_within_the_bounds(
    cycle: float, looks: list[float], resets: list[float], begins: float, ends: float
) -> None:
    at = np.round(np.cumsum(looks), 3)
    span = at[-1] - at[0]
    moments = sorted(at[0] + r * span for r in resets)
    base = 10_000

    def shown(when: float) -> int:
        before = [m for m in moments if m <= when]
        return base + int(when // cycle) if not before else int(when // cycle) - int(before[-1] // cycle)

    first, last = at[0] + begins * span, at[0] + ends * span
    truth = int(last // cycle) - int(first // cycle)
    found = counted([(when, shown(when)) for when in at], first, last)
    if found is not None:
        assert found[0] <= truth <= found[1], (found, truth)
    else:
        assert moments, "without a reset there are always bounds"


def test_what_is_no_number_is_left_out_and_rows_need_no_order() -> None:
    least = np.iinfo(np.int64).min
    source = np.array([3, 1, 2, 2, least, 5], np.int64)
    value = np.array([30.0, 10.0, np.nan, 20.0, 99.0, np.inf])
    at, kept = numbers(Series(source, source, value), source)
    assert at.tolist() == [1, 2, 3] and kept.tolist() == [10.0, 20.0, 30.0]


# Counts against the MES ---------------------------------------------------------------------------------------

MACHINES = [asset("a", expects=["counter"]), asset("b", expects=["counter"]), asset("lathe", interface="none")]
ENDS = [endpoint("a-own", asset="a"), endpoint("b-own", asset="b"), endpoint("mes", "mes")]


def reported(hourly: list[Point], function: str | None = "actual", looks: list[Point] | None = None) -> Seen:
    """Three hours of a counter, a piece every 30 s, beside what the MES says of it."""
    plant = Watched(MACHINES, ENDS)
    plant.put("a-own", "a", looks or pieces(30, ticks(-60, 3 * HOUR + 60, 10)), "count", "counter")
    plant.put("b-own", "b", pieces(20, ticks(0, HOUR, 10)), "count", "counter")
    return plant.put("mes", "a", hourly, "count", function, recorded=True).look()


HOURS = [(0.0, 120.0), (HOUR, 120.0), (2 * HOUR, 120.0), (3 * HOUR, 120.0)]


def test_a_report_that_says_what_the_machine_counted_agrees() -> None:
    found = measured("count_agreement", reported(HOURS))
    line = lines(found)["a"]
    assert (line.outcome, why(line), line.evidence) == (YES, "count_agrees", EvidenceClass.EXPORTED)
    assert line.value is not None and line.value > F(99, 100)
    assert (line.why.params["begins"], line.why.params["ends"]) == (BEGIN, BEGIN + round(3 * HOUR) * SECOND)
    assert lines(found)["b"].outcome is OPEN and why(lines(found)["b"]) == "count_unreported"
    assert (found.low, found.high, found.value) == (F(1, 2), F(1), None), (
        "nobody knows of b; the lathe is not asked"
    )
    assert found.rests_on == (EvidenceClass.EXPORTED,)
    assert found.sampled is not None and (found.sampled.tags, found.sampled.recorded) == (2, 4), (
        "counter and report"
    )


@pytest.mark.parametrize(
    ("hourly", "function", "outcome", "reason"),
    [
        ([(0.0, 120.0), (HOUR, 122.0), (2 * HOUR, 121.0)], "actual", YES, "count_agrees"),
        ([(0.0, 90.0), (HOUR, 90.0), (2 * HOUR, 90.0), (3 * HOUR, 90.0)], "actual", NO, "count_differs"),
        ([(0.0, 0.0), (HOUR, 0.0), (2 * HOUR, 0.0)], "actual", NO, "count_differs"),
        ([(0.0, 500.0), (HOUR, 620.0), (2 * HOUR, 740.0)], "counter", YES, "count_agrees"),
        ([(0.0, 500.0), (HOUR, 560.0), (2 * HOUR, 620.0)], "counter", NO, "count_differs"),
        ([(0.0, 500.0), (HOUR, 60.0), (2 * HOUR, 180.0), (3 * HOUR, 300.0)], "counter", YES, "count_agrees"),
        (HOURS, None, OPEN, "count_kind_open"),
    ],
    ids=["near", "fewer", "none", "total", "half", "total restarted", "unconfirmed"],
)
def test_reports_of_periods_and_of_totals(
    hourly: list[Point], function: str | None, outcome: Outcome, reason: str
) -> None:
    line = lines(measured("count_agreement", reported(hourly, function)))["a"]
    assert (line.outcome, why(line)) == (outcome, reason)


def test_a_row_may_stand_at_the_begin_of_its_period() -> None:
    """120 in the first hour, 60 in the second, 120 in the third: told at their begins and at their ends."""
    made_ = []
    for when in ticks(0, 3 * HOUR, 10):
        first, second, third = min(when, HOUR), max(0, min(when, 2 * HOUR) - HOUR), max(0, when - 2 * HOUR)
        made_.append((when, 1000 + int(first // 30 + second // 60 + third // 30)))
    for labels in ([(0.0, 120.0), (HOUR, 60.0), (2 * HOUR, 120.0), (3 * HOUR, 0.0)],
                   [(0.0, 0.0), (HOUR, 120.0), (2 * HOUR, 60.0), (3 * HOUR, 120.0)]):  # fmt: skip
        line = lines(measured("count_agreement", reported(labels, looks=made_)))["a"]
        assert why(line) == "count_agrees" and line.why.params["reported"] == "300"


def test_under_one_whole_shared_hour_nothing_is_used() -> None:
    short = pieces(30, ticks(0, HOUR - 60, 10))
    found = measured("count_agreement", reported(HOURS, looks=short))
    assert found.state is State.UNUSABLE and found.low is None and found.value is None
    assert [(c.id, c.holds) for c in found.conditions] == [("duration", False)]
    quarter = [(900.0 * i, 30.0) for i in range(5)]
    found = measured("count_agreement", reported(quarter, looks=short))
    assert found.state is State.UNUSABLE, "45 minutes in three quarters are no hour"
    assert found.why.params == {"minutes": 45}


def test_two_zeros_do_not_agree() -> None:
    still = [(t, 1000) for t in ticks(0, 3 * HOUR, 10)]
    line = lines(measured("count_agreement", reported([(HOUR * i, 0.0) for i in range(4)], looks=still)))["a"]
    assert (line.outcome, why(line), line.value) == (OPEN, "count_idle", None)


def test_a_gap_at_the_edge_leaves_it_open_and_a_difference_beyond_it_does_not() -> None:
    """Nobody looked from 2:20 to 3:20, so that the last hour ends somewhere in there."""
    looks = [*ticks(0, 2 * HOUR + 1200, 10), *ticks(3 * HOUR + 1200, 3 * HOUR + 2400, 10)]
    seen = reported(HOURS, looks=pieces(30, looks))
    assert why(lines(measured("count_agreement", seen))["a"]) == "count_wide"
    far = reported([(t, 10.0) for t, _ in HOURS], looks=pieces(30, looks))
    assert lines(measured("count_agreement", far))["a"].outcome is NO


def test_a_counter_that_is_reset_at_noon_still_agrees() -> None:
    looks = [(t, 1000 + int(t // 30) if t < 5000 else int(t // 30) - 166) for t in ticks(0, 3 * HOUR, 10)]
    assert lines(measured("count_agreement", reported(HOURS, looks=looks)))["a"].outcome is YES


def test_without_a_report_nothing_is_said() -> None:
    plant = Watched(MACHINES, ENDS).put("a-own", "a", pieces(30, ticks(0, HOUR, 10)), "count", "counter")
    found = measured("count_agreement", plant.look())
    assert (found.state, found.why.id, found.lines) == (State.NOT_DETERMINED, "indicator.why.no_mes_count", ())


def test_a_reject_counter_beside_the_right_one_does_no_harm() -> None:
    plant = Watched(MACHINES, ENDS)
    plant.put("a-own", "a", pieces(900, ticks(0, 3 * HOUR, 10)), "count", "counter", path="Rejects")
    plant.put("a-own", "a", pieces(30, ticks(0, 3 * HOUR, 10)), "count", "counter", path="Parts")
    line = lines(
        measured("count_agreement", plant.put("mes", "a", HOURS, "count", "actual", recorded=True).look())
    )
    assert line["a"].outcome is YES and line["a"].why.params["tag"] == "Parts"


@pytest.mark.parametrize(
    "rows",
    [
        [(0.0, "shift A"), (HOUR, "shift B")],
        [(0.0, -120.0), (HOUR, -120.0), (2 * HOUR, -120.0)],
        [(3 * HOUR, 120.0), (HOUR, 120.0), (HOUR, 120.0), (0.0, 120.0), (2 * HOUR, 120.0)],
        [(0.0, 1e300), (HOUR, 1e300), (2 * HOUR, 1e300)],
        [(HOUR, 120.0)],
    ],
    ids=["texts", "negative", "unordered", "huge", "one row"],
)
def test_reports_of_any_kind_are_borne(rows: list[Point]) -> None:
    for function in ("actual", "counter"):
        measured("count_agreement", reported(rows, function))


# A report as a MES writes it ----------------------------------------------------------------------------------


def test_a_file_of_hourly_counts_in_local_time_is_compared_in_the_same_hours(tmp_path: Path) -> None:
    """BEGIN is 2026-01-01 00:00 UTC: eight in the morning in Shanghai."""
    file = tmp_path / "pieces.csv"
    rows = [f"2026-01-01 {8 + i:02d}:00,{n}\n" for i, n in enumerate((7, 120, 120, 118))]
    file.write_text("time,IMM01\n" + "".join(rows), "utf-8")
    told = WIDE | {"tags": [{"name": "IMM01", "asset": "a"}], "taken_at": "2026-01-01T12:00:00+08:00"}
    export = {"id": "report", "protocol": "export", "address": str(file), "role": "mes", "export": told}
    plan = scope(MACHINES, [*ENDS[:2], export]).model_copy(
        update={"meanings": (MeaningRule(tags="IMM??", quantity="count", function="actual", by="planner"),)}
    )
    kept = Kept()
    report = asyncio.run(gather(plan.endpoints[2], plan, kept, seconds=1, stop=asyncio.Event()))
    plant = Watched(MACHINES, ENDS[:2]).put("a-own", "a", pieces(30, ticks(0, 3 * HOUR, 10)), "count", "counter")
    own = plant.look()
    held = sort(table([*plant.rows, *kept.rows]))
    seen = look(
        plan,
        [*own.observations, report],
        facts(held),
        plant.meanings | interpret([report], plan),
        (),
        series(held),
    )
    line = lines(measured("count_agreement", seen))["a"]
    assert (line.outcome, line.why.params["reported"]) == (YES, "358")
    assert line.why.params["begins"] == BEGIN
