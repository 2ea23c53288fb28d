"""评估证据记录表: requirement by requirement, how it was looked at, who says so, what was seen, and the degree."""

from collections import defaultdict
from typing import Any

from assessor.domain import Answer, Assessment, Evidence, Proof
from assessor.report.excel.page import Book, Column, Page
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
    said = _said(a)
    cells = {(c.dimension, c.level): c for c in a.rating("verified").cells}
    for dimension in a.framework.dimensions:
        for cell in dimension.cells:
            held = cells.get((dimension.id, cell.level))
            lines = {line.question: line for line in held.requirements} if held else {}
            for question in cell.requirements:
                found, line = evidence.get(question), lines.get(question)
                page.line(
                    names[dimension.id],
                    cell.level,
                    question,
                    pen.question(question),
                    _methods(book, question),
                    "\n".join(dict.fromkeys(_who(book, answer) for answer in said[question])),
                    found.claim if found else None,
                    line.low if line else None,
                    line.high if line else None,
                    pen.t(f"given.{line.source}") if line else pen.t("cut"),
                    "\n".join(_proofs(found, said[question], book)),
                    _reason(found, book),
                )
    page.filtered()


def _said(a: Assessment) -> defaultdict[str, list[Answer]]:
    said: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in a.answers.answers:
        said[answer.question].append(answer)
    return said


def _methods(book: Book, question: str) -> str:
    held = book.pen.questions.get(question)
    return book.t("list_of").join(book.t(f"method.{name}") for name in (held.methods if held else ()))


def _who(book: Book, answer: Answer) -> str:
    return f"{_role(book, answer.by)} {answer.at[:10]}"


def _role(book: Book, by: str) -> str:
    """A department as the forms call it; any other role stands for itself."""
    try:
        return book.pen.role(by)
    except KeyError:
        return by


def _proofs(evidence: Evidence | None, said: list[Answer], book: Book) -> list[str]:
    proofs = [proof for answer in said for proof in answer.proofs]
    if evidence and evidence.settlement:
        proofs.append(evidence.settlement.proof)
    measured = [book.pen.indicator(name) for name in evidence.indicators] if evidence else []
    return [*(_named(proof, book) for proof in proofs), *measured]


def _named(proof: Proof, book: Book) -> str:
    mark = f" (SHA-256 {proof.sha256[:12]}…)" if proof.sha256 else ""
    return f"{book.t(f'proof.{proof.kind}')}: {proof.title}{mark}"


def _reason(evidence: Evidence | None, book: Book) -> str:
    if evidence is None:
        return ""
    if evidence.settlement:
        return f"{evidence.settlement.reply}\n{evidence.settlement.reason}"
    return book.pen.say(evidence.why)
