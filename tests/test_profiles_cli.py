"""`assessor profiles`: what it prints, what it refuses, what it never overwrites."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from assessor import cli
from connectors.profiles import load_profile, names, read_file
from connectors.scope import load_scope
from tests.terminal import Ran
from tests.test_bundle import SCOPE_BYTES

SHEET = """空压机点表,,,,,,
序号,寄存器地址,名称,数据类型,单位,系数,备注
1,40001,排气压力,REAL,MPa,,
2,40003,排气温度,INT,℃,0.1,
3,40004.0,运行,BOOL,,,
4,40005,备用,INT,,,
"""


@pytest.fixture
def command(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ran]:
    """Run `profiles` in this process, in an English terminal and an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    monkeypatch.setattr(cli.out, "width", 160)
    (tmp_path / "points.csv").write_text(SHEET, "gb18030")

    def ran(*arguments: str) -> Ran:
        code: Any = 0
        capfd.readouterr()
        try:
            cli.main(["profiles", *arguments])
        except SystemExit as end:
            code = end.code
        shown = capfd.readouterr()
        return Ran(code or 0, shown.out, shown.err)

    return ran


def test_maps_are_listed_and_shown_as_printed_and_as_on_the_wire(command: Callable[..., Ran]) -> None:
    listed = json.loads(command("list", "--json").out)
    assert [p["id"] for p in listed] == list(names())
    assert {p["confidence"] for p in listed} == {"verified-from-documents", "check-on-site", "site"}
    assert "check on site" in command("list").out
    shown = command("show", "sungrow-sg").out
    assert "5036" in shown and "5035 (13ABH)" in shown and "400 ms" in shown, (
        "as printed, on the wire, and the note"
    )
    data = json.loads(command("show", "sungrow-sg", "--json").out)
    assert data["base"] == 1 and data["wire"]["frequency"] == "input 5035"
    assert next(p for p in data["points"] if p["id"] == "frequency")["at"] == 5036
    wrong = command("show", "sungrow")
    assert wrong.code == 2 and "sungrow-sg" in wrong.err


def test_check_is_for_the_shipped_maps_and_for_a_file_of_ones_own(
    command: Callable[..., Ran], tmp_path: Path
) -> None:
    held = json.loads(command("check", "--json").out)
    assert held["profiles"] == list(names()) and held["points"] > 500
    own = tmp_path / "own.yaml"
    assert command("import", "points.csv", "-o", "own.yaml", "--base", "reference").code == 0
    assert json.loads(command("check", "own.yaml", "--json").out) == {"profiles": ["points"], "points": 3}
    own.write_text(own.read_text("utf-8").replace("at: 2, type: s16", "at: 1, type: s16"), "utf-8")
    bad = command("check", "own.yaml", "--json")
    assert bad.code == 2
    assert json.loads(bad.out)["place"] == "own.yaml:8" and json.loads(bad.out)["id"] == "modbus.profile_overlap"


def test_an_import_says_what_it_assumed_and_asks_for_what_it_must_not(
    command: Callable[..., Ran], tmp_path: Path
) -> None:
    refused = command("import", "points.csv", "-o", "own.yaml")
    assert refused.code == 2 and "points.csv!B2" in refused.err and "--base reference" in refused.err
    assert not (tmp_path / "own.yaml").exists()
    done = command(
        "import", "points.csv", "-o", "own.yaml", "--base", "reference", "--id", "ac-1", "--title", "1号空压机"
    )
    assert (
        done.code == 0 and "排气压力" in done.out and "To be confirmed" in done.err and "points.csv!B6" in done.err
    )
    profile = read_file(tmp_path / "own.yaml")
    assert (profile.id, profile.title.zh, profile.confidence) == ("ac-1", "1号空压机", "site")
    again = command("import", "points.csv", "-o", "own.yaml", "--base", "reference")
    assert again.code == 2 and "is not overwritten" in again.err
    told = json.loads(
        command("import", "points.csv", "-o", "b.yaml", "--base", "0", "--order", "cdab", "--json").out
    )
    assert told["profile"]["order"] == "CDAB" and told["profile"]["points"][0]["at"] == 40001
    assert told["assumed"] and told["file"] == "b.yaml"


def test_a_person_at_the_terminal_is_asked_for_the_base(
    command: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Keys:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Keys())
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(typer, "prompt", lambda *_, **how: asked.append(how) or how["default"])
    assert command("import", "points.csv", "-o", "own.yaml").code == 0
    assert asked == [{"default": "reference", "err": True}]
    assert [p.at for p in read_file(tmp_path / "own.yaml").points] == [0, 2, 3]


