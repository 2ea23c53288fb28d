"""What was measured, with interval, count and conditions; and how each figure came about."""

from collections.abc import Iterator

from assessor.domain import Assessment, Condition, State
from assessor.report.document import Block, Bullets, Heading, Line, Run, Table, group, line, row
from assessor.report.measured import Figure, figures
from assessor.report.pen import Pen
from assessor.report.wording import body, lead, note


def measures(a: Assessment, pen: Pen) -> Iterator[Block]:
    """One table of figures, one of what has none, one of how each is taken."""
    areas = figures(a, pen)
    yield Heading(1, pen.t("section.measured"), "measured")
    yield lead(pen.t("lead.measured"))
    yield _table(areas, pen)
    yield note(pen.paper("measured.key"))
    if nothing := [(area, f) for area, of in areas for f in of if f.m.state is not State.MEASURED]:
        yield Heading(2, pen.paper("measured.without"), "measured-without")
        yield Table(
            pen.paper("measured.without"),
            (pen.paper("measured.indicator"), pen.paper("measured.state"), pen.paper("why")),
            tuple(row(f.name, f.state, pen.say(f.m.why)) for _, f in nothing),
            (0.3, 0.16, 0.54),
        )
    yield Heading(2, pen.t("measured.how"), "measured-how")
    yield from _how(areas, pen)


def _table(areas: list[tuple[str, list[Figure]]], pen: Pen) -> Table:
    head = tuple(
        pen.paper(f"measured.{x}") for x in ("indicator", "value", "interval", "count", "selection", "conditions")
    )
    rows: list[tuple[Line, ...]] = []
    for area, of in areas:
        made = [f for f in of if f.m.state is State.MEASURED]
        if made:
            rows.append(group(area, len(head)))
        for f in made:
            value = Run(f.value or pen.paper("five.none"), strong=bool(f.value), mark=f"measured.{f.m.indicator}")
            selection = f"{f.selection}{pen.paper('semicolon')}{f.rests_on}" if f.rests_on else f.selection
            held = _conditions(f.m.conditions, pen)
            rows.append(row(f.name, value, f.interval, f"{f.m.count} / {f.m.total}", selection, held))
    return Table(
        pen.paper("measured.table"), head, tuple(rows), (0.27, 0.09, 0.14, 0.11, 0.24, 0.15), frozenset({1, 2, 3})
    )


def _conditions(of: tuple[Condition, ...], pen: Pen) -> str:
    """Those that fail in full; of the others only how many hold."""
    failed = [
        pen.paper(
            "measured.failed",
            name=pen.t(f"condition.{c.id}"),
            needed=pen.say(c.needed),
            found=pen.say(c.found),
        )
        for c in of
        if not c.holds
    ]
    if failed:
        return pen.paper("semicolon").join(failed)
    return pen.paper("measured.all_hold", n=len(of)) if of else pen.paper("measured.no_conditions")


def _how(areas: list[tuple[str, list[Figure]]], pen: Pen) -> Iterator[Block]:
    """Method and blind spot of each; the rules of intervals that many share once, below."""
    made = [f for _, of in areas for f in of if f.m.state is State.MEASURED]
    head = tuple(pen.paper(f"measured.{x}") for x in ("indicator", "method", "blind"))
    rows = [
        row(f.name, " ".join(filter(None, (pen.say(f.m.method), pen.rule(f.m.indicator)))), f.blind) for f in made
    ]
    yield Table(pen.t("measured.how"), head, tuple(rows), (0.22, 0.42, 0.36))
    shared = {f.selection: f.rule for f in made if f.m.unit == "share" and not pen.rule(f.m.indicator)}
    shared |= {
        pen.paper("measured.other"): f.rule for f in made if f.m.unit != "share" and not pen.rule(f.m.indicator)
    }
    if shared:
        yield body(Run(pen.t("measured.rule"), strong=True))
        yield Bullets(
            tuple(line(Run(name + pen.paper("colon"), strong=True), rule) for name, rule in shared.items())
        )
