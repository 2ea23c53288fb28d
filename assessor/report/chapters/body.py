"""The order of the chapters."""

from collections.abc import Iterator

from assessor.domain import Assessment
from assessor.report.chapters.comparison import comparison
from assessor.report.chapters.differences import settled
from assessor.report.chapters.elsewhere import elsewhere
from assessor.report.chapters.equipment import each, equipment
from assessor.report.chapters.level import level
from assessor.report.chapters.measures import measures
from assessor.report.chapters.met import met
from assessor.report.chapters.plan import measures_of_plan
from assessor.report.chapters.sources import left, sources
from assessor.report.chapters.summary import summary
from assessor.report.chapters.sums import arithmetic
from assessor.report.chapters.unknown import unknown
from assessor.report.document import Block, PageBreak
from assessor.report.pen import Pen
from assessor.report.sections import applies


def chapters(a: Assessment, pen: Pen, *, filed: bool) -> Iterator[Block]:
    """What to know, then what to do, then what it rests on. `filed`: with settled differences alone."""
    yield from summary(a, pen, filed=filed)
    yield from level(a, pen, filed=filed)
    yield from comparison(a, pen, filed=filed)
    if applies("differences", a):
        yield from settled(a, pen, filed=filed)
    if applies("machines", a):
        yield from equipment(a, pen)
    if applies("measured", a):
        yield from measures(a, pen)
    yield PageBreak()
    yield from measures_of_plan(a, pen)
    yield PageBreak()
    yield from elsewhere(a, pen)
    yield from arithmetic(a, pen, filed=filed)
    yield from unknown(a, pen, filed=filed)
    if applies("machines", a):
        yield from each(a, pen)
    if applies("contacts", a):
        yield from met(a, pen)
    if applies("left", a):
        yield from left(a, pen)
    yield from sources(a, pen)
