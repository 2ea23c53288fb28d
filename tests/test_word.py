"""The Word file as those who edit it find it, and what LibreOffice makes of it."""

import io
import re
import zipfile
from collections import Counter
from functools import cache
from typing import Any

import docx
import pytest
from docx.document import Document as Word
from docx.oxml.ns import qn

from assessor.domain import Assessment
from assessor.errors import InputError
from assessor.messages import LANGUAGES, Language, render
from assessor.report.document import (
    Bullets,
    Document,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Run,
    Table,
    Token,
    line,
    marks,
    read_token,
    row,
    runs,
)
from assessor.report.papers import written
from assessor.report.word import render_word
from assessor.report.word.raster import png, size
from assessor.report.word.reading import PLACES, figures
from tests.report_example import HOSTILE, example, hostile

MADE = 1_767_225_600_000_000_000


@cache
def document(language: Language) -> Document:
    return written(example(), language)


@cache
def file(language: Language) -> bytes:
    return render_word(document(language), example().made)


def opened(data: bytes) -> Word:
    return docx.Document(io.BytesIO(data))


def found(word: Word, path: str) -> list[Any]:
    return list(word.element.body.xpath(path))


def letters(element: Any) -> str:
    """All that is written inside, content controls too."""
    return "".join(t.text or "" for t in element.iter(qn("w:t")))


def test_an_edited_figure_is_read_as_it_stands() -> None:
    figure = Run("1", mark="level.verified")
    word = opened(
        render_word(small(Paragraph((figure,)), Paragraph(line("again ", figure)), Paragraph(line("x"))), MADE)
    )
    assert figures(saved(word), ["level.verified", "other"], "f") == {"level.verified": ["1", "1"], "other": []}
    for text in found(word, ".//w:t[text()='1']")[:1]:
        text.text = "3"
    assert figures(saved(word), ["level.verified"], "f") == {"level.verified": ["3", "1"]}
    for tag in found(word, ".//w:tag"):
        tag.getparent().remove(tag)
    assert figures(saved(word), ["level.verified"], "f") == {"level.verified": ["3", "1"]}, "by bookmark"
    with pytest.raises(InputError):
        figures(b"no zip", [], "f")


