"""Pieces of WordprocessingML as text. Everything foreign goes through `quoted`."""

import hashlib
import re

from assessor.messages import Language
from assessor.report.document import Line, Run
from assessor.report.inert import quoted

WIDE_IN_CHINESE = re.compile("[“”‘’…—·●○◐×→±≥≤Σ]")
"""Letters that both scripts have: without a hint Word sets them in the Latin font."""


class Numbers:
    """Ids that must be unique in a document, counted from 1."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, kind: str) -> int:
        self._last[kind] = self._last.get(kind, 0) + 1
        return self._last[kind]


def text(value: str) -> str:
    """Text with its line breaks."""
    parts = quoted(value.replace("\t", " ")).split("\n")
    return "<w:br/>".join(f'<w:t xml:space="preserve">{part}</w:t>' for part in parts)


def run(value: str, language: Language, *, strong: bool = False, colour: str = "") -> str:
    """One run of letters."""
    how = ""
    if language == "zh" and WIDE_IN_CHINESE.search(value):
        how += '<w:rFonts w:hint="eastAsia"/>'
    if strong:
        how += "<w:b/>"
    if colour:
        how += f'<w:color w:val="{colour}"/>'
    return f"<w:r>{f'<w:rPr>{how}</w:rPr>' if how else ''}{text(value)}</w:r>"


def line(runs: Line, language: Language, numbers: Numbers) -> str:
    """Runs after one another; a marked one becomes a content control that carries its mark as tag.

    A bookmark stands around it as well: LibreOffice drops the tag when it saves, and keeps the bookmark.
    """
    return "".join(_one(one, language, numbers) for one in runs if one.text)


def _one(one: Run, language: Language, numbers: Numbers) -> str:
    inside = run(one.text, language, strong=one.strong, colour="56605C" if one.weak else "")
    if one.mark is None:
        return inside
    mark, id_ = quoted(one.mark), numbers.next("control")
    head = f'<w:alias w:val="{mark}"/><w:tag w:val="{mark}"/><w:id w:val="{id_}"/>'
    control = f"<w:sdt><w:sdtPr>{head}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"
    return bookmarked(anchor(one.mark, numbers.next(one.mark)), control, numbers.next("bookmark"))


def anchor(mark: str, number: int) -> str:
    """The name of the bookmark around a marked figure where it stands for the so-many-th time, from 1."""
    return f"_Fig{hashlib.sha256(mark.encode()).hexdigest()[:16]}_{number}"


def paragraph(style: str, inside: str, how: str = "") -> str:
    """A paragraph; `how` holds further properties in the order of the schema, after the style."""
    return f'<w:p><w:pPr><w:pStyle w:val="{quoted(style)}"/>{how}</w:pPr>{inside}</w:p>'


def field(instruction: str, result: str) -> str:
    """A field with the result it has until somebody updates it."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {quoted(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def bookmarked(name: str, inside: str, number: int) -> str:
    """A place that fields and links can name."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{inside}<w:bookmarkEnd w:id="{number}"/>'


def picture(relation: str, number: int, wide: int, high: int, alt: str, title: str) -> str:
    """An inline picture; sizes in EMU (360,000 a centimetre)."""
    name = quoted(title)
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:docPr id="{number}" name="{name}" descr="{quoted(alt)}"/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="{name}" descr="{quoted(alt)}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )
