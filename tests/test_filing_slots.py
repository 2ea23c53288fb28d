"""A city's own form: every slot is filled wherever it stands, an unknown one is named, the rest stays as it is."""

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.shared import RGBColor

from assessor.domain import Assessment
from assessor.errors import InputError
from assessor.filing.entries import cut_off
from assessor.filing.keys import KEYS, RESTS_ON_DIFFERENCES
from assessor.filing.slots import fill
from assessor.messages import LANGUAGES, render
from assessor.report.pen import Pen
from tests.report_example import HOSTILE, altered, example

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def settled() -> Assessment:
    """The example with every difference settled."""
    a = example()
    return a.model_copy(update={"findings": tuple(f.model_copy(update={"settled": True}) for f in a.findings)})


def word(file: Path, *texts: str) -> Path:
    """A form with its texts in paragraphs, a cell of a cell, a head and a foot."""
    form = docx.Document()
    for text in texts:
        form.add_paragraph(text)
    inner = form.add_table(1, 1).cell(0, 0).add_table(1, 1)
    inner.cell(0, 0).text = "表：{{plant.employees}}"
    form.sections[0].header.paragraphs[0].text = "{{plant.name.en}}"
    form.sections[0].footer.paragraphs[0].text = "{{ assessment.date }}"
    form.save(str(file))
    return file


def excel(file: Path, **cells: Any) -> Path:
    book = openpyxl.Workbook()
    for at, value in cells.items():
        book.worksheets[0][at] = value
    book.save(file)
    return file


def test_slots_are_filled_in_paragraphs_cells_heads_and_feet(tmp_path: Path) -> None:
    a = settled()
    form = word(
        tmp_path / "form.docx", "企业：{{plant.name.zh}}，等级 {{level.verified}}（{{level.verified.name}}）。"
    )
    filled = docx.Document(io.BytesIO(fill(form, a, Pen.of(a, "zh"))))
    level = a.rating("verified").level
    assert filled.paragraphs[0].text.startswith(f"企业：{a.plant.name.zh}，等级 {level}（")
    assert "{{" not in filled.paragraphs[0].text
    assert filled.tables[0].cell(0, 0).tables[0].cell(0, 0).text == f"表：{a.plant.employees}"
    assert filled.sections[0].header.paragraphs[0].text == a.plant.name.en
    assert filled.sections[0].footer.paragraphs[0].text == "2026-01-01"


def test_a_slot_that_an_editor_split_keeps_the_looks_of_where_it_begins(tmp_path: Path) -> None:
    form = docx.Document()
    paragraph = form.add_paragraph("甲 ")
    red = paragraph.add_run("{{pla")
    red.font.color.rgb = RGBColor(255, 0, 0)
    paragraph.add_run("nt.na")
    paragraph.add_run("me.en}} 乙 {{plant.industry}}")
    form.save(str(tmp_path / "form.docx"))
    a = settled()
    filled = docx.Document(io.BytesIO(fill(tmp_path / "form.docx", a, Pen.of(a, "zh"))))
    assert filled.paragraphs[0].text == f"甲 {a.plant.name.en} 乙 {a.plant.industry}"
    assert filled.paragraphs[0].runs[1].text == a.plant.name.en
    assert filled.paragraphs[0].runs[1].font.color.rgb == RGBColor(255, 0, 0)


def test_a_slot_alone_in_a_cell_gives_a_number_and_a_text_is_never_a_formula(tmp_path: Path) -> None:
    def spoil(document: dict[str, Any]) -> None:
        document["plant"]["name"] = {"zh": "=1+1", "en": "=cmd()"}
        for finding in document["findings"]:
            finding["settled"] = True

    a = altered(spoil)
    form = excel(
        tmp_path / "form.xlsx",
        A1="{{plant.name}}",
        B1="{{plant.employees}}",
        C1="共 {{plant.employees}} 人",
        D1="{{score.verified}}",
        E1="=B1*2",
        F1="unchanged",
        G1="{{plant.name}}",
    )
    sheet = openpyxl.load_workbook(io.BytesIO(fill(form, a, Pen.of(a, "zh")))).worksheets[0]
    assert (sheet["A1"].value, sheet["A1"].data_type) == ("=1+1", "s")
    assert sheet["B1"].value == a.plant.employees
    assert sheet["C1"].value == f"共 {a.plant.employees} 人"
    score = a.rating("verified").score
    assert sheet["D1"].value == float(cut_off(score, 3)) < score, "cut off, as it is in a text"
    assert (sheet["E1"].value, sheet["F1"].value, sheet["G1"].value) == ("=B1*2", "unchanged", "=1+1")


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_an_unknown_slot_is_named_with_its_place_and_what_is_near(suffix: str, tmp_path: Path) -> None:
    a = settled()
    form = (
        word(tmp_path / "form.docx", "x", "{{plant.nmae}}")
        if suffix == ".docx"
        else excel(tmp_path / "form.xlsx", B7="{{plant.nmae}}")
    )
    with pytest.raises(InputError) as caught:
        fill(form, a, Pen.of(a, "zh"))
    assert caught.value.message.id == "filing.unknown_slot"
    assert "plant.name" in str(caught.value.message.params["known"])
    assert str(caught.value.place).endswith("¶2" if suffix == ".docx" else "sheet1!B7")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_can_be_filled_and_what_is_not_known_says_so(language: Any, tmp_path: Path) -> None:
    a = settled()
    form = word(tmp_path / "form.docx", *(f"{key}: {{{{{key}}}}}" for key in KEYS))
    filled = docx.Document(io.BytesIO(fill(form, a, Pen.of(a, language))))
    lines = [p.text for p in filled.paragraphs]
    assert [line.split(": ")[0] for line in lines] == list(KEYS)
    assert all(line.split(": ", 1)[1] for line in lines)
    unknown = render("filing.slot_unknown", language)
    assert f"plan.payback-low: {unknown}" in lines


