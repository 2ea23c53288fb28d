"""RENDER an Assessment as one file that opens anywhere: both languages inside, nothing loaded from outside.

A report says nothing that the Assessment does not hold. What it adds is order, words and pictures.
"""

import base64
import hashlib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from assessor.domain import Assessment
from assessor.messages import LANGUAGES, Language
from assessor.report.inert import inert
from assessor.report.pen import Pen
from assessor.report.sections import SECTIONS, sections_of
from assessor.report.view import view


def render_html(assessment: Assessment, *, language: Language = "zh", filed: bool = False) -> str:
    """Write the whole report as one HTML document that shows `language` first; `filed`: without the estimate."""
    script = _file("report.js")
    return (
        _pages()
        .get_template("report.html.j2")
        .render(
            language=language,
            editions=[_edition(assessment, one, filed) for one in sorted(LANGUAGES, key=lambda o: o != language)],
            style=_file("report.css"),
            script=script,
            script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _edition(assessment: Assessment, language: Language, filed: bool) -> dict[str, object]:
    pen = Pen.of(assessment, language)
    shown = view(assessment, pen)
    if filed:
        shown = replace(shown, third=None)
    return {"a": assessment, "pen": pen, "t": pen.t, "v": shown, "sections": sections_of(assessment)}


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("assessor.report"),
        autoescape=True,
        finalize=inert,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _file(name: str) -> str:
    return files(__name__).joinpath("templates", name).read_text("utf-8").strip()


__all__ = ["SECTIONS", "render_html", "sections_of"]
