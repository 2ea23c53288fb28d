"""Claims and sights that differ: the settled ones for everybody, the open ones for the plant alone."""

from collections.abc import Iterator

from assessor.domain import Assessment, Settlement, Verdict
from assessor.report import pictures
from assessor.report.claims import FILLS, ORDER, Difference, differences, groups
from assessor.report.document import Block, Heading, Picture, Run, Table, group, row
from assessor.report.pen import Pen, code
from assessor.report.wording import body, lead, listed, note, warning

LOUD = {verdict: i for i, verdict in enumerate(ORDER)}
"""Of several answers in one place of the map, the verdict that is shown: the first of these."""


def settled(a: Assessment, pen: Pen, *, filed: bool) -> Iterator[Block]:
    """What was clarified with the plant's reply, both figures visible."""
    found = [d for d in differences(a, pen) if d.finding.settled]
    yield Heading(1, pen.paper("settled.title"), "settled")
    yield lead(pen.paper("settled.lead"))
    if not found:
        yield body(pen.paper("settled.nothing"))
    else:
        yield Heading(2, pen.paper("differences.each"), "settled-each")
    for i, one in enumerate(found, 1):
        yield from _difference(f"settled-{i}", one, pen)
    if not filed and len(found) < len(a.findings):
        yield note(pen.paper("settled.annex", n=len(a.findings) - len(found)))


def open_ones(a: Assessment, pen: Pen) -> Iterator[Block]:
    """The internal annex: what is still to be clarified, and every comparison."""
    found = [d for d in differences(a, pen) if not d.finding.settled]
    yield Heading(1, pen.paper("annex.title"), "annex")
    yield warning(pen.paper("annex.internal"))
    if not a.heard:
        yield body(pen.t("alone.compared"))
        return
    yield lead(pen.t("lead.differences"))
    yield from _map(a, pen)
    if not found:
        yield body(pen.t("differences.nothing"))
    else:
        yield Heading(2, pen.paper("differences.each"), "annex-each")
    for i, one in enumerate(found, 1):
        yield from _difference(f"open-{i}", one, pen)
    yield Heading(2, pen.t("differences.all"), "annex-all")
    yield _all(a, pen)
    yield note(*(f"{g.name}{pen.paper('colon')}{g.meaning} " for g in groups(a, pen)[0] if g.rows))


def _difference(id_: str, d: Difference, pen: Pen) -> Iterator[Block]:
    yield Heading(3, d.question, id_)
    weight = pen.t("differences.weight_text", x=d.weight) if d.finding.weight else pen.t("differences.weight_none")
    seen = f"{d.seen}{pen.paper('bracket', text=d.rests_on)}" if d.rests_on else d.seen
    rows = [
        row(pen.paper("differences.place"), d.place) if d.place else None,
        row(pen.t("differences.claim"), Run(d.claim, strong=True)),
        row(pen.t("differences.seen"), Run(seen, strong=True)),
        row(pen.t("differences.seen_how"), pen.say(d.finding.seen)),
        row(pen.t("differences.where"), listed(pen, d.where)) if d.where else None,
        row(pen.t("differences.ask"), pen.say(d.finding.ask)),
        row(pen.t("differences.weight"), weight),
    ]
    if d.evidence and d.evidence.settlement:
        rows += _settlement(d.finding.question, d.evidence.settlement, pen)
    verdict = pen.t(f"verdict.{d.finding.verdict.value}")
    kept = tuple(one for one in rows if one is not None)
    yield Table(
        pen.paper("differences.one", verdict=verdict), (pen.paper("item"), pen.paper("told")), kept, (0.2, 0.8)
    )


def _settlement(question: str, s: Settlement, pen: Pen) -> list[tuple[tuple[Run, ...], ...]]:
    return [
        row(pen.t("differences.reply"), s.reply),
        row(pen.t("differences.settled"), Run(pen.answer(question, s.value), strong=True)),
        row(pen.paper("differences.reason"), s.reason),
        row(pen.paper("differences.proof"), s.proof.title),
        row(pen.paper("differences.by"), f"{s.by} · {s.at}"),
    ]


def _map(a: Assessment, pen: Pen) -> Iterator[Block]:
    """Sub-domains down, levels across: the loudest verdict of each place and how many answers were compared."""
    verdicts = {e.question: e.verdict for e in a.evidence if e.indicators}
    numbers = [level.number for level in a.framework.levels if level.number]
    rows, told = [], []
    for d in a.framework.dimensions:
        cells = {cell.level: [verdicts[q] for q in cell.requirements if q in verdicts] for cell in d.cells}
        if not any(cells.values()):
            continue
        name = f"{code(d.id)} {pen.say(d.name)}"
        rows.append((name, [_square(cells.get(n, [])) for n in numbers]))
        told += [
            f"{name} L{n}{pen.paper('colon')}{pen.t(f'verdict.{min(of, key=LOUD.__getitem__).value}')}"
            for n, of in cells.items()
            if of
        ]
    if rows:
        title = pen.paper("map.title")
        heads = [pen.paper("map.level", n=n) for n in numbers]
        drawn = pictures.differences_map(rows, heads, title, "; ".join(told))
        yield Picture(pictures.standalone(drawn), title, "; ".join(told))
        yield note(pen.paper("map.key"))


def _square(of: list[Verdict]) -> pictures.Square | None:
    return pictures.Square(FILLS[min(of, key=LOUD.__getitem__)], str(len(of))) if of else None


def _all(a: Assessment, pen: Pen) -> Table:
    head = tuple(pen.t(f"differences.{name}") for name in ("claim", "seen", "counts_as"))
    rows = []
    for g in groups(a, pen)[0]:
        if g.rows:
            rows.append(group(f"{g.name} {len(g.rows)}", 5))
        rows += [row(r.place or pen.paper("five.none"), r.question, r.claim, r.seen, r.verified) for r in g.rows]
    columns = (pen.paper("differences.place"), pen.paper("differences.question"), *head)
    return Table(pen.t("differences.all"), columns, tuple(rows), (0.17, 0.39, 0.16, 0.14, 0.14))
