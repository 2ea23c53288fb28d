"""The factory's own ledgers: columns found under many names, assets, questions, and two ledgers side by side."""

import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import cli
from assessor.documents import parse
from assessor.domain import Asset, Interface, Noun
from assessor.errors import InputError
from assessor.forms.register import Ledger, Machine, compare, draft, read_ledger
from assessor.forms.register.assets import interface
from assessor.forms.register.ledger import alike

HEAD = [
    "设备编号",
    "设备名称",
    "规格型号",
    "设备类别",
    "使用状态",
    "通讯接口",
    "控制系统",
    "工序",
    "数量",
    "购置日期",
]
ROWS = [
    ["CNC-001", "加工中心", "VMC850", "生产设备", "在用", "OPC UA", "西门子 840D", "铣削", 1, "2019-05-01"],
    ["CNC-002", "数控车床", "CK6150", "生产设备", "闲置", "", "FANUC 0i", "车削", 1, None],
    ["P-7", "空压机", "GA37", "生产设备", "在用", "Modbus RTU (RS485)", "", "", 2, None],
    ["B-1", "叉车", "", "运输设备", "在用", "无", "", "", 1, None],
    ["", "合计", "", "", "", "", "", "", 5, None],
    ["", "", "备注：以上为 2025 年底数据", "", "", "", "", "", "", None],
]


