"""Styles, numbering and page: ours, or those of a Word file that a consultancy brings."""

import io
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import docx
from docx.document import Document as Word
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart
from docx.shared import Mm

from assessor.documents import read_bounded
from assessor.domain import Message
from assessor.errors import InputError
from assessor.messages import Language
from assessor.report.word.compact import LOOK, compact

ROLES = {
    "title": "Title",
    "subtitle": "Subtitle",
    "heading1": "heading 1",
    "heading2": "heading 2",
    "heading3": "heading 3",
    "caption": "caption",
    "body": "Body Text",
    "lead": "Assessor Lead",
    "note": "Assessor Note",
    "warning": "Assessor Warning",
    "bullet": "List Bullet",
    "number": "List Number",
    "fact": "Assessor Fact",
    "picture": "Assessor Picture",
    "cell": "Assessor Cell",
    "head": "Assessor Head",
    "group": "Assessor Group",
    "contents": "TOC Heading",
    "toc1": "toc 1",
    "toc2": "toc 2",
    "header": "header",
    "footer": "footer",
    "table": "Assessor Table",
}
"""What a piece of a document is, and the name of the style that it has."""
REQUIRED = ("title", "heading1", "heading2", "heading3", "caption")
"""A template must have these. Of the others ours are added where it has none; they take its letters."""
LARGEST = 20_000_000
UNPACKED = 200_000_000
"""Bytes of a template, packed and unpacked."""
BARE = {"thumbnail", "extended-properties", "customXml"}
"""What the empty document of the library brings and nobody needs."""
LOOKS = {
    "zh": {
        "latin": "Arial",
        "asian": "微软雅黑",
        "lang": "zh-CN",
        "size": "21",
        "line": "312",
        "tight": "264",
        "cell": "17",
        "label": "2200",
    },
    "en": {
        "latin": "Arial",
        "asian": "微软雅黑",
        "lang": "en-GB",
        "size": "20",
        "line": "288",
        "tight": "252",
        "cell": "17",
        "label": "3000",
    },
}
"""Fonts, sizes in half points, line heights in 240ths of a line."""


@dataclass(frozen=True)
class Stationery:
    """An empty document, its styles by role, whether headings number themselves, room in twentieths of a point."""

    word: Word
    styles: dict[str, str]
    numbered: bool
    wide: int
    high: int


def ours(language: Language, *, short: bool = False) -> Stationery:
    """An empty A4 document with our styles; `short`: those of a document of one page."""
    word = docx.Document()
    package = word.part.package
    for id_ in [id_ for id_, rel in package.rels.items() if rel.reltype.rsplit("/", 1)[-1] in BARE]:
        del package.rels[id_]
    for id_ in [id_ for id_, rel in word.part.rels.items() if rel.reltype.rsplit("/", 1)[-1] in BARE]:
        del word.part.rels[id_]
    sheet = parse_xml(_styles(language, short=short).encode())
    held = word.styles.element
    held[:] = list(sheet)
    numbering = word.part.numbering_part.element
    numbering[:] = list(parse_xml(_resource("numbering.xml").encode()))
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(23)
    section.top_margin, section.bottom_margin = Mm(22), Mm(24)
    section.header_distance = section.footer_distance = Mm(11)
    if short:
        compact(word)
    return _measured(word, _by_role(word), not short)


def theirs(template: Path, language: Language) -> Stationery:
    """A consultancy's Word file, emptied: its styles, its page, its header and footer.

    Raises InputError where it is no Word document, or where a required style is not in it.
    """
    word = _opened(template)
    styles = _by_role(word)
    if missing := [ROLES[role] for role in REQUIRED if role not in styles]:
        params = {"names": ", ".join(missing)}
        raise InputError(Message(id="cli.template_styles", params=params), str(template))
    _completed(word, language)
    body = word.element.body
    for child in list(body)[: -1 if body.sectPr is not None else None]:
        body.remove(child)
    return _measured(word, _by_role(word), False)


