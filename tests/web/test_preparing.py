"""Before the visit, at the desk: what comes back from the factory becomes a scope, and nothing by halves."""

import io
import zipfile

import openpyxl
import pytest

from assessor.desk import attaching, preparing, sampling, surveys
from assessor.desk.attaching import Handed
from assessor.desk.desk import Desk
from assessor.errors import AccessError, InputError
from tests.web.people import Person, factory, joined

REGISTER = (
    "设备编号,设备名称,类别,接口,控制系统\nPCK01,包装机,生产设备,OPC UA,PLC\nROB01,机器人,生产设备,OPC UA,KUKA\n"
    "LTH01,车床,生产设备,无,无\n"
)
SAID = {
    "visitor": {"zh": "某诊断公司", "en": "A firm"},
    "vantage": "control",
    "agreement": {"role": {"zh": "厂长", "en": "Manager"}, "date": "2026-11-20", "reference": "R-1"},
    "window": {"opens": "2026-11-24T08:00:00+08:00", "closes": "2026-11-24T18:00:00+08:00"},
    "minutes": "120",
    "limits": {"request_gap": "0.3"},
}


def begun(desk: Desk) -> tuple[Person, str]:
    """A factory with its register handed in; its consultant."""
    house, owner, survey = factory(desk)
    attaching.attach(desk, owner.who, survey, Handed("register", "台账.csv", REGISTER.encode()))
    return joined(desk, house, "consultant"), survey


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def filled(sheet: bytes, hosts: dict[str, tuple[str, int]]) -> bytes:
    """The sheet as somebody in the plant fills it in: hosts and ports beside the machines."""
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    page = book.worksheets[0]
    head = next(row for row in page.iter_rows() if any("Host" in str(cell.value) for cell in row))
    columns = {name: cell.column for cell in head for name in ("Host", "Port") if name in str(cell.value)}
    for row in page.iter_rows(min_row=head[0].row + 1):
        for cell in row:
            if cell.value in hosts:
                host, port = hosts[str(cell.value)]
                page.cell(cell.row, columns["Host"], host)
                page.cell(cell.row, columns["Port"], port)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HOSTS = {"pck01": ("10.20.0.5", 4840), "rob01": ("10.20.0.6", 4840)}


@pytest.mark.slow
def test_from_the_register_to_a_scope_and_the_letter_that_rests_on_it(lite: Desk) -> None:
    who, survey = begun(lite)
    version = surveys.get(lite, who.who, survey).version
    first = preparing.pack(lite, who.who, survey)
    assert "network.xlsx" in first.files and "scope.yaml" not in first.files
    assert {"scope.yaml", "authorisation"} <= set(first.left_out)
    with pytest.raises(InputError, match="network_first"):
        preparing.draft(lite, who.who, survey, "zh")
    preparing.say(lite, who.who, survey, SAID)
    sheet = filled(first.files["network.xlsx"], HOSTS)
    assert preparing.hand_in_network(lite, who.who, survey, "网络.xlsx", sheet) == ()
    file = preparing.draft(lite, who.who, survey, "zh")
    agreed = sampling.agreed(lite, who.who, survey)
    assert agreed is not None and agreed.file.id == file.id
    assert {host for host, _ in agreed.scope.places} == {"10.20.0.5", "10.20.0.6"}
    assert agreed.scope.agreement.reference == "R-1" and agreed.scope.vantage.value == "control"
    assert agreed.scope.limits.request_gap == 0.3
    pack = members(preparing.pack(lite, who.who, survey).zipped())
    assert pack["scope.yaml"] == agreed.data and "authorisation-zh.docx" in pack
    signed = attaching.attach(
        lite, who.who, survey, Handed("proof", "signed.pdf", b"%PDF-1.4 x", about={"signs": file.sha256})
    )
    assert [f.id for f in preparing.standing(lite, who.who, survey).letters] == [signed.id]
    preparing.say(lite, who.who, survey, SAID | {"minutes": "60", "vantage": "office"})
    preparing.draft(lite, who.who, survey, "zh")
    assert preparing.standing(lite, who.who, survey).letters == [], "it was signed for the other one"
    assert surveys.get(lite, who.who, survey).version == version, "no result follows from any of it"


@pytest.mark.slow
def test_a_draw_stands_in_the_scope_with_its_seed(lite: Desk) -> None:
    who, survey = begun(lite)
    preparing.say(
        lite, who.who, survey, SAID | {"strata": [{"id": "machines", "selection": "drawn", "number": "2"}]}
    )
    sheet = filled(preparing.pack(lite, who.who, survey).files["network.xlsx"], HOSTS)
    preparing.hand_in_network(lite, who.who, survey, "network.xlsx", sheet)
    preparing.draft(lite, who.who, survey, "en")
    agreed = sampling.agreed(lite, who.who, survey)
    assert agreed is not None
    stratum = next(s for s in agreed.scope.strata if s.id == "machines")
    assert stratum.selection.value == "drawn" and len(stratum.chosen) == 2 and stratum.seed is not None
    assert preparing.standing(lite, who.who, survey).chosen == 2


@pytest.mark.slow
def test_every_wrong_cell_is_told_and_nothing_is_kept(lite: Desk) -> None:
    who, survey = begun(lite)
    sheet = preparing.pack(lite, who.who, survey).files["network.xlsx"]
    wrong = filled(sheet, {"pck01": ("10.20.0.5;rm", 4840), "rob01": ("10.20.0.6", 99999)})
    problems = preparing.hand_in_network(lite, who.who, survey, "network.xlsx", wrong)
    assert len(problems) == 2 and all(p.cell for p in problems)
    assert preparing.standing(lite, who.who, survey).network is None
    for data in (b"no workbook", b"PK\x03\x04 broken"):
        with pytest.raises(InputError):
            preparing.hand_in_network(lite, who.who, survey, "network.xlsx", data)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "a"}, "minutes"),
        ({"limits": {"request_gap": "0.001"}}, "limits"),
        ({"vantage": "cloud"}, "vantage"),
        ({"agreement": {"role": None, "date": "20.11.2026", "reference": "R"}}, "agreement"),
        ({"strata": [{"id": "machines", "selection": "drawn", "number": "-1"}]}, "strata"),
    ],
)
def test_a_slip_is_named_and_what_stood_stays(lite: Desk, said: dict[str, object], field: str) -> None:
    who, survey = begun(lite)
    preparing.say(lite, who.who, survey, SAID)
    with pytest.raises(InputError) as told:
        preparing.say(lite, who.who, survey, SAID | said)
    assert (told.value.place or "").startswith(field)
    assert preparing.standing(lite, who.who, survey).visit.minutes == 120


def test_addresses_are_not_for_everybody(lite: Desk) -> None:
    who, survey = begun(lite)
    house = surveys.get(lite, who.who, survey).organisation
    for role in ("member", "reviewer"):
        reader = joined(lite, house, role).who  # type: ignore[arg-type]
        for act in (preparing.standing, preparing.pack):
            with pytest.raises(AccessError):
                act(lite, reader, survey)
        with pytest.raises(AccessError):
            preparing.say(lite, reader, survey, SAID)
