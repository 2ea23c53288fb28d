"""评估证据记录表: requirement by requirement, how it was looked at, who says so, what was seen, and the degree."""

from typing import Any

from assessor.domain import Evidence, Proof
from assessor.report.excel.page import Book, Column, Page
from assessor.report.taken import Taken
from assessor.report.workbook import Trees

COLUMNS = (
    Column("subdomain", 11),
    Column("level", 6, "level"),
    Column("id", 9),
    Column("requirement", 36),
    Column("method", 12),
    Column("respondent", 15),
    Column("declared", 8, "number"),
    Column("verified", 8, "number"),
    Column("bound", 8, "number"),
    Column("from", 9),
    Column("proof", 22),
    Column("reason", 34),
)


def write(book: Book, sheet: Any, _: Trees) -> None:
    """Every requirement of the framework, in its order."""
    a, pen = book.a, book.pen
    page = Page(book, sheet, book.t("sheet.record"), COLUMNS)
    page.note(book.t("note.record", framework=pen.say(a.framework.title)))
    names = {d.id: pen.say(d.name) for d in a.framework.dimensions}
    evidence = {e.question: e for e in a.evidence}
    cells = {(c.dimension, c.level): c for c in a.rating("verified").cells}
    for dimension in a.framework.dimensions:
        for cell in dimension.cells:
            held = cells.get((dimension.id, cell.level))
            lines = {line.question: line for line in held.requirements} if held else {}
            for question in cell.requirements:
                found, line = evidence.get(question), lines.get(question)
                taken = Taken.of(a, line, dimension) if line else Taken()
                page.line(
                    names[dimension.id],
                    cell.level,
                    question,
                    pen.question(question),
                    taken.methods(pen),
                    "\n".join(taken.respondents(pen, dated=True)),
                    found.claim if found else None,
                    line.low if line else None,
                    line.high if line else None,
                    pen.t(f"given.{line.source}") if line else pen.t("cut"),
                    "\n".join(_proofs(taken, book)),
                    _reason(found, book),
                )
    page.filtered()


def _proofs(taken: Taken, book: Book) -> list[str]:
    measured = [book.pen.indicator(m.indicator) for m in taken.measured]
    return [*(_named(proof, book) for proof in taken.proofs), *measured]


def _named(proof: Proof, book: Book) -> str:
    mark = f" (SHA-256 {proof.sha256[:12]}…)" if proof.sha256 else ""
    return f"{book.t(f'proof.{proof.kind}')}: {proof.title}{mark}"


def _reason(evidence: Evidence | None, book: Book) -> str:
    if evidence is None:
        return ""
    if evidence.settlement:
        return f"{evidence.settlement.reply}\n{evidence.settlement.reason}"
    return book.pen.say(evidence.why)
