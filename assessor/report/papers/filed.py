"""The report as it is filed: of the differences only those that were settled with the plant's reply."""

from assessor.domain import Assessment
from assessor.report.chapters.body import chapters
from assessor.report.chapters.cover import covered
from assessor.report.document import Document
from assessor.report.pen import Pen


def document(a: Assessment, pen: Pen) -> Document:
    """Without open differences, and without the estimate, which is not to be filed."""
    return covered(a, pen, "filed", tuple(chapters(a, pen, filed=True)))
