"""What was measured, with interval, count and conditions; and how each figure came about."""

from collections.abc import Iterator

from assessor.domain import Assessment, Condition, State
from assessor.report.document import Block, Heading, Line, Run, Table, group, row
from assessor.report.measured import Figure, figures
from assessor.report.pen import Pen
from assessor.report.wording import lead, note, paper


def measures(a: Assessment, pen: Pen) -> Iterator[Block]:
    """One table of figures, one of what has none, one of how each is taken."""
    areas = figures(a, pen)
    yield Heading(1, pen.t("section.measured"), "measured")
    yield lead(pen.t("lead.measured"))
    yield _table(areas, pen)
    yield note(paper(pen, "measured.key"))
    if nothing := [(area, f) for area, of in areas for f in of if f.m.state is not State.MEASURED]:
        yield Heading(2, paper(pen, "measured.without"), "measured-without")
        yield Table(
            paper(pen, "measured.without"),
            (paper(pen, "measured.indicator"), paper(pen, "measured.state"), paper(pen, "why")),
            tuple(row(f.name, f.state, pen.say(f.m.why)) for _, f in nothing),
            (0.3, 0.14, 0.56),
        )
    yield Heading(2, pen.t("measured.how"), "measured-how")
    yield _how(areas, pen)


def _table(areas: list[tuple[str, list[Figure]]], pen: Pen) -> Table:
    head = tuple(
        paper(pen, f"measured.{x}") for x in ("indicator", "value", "interval", "count", "selection", "conditions")
    )
    rows: list[tuple[Line, ...]] = []
    for area, of in areas:
        made = [f for f in of if f.m.state is State.MEASURED]
        if made:
            rows.append(group(area, len(head)))
        for f in made:
            value = Run(
                f.value or paper(pen, "measured.bounds"), strong=bool(f.value), mark=f"measured.{f.m.indicator}"
            )
            selection = f"{f.selection}{paper(pen, 'semicolon')}{f.rests_on}" if f.rests_on else f.selection
            held = _conditions(f.m.conditions, pen)
            rows.append(row(f.name, value, f.interval, f"{f.m.count} / {f.m.total}", selection, held))
    return Table(
        paper(pen, "measured.table"), head, tuple(rows), (0.24, 0.1, 0.14, 0.1, 0.19, 0.23), frozenset({1, 2, 3})
    )


def _conditions(of: tuple[Condition, ...], pen: Pen) -> str:
    """Those that fail in full; of the others only how many hold."""
    failed = [
        paper(
            pen,
            "measured.failed",
            name=pen.t(f"condition.{c.id}"),
            needed=pen.say(c.needed),
            found=pen.say(c.found),
        )
        for c in of
        if not c.holds
    ]
    if failed:
        return paper(pen, "semicolon").join(failed)
    return paper(pen, "measured.all_hold", n=len(of)) if of else paper(pen, "measured.no_conditions")


def _how(areas: list[tuple[str, list[Figure]]], pen: Pen) -> Table:
    rows = [
        row(f.name, pen.say(f.m.method), f.rule, f.blind)
        for _, of in areas
        for f in of
        if f.m.state is State.MEASURED
    ]
    head = (
        paper(pen, "measured.indicator"),
        paper(pen, "measured.method"),
        pen.t("measured.rule"),
        paper(pen, "measured.blind"),
    )
    return Table(pen.t("measured.how"), head, tuple(rows), (0.18, 0.3, 0.26, 0.26))
