"""The pieces of evidence of an Assessment, each with a number by which papers refer to it."""

from collections.abc import Iterator
from dataclasses import dataclass

from assessor.domain import Assessment, Proof
from assessor.messages import render
from assessor.report.document import Block, Heading, Line, Paragraph, Run, Table, line, row
from assessor.report.pen import Pen
from assessor.report.wording import listed


@dataclass(frozen=True)
class Exhibits:
    """P1, P2 … what was handed in or seen; M1, M2 … what was measured; E1, E2 … what systems exported."""

    a: Assessment
    proofs: dict[Proof, tuple[str, list[str]]]
    """Its number, and the questions or assets it speaks of."""
    measurements: dict[str, str]
    """Indicator to number."""

    @classmethod
    def of(cls, a: Assessment) -> "Exhibits":
        proofs: dict[Proof, tuple[str, list[str]]] = {}
        for proof, about in _proofs(a):
            _, of = proofs.setdefault(proof, (f"P{len(proofs) + 1}", []))
            if about not in of:
                of.append(about)
        return cls(a, proofs, {m.indicator: f"M{i}" for i, m in enumerate(a.measurements, 1)})

    def number(self, proof: Proof) -> str:
        return self.proofs[proof][0]

    def blocks(self, pen: Pen) -> list[Block]:
        """The list at the end of a record."""
        blocks: list[Block] = [Heading(1, _t(pen, "list"), "evidence")]
        blocks.append(self._handed_in(pen) if self.proofs else Paragraph(line(_t(pen, "no_proofs"))))
        if self.a.measurements:
            blocks.append(self._measured(pen))
        if self.a.records:
            blocks.append(self._exported(pen))
        return blocks

    def _handed_in(self, pen: Pen) -> Table:
        rows = [
            row(
                number,
                _kind(p, pen),
                p.title,
                self._about(of, pen),
                p.sha256 or _t(pen, "no_digest"),
            )
            for p, (number, of) in self.proofs.items()
        ]
        return _table(pen, "proofs", ("id", "kind", "name", "for", "digest"), rows, (0.07, 0.1, 0.35, 0.22, 0.26))

    def _about(self, of: list[str], pen: Pen) -> str:
        return listed(pen, [pen.subject(name) if name in pen.names else name.upper() for name in of])

    def _measured(self, pen: Pen) -> Table:
        rows = [
            row(
                self.measurements[m.indicator],
                pen.indicator(m.indicator),
                Run(pen.result(m), mark=f"measurement.{m.indicator}"),
                f"{m.count} / {m.total}",
                pen.say(m.why),
            )
            for m in self.a.measurements
        ]
        heads = ("id", "indicator", "result", "counted", "why")
        return _table(pen, "measured", heads, rows, (0.07, 0.27, 0.18, 0.12, 0.36), frozenset({3}))

    def _exported(self, pen: Pen) -> Table:
        rows = [
            row(f"E{i}", x.system, f"{x.taken_by}, {pen.date(x.taken_at)}", pen.number(x.rows, 0), x.sha256)
            for i, x in enumerate(self.a.records, 1)
        ]
        heads = ("id", "system", "taken", "rows", "digest")
        return _table(pen, "records", heads, rows, (0.07, 0.22, 0.25, 0.1, 0.36), frozenset({3}))


def _t(pen: Pen, name: str) -> str:
    return pen.words("record", name)


def _table(
    pen: Pen,
    caption: str,
    heads: tuple[str, ...],
    rows: list[tuple[Line, ...]],
    widths: tuple[float, ...],
    numbers: frozenset[int] = frozenset(),
) -> Table:
    return Table(_t(pen, caption), tuple(_t(pen, head) for head in heads), tuple(rows), widths, numbers)


def _proofs(a: Assessment) -> Iterator[tuple[Proof, str]]:
    for answer in a.answers.answers:
        yield from ((proof, answer.question) for proof in answer.proofs)
    yield from ((settlement.proof, settlement.question) for settlement in a.answers.settlements)
    yield from ((e.settlement.proof, e.question) for e in a.evidence if e.settlement)
    yield from ((witness.proof, witness.asset) for witness in a.answers.witnessed)


def _kind(proof: Proof, pen: Pen) -> str:
    return render(f"forms.proof.{proof.kind}", pen.language)
