"""`exports inspect`: what a file looks like, what only a person knows, and lines that read it once filled in."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from assessor.cli import main
from assessor.errors import InputError
from connectors.export.draft import Draft, draft
from connectors.export.snippet import OPEN, snippet
from connectors.scope import load_scope
from tests.exports import ns, read
from tests.test_export_files import workbook
from tests.test_scope import GOOD

TIMES = [f"2026-11-24 {8 + i // 60:02d}:{i % 60:02d}:00" for i in range(80)]


def made(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "history.csv"
    file.write_bytes(text.encode(encoding))
    return file


def asked(found: Draft) -> list[str]:
    return [q.id.removeprefix("export.ask.") for q in found.questions]


def answered(folder: Path, found: Draft, check: str = "yes", **given: str) -> Any:
    """The draft in a scope, each open place filled in; read for real."""
    usual = {"role": "ems", "asset": "cnc", "system": "EMS", "taken_by": "engineer"}
    usual |= {"taken_at": "'2026-11-25T08:00:00+08:00'", "time_zone": "Asia/Shanghai"}
    lines = snippet(found)
    for key, value in (usual | given).items():
        lines = lines.replace(f"{key}: {OPEN}", f"{key}: {value}")
    assert check == "no" or OPEN not in lines, lines
    file = folder / "scope.yaml"
    file.write_text(GOOD.replace("meanings:", lines + "meanings:", 1), "utf-8")
    endpoint = load_scope(file).endpoints[1]
    assert endpoint.export is not None
    return read(
        Path(endpoint.address),
        endpoint.export.model_dump(),
        asset=endpoint.asset,
        branches=[b.model_dump() for b in endpoint.branches],
    )


def test_a_wide_export_with_units_is_drafted_and_reads_once_confirmed(tmp_path: Path) -> None:
    body = "".join(f"{t},{i}.5,{i}\n" for i, t in enumerate(TIMES))
    found = draft(made(tmp_path, "时间,锅炉.温度(℃),锅炉.功率[kW]\n" + body, "gb18030"))
    assert (found.layout, found.time, found.time_formats, found.encoding) == ("wide", "时间", ("iso",), "gb18030")
    assert [(u.tag, u.unit) for u in found.units] == [("锅炉.温度(℃)", "℃"), ("锅炉.功率[kW]", "kW")]
    assert found.prefixes == ("锅炉.",)
    assert asked(found) == ["who", "zone", "layout_wide", "unit", "unit", "prefix"]
    seen, kept = answered(tmp_path, found, unit="kW")
    assert seen.problem is None and len(kept.rows) == 160
    assert {(t.unit, t.asset) for t in seen.tags} == {("kW", "cnc")}
    assert kept.rows[0].source == ns("2026-11-24T08:00:00+08:00")


def test_prefixes_are_asked_where_names_are_built_of_parts(tmp_path: Path) -> None:
    body = "".join(f"{t},1,2,3\n" for t in TIMES)
    assert draft(made(tmp_path, "time,CNC.T,SAW.T,SAW.P\n" + body)).prefixes == ("CNC.", "SAW.")
    assert draft(made(tmp_path, "time,CNC.T,SAW.T,Total\n" + body)).prefixes == ()
    assert draft(made(tmp_path, "time,SAW.P,SAW.T,Total\n" + body)).prefixes == ("SAW.",)


def test_no_unit_zone_or_asset_is_filled_in_by_itself(tmp_path: Path) -> None:
    text = "time,Temp (℃)\n" + "".join(f"{t},1\n" for t in TIMES)
    lines = snippet(draft(made(tmp_path, text)))
    assert re.findall(rf"(\w+): {OPEN}", lines) == [
        "role", "asset", "system", "taken_by", "taken_at", "time_zone", "unit",
    ]  # fmt: skip


def test_a_draft_that_was_not_filled_in_is_refused(tmp_path: Path) -> None:
    found = draft(made(tmp_path, "time,Temp (℃)\n" + "".join(f"{t},1\n" for t in TIMES)))
    for left in ("system", "taken_by", "unit"):
        with pytest.raises(InputError) as caught:
            answered(tmp_path, found, **({"unit": "℃"} | {left: OPEN}), check="no")
        assert caught.value.message.id == "export.scope.open"
        assert caught.value.message.params["field"] == left


def test_a_long_export_is_known_by_its_headers(tmp_path: Path) -> None:
    body = "".join(f"{t}+08:00;P{i % 3}.Energy;{i},5;192\n" for i, t in enumerate(TIMES))
    found = draft(made(tmp_path, "TimeStamp;TagName;Value;Quality\n" + body))
    assert (found.layout, found.tag, found.value, found.quality) == ("long", "TagName", "Value", "Quality")
    assert found.tags == ("P0.Energy", "P1.Energy", "P2.Energy")
    assert found.decimal == "," and found.has_offset and found.statuses == ("192",)
    assert asked(found) == ["who", "layout_long", "prefix", "prefix", "prefix", "statuses"]
    lines = snippet(found)
    assert '"192": ASK' in lines
    seen, kept = answered(tmp_path, found, **{'"192"': "good"})
    assert seen.problem is None and len(kept.rows) == 80 and kept.rows[1].number == 1.5


@pytest.mark.parametrize(
    ("cells", "forms"),
    [
        (["24.11.2026 08:00", "25.11.2026 08:00"], ("%d.%m.%Y %H:%M",)),
        (["11/24/2026 08:00", "11/25/2026 08:00"], ("%m/%d/%Y %H:%M",)),
        (["03/04/2026 08:00", "04/04/2026 08:00"], ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")),
        (["2026/11/24 8:00", "2026/11/24 8:01"], ("iso",)),
        (["46350.25", "46350.26"], ("excel",)),
        (["1795478700", "1795478760"], ("unix",)),
        (["1795478700000", "1795478760000"], ("unix-ms",)),
    ],
)
def test_a_form_is_named_and_where_two_would_do_it_is_asked(
    tmp_path: Path, cells: list[str], forms: tuple[str, ...]
) -> None:
    found = draft(made(tmp_path, "time;A;B\n" + "".join(f"{c};1;2\n" for c in cells)))
    assert found.time == "time" and found.time_formats == forms
    assert ("time_format" in asked(found)) == (len(forms) > 1)


def test_titles_a_header_of_two_rows_and_a_date_apart(tmp_path: Path) -> None:
    text = "能耗日报,,,\n日期,时间,设备A,\n,,温度(℃),压力\n" + "".join(f"2026/11/24,{t[11:]},1,2\n" for t in TIMES)
    found = draft(made(tmp_path, text))
    assert (found.skip_rows, found.header_rows, found.date, found.time) == (1, 2, "日期", "时间")
    assert found.header == ("日期", "时间", "设备A/温度(℃)", "设备A/压力")
    seen, kept = answered(tmp_path, found, unit="℃")
    assert seen.problem is None and len(kept.rows) == 160


def test_a_workbook_names_its_sheets(tmp_path: Path) -> None:
    held = [["time", "T"], *([datetime(2026, 11, 24, 8, i), i] for i in range(20))]
    file = workbook(tmp_path / "history.xlsx", Line1=held, Notes=[["hello"]])
    found = draft(file)
    assert found.sheets == ("Line1", "Notes") and found.sheet == "Line1" and found.time_formats == ("iso",)
    assert "sheets" in asked(found)
    seen, kept = answered(tmp_path, found)
    assert seen.problem is None and len(kept.rows) == 20


def test_a_number_that_may_be_two_things_is_asked(tmp_path: Path) -> None:
    found = draft(made(tmp_path, 'time;A\n2026-11-24 08:00;"1,234"\n2026-11-24 08:01;"2,345"\n'))
    assert found.decimal == "?" and "decimal" in asked(found)


def test_a_file_without_any_time_is_drafted_with_the_question(tmp_path: Path) -> None:
    found = draft(made(tmp_path, "a,b\n1,2\n3,4\n"))
    assert found.time is None and "time" in asked(found)
    assert f"time: {OPEN}" in snippet(found)


def test_the_command_prints_the_draft_and_contacts_nothing(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "zh")
    file = made(tmp_path, "time,Boiler.Temp(℃)\n" + "".join(f"{t},1\n" for t in TIMES))
    with pytest.raises(SystemExit) as left:
        main(["exports", "inspect", str(file), "--json"])
    assert not left.value.code
    told = json.loads(capsysbinary.readouterr().out)
    assert told["layout"] == "wide" and "time_zone: ASK" in told["scope"]
    assert any("时区" in q["text"] for q in told["questions"])
    with pytest.raises(SystemExit):
        main(["exports", "inspect", str(file)])
    text = capsysbinary.readouterr().out.decode()
    assert "Boiler.Temp(℃)" in text and "protocol: export" in text


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, capsysbinary: Any) -> None:
    with pytest.raises(SystemExit) as left:
        main(["exports", "inspect", str(tmp_path / "none.csv"), "--json"])
    assert left.value.code == 2
    assert json.loads(capsysbinary.readouterr().out)["id"] == "export.no_file"
