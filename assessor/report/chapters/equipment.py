"""What machines showed: how many, what they should give and give, and each one with its reason."""

from collections.abc import Iterator

from assessor.domain import Assessment, Outcome
from assessor.report import pictures
from assessor.report.document import Block, Bullets, Heading, Line, Picture, Run, Table, group, line, row
from assessor.report.machines import Machines, machines
from assessor.report.matrix import KINDS, Matrix, matrix
from assessor.report.pen import Pen
from assessor.report.unspoken import unclear, unspoken
from assessor.report.wording import body, lead, listed, note, together

GLYPHS = {"met": "●", "not_met": "○", "partly_met": "◐", "expected_not": "–"}
"""Signs of a matrix; anything else is open."""
OPEN = "·"


def equipment(a: Assessment, pen: Pen) -> Iterator[Block]:
    """Counts, the denominator, the matrix."""
    seen = machines(a, pen)
    yield Heading(1, pen.paper("equipment.title"), "equipment")
    yield lead(pen.paper("equipment.lead"))
    yield _counts(seen, pen)
    yield note(pen.paper("equipment.counts_key", untested=seen.untested))
    if told := tuple(_unspoken(a, pen)):
        yield body(pen.t("cover.unspoken"))
        yield Bullets(told)
    yield Heading(2, pen.t("machines.denominator"), "equipment-register")
    yield _register(a, seen, pen)
    if (found := matrix(a, pen)) is not None:
        yield Heading(2, pen.t("matrix.title"), "equipment-matrix")
        yield from _matrix(a, found, pen)


def each(a: Assessment, pen: Pen) -> Iterator[Block]:
    """Every machine of the register."""
    yield Heading(1, pen.t("section.machines"), "machines")
    yield lead(pen.t("lead.machines"))
    head = (
        pen.t("matrix.machine"),
        pen.paper("equipment.interface"),
        *(pen.t(f"machines.{mark}") for mark in ("readable", "connectable", "networked")),
        pen.paper("why"),
    )
    rows: list[tuple[Line, ...]] = []
    for found in machines(a, pen).sets:
        rows.append(group(f"{found.name} {len(found.tiles)}", len(head)))
        for m in found.tiles:
            told = [m.why, m.source, pen.t("machines.tags", tags=m.tags, samples=m.samples) if m.tags else ""]
            marks = [GLYPHS.get(state, OPEN) for _, state, _ in m.marks]
            rows.append(
                row(line(m.name, Run(f" {m.id}", weak=True)), m.interface, *marks, " · ".join(filter(None, told)))
            )
    yield Table(pen.paper("equipment.each"), head, tuple(rows), (0.2, 0.13, 0.08, 0.08, 0.08, 0.43))
    yield note(pen.paper("equipment.signs"))


def _counts(seen: Machines, pen: Pen) -> Table:
    head = (
        pen.paper("item"),
        *(pen.t(f"outcome.{o}") for o in ("met", "not_met", "not_determined")),
        pen.paper("equipment.total"),
    )
    names = ("readable", "connectable", "networked")
    rows = [
        row(
            c.name,
            Run(str(c.met), strong=True, mark=f"machines.{name}"),
            str(c.absent),
            str(c.open),
            str(seen.total),
        )
        for name, c in zip(names, seen.counts, strict=True)
    ]
    return Table(
        pen.paper("equipment.counts"), head, tuple(rows), (0.28, 0.18, 0.18, 0.18, 0.18), frozenset({1, 2, 3, 4})
    )


def _unspoken(a: Assessment, pen: Pen) -> Iterator[Line]:
    for one in unspoken(a, pen):
        ways = listed(pen, [f"{word} {n}" for word, n in one.ways])
        yield line(f"{one.name} · {pen.t('cover.machines', n=one.machines)}{pen.paper('colon')}{ways}")
    if n := unclear(a):
        yield line(pen.t("cover.unclear", n=n))


def _register(a: Assessment, seen: Machines, pen: Pen) -> Table:
    r, n = a.register_, len(a.assets)
    caption, head = pen.t("machines.denominator"), (pen.paper("item"), pen.paper("told"))
    if r is None:
        none = row(pen.t("machines.register"), pen.t("machines.no_register", n=n))
        return Table(caption, head, (none,), (0.24, 0.76))
    ledger = (
        pen.t("machines.no_ledger", n=n)
        if r.ledger_count is None
        else pen.t("machines.ledger_text", ledger=r.ledger_count, n=n)
    )
    rows = (
        row(pen.t("machines.register"), f"{pen.say(r.source)} · {r.as_of}"),
        row(pen.t("machines.ledger"), ledger),
        row(pen.t("machines.walks"), pen.paper("semicolon").join(seen.walks)),
    )
    return Table(caption, head, rows, (0.24, 0.76))


def _matrix(a: Assessment, found: Matrix, pen: Pen) -> Iterator[Block]:
    without = pen.t("matrix.without", n=found.without) if found.without else ""
    yield body(together(pen, pen.t("matrix.text"), without))
    told = "; ".join(f"{name} {met} / {of}" for name, met, of in found.totals)
    used = [s for s in a.sights if s.collects]
    rows = [(pen.t(f"matrix.{kind.value}"), [_state(s.collects.get(kind)) for s in used]) for kind in KINDS]
    title = pen.paper("matrix.picture")
    yield Picture(pictures.standalone(pictures.coverage(rows, title, told)), title, told)
    yield note(pen.paper("equipment.signs"))
    if found.shared:
        yield note(pen.t("matrix.shared"))
    head = (pen.t("matrix.machine"), *(pen.t(f"matrix.{kind.value}") for kind in KINDS))
    lines: list[tuple[Line, ...]] = []
    for g in found.groups:
        lines.append(group(f"{g.name} {g.machines}", len(head)))
        for r in g.rows:
            count = (
                pen.t("matrix.and_more" if r.more else "matrix.machines", n=r.machines) if r.machines > 1 else ""
            )
            lines.append(row(f"{listed(pen, r.names)} {count}".rstrip(), *(GLYPHS.get(s, OPEN) for s in r.states)))
    sums = [Run(f"{met} / {of}" if of else GLYPHS["expected_not"], strong=True) for _, met, of in found.totals]
    lines.append(row(Run(pen.paper("matrix.sum"), strong=True), *sums))
    yield Table(pen.t("matrix.title"), head, tuple(lines), (0.4, *(0.1,) * len(KINDS)))


def _state(outcome: Outcome | None) -> str:
    if outcome is None:
        return "expected_not"
    return outcome.value
