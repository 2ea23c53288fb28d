"""Modes and loops: each by hand on a small plant with real samples, and by law."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.documents import load
from assessor.domain import (
    BAD_NO_DATA,
    Answers,
    EvidenceClass,
    Gap,
    Message,
    Outcome,
    State,
    Topic,
)
from assessor.indicators import modes
from assessor.indicators.held import times
from assessor.reconcile import reconcile
from tests.looked import BEGIN, NO, OPEN, SECOND, SOME, YES, Plant, machine, record

BANK = Path(__file__).parent.parent / "questionnaires/bank"
UA = "http://opcfoundation.org/UA/"
OVERRIDE = 0x00960000


# What a mode says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("Auto", True), ("AUTOMATIC", True), ("Processing", True), ("全自动", True), ("自动 模式", True),
        ("CAS", True), ("Manual", False), ("手动", False), ("Setup", False), ("SEMI_AUTOMATIC", False),
        ("Manual Data Input", False), ("半自动", False), ("O/S", False), ("IMAN", False), ("维修", False),
        ("None", None), ("Other", None), ("", None), ("ROUT", None), ("Modus 7", None), (1.0, None), (None, None),
    ],
)  # fmt: skip
def test_a_mode_in_words_is_read_and_a_free_number_is_not(word: Any, says: bool | None) -> None:
    assert modes.by_word(word) is says


@pytest.mark.parametrize(
    ("path", "kind", "companion", "value", "outcome"),
    [
        ("M/MachineryOperationMode/CurrentState", "LocalizedText", f"{UA}Machinery/", "Processing", YES),
        ("M/MachineryOperationMode/CurrentState", "LocalizedText", f"{UA}Machinery/", "Maintenance", NO),
        ("M/Status/UnitModeCurrent", "Int32", f"{UA}PackML/", 1, YES),
        ("M/Status/UnitModeCurrent", "Int32", f"{UA}PackML/", 3, NO),
        ("M/Status/UnitModeCurrent", "Int32", f"{UA}PackML/", 7, OPEN),  # a mode of the maker's own
        ("M/Status/UnitModeCurrent", "Int32", None, 1, OPEN),  # called so, and not typed so
        ("M/Monitoring/MachineTool/OperationMode", "Int32", f"{UA}MachineTool/", 1, YES),
        ("M/Monitoring/MachineTool/OperationMode", "Int32", f"{UA}MachineTool/", 0, NO),
        ("R/SafetyStates/S1/ParameterSet/OperationalMode", "Int32", f"{UA}Robotics/", 4, YES),
        ("R/SafetyStates/S1/ParameterSet/OperationalMode", "Int32", f"{UA}Robotics/", 1, NO),
        ("Press.OperatingMode", "String", None, "AUTO", YES),
        ("Press.OperatingMode", "Int32", None, 2, OPEN),
        ("Press.Auto", "Boolean", None, True, YES),
        ("Press.Auto", "Int32", None, 1, OPEN),
        ("Press.手动", "Boolean", None, True, NO),
        ("压机/工作方式", "String", None, "自动", YES),
        ("Press.AutoManual", "Boolean", None, True, OPEN),  # may be read both ways
        ("Press.ModeRequested", "String", None, "AUTO", OPEN),
        ("Press.SetMode", "String", None, "AUTO", OPEN),
        ("Press.ModeCount", "Int32", None, 1, OPEN),
        ("Press.Model", "String", None, "Auto", OPEN),
    ],
)
def test_a_mode_is_known_by_its_standard_its_words_or_its_name(
    path: str, kind: str, companion: str | None, value: Any, outcome: Outcome
) -> None:
    plant = Plant("a").put("own", "a", path, [value] * 400, data_type=kind).put("own", "a", "N", range(400))
    plant.is_("a", companions=(companion,) if companion else ())
    assert plant.outcomes("automatic_mode") == {"a": outcome}


def test_an_agent_s_mode_that_never_changes_stands_until_the_look_ends_less_the_gaps() -> None:
    shown: dict[str, Any] = {"sampling": "reported", "description": "CONTROLLER_MODE"}
    gap = Gap(begins=BEGIN + 100 * SECOND, ends=BEGIN + 300 * SECOND, why=Message(id="contact.lost"))
    plant = Plant("a", seconds=1000).at("own", protocol="mtconnect", gaps=(gap,))
    plant.put("own", "a", "mill/mode", ["AUTOMATIC", "MANUAL"], at=[0, 500], **shown).put("own", "a", "N", [1, 2])
    (line,) = plant.measured("automatic_mode").lines
    assert line.value == Fraction(300, 800) and line.outcome is SOME


def test_a_mode_that_became_unavailable_no_longer_stands() -> None:
    shown: dict[str, Any] = {"sampling": "reported", "description": "CONTROLLER_MODE"}
    plant = Plant("a", seconds=1000).at("own", protocol="mtconnect")
    plant.put("own", "a", "mill/mode", ["MANUAL", "AUTOMATIC", "?"], at=[0, 100, 500], **shown)
    plant.put("own", "a", "N", [1, 2])
    plant.rows = [r._replace(status=BAD_NO_DATA) if r.text == "?" else r for r in plant.rows]
    assert plant.measured("automatic_mode").lines[0].value == Fraction(400, 500)


# Time in automatic -------------------------------------------------------------------------------------------


def test_time_in_automatic_is_a_mean_over_machines_with_bounds_for_those_that_show_none() -> None:
    plant = Plant("a", "b", "c", machine("l", interface="none"))
    plant.put("x", "a", "A.Mode", ["AUTO"] * 300 + ["MANUAL"] * 101).put("y", "b", "B.Mode", ["自动"] * 401)
    found = plant.put("z", "c", "C.Speed", range(401)).measured("automatic_mode")
    assert (found.low, found.high, found.value) == (Fraction(7, 16), Fraction(15, 16), None)
    assert {line.subject: line.value for line in found.lines} == {
        "a": Fraction(3, 4),
        "b": 1,
        "c": None,
        "l": None,
    }
    assert found.why.id == "indicator.why.counted_in_part" and not found.absence_tested


def test_a_short_watch_is_unusable_and_never_bad_and_beside_a_long_one_open() -> None:
    short = Plant("a", "b").put("x", "a", "A.Mode", ["MANUAL"] * 60).put("y", "b", "B.Mode", ["MANUAL"] * 60)
    found = short.measured("automatic_mode")
    assert found.state is State.UNUSABLE and found.low is None and not found.absence_tested
    long = Plant("a", "b").put("x", "a", "A.Mode", ["MANUAL"] * 60).put("y", "b", "B.Mode", ["AUTO"] * 400)
    assert long.outcomes("automatic_mode") == {"a": OPEN, "b": YES}


def test_only_an_hour_in_manual_speaks_against_an_answer() -> None:
    def seen(seconds: int, **more: Any) -> Plant:
        means = (None, "state") if not more else None
        return Plant("a").put("x", "a", "A.Mode", ["MANUAL"] * (seconds // 10 + 1), every=10.0, means=means)

    assert not seen(3000).measured("automatic_mode").absence_tested
    assert seen(3600).measured("automatic_mode").absence_tested
    assert not seen(3600, by_name=True).measured("automatic_mode").absence_tested
    question = load(Topic, BANK / "n-execution.yaml").questions[0]
    assert question.id == "n-execution-l3-1"
    given = {"question": question.id, "value": 1, "by": "production", "at": "2026-11-26"}
    said = Answers.model_validate({"format": "assessor-answers/1", "plant": "p", "answers": [given]})
    for seconds, verified in ((3000, 1), (3600, 0)):
        (evidence,) = reconcile([question], said, [seen(seconds).measured("automatic_mode")], [])
        assert (evidence.high, evidence.verified) == (0, verified)


def test_of_two_modes_that_only_their_names_call_so_neither_is_the_machine_s() -> None:
    plant = Plant("a").put("x", "a", "Pump1.Manual", [True] * 361, every=10.0, data_type="Boolean")
    plant.put("x", "a", "A.OperationMode", ["AUTO"] * 361, every=10.0)
    found = plant.measured("automatic_mode")
    assert found.lines[0].outcome is OPEN and not found.absence_tested
    alone = Plant("a").put("x", "a", "Pump1.Manual", [True] * 361, every=10.0, data_type="Boolean")
    found = alone.measured("automatic_mode")
    assert not found.lines[0].tested and not found.absence_tested


def test_a_mode_that_a_person_typed_in_or_a_dead_copy_says_nothing() -> None:
    typed = Plant("a").put("x", "a", "A.Mode", ["AUTO"] * 400, status=OVERRIDE)
    assert typed.outcomes("automatic_mode") == {"a": OPEN}
    dead = Plant("a", "b").at("scada", "scada").put("scada", "b", "B.N", range(400))
    dead.put("scada", "a", "A.Mode", ["AUTO"] * 400)
    dead.rows = [r._replace(source=BEGIN) if r.text else r for r in dead.rows]
    assert dead.outcomes("automatic_mode")["a"] is OPEN


def test_a_record_shows_a_mode_by_its_own_times_and_says_that_it_is_a_record() -> None:
    plant = Plant("a").at("log", "scada", "export", record=record())
    plant.put("log", "a", "A 运行方式", ["自动"] * 30 + ["手动"] * 31, every=60.0)
    (line,) = plant.measured("automatic_mode").lines
    assert (line.value, line.evidence) == (Fraction(1, 2), EvidenceClass.EXPORTED)


@given(shown=st.lists(st.sampled_from(["AUTO", "MANUAL", "?", None]), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_a_machine_seen_in_automatic_never_lowers_the_lower_bound_and_order_changes_nothing(
    shown: list[str | None],
) -> None:
    def bounds(words: list[str | None]) -> tuple[Fraction, Fraction]:
        plant = Plant(*(f"m{i}" for i in range(len(words))))
        for i, word in enumerate(words):
            if word is not None:
                plant.put(f"e{i}", f"m{i}", "Mode", [word] * 11, every=60.0)
        found = plant.measured("automatic_mode")
        return found.low or Fraction(0), Fraction(1) if found.high is None else found.high

    low, high = bounds(shown)
    assert bounds(shown[::-1]) == (low, high) and low <= high
    if None in shown:
        better = bounds(["AUTO" if i == shown.index(None) else word for i, word in enumerate(shown)])
        assert low <= better[0] <= better[1] <= high


def test_a_value_holds_no_longer_than_rows_of_its_kind_may_be_apart() -> None:
    plant = Plant("a").put("x", "a", "P", [1.0] * 5, at=[0, 1, 2, 50, 51])
    plant.put("x", "a", "S", [1.0] * 3, at=[0, 60, 600], sampling="subscribe", interval_ms=1000)
    seen = plant.look()
    for tag, stood in zip(seen.tags, ([1, 1, 3, 1, 0], [60, 90, 0]), strict=True):
        series = seen.series(tag.tag.id)
        assert series is not None and times(tag, series).stood.tolist() == stood


# Loops -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "mode", "outcome"),
    [
        (("TIC101.PV", "TIC101.SP", "TIC101.MV", "TIC101.MODE"), "AUTO", YES),
        (("TIC101.PV", "TIC101.SV", "TIC101.MV", "TIC101.MODE"), "CAS", YES),
        (("Unit1/FIC-2/PV", "Unit1/FIC-2/SP", "Unit1/FIC-2/OP", "Unit1/FIC-2/MODE"), "MAN", NO),
        (("LIC3/PID1/PV.CV", "LIC3/PID1/SP.CV", "LIC3/PID1/OUT.CV", "LIC3/PID1/MODE.ACTUAL"), 8, YES),
        (("LIC3/PID1/PV.CV", "LIC3/PID1/SP.CV", "LIC3/PID1/OUT.CV", "LIC3/PID1/MODE.ACTUAL"), 16, NO),
        (("TIC7_PV", "TIC7_SP", "TIC7_CV", "TIC7_MODE"), "RCAS", YES),
        (("反应釜.测量值", "反应釜.设定值", "反应釜.输出", "反应釜.自动"), True, YES),
        (("TIC1.PV", "TIC1.SP", "TIC1.OUT", "TIC1.MAN"), True, NO),
        (
            ("unit 3/process_value", "unit 3/target_setpoint", "unit 3/working_output", "unit 3/manual_mode"),
            0,
            YES,
        ),
        (("TIC1.PV", "TIC1.SP", "TIC1.OUT", "TIC1.MODE"), 3, OPEN),
        (("TIC1.PV", "TIC1.SP", "TIC1.OUT", "TIC1.MODE"), "ROUT", OPEN),
        (("TIC1.PV", "TIC1.SP", "TIC1.OUT", "TIC1.Note"), "AUTO", OPEN),
        (("TIC1.PV", "TIC1.SP", "TIC2.OUT", "TIC2.MODE"), "AUTO", None),
        (("TIC1.PV", "TIC1.Kp", "TIC1.OUT", "TIC1.MODE"), "AUTO", None),
    ],
)
def test_a_loop_is_known_by_its_parts_and_counts_by_its_mode(
    paths: tuple[str, ...], mode: Any, outcome: Outcome | None
) -> None:
    plant = Plant("a")
    for path in paths[:-1]:
        plant.put("dcs", "a", path, [20.0 + i % 7 for i in range(400)])
    plant.put("dcs", "a", paths[-1], [mode] * 400)
    assert list(plant.outcomes("loops_automatic").values()) == ([outcome] if outcome else [])


def loop(plant: Plant, where: str, name: str, words: list[str], **more: Any) -> Plant:
    for part in ("PV", "SP", "MV"):
        plant.put(where, "a", f"{name}.{part}", [20.0 + i % 7 for i in range(len(words))], **more)
    return plant.put(where, "a", f"{name}.MODE", words, **more)


def test_the_share_of_loops_is_weighed_by_time_and_one_seen_twice_counts_once() -> None:
    plant = Plant("a").at("dcs").at("scada", "scada")
    loop(plant, "dcs", "TIC1", ["AUTO"] * 300 + ["MAN"] * 101)
    loop(plant, "scada", "DCS.TIC1", ["AUTO"] * 401)
    loop(plant, "dcs", "TIC2", ["MAN"] * 401)
    found = plant.measured("loops_automatic")
    assert (found.value, found.total) == (Fraction(3, 8), 2) and not found.absence_tested


def test_loops_whose_blocks_are_called_alike_are_not_one() -> None:
    plant = Plant("a").at("dcs").at("scada", "scada")
    for name in ("LIC3.PID1", "LIC4.PID1"):
        loop(plant, "dcs", name, ["AUTO"] * 9)
    loop(plant, "scada", "Tower.LIC4.PID1", ["AUTO"] * 9)
    assert [line.subject for line in plant.measured("loops_automatic").lines] == ["LIC3.PID1", "LIC4.PID1"]


def test_a_loop_whose_measured_value_stands_still_stays_open() -> None:
    plant = loop(Plant("a").at("scada", "scada"), "scada", "TIC1", ["AUTO"] * 400)
    plant.put("scada", "a", "N", range(400))
    still = {t.id for t in plant.tags["scada"] if t.path == "TIC1.PV"}
    plant.rows = [r._replace(source=BEGIN, number=20.0) if r.tag in still else r for r in plant.rows]
    assert plant.outcomes("loops_automatic") == {"TIC1": OPEN}
