"""WRITE a Document as PDF: archival (PDF/A-2a) and readable aloud (PDF/UA-1), the same bytes every time.

The page is set by typst after `templates/document.typ`. Texts go there as data, never as source: what a stranger
wrote into a name is shown and cannot act.
"""

import io
import json
import re
from importlib.resources import files
from typing import Any

from assessor.domain import Message, Time
from assessor.errors import InputError
from assessor.messages import render, text_id
from assessor.report.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Line,
    PageBreak,
    Paragraph,
    Picture,
    Table,
    token,
)
from assessor.report.glyphs import BREAK, FAMILY, drawable, fonts
from assessor.report.inert import inert

SIZES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7)
"""A document of one page is set smaller until it is one."""
WORDS = ("paper.contents", "pdf.check", "pdf.warning", "pdf.code")
WORD = 8
"""Letters of a long word that stay together."""


def code(digest: str) -> str:
    """What the QR code of a bundle says; `assessor verify --digest` takes it."""
    return f"assessor:sha256:{digest}"


def qr(text: str) -> str:
    """A text as a QR code in SVG, black on white."""
    import segno  # noqa: PLC0415 - only where one is drawn

    return segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=2, light="#fff")


def render_pdf(document: Document, made: Time) -> bytes:
    """The document as PDF; `made` is the date that it carries. Raises InputError where a picture in it is none."""
    for size in SIZES:
        data = _set(document, made, size)
        if document.contents or _pages(data) == 1:
            return data
    return data


def _set(document: Document, made: Time, size: float) -> bytes:
    import typst  # noqa: PLC0415 - slow to load, and most runs write no PDF

    told = json.dumps(_told(document) | {"size": size}, ensure_ascii=False)
    try:
        return typst.compile(
            str(files("assessor.report").joinpath("templates/document.typ")),
            format="pdf",
            font_paths=[fonts()],
            ignore_system_fonts=True,
            sys_inputs={"document": told},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=made // 10**9,
        )
    except RuntimeError as problem:
        detail = str(getattr(problem, "message", problem))[:300]
        raise InputError(Message(id="pdf.not_set", params={"detail": detail}), document.name) from problem


def _pages(data: bytes) -> int:
    from pypdf import PdfReader  # noqa: PLC0415 - slow to load

    return len(PdfReader(io.BytesIO(data)).pages)


def _told(document: Document) -> dict[str, Any]:
    split = [id_.partition(".")[::2] for id_ in WORDS]
    words = {name: render(text_id(area, name, document.heard), document.language) for area, name in split}
    return {
        "family": FAMILY,
        "language": document.language,
        "author": "assessor",
        "token": token(document),
        "title": _text(document.title),
        "subtitle": _text(document.subtitle),
        "facts": [[_text(label), _text(value)] for label, value in document.facts],
        "disclaimer": _text(document.disclaimer),
        "digest": document.digest,
        "qr": None if document.rests_on else qr(code(document.digest)),
        "contents": document.contents,
        "cover": document.cover,
        "words": words
        | {"digest": _text(document.digest_of)}
        | {"page": render("paper.page", document.language, page="{n}", pages="{of}")},
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(level, text, id_):
            return {"is": "heading", "level": level, "text": _text(text), "id": id_}
        case Paragraph(line, kind):
            return {"is": "paragraph", "kind": kind, "line": _line(line)}
        case Bullets(items, ordered):
            return {"is": "bullets", "ordered": ordered, "items": [_line(item) for item in items]}
        case Table(caption, head, rows, widths, numbers):
            return {
                "is": "table",
                "caption": _text(caption),
                "head": [_text(cell) for cell in head],
                "rows": [[_line(cell) for cell in row] for row in rows],
                "widths": list(widths),
                "numbers": sorted(numbers),
            }
        case Picture(svg, caption, alt, width):
            told = {"caption": _text(caption), "alt": _text(alt), "width": width}
            return {"is": "picture", "svg": still(svg), **told}
        case PageBreak():
            return {"is": "break"}


def _line(line: Line) -> list[dict[str, Any]]:
    return [{"text": _text(run.text), "strong": run.strong, "weak": run.weak} for run in line]


def _text(text: str) -> str:
    """What can be drawn of a text, its long words free to go on in the next line."""
    return re.sub(rf"[!-~]{{{2 * WORD},}}", _broken, drawable(inert(text)))


def _broken(word: re.Match[str]) -> str:
    """Break after what parts a word anyway, and within what is longer still."""
    parts = re.findall(rf"[^/_.\-:,;]{{1,{WORD}}}[/_.\-:,;]*|[/_.\-:,;]+", word[0])
    return BREAK.join(parts)


def still(svg: str) -> str:
    """A picture for paper: colours as they are without a page's styles, texts in the document's font."""
    plain = re.sub(r"var\(--[\w-]+,\s*([^()]+)\)", r"\1", drawable(svg))
    if re.match(r"[^<]*<svg\b[^>]*\bfont-family=", plain):
        return plain
    return re.sub(r"<svg\b", f'<svg font-family="{FAMILY}"', plain, count=1)
