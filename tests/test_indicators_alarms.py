"""Programs that a system sends, and alarms: how often, and whether they say what the matter is."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import (
    BAD_NO_DATA,
    AddressSpace,
    EvidenceClass,
    Gap,
    Message,
    Outcome,
    Series,
    State,
)
from assessor.indicators import alarm_rate, modes
from assessor.indicators.alarms import raised
from assessor.indicators.held import changed
from tests.looked import BEGIN, NO, OPEN, SECOND, YES, Plant, machine, record

BANK = Path(__file__).parent.parent / "questionnaires/bank"
UA = "http://opcfoundation.org/UA/"
OVERRIDE = 0x00960000


# Programs ----------------------------------------------------------------------------------------------------


def programs(lead: float, changes: int, *, asset: dict[str, Any] | None = None) -> Plant:
    names = [f"O{1000 + i}" for i in range(changes + 1)]
    plant = Plant(asset or "a").at("own").at("mes", "mes")
    shown: dict[str, Any] = {"sampling": "subscribe", "interval_ms": 1000}
    plant.put("own", "a", "A.ActiveProgram", names, at=[i * 600 for i in range(changes + 1)], **shown)
    plant.put("own", "a", "A.N", range(4)).put("mes", None, "Jobs/A/ProgramName", names, at=_before(lead, changes))
    return plant


def _before(lead: float, changes: int) -> list[float]:
    return [max(i * 600 - lead, 0) for i in range(changes + 1)]


@pytest.mark.parametrize(
    ("lead", "changes", "outcome"),
    [(5, 3, YES), (30, 4, YES), (5, 2, OPEN), (45, 3, OPEN), (0, 3, OPEN), (-5, 3, OPEN)],
)
def test_a_program_counts_as_sent_only_where_a_system_led_every_change(
    lead: float, changes: int, outcome: Outcome
) -> None:
    assert programs(lead, changes).outcomes("programs_downloaded") == {"a": outcome}


def test_a_copy_in_a_system_that_is_looked_at_sooner_is_not_sent() -> None:
    """The machine is looked at every ten minutes, the copy of its program in SCADA five seconds before."""
    names = [f"O{i}" for i in range(5)]
    plant = Plant("a").at("own").at("scada", "scada").put("own", "a", "A.ActiveProgram", names, every=600.0)
    plant.put("own", "a", "A.N", range(4))
    plant.put("scada", None, "A/ProgramName", names, at=_before(5, 4))
    assert plant.outcomes("programs_downloaded") == {"a": OPEN}


def test_a_change_while_contact_was_lost_was_led_by_nobody() -> None:
    plant = programs(5, 3)
    assert plant.outcomes("programs_downloaded") == {"a": YES}
    lost = Gap(begins=BEGIN + 580 * SECOND, ends=BEGIN + 600 * SECOND, why=Message(id="contact.lost"))
    plant.seen["own"]["gaps"] = (lost,)
    assert plant.outcomes("programs_downloaded") == {"a": OPEN}


def test_a_program_typed_in_by_a_person_is_a_no_and_a_machine_without_a_controller_is_as_if_absent() -> None:
    typed = Plant("a").put("own", "a", "A.配方名称", ["R1"] * 9, status=OVERRIDE).put("own", "a", "N", range(9))
    assert typed.outcomes("programs_downloaded") == {"a": NO}
    lathe = machine("l", interface="none", numerical_control=False)
    with_, without = programs(5, 3), programs(5, 3)
    with_.assets.append(lathe)
    assert with_.measured("programs_downloaded") == without.measured("programs_downloaded")


# Alarms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values", "times_"),
    [
        ("Alarm", [0, 0, 1, 1, 0, 1], 2),
        ("Alarm", [1, 1, 1], 0),
        ("FaultCode", [0, 17, 17, 23, 0, 17], 3),
        ("AlarmWord1", [0, 0b1, 0b11, 0b10, 0b1101], 5),
        ("报警字", [0, 6, 6, 7], 3),
        ("AlarmWord1", [0.0, 1e300, float("nan"), float("inf"), -1.0, 2.0**60, 0.5], 4),
    ],
)
def test_an_alarm_is_counted_when_it_comes(name: str, values: list[float], times_: int) -> None:
    plant = Plant("a").put("x", "a", name, [1])
    (tag,) = plant.look().tags
    at = np.arange(len(values), dtype=np.int64)
    assert raised(tag, Series(at, at, np.array(values, np.float64))) == times_


def test_alarms_in_words_count_when_they_leave_their_rest() -> None:
    plant = Plant("a").put(
        "x", "a", "C/ActiveState", ["Inactive", "Active", "Inactive", "Active"], data_type="String"
    )
    plant.put("x", "a", "Condition", ["Normal", "Fault", "Warning", "Normal"], means=(None, "alarm"))
    seen = plant.look()
    assert [raised(t, s) for t in seen.tags if (s := seen.series(t.tag.id))] == [2, 2]


def test_the_rate_is_over_the_hours_of_machines_that_show_alarms_with_a_poisson_interval() -> None:
    plant = Plant("a", "b", "c")
    plant.put("x", "a", "A.Alarm", [i % 100 == 99 for i in range(721)], every=10.0)  # 7 in two hours
    plant.put("y", "b", "B.故障", [False] * 361, every=10.0).put("z", "c", "C.Speed", range(9))
    found = plant.measured("alarm_rate")
    assert (found.value, found.count, found.total) == (Fraction(7, 3), 2, 3)
    assert {line.subject: line.value for line in found.lines} == {"a": Fraction(7, 2), "b": 0, "c": None}
    assert found.low is not None and found.high is not None
    # score interval of 7 events: 7 + 1.9208 ± 1.96 √(7 + 0.9604)
    assert float(found.low * 3) == pytest.approx(3.391, abs=0.001)
    assert float(found.high * 3) == pytest.approx(14.451, abs=0.001)


def test_an_alarm_that_a_person_typed_in_is_no_alarm_and_fills_no_hours() -> None:
    plant = Plant("a", "b").put("y", "b", "B.Alarm", [False] * 361, every=10.0)
    plant.put("x", "a", "A.Alarm", [False, True] * 361, every=10.0, status=OVERRIDE).put("x", "a", "N", range(9))
    found = plant.measured("alarm_rate")
    assert (found.value, found.count) == (0, 1)
    assert {line.subject: line.outcome for line in found.lines} == {"a": OPEN, "b": YES}


def test_only_the_time_of_good_rows_counts_as_hours() -> None:
    plant = Plant("a").put("x", "a", "A.Alarm", [False, True], at=[0, 4000])
    plant.rows = [r._replace(status=BAD_NO_DATA) if r.flag is False else r for r in plant.rows]
    assert plant.measured("alarm_rate").value is None


def test_modes_and_alarms_are_the_same_by_changes_as_row_by_row() -> None:
    words: list[Any] = ["AUTO", "AUTO", "MANUAL", "?", "?", "AUTO"]
    numbers = [0.0, 0.0, 17.0, 17.0, 0.0, 23.0]
    plant = Plant("a").put("x", "a", "Mode", words).put("x", "a", "FaultCode", numbers)
    seen = plant.look()
    for tag, shown in zip(seen.tags, (words, numbers), strict=True):
        series = seen.series(tag.tag.id)
        assert series is not None and series.key is not None
        rows, few = changed(series)
        assert few == [v for i, v in enumerate(shown) if not i or v != shown[i - 1]] and len(rows) == 4
        assert raised(tag, series) == raised(tag, series._replace(key=None))
        said = modes._says(series, modes.by_word)
        assert said.tolist() == modes._says(series._replace(key=None), modes.by_word).tolist()


def test_alarms_that_come_as_events_are_said_to_be_there_and_not_counted() -> None:
    plant = Plant("a").put("x", "a", "A.N", range(9)).is_("a", space=AddressSpace(conditions=3))
    plant.assets.append(machine("b"))
    found = plant.put("y", "b", "B.Alarm", [False] * 361, every=10.0).measured("alarm_rate")
    assert found.lines[0].why.id == "indicator.why.alarm_events" and found.lines[0].outcome is OPEN


def test_less_than_a_machine_hour_is_unusable_and_no_alarm_in_an_hour_is_not_never() -> None:
    short = Plant("a").put("x", "a", "A.Alarm", [False, True] * 100)
    assert short.measured("alarm_rate").state is State.UNUSABLE
    quiet = Plant("a").put("x", "a", "A.Alarm", [False] * 361, every=10.0).measured("alarm_rate")
    assert (quiet.value, quiet.low) == (0, 0) and quiet.high is not None and quiet.high > 3


@pytest.mark.parametrize(
    ("at", "words", "rate"),
    [
        ([10, 200, 215, 3000], ["E12 油位低"] * 4, 2),  # an alarm list: each row came
        ([60 * i for i in range(120)], ["E12 油位低"] * 120, 0),  # a log of a value that stood
        ([10, 60, 200, 300], ["油位低", "正常", "油位低", "正常"], Fraction(1, 2)),  # its end is told
    ],
)
def test_an_exported_alarm_list_is_told_from_a_log_of_values(
    at: list[float], words: list[str], rate: Fraction
) -> None:
    plant = Plant("a").at("log", "scada", "export", record=record(hours=2))
    found = plant.put("log", "a", "A 报警", words, at=at).measured("alarm_rate")
    assert found.value == rate and found.lines[0].evidence is EvidenceClass.EXPORTED


@given(events=st.integers(0, 10_000))
def test_poisson_bounds_hold_the_count_and_grow_with_it(events: int) -> None:
    low, high = alarm_rate.poisson(events)
    assert 0 <= low <= events < high and alarm_rate.poisson(events + 1)[0] >= low
