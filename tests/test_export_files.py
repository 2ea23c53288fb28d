"""Files of exported records that are not what they should be, that are large, or that are workbooks."""

import asyncio
import tempfile
import tracemalloc
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import BAD_NO_DATA, GOOD, Export, sha256
from assessor.messages import LANGUAGES, render
from connectors.export import gather, precheck
from connectors.export.layout import Reading
from connectors.export.opening import Unreadable, look
from connectors.export.rows import rows
from tests.exports import LONG, WIDE, doubts, endpoint, ns, problem, read, read_text, replaced
from tests.kept import Kept
from tests.test_bundle import SCOPE
from tests.test_export import ROW, how

# Files that are not what they should be -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        (b"", "empty", None),
        (b"time,T\n2026\0,1\n", "nul", "2"),
        (b"when,T\n", "no_column", "1"),
        (b"time,T,T\n", "twice", "1"),
        (b"time,time\n", "twice", "1"),
        (b"time,T\n" + ROW.encode() + b',"never closed' + b"x" * 200_000, "not_csv", "2"),
        (b"time,T\n" + b"9" * 2_000_000, "long_line", "2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel", None),
        (b"PK\x03\x04 not a workbook", "not_xlsx", None),
    ],
)
def test_a_hostile_file_is_one_message_with_its_place(tmp_path: Path, text: bytes, name: str, place: Any) -> None:
    seen, kept = read_text(tmp_path, text)
    assert problem(seen) == (name, place)
    assert not kept.rows
    assert seen.problem is not None
    assert all(render(seen.problem, language) for language in LANGUAGES)


def test_a_file_that_is_not_there_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    seen, _ = read(tmp_path / "none.csv")
    assert problem(seen)[0] == "no_file" and not seen.reached and seen.record is None


def test_rows_of_another_length_are_named(tmp_path: Path) -> None:
    seen, kept = read_text(tmp_path, f"time,A,B\n{ROW},1\n{ROW},1,2,\n{ROW},1,2,3\n")
    assert doubts(seen) == {"width": (2, "2")}
    assert kept.rows[1].status == BAD_NO_DATA


