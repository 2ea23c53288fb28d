"""What should be collected and is: robots, cells, and the rows behind every figure."""

from fractions import Fraction

from assessor import indicators
from assessor.domain import (
    AddressSpace,
    Companion,
    Expect,
    Nameplate,
    Outcome,
    Selection,
    State,
    Stratum,
)
from assessor.indicators.seen import Seen
from assessor.indicators.share import interval, wilson
from assessor.indicators.share import line as line_of
from tests.test_facts import BEGIN, SECOND
from tests.test_indicators_rules import asset, endpoint
from tests.watched import BOTH, LOOK, OWN, PLACES, Watched, lines, measured, passed, pieces, why

YES, NO, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DETERMINED
HOUR = 3600.0
F = Fraction
ROBOTICS = "http://opcfoundation.org/UA/Robotics/"


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
