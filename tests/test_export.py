"""Exported records: read as the plant confirmed them, nothing assumed and nothing dropped in silence."""

import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import BAD_NO_DATA, GOOD, UNCERTAIN, Export
from assessor.facts import facts, sort
from connectors.export import cells, times
from tests.exports import LONG, WIDE, doubts, ns, problem, read_text
from tests.test_facts import table

ROW = "2026-11-24 08:00:00"


def how(**more: Any) -> Export:
    return Export.model_validate(WIDE | more)


# Layouts --------------------------------------------------------------------------------------------------


def test_a_wide_export_is_one_tag_a_column(tmp_path: Path) -> None:
    text = f"time,Press.Temp,Press.On,Robot.State\n{ROW},20.5,TRUE,运行\n2026-11-24 08:00:10,21,FALSE,-\n"
    seen, kept = read_text(tmp_path, text, branches=[{"path": "Press.", "asset": "press"}])
    assert seen.problem is None and seen.reached and not kept.requests
    assert [(tag.path, tag.asset, tag.unit) for tag in seen.tags] == [
        ("Press.Temp", "press", None),
        ("Press.On", "press", None),
        ("Robot.State", None, None),
    ]
    ids = {tag.id: tag.path for tag in seen.tags}
    found = [(ids[r.tag], r.source, r.number, r.flag, r.text, r.status) for r in kept.rows]
    first, second = ns("2026-11-24T00:00:00Z"), ns("2026-11-24T00:00:10Z")
    assert found == [
        ("Press.Temp", first, 20.5, None, None, GOOD),
        ("Press.On", first, None, True, None, GOOD),
        ("Robot.State", first, None, None, "运行", GOOD),
        ("Press.Temp", second, 21.0, None, None, GOOD),
        ("Press.On", second, None, False, None, GOOD),
        ("Robot.State", second, None, None, None, BAD_NO_DATA),
    ]
    assert {(r.receive, r.server) for r in kept.rows} == {(ns("2026-11-25T00:00:00Z"), None)}
    assert all(r.mono == r.source for r in kept.rows)


def test_a_long_export_is_one_row_a_value(tmp_path: Path) -> None:
    text = (
        f"time;tag;value;quality\n{ROW};P.Energy;1.234,5;192\n{ROW};P.State;Auto;Good\n"
        f"{ROW};P.Energy;#N/A;192\n{ROW};P.Energy;7;strange\n"
    )
    told = LONG | {
        "quality": "quality", "decimal": ",", "thousands": ".", "statuses": {"192": "good"},
        "tags": [{"name": "P.Energy", "asset": "press", "unit": "kWh"}],
    }  # fmt: skip
    seen, kept = read_text(tmp_path, text, told)
    assert [(tag.path, tag.asset, tag.unit) for tag in seen.tags] == [
        ("P.Energy", "press", "kWh"),
        ("P.State", None, None),
    ]
    assert [(r.number, r.text, r.status) for r in kept.rows] == [
        (1234.5, None, GOOD),
        (None, "Auto", GOOD),
        (None, None, BAD_NO_DATA),
        (7.0, None, UNCERTAIN),
    ]
    assert doubts(seen) == {"unknown_status": (1, "5:D")}


def test_a_tag_that_the_scope_names_and_the_file_lacks_is_named(tmp_path: Path) -> None:
    told = WIDE | {"tags": [{"name": "Temp", "unit": "°C"}]}
    seen, _ = read_text(tmp_path, f"time,Temperature\n{ROW},20\n", told)
    assert doubts(seen) == {"no_tag": (1, "Temp")}


def test_the_unit_in_a_header_is_not_taken_for_granted(tmp_path: Path) -> None:
    seen, _ = read_text(tmp_path, f"time,温度(℃)\n{ROW},20\n")
    assert [(tag.path, tag.unit) for tag in seen.tags] == [("温度(℃)", None)]


def test_a_status_column_of_a_wide_export_belongs_to_its_tag(tmp_path: Path) -> None:
    told = WIDE | {"tags": [{"name": "T", "quality": "T.q"}]}
    seen, kept = read_text(tmp_path, f"time,T,T.q\n{ROW},20,Bad\n", told)
    assert [tag.path for tag in seen.tags] == ["T"]
    assert [(r.number, r.status) for r in kept.rows] == [(20.0, 0x80000000)]


