"""评估证据记录表: of each requirement the method, the proof, who rated it, the degree and the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

from assessor.domain import Assessment, Dimension, RequirementLine
from assessor.report.chapters.cover import sampled
from assessor.report.document import Block, Document, Heading, Line, Paragraph, Run, Table, group, line, row
from assessor.report.papers.exhibits import Exhibits
from assessor.report.pen import Pen, code
from assessor.report.taken import Taken
from assessor.report.wording import listed, shortened, simulated

COLUMNS = ("id", "requirement", "method", "evidence", "by", "declared", "verified", "reason")
WIDTHS = (0.09, 0.25, 0.1, 0.08, 0.11, 0.08, 0.08, 0.21)


def document(a: Assessment, pen: Pen) -> Document:
    """Every requirement of the framework that counts for this plant, then the list of the evidence."""
    exhibits = Exhibits.of(a)
    blocks: list[Block] = [Paragraph(line(_t(pen, "how")), "lead")]
    for element in a.framework.elements:
        of = [d for d in a.framework.dimensions if d.element == element.id]
        if of:
            blocks.append(Heading(1, pen.say(element.name), f"element-{element.id}"))
            blocks += [block for d in of for block in _Rows(a, pen, exhibits).dimension(d)]
    blocks += [*exhibits.blocks(pen), *_signatures(pen)]
    known = {"credit_code": a.plant.credit_code, "district": a.plant.district and pen.say(a.plant.district)}
    return Document(
        name="record",
        language=pen.language,
        title=_t(pen, "title", plant=shortened(pen.say(a.plant.name), 40)),
        subtitle=simulated(pen.say(a.framework.title), pen, a),
        facts=(
            (_t(pen, "plant"), pen.say(a.plant.name)),
            *((pen.t(f"cover.{label}"), value) for label, value in known.items() if value),
            sampled(a, pen),
            (pen.t("cover.made"), pen.date(a.made)),
            (_t(pen, "scorer"), a.scorer),
        ),
        disclaimer=pen.t("disclaimer"),
        digest=a.digest,
        heard=a.heard,
        blocks=tuple(blocks),
    )


def _t(pen: Pen, id_: str, **params: object) -> str:
    return pen.words("record", id_, **params)


@dataclass(frozen=True)
class _Rows:
    """Writes the requirements of one sub-domain after another."""

    a: Assessment
    pen: Pen
    exhibits: Exhibits

    def dimension(self, dimension: Dimension) -> Iterator[Block]:
        name = f"{code(dimension.id)} {self.pen.say(dimension.name)}"
        yield Heading(2, name, f"dimension-{dimension.id}")
        cut = next((c for c in self.a.answers.cuts if c.dimension == dimension.id), None)
        if cut is not None:
            yield Paragraph(line(_t(self.pen, "cut", reason=cut.reason)))
            return
        rows = [*self._cells(dimension)]
        if not rows:
            yield Paragraph(line(_t(self.pen, "nothing")), "note")
            return
        head = tuple(_t(self.pen, column) for column in COLUMNS)
        table = Table(_t(self.pen, "requirements", name=name), head, tuple(rows), WIDTHS)
        yield table if self.pen.heard else table.without(COLUMNS.index("declared"))

    def _cells(self, dimension: Dimension) -> Iterator[tuple[Line, ...]]:
        said, seen = (
            {(c.dimension, c.level): c for c in self.a.rating(column).cells} for column in ("declared", "verified")
        )
        for cell in dimension.cells:
            verified = seen.get((dimension.id, cell.level))
            if verified is None or not (verified.requirements or verified.not_applicable):
                continue
            declared = said.get((dimension.id, cell.level))
            before = {r.question: r for r in declared.requirements} if declared else {}
            yield group(_t(self.pen, "level", n=cell.level), len(COLUMNS))
            for one in verified.requirements:
                yield self._requirement(one, before.get(one.question), dimension)
            for question in verified.not_applicable:
                yield self._left_out(question)

    def _requirement(
        self, now: RequirementLine, before: RequirementLine | None, dimension: Dimension
    ) -> tuple[Line, ...]:
        taken = Taken.of(self.a, now, dimension)
        return row(
            now.question.upper(),
            self.pen.question(now.question),
            taken.methods(self.pen),
            listed(self.pen, self._exhibits(taken)),
            listed(self.pen, taken.respondents(self.pen)),
            self._degree(before),
            Run(self._degree(now), mark=f"degree.{now.question}"),
            self._reason(now, taken),
        )

    def _left_out(self, question: str) -> tuple[Line, ...]:
        taken = Taken(answers=tuple(x for x in self.a.answers.answers if x.question == question))
        words, who = _t(self.pen, "not_applicable"), listed(self.pen, taken.respondents(self.pen))
        reasons = listed(self.pen, [x.reason for x in taken.answers if x.reason])
        return row(question.upper(), self.pen.question(question), "", "", who, words, words, reasons)

    def _exhibits(self, taken: Taken) -> list[str]:
        """Numbers of what was handed in, then of what was measured."""
        seen = [self.exhibits.measurements[m.indicator] for m in taken.measured]
        return [*(self.exhibits.number(p) for p in taken.proofs), *seen]

    def _degree(self, one: RequirementLine | None) -> str:
        if one is None:
            return self.pen.t("none")
        return self.pen.t("unknown") if one.source == "unknown" else self.pen.between(one.low, one.high)

    def _reason(self, now: RequirementLine, taken: Taken) -> str:
        parts = [self.pen.t(f"given.{now.source}")]
        parts += [x.reason for x in taken.answers if x.reason]
        if taken.evidence and taken.evidence.indicators:
            parts.append(self.pen.say(taken.evidence.why))
        if settled := taken.settled:
            parts.append(_t(self.pen, "replied", reason=settled.reason, reply=settled.reply))
        return ("；" if self.pen.language == "zh" else "; ").join(parts)


def _signatures(pen: Pen) -> list[Block]:
    head = tuple(_t(pen, name) for name in ("who", "person", "signature", "date"))
    rows = tuple(row(_t(pen, who), "", "", "") for who in ("leader", "member", "representative"))
    table = Table(_t(pen, "signed"), head, rows, (0.25, 0.25, 0.3, 0.2))
    return [Heading(1, _t(pen, "signatures"), "signatures"), table]
