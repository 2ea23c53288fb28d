"""Production indicators: counts against the MES, identity, delay, robots, and what should be collected."""

import asyncio
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor import indicators
from assessor.domain import (
    AddressSpace,
    Companion,
    EvidenceClass,
    Expect,
    Line,
    MeaningRule,
    Measurement,
    Nameplate,
    Outcome,
    Sampling,
    Selection,
    Series,
    State,
    Stratum,
)
from assessor.facts import facts, series, sort
from assessor.indicators.counting import made, numbers
from assessor.indicators.seen import Seen, look
from assessor.indicators.share import interval, wilson
from assessor.indicators.share import line as line_of
from assessor.interpret import interpret
from assessor.messages import LANGUAGES, render
from connectors.export import gather
from tests.exports import WIDE
from tests.kept import Kept
from tests.test_facts import BEGIN, SECOND, table
from tests.test_indicators_rules import asset, endpoint, scope
from tests.watched import Point, Watched, pieces, ticks

YES, NO, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DETERMINED
HOUR = 3600.0
F = Fraction
ROBOTICS = "http://opcfoundation.org/UA/Robotics/"


def measured(name: str, seen: Seen) -> Measurement:
    """By `measure_all`, as a run does it: with its area and the rows behind it."""
    found = next(m for m in indicators.measure_all(seen) if m.indicator == name)
    texts = [found.why, found.method, *(t for c in found.conditions for t in (c.needed, c.found))]
    for text in (*texts, *(one.why for one in found.lines)):
        assert all(render(text, language) for language in LANGUAGES)
    return found


def lines(found: Measurement) -> dict[str, Line]:
    return {one.subject: one for one in found.lines}


def why(line: Line) -> str:
    return line.why.id.removeprefix("indicator.why.")


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


# What a machine knows of its work -----------------------------------------------------------------------------

WORK = [asset("a", expects=["identity", "counter"]), asset("b", expects=["identity"])]
OWN = [endpoint("a-own", asset="a"), endpoint("b-own", asset="b"), endpoint("mes", "mes")]
LOOK = ticks(0, 600, 5)


def text(value: str) -> list[Point]:
    return [(t, value) for t in LOOK]


@pytest.mark.parametrize(
    ("path", "quantity", "values", "outcome", "reason"),
    [
        ("Job/OrderNo", None, text("A-7"), YES, "identity_seen"),
        ("当前工单号", None, text("A-7"), YES, "identity_seen"),
        ("X7", "batch", text("A-7"), YES, "identity_seen"),
        ("X7", None, [(t, "A-7" if t < 300 else "A-8") for t in LOOK], YES, "identity_seen"),
        ("X7", None, text("A-7"), OPEN, "identity_unclear"),
        ("Identification/SerialNumber", None, text("SN-1"), NO, "looked_in_vain"),
        ("设备型号", None, text("MX-550"), NO, "looked_in_vain"),
    ],
)
def test_an_identity_is_no_nameplate(
    path: str, quantity: str | None, values: list[Point], outcome: Outcome, reason: str
) -> None:
    plant = Watched(WORK, OWN).put("a-own", "a", pieces(30, LOOK), "count", "counter")
    plant.put("a-own", "a", values, quantity, "identification", path=path)
    line = lines(measured("identity", plant.look()))["a"]
    assert (line.outcome, why(line)) == (outcome, reason)


def test_what_a_mes_holds_of_a_machine_is_not_at_the_machine() -> None:
    plant = Watched(WORK, OWN).put("a-own", "a", pieces(30, LOOK), "count", "counter")
    plant.put("mes", "a", text("A-7"), "order", "identification")
    assert lines(measured("identity", plant.look()))["a"].outcome is NO


def aged(values: list[Point], source: Any, cycle: float = 30) -> Measurement:
    plant = Watched(WORK, OWN).put("a-own", "a", pieces(cycle, LOOK), "count", "counter")
    plant.put("a-own", "a", values, "order", "identification", source=source)
    return measured("identity_age", plant.look())


