"""The level and how sure it is: weights, chances, and the estimate that is no rating."""

from collections.abc import Iterator
from fractions import Fraction

from assessor.domain import Assessment
from assessor.report.chapters.summary import grade, score
from assessor.report.document import Block, Heading, Run, Table, row
from assessor.report.estimate import third
from assessor.report.pen import Pen
from assessor.report.view import weighed
from assessor.report.wording import body, lead, note


def level(a: Assessment, pen: Pen, *, filed: bool) -> Iterator[Block]:
    """Under every set of weights, and with what probability. The estimate is never filed."""
    yield Heading(1, pen.t("section.level"), "level")
    yield lead(pen.t("lead.level"))
    verified = a.rating("verified")
    if verified.level != verified.level_high:
        yield body(pen.t("level.bounds", low=verified.level, high=verified.level_high))
    yield Heading(2, pen.t("level.weights"), "level-weights")
    yield _weights(a, pen)
    yield Heading(2, pen.t("level.chance"), "level-chance")
    yield _chances(a, pen)
    yield note(pen.t("level.chance_key"))
    if not filed:
        yield from _estimate(a, pen)
    yield Heading(2, pen.t("level.meaning"), "level-meaning")
    yield Table(
        pen.paper("level.meanings"),
        (pen.t("level_"), pen.paper("level.from"), pen.paper("level.meaning")),
        tuple(
            row(Run(pen.say(x.name), strong=x.number == verified.level), pen.number(x.from_), pen.say(x.text))
            for x in a.framework.levels
        ),
        (0.2, 0.12, 0.68),
    )


def _weights(a: Assessment, pen: Pen) -> Table:
    head = (
        pen.t("level.weight_set"),
        pen.t("standing"),
        pen.t("level.declared"),
        pen.t("level.verified"),
        pen.t("level.score_"),
    )
    rows = []
    for w in weighed(a):
        name = pen.say(w.set.name) + (f" · {pen.t('level.default')}" if w.default else "")
        said = grade(w.declared) if w.default else str(w.declared.level)
        seen = grade(w.verified) if w.default else str(w.verified.level)
        number = score(w.verified, pen) if w.default else pen.between(w.verified.score, w.verified.score_high)
        rows.append(row(name, pen.t(f"status.{w.set.status.value}"), said, seen, number))
    table = Table(
        pen.paper("level.by_weights"), head, tuple(rows), (0.44, 0.12, 0.12, 0.12, 0.2), frozenset({2, 3, 4})
    )
    return table if a.heard else table.without(3)


def _chances(a: Assessment, pen: Pen) -> Table:
    shares, formal = {c.level: c.share for c in a.chances}, a.rating("verified").level
    rows = [
        row(
            Run(pen.say(x.name), strong=x.number == formal),
            Run(pen.tenths(shares.get(x.number, Fraction(0))), strong=x.number == formal),
        )
        for x in sorted(a.framework.levels, key=lambda x: -x.number)
    ]
    return Table(
        pen.t("level.chance"),
        (pen.t("level_"), pen.paper("level.share")),
        tuple(rows),
        (0.7, 0.3),
        frozenset({1}),
    )


def _estimate(a: Assessment, pen: Pen) -> Iterator[Block]:
    if (found := third(a, pen)) is None:
        return
    yield Heading(2, pen.t("estimate.title"), "level-estimate")
    yield body(found.lead)
    told = pen.t("estimate.result", level=found.level, grade=found.name, score=found.score)
    yield body(Run(told, strong=True), " " if pen.language == "en" else "", found.band)
    yield note(pen.t("estimate.note"))
    if found.rows:
        head = (
            "subdomain",
            "level.declared",
            "estimate.difference",
            "estimate.weight",
            "estimate.corrected",
            "estimate.column",
        )
        yield Table(
            pen.t("estimate.how"),
            tuple(pen.t(name) for name in head),
            tuple(
                row(f"{r.code} {r.name}", r.said, r.difference, r.weight, r.corrected, r.score) for r in found.rows
            ),
            (0.36, 0.12, 0.14, 0.12, 0.13, 0.13),
            frozenset(range(1, 6)),
        )
        yield note(pen.t("estimate.others", n=found.others))