def _completed(word: Word, language: Language) -> None:
    """Add the styles of ours that a document has none of, based on its own: in its Normal and its table, whatever
    their ids."""
    held = word.styles.element
    theirs_ = {_name(style): style.get(qn("w:styleId")) for style in held.iterchildren(qn("w:style"))}
    sheet = list(parse_xml(_styles(language).encode()).iterchildren(qn("w:style")))
    ids = {style.get(qn("w:styleId")): _name(style) for style in sheet}
    taken = set(theirs_.values())
    called = {id_: theirs_.get(name) or (f"{id_}Ours" if id_ in taken else id_) for id_, name in ids.items()}
    for style in sheet:
        if _name(style) in theirs_:
            continue
        style.set(qn("w:styleId"), called[style.get(qn("w:styleId"))])
        for tag in ("w:basedOn", "w:next"):
            for other in style.iterchildren(qn(tag)):
                other.set(qn("w:val"), called[other.get(qn("w:val"))])
        held.append(style)


def _opened(template: Path) -> Word:
    data = read_bounded(template, LARGEST)
    refused = InputError(Message(id="cli.not_a_template"), str(template))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(member.file_size for member in packed.infolist()) > UNPACKED:
                raise refused
        return docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, NotImplementedError) as problem:
        raise refused from problem


def _measured(word: Word, styles: dict[str, str], numbered: bool) -> Stationery:
    page = word.sections[-1]
    sides = [
        page.page_width,
        page.left_margin,
        page.right_margin,
        page.page_height,
        page.top_margin,
        page.bottom_margin,
    ]
    width, left, right, height, top, bottom = (int(side.twips) if side is not None else 0 for side in sides)
    return Stationery(word, styles, numbered, max(2000, width - left - right), max(2000, height - top - bottom))


def _by_role(word: Word) -> dict[str, str]:
    """Ids of the styles that are there."""
    ids = {_name(style): style.get(qn("w:styleId")) for style in word.styles.element.iterchildren(qn("w:style"))}
    return {role: ids[name.lower()] for role, name in ROLES.items() if ids.get(name.lower())}


def _name(style: object) -> str:
    found = style.find(qn("w:name"))  # type: ignore[attr-defined]
    return found.get(qn("w:val")).lower() if found is not None else ""


def _styles(language: Language, *, short: bool = False) -> str:
    return Template(_resource("styles.xml")).substitute(LOOKS[language] | (LOOK if short else {}))


def _resource(name: str) -> str:
    return files("assessor.report.word").joinpath(name).read_text("utf-8")


LIST_LEVEL = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{text}"/>'
    '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="420" w:hanging="300"/></w:pPr></w:lvl>'
)
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


class Lists:
    """Numbering of lists, added to what the document has: one list of bullets, one of numbers each time anew."""

    def __init__(self, word: Word) -> None:
        self._root = _numbering(word)
        held = [int(x.get(qn("w:abstractNumId"))) for x in self._root.iterchildren(qn("w:abstractNum"))]
        self._first = max(held, default=-1) + 1
        for offset, (form, sign) in enumerate((("bullet", "•"), ("decimal", "%1."))):
            level = LIST_LEVEL.format(format=form, text=sign)
            made = f'<w:abstractNum {SPACE} w:abstractNumId="{self._first + offset}">{level}</w:abstractNum>'
            self._root.insert(len(held) + offset, parse_xml(made))
        self._bullets: int | None = None

    def next(self, ordered: bool) -> int:
        """The id of a list: all bullets share one, each numbered list starts from 1."""
        if not ordered and self._bullets is not None:
            return self._bullets
        held = [int(x.get(qn("w:numId"))) for x in self._root.iterchildren(qn("w:num"))]
        number = max(held, default=0) + 1
        restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if ordered else ""
        abstract = self._first + int(ordered)
        self._root.append(
            parse_xml(f'<w:num {SPACE} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{restart}</w:num>')
        )
        self._bullets = self._bullets if ordered else number
        return number


def _numbering(word: Word):  # type: ignore[no-untyped-def]
    """The numbering of a document; an empty one where it has none."""
    for rel in word.part.rels.values():
        if rel.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return rel.target_part.element
    root = parse_xml(f"<w:numbering {SPACE}/>")
    part = NumberingPart(PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, root, word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)
    return root
