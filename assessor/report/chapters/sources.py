"""What left the plant, what every fact rests on, and the words of the report."""

from collections.abc import Iterator

from assessor.domain import Assessment
from assessor.report.document import Block, Heading, Line, Run, Table, row
from assessor.report.pen import Pen
from assessor.report.sections import terms
from assessor.report.view import cell_counts
from assessor.report.wording import lead, listed, note

STATUSES = ("official", "secondary", "draft", "unverified", "own")


def left(a: Assessment, pen: Pen) -> Iterator[Block]:
    """Every file with its digest; nothing where no machine was heard."""
    if a.source is None:
        return
    yield Heading(1, pen.t("section.left"), "left")
    yield lead(pen.t("lead.left"))
    facts = (
        row(pen.t("left.bundle"), Run(a.source.bundle, mark="bundle")),
        row(pen.t("cover.key"), a.source.fingerprint),
        row(
            pen.t("left.traffic"), pen.t("left.traffic_text", requests=a.source.requests, samples=a.source.samples)
        ),
        row(pen.t("left.clock"), pen.known("clock", a.source.clock)),
    )
    yield Table(pen.paper("left.run"), (pen.paper("item"), pen.paper("told")), facts, (0.26, 0.74))
    head = (pen.t("left.member"), pen.t("left.size"), pen.t("left.leaves"), "SHA-256")
    rows = [
        row(m.name, pen.size(m.bytes), pen.t("left.yes" if m.leaves else "left.no"), Run(m.sha256, weak=True))
        for m in a.members
    ]
    if rows:
        yield Table(pen.paper("left.files"), head, tuple(rows), (0.17, 0.09, 0.1, 0.64), frozenset({1}))
    yield note(pen.t("left.key"))


def sources(a: Assessment, pen: Pen) -> Iterator[Block]:
    """Facts with their standing, records, parts, glossary."""
    yield Heading(1, pen.t("section.sources"), "sources")
    yield lead(pen.t("lead.sources"))
    head = (pen.paper("sources.fact"), pen.t("standing"), pen.t("frameworks.source"))
    yield Table(pen.paper("sources.table"), head, tuple(_facts(a, pen)), (0.26, 0.12, 0.62))
    standing = tuple(row(pen.t(f"status.{s}"), pen.t(f"status_meaning.{s}")) for s in STATUSES)
    yield Table(pen.t("sources.standing"), (pen.t("standing"), pen.paper("told")), standing, (0.2, 0.8))
    yield from _records(a, pen)
    yield Heading(2, pen.t("sources.glossary"), "sources-words")
    words = tuple(
        row(Run(pen.t(f"glossary.{t}.term"), strong=True), pen.t(f"glossary.{t}.text")) for t in terms(a)
    )
    yield Table(pen.t("sources.glossary"), (pen.paper("sources.word"), pen.paper("told")), words, (0.24, 0.76))
    yield Heading(2, pen.paper("sources.files"), "sources-files")
    parts = tuple(row(p.name, Run(p.sha256, weak=True)) for p in a.parts)
    yield Table(pen.t("sources.parts", n=len(a.parts)), (pen.t("left.member"), "SHA-256"), parts, (0.34, 0.66))


def _facts(a: Assessment, pen: Pen) -> Iterator[tuple[Line, ...]]:
    f = a.framework
    title = f"{pen.say(f.title)} {pen.t('sources.version', version=f.version)}"
    yield row(title, pen.t(f"status.{f.status.value}"), pen.say(f.source))
    yield row(pen.t("sources.wording"), pen.t("status.own"), pen.say(f.wording))
    rule = f"{pen.t('sources.on' if f.stop_rule.value else 'sources.off')} {pen.say(f.stop_rule.why)}"
    yield row(pen.t("sources.stop_rule"), pen.t(f"status.{f.stop_rule.status.value}"), rule)
    counted = listed(pen, [f"{pen.t(f'status.{name}')} {n}" for name, n in cell_counts(a)])
    yield row(pen.t("sources.counts"), counted, pen.t("sources.counts_text"))
    for w in f.weight_sets:
        name = f"{pen.t('sources.weights')}{pen.paper('colon')}{pen.say(w.name)}"
        yield row(name, pen.t(f"status.{w.status.value}"), pen.say(w.source))
    if a.heard:
        yield row(pen.t("sources.steps"), pen.t("status.own"), pen.t("sources.steps_text"))
    yield row(pen.t("sources.money"), pen.paper("sources.each"), pen.t("sources.money_text"))


def _records(a: Assessment, pen: Pen) -> Iterator[Block]:
    if a.records:
        yield Heading(2, pen.t("records.title"), "sources-records")
        yield note(pen.t("records.text"))
        head = (pen.paper("records.system"), pen.paper("records.taken"), pen.paper("records.rows"), "SHA-256")
        rows = []
        for r in a.records:
            told = [pen.t("records.rows", rows=r.rows)]
            told += [pen.t("records.span", first=r.first, last=r.last)] if r.first is not None else []
            told += [pen.say(doubt) for doubt in r.doubts]
            taken = pen.t("records.taken", by=r.taken_by, at=r.taken_at)
            rows.append(row(r.system, taken, pen.paper("semicolon").join(told), Run(r.sha256, weak=True)))
        yield Table(pen.t("records.title"), head, tuple(rows), (0.18, 0.24, 0.28, 0.3))
    if a.answers.witnessed:
        yield Heading(2, pen.t("records.witnessed"), "sources-witnessed")
        yield note(pen.t("records.witnessed_text"))
        head = (
            pen.t("matrix.machine"),
            pen.paper("records.shows"),
            pen.paper("records.proof"),
            pen.paper("records.by"),
        )
        rows = []
        for w in a.answers.witnessed:
            found = pen.t("records.holds" if w.holds else "records.holds_not")
            held = f"{pen.shows(w.shows)}{pen.paper('colon')}{found}"
            proof = " · ".join(filter(None, (pen.evidence(w.evidence), w.proof.title, w.system)))
            rows.append(row(pen.subject(w.asset), held, proof, f"{w.by} · {w.at}"))
        yield Table(pen.t("records.witnessed"), head, tuple(rows), (0.22, 0.2, 0.34, 0.24))
