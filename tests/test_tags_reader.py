"""The reader of names: own names of many branches, the rules one by one, and what holds for any name."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncua.ua.object_ids
import pytest
import sunspec2
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import Function, Tag
from assessor.messages import LANGUAGES, render
from models.tags import PLAIN, Manner, Reading, looks_like_pinyin, manner, read, read_name

OWN = list(csv.DictReader((Path(__file__).parent / "cases/tag-reader/own.csv").read_text("utf-8").splitlines()))
PINYIN = Manner(pinyin=True)
TELLS = Manner(writable_tells=True)


def heads(told: Reading) -> tuple[str | None, str | None]:
    return told.quantity, told.function.value if told.function else None


def test_names_of_many_branches() -> None:
    told = {row["name"]: heads(read_name(row["name"])) for row in OWN}
    wanted = {row["name"]: (row["quantity"] or None, row["function"] or None) for row in OWN}
    assert told == wanted and len(told) > 300


@pytest.mark.parametrize(
    ("name", "quantity", "function"),
    [
        ("累计流量", "flow", "counter"), ("流量累计值", "flow", "counter"),
        ("累计热量", "energy", "counter"), ("总功率", "electrical", "actual"),
        ("变频器运行频率", "speed", "actual"), ("电网频率", "electrical", "actual"),
        ("温度报警设定值", "temperature", "setpoint"), ("设定温度报警", "temperature", "alarm"),
        ("报警次数", "count", "counter"), ("超温", "temperature", "alarm"),
        ("温度_上模", "temperature", "actual"), ("油温_1#主轴", "temperature", "actual"),
        ("压力反馈_A相", "pressure", "actual"), ("温度补偿阀", None, None), ("液压站", None, None),
        ("高温", None, None), ("单件能耗", None, None), ("每分钟包数", None, None), ("每分钟", None, None),
        ("当前站点", None, None), ("累计耗用", None, "counter"), ("炉膛温度高高报警", "temperature", "alarm"),
        ("外温", "temperature", "actual"), ("批次号", None, "identification"),
        ("料筒温度SP", "temperature", "setpoint"), ("spring温度", "temperature", "actual"),
        ("NG数量", "count", "quality"), ("温度(MPa)", "pressure", "actual"),
    ],
)  # fmt: skip
def test_a_chinese_compound_is_headed_by_its_end(name: str, quantity: str | None, function: str | None) -> None:
    assert heads(read_name(name)) == (quantity, function)


@pytest.mark.parametrize(
    ("name", "quantity", "function"),
    [
        ("MeltTemp", "temperature", "actual"), ("MELT_TEMP", "temperature", "actual"),
        ("melt-temp", "temperature", "actual"), ("MELTTEMP", "temperature", "actual"),
        ("Speed of the spindle", "speed", "actual"), ("NumberOfParts", "count", "counter"),
        ("TemperatureController", None, None), ("PressureValve", None, None),
        ("CurrentState", "state", "state"), ("CurrentProgram", None, "identification"),
        ("MotorCurrent", "electrical", "actual"), ("TotalPower", "electrical", "actual"),
        ("FlowTotal", "flow", "counter"), ("HighTempAlarmLimit", "temperature", "setpoint"),
        ("TIC101.SP", "temperature", "setpoint"), ("PDT-301", "pressure", "actual"),
        ("LAHH12", "level", "alarm"), ("FQ201", "flow", "counter"), ("AI101", None, None),
        ("TempTT101PT102", "temperature", "actual"), ("CO2", "composition", "actual"),
        ("PhAVoltage", "electrical", "actual"), ("pH", "composition", "actual"), ("LeakRate", None, None),
    ],
)  # fmt: skip
def test_english_words_then_endings(name: str, quantity: str | None, function: str | None) -> None:
    assert heads(read_name(name)) == (quantity, function)


@pytest.mark.parametrize(
    ("path", "quantity", "function"),
    [
        ("Machine/Barrel/Temperature/ActualValue", "temperature", "actual"),
        ("Machine/Barrel/Temperature/SetValue", "temperature", "setpoint"),
        ("Energy/Total", "energy", "counter"), ("Alarms/Temperature", "temperature", "alarm"),
        ("设定值/料筒温度", "temperature", "setpoint"), ("电表1.A相电流", "electrical", "actual"),
        ("Status/CurMachSpeed", "speed", "actual"), ("Temperature/a/b/c/Value", None, None),
        ("Quality/OvenTemp", "temperature", "actual"), ("Temperature/Kp_Gain", None, None),
        ("料筒温度/补偿系数", None, None), ("料筒温度/1段", "temperature", "actual"),
        ("Alarms/Foo", "state", "alarm"),
        ("Temperature/Foo", None, None), ("Level 0.5/Pressure", "pressure", "actual"),
    ],
)  # fmt: skip
def test_the_last_elements_of_a_path_are_its_context(
    path: str, quantity: str | None, function: str | None
) -> None:
    assert heads(read_name(path)) == (quantity, function)


def test_a_description_speaks_where_the_name_is_silent() -> None:
    assert heads(read_name("AI_07", description="冷却水温度")) == ("temperature", "actual")
    assert heads(read_name("AI_07", description="Speed of the main spindle")) == ("speed", "actual")
    assert heads(read_name("Foo/Bar", description="冷却水温度")) == ("temperature", "actual")
    assert heads(read_name("Pressure/Bar SP", description="冷却水温度")) == ("temperature", "setpoint")
    assert heads(read_name("OilLevel", description="冷却水温度")) == ("level", "actual")
    assert {r.element for r in read_name("X/AI_07", description="冷却水温度").explain} == {"冷却水温度", None}


# The chain ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "unit", "quantity"),
    [
        ("AI_07", "°C", "temperature"), ("Speed", "°C", "temperature"), ("AI_07", "kg", "mass"),
        ("RunFrequency", "Hz", "electrical"), ("电机频率", "Hz", "speed"), ("累计流量", "m³", "flow"),
        ("Tank", "m³", "level"), ("AI_07", "furlong", None), ("压力", "furlong", "pressure"),
    ],
)  # fmt: skip
def test_a_unit_decides_the_quantity_but_where_it_may_stand_for_two(name: str, unit: str, quantity: str) -> None:
    assert read_name(name, unit=unit).quantity == quantity


@pytest.mark.parametrize(
    ("name", "data_type", "quantity", "function"),
    [
        ("电机温度", "Boolean", "state", "state"), ("X17", "Boolean", "state", "state"),
        ("温度报警", "Boolean", "temperature", "alarm"), ("故障", "Boolean", "state", "alarm"),
        ("良品", "Boolean", "state", "quality"), ("料筒温度", "String", None, None),
        ("配方", "String", None, "identification"), ("状态", "String", "state", "state"),
        ("LastService", "DateTime", "time", None), ("X", "DateTime", "time", None),
    ],
)  # fmt: skip
def test_a_data_type_rules_out_what_it_cannot_hold(
    name: str, data_type: str, quantity: str | None, function: str | None
) -> None:
    assert heads(read_name(name, data_type=data_type)) == (quantity, function)


def test_writable_means_to_be_set_only_where_a_server_tells_its_variables_apart() -> None:
    assert read_name("MeltTemp", writable=False, manner=TELLS).function is Function.ACTUAL
    assert read_name("MeltTemp", writable=True, manner=TELLS).function is Function.SETPOINT
    assert read_name("MeltTemp", writable=True, manner=PLAIN).function is None, (
        "all may be writable: nobody can say"
    )
    assert read_name("MeltTempAct", writable=True, manner=TELLS).function is Function.ACTUAL, "its name says it"
    assert read_name("AI_07", unit="bar", writable=False, manner=TELLS).function is Function.ACTUAL
    assert read_name("AI_07", unit="bar", manner=TELLS).function is None
    assert read_name("PartCount", writable=True, manner=TELLS).function is Function.COUNTER, "it can be reset"


def tags(*writable: bool | None) -> list[Tag]:
    return [
        Tag(id=i, endpoint="e", asset="a", address=str(i), path=f"T{i}", writable=one)
        for i, one in enumerate(writable)
    ]


def test_the_manner_of_a_server() -> None:
    assert manner(tags(True, False, False)).writable_tells
    assert not manner(tags(True, True, False)).writable_tells
    assert not manner(tags(False, None)).writable_tells and not manner(tags()).writable_tells


def test_every_reason_is_a_text_that_names_the_place() -> None:
    told = read_name("Line1/IMM01/3区料筒温度设定")
    assert [(r.head, r.rule, r.term, r.element, r.at) for r in told.explain] == [
        ("quantity", "lexicon", "料筒温度", "3区料筒温度设定", 3),
        ("function", "lexicon", "设定", "3区料筒温度设定", 7),
    ]
    every = [told, read_name("x", unit="bar"), read_name("x", data_type="Boolean"), read_name("TIC101.X"),
             read_name("mjwd", manner=PINYIN), read_name("T", writable=True, unit="°C", manner=TELLS)]  # fmt: skip
    rules = {reason.rule for one in every for reason in one.explain}
    assert rules >= {"lexicon", "unit", "data_type", "isa", "pinyin", "usual", "access"}
    for reason in (reason for one in every for reason in one.explain):
        assert all(reason.term is None or reason.rule in ("usual", "access") or reason.term in render(
            reason.message, language) for language in LANGUAGES)  # fmt: skip


# Pinyin ---------------------------------------------------------------------------------------------------

SITE = ["zzyl", "smqdwz", "mjwd", "ltwd", "sjcl", "bll", "zsyl", "zssd", "ysjyl", "lqswd", "sbzt", "bjdm"]


@pytest.mark.parametrize(
    ("name", "quantity", "function"),
    [
        ("mjwd", "temperature", "actual"), ("zzyl", "pressure", "actual"), ("sbzt", "state", "state"),
        ("D100_mjwd", "temperature", "actual"), ("mjwd_SP", "temperature", "setpoint"),
        ("xyltwd3", "temperature", "actual"),
        ("mujuwendu1", "temperature", "actual"), ("liaotongwendu", "temperature", "actual"),
        ("baojing", "state", "alarm"),
        ("chanliang", "count", "counter"), ("bjdm", "state", "alarm"), ("qwxk", None, None),
    ],
)  # fmt: skip
def test_pinyin_is_read_by_its_longest_ending(name: str, quantity: str | None, function: str | None) -> None:
    assert heads(read_name(name, manner=PINYIN)) == (quantity, function)


def test_initials_that_mean_several_things_are_candidates_until_a_unit_decides() -> None:
    told = read_name("xtsd", manner=PINYIN)
    assert told.unknown and {"composition", "speed", "position"} <= {q for q, _ in told.candidates}
    humid = read_name("xtsd", unit="%RH", manner=PINYIN)
    assert heads(humid) == ("composition", "actual") and not humid.candidates
    assert read_name("xtsd", unit="bar", manner=PINYIN).quantity == "pressure"


def test_pinyin_is_read_where_a_server_is_named_in_it_and_nowhere_else() -> None:
    assert looks_like_pinyin(SITE) and looks_like_pinyin([*SITE, "料筒温度"])
    assert not looks_like_pinyin(SITE[:4]), "too few to say"
    assert not looks_like_pinyin([*SITE, *(row["name"] for row in OWN if row["name"].isascii())])
    assert read_name("mjwd").unknown
    found = manner([Tag(id=i, endpoint="e", asset=None, address=n, path=f"PLC1.{n}") for i, n in enumerate(SITE)])
    assert found.pinyin


def test_pinyin_does_not_fire_on_the_names_of_standards() -> None:
    standard = [name.rsplit("_", 1)[-1] for name in vars(asyncua.ua.object_ids.ObjectIds) if name[0].isupper()]
    assert len(standard) > 1000 and not looks_like_pinyin(standard)
    files = sorted((Path(sunspec2.__file__).parent / "models/json").glob("*.json"))
    assert len(files) > 50
    for file in files:
        names = re.findall(r'"name": "(\w+)"', file.read_text("utf-8"))
        assert not looks_like_pinyin(names), file.name


# A standard's own words -----------------------------------------------------------------------------------

UNITS = {
    "W": "electrical", "VA": "electrical", "V": "electrical", "A": "electrical", "Var": "electrical",
    "Vars": "electrical", "Hz": "electrical", "Ohms": "electrical", "PF": "electrical", "Wh": "energy",
    "WH": "energy", "VAh": "energy", "varh": "energy", "C": "temperature", "Secs": "time", "Sec": "time",
    "Mins": "time", "m/s": "speed", "HPa": "pressure", "mm": "position", "Degrees": "position",
}  # fmt: skip


def points(group: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from group.get("points", ())
    for inner in group.get("groups", ()):
        yield from points(inner)


@pytest.mark.parametrize(("words", "right", "spoken"), [("name", 0.93, 0.40), ("label", 0.95, 0.70)])
def test_words_of_sunspec_points_against_their_units(words: str, right: float, spoken: float) -> None:
    """Quantity by the words alone, held against the unit of the standard. The figures stand in the card."""
    files = sorted((Path(sunspec2.__file__).parent / "models/json").glob("*.json"))
    models = [json.loads(file.read_text("utf-8")) for file in files]
    every = [point for model in models if "group" in model for point in points(model["group"])]
    pairs = {(p["name"], p.get("label", ""), UNITS.get(p.get("units", ""))) for p in every}
    told = [(read_name(name if words == "name" else label).quantity, unit) for name, label, unit in pairs if unit]
    spoke = [(said, unit) for said, unit in told if said]
    correct = sum(said == unit for said, unit in spoke)
    assert len(told) > 400 and len(spoke) >= spoken * len(told), f"{len(spoke)} of {len(told)}"
    assert correct >= right * len(spoke), f"{correct} of {len(spoke)}"


# What holds for any name ----------------------------------------------------------------------------------

NAMES = st.sampled_from([row["name"] for row in OWN if row["quantity"]])
MACHINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["IMM", "Line", "CNC-", "M", "注塑机", "A区", "空压机", "1#", "Station_"]),
    st.integers(1, 99),
    st.sampled_from([".", "/", "|", "号机."]),
)


@given(prefix=st.lists(MACHINES, min_size=1, max_size=3).map("".join), name=NAMES)
def test_the_name_of_a_machine_before_it_changes_nothing(prefix: str, name: str) -> None:
    assert heads(read_name(prefix + name)) == heads(read_name(name))


WIDE = {chr(i): chr(i + 0xFEE0) for i in range(0x21, 0x7F)}


@given(name=NAMES)
def test_full_width_letters_change_nothing(name: str) -> None:
    assert heads(read_name("".join(WIDE.get(c, c) for c in name))) == heads(read_name(name))


PARTS = ["melt", "temp", "speed", "act", "set", "total", "flow", "alarm", "oil", "kwh", "count", "good", "parts"]
WORDS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4)


@given(words=WORDS, chinese=st.sampled_from(["", "料筒温度_", "A相电流_", "ng数量_"]))
def test_case_changes_nothing_where_signs_stand_between_words(words: list[str], chinese: str) -> None:
    name = chinese + "_".join(words)
    assert heads(read_name(name.upper())) == heads(read_name(name)) == heads(read_name(name.title()))


@settings(max_examples=150)
@given(
    name=st.text(max_size=80),
    unit=st.none() | st.text(max_size=6),
    kind=st.sampled_from([None, "Boolean", "String", "DateTime", "Double"]),
    told=st.none() | st.text(max_size=70),
    how=st.sampled_from([PLAIN, PINYIN, TELLS]),
)
def test_any_text_is_read_and_every_head_has_a_reason(
    name: str, unit: str | None, kind: str | None, told: str | None, how: Manner
) -> None:
    found = read_name(name, unit=unit, data_type=kind, writable=True, description=told, manner=how)
    given_ = {head for head, value in (("quantity", found.quantity), ("function", found.function)) if value}
    assert {reason.head for reason in found.explain} == given_
    for reason in found.explain:
        assert all(render(reason.message, language) for language in LANGUAGES)


def test_a_name_is_read_quickly_however_long() -> None:
    assert read_name("x" * 50_000 + "温度" * 50_000).quantity == "temperature"
    tag = Tag(id=1, endpoint="e", asset=None, address="x", path="a" * 1_000_000)
    assert read(tag).unknown
