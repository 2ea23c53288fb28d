"""What a scope says of an export: mistakes are named with their line; the file is found beside the scope."""

from pathlib import Path

import pytest

from assessor.errors import InputError
from assessor.messages import LANGUAGES, render
from connectors.preview import preview, reach
from connectors.scope import load_scope
from tests.test_scope import GOOD

EXPORT = """\
  - id: history
    protocol: export
    address: files/history.csv
    role: ems
    asset: cnc
    export: {system: EMS, taken_by: engineer, taken_at: "2026-01-01T08:00:00+08:00", layout: wide, time: time,
      time_zone: Asia/Shanghai}
"""


def written(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in EXPORT
    file = folder / "scope.yaml"
    file.write_text(GOOD.replace("meanings:", EXPORT.replace(old, new, 1) + "meanings:", 1), "utf-8")
    return file


def test_the_file_lies_beside_the_scope_wherever_the_run_begins(tmp_path: Path) -> None:
    scope = load_scope(written(tmp_path))
    assert scope.endpoints[0].address == "opc.tcp://10.0.0.5:4840/plant"
    assert scope.endpoints[1].address == str(tmp_path.resolve() / "files/history.csv")


def test_an_export_costs_the_plant_nothing_and_is_not_called_testable(tmp_path: Path) -> None:
    scope = load_scope(written(tmp_path))
    load = preview(scope, 600).loads[1]
    assert (load.requests, load.requests_per_second, load.connections, load.bytes_per_second) == (0, 0, 0, 0)
    found = reach(scope)
    assert found.testable == ("press",) and found.recorded == ("cnc",)
    assert {u.asset for u in found.untestable} == {"robot", "lathe", "saw", "mill"}


@pytest.mark.parametrize(
    ("old", "new", "name", "line"),
    [
        ("role: ems", "role: machine", "role", 3),
        ("files/history.csv", "//server/share/history.csv", "foreign", 2),
        ("files/history.csv", "'\\\\server\\share\\history.csv'", "foreign", 2),
        ("files/history.csv", "http://10.0.0.9/history.csv", "foreign", 2),
        ("08:00:00+08:00", "08:00:00", "taken_at", 5),
        ("layout: wide", "layout: long", "long", 5),
        ("Asia/Shanghai", "Asia/Nowhere", "zone", 6),
        ("Asia/Shanghai", '"+99:00"', "zone", 6),
        ("time_zone: Asia/Shanghai", "time_format: excel", "no_zone", 5),
        ("time_zone: Asia/Shanghai", 'time_zone: UTC, time_format: "%H:%M"', "pattern", 6),
        ("time_zone: Asia/Shanghai", 'time_zone: UTC, thousands: "."', "marks", 6),
        ("time_zone: Asia/Shanghai", "time_zone: UTC, tags: [{name: T, asset: none}]", "asset", 6),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, name: str, line: int) -> None:
    file = written(tmp_path, old, new)
    begin = file.read_text("utf-8").splitlines().index("  - id: history") + 1
    with pytest.raises(InputError) as caught:
        load_scope(file)
    assert caught.value.message.id == f"export.scope.{name}"
    assert caught.value.place == f"{file}:{begin + line}"
    assert all(render(caught.value.message, language) for language in LANGUAGES)


def test_an_export_without_its_account_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path)
    text = file.read_text("utf-8")
    begin, end = text.index("    export:"), text.index("meanings:")
    file.write_text(text[:begin] + text[end:], "utf-8")
    with pytest.raises(InputError) as caught:
        load_scope(file)
    assert caught.value.message.id == "export.scope.missing"