def test_a_map_is_put_into_a_copy_of_a_scope(command: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "scope.yaml").write_bytes(SCOPE_BYTES)
    asked = ("import", "points.csv", "--into", "scope.yaml", "--base", "reference")
    assert command(*asked, "-o", "scope.yaml").code == 2, "nothing is written over the scope that was agreed"
    assert (tmp_path / "scope.yaml").read_bytes() == SCOPE_BYTES
    assert command(*asked, "-o", "new.yaml").code == 0
    assert [p.id for p in load_scope(tmp_path / "new.yaml").profiles] == ["points"]
    assert command("import", "points.csv", "--into", "new.yaml", "--base", "0", "-o", "x.yaml").code == 2
    assert command("import", "points.csv", "--base", "0", "-o", "none/x.yaml").code == 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--base", "2"), "0, 1, reference"),
        (("--base", "reference", "--order", "BACD"), "ABCD, CDAB, BADC, DCBA"),
        (("--base", "reference", "--device", "D"), "D=0"),
        (("--base", "reference", "--device", "D=0:9"), "D=0"),
        (("--base", "reference", "--plc", "fx5u"), "delta-dvp"),
        (("--base", "reference", "--id", "Not An Id"), "--id"),
        (("--base", "reference", "--sheet", "x"), "no sheet"),
        (("--base", "reference", "--fc", "6"), "fc"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_written(
    options: tuple[str, ...], said: str, command: Callable[..., Ran], tmp_path: Path
) -> None:
    done = command("import", "points.csv", "-o", "own.yaml", *options)
    assert done.code == 2 and said in done.err and not (tmp_path / "own.yaml").exists()


def test_devices_that_a_plant_has_placed_itself(command: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "fx.csv").write_text("软元件,名称,类型\nD10,压力,REAL\nM5,运行,BOOL\n", "utf-8")
    done = command("import", "fx.csv", "-o", "fx.yaml", "--device", "D=0x100", "--device", "M=8192:1")
    assert done.code == 0, done.err
    assert [(p.fc, p.at) for p in read_file(tmp_path / "fx.yaml").points] == [(3, 0x10A), (1, 8197)]
    unknown = command("import", "fx.csv", "-o", "fx2.yaml")
    assert unknown.code == 2 and "fx.csv!A2" in unknown.err and "--plc" in unknown.err


def test_a_map_of_a_family_takes_its_word_order(command: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "h3u.csv").write_text("软元件,名称,类型\nD10,压力,REAL\n", "utf-8")
    assert command("import", "h3u.csv", "-o", "h3u.yaml", "--plc", "inovance-h3u").code == 0
    assert read_file(tmp_path / "h3u.yaml").order == "CDAB"


@pytest.mark.slow
def test_what_is_shown_is_what_is_shipped(command: Callable[..., Ran]) -> None:
    for name in names():
        done = command("show", name)
        assert done.code == 0
        for point in load_profile(name).points:
            assert point.id[:12] in done.out


def test_the_preview_names_the_maps_that_are_to_be_checked_on_site(
    command: Callable[..., Ran], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = SCOPE_BYTES.decode().replace(
        'protocol: opcua, address: "opc.tcp://127.0.0.1:4840", role: machine, asset: press',
        "protocol: modbus-tcp, address: '127.0.0.1:1', role: gateway,"
        " units: [{unit: 3, asset: press, profile: abb-acs550}, {unit: 4, asset: press, profile: abb-b23}]",
    )
    (tmp_path / "scope.yaml").write_text(text, "utf-8")
    capfd.readouterr()
    with pytest.raises(SystemExit, match="0"):
        cli.main(["preview", "scope.yaml"])
    shown = capfd.readouterr().out
    assert (
        "press unit 3: register map abb-acs550 (check on site). Register 4GGII" in shown and "abb-b23" not in shown
    )
    with pytest.raises(SystemExit, match="0"):
        cli.main(["preview", "scope.yaml", "--json"])
    maps = json.loads(capfd.readouterr().out)["maps"]
    assert [(m["unit"], m["profile"], m["confidence"]) for m in maps] == [
        (3, "abb-acs550", "check-on-site"), (4, "abb-b23", "verified-from-documents"),
    ]  # fmt: skip