def test_while_a_difference_is_open_what_may_tell_of_it_is_not_filled(tmp_path: Path) -> None:
    a = example()
    form = word(tmp_path / "form.docx", *(f"{{{{{key}}}}}" for key in sorted(RESTS_ON_DIFFERENCES)))
    filled = docx.Document(io.BytesIO(fill(form, a, Pen.of(a, "zh"))))
    assert {p.text for p in filled.paragraphs} == {render("filing.slot_pending", "zh")}


def test_what_holds_no_slot_is_passed_on_as_it_was_and_the_same_form_gives_the_same_bytes(
    tmp_path: Path,
) -> None:
    a = settled()
    form = word(tmp_path / "form.docx", "{{plant.name}}")
    filled = fill(form, a, Pen.of(a, "zh"))
    assert filled == fill(form, a, Pen.of(a, "zh"))
    with zipfile.ZipFile(form) as before, zipfile.ZipFile(io.BytesIO(filled)) as after:
        assert before.namelist() == after.namelist()
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert "word/document.xml" in changed and all(name.startswith("word/") for name in changed)
    assert "word/styles.xml" not in changed


def test_wide_braces_are_filled_and_a_slot_that_cannot_be_is_named(tmp_path: Path) -> None:
    a = settled()
    form = word(tmp_path / "form.docx", "｛｛plant.name.zh｝｝")
    filled = docx.Document(io.BytesIO(fill(form, a, Pen.of(a, "zh"))))
    assert filled.paragraphs[0].text == a.plant.name.zh
    for spoil in ("head", "comment"):
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet["A1"] = "{{plant.employees}}"
        if spoil == "head":
            sheet.oddHeader.center.text = "{{plant.name}}"
        else:
            sheet["A1"].comment = openpyxl.comments.Comment("{{plant.name}}", "x")
        book.save(tmp_path / "form.xlsx")
        with pytest.raises(InputError) as caught:
            fill(tmp_path / "form.xlsx", a, Pen.of(a, "zh"))
        assert caught.value.message.id == "filing.slot_left" and "xl/" in str(caught.value.place)


def test_strangers_names_do_no_harm_to_a_form(tmp_path: Path) -> None:
    for text in HOSTILE:
        a = settled()
        plant = a.plant.model_copy(update={"name": a.plant.name.model_copy(update={"zh": text, "en": text})})
        a = a.model_copy(update={"plant": plant})
        form = word(tmp_path / "form.docx", "{{plant.name}}")
        filled = docx.Document(io.BytesIO(fill(form, a, Pen.of(a, "zh"))))
        assert "\u202e" not in filled.paragraphs[0].text and "\x00" not in filled.paragraphs[0].text


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("form.doc", b"\xd0\xcf\x11\xe0", "filing.not_a_form"),
        ("form.docx", b"not a zip", "filing.form_damaged"),
        ("form.xlsx", b"PK\3\4 broken", "filing.form_damaged"),
        ("gone.docx", None, "input.unreadable"),
    ],
)
def test_what_is_no_form_is_refused_in_words(name: str, data: bytes | None, says: str, tmp_path: Path) -> None:
    file = tmp_path / name
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(InputError) as caught:
        fill(file, settled(), Pen.of(settled(), "zh"))
    assert caught.value.message.id == says


def test_a_form_that_declares_entities_or_bursts_is_not_opened(tmp_path: Path) -> None:
    for inside in (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>',
        b"<w>" + b" " * 600_000_000 + b"</w>",
    ):
        file = tmp_path / "form.docx"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", inside)
        with pytest.raises(InputError) as caught:
            fill(file, settled(), Pen.of(settled(), "zh"))
        assert caught.value.message.id == "filing.form_damaged"


def test_every_key_stands_in_the_document() -> None:
    page = (ROOT / "docs/how-to/filing.md").read_text("utf-8")
    for key in KEYS:
        assert f"| `{key}` |" in page, key
    table = page.split("| key | stands for |")[1]
    assert table.count("| `") == len(KEYS)
