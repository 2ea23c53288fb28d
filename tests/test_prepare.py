"""`assessor prepare`: one pack from what there is, twice: before the network sheet came back, and after."""

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assessor.documents import parse
from assessor.domain import sha256
from assessor.preparing.network import Entry
from assessor.preparing.pack import Brought, prepare
from assessor.preparing.reading import read_network
from assessor.preparing.visit import Visit
from connectors.scope import load_scope
from tests.conftest import need
from tests.paying import LIBRARY
from tests.terminal import CONTACTS, Ran, command, terminal
from tests.visits import CELLS, FIRST, REGISTER, SHEET, visit, written

__all__ = ["command", "terminal"]
ROOT = Path(__file__).parent.parent
HOW_TO = (ROOT / "docs/how-to/prepare.md").read_text("utf-8")
MADE = 1_795_000_000 * 10**9
LEDGER = """设备编号,设备名称,类别,接口,控制系统,工序
imm-01,注塑机,生产设备,OPC UA,IMC,moulding
imm-02,注塑机,生产设备,OPC UA,IMC,moulding
lth-01,车床,生产设备,无,,turning
lth-02,车床,生产设备,无,,turning
lth-03,车床,生产设备,无,,turning
cmp-01,空压机,生产设备,Modbus RTU,CC,
mc-01,加工中心,生产设备,OPC UA,MCC,
prs-01,液压机,生产设备,Modbus TCP,PLC,
"""
PAPERS = {f"{name}-{language}{suffix}" for name in ("authorisation", "interviews") for language in ("zh", "en")
          for suffix in (".docx", ".pdf")}  # fmt: skip