def test_the_age_of_an_identity_is_read_where_it_changed_or_says_when_it_was_written() -> None:
    changed = aged([(t, "A-7" if t < 300 else "A-8") for t in LOOK], "now")
    assert (changed.value, changed.low, changed.high) == (F(300), F(300), F(305))
    assert why(changed.lines[0]) == "identity_changed"
    written = aged(text("A-7"), -7200)
    assert (written.value, written.high) == (F(7800), F(7800)) and written.lines[0].outcome is YES
    old = aged(text("A-7"), -30 * 86400)
    assert old.lines[0].outcome is NO and why(old.lines[0]) == "identity_old"


@pytest.mark.parametrize("source", ["now", None, -1.0])
def test_where_nothing_tells_when_it_was_written_no_age_is_given(source: Any) -> None:
    """A time stamped at every look, none at all, or one of the server's own at the first look."""
    found = aged(text("A-7"), source)
    assert found.state is State.NOT_DETERMINED and found.value is None
    assert why(found.lines[0]) == "identity_no_time"


def test_an_old_identity_of_a_machine_that_stands_says_nothing() -> None:
    found = aged(text("A-7"), -30 * 86400, cycle=10**6)
    assert found.state is State.UNUSABLE and found.lines[0].outcome is OPEN
    assert {c.id: c.holds for c in found.conditions} == {"duration": True, "load": False}
    short = aged(text("A-7")[:50], -7200)
    assert short.state is State.UNUSABLE and short.why.params == {"seconds": "245.0"}
    assert measured("identity_age", Watched(WORK, OWN).look()).state is State.NOT_DETERMINED


# From machine to system ---------------------------------------------------------------------------------------

BOTH = [asset("a"), asset("b")]
PLACES = [
    endpoint("a-own", asset="a"),
    endpoint("b-own", asset="b"),
    endpoint("mes", "mes"),
    endpoint("h", "scada"),
]


