"""What a reader takes away who reads one page."""

from collections.abc import Iterator

from assessor.domain import Assessment, Rating
from assessor.report.document import Block, Bullets, Heading, Line, Run, Table, line, row
from assessor.report.machines import machines
from assessor.report.pen import Pen
from assessor.report.plan import plan
from assessor.report.view import level_name
from assessor.report.wording import lead, note, warning, worded


def summary(a: Assessment, pen: Pen, *, filed: bool) -> Iterator[Block]:
    """Levels, how sure they are, how far machines testify, what to do. `filed`: without open differences."""
    declared, verified = a.rating("declared"), a.rating("verified")
    yield Heading(1, pen.paper("summary.title"), "summary")
    yield lead(
        worded(
            pen,
            "summary.lead",
            verified=grade(verified),
            declared=grade(declared),
        )
    )
    if a.source is None:
        yield warning(pen.t("alone.text"))
    elif a.source.truncated:
        yield warning(pen.t("open.truncated"))
    if a.as_of:
        yield warning(pen.t("as_of", day=pen.date(a.as_of)))
    yield levels(a, pen)
    yield Bullets(tuple(_points(a, pen, filed)))
    yield note(pen.paper("summary.key"))


def grade(rating: Rating) -> Run:
    """A level in words, marked."""
    return Run(str(rating.level), strong=True, mark=f"level.{rating.column}")


def score(rating: Rating, pen: Pen) -> Run:
    """A score with its upper bound, marked."""
    return Run(pen.between(rating.score, rating.score_high), mark=f"score.{rating.column}")


def levels(a: Assessment, pen: Pen) -> Table:
    """Both columns side by side."""
    head = ("", pen.t("level_"), pen.paper("level.name"), pen.paper("level.score"), pen.t("level.coverage"))
    rows = []
    for rating in (a.rating("verified"), a.rating("declared")) if a.heard else (a.rating("declared"),):
        high = f"–{rating.level_high}" if rating.level_high != rating.level else ""
        rows.append(
            row(
                Run(pen.t(f"level.{rating.column}"), strong=True),
                (grade(rating), *line(high)) if high else (grade(rating),),
                level_name(a, rating.level, pen),
                (score(rating, pen),),
                (Run(pen.percent(rating.coverage), mark=f"coverage.{rating.column}"),),
            )
        )
    return Table(pen.paper("summary.levels"), head, tuple(rows), (0.2, 0.14, 0.26, 0.24, 0.16), frozenset({3, 4}))


def _points(a: Assessment, pen: Pen, filed: bool) -> Iterator[Line]:
    low, high = a.level_spread
    held = "level.holds" if low == high else "level.holds_not"
    yield line(pen.t(held, n=len(a.framework.weight_sets), low=low, high=high))
    formal = a.rating("verified").level
    chance = next((c.share for c in a.chances if c.level == formal), None)
    if chance is not None:
        yield line(pen.paper("summary.chance", share=pen.tenths(chance), level=formal))
    of = len(a.framework.dimensions)
    yield line(pen.t("cover.modesty", of=of, testable=a.testable, tested=a.tested))
    if a.heard:
        yield from _seen(a, pen, filed)
    made = plan(a, pen)
    if made is None or not made.roadmap.choices:
        yield line(pen.t("plan.none" if made is None else "plan.nothing"))
    else:
        told = {"n": len(made.roadmap.choices), "cost": made.cost_mid, "level": made.roadmap.level_after}
        yield line(pen.paper("summary.plan", budget=made.roadmap.budget, **told))


def _seen(a: Assessment, pen: Pen, filed: bool) -> Iterator[Line]:
    """What machines showed, and what differs from it."""
    seen = machines(a, pen)
    counts = {
        mark: count.met for mark, count in zip(("readable", "connectable", "networked"), seen.counts, strict=True)
    }
    yield line(pen.paper("summary.machines", total=seen.total, untested=seen.untested, **counts))
    settled = sum(f.settled for f in a.findings)
    if filed:
        yield line(pen.paper("summary.differences_filed", settled=settled))
    else:
        yield line(pen.paper("summary.differences", settled=settled, open=len(a.findings) - settled))
