"""Texts of the documents that are handed over: sentences whose figures stay marked inside."""

import re
from typing import Any

from assessor.domain import Assessment
from assessor.report.document import Line, Paragraph, Run
from assessor.report.pen import Pen

HOLE = 0xE000
"""The first of the private letters that stand for a run while a sentence is written."""


def worded(pen: Pen, name: str, /, **params: Any) -> Line:
    """A text of the documents with runs in its gaps, each kept as it is."""
    return filled(pen, f"paper.{name}", **params)


def filled(pen: Pen, id_: str, /, **params: Any) -> Line:
    """Any text of the catalogue as a line; a parameter that is a run stays one."""
    area, _, name = id_.partition(".")
    runs = {key: value for key, value in params.items() if isinstance(value, Run)}
    holes = {chr(HOLE + i): run for i, run in enumerate(runs.values())}
    text = pen.words(area, name, **(params | dict(zip(runs, holes, strict=True))))
    parts = re.split(f"([{chr(HOLE)}-{chr(HOLE + 255)}])", text)
    return tuple(holes.get(part) or Run(part) for part in parts if part)


def simulated(words: str, pen: Pen, *assessments: Assessment) -> str:
    """What stands under a title, saying so where the plant is a simulated one."""
    return " · ".join([words, *([pen.t("simulated")] if any(a.plant.simulated for a in assessments) else [])])


def body(*parts: str | Run | Line) -> Paragraph:
    """A paragraph of running text."""
    return Paragraph(_joined(parts))


def note(*parts: str | Run | Line) -> Paragraph:
    """A paragraph in small letters: how to read what stands above it."""
    return Paragraph(_joined(parts), "note")


def warning(*parts: str | Run | Line) -> Paragraph:
    """A paragraph that must not be overlooked."""
    return Paragraph(_joined(parts), "warning")


def lead(*parts: str | Run | Line) -> Paragraph:
    """The paragraph that a chapter begins with."""
    return Paragraph(_joined(parts), "lead")


def _joined(parts: tuple[str | Run | Line, ...]) -> Line:
    runs: list[Run] = []
    for part in parts:
        runs += part if isinstance(part, tuple) else (Run(part) if isinstance(part, str) else part,)
    return tuple(runs)


def together(pen: Pen, *texts: str) -> str:
    """Sentences after one another; Chinese ones need no space between them."""
    return (" " if pen.language == "en" else "").join(filter(None, texts))


def listed(pen: Pen, names: list[str], more: int = 0) -> str:
    """Names after one another as the language separates them."""
    text = ("、" if pen.language == "zh" else ", ").join(names)
    return f"{text} {pen.t('more', n=more)}" if more else text


def shortened(text: str, most: int) -> str:
    """A text where there is room for so many letters."""
    return text if len(text) <= most else text[: most - 1] + "…"
