"""Declared beside verified: the radar, the way from one score to the other, every sub-domain."""

from collections.abc import Iterator
from itertools import groupby

from assessor.domain import Assessment
from assessor.report import charts, pictures
from assessor.report.document import Block, Heading, Picture, Run, Table, group, row
from assessor.report.pen import Pen
from assessor.report.view import Reach, reaches_of, told_of
from assessor.report.waterfall import fall
from assessor.report.wording import body, lead, note


def comparison(a: Assessment, pen: Pen, *, filed: bool) -> Iterator[Block]:
    """Sub-domain by sub-domain. The estimate is never filed."""
    reaches, axes = reaches_of(a, pen)
    yield Heading(1, pen.t("section.picture"), "picture")
    yield lead(pen.t("lead.picture"))
    title = pen.t("picture.title")
    told = told_of(reaches, pen)
    yield Picture(pictures.standalone(charts.radar(axes, title, told)), title, told)
    yield note(pen.paper("picture.radar_key"))
    if a.heard:
        yield from _way(a, pen)
    yield Heading(2, pen.t("picture.list"), "picture-list")
    yield _table(a, reaches, pen, filed)
    yield note(pen.paper("picture.key"))


def _way(a: Assessment, pen: Pen) -> Iterator[Block]:
    """From the declared score to the verified one."""
    yield Heading(2, pen.paper("waterfall.title"), "picture-waterfall")
    yield body(pen.paper("waterfall.text"))
    drawn, steps = fall(a, pen)
    yield Picture(pictures.standalone(drawn), pen.paper("waterfall.title"), steps)
    yield note(pen.paper("waterfall.key"))


def _table(a: Assessment, reaches: list[Reach], pen: Pen, filed: bool) -> Table:
    estimated = a.estimate is not None and a.heard and not filed
    ids = {reach.code: d.id for reach, d in zip(reaches, a.framework.dimensions, strict=True)}
    head = [pen.t("subdomain"), pen.t("level.declared"), pen.t("level.verified")]
    head += [pen.t("estimate.column")] if estimated else []
    rows = []
    for element, of in groupby(sorted(reaches, key=lambda r: r.order), key=lambda r: r.element):
        rows.append(group(element, len(head)))
        for r in of:
            said = Run(r.declared, mark=f"declared.{ids[r.code]}")
            seen = Run(r.verified, strong=True, mark=f"score.{ids[r.code]}")
            rows.append(
                row(f"{r.code} {r.name}", said, seen, *([Run(r.estimate, weak=True)] if estimated else []))
            )
    widths = (0.46, 0.18, 0.18, 0.18) if estimated else (0.56, 0.22, 0.22)
    table = Table(pen.paper("picture.table"), tuple(head), tuple(rows), widths, frozenset(range(1, len(head))))
    return table if a.heard else table.without(2)
