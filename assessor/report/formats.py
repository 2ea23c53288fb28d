"""WRITE a paper in the format its file's name asks for: one table, one line a format."""

from collections.abc import Callable, Iterable
from pathlib import Path

from assessor.domain import Assessment, Message, Time
from assessor.errors import InputError
from assessor.messages import Language
from assessor.report import render_html
from assessor.report.document import Document
from assessor.report.papers import PAPERS, written
from assessor.report.pdf import render_pdf
from assessor.report.word import render_word

Writer = Callable[[Document, Time, Path | None], bytes]
"""A document and when its Assessment was made; the path is a template of the consultancy's own, or None."""
Renderer = Callable[[Assessment, Language, Path | None], bytes]
"""An Assessment in one language; the path as above."""


def _html(assessment: Assessment, language: Language, _: Path | None) -> bytes:
    return render_html(assessment, language=language).encode()


def _excel(assessment: Assessment, language: Language, _: Path | None) -> bytes:
    from assessor.report.excel import render_excel  # noqa: PLC0415 - slow to load, and most runs write none

    return render_excel(assessment, language)


def _pdf(document: Document, made: Time, _: Path | None) -> bytes:
    return render_pdf(document, made)


WRITERS: dict[str, Writer] = {".docx": render_word, ".pdf": _pdf}
"""How to write any Document down."""
FORMATS: dict[str, Renderer] = {
    ".html": _html,  # both languages inside, this one first
    ".xlsx": _excel,  # with live formulas
}
"""Formats of the whole report that are written from the Assessment itself."""
TEMPLATED = frozenset({".docx"})
"""Formats that a template can change."""


def renderer(output: Path, template: Path | None = None, paper: str = "report") -> Renderer:
    """How to write a paper to a file of this name.

    Raises InputError where there is no such paper, where its suffix is of no format it is written in, or where a
    template is given to a format without.
    """
    if paper not in PAPERS:
        known = ", ".join(PAPERS)
        raise InputError(Message(id="cli.unknown_paper", params={"paper": paper[:100], "known": known}))
    suffix = output.suffix.lower()
    if paper == "report" and suffix in FORMATS:
        _templated(output, template)
        return FORMATS[suffix]
    write = writer(output, template, (*FORMATS, *WRITERS) if paper == "report" else WRITERS)
    return lambda assessment, language, template: write(
        written(assessment, language, paper), assessment.made, template
    )


def writer(output: Path, template: Path | None = None, known: Iterable[str] = WRITERS) -> Writer:
    """How to write any Document to a file of this name. Raises InputError as `renderer` does."""
    if output.suffix.lower() not in WRITERS:
        raise InputError(Message(id="cli.unknown_format", params={"known": ", ".join(known)}), str(output))
    _templated(output, template)
    return WRITERS[output.suffix.lower()]


def _templated(output: Path, template: Path | None) -> None:
    if template is not None and output.suffix.lower() not in TEMPLATED:
        known = ", ".join(sorted(TEMPLATED))
        raise InputError(Message(id="cli.no_template", params={"known": known}), str(output))