def test_date_and_time_may_stand_apart_below_titles_and_a_header_of_two_rows(tmp_path: Path) -> None:
    text = "能耗日报,,,\n日期,时间,设备A,,设备B\n,,温度,压力,温度\n2026/11/24,8:05:00,1,2,3\n"
    told = WIDE | {"date": "日期", "time": "时间", "skip_rows": 1, "header_rows": 2}
    seen, kept = read_text(tmp_path, text, told)
    assert [tag.path for tag in seen.tags] == ["设备A/温度", "设备A/压力", "设备B/温度"]
    assert kept.rows[0].source == ns("2026-11-24T08:05:00+08:00")


# Encodings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "stated"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_the_encoding_is_found_and_stated(tmp_path: Path, encoding: str, stated: str) -> None:
    text = f"time,锅炉温度(℃)\n{ROW},20\n{ROW},运行中\n".encode(encoding)
    seen, kept = read_text(tmp_path, text)
    assert seen.record is not None and seen.record.encoding == stated
    assert [tag.path for tag in seen.tags] == ["锅炉温度(℃)"]
    assert kept.rows[1].text == "运行中"


def test_western_text_is_refused_rather_than_read_as_rare_characters(tmp_path: Path) -> None:
    text = f"time,Temp °C\n{ROW},20\n".encode("cp1252")
    assert problem(read_text(tmp_path, text)[0]) == ("unclear_encoding", "1")
    seen, _ = read_text(tmp_path, text, WIDE | {"encoding": "cp1252"})
    assert [tag.path for tag in seen.tags] == ["Temp °C"]


def test_a_file_of_two_encodings_is_refused_with_the_line(tmp_path: Path) -> None:
    text = f"time,温度\n{ROW},20\n".encode() + f"{ROW},运行".encode("gb18030") + b"\n" + b"\xff\xff\n"
    assert problem(read_text(tmp_path, text)[0]) == ("mixed_encoding", "4")


@given(text=st.text("温压力运行停止设备能耗℃kWh0123456789 ", min_size=1, max_size=30))
def test_no_text_of_a_plant_is_ever_garbled(text: str) -> None:
    """UTF-8 and GB18030 of the same text give the same text, or a refusal: '停' alone is both."""
    with tempfile.TemporaryDirectory() as folder:
        for encoding in ("utf-8", "gb18030"):
            seen, _ = read_text(Path(folder), f'time,"a{text}z"\n{ROW},1\n'.encode(encoding))
            if seen.problem:
                assert problem(seen)[0] == "two_encodings" and encoding == "gb18030"
            else:
                assert [tag.path for tag in seen.tags] == [" ".join(f"a{text}z".split())]


# Times ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-11-24 08:05:00", "iso"),
        ("2026-11-24T08:05:00", "iso"),
        ("2026-11-24T00:05:00Z", "iso"),
        ("2026-11-24 03:05:00+03:00", "iso"),
        ("2026/11/24 8:05", "iso"),
        ("2026年11月24日 8:05:00", "iso"),
        ("2026-11-24 8:05:00.000", "iso"),
        ("24.11.2026 08:05", "%d.%m.%Y %H:%M"),
        ("11/24/26 08:05 AM", "%m/%d/%y %I:%M %p"),
        ("46350.336805556", "excel"),
        ("1795478700", "unix"),
        ("1795478700000", "unix-ms"),
    ],
)
def test_a_time_is_read_in_the_form_that_was_named(text: str, form: str) -> None:
    assert times.reader(how(time_format=form))(text) == ns("2026-11-24T08:05:00+08:00")


