"""What the connectors met, endpoint by endpoint."""

from collections.abc import Iterator

from assessor.domain import Assessment
from assessor.report.contacts import Met, contacts
from assessor.report.document import Block, Heading, Line, Run, Table, group, row
from assessor.report.pen import Pen
from assessor.report.wording import body, lead, note


def met(a: Assessment, pen: Pen) -> Iterator[Block]:
    """Counts, then one group of rows an endpoint."""
    found = contacts(a, pen)
    yield Heading(1, pen.t("section.contacts"), "contacts")
    yield lead(pen.t("lead.contacts"))
    if not found.met:
        yield body(pen.t("contacts.nothing"))
        return
    told = [f"{name} {n} / {found.total}" for name, n in found.counts]
    yield body(pen.paper("semicolon").join(told))
    rows: list[tuple[Line, ...]] = []
    limits = pen.t("contacts.limits")  # a dozen figures of its maker: on the page, not on paper
    for one in found.met:
        rows.append(group(_title(one, pen), 2))
        ways = [way.text + (pen.t("contacts.agreed") if way.agreed else "") for way in one.ways]
        if ways:
            rows.append(row(pen.t("contacts.doors"), pen.paper("semicolon").join(ways)))
        rows += [row(Run(r.label, strong=r.loud), " ".join(r.lines)) for r in one.rows if r.label != limits]
    yield Table(pen.paper("contacts.table"), (pen.paper("item"), pen.paper("told")), tuple(rows), (0.2, 0.8))
    yield note(pen.paper("contacts.key"))


def _title(one: Met, pen: Pen) -> str:
    reached = pen.t("contacts.reached" if one.reached else "contacts.silent")
    return " · ".join(filter(None, (one.id, one.name, one.protocol, reached)))
