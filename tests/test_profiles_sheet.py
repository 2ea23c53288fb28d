"""Maps from a plant's own sheet: spellings of many makers, faults by cell, nothing guessed without saying so."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from assessor.documents import load, parse
from assessor.domain import Point, Profile, Scope
from assessor.errors import AssessorError, InputError
from assessor.tables import read_tables
from connectors.profiles import load_profile, names, read_profile
from connectors.profiles.addresses import Address, place, propose, read_address
from connectors.profiles.families import load_family
from connectors.profiles.sheet import Imported, Wanted, import_sheet
from connectors.profiles.spelling import heading, read_fc, read_order, read_scale, read_states, read_type
from connectors.profiles.writing import into_scope, write_new, yaml_of
from connectors.scope import load_scope
from tests.test_bundle import SCOPE_BYTES

HEADINGS = ["地址", "名称", "数据类型", "单位", "系数", "备注"]
ROWS = [
    ["40001", "排气压力", "REAL", "MPa", "", ""],
    ["40003", "排气温度", "INT", "℃", "0.1", ""],
    ["40004.0", "运行", "BOOL", "", "", ""],
    ["40004.1", "故障", "BOOL", "", "", ""],
    ["40005", "备用", "INT", "", "", ""],
    ["40006", "状态", "UINT16", "", "", "0=停机;1=空载;2=加载"],
    ["40007-40008", "累计电能", "UDINT", "kWh", "1/100", ""],
]


def book(file: Path, **sheets: list[list[Any]]) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(file)
    return file


def text(rows: list[list[str]]) -> str:
    return "\n".join(",".join(row) for row in rows) + "\n"


def made(file: Path, **said: Any) -> Imported:
    return import_sheet(file, Wanted(**({"id": "press", "numbering": "reference"} | said)))


def of(rows: list[list[str]], tmp_path: Path, **said: Any) -> Profile:
    file = tmp_path / "points.csv"
    file.write_text(text(rows), "utf-8")
    return made(file, **said).profile


def refused(rows: list[list[str]], tmp_path: Path, **said: Any) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        of(rows, tmp_path, **said)
    return caught.value.message.id, str(caught.value.place).rpartition("!")[2]


EXPECTED = [
    ("排气压力", 0, "f32", None, "1", "MPa", "pressure", "actual"),
    ("排气温度", 2, "s16", None, "1/10", "℃", "temperature", "actual"),
    ("运行", 3, "u16", (0, 1), "1", None, "state", "state"),
    ("故障", 3, "u16", (1, 1), "1", None, "state", "alarm"),
    ("状态", 5, "u16", None, "1", None, "state", "state"),
    ("累计电能", 6, "u32", None, "1/100", "kWh", "energy", "counter"),
]


def shape(point: Point) -> tuple[Any, ...]:
    return (
        point.id, point.at, point.type, point.bits, str(point.scale), point.unit, point.quantity,
        point.function.value,
    )  # fmt: skip


@pytest.mark.parametrize("how", ["utf-8", "utf-8-sig", "gb18030", "semicolons", "tabs", "excel", "full width"])
def test_the_same_list_in_every_dress_is_the_same_map(how: str, tmp_path: Path) -> None:
    file = tmp_path / ("p.xlsx" if how == "excel" else "p.csv")
    rows = [["空压机点表"], HEADINGS, *ROWS]
    if how == "excel":
        typed = [[int(cell) if cell.isdigit() else cell for cell in row] for row in ROWS]
        book(file, 说明=[["做表人", "张工"]], 点表=[["空压机点表"], HEADINGS, *typed])
    elif how == "full width":
        file.write_text(
            text([["空压机点表"], ["寄存器地址（十进制）", *HEADINGS[1:]], *ROWS]).replace("4000", "４000")
        )
    elif how in ("semicolons", "tabs"):
        body = text(rows[1:]).replace("0=停机;1=空载;2=加载", '"0=停机;1=空载;2=加载"')
        file.write_text(body.replace(",", ";" if how == "semicolons" else "\t"), "utf-8")
    else:
        file.write_text(text(rows), how)
    profile, assumed = made(file)
    assert [shape(point) for point in profile.points] == EXPECTED
    assert profile.points[4].states == {0: "停机", 1: "空载", 2: "加载"}
    assert profile.confidence == "site" and re.search(r"sha256 [0-9a-f]{64}$", profile.source)
    assert [m.id for m in assumed] == [
        "profiles.assumed_base_reference",
        "profiles.assumed_order",
        "profiles.skipped",
    ]
    assert read_profile(yaml_of(profile), "m.yaml") == profile


def test_how_addresses_count_is_proposed_and_never_assumed(tmp_path: Path) -> None:
    for first, proposed in (("40001", "reference"), ("0", "0"), ("1", "1"), ("100", "")):
        rows = [HEADINGS, [first, "a", "INT", "", "", ""]]
        file = tmp_path / "points.csv"
        file.write_text(text(rows), "utf-8")
        with pytest.raises(InputError) as caught:
            made(file, numbering=None)
        assert caught.value.message.params["base"] == proposed
        assert caught.value.message.id == ("profiles.base_proposed" if proposed else "profiles.base_unclear")
    assert [p.at for p in of([HEADINGS, ["4x0010", "a", "INT", "", "", ""]], tmp_path, numbering=None).points] == [
        9
    ]


def test_a_map_counted_from_one_keeps_its_numbers_and_says_where_they_are(tmp_path: Path) -> None:
    rows = [HEADINGS, ["1", "a", "INT", "", "", ""], ["0x10", "b", "INT", "", "", ""]]
    profile = of(rows, tmp_path, numbering="1", fc=4)
    assert profile.base == 1 and [(p.fc, p.at) for p in profile.points] == [(4, 0), (4, 15)]
    assert "at: 1," in yaml_of(profile)
    assert [p.at for p in of(rows, tmp_path, numbering="0").points] == [1, 16]


@pytest.mark.parametrize(
    ("written", "kind", "number", "letters", "bit", "span"),
    [
        ("40010", "plain", "40010", "", None, None),
        (" 40010.3 ", "plain", "40010", "", 3, None),
        ("40010.F", "plain", "40010", "", 15, None),
        ("400010", "plain", "400010", "", None, None),
        ("４００１０", "plain", "40010", "", None, None),
        ("0x1000", "hex", "1000", "", None, None),
        ("1000H", "hex", "1000", "", None, None),
        ("0FA0h.2", "hex", "0FA0", "", 2, None),
        ("4x0010", "table", "0010", "4", None, None),
        ("D100", "device", "100", "D", None, None),
        ("D100.5", "device", "100", "D", 5, None),
        ("%MW20", "device", "20", "MW", None, None),
        ("DB1.DBW4", "device", "4", "DB", None, None),
        ("DB12,DBX4.7", "device", "4", "DB", 7, None),
        ("40001-40002", "plain", "40001", "", None, 2),
        ("D100~D103", "device", "100", "D", None, 4),
    ],
)
def test_addresses_are_read_as_they_are_written(
    written: str, kind: Any, number: str, letters: str, bit: int | None, span: int | None
) -> None:
    assert read_address(written) == Address(kind, number, letters, bit, span)


@pytest.mark.parametrize(
    "written", ["", "-", "abc", "40001.32", "40010.3.1", "40002-40001", "D100-M103", "x" * 500, "٤"]
)
def test_what_is_no_address_is_none(written: str) -> None:
    assert read_address(written) is None


@given(written=st.text(max_size=30))
def test_no_text_breaks_the_reading_of_addresses(written: str) -> None:
    found = read_address(written)
    for read in (read_type, read_scale, read_order, read_fc, read_states, heading):
        read(written)
    assert found is None or int(found.number, 16) >= 0


@given(number=st.integers(1, 9999), table=st.sampled_from([(0, 1), (1, 2), (3, 4), (4, 3)]), six=st.booleans())
def test_reference_numbers_name_their_table(number: int, table: tuple[int, int], six: bool) -> None:
    digit, fc = table
    written = f"{digit}{number:0{5 if six else 4}d}"
    address = read_address(written)
    assert address is not None
    assert place(address, "reference", 3, (), False) == (fc, number - 1, None)
    assert propose([address, read_address("40001") or address]) == "reference"


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("INT", "s16"), ("UINT16", "u16"), ("无符号16位", "u16"), ("有符号16位", "s16"), ("16位有符号整数", "s16"),
        ("Word", "u16"), ("DWORD", "u32"), ("UDINT", "u32"), ("DInt", "s32"), ("unsigned int32", "u32"),
        ("长整型", "s32"),
        ("REAL", "f32"), ("浮点", "f32"), ("32位浮点数", "f32"), ("FLOAT32", "f32"), ("float", "f32"),
        ("LREAL", "f64"),
        ("双精度", "f64"), ("ULINT", "u64"), ("INT64", "s64"), ("BCD", "bcd16"), ("32位BCD码", "bcd32"),
        ("开关量", "bool"),
        ("Bool", "bool"), ("uint16_t", "u16"), ("Float (4 bytes)", "f32"),
    ],
)  # fmt: skip
def test_types_in_many_spellings(written: str, kind: str) -> None:
    found = read_type(written)
    assert found is not None and found.type == kind


def test_words_with_two_meanings_are_refused() -> None:
    assert read_type("数值") is None and read_type("BYTE") is None
    for order in ("little endian", "小端", "1-0-3-2", "1032", "AB"):
        assert read_order(order) is None
    assert [read_order(o) for o in ("CD AB", "高字在前", "Lo-Hi", "dc-ba")] == ["CDAB", "ABCD", "CDAB", "DCBA"]
    assert [str(read_scale(s)) for s in ("0.1", "1/10", "×0.01", "÷10", "/10", "10^-2", "x10")] == [
        "1/10", "1/10", "1/100", "1/10", "1/10", "1/100", "10",
    ]  # fmt: skip
    for scale in ("0", "often", "10%", "1e99999", "nan", "inf", "/0"):
        assert read_scale(scale) is None
    assert [read_fc(f) for f in ("03", "4", "保持寄存器", "03H/06H", "0x04", "3x", "6", "")] == [
        3,
        4,
        3,
        3,
        4,
        4,
        None,
        None,
    ]
    assert read_states("量程 0-100，报警 5-6") == {} and read_states("0: off, 1: on") == {0: "off", 1: "on"}


@pytest.mark.parametrize(
    ("row", "message", "cell"),
    [
        (["电压", "a", "INT", "", "", ""], "no_address", "A2"),
        (["50001", "a", "INT", "", "", ""], "no_reference", "A2"),
        (["D100", "a", "INT", "", "", ""], "device_unknown", "A2"),
        (["40001", "a", "数值", "", "", ""], "no_type", "C2"),
        (["40001", "a", "", "V", "", ""], "type_missing", "C2"),
        (["40001", "a", "BOOL", "", "", ""], "which_bit", "A2"),
        (["40001.3", "a", "REAL", "", "", ""], "bit_type", "C2"),
        (["00001", "a", "INT", "", "", ""], "coil_type", "C2"),
        (["40001", "a", "INT", "", "often", ""], "no_scale", "E2"),
        (["40001-40002", "a", "INT", "", "", ""], "length_differs", "A2"),
        (["40001", "a", "STRING", "", "", ""], "text_length", "C2"),
        (["40001", "", "INT", "V", "", ""], "no_name", "B2"),
    ],
)
def test_a_fault_names_its_cell(row: list[str], message: str, cell: str, tmp_path: Path) -> None:
    assert refused([HEADINGS, row], tmp_path) == (f"profiles.{message}", cell)


def test_faults_of_a_whole_sheet_name_one_and_list_the_rest(tmp_path: Path) -> None:
    rows = [HEADINGS, *(["?", f"p{i}", "INT", "", "", ""] for i in range(4))]
    with pytest.raises(InputError) as caught:
        of(rows, tmp_path)
    assert str(caught.value.place) == "points.csv!A2 (+3: A3, A4, A5)"
    twice = [HEADINGS, ["40001", "a", "INT", "", "", ""], ["40001", "b", "INT", "", "", ""]]
    assert refused(twice, tmp_path) == ("modbus.profile_overlap", "A3")
    same = [HEADINGS, ["40001", "a", "INT", "", "", ""], ["40002", "a", "INT", "", "", ""]]
    assert refused(same, tmp_path) == ("modbus.profile_twice", "A3")


def test_a_list_of_a_data_block_counts_in_bytes(tmp_path: Path) -> None:
    rows = [
        ["Name", "Data type", "Offset", "Comment"],
        ["Pressure", "Real", "0.0", ""],
        ["Running", "Bool", "4.0", ""],
        ["Fault", "Bool", "5.3", ""],
        ["Count", "DInt", "6.0", ""],
    ]
    found = of(rows, tmp_path, numbering=None, areas=load_family("siemens-s7").areas, family="siemens-s7")
    assert [(p.id, p.fc, p.at, p.type, p.bits) for p in found.points] == [
        ("Pressure", 3, 0, "f32", None),
        ("Running", 3, 2, "u16", (8, 1)),
        ("Fault", 3, 2, "u16", (3, 1)),
        ("Count", 3, 3, "s32", None),
    ]


def test_devices_of_a_controller_are_placed_by_its_family(tmp_path: Path) -> None:
    rows = [
        ["软元件", "变量名", "类型"],
        ["D100", "压力", "REAL"],
        ["D102.5", "报警", "BOOL"],
        ["M10", "运行", "BOOL"],
        ["X10", "门", "BOOL"],
    ]
    found = of(rows, tmp_path, numbering=None, areas=load_family("delta-dvp").areas, family="delta-dvp")
    assert [(p.fc, p.at, p.bits) for p in found.points] == [
        (3, 0x1064, None), (3, 0x1066, (5, 1)), (1, 0x080A, None), (2, 0x0408, None),
    ]  # fmt: skip
    outside = [rows[0], ["X8", "门", "BOOL"]]
    assert refused(outside, tmp_path, areas=load_family("delta-dvp").areas) == ("profiles.device_outside", "A2")


def test_sheets_are_chosen_by_their_headings_or_by_name(tmp_path: Path) -> None:
    rows = [HEADINGS, ["40001", "a", "INT", "", "", ""]]
    two = book(tmp_path / "two.xlsx", 一号=rows, 二号=[HEADINGS, ["40009", "b", "INT", "", "", ""]], 封面=[["x"]])
    with pytest.raises(InputError, match="many_sheets"):
        made(two)
    assert [p.at for p in made(two, sheet="二号").profile.points] == [8]
    with pytest.raises(InputError, match="no_sheet"):
        made(two, sheet="三号")
    with pytest.raises(InputError, match="no_headings"):
        made(two, sheet="封面")
    with pytest.raises(InputError) as caught:
        made(book(tmp_path / "bad.xlsx", 点表=[HEADINGS, ["40001", "a", "?", "", "", ""]]))
    assert caught.value.place == "bad.xlsx 点表!C2"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no_headings"),
        (b"\xff\xfe\x00\x00\x81", "not_text"),
        (b"a\0b", "not_text"),
        (b"PK\x03\x04 no zip", "not_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        ("地址,名称,类型\n".encode(), "no_rows"),
        ('地址,名称,类型\n"40001,a'.encode(), "not_csv"),
    ],
)
def test_what_is_no_list_is_said(data: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(data)
    with pytest.raises(InputError, match=f"profiles.{message}"):
        made(file)
    with pytest.raises(InputError, match=r"input\.unreadable"):
        made(tmp_path / "none.csv")
    with pytest.raises(InputError, match=r"input\.unreadable"):
        read_tables(tmp_path)


def test_a_file_without_an_end_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text("地址,名称,类型\n" + "1,a,INT\n" * 70_001, "utf-8")
    with pytest.raises(InputError, match="too_long"):
        made(file)
    with file.open("ab") as opened:
        opened.truncate(20_000_001)
    with pytest.raises(InputError, match="too_large"):
        made(file)


@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=6, max_size=6), max_size=6))
def test_any_sheet_is_a_map_or_an_error_of_ours(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = book_of(tmp_path_factory, [HEADINGS, *rows])
    try:
        found = made(file)
    except AssessorError:
        return
    assert read_profile(yaml_of(found.profile), "m.yaml") == found.profile


def book_of(factory: pytest.TempPathFactory, rows: list[list[str]]) -> Path:
    file = factory.mktemp("sheets") / "any.csv"
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    file.write_text("\n".join(quoted), "utf-8", "surrogatepass", newline="")
    return file


# Writing


@pytest.mark.parametrize("name", names())
def test_every_shipped_map_can_be_written_and_read_again(name: str) -> None:
    profile = load_profile(name)
    assert read_profile(yaml_of(profile), "m.yaml") == profile


@given(scale=st.fractions(-1000, 1000, max_denominator=10**7).filter(bool), offset=st.fractions(-50, 50))
@example(scale=Fraction(-1, 625), offset=Fraction(0))
@example(scale=Fraction(1, 10**7), offset=Fraction(-81, 2))
def test_factors_are_written_without_loss(scale: Any, offset: Any) -> None:
    point = {"id": "no: [a]#", "fc": 3, "at": 0, "type": "s32", "scale": str(scale), "offset": str(offset)}
    profile = load_profile("demo-press").model_copy(update={"points": (Point.model_validate(point),)})
    assert read_profile(yaml_of(profile), "m.yaml") == profile


def test_a_map_goes_into_a_copy_of_a_scope_and_its_comments_stay(tmp_path: Path) -> None:
    scope = tmp_path / "scope.yaml"
    scope.write_text("# agreed with the plant\n" + SCOPE_BYTES.decode() + "\n# end\n", "utf-8")
    profile = of([HEADINGS, *ROWS], tmp_path)
    new = tmp_path / "new.yaml"
    write_new(new, into_scope(profile, scope))
    text_ = new.read_text("utf-8")
    assert "# agreed with the plant" in text_ and "# end" in text_
    before = load(Scope, scope)
    assert load_scope(new) == before.model_copy(update={"profiles": (*before.profiles, profile)})
    assert (
        parse(Scope, into_scope(profile.model_copy(update={"id": "other"}), new), "x")[0].profiles[1].id == "other"
    )
    with pytest.raises(InputError, match="has_it"):
        into_scope(profile, new)
    with pytest.raises(InputError, match=r"cli\.exists"):
        write_new(new, "x")
    assert new.read_text("utf-8") == text_