@given(data=st.binary(max_size=400))
def test_no_bytes_crash_the_reading(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for start in (b"", b"time,T\n" + ROW.encode() + b",1\n", b"PK\x03\x04", b"\xff\xfe"):
            seen, _ = read_text(Path(folder), start + data)
            assert seen.problem is None or seen.problem.id.startswith("export.")


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    text = f"time,T\n{ROW},20\n".encode()
    seen, _ = read_text(tmp_path, text)
    assert seen.record is not None
    assert (seen.record.sha256, seen.record.bytes, seen.record.rows) == (sha256(text), len(text), 1)
    assert (seen.record.system, seen.record.taken_by) == ("WinCC 7.5", "shift leader")
    assert seen.record.first == seen.record.last == ns("2026-11-24T00:00:00Z")


def test_precheck_says_whether_the_file_is_there_and_reads_no_row(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"time,T\n{ROW},20\n", "utf-8")
    asked: list[Any] = []
    seen = asyncio.run(precheck(endpoint(file, WIDE), SCOPE, asked.append))
    assert seen.reached and seen.problem is None and not seen.tags and not asked
    file.unlink()
    assert problem(asyncio.run(precheck(endpoint(file, WIDE), SCOPE, asked.append)))[0] == "no_file"


def test_stop_ends_the_reading_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("time,T\n" + f"{ROW},20\n" * 20_000, "utf-8")
    kept = Kept()
    reading = Reading(endpoint(file, WIDE), how(), ns("2026-11-25T00:00:00Z"))
    calls = iter(range(100_000))
    with pytest.raises(Unreadable):
        list(reading.samples(look(file), lambda: next(calls) >= 500))
    assert reading.rows == 500

    async def run() -> Any:
        stop = asyncio.Event()
        stop.set()
        return await gather(endpoint(file, WIDE), SCOPE, kept, seconds=1, stop=stop)

    assert problem(asyncio.run(run()))[0] == "stopped"
    assert not kept.rows


@pytest.mark.slow
def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("time,tag,value\n")
        for i in range(300_000):
            clock = f"{i // 1000 % 20:02d}:{i // 60 % 60:02d}:{i % 60:02d}"
            out.write(f"2026-11-{1 + i // 20_000:02d} {clock},t{i % 7},{i}\n")
    tracemalloc.start()
    reading = Reading(endpoint(file, LONG), Export.model_validate(LONG), ns("2026-11-25T00:00:00Z"))
    count = sum(1 for _ in reading.samples(look(file)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 300_000 and peak < 20_000_000


# Excel ----------------------------------------------------------------------------------------------------


def workbook(file: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, held in sheets.items():
        sheet = book.create_sheet(name)
        for row in held:
            sheet.append(row)
    book.save(file)
    return file


def test_a_sheet_gives_real_times_numbers_and_flags(tmp_path: Path) -> None:
    held = [
        ["time", "T", "On"],
        [datetime(2026, 11, 24, 8, 0, 0), 20.5, True],
        [datetime(2026, 11, 24, 8, 1), None],
    ]
    seen, kept = read(workbook(tmp_path / "a.xlsx", Data=held))
    assert seen.problem is None and seen.record is not None and seen.record.encoding == "xlsx"
    assert [(r.source, r.number, r.flag, r.status) for r in kept.rows] == [
        (ns("2026-11-24T00:00:00Z"), 20.5, None, GOOD),
        (ns("2026-11-24T00:00:00Z"), None, True, GOOD),
        (ns("2026-11-24T00:01:00Z"), None, None, BAD_NO_DATA),
        (ns("2026-11-24T00:01:00Z"), None, None, BAD_NO_DATA),
    ]


def test_serial_days_are_times_only_where_that_was_said(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", Data=[["time", "T"], [46350.25, 1]])
    assert doubts(read(file)[0]) == {"time_unread": (1, "2")}
    _, kept = read(file, WIDE | {"time_format": "excel"})
    assert kept.rows[0].source == ns("2026-11-24T06:00:00+08:00")


def test_of_several_sheets_those_named_are_read_and_tell_their_tags_apart(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "a.xlsx",
        Line1=[["time", "T"], [ROW, 1]],
        Line2=[["time", "T"], [ROW, "x"], ["soon", 3]],
        Notes=[["hello"]],
    )
    assert problem(read(file)[0])[0] == "which_sheet"
    assert problem(read(file, WIDE | {"sheets": ["Line3"]})[0])[0] == "no_sheet"
    seen, kept = read(file, WIDE | {"sheets": ["Line1", "Line2"]})
    assert [tag.path for tag in seen.tags] == ["Line1/T", "Line2/T"] and len(kept.rows) == 2
    assert doubts(seen) == {"time_unread": (1, "Line2!3")}


def test_formulas_are_not_run(tmp_path: Path) -> None:
    _, kept = read(workbook(tmp_path / "a.xlsx", Data=[["time", "T"], [ROW, "=1+1"]]))
    assert kept.rows[0].status == BAD_NO_DATA  # no value was ever stored beside it


@pytest.mark.slow
def test_a_workbook_that_bursts_is_not_unpacked(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", Data=[["time", "T"]])
    replaced(file, "xl/worksheets/sheet1.xml", b" " * 400_000_000)
    assert file.stat().st_size < 1_000_000
    assert problem(read(file)[0])[0] == "bomb"


def test_a_workbook_with_entities_is_not_opened(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", Data=[["time", "T"]])
    replaced(file, "xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><workbook/>')
    assert problem(read(file)[0])[0] == "doctype"


def test_a_doctype_cannot_hide_behind_a_long_comment(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", Data=[["time", "T"]])
    hidden = b'<?xml version="1.0"?><!--' + b"-x" * 50_000 + b'--><!DOCTYPE x [<!ENTITY a "b">]><workbook/>'
    replaced(file, "xl/workbook.xml", hidden)
    assert problem(read(file)[0])[0] == "doctype"


def test_what_a_sheet_claims_of_its_size_is_not_believed(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", Data=[["time", "T"], [ROW, 1]])
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>time</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>T</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>'
        + ROW.encode()
        + b'</t></is></c><c r="B2"><v>7</v></c></row></sheetData></worksheet>'
    )
    replaced(file, "xl/worksheets/sheet1.xml", sheet)
    seen, kept = read(file)
    assert seen.problem is None and [r.number for r in kept.rows] == [7.0]
    assert [len(row.cells) for row in rows(look(file), how())] == [2, 2]
