"""The same answers by every other framework."""

from collections.abc import Iterator

from assessor.domain import Assessment
from assessor.report.document import Block, Bullets, Heading, Run, Table, line, row
from assessor.report.frameworks import Line as Figure
from assessor.report.frameworks import Standing, standings
from assessor.report.pen import Pen
from assessor.report.wording import body, lead, note

INDENT = "\u2003"
"""One em, for each level of a tree."""


def elsewhere(a: Assessment, pen: Pen) -> Iterator[Block]:
    """An overview, then each framework with what it rests on."""
    found = standings(a, pen)
    yield Heading(1, pen.t("section.frameworks"), "frameworks")
    yield lead(pen.t("lead.frameworks"))
    if not found:
        yield body(pen.t("frameworks.none"))
        return
    yield _overview(found, pen)
    yield note(pen.t("frameworks.workbook"))
    for one in found:
        yield from _framework(one, pen)


def _overview(found: list[Standing], pen: Pen) -> Table:
    head = tuple(
        pen.t(x)
        for x in (
            "frameworks.framework",
            "level.declared",
            "level.verified",
            "frameworks.target",
            "frameworks.answered",
            "standing",
        )
    )
    rows = []
    for s in found:
        if s.levels:
            said = Run(s.levels["declared"], mark=f"framework.{s.rated.head.id}.declared")
            seen = Run(s.levels["verified"], strong=True, mark=f"framework.{s.rated.head.id}.verified")
            cells: tuple[Run | str, ...] = (said, seen, s.levels["target"] or pen.paper("five.none"))
        else:
            cells = (
                pen.t("frameworks.no_levels", n=len(s.figures)),
                pen.paper("five.none"),
                pen.paper("five.none"),
            )
        status = pen.t(f"status.{s.rated.head.status.value}")
        rows.append(row(pen.say(s.rated.head.title), *cells, pen.percent(s.verified.coverage), status))
    table = Table(
        pen.paper("frameworks.table"), head, tuple(rows), (0.32, 0.17, 0.17, 0.14, 0.1, 0.1), frozenset({4})
    )
    return table if pen.heard else table.without(2)


def _framework(s: Standing, pen: Pen) -> Iterator[Block]:
    head = s.rated.head
    version = pen.t("frameworks.version", version=head.version, date=head.date)
    yield Heading(2, pen.say(head.title), f"framework-{head.id}")
    told = [
        row(
            pen.t("frameworks.source"),
            pen.paper("semicolon").join((version, pen.say(head.source))),
        ),
        row(
            pen.t("frameworks.answered"),
            pen.t("frameworks.coverage", answered=pen.percent(s.verified.coverage), covered=s.covered),
        ),
        row(pen.t("frameworks.loses"), pen.say(head.loses)),
        row(pen.t("frameworks.disclaimer"), pen.say(head.disclaimer)),
    ]
    if s.variants:
        told.insert(0, row(pen.paper("frameworks.readings"), s.variants))
    if s.verified.score is not None and s.verified.score_high is not None:
        name = pen.say(s.verified.score_name) if s.verified.score_name else pen.t("level.score_")
        told.insert(0, row(name, Run(pen.between(s.verified.score, s.verified.score_high), strong=True)))
    yield Table(pen.paper("frameworks.one"), (pen.paper("item"), pen.paper("told")), tuple(told), (0.2, 0.8))
    for name, lines in s.gates:
        yield body(Run(name, strong=True))
        yield Bullets(tuple(line(x.name, *([Run(f" {x.note}", weak=True)] if x.note else [])) for x in lines))
    if s.figures:
        yield _lines(s.figures, pen.paper("frameworks.figures"), pen)


def _lines(lines: list[Figure], caption: str, pen: Pen) -> Table:
    head = (pen.t("frameworks.line"), pen.t("level.declared"), pen.t("level.verified"), pen.t("standing"))
    rows = []
    for x in lines:
        name = f"{INDENT * (x.depth - 1)}{x.name}"
        told = line(name, *([Run(f" {x.note}", weak=True)] if x.note else []))
        rows.append(row(told, x.declared, Run(x.verified, strong=x.moved), x.standing))
    table = Table(caption, head, tuple(rows), (0.5, 0.19, 0.19, 0.12), frozenset({1, 2}))
    return table if pen.heard else table.without(2)
