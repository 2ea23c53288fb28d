"""WRITE the workbook: a cover, a sheet for each role, and a hidden one that the drop-downs take from."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from assessor.domain import Answers, Framework, Question, Topic
from assessor.forms.excel.front import write_front
from assessor.forms.excel.layout import FORMAT, LISTS, cover_name, sheet_name, sheets
from assessor.forms.excel.looks import Looks
from assessor.forms.excel.page import Page
from assessor.forms.meaning import shown
from assessor.forms.words import Choice, both, choices, set_aside


def write_book(topics: Sequence[Topic], frameworks: Iterable[Framework], answers: Answers | None = None) -> bytes:
    """The workbook's bytes, filled in with what is answered already. Answers of people outside the roles that
    the bank knows have no sheet; reading back keeps them."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": pair_title(), "comments": FORMAT})
    looks = Looks.of(book)
    held = list(sheets(topics, answers))
    cover = book.add_worksheet(cover_name())
    pages = [book.add_worksheet(sheet_name(sheet.role)) for sheet in held]
    lists = Lists(book, [(sheet.role, sheet_name(sheet.role)) for sheet in held])
    rows = {
        sheet.role: Page(page, looks, lists, sheet, answers).write()
        for sheet, page in zip(held, pages, strict=True)
    }
    write_front(cover, looks, lists, tuple(frameworks), answers, rows)
    cover.activate()
    book.close()
    return buffer.getvalue()


def pair_title() -> str:
    title = both("forms.cover.title")
    return f"{title.zh} {title.en}"


class Lists:
    """The hidden sheet. A list stands once, however many questions take from it."""

    def __init__(self, book: Any, roles: Sequence[tuple[str, str]]) -> None:
        self._sheet = book.add_worksheet(LISTS)
        self._sheet.very_hidden()
        self._sheet.write_string(0, 0, FORMAT)
        for row, (role, name) in enumerate(roles, 1):
            self._sheet.write_string(row, 0, role)
            self._sheet.write_string(row, 1, name)
        self._places: dict[tuple[str, ...], str] = {}
        self.yes_no = self.of([both("forms.yes"), both("forms.no")])
        self.aside = self.texts(tuple(f"{c.label.zh} {c.label.en}" for c in set_aside()))

    def of(self, labels: Sequence[Any]) -> str:
        """A list of texts in both languages."""
        return self.texts(tuple(f"{label.zh} {label.en}" for label in labels))

    def texts(self, texts: tuple[str, ...]) -> str:
        """Where a list stands, written at its first use."""
        if texts not in self._places:
            column = 2 + len(self._places)
            for row, text in enumerate(texts):
                self._sheet.write_string(row, column, text)
            place = xl_range_abs(0, column, len(texts) - 1, column)
            self._places[texts] = f"='{LISTS}'!{place}"
        return self._places[texts]

    def answers(self, question: Question, *, target: bool = False) -> str:
        """What can be picked for a question; as a target only what is a value."""
        picks: tuple[Choice, ...] = choices(question) if question.scale is not None else ()
        return self.texts(tuple(shown(question, c) for c in (*picks, *(() if target else set_aside()))))
