"""A template of the promise of truthfulness 真实性承诺书, in our own words: to read, change, sign and stamp."""

import io
from datetime import UTC, datetime
from typing import Any

from assessor.domain import Assessment
from assessor.filing.slots import packed
from assessor.messages import moment, render
from assessor.report.pen import Pen

POINTS = ("answers", "documents", "measured", "replies", "consequence")
OF_MACHINES = ("measured", "replies")
"""What is promised of a sampling, and of differences to it."""


def promise(a: Assessment, pen: Pen) -> bytes:
    """A Word file; a programme that has a text of its own takes the place of this one."""
    import docx  # noqa: PLC0415 - slow to load
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    paper = docx.Document()
    _fonts(paper, Pt)
    paper.sections[0].page_width, paper.sections[0].page_height = Mm(210), Mm(297)
    at = datetime.fromtimestamp(a.made // 10**9, UTC).replace(tzinfo=None)
    core = paper.core_properties
    core.title, core.author, core.last_modified_by, core.comments = _t(pen, "title"), "assessor", "assessor", ""
    core.created = core.modified = at
    paper.add_heading(_t(pen, "title"), 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if a.plant.simulated:
        paper.add_paragraph(pen.t("simulated")).alignment = WD_ALIGN_PARAGRAPH.CENTER
    code = a.plant.credit_code or render("filing.not_given", pen.language)
    day = moment(a.source.sampled_from if a.source else a.made, "%Y-%m-%d")
    paper.add_paragraph(_t(pen, "opening", plant=pen.say(a.plant.name), code=code, day=day))
    for point in POINTS if a.heard else [one for one in POINTS if one not in OF_MACHINES]:
        paper.add_paragraph(_t(pen, point), style="List Number")
    paper.add_paragraph("")
    for line in ("firm", "person", "day"):
        paper.add_paragraph(_t(pen, line))
    paper.add_paragraph("")
    note = paper.add_paragraph(_t(pen, "note", digest=a.digest[:16])).runs[0]
    note.font.size = Pt(8.5)
    out = io.BytesIO()
    paper.save(out)
    return _steady(out.getvalue())


def _t(pen: Pen, name: str, **params: str) -> str:
    return pen.words("filing", f"promise.{name}", **params)


def _fonts(paper: Any, points: Any) -> None:
    """A Chinese face for Chinese letters: Word takes another for them than for Latin ones."""
    from docx.oxml.ns import qn  # noqa: PLC0415

    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", points(12)
    style.paragraph_format.line_spacing = 1.5
    for name in ("Normal", "Title"):
        fonts = paper.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "宋体")
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)


def _steady(data: bytes) -> bytes:
    """The same promise as the same bytes."""
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(data)) as given:
        return packed({entry.filename: given.read(entry) for entry in given.infolist()})
