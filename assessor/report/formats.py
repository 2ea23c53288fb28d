"""WRITE a paper in the format its file's name asks for: one table, one line a format."""

from collections.abc import Callable, Iterable
from pathlib import Path

from assessor.domain import Assessment, Message, Time
from assessor.errors import InputError
from assessor.messages import Language
from assessor.report import render_html
from assessor.report.document import Document
from assessor.report.papers import PAPERS, written
from assessor.report.papers.filed import refuse_open
from assessor.report.pdf import render_pdf

Writer = Callable[[Document, Time, Path | None], bytes]
"""A document and when its Assessment was made; the path is a template of the consultancy's own, or None."""
Renderer = Callable[[Assessment, Language, Path | None], bytes]
"""An Assessment in one language; the path as above."""


def _html(assessment: Assessment, language: Language, _: Path | None) -> bytes:
    return render_html(assessment, language=language).encode()


def _excel(assessment: Assessment, language: Language, _: Path | None) -> bytes:
    from assessor.report.excel import render_excel  # noqa: PLC0415 - slow to load, and most runs write none

    return render_excel(assessment, language)


def _word(document: Document, made: Time, template: Path | None) -> bytes:
    from assessor.report.word import render_word  # noqa: PLC0415 - other commands need neither docx nor typst

    return render_word(document, made, template)


def _pdf(document: Document, made: Time, _: Path | None) -> bytes:
    return render_pdf(document, made)


WRITERS: dict[str, Writer] = {".docx": _word, ".pdf": _pdf}
"""How to write any Document down."""
TEMPLATED = frozenset({".docx"})
"""Formats that a template can change."""


def _paper(name: str, write: Writer) -> Renderer:
    def render(a: Assessment, language: Language, template: Path | None) -> bytes:
        if name == "filed":
            refuse_open(a)
        return write(written(a, language, name), a.made, template)

    return render


FORMATS: dict[str, Renderer] = {
    ".html": _html,  # both languages inside, this one first
    ".xlsx": _excel,  # with live formulas
    **{suffix: _paper("report", write) for suffix, write in WRITERS.items()},
}
"""What the whole report is written as."""


def renderer(output: Path, template: Path | None = None, paper: str = "report") -> Renderer:
    """How to write a paper to a file of this name.

    Raises InputError where there is no such paper, where its suffix is of no format it is written in, or where a
    template is given to a format without. What is given back raises it for the report for filing while a
    difference is open.
    """
    if paper == "report":
        return FORMATS[_known(output, template, FORMATS)]
    if paper not in PAPERS:
        params: dict[str, str | int] = {"paper": paper[:100], "known": ", ".join(PAPERS)}
        raise InputError(Message(id="cli.unknown_paper", params={**params}))
    return _paper(paper, writer(output, template))


def writer(output: Path, template: Path | None = None) -> Writer:
    """How to write any Document to a file of this name. Raises InputError as `renderer` does."""
    return WRITERS[_known(output, template, WRITERS)]


def _known(output: Path, template: Path | None, formats: Iterable[str]) -> str:
    suffix = output.suffix.lower()
    if suffix not in formats:
        raise InputError(Message(id="cli.unknown_format", params={"known": ", ".join(formats)}), str(output))
    if template is not None and suffix not in TEMPLATED:
        raise InputError(
            Message(id="cli.no_template", params={"known": ", ".join(sorted(TEMPLATED))}), str(output)
        )
    return suffix