def ledger_file(folder: Path, rows: list[list[object]] | None = None, head: list[str] | None = None) -> Path:
    """An Excel file as a factory keeps it: a title above, the header in the third row."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "台账"
    sheet.append(["某厂设备台账"])
    sheet.append([])
    for row in (head or HEAD, *(rows or ROWS)):
        sheet.append(row)
    file = folder / "ledger.xlsx"
    book.save(file)
    return file


def test_columns_are_found_below_a_title_and_under_many_names(tmp_path: Path) -> None:
    held = read_ledger(ledger_file(tmp_path))
    assert held.columns == {
        "number": "设备编号", "name": "设备名称", "kind": "设备类别", "model": "规格型号", "process": "工序",
        "controller": "控制系统", "interface": "通讯接口", "state": "使用状态", "count": "数量",
    }  # fmt: skip
    assert held.unused == ("购置日期",)
    assert [m["name"] for m in held.machines] == ["加工中心", "数控车床", "空压机", "叉车"]
    assert held.machines[0].place == "ledger.xlsx 台账!B4"
    assert held.skipped == ("ledger.xlsx 台账!A8", "ledger.xlsx 台账!A9")


def test_machines_become_assets_and_what_was_assumed_is_asked(tmp_path: Path) -> None:
    found = draft(read_ledger(ledger_file(tmp_path)))
    by_id = {asset.id: asset for asset in found.assets}
    assert list(by_id) == ["cnc-001", "cnc-002", "p-7-1", "p-7-2", "b-1"]
    assert (by_id["cnc-001"].interface, by_id["cnc-001"].controller) == (Interface.OPCUA, "西门子 840D")
    assert {asset.numerical_control for asset in found.assets} == {None}, (
        "a name of a controller does not say of what sort"
    )
    assert (by_id["cnc-002"].in_use, by_id["cnc-002"].interface) == (False, Interface.UNKNOWN)
    assert by_id["p-7-2"].interface is Interface.MODBUS_RTU
    assert (by_id["b-1"].production, by_id["b-1"].interface) == (False, Interface.NONE)
    assert {p.name.zh: p.assets for p in found.processes} == {"铣削": ("cnc-001",), "车削": ("cnc-002",)}
    asked = {question.id for question in found.questions}
    assert "register.odd_kind" not in asked and "register.controlled" in asked
    assert asked >= {"register.several", "register.skipped", "register.which_key", "register.ask_some.interface"}


def test_words_that_do_not_tell_are_asked_about(tmp_path: Path) -> None:
    rows: list[list[object]] = [["1", "天平", "", "仪器", "待修", "", "", "", 1, None]]
    found = draft(read_ledger(ledger_file(tmp_path, rows)))
    assert {"register.odd_kind", "register.odd_state"} <= {question.id for question in found.questions}
    (asset,) = found.assets
    assert asset.production and asset.in_use, (
        "counted, until the plant says otherwise: a denominator never shrinks unasked"
    )


def test_a_name_of_ones_own_is_taken_where_it_is_given(tmp_path: Path) -> None:
    file = ledger_file(tmp_path, head=["编号", "设备描述", *HEAD[2:]])
    with pytest.raises(InputError) as caught:
        read_ledger(file)
    assert caught.value.message.id == "register.no_header" and "设备描述" in str(caught.value.message.params)
    held = read_ledger(file, given={"name": "设备描述"})
    assert held.machines[0]["name"] == "加工中心"
    with pytest.raises(InputError) as caught:
        read_ledger(file, given={"colour": "颜色"})
    assert caught.value.message.id == "register.unknown_column"
    with pytest.raises(InputError) as caught:
        read_ledger(file, sheet="别的表")
    assert caught.value.message.id == "register.no_sheet"


@pytest.mark.parametrize(
    ("text", "found"),
    [("OPC-UA / 以太网", Interface.OPCUA), ("OPC DA", Interface.OTHER), ("Modbus", Interface.OTHER),
     ("Modbus TCP", Interface.MODBUS_TCP), ("Profinet/S7", Interface.S7), ("无线", Interface.OTHER),
     ("无", Interface.NONE), ("", Interface.UNKNOWN), ("EtherNet/IP", Interface.ETHERNET_IP)],
)  # fmt: skip
def test_what_does_not_say_which_protocol_is_asked_about(text: str, found: Interface) -> None:
    assert interface(text) is found


def machine(number: str = "", name: str = "m", **more: str) -> Machine:
    return Machine(f"{number or name}", 0, {"number": number, "name": name} | more)


def held(*machines: Machine) -> Ledger:
    return Ledger("l", {"name": "名称"}, (), machines, ())


def test_two_ledgers_meet_by_number_then_by_name_and_model() -> None:
    old = machine("X", "旧机")
    first = held(machine("CNC-001", "加工中心", model="A"), machine("", "空压机", model="GA37"), old)
    second = held(
        machine("cnc 1", "立式加工中心", model="A"),
        Machine("s", 1, {"name": "空压机", "model": "GA 37", "place": "二车间"}),
        machine("Y", "新机"),
    )
    found = compare(first, second)
    assert [(a["name"], b["name"]) for a, b in found.both] == [("加工中心", "立式加工中心"), ("空压机", "空压机")]
    assert [m["name"] for m in (*found.only_first, *found.only_second)] == ["旧机", "新机"]
    assert [(d.first["name"], d.column) for d in found.differing] == [("加工中心", "name")]


def test_what_stands_twice_is_never_matched_by_it() -> None:
    first = held(machine("1", "a"), machine("1", "b"))
    assert compare(first, held(machine("1", "c"))).both == ()


numbers = st.sampled_from(["", "A-01", "A1", "B2", "C"])
machines = st.builds(machine, numbers, st.sampled_from(["车床", "铣床", "磨床"]))
ledgers = st.lists(machines, max_size=6).map(lambda found: held(*found))


@given(ledgers, ledgers)
def test_every_machine_stands_in_one_place(first: Ledger, second: Ledger) -> None:
    found = compare(first, second)
    assert sorted(map(id, (*(a for a, _ in found.both), *found.only_first))) == sorted(map(id, first.machines))
    assert sorted(map(id, (*(b for _, b in found.both), *found.only_second))) == sorted(map(id, second.machines))


@given(st.text(max_size=12))
def test_written_alike_once_is_alike_for_ever(text: str) -> None:
    assert alike(alike(text)) == alike(text)


def test_the_command_drafts_asks_and_compares(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "zh")
    file, other = ledger_file(tmp_path), tmp_path / "assets.csv"
    other.write_bytes("资产编号,资产名称,规格型号\nCNC-001,加工中心,VMC850\nZ-9,锅炉,\n".encode("gb18030"))
    assert _ran("register", str(file), str(other), "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert told["compared"]["both"] == [["ledger.xlsx 台账!B4", "assets.csv!B2"]]
    assert told["compared"]["only_second"] == ["assets.csv!B3"]
    assert _ran("register", str(file), str(other), "-o", str(tmp_path / "out.yaml")) == 0
    assert "请向工厂确认" in capfd.readouterr().out
    assets = parse(_Assets, (tmp_path / "out.yaml").read_text("utf-8"), "out.yaml")[0].assets
    assert assets == draft(read_ledger(file)).assets
    assert _ran("register", str(file), "--column", "name") == 2
    assert _ran("register", str(tmp_path / "none.xlsx")) == 2


class _Assets(Noun):
    assets: tuple[Asset, ...]
    key_processes: tuple[object, ...]


def _ran(*arguments: str) -> int:
    try:
        cli.main(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0
