"""What was not determined, what would narrow it, and what this report does not say."""

from collections.abc import Iterator
from itertools import groupby

from assessor.domain import Assessment
from assessor.report.document import Block, Bullets, Heading, Line, Run, Table, group, line, row
from assessor.report.leads import todo
from assessor.report.measured import gaps
from assessor.report.pen import Pen
from assessor.report.wording import body, lead, listed, note


def unknown(a: Assessment, pen: Pen, *, filed: bool) -> Iterator[Block]:
    """Reasons, each once. `filed`: without what is only for whoever is still on site."""
    yield Heading(1, pen.t("section.open"), "open")
    yield lead(pen.t("lead.open"))
    found = gaps(a, pen)
    if found:
        rows: list[tuple[Line, ...]] = []
        for heading, of in groupby(found, key=lambda gap: gap.heading):
            rows.append(group(heading, 2))
            rows += [row(gap.why, listed(pen, gap.names, gap.more)) for gap in of]
        yield Table(pen.paper("open.table"), (pen.paper("why"), pen.paper("open.what")), tuple(rows), (0.45, 0.55))
    else:
        yield body(pen.t("open.nothing"))
    if not filed:
        yield from _on_site(a, pen)
    yield Heading(2, pen.t("open.never"), "open-never")
    yield Bullets(tuple(line(pen.t(f"open.never_{one}")) for one in ("oee", "peers", "models", "claims")))


def _on_site(a: Assessment, pen: Pen) -> Iterator[Block]:
    if leads := todo(a, pen):
        yield Heading(2, pen.t("leads.title"), "open-leads")
        rows = tuple(row(x.kind, Run(x.name, strong=True), x.why, x.moves, x.roles) for x in leads)
        head = tuple(pen.paper(f"leads.{x}") for x in ("kind", "what", "why", "moves", "who"))
        yield Table(pen.t("leads.title"), head, rows, (0.1, 0.22, 0.28, 0.24, 0.16))
        yield note(pen.t("leads.note"))
    if a.flags:
        yield Heading(2, pen.t("open.flags"), "open-flags")
        yield note(pen.t("open.flags_note"))
        yield Bullets(tuple(line(pen.say(flag.ask)) for flag in a.flags))
