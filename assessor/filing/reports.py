"""Reports that lie beside an assessment: which are filed, each as this assessment says it and no other way."""

from collections.abc import Iterator
from pathlib import Path

from assessor.documents import read_bounded
from assessor.domain import Assessment, Message, Text
from assessor.errors import InputError
from assessor.filing.attachments import LARGEST
from assessor.filing.layout import REPORT_SUFFIXES, REPORTS, inside
from assessor.messages import Language, render
from assessor.report import checking, render_html
from assessor.report.papers import written

FILEABLE = frozenset({"filed", "summary", "record"})
"""Papers without the estimate and without the internal annex."""
AS_TEXT = frozenset({".docx", ".pdf"})
Report = tuple[str, bytes] | Message
"""Its name in the pack and its bytes, or why it stays out."""


def beside(folder: Path, a: Assessment, language: Language) -> Iterator[Report]:
    """Every report of the folder: web page and workbook written anew, papers that people edit compared."""
    taken: list[str] = []
    for file in sorted(folder.iterdir()):
        suffix = file.suffix.lower()
        if suffix not in REPORT_SUFFIXES or not file.is_file() or file.name.startswith((".", "~$")):
            continue
        if suffix in AS_TEXT:
            data = read_bounded(file, LARGEST)
            if why := fault(data, file.name, a):
                yield why
                continue
        else:
            data = _anew(suffix, a, language)
        taken.append(inside(file.name, taken))
        yield f"{REPORTS}/{taken[-1]}", data


def fault(data: bytes, name: str, a: Assessment) -> Message | None:
    """Why a paper is not filed: another assessment's, not for filing, or with figures that are not this one's."""
    try:
        paper = checking.read(data, name)
    except InputError as problem:
        said = Text(zh=render(problem.message, "zh"), en=render(problem.message, "en"))
        return _left("unread", name, why=said)
    token = paper.token
    if token is None:
        return _left("silent", name)
    if token.digest != a.digest:
        return _left("other", name)
    if token.paper not in FILEABLE:
        return _left("internal", name, paper=token.paper[:64])
    levels = [render(level.name, token.language) for level in a.framework.levels]
    found = checking.check(paper, written(a, token.language, token.paper), levels)
    bad = [edit for edit in found.edits if edit.fails]
    return _left("edited", name, n=len(bad), place=bad[0].place[:200]) if bad else None


def _left(fault_id: str, name: str, **params: str | int | Text) -> Message:
    return Message(id=f"filing.report_{fault_id}", params={"name": name, **params})


def _anew(suffix: str, a: Assessment, language: Language) -> bytes:
    if suffix == ".html":
        return render_html(a, language=language, filed=True).encode()
    from assessor.report.excel import render_excel  # noqa: PLC0415 - slow to load, and most packs hold none

    return render_excel(a, language)
