"""The internal annex on its own: open differences, for the plant and the assessor to settle."""

from assessor.domain import Assessment
from assessor.report.chapters.cover import covered
from assessor.report.chapters.differences import open_ones
from assessor.report.document import Document
from assessor.report.pen import Pen


def document(a: Assessment, pen: Pen) -> Document:
    """What is still to be clarified; never filed."""
    return covered(a, pen, "annex", tuple(open_ones(a, pen)))