def example() -> str:
    """The file of a visit that the how-to shows."""
    found = re.search(r"```yaml\n(format: assessor-visit/1.*?)```", HOW_TO, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    (tmp_path / "visit.yaml").write_text(example(), "utf-8")
    (tmp_path / "ledger.csv").write_text(LEDGER, "utf-8")
    return tmp_path


def unpacked(file: Path, into: Path) -> set[str]:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(into)
        return set(archive.namelist())


def filled_in(file: Path, **lines: dict[str, Any]) -> None:
    """As the plant's IT does it: by machine, in the lines that are there already."""
    book = openpyxl.load_workbook(file)
    page = book[SHEET]
    rows = {page[f"A{row}"].value: row for row in range(FIRST, FIRST + 20)}
    for id_, cells in lines.items():
        for column, value in cells.items():
            page[f"{CELLS[column]}{rows[id_.replace('_', '-')]}"] = value
    book.save(file)


@pytest.mark.slow
def test_first_the_sheet_goes_out_and_then_the_letter_comes(brought: Path, command: Callable[..., Ran]) -> None:
    ran = command("prepare", "visit.yaml", "--register", "ledger.csv", "-o", "pack.zip", "--json")
    told = json.loads(ran.out)
    assert ran.code == 0 and set(told["left_out"]) == {"authorisation"}
    assert "has not come back" in told["left_out"]["authorisation"] and told["questions"]
    first = unpacked(brought / "pack.zip", brought / "first")
    assert first == set(told["files"])
    assert first == {"README.txt", "network.xlsx", "scope.yaml"} | {n for n in PAPERS if "interviews" in n}
    assert load_scope(brought / "first/scope.yaml").endpoints == ()

    sheet = brought / "first/network.xlsx"
    gateway = {"protocol": "Modbus TCP", "host": "10.0.0.9", "port": 502, "unit": 3, "role": "网关"}
    filled_in(sheet, imm_01={"host": "10.0.0.1", "port": 4840}, cmp_01=gateway)
    ran = command("prepare", "visit.yaml", "--register", "ledger.csv", "--network", str(sheet), "-o", "pack-2.zip")
    assert ran.code == 0 and "pack-2.zip" in ran.out
    assert unpacked(brought / "pack-2.zip", brought / "second") == first | PAPERS
    scope = load_scope(brought / "second/scope.yaml")
    agreed = {e.id: e.address for e in scope.endpoints}
    assert agreed["imm-01"] == "opc.tcp://10.0.0.1:4840"
    [rest] = [s for s in scope.strata if s.id == "rest"]
    assert ("gateway-1" in agreed) == ("cmp-01" in rest.chosen), "what was not drawn is not contacted"
    again = read_network(brought / "second/network.xlsx")
    assert {e.host for e in again.entries} == {"10.0.0.1", "10.0.0.9", ""}, "the sheet goes on as it came"
    assert command("preview", "second/scope.yaml").code == 0
    assert CONTACTS == []


@pytest.mark.slow
def test_a_scope_that_people_changed_is_taken_as_it_is(brought: Path, command: Callable[..., Ran]) -> None:
    network = "protocol: opcua, address: 'opc.tcp://10.0.0.1:4840', role: machine, asset: imm-01"
    command("prepare", "visit.yaml", "--register", "ledger.csv", "-o", "pack.zip")
    unpacked(brought / "pack.zip", brought / "first")
    text = (brought / "first/scope.yaml").read_text("utf-8")
    changed = text.replace("endpoints: []", f"endpoints: [{{id: press, {network}}}]  # by hand")
    (brought / "scope.yaml").write_text(changed, "utf-8")
    assert command("prepare", "visit.yaml", "--scope", "scope.yaml", "-o", "pack-3.zip").code == 0
    names = unpacked(brought / "pack-3.zip", brought / "third")
    assert names >= PAPERS and (brought / "third/scope.yaml").read_text("utf-8") == changed
    with zipfile.ZipFile(brought / "third/authorisation-zh.docx") as word:
        assert sha256(changed.encode()) in "".join(word.read(n).decode() for n in word.namelist() if "footer" in n)


@pytest.mark.slow
def test_a_sheet_with_faults_stops_everything_and_names_each(brought: Path, command: Callable[..., Ran]) -> None:
    command("prepare", "visit.yaml", "--register", "ledger.csv", "-o", "pack.zip")
    unpacked(brought / "pack.zip", brought / "first")
    sheet = brought / "first/network.xlsx"
    filled_in(sheet, imm_01={"host": "10.0.0.1"}, prs_01={"host": "10.0.0.2", "port": 502, "unit": 999})
    given = ("prepare", "visit.yaml", "--register", "ledger.csv", "--network", str(sheet), "-o", "pack-2.zip")
    ran = command(*given)
    assert ran.code == 2 and not (brought / "pack-2.zip").exists()
    assert (
        "'Port' must be filled in." in ran.err and "The unit '999'" in ran.err and f"{SHEET}!E{FIRST}" in ran.err
    )
    told = json.loads(command(*given, "--json").out)
    assert [(p["cell"][0], p["id"]) for p in told["problems"]] == [("E", "network.empty"), ("G", "network.unit")]


@pytest.mark.slow
def test_with_nothing_but_a_plant_there_is_a_blank_sheet_and_a_plan(
    brought: Path, command: Callable[..., Ran]
) -> None:
    plant = "format: assessor-visit/1\nplant: {id: p, name: {zh: 甲, en: P}, kind: process}\n"
    (brought / "visit.yaml").write_text(plant, "utf-8")
    ran = command("prepare", "visit.yaml", "-o", "pack.zip", "--language", "en")
    assert ran.code == 0 and "no register of machines" in ran.out
    names = unpacked(brought / "pack.zip", brought / "out")
    assert names == {"README.txt", "network.xlsx", "interviews-en.docx", "interviews-en.pdf"}
    page = (brought / "out/README.txt").read_bytes().decode("utf-8-sig")
    assert "诊断结果，非认证证书" in page and "A diagnosis, not a certificate" in page
    assert "scope.yaml" in page and "--register" in page and "\r\n" in page
    ran = command("prepare", "visit.yaml", "--register", "ledger.csv", "-o", "pack-2.zip", "--json")
    why = json.loads(ran.out)["left_out"]["scope.yaml"]
    assert "register, agreement, vantage" in why
    assert command("prepare", "visit.yaml", "-o", "pack.zip").code == 2, "nothing is overwritten"


def test_a_wrong_key_is_named_with_its_line(brought: Path, command: Callable[..., Ran]) -> None:
    (brought / "visit.yaml").write_text(example().replace("vantage:", "vantge:"), "utf-8")
    ran = command("prepare", "visit.yaml", "-o", "pack.zip")
    assert ran.code == 2 and "visit.yaml:14" in ran.err and "vantage" in ran.err


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes_and_the_letter_names_its_scope(tmp_path: Path) -> None:
    entry = Entry(machines="mc-01", protocol="OPC UA", host="10.0.0.1", port="4840", role="machine")
    network = read_network(written(tmp_path / "n.xlsx", (entry,)), REGISTER.assets).sound()
    once, twice = (prepare(Brought(visit(), REGISTER, network), LIBRARY, MADE) for _ in range(2))
    assert once.zipped() == twice.zipped() and once.left_out == {}
    with zipfile.ZipFile(io.BytesIO(once.files["authorisation-en.docx"])) as word:
        foot = "".join(word.read(n).decode() for n in word.namelist() if "footer" in n)
    assert sha256(once.files["scope.yaml"]) in foot


def test_the_shell_of_the_how_to_repeats_the_draw(tmp_path: Path) -> None:
    need("sha256sum")
    strata = [{"id": "rest", "selection": "drawn", "number": 3, "seed": 687957498}]
    scope = prepare(Brought(visit(strata=strata), REGISTER), LIBRARY, MADE, ("en",)).files["scope.yaml"]
    (tmp_path / "scope.yaml").write_bytes(scope)
    [stratum] = load_scope(tmp_path / "scope.yaml").strata
    counted = [a.id for a in REGISTER.assets if a.production and a.in_use]
    (tmp_path / "ids.txt").write_text("".join(f"{id_}\n" for id_ in counted), "utf-8")
    found = re.search(r"```sh\n(while read.*?)```", HOW_TO, re.DOTALL)
    assert found is not None
    told = subprocess.run(["sh", "-c", found[1]], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert sorted(line.split()[1] for line in told.splitlines()) == list(stratum.chosen)


def test_the_visit_of_the_how_to_can_be_read() -> None:
    held, _ = parse(Visit, example(), "visit.yaml")
    assert held.missing == () and [part.id for part in held.strata] == ["moulding", "turning", "rest"]
