"""What data points have beside them and in their names: setpoints, alarm texts, history, models, forms."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor import indicators
from assessor.domain import (
    AddressSpace,
    Browse,
    Companion,
    EvidenceClass,
    Line,
    Message,
    Nameplate,
    Outcome,
    Selection,
    State,
    Stratum,
)
from assessor.indicators import alarm_readable
from assessor.indicators.alarms import says
from assessor.indicators.data_points import SeenTag
from assessor.indicators.naming_scheme import forms
from assessor.indicators.share import interval, part, share, worth
from tests.looked import NO, OPEN, SOME, YES, Plant, machine, record
from tests.test_bundle import SCOPE

UA = "http://opcfoundation.org/UA/"
ACTUAL, SET = ("temperature", "actual"), ("temperature", "setpoint")


# A share with parts ------------------------------------------------------------------------------------------

LINES = st.lists(
    st.one_of(
        st.fractions(0, 1, max_denominator=20).map(lambda v: part("a", v, "silent")),
        st.sampled_from([OPEN, SOME]).map(
            lambda o: Line(subject="a", outcome=o, why=Message(id="indicator.why.silent"))
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(lines=LINES)
def test_bounds_hold_every_way_in_which_the_open_ones_may_turn_out(lines: list[Line]) -> None:
    low, high = interval(lines, SCOPE, {})
    known = [value for line in lines if (value := worth(line)) is not None]
    assert low == sum(known) / len(lines)
    assert high == low + Fraction(len(lines) - len(known), len(lines))


@given(lines=LINES, value=st.fractions(0, 1, max_denominator=20))
def test_knowing_more_never_widens_and_a_seen_yes_never_lowers(lines: list[Line], value: Fraction) -> None:
    before = interval(lines, SCOPE, {})
    still = next((i for i, line in enumerate(lines) if worth(line) is None), None)
    if still is not None:
        low, high = interval([*lines[:still], part("a", value, "silent"), *lines[still + 1 :]], SCOPE, {})
        assert before[0] <= low <= high <= before[1]
    assert interval([*lines, part("a", Fraction(1), "silent")], SCOPE, {})[0] >= before[0]


@given(lines=LINES)
def test_not_applicable_equals_absent(lines: list[Line]) -> None:
    none = Line(subject="n", outcome=Outcome.NOT_APPLICABLE, why=Message(id="indicator.why.silent"))
    assert share("readable", [*lines, none], SCOPE) == share("readable", lines, SCOPE)


# Setpoints ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "setpoint", "outcome"),
    [
        ("IMM01.MeltTemperature", "IMM01.SetMeltTemperature", YES),
        ("IMM01.MouldTemperature", "IMM01.SetMeltTemperature", NO),
        ("Oven/Zone2Temperature", "Oven/SetTemperature", YES),  # one for all zones
        ("Oven/Zone2Temperature", "Dryer/SetTemperature", NO),
        ("TIC1.PV", "TIC1.SP", YES),
        ("TIC1.PV", "TIC2.SP", NO),
        ("TIC1_PV", "TIC1_SP", YES),
        ("Heater/Actual", "Heater/Target", YES),
        ("Oven/Zone1/ActualTemperature", "Oven/Zone1/TargetTemperature", YES),
        ("Oven/Zone1/Actual/Temp1", "Oven/Zone1/Set/Temp1", YES),
        ("炉/一区实际温度", "炉/一区设定温度", YES),
        ("炉/一区实际温度", "炉/二区设定温度", NO),
        ("炉/一区温度", "炉/温度设定值", YES),
    ],
)
def test_a_setpoint_is_known_by_its_name_or_by_saying_nothing_but_the_quantity(
    value: str, setpoint: str, outcome: Outcome
) -> None:
    plant = Plant("a").put("own", "a", value, [20.0 + i % 5 for i in range(30)], means=ACTUAL)
    plant.put("own", "a", setpoint, [20.0] * 30, means=SET)
    assert plant.outcomes("setpoint_beside") == {value: outcome}


def test_a_setpoint_of_another_machine_or_quantity_is_none_and_what_nobody_explained_may_be_one() -> None:
    shown = [20.0 + i % 5 for i in range(30)]
    plant = Plant("a", "b").put("own", "a", "P.Temp", shown, means=ACTUAL)
    plant.put("own", "b", "P.SetTemp", shown, means=SET)
    plant.put("own", "a", "P.SetPressure", shown, means=("pressure", "setpoint"))
    assert plant.outcomes("setpoint_beside") == {"P.Temp": NO}
    assert plant.measured("setpoint_beside").absence_tested
    plant.put("own", "a", "P.X7", shown)
    assert plant.outcomes("setpoint_beside") == {"P.Temp": OPEN}
    mapped = Plant("a").at("own", protocol="modbus-tcp", browse=None)
    assert mapped.put("own", "a", "t", shown, means=ACTUAL).outcomes("setpoint_beside") == {"t": OPEN}


# Texts of alarms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Alarm_023", False), ("ALM12", False), ("Fault", False), ("AlarmWord1", False), ("ErrorCode", False),
        ("报警 12", False), ("故障代码", False), ("报警字3", False), ("E-07", False), ("DB10.DBX4.2", False),
        ("HydraulicOilLow", True), ("E-Stop", True), ("油位低", True), ("报警：1号泵过载", True),
        ("ALM_012 spindle overheated", True), ("Überdruck Kessel", True), ("", False), (None, False),
    ],
)  # fmt: skip
def test_a_text_says_what_is_wrong_where_more_is_left_than_a_number(text: str | None, speaks: bool) -> None:
    assert says(text) is speaks


def test_name_description_message_and_texts_count_and_a_bare_code_speaks_against_nothing() -> None:
    plant = Plant("a").put("own", "a", "M.HydraulicAlarmOilLow", [False] * 9)
    plant.put("own", "a", "M.Alarm7", [False] * 9, description="Guard door open")
    plant.put("own", "a", "M/A1/Alarm", [True] * 9).put("own", "a", "M/A1/AlarmMessage", ["", "液压油温过高"] * 5)
    plant.put("own", "a", "M/OverTemperature/ActiveState", ["Inactive"] * 9)
    plant.put("own", "a", "M.Alarm9", [False] * 9).put("own", "a", "M.AlarmCount", range(9))
    found = plant.measured("alarm_readable")
    assert {line.subject: line.why.id.rpartition(".")[2] for line in found.lines} == {
        "M.HydraulicAlarmOilLow": "alarm_named",
        "M.Alarm7": "alarm_described",
        "M/A1/Alarm": "alarm_texts",
        "M/OverTemperature/ActiveState": "alarm_named",
        "M.Alarm9": "alarm_bare",
    }
    assert found.value == Fraction(4, 5) and not found.absence_tested


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (["Alarm7Text"], "alarm_texts"),
        (["Alarm7Text", "Alarm8Text", "OperatorMessage"], "alarm_texts"),
        (["AlarmText"], "alarm_texts"),
        (["AlarmText", "OperatorMessage"], "alarm_bare"),
        (["OperatorMessage"], "alarm_bare"),
        (["Alarm8Text", "Alarm9Text"], "alarm_bare"),
    ],
)
def test_a_message_is_an_alarm_s_by_its_name_or_as_the_only_one(messages: list[str], reason: str) -> None:
    plant = Plant("a").put("own", "a", "M.Alarm7", [False, True])
    for name in messages:
        plant.put("own", "a", f"M.{name}", ["", "hydraulic oil too hot"])
    (line,) = plant.measured("alarm_readable").lines
    assert line.why.id.rpartition(".")[2] == reason


def test_what_a_message_shows_is_looked_at_once() -> None:
    plant = Plant("a").put("own", "a", "M.AlarmText", ["", "E1"])
    for i in range(20):
        plant.put("own", "a", f"M.Alarm{i}", [False, True])
    seen, asked = plant.look(), []
    counted = replace(seen, series=lambda id_: asked.append(id_) or seen.series(id_))  # type: ignore[func-returns-value]
    assert alarm_readable.measure(counted).total == 20 and len(asked) == len(set(asked)) == 21


def test_the_name_of_a_register_is_its_map_s_word_and_a_record_says_that_it_is_one() -> None:
    plant = Plant("a").at("mb", protocol="modbus-tcp").at("log", "scada", "export", record=record())
    plant.put("mb", "a", "unit 1/oil_level_alarm", [0] * 9, means=("state", "alarm"))
    plant.put("log", "a", "油位低报警", [1] * 3, at=[1, 7, 9])
    plant.at("agent", protocol="mtconnect").put("agent", "a", "mill/SYSTEM", ["Fault"] * 3, means=(None, "alarm"))
    lines = plant.measured("alarm_readable").lines
    assert [(line.subject, line.outcome, line.evidence) for line in lines] == [
        ("mill/SYSTEM", OPEN, EvidenceClass.MEASURED),
        ("油位低报警", YES, EvidenceClass.EXPORTED),
    ]


# History -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("historizing", "history", "outcome"),
    [
        (True, False, YES),
        (False, True, YES),
        (True, None, YES),
        (False, False, NO),
        (None, False, OPEN),
        (None, None, OPEN),
    ],
)
def test_history_is_the_server_s_word_and_its_lack_speaks_against_nothing(
    historizing: bool | None, history: bool | None, outcome: Outcome
) -> None:
    told: dict[str, Any] = {"historizing": historizing, "history": history}
    plant = Plant("a").put("own", "a", "P", [1.0, 2.0], means=ACTUAL, **told)
    plant.put("own", "a", "State", [1, 2], means=("state", "state"), **told)
    found = plant.measured("history_available")
    assert {line.subject: line.outcome for line in found.lines} == {"P": outcome} and not found.absence_tested


# Common models -----------------------------------------------------------------------------------------------


def test_a_model_must_be_used_and_its_lack_needs_a_whole_look() -> None:
    space = AddressSpace(variables=1)
    plant = Plant("a", "b", "c", "d", "e", machine("l", interface="none"), "silent")
    plant.at("c-own", browse=Browse(nodes=9, complete=False, stopped_by="nodes"))
    plant.at("d-own", protocol="modbus-tcp", browse=None).at("e-own", protocol="mtconnect", browse=None)
    for id_ in "abcde":
        plant.put(f"{id_}-own", id_, "N", range(9))
    plant.is_("a", companions=(f"{UA}Machinery/",), space=space)
    for id_ in "bc":
        plant.is_(id_, space=space)
    plant.seen["b-own"]["companions"] = (Companion(uri=f"{UA}PackML/", instances=0),)
    found = plant.measured("companion_spec")
    assert {line.subject: line.outcome for line in found.lines} == {
        "a": YES, "b": NO, "c": OPEN, "d": NO, "e": YES, "l": NO, "silent": OPEN,
    }  # fmt: skip
    assert (found.low, found.high, found.absence_tested) == (Fraction(2, 7), Fraction(4, 7), True)
    plant.is_("d", nameplate=Nameplate(source="sunspec model 1"))
    assert plant.outcomes("companion_spec")["d"] is YES


# Names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("SetSpeed", "pascal"), ("setSpeed", "camel"), ("set_speed", "snake"), ("SET_SPEED", "capitals_snake"),
        ("Set speed", "spaced"), ("TIC-101", "instrument"), ("FT101A", "instrument"), ("设定速度", "chinese"),
        ("SPEED", "capitals"), ("Set_Speed", None), ("set-speed", None), ("DB10", None), ("40001", None),
        ("%MW100", None), ("", None),
    ],
)  # fmt: skip
def test_a_name_has_a_form_or_none(name: str, form: str | None) -> None:
    assert (form in forms(name)) if form else not forms(name)


def test_the_plant_s_form_is_the_most_usual_one_and_names_that_others_give_are_left_out() -> None:
    plant = Plant("a").at("own", companions=(Companion(uri=f"{UA}Machinery/", instances=1),))
    for i in range(15):
        plant.put("own", "a", f"M.TankLevel{i}")
    for i in range(5):
        plant.put("other", "a", f"M.tank_level_{i}")
    plant.at("mb", protocol="modbus-tcp").put("mb", "a", "unit 1/tank_level")
    found = plant.measured("naming_scheme")
    assert (found.value, found.count) == (Fraction(3, 4), 20)
    assert {line.subject: line.value for line in found.lines} == {"own": 1, "other": 0}
    tags = plant.tags["own"]
    tags[0] = type(tags[0])(id=1, endpoint="own", asset="a", address=f"nsu={UA}Machinery/;i=1", path="M/Model")
    assert plant.measured("naming_scheme").state is State.UNUSABLE, "one of the twenty is the specification's"


@pytest.mark.slow
@given(st.text(max_size=40))
@settings(max_examples=40, deadline=None)
def test_any_name_has_a_form_or_none_and_may_be_an_alarm_s(name: str) -> None:
    assert forms(name) <= {
        "instrument",
        "capitals",
        "capitals_snake",
        "snake",
        "camel",
        "pascal",
        "spaced",
        "chinese",
    }
    assert says(name) in (True, False)
    plant = Plant("a").put("own", "a", name or "?", ["x", "y"])
    for indicator in ("alarm_readable", "loops_automatic", "automatic_mode", "setpoint_beside", "naming_scheme"):
        assert plant.measured(indicator).state is not State.ERROR


# Names and values that close nothing --------------------------------------------------------------------------


def test_a_unit_without_a_function_keeps_the_lack_of_process_data_open() -> None:
    plant = Plant(machine("a", expects=["process"])).put(
        "own", "a", "Count", range(30), means=("count", "counter")
    )
    assert plant.outcomes("process_data") == {"a": NO}
    plant.put("own", "a", "T", [20.0] * 30, unit="°C", means=("temperature", None))
    assert plant.outcomes("process_data") == {"a": OPEN}


@pytest.mark.parametrize("indicator", ["frozen_tags", "loops_automatic"])
def test_what_is_counted_over_tags_is_as_wide_as_may_be_where_machines_were_left_out(indicator: str) -> None:
    plant = Plant("a", "b")
    for part_ in ("PV", "SP", "OUT"):
        plant.put("own", "a", f"TIC1.{part_}", [20.0 + i % 7 for i in range(400)])
    seen = plant.put("own", "a", "TIC1.MODE", ["AUTO"] * 400).look()
    seen = replace(seen, tags=tuple(_with_source_times(tag) for tag in seen.tags))
    for selection in Selection:
        rule = Stratum(id="usual", selection=selection, chosen=("a",))
        scope = seen.scope.model_copy(update={"strata": (rule,)})
        found = indicators.load()[indicator].measure(replace(seen, scope=scope))
        narrow = (0, 0) if indicator == "frozen_tags" else (1, 1)
        assert (found.low, found.high) == (narrow if selection is Selection.ALL else (0, 1))


def _with_source_times(tag: SeenTag) -> SeenTag:
    assert tag.facts is not None
    return replace(tag, facts=tag.facts.model_copy(update={"stale": False}))


def test_the_greatest_number_is_no_value_and_ends_no_measuring() -> None:
    shown = [5.0, 6.0, 1.7976931348623157e308, -1.7976931348623157e308] * 30
    plant = Plant("a").put("own", "a", "ActivePower", shown, unit="kW", means=("active-power", "actual"))
    seen = plant.look()
    (tag,) = seen.tags
    assert tag.facts is not None and (tag.facts.minimum, tag.facts.maximum) == (5.0, 6.0)
    assert not [m.indicator for m in indicators.measure_all(seen) if m.state is State.ERROR]
