"""WRITE a report in the format its file's name asks for: one table, one line a format."""

from collections.abc import Callable
from pathlib import Path

from assessor.domain import Assessment, Message
from assessor.errors import InputError
from assessor.messages import Language
from assessor.report import render_html
from assessor.report.papers import written

Renderer = Callable[[Assessment, Language, Path | None], bytes]
"""An Assessment in one language; the path is a template of the consultancy's own, or None."""


def _html(assessment: Assessment, language: Language, _: Path | None) -> bytes:
    return render_html(assessment, language=language).encode()


def _excel(assessment: Assessment, language: Language, _: Path | None) -> bytes:
    from assessor.report.excel import render_excel  # noqa: PLC0415 - slow to load, and most runs write none

    return render_excel(assessment, language)


def _word(assessment: Assessment, language: Language, template: Path | None) -> bytes:
    from assessor.report.word import render_word  # noqa: PLC0415 - other commands need neither docx nor typst

    return render_word(written(assessment, language), assessment.made, template)


FORMATS: dict[str, Renderer] = {
    ".html": _html,  # both languages inside, this one first
    ".docx": _word,
    ".xlsx": _excel,  # with live formulas
}
TEMPLATED = frozenset({".docx"})
"""Formats that a template can change."""


def renderer(output: Path, template: Path | None = None) -> Renderer:
    """How to write a file of this name.

    Raises InputError where its suffix is of no format we write, or where a template is given to a format without.
    """
    suffix = output.suffix.lower()
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise InputError(Message(id="cli.unknown_format", params={"known": known}), str(output))
    if template is not None and suffix not in TEMPLATED:
        known = ", ".join(sorted(TEMPLATED)) or "-"
        raise InputError(Message(id="cli.no_template", params={"known": known}), str(output))
    return FORMATS[suffix]
