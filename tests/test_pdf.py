"""A Document as PDF: everything in it, nothing from outside, nothing that a stranger's text could do."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from assessor.audit import read_digest
from assessor.errors import InputError
from assessor.messages import LANGUAGES, Language, catalogue, render
from assessor.report.checking.figures import squeezed
from assessor.report.document import Document, Heading, Picture, read_token, runs
from assessor.report.glyphs import BOX, drawable
from assessor.report.inert import inert
from assessor.report.papers import PAPERS, written
from assessor.report.pdf import code, qr, render_pdf
from tests.conftest import need
from tests.papers import DIGEST, MADE, every_block, paper
from tests.report_example import HOSTILE, example, hostile

pytestmark = pytest.mark.slow

TYPST = ('#import "x"', "$ x_1 $", "\\u{41} \\ ", "*a* _b_ `c`", "// gone", "/* gone */", "@ref <label>", "= head",
         "- list", "#[]{}()", "~ -- ---", '"quoted"', "https://example.org")  # fmt: skip


@cache
def read(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def text(data: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in read(data).pages))


def in_order(parts: Iterator[str], whole: str) -> str | None:
    """The first part that does not follow the one before it."""
    at = 0
    for part in parts:
        found = whole.find(part, at)
        if found < 0:
            return part
        at = found + len(part)
    return None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("contents", [True, False])
def test_all_that_a_document_says_is_on_its_pages_in_order(language: Language, contents: bool) -> None:
    document = every_block("甲 text", language, contents=contents)
    whole = text(render_pdf(document, MADE))
    assert in_order((squeezed(run.text) for run in runs(document.blocks)), whole) is None
    for block in document.blocks:
        if isinstance(block, Heading):
            assert squeezed(block.text) in whole
        if isinstance(block, Picture):
            assert squeezed(block.caption) in whole and "图中文字" in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_what_it_is_not_what_it_rests_on_and_where_it_stands(language: Language) -> None:
    document = every_block(language=language)
    pages = [squeezed(page.extract_text()) for page in read(render_pdf(document, MADE)).pages]
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        assert squeezed(document.disclaimer) in page and DIGEST in page
        assert squeezed(render("paper.page", language, page=number, pages=len(pages))) in page


@given(st.lists(st.sampled_from(TYPST) | st.text(min_size=1, max_size=20) | st.sampled_from(HOSTILE), max_size=4))
@settings(max_examples=30)
def test_no_text_of_a_stranger_acts_or_is_lost(parts: list[str]) -> None:
    said = "a" + " ".join(parts).replace("\r", " ").replace("\n", " ").replace("\x1f", "") + "z"
    document = every_block(said, contents=False)
    document = replace(document, blocks=document.blocks[:7])
    whole = text(render_pdf(document, MADE))
    wanted = [squeezed(drawable(inert(run.text))) for run in runs(document.blocks)]
    assert in_order(iter(wanted), whole) is None


def fonts(page: Any) -> Iterator[Any]:
    """The fonts of a page and of the pictures on it."""
    resources = page["/Resources"]
    for font in resources.get("/Font", {}).values():
        yield font.get_object()
    for held in resources.get("/XObject", {}).values():
        if "/Resources" in held.get_object():
            yield from fonts(held.get_object())


def test_every_font_is_embedded_as_a_subset_and_is_ours() -> None:
    found = [font for page in read(render_pdf(paper("report"), MADE)).pages for font in fonts(page)]
    assert found
    for font in found:
        assert re.match(r"/[A-Z]{6}\+NotoSansSC-Regular", font["/BaseFont"])
        below = font["/DescendantFonts"][0].get_object()
        assert "/FontFile3" in below["/FontDescriptor"].get_object()
        assert "/ToUnicode" in font


def test_the_font_can_draw_every_text_of_the_product() -> None:
    said = {c for held in catalogue().values() for c in held.zh + held.en}
    assert {c for c in said if BOX in drawable(c)} <= {BOX}


def test_what_the_font_lacks_is_a_box() -> None:
    assert drawable("tCO₂") == "tCO2"
    assert drawable("甲😀\ue000z") == f"甲{BOX}{BOX}z"
    assert f"甲{BOX}乙" in text(render_pdf(every_block("甲😀乙"), MADE))


def test_bookmarks_lead_to_the_headings() -> None:
    document = every_block("甲")

    def titles(items: Any) -> Iterator[str]:
        for item in items:
            if isinstance(item, list):
                yield from titles(item)
            else:
                yield item.title

    numbers = iter(("1 ", "1.1 ", "", "2 "))
    wanted = [f"{next(numbers)}{block.text}" for block in document.blocks if isinstance(block, Heading)]
    assert [*titles(read(render_pdf(document, MADE)).outline)][-len(wanted) :] == wanted


def test_a_file_says_what_it_is() -> None:
    reader = read(render_pdf(every_block(language="en"), MADE))
    held = reader.metadata
    assert held is not None and held.title == "题名 正文 text"
    found = read_token(str(held.get("/Keywords")))
    assert found is not None and (found.paper, found.language, found.digest) == ("report", "en", DIGEST)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"].startswith("en") and root["/MarkInfo"]["/Marked"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert (
        "<pdfaid:part>2<" in metadata and "<pdfaid:conformance>A<" in metadata and "<pdfuaid:part>1<" in metadata
    )


def test_the_same_document_gives_the_same_bytes() -> None:
    assert render_pdf(paper("summary"), MADE) == render_pdf(paper("summary"), MADE)
    assert render_pdf(paper("summary"), MADE) != render_pdf(paper("summary"), MADE + 86_400 * 10**9)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_is_one_page(language: Language) -> None:
    assert len(read(render_pdf(paper("summary", language), MADE)).pages) == 1
    a = example()
    assert a.roadmap is not None
    crowded = hostile().model_copy(update={"roadmap": a.roadmap})
    assert len(read(render_pdf(written(crowded, language, "summary"), MADE)).pages) == 1


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*PAPERS])
def test_papers_of_a_hostile_plant_are_set(name: str, language: Language) -> None:
    assert render_pdf(written(hostile(), language, name), MADE).startswith(b"%PDF-")


def test_a_picture_that_is_none_is_an_error_of_ours() -> None:
    document: Document = replace(every_block(), blocks=(Picture("<svg", "题", "alt"),))
    with pytest.raises(InputError) as caught:
        render_pdf(document, MADE)
    assert caught.value.message.id == "pdf.not_set"


def test_the_code_on_the_cover_is_read_by_a_camera_and_taken_by_verify(tmp_path: Path) -> None:
    need("zbarimg")
    (tmp_path / "cover.pdf").write_bytes(render_pdf(every_block(), MADE))
    subprocess.run(
        [need("pdftoppm"), "-r", "110", "-l", "1", "-png", "cover.pdf", "cover"], cwd=tmp_path, check=True
    )
    (page,) = tmp_path.glob("cover*.png")
    seen = subprocess.run(["zbarimg", "-q", "--raw", str(page)], capture_output=True, check=True, text=True).stdout
    assert seen.strip() == code(DIGEST) and read_digest(seen) == DIGEST
    assert "viewBox" in qr(code(DIGEST))