def saved(word: Word) -> bytes:
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def small(*blocks: Any, language: Language = "en", title: str = "Plant") -> Document:
    """A document of a few blocks."""
    return Document("test", language, title, "Test", (("Label", "Value"),), "No certificate", "ab" * 32, blocks)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_document_gives_the_same_bytes(language: Language) -> None:
    again = render_word(written(example(), language), example().made)
    assert again == file(language)
    with zipfile.ZipFile(io.BytesIO(again)) as packed:
        assert packed.namelist()[0] == "[Content_Types].xml" and packed.testzip() is None
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [n for n in packed.namelist() if "thumbnail" in n or "customXml" in n]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_lists_and_captions_are_real_styles(language: Language) -> None:
    word = opened(file(language))
    names = [p.style.name if p.style else "" for p in word.paragraphs]
    told_ = {p.text for p in word.paragraphs if p.style and p.style.name.startswith("Heading")}
    assert told_ == {b.text for b in document(language).blocks if isinstance(b, Heading)}
    levels = [int(name[-1]) for name in names if name.startswith("Heading")]
    assert levels == [b.level for b in document(language).blocks if isinstance(b, Heading)]
    listed = sum(len(b.items) for b in document(language).blocks if isinstance(b, Bullets))
    assert names.count("List Bullet") == listed > 0
    assert names[0] == "Title" and names[1] == "Subtitle" and "Normal" not in names
    used = {e.get(qn("w:val")) for e in found(word, ".//w:pStyle|.//w:tblStyle")}
    assert used <= {style.style_id for style in word.styles}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_repeat_their_heads_and_pictures_say_what_they_show(language: Language) -> None:
    word, made = opened(file(language)), document(language)
    tables = [b for b in made.blocks if isinstance(b, Table)]
    assert [len(t.rows) for t in word.tables] == [len(t.rows) + 1 for t in tables]
    for held, table in zip(word.tables, tables, strict=True):
        first = held._tbl.tr_lst[0]
        assert first.xpath("./w:trPr/w:tblHeader") and not held._tbl.tr_lst[1].xpath("./w:trPr/w:tblHeader")
        assert [c.text for c in held.rows[0].cells] == list(table.head)
        assert held._tbl.xpath("./w:tblPr/w:tblCaption")[0].get(qn("w:val")) == table.caption
        assert not held._tbl.xpath(".//w:tcW[@w:w<300]"), (
            "no column so narrow that letters stand below one another"
        )
    shown = found(word, ".//wp:docPr")
    assert [p.get("descr") for p in shown] == [b.alt for b in made.blocks if isinstance(b, Picture)]
    assert len({p.get("id") for p in shown}) == len(shown) >= 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marked_figure_is_a_content_control(language: Language) -> None:
    word = opened(file(language))
    controls: dict[str, set[str]] = {}
    for sdt in found(word, ".//w:sdt[w:sdtPr/w:tag]"):
        (tag,) = sdt.iter(qn("w:tag"))
        controls.setdefault(tag.get(qn("w:val")), set()).add(letters(sdt))
    assert controls == {mark: {text} for mark, text in marks(document(language)).items()}
    stands = Counter(run.mark for run in runs(document(language).blocks) if run.mark)
    assert max(stands.values()) < PLACES
    ids = [e.get(qn("w:val")) for e in found(word, ".//w:sdt/w:sdtPr/w:id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contents_are_filled_and_nothing_asks_to_be_updated(language: Language) -> None:
    data = file(language)
    word = opened(data)
    entries = [letters(link) for link in found(word, ".//w:hyperlink")]
    wanted = [b for b in document(language).blocks if isinstance(b, Heading) and b.level < 3]
    assert [re.sub(r"^[\d.]+ ", "", entry) for entry in entries] == [b.text for b in wanted]
    assert entries[0].startswith("1 ") and any(entry.startswith("2.1 ") for entry in entries)
    anchors = {link.get(qn("w:anchor")) for link in found(word, ".//w:hyperlink")}
    assert anchors <= {b.get(qn("w:name")) for b in found(word, ".//w:bookmarkStart")}
    fields = [e.text.split()[0] for e in found(word, ".//w:instrText")]
    pictures = sum(isinstance(b, Picture) for b in document(language).blocks)
    assert fields.count("TOC") == 1 and fields.count("SEQ") == len(word.tables) + pictures
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert b"updateFields" not in packed.read("word/settings.xml") and b"w:dirty" not in packed.read(
            "word/document.xml"
        )
    begins = len(found(word, ".//w:fldChar[@w:fldCharType='begin']"))
    assert begins == len(found(word, ".//w:fldChar[@w:fldCharType='end']")) == len(fields)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_what_it_is_not_and_what_it_rests_on(language: Language) -> None:
    word = opened(file(language))
    foot = "\n".join(p.text for p in word.sections[0].footer.paragraphs)
    assert render("report.disclaimer", language) in foot and example().source.bundle in foot
    assert {"PAGE", "NUMPAGES"} <= {
        e.text.strip() for e in word.sections[0].footer._element.xpath(".//w:instrText")
    }
    held = word.core_properties
    assert held.title == render(example().plant.name, language) and held.author == "assessor"
    assert held.created is not None and int(held.created.timestamp()) == example().made // 10**9
    assert held.language == ("zh-CN" if language == "zh" else "en-GB")
    assert read_token(held.identifier) == Token("report", language, example().source.bundle)
    defaults = word.styles.element.xpath("./w:docDefaults/w:rPrDefault/w:rPr")[0]
    assert defaults.xpath("./w:rFonts")[0].get(qn("w:eastAsia")) == "微软雅黑"
    lang = defaults.xpath("./w:lang")[0]
    assert (lang.get(qn("w:val")), lang.get(qn("w:eastAsia"))) == (held.language, "zh-CN")


@pytest.mark.slow
def test_hostile_names_stay_text_in_word() -> None:
    a: Assessment = hostile()
    data = render_word(written(a, "en"), a.made)
    word = opened(data)
    assert HOSTILE[0] in word.paragraphs[0].text and "{braces} {0.__class__}" in word.paragraphs[0].text
    assert (
        word.core_properties.title == "".join(c for c in "".join(HOSTILE) if c not in "\u202e\u202c\x00\x07")[:255]
    )
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        text = packed.read("word/document.xml").decode()
    assert "<script>" not in text and "<img" not in text and not re.search("[\u202a-\u202e\x00\x07]", text)


def test_emoji_and_long_words_pass() -> None:
    text = "🏭 \U0001f469\u200d\U0001f527 " + "W" * 3000 + "\n" + "車" * 3000 + "\tشركة & <b>"
    word = opened(render_word(small(Table(text, (text,), (row(text),), (1.0,)), title=text), MADE))
    assert "🏭" in word.paragraphs[0].text and word.tables[0].rows[1].cells[0].text.count("W") == 3000


def test_numbered_lists_begin_anew_and_a_page_break_moves_the_next_heading() -> None:
    items = (line("one"), line("two"))
    blocks = (
        Heading(1, "A", "a"),
        Bullets(items, ordered=True),
        Bullets(items, ordered=True),
        PageBreak(),
        Heading(1, "B", "b"),
    )
    word = opened(render_word(small(*blocks), MADE))
    numbers = [
        e.get(qn("w:val"))
        for e in found(word, ".//w:p[w:pPr/w:pStyle[@w:val='ListNumber']]/w:pPr/w:numPr/w:numId")
    ]
    assert len(numbers) == 4 and numbers[0] == numbers[1] != numbers[2] == numbers[3]
    broken = [p.text for p in word.paragraphs if p._p.xpath("./w:pPr/w:pageBreakBefore")]
    assert broken == ["A", "B"], "after the contents, and where it was asked for"


def test_pictures_become_png_of_their_shape() -> None:
    drawn = png(
        ['<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50"><rect width="9" height="9"/></svg>'] * 2
    )
    assert len(drawn) == 2 and all(data.startswith(b"\x89PNG") for data in drawn) and png([]) == []
    wide, high = size(drawn[0])
    assert abs(wide / high - 4) < 0.02
