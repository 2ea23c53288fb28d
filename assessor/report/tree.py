"""One open sum as rows of a sheet: each line a row, those below it in the tree after it, one outline deeper."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from assessor import messages
from assessor.domain import Message, Question, Rated, Result, Term, Text, plain
from assessor.messages import LANGUAGES
from assessor.report.formulas import Cells, formula

ANSWERS = "answers"
COLUMNS = ("line", "zh", "en", "operation", "factor", "low", "high", "status", "source", "note")
WIDTHS = (30, 52, 60, 16, 9, 11, 11, 12, 16, 60)
FACTOR, LOW, HIGH = 4, 5, 6
GIVEN = {("declared", "low"): 4, ("declared", "high"): 5, ("verified", "low"): 6, ("verified", "high"): 7}
"""Columns of the sheet of answers."""


@dataclass(frozen=True)
class Looks:
    """Formats of cells."""

    head: Any
    text: Any
    value: Any
    given: Any
    title: Any
    weak: Any

    @classmethod
    def of(cls, book: Any) -> "Looks":
        plain_ = {"valign": "top", "font_size": 10}
        wrapped = plain_ | {"text_wrap": True}
        return cls(
            head=book.add_format(wrapped | {"bold": True, "bottom": 1, "bg_color": "#EEF2F4"}),
            text=book.add_format(wrapped),
            value=book.add_format(plain_ | {"num_format": "0.####"}),
            given=book.add_format(plain_ | {"num_format": "0.####", "bg_color": "#FFF8DC"}),
            title=book.add_format(plain_ | {"bold": True, "font_size": 13}),
            weak=book.add_format(wrapped | {"font_color": "#667078"}),
        )


class Tree:
    """One result on its sheet."""

    HEAD = 5
    """Rows above the first line: title, standing, disclaimer, column, headings."""

    def __init__(
        self,
        sheet: Any,
        looks: Looks,
        rated: Rated,
        result: Result,
        rows: Mapping[str, int],
        questions: Mapping[str, Question],
        elsewhere: Mapping[tuple[str, str], Cells],
    ) -> None:
        self.sheet, self.looks, self.rated, self.result = sheet, looks, rated, result
        self.name = str(sheet.get_name())
        self.answers, self.questions, self.elsewhere = rows, questions, elsewhere
        self.lines = list(walk(result.sum))
        self.at = {term.id: self.HEAD + i for i, (term, _) in enumerate(self.lines)}

    def write(self) -> None:
        """Fill the sheet."""
        self._top()
        for term, depth in self.lines:
            self._line(term, depth)

    def cells(self, term: str) -> Cells | None:
        """Where a term stands, as other sheets call it; None where the sum has none of this id."""
        if term not in self.at:
            return None
        own = self._cells(self.lines[self.at[term] - self.HEAD][0])
        return Cells(*(f"'{self.name}'!{cell}" for cell in (own.low, own.high, own.factor)))

    def _top(self) -> None:
        head, looks = self.rated.head, self.looks
        self.sheet.write_string(0, 0, f"{head.title.zh} / {head.title.en}", looks.title)
        standing = {"version": head.version, "status": head.status.value, "variant": self.result.variant}
        words: list[Text | Message] = [
            Message(id="workbook.standing", params=dict(standing)),
            Message(id=f"workbook.column.{self.result.column}"),
            head.disclaimer,
        ]
        for row, words_ in enumerate(words, 1):
            self.sheet.write_string(row, 0, both(words_), looks.weak if row != 2 else looks.text)
            self.sheet.set_row(row, 15)
        heading(self.sheet, self.HEAD - 1, looks, COLUMNS, WIDTHS)
        self.sheet.freeze_panes(self.HEAD, 3)
        self.sheet.outline_settings(symbols_below=False)
        printed(self.sheet, self.HEAD - 1)

    def _cells(self, term: Term) -> Cells:
        row = self.at[term.id]
        return Cells(*(xl_rowcol_to_cell(row, column) for column in (LOW, HIGH, FACTOR)))

    def _line(self, term: Term, depth: int) -> None:
        row, looks = self.at[term.id], self.looks
        named = self._name(term)
        texts = [
            "  " * depth + term.id.rsplit("/", 1)[-1],
            named.zh,
            named.en,
            both(Message(id=f"workbook.how.{term.how}")),
            None,
            None,
            None,
            term.status.value if term.status else "",
            term.cite or "",
            both(term.note) if term.note else "",
        ]
        for column, text in enumerate(texts):
            if text:
                self.sheet.write_string(row, column, text, looks.text)
        self.sheet.write_number(row, FACTOR, float(term.factor), looks.value)
        self._values(row, term)
        if depth:
            self.sheet.set_row(row, None, None, {"level": min(depth, 7), "hidden": False})

    def _values(self, row: int, term: Term) -> None:
        below = [self._cells(t) for t in term.of]
        refers = term.ref is not None and term.ref in self.at
        referred = self._cells(self.lines[self.at[term.ref or ""] - self.HEAD][0]) if refers else None
        for end, column, value in (("low", LOW, term.low), ("high", HIGH, term.high)):
            if term.how == "answer" and term.question is not None and term.question in self.answers:
                cell = xl_rowcol_to_cell(
                    self.answers[term.question], GIVEN[self.result.column, end], row_abs=True, col_abs=True
                )
                written: str | None = f"={ANSWERS}!{cell}"
            elif term.how == "answer" and (
                there := self.elsewhere.get((term.framework or "", self.result.column))
            ):
                written = f"={getattr(there, end)}"
            elif term.how in ("answer", "constant"):
                self._bare(row, column, value)
                continue
            else:
                written = formula(term, below, referred, end)
            if written is not None:
                shown = "#N/A" if value is None else float(value)
                self.sheet.write_formula(row, column, written, self.looks.value, shown)

    def _bare(self, row: int, column: int, value: Fraction | None) -> None:
        if value is None:
            self.sheet.write_formula(row, column, "=NA()", self.looks.value, "#N/A")
        else:
            self.sheet.write_formula(row, column, f"={plain(value)}", self.looks.value, float(value))

    def _name(self, term: Term) -> Text:
        if isinstance(term.name, Message):
            return Text(**{lang: messages.render(term.name, lang) for lang in LANGUAGES})
        if term.name is not None:
            return term.name
        held = self.questions.get(term.question or "")
        return held.text if held else Text(zh="", en="")


def walk(term: Term, depth: int = 0) -> Iterator[tuple[Term, int]]:
    """A tree's lines in their order, each with its depth."""
    yield term, depth
    for below in term.of:
        yield from walk(below, depth + 1)


def heading(sheet: Any, row: int, looks: Looks, columns: Sequence[str], widths: Sequence[int]) -> None:
    """Names of columns, in both languages, and their widths."""
    for column, (name, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(row, column, both(Message(id=f"workbook.head.{name}")), looks.head)


def both(words: Text | Message) -> str:
    """A text in both languages; once where they are the same."""
    zh, en = (messages.render(words, language) for language in LANGUAGES)
    return zh if zh == en else f"{zh} / {en}"


def printed(sheet: Any, head: int) -> None:
    """Landscape on A4, as wide as the page, the head on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
