"""RENDER a Document as Word: real styles, fields, native tables, pictures that say what they show.

Every marked figure is a content control whose tag is its mark. The same Document gives the same bytes.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from assessor.domain import Time
from assessor.messages import render
from assessor.report.document import Block, Bullets, Document, Heading, PageBreak, Paragraph, Picture, Table, token
from assessor.report.word.archive import steady
from assessor.report.word.contents import Entry, contents
from assessor.report.word.frame import frame
from assessor.report.word.markup import Numbers, bookmarked, field, line, paragraph, picture, run
from assessor.report.word.raster import png, size
from assessor.report.word.stationery import Lists, Stationery, ours, theirs
from assessor.report.word.tables import table

EMU = 635
"""In a twentieth of a point."""


def render_word(document: Document, made: Time, template: Path | None = None) -> bytes:
    """A .docx, with the styles and the page of `template` where one is given; InputError where that cannot be."""
    paper = (
        theirs(template, document.language) if template else ours(document.language, short=not document.contents)
    )
    writer = _Writer(document, paper)
    inside = "".join(writer.all())
    declared = nsdecls("w", "r", "wp", "a", "pic")
    body = paper.word.element.body
    for i, one in enumerate(list(parse_xml(f"<w:body {declared}>{inside}</w:body>"))):
        body.insert(i, one)
    frame(document, paper)
    _properties(document, paper, made)
    out = io.BytesIO()
    paper.word.save(out)
    return steady(out.getvalue())


def _properties(document: Document, paper: Stationery, made: Time) -> None:
    held, at = paper.word.core_properties, datetime.fromtimestamp(made // 10**9, UTC).replace(tzinfo=None)
    held.title, held.subject = document.title[:255], document.subtitle[:255]
    held.author = held.last_modified_by = "assessor"
    held.created = held.modified = at
    held.identifier, held.language = token(document), "zh-CN" if document.language == "zh" else "en-GB"
    held.comments, held.keywords, held.category = document.disclaimer, "", ""
    held.revision, held.version = 1, ""


class _Writer:
    """Blocks one after another, as WordprocessingML."""

    def __init__(self, document: Document, paper: Stationery) -> None:
        self._document, self._paper, self._language = document, paper, document.language
        self._numbers, self._lists = Numbers(), Lists(paper.word)
        pictures = [block for block in document.blocks if isinstance(block, Picture)]
        self._drawn = dict(zip(map(id, pictures), png([p.svg for p in pictures]), strict=True))
        self._entries = self._headings()
        self._broken = False
        """Does the next paragraph begin a page?"""
        self._bound = False
        """Does a table, a picture or a list follow?"""

    def all(self) -> Iterator[str]:
        styles, language = self._paper.styles, self._language
        top = "" if self._document.cover else '<w:spacing w:before="0"/>'
        yield paragraph(styles["title"], run(self._document.title, language), top)
        yield paragraph(styles["subtitle"], run(self._document.subtitle, language))
        if self._document.fronted:
            yield paragraph(styles["warning"], run(self._document.disclaimer, language, strong=True))
        for label, value in self._document.facts:
            told = f"{run(label, language, colour='56605C')}<w:r><w:tab/></w:r>{run(value, language)}"
            yield paragraph(styles["fact"], told)
        if self._document.fronted:
            yield contents([e for e in self._entries if e.level < 3], styles, self._paper.wide, language)
            self._broken = True
        blocks = self._document.blocks
        for block, after in zip(blocks, (*blocks[1:], None), strict=True):
            self._bound = isinstance(after, Table | Picture | Bullets)
            yield from self._block(block)
        yield paragraph(styles["note"], "")  # a document may not end in a table

    def _headings(self) -> list[Entry]:
        found: list[Entry] = []
        first = second = 0
        for block in self._document.blocks:
            if isinstance(block, Heading):
                first, second = (first + 1, 0) if block.level == 1 else (first, second + (block.level == 2))
                number = {1: f"{first} ", 2: f"{first}.{second} "}.get(block.level, "")
                number = number if self._paper.numbered else ""
                found.append(Entry(block.level, f"{number}{block.text}", f"_Toc{len(found) + 1:08d}"))
        return found

    def _block(self, block: Block) -> Iterator[str]:
        styles, language = self._paper.styles, self._language
        match block:
            case Heading():
                place = f"_Toc{self._numbers.next('heading'):08d}"
                told = bookmarked(place, run(block.text, language), self._numbers.next("bookmark"))
                yield paragraph(styles[f"heading{block.level}"], told, f"<w:keepNext/>{self._break()}")
            case Paragraph():
                yield paragraph(styles[block.kind], line(block.line, language, self._numbers), self._kept())
            case Bullets():
                yield from self._bullets(block)
            case Table():
                yield self._caption("table", block.caption, f"<w:keepNext/>{self._break()}")
                yield table(block, self._paper.wide, styles, language, self._numbers)
            case Picture():
                yield from self._picture(block)
            case PageBreak():
                self._broken = True

    def _kept(self) -> str:
        """A paragraph stays with the table, the picture or the list that it leads to."""
        return ("<w:keepNext/>" if self._bound else "") + self._break()

    def _break(self) -> str:
        broken, self._broken = self._broken, False
        return "<w:pageBreakBefore/>" if broken else ""

    def _bullets(self, block: Bullets) -> Iterator[str]:
        style = self._paper.styles["number" if block.ordered else "bullet"]
        how = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self._lists.next(block.ordered)}"/></w:numPr>'
        for item in block.items:
            yield paragraph(style, line(item, self._language, self._numbers), self._break() + how)

    def _caption(self, kind: str, text: str, how: str = "") -> str:
        word = render(f"paper.{kind}", self._language)
        number = run(str(self._numbers.next(kind)), self._language)
        told = (
            run(f"{word} ", self._language)
            + field(rf"SEQ {word} \* ARABIC", number)
            + run(f"  {text}", self._language)
        )
        return paragraph(self._paper.styles["caption"], told, how)

    def _picture(self, block: Picture) -> Iterator[str]:
        data = self._drawn[id(block)]
        relation, _ = self._paper.word.part.get_or_add_image(io.BytesIO(data))
        across, down = size(data)
        wide = min(self._paper.wide * block.width, self._paper.high * 0.85 * across / down)
        told = picture(
            relation,
            self._numbers.next("picture"),
            int(wide * EMU),
            int(wide * EMU * down / across),
            block.alt,
            block.caption,
        )
        yield paragraph(self._paper.styles["picture"], told, f"<w:keepNext/>{self._break()}")
        yield self._caption("figure", block.caption)


__all__ = ["render_word"]
