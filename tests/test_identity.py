"""What a machine knows of its work, and how long a value takes from it to a system of the plant."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor import indicators
from assessor.domain import (
    EvidenceClass,
    Measurement,
    Outcome,
    Sampling,
    State,
)
from tests.test_indicators_rules import asset
from tests.watched import BOTH, LOOK, OWN, PLACES, Point, Watched, lines, measured, passed, pieces, ticks, why

YES, NO, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DETERMINED
HOUR = 3600.0
F = Fraction


# What a machine knows of its work -----------------------------------------------------------------------------

WORK = [asset("a", expects=["identity", "counter"]), asset("b", expects=["identity"])]


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
