"""A consultancy's own Word file in place of ours, and the command that takes it."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, RGBColor

from assessor.domain import canonical
from assessor.errors import InputError
from assessor.messages import render
from assessor.report import formats
from assessor.report.papers import written
from assessor.report.word import render_word
from tests.report_example import example
from tests.terminal import Ran, command, terminal

pytestmark = pytest.mark.slow

__all__ = ["command", "terminal"]

RED = RGBColor(0xC0, 0x10, 0x20)


def house(folder: Path, drop: tuple[str, ...] = (), *, first: bool = False) -> Path:
    """A consultancy's file: red headings, a letterhead, wide margins, a text of its own, without some styles."""
    word = docx.Document()
    word.styles["Heading 1"].font.color.rgb = RED
    word.styles.add_style("Assessor Table", WD_STYLE_TYPE.TABLE)
    section = word.sections[0]
    section.left_margin = section.right_margin = Cm(4)
    section.header.paragraphs[0].text = "Best Consulting"
    section.footer.paragraphs[0].text = "www.example.com"
    section.different_first_page_header_footer = first
    word.add_paragraph("To be replaced")
    for name in drop:
        style = word.styles[name]
        style.element.getparent().remove(style.element)
    word.save(str(folder / "house.docx"))
    return folder / "house.docx"


def made(template: Path) -> Word:
    return docx.Document(io.BytesIO(render_word(written(example(), "zh"), example().made, template)))


def test_styles_page_and_letterhead_are_those_of_the_template(tmp_path: Path) -> None:
    word = made(house(tmp_path))
    assert word.styles["Heading 1"].font.color.rgb == RED
    left, right, wide = (getattr(word.sections[0], x) for x in ("left_margin", "right_margin", "page_width"))
    assert abs(left - Cm(4)) < 1000 and abs(right - Cm(4)) < 1000
    assert "Best Consulting" in word.sections[0].header.paragraphs[0].text
    foot = "\n".join(p.text for p in word.sections[0].footer.paragraphs)
    for text in ("www.example.com", render("report.disclaimer", "zh"), example().source.bundle):
        assert text in foot
    assert "To be replaced" not in "\n".join(p.text for p in word.paragraphs)
    room = wide - left - right
    for table in word.tables:
        assert abs(sum(c.width for c in table.columns) - room) < Cm(0.1), "tables fill the page of the template"
    entries = ["".join(t.text or "" for t in x.xpath(".//w:t")) for x in word.element.body.xpath(".//w:hyperlink")]
    assert not entries[0][0].isdigit(), "headings number themselves in our page alone"


def test_a_foot_of_the_first_page_says_it_too(tmp_path: Path) -> None:
    section = made(house(tmp_path, first=True)).sections[0]
    for foot in (section.footer, section.first_page_footer):
        assert render("report.disclaimer", "zh") in "\n".join(p.text for p in foot.paragraphs)


def test_styles_that_a_template_must_have_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        made(house(tmp_path, ("Heading 2", "Caption")))
    assert refused.value.message.params == {"names": "heading 2, caption"}


def test_what_a_template_may_lack_is_added(tmp_path: Path) -> None:
    lacking = house(tmp_path, ("List Bullet", "Body Text", "Subtitle", "Assessor Table"))
    word = made(lacking)
    names = {style.name for style in word.styles}
    assert {"List Bullet", "Body Text", "Subtitle", "Assessor Note", "Assessor Table"} <= names
    assert {t.style.name for t in word.tables if t.style} == {"Assessor Table"}


def test_what_is_added_rests_on_the_template_whatever_its_ids(tmp_path: Path) -> None:
    """Chinese Word calls the id of Normal 'a'."""
    file = house(tmp_path, ("Body Text",))
    word = docx.Document(str(file))
    for element in word.styles.element.iter():
        for key, value in element.attrib.items():
            if value == "Normal" and key.endswith(("styleId", "}val")) and not element.tag.endswith("}name"):
                element.set(key, "a")
    word.styles["Intense Quote"].element.set(qn("w:styleId"), "AssessorNote")
    word.save(str(file))
    styles = {style.name: style for style in made(file).styles}
    assert styles["Normal"].style_id == "a"
    for name in ("Body Text", "Assessor Note", "Assessor Cell"):
        assert styles[name].base_style.style_id == "a", name
    assert styles["Assessor Note"].style_id != styles["Intense Quote"].style_id == "AssessorNote"
    ids = [style.style_id for style in styles.values()]
    assert len(ids) == len(set(ids))


def bomb(folder: Path) -> Path:
    file = folder / "bomb.docx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for i in range(3):
            packed.writestr(f"word/{i}.xml", b"0" * 90_000_000)
    return file


@pytest.mark.parametrize("kind", ["text", "zip", "bomb", "sheet", "none"])
def test_what_is_no_word_file_is_refused(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"{kind}.docx"
    if kind == "text":
        file.write_text("no zip", "utf-8")
    elif kind == "zip":
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr("a.txt", "a")
    elif kind == "sheet":
        openpyxl.Workbook().save(file)
    elif kind == "bomb":
        file = bomb(tmp_path)
    with pytest.raises(InputError):
        made(file)


def test_the_suffix_of_a_file_is_its_format(tmp_path: Path, command: Callable[..., Ran]) -> None:
    (tmp_path / "assessment.json").write_bytes(canonical(example()))
    for suffix in formats.FORMATS:
        done = command("report", "assessment.json", "-o", f"out/report{suffix}", "--language", "en")
        assert done.code == 0 and (tmp_path / f"out/report{suffix}").stat().st_size > 10_000, done.err
    house(tmp_path)
    done = command("report", "assessment.json", "-o", "own.docx", "--template", "house.docx")
    assert done.code == 0, done.err
    before = (tmp_path / "own.docx").read_bytes()
    for asked, told in (
        (("-o", "own.docx"), "own.docx exists"),
        (("-o", "report.odt"), ".docx"),
        (("-o", "report"), ".docx"),
        (("-o", "report.html", "--template", "house.docx"), "takes no template"),
        (("-o", "new.docx", "--template", "assessment.json"), "no Word document"),
        (("-o", "new.docx", "--template", "none.docx"), "none.docx"),
    ):
        done = command("report", "assessment.json", *asked)
        assert done.code == 2 and told in done.err, (asked, done.err)
    assert (tmp_path / "own.docx").read_bytes() == before and not (tmp_path / "new.docx").exists()
