"""The whole report, for the plant and whoever advises it; open differences stand in an internal annex."""

from assessor.domain import Assessment
from assessor.report.chapters.body import chapters
from assessor.report.chapters.cover import covered
from assessor.report.chapters.differences import open_ones
from assessor.report.document import Document, PageBreak
from assessor.report.pen import Pen
from assessor.report.sections import applies


def document(a: Assessment, pen: Pen) -> Document:
    """Every chapter, the annex last where there is anything to compare."""
    annex = (PageBreak(), *open_ones(a, pen)) if applies("differences", a) else ()
    return covered(a, pen, "report", (*chapters(a, pen, filed=False), *annex))
