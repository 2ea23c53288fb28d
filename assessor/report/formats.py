"""WRITE a report in the format its file's name asks for: one table, one line a format."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from assessor.domain import Assessment, Message
from assessor.errors import InputError
from assessor.messages import Language
from assessor.report import render_html
from assessor.report.document import Document
from assessor.report.papers.record import record
from assessor.report.papers.summary import summary
from assessor.report.pdf import render_pdf

PaperName = Literal["report", "summary", "record"]
Paper = Callable[[Assessment, Language], Document]
Writer = Callable[[Document, Path | None], bytes]
Renderer = Callable[[Assessment, Language, Path | None], bytes]
"""An Assessment in one language; the path is a template of the consultancy's own, or None."""


def _html(assessment: Assessment, language: Language, _: Path | None) -> bytes:
    return render_html(assessment, language=language).encode()


FORMATS: dict[str, Renderer] = {
    ".html": _html,  # both languages inside, this one first
}
"""Formats of the whole report that are not written from a Document."""
PAPERS: dict[PaperName, Paper] = {"summary": summary, "record": record}
WRITERS: dict[str, Writer] = {".pdf": lambda document, _: render_pdf(document)}
"""How to write any Document down."""
TEMPLATED: frozenset[str] = frozenset()
"""Formats that a template can change."""


def renderer(output: Path, template: Path | None = None, paper: PaperName = "report") -> Renderer:
    """How to write a paper to a file of this name.

    Raises InputError where its suffix is of no format we write, or where a template is given to a format without.
    """
    suffix = output.suffix.lower()
    if paper == "report" and suffix in FORMATS:
        _templated(output, template)
        return FORMATS[suffix]
    if paper not in PAPERS:
        raise _unknown(output, FORMATS)
    write, document = writer(output, template), PAPERS[paper]
    return lambda assessment, language, template: write(document(assessment, language), template)


def writer(output: Path, template: Path | None = None) -> Writer:
    """How to write any Document to a file of this name. Raises InputError as `renderer` does."""
    if output.suffix.lower() not in WRITERS:
        raise _unknown(output, WRITERS)
    _templated(output, template)
    return WRITERS[output.suffix.lower()]


def _unknown(output: Path, known: Iterable[str]) -> InputError:
    return InputError(Message(id="cli.unknown_format", params={"known": ", ".join(known)}), str(output))


def _templated(output: Path, template: Path | None) -> None:
    if template is not None and output.suffix.lower() not in TEMPLATED:
        known = ", ".join(sorted(TEMPLATED)) or "-"
        raise InputError(Message(id="cli.no_template", params={"known": known}), str(output))
