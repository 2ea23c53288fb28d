"""The report as it is filed: of the differences only those that were settled with the plant's reply."""

from assessor.domain import Assessment, Message
from assessor.errors import InputError
from assessor.report.chapters.body import chapters
from assessor.report.chapters.cover import covered
from assessor.report.document import Document
from assessor.report.pen import Pen


def document(a: Assessment, pen: Pen) -> Document:
    """Without open differences, and without the estimate, which is not to be filed."""
    return covered(a, pen, "filed", tuple(chapters(a, pen, filed=True)))


def refuse_open(a: Assessment) -> None:
    """Levels and scores tell of a difference as clearly as its own words: none is filed before it is settled.

    Raises InputError while any difference is open.
    """
    if count := sum(not finding.settled for finding in a.findings):
        raise InputError(Message(id="filing.report_open", params={"n": count}))
