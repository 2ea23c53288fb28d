"""RENDER an Assessment as a workbook: what a consultant reads and reckons on with, over sheets of live formulas.

Change an answer, and ratings, levels and pictures follow; change what counts in the plan, and its totals do.
"""

import io
from collections.abc import Callable

from assessor.domain import Assessment, question_index
from assessor.messages import Language
from assessor.report.excel import differences, matrix, measurements, plan, record, subdomains, summary
from assessor.report.excel.page import Book
from assessor.report.pen import Pen
from assessor.report.workbook import Trees, fill, opened, told

Writer = Callable[[Book, object, Trees], None]
PAGES: dict[str, Writer] = {
    "summary": summary.write,
    "subdomains": subdomains.write,
    "differences": differences.write,
    "measurements": measurements.write,
    "matrix": matrix.write,
    "plan": plan.write,
    "record": record.write,
}
"""The sheets of the report, in their order; those of the sums come after them."""
OF_MACHINES = frozenset({"differences", "measurements", "matrix"})
"""Sheets that would be empty where no machine was heard."""


def render_excel(assessment: Assessment, language: Language) -> bytes:
    """The file's bytes: the same for the same Assessment and language."""
    buffer = io.BytesIO()
    file = opened(buffer, assessment.made)
    pages = {name: write for name, write in PAGES.items() if assessment.heard or name not in OF_MACHINES}
    book = Book(file, assessment, Pen.of(assessment, language), main=len(pages) + 2)
    sheets = {name: file.add_worksheet(book.t(f"sheet.{name}")) for name in pages}
    trees = fill(file, told(assessment), question_index(assessment.questions))
    for name, write in pages.items():
        write(book, sheets[name], trees)
    file.close()
    return buffer.getvalue()


__all__ = ["PAGES", "render_excel"]
