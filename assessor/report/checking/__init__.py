"""CHECK a paper that somebody edited: every number in it against the same paper, written anew."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assessor.domain import Message
from assessor.errors import InputError
from assessor.messages import render
from assessor.report.checking.compare import Edit, edits
from assessor.report.checking.figures import Paper, Piece, squeezed
from assessor.report.checking.pieces import pieces, placed
from assessor.report.checking.read_docx import read_docx
from assessor.report.checking.read_pdf import read_pdf
from assessor.report.document import Document
from assessor.report.pdf import render_pdf


@dataclass(frozen=True)
class Checked:
    """How many figures were compared, and what became of those that are not as they were written."""

    figures: int
    edits: tuple[Edit, ...]

    @property
    def holds(self) -> bool:
        return not any(edit.fails for edit in self.edits)

    def told(self) -> dict[str, Any]:
        """As JSON."""
        found = [asdict(edit) | {"fails": edit.fails} for edit in self.edits]
        return {"figures": self.figures, "holds": self.holds, "edits": found}


def read(data: bytes, name: str) -> Paper:
    """A Word file or a PDF by what it begins with. Raises InputError naming what is wrong with it."""
    if data.startswith(b"PK"):
        return read_docx(data, name)
    if b"%PDF-" in data[:1024]:
        return read_pdf(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # a Word file under a password, or one from before 2007
        raise InputError(Message(id="edited.encrypted"), name)
    raise InputError(Message(id="edited.not_a_paper"), name)


def check(paper: Paper, document: Document, levels: Sequence[str] = ()) -> Checked:
    """Compare what was read with the document as it is written now; `levels`: names of the framework's levels."""
    if paper.kind == "docx":
        wanted, given = pieces(document), list(paper.pieces)
    else:
        fresh = read_pdf(render_pdf(document, 0), document.name).pieces
        wanted = placed([one.text for one in _content(fresh, document)], document)
        given = _content(paper.pieces, document)
    figures = sum(token.figure for piece in wanted for token in piece.tokens)
    found = [*edits(wanted, given, paper.marked, levels), *_said(paper, document)]
    return Checked(figures, tuple(found))


def _said(paper: Paper, document: Document) -> Iterator[Edit]:
    """Whose paper it is, and that it is no certificate: neither may go. A page's foot in Word is not read."""
    text = "".join(piece.key for piece in paper.pieces)
    cover = render("edited.cover", document.language)
    held = (document.title, document.disclaimer) if document.contents or paper.kind == "pdf" else (document.title,)
    for one in held:
        if squeezed(one) not in text:
            yield Edit("edited", cover, one)


def _content(lines: Sequence[Piece], document: Document) -> list[Piece]:
    """Lines that are not the head or foot of a page."""
    said = (document.title, document.disclaimer, render("paper.digest", document.language) + document.digest)
    running = {squeezed(text) for text in said}
    page = squeezed(render("paper.page", document.language, page="#", pages="#"))
    parts = [re.escape(part) for part in page.split("#")]
    number = re.compile(f"(?:{re.escape(squeezed(document.disclaimer))})?" + r"\d+".join(parts))
    return [one for one in lines if one.key and one.key not in running and not number.fullmatch(one.key)]


__all__ = ["Checked", "Edit", "Paper", "check", "read"]
