"""The network sheet out and in: nothing lost, a fault by its cell, and endpoints that a scope takes."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectors
from assessor.domain import Endpoint, Role, Unit
from assessor.errors import InputError
from assessor.messages import LANGUAGES, render
from assessor.preparing.network import Entry, choice, prefilled, protocols
from assessor.preparing.reading import read_network
from assessor.preparing.sheet import write_network
from connectors.profiles import names as register_maps
from connectors.scope import load_scope
from tests.terminal import SCOPE
from tests.visits import ASSETS, CELLS, FIRST, OPCUA, SCADA, SHEET, UNIT, typed, written
from tests.web.hostile_files import zipped

IDS = [a.id for a in ASSETS]


def test_the_prefilled_sheet_has_a_line_for_each_machine_that_speaks_a_language_of_ours(tmp_path: Path) -> None:
    entries = prefilled(ASSETS)
    assert [e.machines for e in entries] == ["mc-01", "mc-02", "prs-01", "cmp-01", "em-01"]
    assert [e.protocol for e in entries] == ["OPC UA", "OPC UA", "Modbus TCP", "", ""]
    assert [bool(e.remarks) for e in entries] == [False, False, False, True, True], "the gateway is asked for"
    held = read_network(written(tmp_path / "network.xlsx", entries), ASSETS)
    assert held.entries == entries and held.problems == () and held.endpoints == ()
    assert held.unaddressed == ("mc-01", "mc-02", "prs-01", "cmp-01", "em-01")
    with pytest.raises(InputError) as caught:
        held.sound()
    assert caught.value.message.id == "network.nothing"


def test_a_blank_sheet_offers_what_can_be_chosen(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(io.BytesIO(write_network(ASSETS)))[SHEET]
    rules = {str(rule.sqref).partition(":")[0]: rule for rule in page.data_validations.dataValidation}
    at = {column: f"{letter}{FIRST}" for column, letter in CELLS.items()}
    assert set(rules) == {at[c] for c in ("machines", "protocol", "port", "unit", "profile", "role")}
    assert all(choice("protocol", name) in rules[at["protocol"]].formula1 for name in protocols())
    for role in Role:
        assert choice("role", role.value) in rules[at["role"]].formula1
    assert rules[at["machines"]].formula1.endswith(f"$A$2:$A${len(ASSETS) + 1}")
    assert not rules[at["machines"]].showErrorMessage, "several may be typed, apart by commas"
    assert (rules[at["port"]].formula1, rules[at["port"]].formula2) == ("1", "65535")


def test_several_units_of_one_address_are_one_endpoint(tmp_path: Path) -> None:
    meter = UNIT.model_copy(update={"machines": "em-01", "unit": "7", "profile": register_maps()[0]})
    held = read_network(written(tmp_path / "n.xlsx", (UNIT, OPCUA, meter, SCADA)), ASSETS).sound()
    assert held.endpoints == (
        Endpoint(
            id="gateway-1", protocol="modbus-tcp", address="10.0.0.9:502", role=Role.GATEWAY,
            units=(Unit(unit=3, asset="cmp-01"), Unit(unit=7, asset="em-01", profile=register_maps()[0])),
        ),
        Endpoint(
            id="mc-01", protocol="opcua", address="opc.tcp://10.0.0.11:4840/UA/Server", role=Role.MACHINE,
            asset="mc-01",
        ),
        Endpoint(id="scada-1", protocol="opcua", address="opc.tcp://scada.plant:4840", role=Role.SCADA),
    )  # fmt: skip
    assert held.behind == {"scada-1": ("mc-01", "mc-02")}, "branches are assigned once the server was walked"


def test_the_name_of_an_endpoint_never_tells_its_address(tmp_path: Path) -> None:
    held = read_network(written(tmp_path / "n.xlsx", (UNIT, OPCUA, SCADA)), ASSETS)
    for endpoint in held.endpoints:
        assert not any(part in endpoint.id for part in ("10", "502", "4840", "plant"))


def test_a_machine_may_be_called_by_its_name_and_a_role_in_either_language(tmp_path: Path) -> None:
    line = {"machines": "设备 mc-01", "protocol": "opc ua", "host": "h", "port": 4840, "role": "设备"}
    [found] = read_network(typed(tmp_path / "n.xlsx", line), ASSETS).sound().endpoints
    assert (found.asset, found.role, found.address) == ("mc-01", Role.MACHINE, "opc.tcp://h:4840")


FULL = {"machines": "mc-01", "protocol": "OPC UA", "host": "10.0.0.1", "port": 4840, "role": "machine"}
MODBUS = FULL | {"protocol": "Modbus TCP", "port": 502, "unit": 1, "machines": "prs-01"}
CASES: list[tuple[dict[str, Any], str, str]] = [
    (FULL | {"machines": "mc-1"}, "machines", "There is no machine 'mc-1' in the register. Near it: mc-01"),
    (FULL | {"machines": None}, "machines", "Which machine is it?"),
    (FULL | {"protocol": "S7"}, "protocol", "'Protocol' cannot be 'S7'. Choose from the list: "),
    (FULL | {"protocol": None}, "protocol", "'Protocol' must be filled in."),
    (FULL | {"host": None}, "host", "Other columns are filled in and the host is empty."),
    (FULL | {"host": "opc.tcp://10.0.0.1:4840"}, "host", "'opc.tcp://10.0.0.1:4840' is no IP address"),
    (FULL | {"host": "user:secret@10.0.0.1"}, "host", "There is an @ in the host"),
    (FULL | {"port": 70000}, "port", "The port '70000' is no whole number"),
    (FULL | {"port": "4840.5"}, "port", "The port '4840.5' is no whole number"),
    (FULL | {"port": None}, "port", "'Port' must be filled in."),
    (FULL | {"path": "/a b"}, "path", "The path '/a b' may hold no blanks"),
    (FULL | {"unit": 1}, "unit", "Only Modbus has a unit"),
    (FULL | {"role": "PLC"}, "role", "'Role' cannot be 'PLC'."),
    (MODBUS | {"unit": None}, "unit", "'Unit' must be filled in."),
    (MODBUS | {"unit": 256}, "unit", "The unit '256' is no whole number from 0 to 255."),
    (MODBUS | {"protocol": "Modbus RTU over TCP", "unit": 0}, "unit", "The unit '0' is no whole number from 1"),
    (MODBUS | {"path": "/x"}, "path", "Modbus TCP has no path"),
    (MODBUS | {"profile": "acme"}, "profile", "There is no register map 'acme'."),
    (MODBUS | {"machines": "mc-01, mc-02"}, "machines", "One machine a line for Modbus"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("line", "column", "said"), CASES, ids=lambda v: v if isinstance(v, str) else "")
def test_a_wrong_cell_is_named_with_its_sheet(tmp_path: Path, line: Any, column: str, said: str) -> None:
    held = read_network(typed(tmp_path / "n.xlsx", line), ASSETS)
    [found] = held.problems
    assert (found.sheet, found.cell) == (SHEET, f"{CELLS[column]}{FIRST}")
    assert render(found.message, "en").startswith(said)
    assert any(ord(c) > 0x3400 for c in render(found.message, "zh"))
    assert "secret" not in "".join(render(found.message, one) for one in LANGUAGES)
    assert held.endpoints == ()
    with pytest.raises(InputError) as caught:
        held.sound()
    assert caught.value.place == f"{SHEET}!{CELLS[column]}{FIRST}"


def test_every_fault_is_told_and_not_the_first_alone(tmp_path: Path) -> None:
    held = read_network(
        typed(tmp_path / "n.xlsx", FULL | {"port": 0, "role": None}, MODBUS | {"unit": -1}), ASSETS
    )
    assert [p.cell for p in held.problems] == [f"I{FIRST}", f"E{FIRST}", f"G{FIRST + 1}"]


@pytest.mark.parametrize(
    ("second", "column", "id_"),
    [
        (MODBUS, "unit", "network.unit_twice"),
        (MODBUS | {"unit": 2, "role": "gateway"}, "role", "network.differs"),
        (MODBUS | {"unit": 2, "protocol": "Modbus RTU over TCP"}, "protocol", "network.differs"),
    ],
)
def test_lines_of_one_address_agree(tmp_path: Path, second: Any, column: str, id_: str) -> None:
    [found] = read_network(typed(tmp_path / "n.xlsx", MODBUS, second), ASSETS).problems
    assert (found.cell, found.message.id) == (f"{CELLS[column]}{FIRST + 1}", id_)
    assert found.message.params["first"] == f"{CELLS[column]}{FIRST}"


# What is laid out comes back


HOSTS = st.from_regex(r"\A[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z0-9]{1,5}){0,2}\Z") | st.ip_addresses(v=4).map(str)
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=20)


@st.composite
def lines(draw: st.DrawFn) -> Entry:
    protocol = draw(st.sampled_from(protocols()))
    by_unit = connectors.scheme(protocol) is None
    named = st.lists(st.sampled_from(IDS), min_size=1, max_size=1 if by_unit else 3, unique=True)
    return Entry(
        machines=", ".join(draw(named)),
        protocol=choice("protocol", protocol),
        host=draw(HOSTS),
        port=str(draw(st.integers(1, 65535))),
        path="" if by_unit else draw(st.from_regex(r"\A(/[A-Za-z0-9_.-]{1,6}){0,3}\Z")),
        unit=str(draw(st.integers(1, 247))) if by_unit else "",
        profile=draw(st.sampled_from(("", *register_maps()))) if by_unit else "",
        role=choice("role", draw(st.sampled_from([r.value for r in Role]))),
        remarks=draw(WORDS),
    )


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(lines(), min_size=1, max_size=6, unique_by=lambda e: (e.host, e.port)))
def test_nothing_is_lost_on_the_way_through_excel(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    folder = tmp_path_factory.mktemp("network")
    held = read_network(written(folder / "n.xlsx", entries), ASSETS).sound()
    assert held.entries == tuple(entries)
    assert len(held.endpoints) == len(entries)
    for entry, endpoint in zip(entries, held.endpoints, strict=True):
        behind = held.behind.get(endpoint.id, ())
        units = [u.asset for u in endpoint.units]
        assert [*units, *behind, *filter(None, [endpoint.asset])] == entry.machines.split(", ")
        assert endpoint.address.rpartition("//")[2] == f"{entry.host}:{entry.port}{entry.path}"
        assert held.remarks.get(endpoint.id, ()) == ((entry.remarks,) if entry.remarks else ())
    again = read_network(written(folder / "again.xlsx", held.entries), ASSETS)
    assert again == held


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(lines(), min_size=1, max_size=4, unique_by=lambda e: (e.host, e.port)))
def test_whatever_the_sheet_gives_a_scope_takes(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    from assessor.forms.writing import yaml_lines  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("network")
    held = read_network(written(folder / "n.xlsx", entries), ASSETS).sound()
    head, _, _ = SCOPE.partition("\nassets:")
    rest = yaml_lines(
        {
            "assets": [a.model_dump(mode="json", exclude_defaults=True) for a in ASSETS],
            "endpoints": [e.model_dump(mode="json", exclude_defaults=True) for e in held.endpoints],
        }
    )
    (folder / "scope.yaml").write_text(f"{head}\n{rest}", "utf-8")
    assert load_scope(folder / "scope.yaml").endpoints == held.endpoints


# What is none of ours


def test_a_sheet_without_our_headings_is_refused_and_one_renamed_is_read(tmp_path: Path) -> None:
    file = written(tmp_path / "n.xlsx", (OPCUA,))
    book = openpyxl.load_workbook(file)
    book[SHEET].title = "Sheet1"
    book.save(tmp_path / "renamed.xlsx")
    assert read_network(tmp_path / "renamed.xlsx", ASSETS).sound().endpoints[0].asset == "mc-01"
    book["Sheet1"][f"{CELLS['host']}{FIRST - 1}"] = "where"
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(InputError) as caught:
        read_network(tmp_path / "other.xlsx", ASSETS)
    assert caught.value.message.id == "network.no_column"
    assert caught.value.place == f"other.xlsx Sheet1!A{FIRST - 1}"
    assert "assessor prepare" in render(caught.value.message, "en")


def bomb() -> bytes:
    return zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b" " * 60_000_000})


def entities() -> bytes:
    with_type = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook/>'
    return zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": with_type})


@pytest.mark.parametrize("made", [bomb, entities, lambda: b"PK\x03\x04 and no more", lambda: b"\xd0\xcf\x11\xe0"])
def test_a_hostile_workbook_is_refused(tmp_path: Path, made: Callable[[], bytes]) -> None:
    file = tmp_path / "n.xlsx"
    file.write_bytes(made())
    with pytest.raises(InputError):
        read_network(file, ASSETS)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_no_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "n.xlsx"
    file.write_bytes(data)
    with pytest.raises(InputError):
        read_network(file, ASSETS)


def test_a_formula_is_written_as_the_text_that_it_is(tmp_path: Path) -> None:
    entry = OPCUA.model_copy(update={"remarks": '=HYPERLINK("http://x")'})
    page = openpyxl.load_workbook(written(tmp_path / "n.xlsx", (entry,)))[SHEET]
    assert page[f"{CELLS['remarks']}{FIRST}"].data_type == "s"
