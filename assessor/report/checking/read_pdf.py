"""READ the text of a PDF from anyone, line by line."""

import io

from assessor.domain import Message
from assessor.errors import InputError
from assessor.report.checking.figures import Paper, Piece, Span
from assessor.report.document import read_token

MOST_PAGES, MOST_LETTERS = 3_000, 20_000_000


def read_pdf(data: bytes, name: str) -> Paper:
    """The lines of its pages. Raises InputError where it is damaged, under a password, or made to burst."""
    from pypdf import PdfReader  # noqa: PLC0415 - slow to load, and most runs read no PDF

    try:
        reader = PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted
        pages = 0 if locked else len(reader.pages)
    except Exception as problem:  # a parser that is fed by strangers raises anything
        raise _unreadable(problem, name) from problem
    if locked:
        raise InputError(Message(id="edited.encrypted"), name)
    if pages > MOST_PAGES:
        raise InputError(Message(id="edited.too_large", params={"most": MOST_LETTERS}), name)
    lines: list[Piece] = []
    try:
        for page in reader.pages:
            lines += (Piece(line, (Span(0, ""),)) for line in page.extract_text().splitlines())
        told = " ".join(str(value) for value in (reader.metadata or {}).values())
    except Exception as problem:  # as above
        raise _unreadable(problem, name) from problem
    return Paper("pdf", read_token(told), tuple(lines), {})


def _unreadable(problem: Exception, name: str) -> InputError:
    detail = (str(problem) or type(problem).__name__)[:200]
    return InputError(Message(id="edited.unreadable", params={"detail": detail}), name)