def passed(
    delay: float, *, looks: float = 1.0, cycle: float = 10, recorded: bool = False, span: float = 600
) -> Seen:
    """A counter at the machine, and the same value so many seconds later in the MES."""
    later = [(t, 1000 + int((t - delay) // cycle)) for t in ticks(0, span, looks)]
    plant = Watched(BOTH, PLACES).put("a-own", "a", pieces(cycle, ticks(0, span, looks)), "count", "counter")
    plant.put("a-own", "a", pieces(7, ticks(0, span, 1), 5), "count", "counter", path="other")
    return plant.put("mes", "a", later, "count", "counter", recorded=recorded).look()


@pytest.mark.parametrize("delay", [0.0, 3.0, 47.0])
def test_the_delay_is_the_time_between_the_same_value_here_and_there(delay: float) -> None:
    found = measured("time_to_system", passed(delay))
    assert found.state is State.MEASURED and found.value == delay
    assert (found.low, found.high) == (F(max(delay - 1, 0)), F(delay + 1)), "a look on either side"
    line = found.lines[0]
    assert line.value == delay and line.why.params["tag"] == "a.1" and int(str(line.why.params["n"])) >= 20
    assert found.rests_on == (EvidenceClass.MEASURED,)
    assert found.sampled is not None and found.sampled.tags == 2


@settings(max_examples=25, deadline=None)
@given(delay=st.floats(0, 30), looks=st.floats(0.5, 4))
def test_the_true_delay_lies_in_the_interval(delay: float, looks: float) -> None:
    found = indicators.load()["time_to_system"].measure(passed(delay, looks=looks))
    assert found.low is not None and found.high is not None
    assert float(found.low) - 0.002 <= delay <= float(found.high) + 0.002


def test_fewer_than_twenty_changes_are_not_used() -> None:
    found = measured("time_to_system", passed(3, cycle=60))
    assert found.state is State.UNUSABLE and found.value is None and found.lines[0].outcome is OPEN
    assert {c.id: c.holds for c in found.conditions} == {"count": False, "clock": True}


def test_an_exported_record_stands_in_and_says_whose_clock_it_goes_by() -> None:
    found = measured("time_to_system", passed(3, recorded=True))
    assert (found.value, found.rests_on) == (F(3), (EvidenceClass.EXPORTED,))
    assert found.why.id == "indicator.why.delay_by_record"


def test_changes_that_come_before_they_are_made_show_that_clocks_do_not_fit() -> None:
    found = measured("time_to_system", passed(-60, recorded=True))
    assert found.state is State.UNUSABLE and why(found.lines[0]) == "delay_early"
    assert {c.id: c.holds for c in found.conditions} == {"count": True, "clock": False}


def test_among_very_many_alike_the_one_of_its_name_is_found() -> None:
    plant = Watched(BOTH, PLACES)
    for i in range(30):
        at, later = ticks(0, 600, 2), 2 + i % 5
        plant.put("a-own", "a", [(t, t * 30 + i) for t in at], "temperature", "actual", path=f"own/T{i}")
        plant.put("mes", "a", [(t + later, t * 30 + i) for t in at], "temperature", "actual", path=f"sys.T{i}")
    line = measured("time_to_system", plant.look()).lines[0]
    names = [str(line.why.params[side]).split(mark)[1] for side, mark in (("tag", "/"), ("system", "."))]
    assert line.value == 2 and names[0] == names[1]


def test_states_that_come_back_match_nothing() -> None:
    flips = [(t, int(t // 10) % 2) for t in ticks(0, 600, 1)]
    plant = (
        Watched(BOTH, PLACES).put("a-own", "a", flips, "state", "state").put("mes", "a", flips, "state", "state")
    )
    found = measured("time_to_system", plant.look())
    assert (found.state, found.why.id) == (State.NOT_DETERMINED, "indicator.why.not_both")


def test_a_subscribed_value_was_looked_at_more_often_than_its_rows_say() -> None:
    change = [(t, 1000 + int(t // 10)) for t in ticks(0, 600, 10)]
    told: dict[str, Any] = {"sampling": "subscribe", "interval_ms": 500.0}
    plant = Watched(BOTH, PLACES).put("a-own", "a", change, "count", "counter", **told)
    plant.put("mes", "a", [(t + 2, v) for t, v in change], "count", "counter", **told)
    found = measured("time_to_system", plant.look(sampling=Sampling(mode="subscribe", publishing=1.0)))
    assert (found.low, found.value, found.high) == (F(1, 2), F(2), F(7, 2))


# Robots -------------------------------------------------------------------------------------------------------

ROBOTS = [
    asset("arm", kind="robot"),
    asset("cell", kind="welding-robot"),
    asset("silent", kind="robot"),
    asset("press", kind="press"),
    asset("mixed", kind="robot"),
    asset("bare", kind="robot", interface="none"),
]
ARMS = [endpoint(f"{one['id']}-own", asset=one["id"]) for one in ROBOTS[:5]]


def test_robots_are_compared_both_ways() -> None:
    plant = Watched(ROBOTS, ARMS)
    plant.device("arm-own", asset="arm", companions=(ROBOTICS,))
    plant.put("cell-own", "cell", [(t, float(t)) for t in LOOK])
    plant.device("silent-own", asset="silent", answered=False)
    plant.device("press-own", asset="press", nameplate=Nameplate(source="di", device_class="Industrial Robot"))
    plant.device("mixed-own", asset="mixed", nameplate=Nameplate(source="di", device_class="Conveyor"))
    found = measured("robots_found", plant.look())
    got = {subject: (line.outcome, why(line)) for subject, line in lines(found).items()}
    assert got == {
        "arm": (YES, "robot_both"),
        "cell": (YES, "robot_answers"),
        "silent": (OPEN, "undecided"),
        "press": (NO, "robot_unlisted"),
        "mixed": (NO, "robot_other"),
        "bare": (OPEN, "no_interface"),
    }
    assert (found.low, found.high) == (F(2, 6), F(4, 6)) and found.sampled is None


def test_a_robot_beside_the_listed_branches_is_a_stranger() -> None:
    plant = Watched(ROBOTS[3:4], ARMS[3:4]).device("press-own", asset="press")
    assert measured("robots_found", plant.look()).state is State.NOT_DETERMINED
    plant.companions["press-own"] = (Companion(uri=ROBOTICS, instances=0),)
    assert measured("robots_found", plant.look()).state is State.NOT_DETERMINED, "loaded and not used"
    plant.companions["press-own"] = (Companion(uri=ROBOTICS, instances=3),)
    assert lines(measured("robots_found", plant.look()))["press-own"].outcome is NO


# What should be collected -------------------------------------------------------------------------------------

EXPECT = [
    asset("a", expects=["state", "counter", "quality", "alarm", "nameplate"]),
    asset("b", expects=["state", "process", "energy"]),
    asset("c", interface="s7", expects=["state"]),
    asset("lathe", interface="none"),
]


def collecting(browse_alarms: int = 0) -> Seen:
    plant = Watched(EXPECT, OWN)
    plant.put("a-own", "a", [(t, int(t // 100)) for t in LOOK], "state", "state")
    plant.put("a-own", "a", pieces(30, LOOK), "count", "counter")
    plant.put("b-own", "b", [(t, 20 + t / 100) for t in LOOK], "temperature", "actual")
    plant.put("b-own", "b", [(t, t / 10) for t in LOOK])
    if browse_alarms:
        plant.device("a-own", asset="a", space=AddressSpace(conditions=browse_alarms))
    return plant.look()


def test_cells_are_filled_by_the_judgements_of_their_indicators() -> None:
    seen = collecting()
    found = measured("collected", seen)
    a = {"state": YES, "counter": YES, "quality": NO, "alarm": NO}
    b = {"state": OPEN, "process": YES, "energy": OPEN}
    sights = {s.asset: dict(s.collects) for s in indicators.sights(seen)}
    assert sights == {"a": a, "b": b, "c": {"state": OPEN}, "lathe": {}}, "a nameplate is no data to collect"
    assert (found.low, found.high, found.count, found.total) == (F(3, 8), F(6, 8), 5, 8)
    for kind, name in (("state", "state_signal"), ("quality", "quality_signal"), ("alarm", "alarm_signal")):
        judged = {one.subject: one.outcome for one in measured(name, seen).lines}
        assert all(sights[id_][Expect(kind)] is outcome for id_, outcome in judged.items())


def test_alarm_conditions_of_opc_ua_show_alarms() -> None:
    line = lines(measured("alarm_signal", collecting(browse_alarms=3)))["a"]
    assert (line.outcome, why(line)) == (YES, "conditions_seen")


def test_cells_of_one_machine_are_worth_one_answer_of_a_draw() -> None:
    """Ten machines of a hundred drawn, four cells each, half filled: the interval is that of ten, not of forty."""
    ids = [f"m{i}" for i in range(100)]
    drawn = Stratum(id="all", selection=Selection.DRAWN, chosen=tuple(ids[:10]), seed=1)
    plan = collecting().scope.model_copy(update={"strata": (drawn,)})
    held = [line_of(id_, YES if k < 2 else NO, "silent") for id_ in ids[:10] for k in range(4)]
    held += [line_of(id_, OPEN, "silent") for id_ in ids[10:] for _ in range(4)]
    assert interval(held, plan, dict.fromkeys(ids, "all")) == wilson(5, 10, 100)


def test_a_plant_that_expects_nothing_has_no_share() -> None:
    found = measured("collected", Watched(BOTH, PLACES).look())
    assert (found.state, found.why.id) == (State.NOT_DETERMINED, "indicator.why.none_expected")


# The rows behind a figure -------------------------------------------------------------------------------------


def test_every_figure_tells_how_many_rows_stand_behind_it() -> None:
    seen = collecting()
    found = {m.indicator: m.sampled for m in indicators.measure_all(seen)}
    begin, end = BEGIN, BEGIN + 600 * SECOND
    state = found["state_signal"]
    assert state is not None and (state.tags, state.rows, state.first, state.last) == (1, 121, begin, end)
    counter = found["counter_signal"]
    assert counter is not None and counter.tags == 1, "the tag that the reason names, and not all of the machine"
    every = found["good_status"]
    assert every is not None and (every.tags, every.rows, every.recorded) == (4, 4 * 121, 0)
    assert found["protected_access"] is None and found["nameplate"] is None, "these rest on no rows"
    assert found["clock_skew"] is not None and found["boundary"] is None


def test_rows_of_records_are_told_apart_and_timed_by_the_record() -> None:
    found = measured("time_to_system", passed(3, recorded=True)).sampled
    assert found is not None and (found.tags, found.rows, found.recorded) == (2, 1202, 601)
    assert (found.first, found.last) == (BEGIN, BEGIN + 86_400 * SECOND)


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
