"""Providers in by Excel and out as a file: nothing lost, every fault with its sheet and cell; and the commands."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Provider, Providers, canonical
from assessor.errors import InputError
from assessor.forms.providers import load_providers, read_providers, write_providers, write_template
from assessor.forms.providers.layout import SHEETS, sheet_title
from assessor.messages import render
from tests.paying import LIBRARY, PROVIDERS, provider
from tests.report_example import example
from tests.terminal import Ran, command, terminal

pytestmark = pytest.mark.slow

__all__ = ["command", "terminal"]
CODE = "91310000000000000X"
FULL = provider(
    "firm-a",
    name="甲公司 A",
    credit_code=CODE,
    capabilities=["light-mes", "full-mes"],
    industries=["34", "3512"],
    districts=["shanghai", "songjiang"],
    employees_from=20,
    employees_to=500,
    references=[{"industry": "34", "count": 7}],
    lists=[{"name": "List 2023", "date": "2023-09-06", "source": "a page"}],
    affiliated=["firm-b", CODE],
    contact="021-0000",
)


def template() -> openpyxl.Workbook:
    made = write_template(LIBRARY.recommendations.values(), LIBRARY.regions.values())
    return openpyxl.load_workbook(io.BytesIO(made))


def filled(file: Path, *providers: Provider, change: Callable[[Any], None] | None = None) -> Path:
    """The template as a person fills it in."""
    book = template()
    rows: dict[str, list[list[Any]]] = {sheet: [] for sheet in SHEETS}
    for one in providers:
        held = one.model_dump(mode="json")
        row = [held[c] for c in SHEETS["providers"]]
        rows["providers"].append(["，".join(v) if isinstance(v, list) else v for v in row])
        rows["references"] += [[one.id, d.industry, d.count] for d in one.references]
        rows["lists"] += [[one.id, x.name, x.date, x.source] for x in one.lists]
    for sheet, lines in rows.items():
        for i, line in enumerate(lines, 4):
            for j, value in enumerate(line, 1):
                if value not in (None, ""):
                    book[sheet_title(sheet)].cell(i, j).value = value
    if change is not None:
        change(book)
    book.save(file)
    return file


def read(file: Path) -> Providers:
    return read_providers(file, LIBRARY.recommendations, LIBRARY.regions)


def refused(file: Path) -> tuple[str | None, str]:
    with pytest.raises(InputError) as caught:
        read(file)
    assert any(ord(c) > 0x3400 for c in render(caught.value.message, "zh"))
    return caught.value.place, render(caught.value.message, "en")


def test_a_filled_in_workbook_gives_its_providers(tmp_path: Path) -> None:
    held = read(filled(tmp_path / "in.xlsx", FULL, provider("firm-b")))
    assert held.providers == (FULL, provider("firm-b"))


@given(PROVIDERS.filter(bool))
def test_nothing_is_lost_on_the_way_through_excel_and_the_file(
    tmp_path_factory: pytest.TempPathFactory, providers: list[Provider]
) -> None:
    alike = [p.model_copy(update={f: tuple(dict.fromkeys(getattr(p, f))) for f in ("districts", "affiliated")})
             for p in providers]  # fmt: skip
    folder = tmp_path_factory.mktemp("providers")
    held = read(filled(folder / "in.xlsx", *alike))
    assert list(held.providers) == alike
    for name in ("out.yaml", "out.json"):
        (folder / name).write_bytes(write_providers(held, as_json=name.endswith("json")))
        assert load_providers(folder / name, LIBRARY.recommendations) == held


def test_places_may_be_named_and_dates_may_be_dates(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        import datetime  # noqa: PLC0415

        book[sheet_title("providers")]["F4"] = "上海; 松江区、Minhang"
        book[sheet_title("lists")]["C4"] = datetime.datetime(2023, 9, 6)
        book[sheet_title("providers")]["G4"] = 20

    [held] = read(filled(tmp_path / "in.xlsx", FULL, change=change)).providers
    assert held.districts == ("shanghai", "songjiang", "minhang")
    assert held.lists[0].date == "2023-09-06" and held.employees_from == 20


CASES: list[tuple[str, str, Any, str]] = [
    ("providers", "A4", "Firm A", "'id' cannot be 'Firm A'"),
    ("providers", "A4", None, "'id' must be filled in."),
    ("providers", "B4", None, "'name' must be filled in."),
    ("providers", "C4", "123", "'credit_code' cannot be '123'"),
    ("providers", "D4", "lite-mes", "There is no recommendation 'lite-mes'. Near it: light-mes"),
    ("providers", "D4", None, "'capabilities' must be filled in."),
    ("providers", "E4", "C34", "'industries' cannot be 'C34'"),
    ("providers", "F4", "Atlantis", "The place 'Atlantis' is not known."),
    ("providers", "G4", "many", "'employees_from' cannot be 'many'"),
    ("providers", "A5", "firm-a", "The id 'firm-a' is already used at in.xlsx 服务商 Providers!A4."),
    ("references", "A4", "firm-x", "There is no provider 'firm-x'"),
    ("references", "C4", 0, "'count' cannot be '0'"),
    ("references", "B4", None, "'industry' must be filled in."),
    ("lists", "C4", "last year", "'date' cannot be 'last year'"),
    ("lists", "B4", None, "'list' must be filled in."),
]


@pytest.mark.parametrize(("sheet", "cell", "value", "said"), CASES, ids=lambda v: str(v)[:20])
def test_a_wrong_cell_is_named_with_its_sheet(
    tmp_path: Path, sheet: str, cell: str, value: Any, said: str
) -> None:
    def change(book: Any) -> None:
        book[sheet_title(sheet)][cell] = value

    place, message = refused(filled(tmp_path / "in.xlsx", FULL, provider("firm-b"), change=change))
    assert place is not None and place.split(" (+")[0] == f"in.xlsx {sheet_title(sheet)}!{cell}"
    assert message.startswith(said)


def test_a_workbook_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(empty)
    assert refused(empty)[1].startswith("There is no sheet")
    template().save(tmp_path / "blank.xlsx")
    assert refused(tmp_path / "blank.xlsx")[1] == "There is not one provider in it."

    def rename(book: Any) -> None:
        book[sheet_title("providers")]["D3"] = "what they do"

    place, message = refused(filled(tmp_path / "in.xlsx", FULL, change=rename))
    assert place == f"in.xlsx {sheet_title('providers')}!A3" and "No heading was found" in message


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_and_no_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "in.xlsx"
    file.write_bytes(data)
    with pytest.raises(InputError):
        read(file)


def test_a_file_with_a_wrong_line_is_refused_with_it(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    good = write_providers(Providers(format="assessor-providers/1", providers=(FULL,)), as_json=False).decode()
    file.write_text(good.replace("full-mes", "fool-mes"), "utf-8")
    with pytest.raises(InputError) as caught:
        load_providers(file, LIBRARY.recommendations)
    assert caught.value.message.id == "providers.unknown_capability" and f"{file}:3" == caught.value.place
    head, line = good.split("providers:\n")
    file.write_text(f"{head}providers:\n{line}{line}", "utf-8")
    with pytest.raises(InputError) as caught:
        load_providers(file, LIBRARY.recommendations)
    assert (caught.value.message.id, caught.value.place) == ("providers.twice", f"{file}:4")


# Commands ------------------------------------------------------------------------------------------------


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    file = tmp_path / "assessment.json"
    file.write_bytes(canonical(example()))
    return file


def test_the_way_from_a_template_to_a_match(command: Callable[..., Ran], tmp_path: Path, judged: Path) -> None:
    assert command("providers", "template", "-o", "t.xlsx").code == 0
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames[0] == sheet_title("providers")
    roadmap = example().roadmap
    assert roadmap is not None
    first = roadmap.choices[0].recommendation
    filled(tmp_path / "in.xlsx", FULL.model_copy(update={"capabilities": (first,)}))
    assert command("providers", "read", "in.xlsx", "-o", "p.yaml").code == 0
    ran = command("match", judged, "p.yaml", "--diagnoser", CODE, "--json")
    [one] = json.loads(ran.out)[0]["providers"]
    assert (ran.code, one["rank"], one["affiliation"]["id"]) == (0, 1, "match.own")
    shown = command("match", judged, "p.yaml", "--diagnoser", CODE).out
    assert "the diagnoser itself" in shown and "No rank can be bought" in shown


def test_a_wrong_workbook_leaves_nothing_behind(command: Callable[..., Ran], tmp_path: Path) -> None:
    filled(tmp_path / "in.xlsx", FULL.model_copy(update={"employees_from": -1}))
    before = sorted(tmp_path.iterdir())
    ran = command("providers", "read", "in.xlsx", "-o", "p.yaml")
    assert ran.code == 2 and "Providers!G4" in ran.err
    assert sorted(tmp_path.iterdir()) == before


def test_a_demand_is_written_as_excel_or_json(command: Callable[..., Ran], tmp_path: Path, judged: Path) -> None:
    assert command("demand", judged, "-o", "d.xlsx", "--offers-by", "2027-01-31").code == 0
    assert command("demand", judged, "-o", "d.json").code == 0
    made = json.loads((tmp_path / "d.json").read_text("utf-8"))
    assert made["format"] == "assessor-demand/1" and made["simulated"] is True
    [page] = openpyxl.load_workbook(tmp_path / "d.xlsx").worksheets
    cells = [c.value for row in page.iter_rows() for c in row]
    assert "2027-01-31" in cells and any("仿真" in str(c) for c in cells)
    assert command("demand", judged, "-o", "d.json").code == 2, "nothing is overwritten"


def test_programmes_are_listed_with_what_is_open(command: Callable[..., Ran], judged: Path) -> None:
    ran = command("programmes", judged, "--on", "2026-11-26", "--json")
    found = {one["programme"]: one for one in json.loads(ran.out)}
    assert found["minhang-smart-2021"]["outcome"] == "not_met"
    assert found["shanghai-assessment-voucher"]["outcome"] == "not_determined"
    assert "nothing here is promised" in command("programmes", judged).out


def test_without_a_plan_there_is_nothing_to_match(command: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(canonical(example().model_copy(update={"roadmap": None})))
    ran = command("demand", "a.json", "-o", "d.json")
    assert ran.code == 2 and "holds no plan" in ran.err
