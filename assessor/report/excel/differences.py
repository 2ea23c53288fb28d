"""Differences to be clarified, heaviest first; then every comparison of a claim with what was measured."""

from typing import Any

from assessor.domain import Evidence
from assessor.report.claims import ORDER, differences
from assessor.report.excel.page import Book, Column, Page, Value
from assessor.report.workbook import Trees

COLUMNS = (
    Column("question", 32),
    Column("subdomain", 15),
    Column("standing", 15),
    Column("claimed", 8, "number"),
    Column("seen_low", 8, "number"),
    Column("seen_high", 8, "number"),
    Column("verified_answer", 9, "number"),
    Column("weight", 9, "score"),
    Column("seen_how", 32),
    Column("ask", 28),
    Column("where", 18),
    Column("reply", 20),
)


def write(book: Book, sheet: Any, _: Trees) -> None:
    """Findings above, all other comparisons under them."""
    a, pen = book.a, book.pen
    page = Page(book, sheet, book.t("sheet.differences"), COLUMNS)
    page.note(book.t("note.differences" if a.findings else "note.no_differences"))
    for difference in differences(a, pen):
        finding, evidence = difference.finding, difference.evidence
        reply = evidence.settlement if evidence else None
        standing = pen.t("differences.settled") if finding.settled else pen.t(f"verdict.{finding.verdict.value}")
        figures, kinds = _figures(book, evidence) if evidence else ((None,) * 4, {})
        page.line(
            difference.question,
            difference.place,
            standing,
            *figures,
            finding.weight,
            pen.say(finding.seen),
            pen.say(finding.ask),
            book.t("list_of").join(difference.where),
            f"{reply.reply}\n{reply.reason}" if reply else "",
            kinds=kinds,
        )
    _others(page)
    page.filtered()


def _others(page: Page) -> None:
    """What was measured and made no difference, by verdict."""
    book, a, pen = page.book, page.book.a, page.book.pen
    told = {finding.question for finding in a.findings}
    for verdict in ORDER:
        for evidence in a.evidence:
            if evidence.verdict is verdict and evidence.indicators and evidence.question not in told:
                figures, kinds = _figures(book, evidence)
                name, place = pen.question(evidence.question), pen.places.get(evidence.question, "")
                standing = pen.t(f"verdict.{verdict.value}")
                page.line(name, place, standing, *figures, None, pen.say(evidence.why), "", "", "", kinds=kinds)


def _figures(book: Book, evidence: Evidence) -> tuple[tuple[Value, ...], Any]:
    """Claim, what was seen and what counts, as numbers on the question's own scale."""
    question = book.pen.questions.get(evidence.question)
    kind = "percent" if question and question.kind == "share" else "number"
    values = (evidence.claim, evidence.low, evidence.high, evidence.verified)
    return values, dict.fromkeys(range(3, 7), kind)
