"""How each score came about: totals, levels, sub-domains, and the requirements of the level to reach next."""

from collections.abc import Iterator

from assessor.domain import Assessment
from assessor.report.chapters.summary import score
from assessor.report.document import Block, Heading, Line, Run, Table, group, row
from assessor.report.pen import Pen
from assessor.report.sums import LevelSum, sums
from assessor.report.wording import body, lead, note


def arithmetic(a: Assessment, pen: Pen, *, filed: bool) -> Iterator[Block]:
    """Down to the cells; where it is not filed, to the requirements of one level, open differences among them."""
    found = sums(a, pen)
    yield Heading(1, pen.t("section.sums"), "sums")
    yield lead(pen.t("lead.sums"))
    yield body(pen.t("sums.law", at=a.framework.satisfied_at))
    yield _levels(a, found, pen)
    yield Heading(2, pen.paper("sums.cells"), "sums-cells")
    yield _cells(found, pen)
    ahead = next((s for s in found if s.next), None)
    if ahead is not None and not filed:
        yield Heading(2, pen.paper("sums.next", level=ahead.name), "sums-next")
        yield _requirements(ahead, pen)
    yield note(pen.paper("sums.key"))


def _levels(a: Assessment, found: list[LevelSum], pen: Pen) -> Table:
    declared, verified = a.rating("declared"), a.rating("verified")
    head = tuple(
        pen.paper(f"sums.{x}")
        for x in ("level", "declared", "verified", "counts_declared", "counts_verified", "satisfied")
    )
    rows = [
        row(
            s.name,
            s.a_declared,
            s.a_verified,
            pen.score(s.declared.counted),
            pen.score(s.verified.counted),
            pen.t("sums.yes" if s.verified.satisfied else "sums.no"),
        )
        for s in found
    ]
    totals = ((score(rating, pen),) for rating in (declared, verified))
    rows.append(row(Run(pen.t("sums.total"), strong=True), "", "", *totals, ""))
    table = Table(
        pen.paper("sums.table"), head, tuple(rows), (0.2, 0.16, 0.17, 0.16, 0.16, 0.15), frozenset({1, 2, 3, 4})
    )
    return table if a.heard else table.without(2, 4)


def _cells(found: list[LevelSum], pen: Pen) -> Table:
    head = (pen.t("subdomain"), *(pen.paper(f"sums.{x}") for x in ("weight", "c_declared", "c_verified", "adds")))
    rows: list[tuple[Line, ...]] = []
    for s in found:
        both = pen.t("sums.summary", declared=s.a_declared, verified=s.a_verified)
        rows.append(group(f"{s.name}{pen.paper('colon')}{both}", 5))
        for c in s.cells:
            empty = not c.lines
            adds = pen.t("sums.asks_nothing") if empty else c.adds
            rows.append(
                row(
                    f"{c.code} {c.name}",
                    c.weight,
                    c.declared,
                    Run(c.verified, strong=c.declared != c.verified),
                    adds,
                )
            )
    table = Table(
        pen.paper("sums.cells"), head, tuple(rows), (0.4, 0.12, 0.15, 0.15, 0.18), frozenset({1, 2, 3, 4})
    )
    return table if pen.heard else table.without(3)


def _requirements(s: LevelSum, pen: Pen) -> Table:
    head = (pen.t("sums.requirement"), pen.t("level.declared"), pen.t("level.verified"), pen.t("sums.from"))
    rows: list[tuple[Line, ...]] = []
    for c in s.cells:
        if c.lines or c.dropped:
            rows.append(
                group(f"{c.code} {c.name}{pen.paper('colon')}{pen.t('sums.weight', w=c.weight, adds=c.adds)}", 4)
            )
        rows += [row(x.text, x.declared, Run(x.verified, strong=x.moved), x.source) for x in c.lines]
        rows += [row(text, "", pen.t("outcome.not_applicable"), "") for text in c.dropped]
    table = Table(pen.paper("sums.requirements"), head, tuple(rows), (0.58, 0.13, 0.13, 0.16), frozenset({1, 2}))
    return table if pen.heard else table.without(2)