@pytest.mark.parametrize(
    "text", ["24.11.2026 08:05", "11/24/2026 08:05", "2026-11-24 08:05 PM", "2026-11-24 下午 8:05", "46350.3",
             "1795478700", "2026-13-01", "", "2026-11-24 25:00", "soon"]
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_no_time(text: str) -> None:
    with pytest.raises(times.NoTime):
        times.reader(how())(text)


def test_a_zone_is_never_assumed(tmp_path: Path) -> None:
    seen, kept = read_text(tmp_path, f"time,T\n{ROW},20\n", WIDE | {"time_zone": None})
    assert problem(seen) == ("no_zone", "2")
    assert not kept.rows
    seen, kept = read_text(tmp_path, "time,T\n2026-11-24T08:00:00+08:00,20\n", WIDE | {"time_zone": None})
    assert kept.rows[0].source == ns("2026-11-24T08:00:00+08:00")


def test_an_hour_that_exists_twice_or_not_at_all_is_left_out_and_named(tmp_path: Path) -> None:
    lines = ["2026-10-25 01:30", "2026-10-25 02:30", "2026-10-25 03:30", "2026-03-29 02:30"]
    text = "time,T\n" + "".join(f"{line},1\n" for line in lines)
    seen, kept = read_text(tmp_path, text, WIDE | {"time_zone": "Europe/Berlin"})
    assert [r.source for r in kept.rows] == [ns("2026-10-24T23:30:00Z"), ns("2026-10-25T02:30:00Z")]
    assert doubts(seen) == {"time_twice": (1, "3"), "time_skipped": (1, "5")}


def test_years_that_software_writes_for_no_time_are_left_out(tmp_path: Path) -> None:
    text = f"time,T\n1900-01-01 00:00:00,1\n9999-12-31 23:59:59,1\n1970-01-01 08:00:00,1\n{ROW},2\n"
    seen, kept = read_text(tmp_path, text)
    assert [r.number for r in kept.rows] == [2.0]
    assert doubts(seen) == {"time_out_of_range": (3, "2")}


def test_rows_after_the_taking_betray_a_wrong_zone(tmp_path: Path) -> None:
    seen, kept = read_text(tmp_path, "time,T\n2026-11-25 07:59:00,1\n", WIDE | {"time_zone": "UTC"})
    assert not kept.rows
    assert doubts(seen) == {"after_taking": (1, "2")}


def test_a_time_that_goes_back_is_counted_tag_by_tag(tmp_path: Path) -> None:
    text = f"time,tag,value\n{ROW},a,1\n2026-11-24 09:00:00,a,2\n{ROW},b,1\n{ROW},a,3\n"
    seen, _ = read_text(tmp_path, text, LONG)
    assert doubts(seen) == {"backwards": (1, "5")}


moments = st.datetimes(datetime(1995, 1, 1), datetime(2026, 11, 1)).map(lambda d: d.replace(microsecond=0))


@given(
    moment=moments, hours=st.integers(-12, 14), form=st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S"])
)
def test_a_written_time_is_read_back(moment: datetime, hours: int, form: str) -> None:
    read = times.reader(how(time_zone=f"{hours:+03d}:00"))
    expected = round((moment - datetime(1970, 1, 1) - timedelta(hours=hours)).total_seconds()) * 10**9
    assert read(moment.strftime(form)) == expected


# Values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "-", "--", "NaN", "#N/A", "#DIV/0!", "null", "无数据"])
def test_blank_is_no_value_and_never_zero(text: str) -> None:
    assert cells.reader(how())(text) == (BAD_NO_DATA, None, None, None)


@pytest.mark.parametrize(
    ("text", "marks", "value"),
    [
        ("1,234.5", {"thousands": ","}, 1234.5),
        ("1.234,5", {"thousands": ".", "decimal": ","}, 1234.5),
        ("1 234 567", {"thousands": " "}, 1234567.0),
        ("12,5", {"decimal": ","}, 12.5),
        ("-1e-3", {}, -0.001),
        ("\u22125", {}, -5.0),
        ("12,5", {}, "12,5"),
        ("12,34.5", {"thousands": ","}, "12,34.5"),
        ("1.5", {"decimal": ","}, "1.5"),
        ("1_000", {}, "1_000"),
        ("inf", {}, "inf"),
        ("１２", {}, "１２"),
        ("0x10", {}, "0x10"),
        ("12 kW", {}, "12 kW"),
    ],
)
def test_a_number_is_one_only_in_the_marks_that_were_named(text: str, marks: dict[str, str], value: Any) -> None:
    found = cells.reader(how(**marks))(text)
    assert (found.number if isinstance(value, float) else found.text) == value


@given(value=st.floats(-1e15, 1e15), decimal=st.sampled_from(".,"))
def test_a_written_number_is_read_back(value: float, decimal: str) -> None:
    assert cells.reader(how(decimal=decimal))(repr(value).replace(".", decimal)).number == value


def test_a_text_among_numbers_is_kept_and_named(tmp_path: Path) -> None:
    seen, kept = read_text(tmp_path, f"time;T\n{ROW};20\n{ROW};20,5\n")
    assert kept.rows[1].text == "20,5"
    assert doubts(seen) == {"text_among_numbers": (1, "3:B")}


# What the rows show ---------------------------------------------------------------------------------------


def test_facts_of_a_record_go_by_its_own_times(tmp_path: Path) -> None:
    draw = random.Random(7)
    lines = [f"2026-11-24 {i // 6:02d}:{i % 6}0:00,{20 + draw.random():.4f}\n" for i in range(100)]
    seen, kept = read_text(tmp_path, "time,T\n" + "".join(lines))
    found = facts(sort(table(kept.rows)))[seen.tags[0].id]
    assert (found.rows, found.update_interval, found.longest_gap) == (100, 600.0, 600.0)
    assert found.seconds == 99 * 600 and found.stale is False
    assert found.lag == (ns("2026-11-25T00:00:00Z") - ns("2026-11-24T16:30:00+08:00")) / 1e9
