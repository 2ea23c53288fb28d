"""The documents that are handed over: one module each, found by walking this package.

A module says `document(a, pen) -> Document`, from the Assessment and the pen alone. Its name is the document's.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from assessor.domain import Assessment
from assessor.messages import Language
from assessor.report.document import Document
from assessor.report.pen import Pen

PAPERS: dict[str, Callable[[Assessment, Pen], Document]] = {
    found.name: module.document
    for found in iter_modules(__path__)
    if hasattr(module := import_module(f"{__name__}.{found.name}"), "document")
}
"""Documents of one Assessment, by name."""


def written(a: Assessment, language: Language, name: str = "report") -> Document:
    """One document in one language."""
    return PAPERS[name](a, Pen.of(a, language))


__all__ = ["PAPERS", "written"]
