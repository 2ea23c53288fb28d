"""WRITE the sheet of one role: its questions by topic, what is answered already, and what may be entered."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell

from assessor.domain import Answer, Answers, Need, Option, Question, Text, Topic, plain
from assessor.forms.changes import written
from assessor.forms.excel.layout import AT, COLUMNS, HEADER, Sheet, heading, height, pair
from assessor.forms.excel.looks import Looks
from assessor.forms.meaning import shown
from assessor.forms.words import both, choices, set_aside

if TYPE_CHECKING:
    from assessor.forms.excel.book import Lists

WIDTHS = {
    "id": 11, "zh": 34, "en": 38, "answer": 17, "unit": 9, "target": 15, "reason": 18, "proofs": 20, "help": 34,
    "see": 24, "methods": 13,
}  # fmt: skip


class Rows(NamedTuple):
    """Which rows of a sheet hold questions (from 0, the last one included), how many cells ask for an answer, and
    in how many one stands."""

    name: str
    first: int
    last: int
    asked: int
    filled: int


class Page:
    """Fills one sheet from top to bottom."""

    def __init__(self, sheet: Any, looks: Looks, lists: "Lists", asked: Sheet, answers: Answers | None) -> None:
        self.sheet, self.looks, self.lists, self.asked = sheet, looks, lists, asked
        given = answers.answers if answers else ()
        self.given = {a.question: a for a in given if a.by == asked.role}
        self.row, self.cells, self.filled = HEADER + 1, 0, 0

    def write(self) -> Rows:
        """The sheet; where its questions stand."""
        self._top()
        for topic, questions in self.asked.topics:
            self._topic(topic)
            for question in questions:
                self._question(question, self.given.get(question.id))
        self._finish()
        return Rows(self.sheet.get_name(), HEADER + 1, self.row - 1, self.cells, self.filled)

    def _top(self) -> None:
        sheet, looks = self.sheet, self.looks
        for name, width in WIDTHS.items():
            sheet.set_column(AT[name], AT[name], width)
        role = both(f"forms.role.{self.asked.role.replace('-', '_')}")
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, pair(role, "  "), looks.title)
        for row, language in ((1, "zh"), (2, "en")):
            sheet.write_string(row, 0, getattr(both("forms.column.how"), language), looks.plain)
        sheet.set_row(HEADER, 32)
        for column, name in enumerate(COLUMNS):
            sheet.write_string(HEADER, column, heading(name), looks.head)

    def _topic(self, topic: Topic) -> None:
        self.sheet.set_row(self.row, 22)
        for column in range(len(COLUMNS)):
            self.sheet.write_blank(self.row, column, None, self.looks.topic)
        self.sheet.write_string(self.row, 0, pair(topic.title, "  "), self.looks.topic)
        self.row += 1

    def _question(self, question: Question, given: Answer | None) -> None:
        self._texts(question, given)
        several = question.kind == "several"
        value = given.value if given else None
        self._entry("answer", question, None if isinstance(value, tuple) else value)
        if several:
            self._closed("target")
        else:
            self._entry("target", question, given.target if given else None)
        self._free("reason", given.reason if given else None)
        self._free("proofs", "\n".join(map(written, given.proofs)) if given else None)
        reason = xl_rowcol_to_cell(self.row, AT["reason"])
        answer = xl_rowcol_to_cell(self.row, AT["answer"], col_abs=True)
        aside = shown(question, set_aside()[0])
        rule = {"type": "formula", "criteria": f'=AND({answer}="{aside}",{reason}="")', "format": self.looks.alert}
        self.sheet.conditional_format(self.row, AT["reason"], self.row, AT["reason"], rule)
        self.cells += not several
        self.row += 1
        for option in question.options:
            self._option(option, given)

    def _texts(self, question: Question, given: Answer | None) -> None:
        """What is read; the row becomes as high as it needs."""
        zh, en = [question.text.zh], [question.text.en]
        if question.kind == "rubric":
            for choice in choices(question):
                zh.append(f"{choice.name}  {choice.label.zh}")
                en.append(f"{choice.name}  {choice.label.en}")
        unit = both("forms.percent") if question.kind == "share" else question.unit
        help_ = [pair(text) for text in (question.help, _condition(question)) if text]
        texts = {
            "id": question.id,
            "zh": "\n".join(zh),
            "en": "\n".join(en),
            "unit": pair(unit) if unit else "",
            "help": "\n".join(help_),
            "see": "\n".join(pair(proof) for proof in question.proofs),
            "methods": "\n".join(pair(both(f"forms.method.{m.replace('-', '_')}"), " ") for m in question.methods),
        }
        for name, text in texts.items():
            look = self.looks.text if name in ("zh", "en") else self.looks.weak
            self.sheet.write_string(self.row, AT[name], text, look)
        if given:
            texts |= {"reason": given.reason or "", "proofs": "\n".join(map(written, given.proofs))}
        self.sheet.set_row(self.row, height((text, WIDTHS[name]) for name, text in texts.items()))

    def _entry(self, column: str, question: Question, value: object) -> None:
        """A cell for a value, and what may be entered there."""
        at, target = (self.row, AT[column]), column == "target"
        numeric = question.kind in ("share", "number", "count")
        look = self.looks.entry
        if numeric:
            look = self.looks.percent if question.kind == "share" else self.looks.figure
        _put(self.sheet, *at, _cell(question, value), look)
        self.filled += value is not None and not target
        if not numeric:
            rule: dict[str, Any] = {"validate": "list", "source": self.lists.answers(question, target=target)}
        else:
            cell = xl_rowcol_to_cell(*at)
            number = f"AND(ISNUMBER({cell}),{_bounds(question, cell)})"
            aside = f"COUNTIF({self.lists.aside.removeprefix('=')},{cell})>0"
            rule = {"validate": "custom", "value": f"={number}" if target else f"=OR({number},{aside})"}
            rule |= {"input_message": pair(both(f"forms.enter_{question.kind}{'_target' if target else ''}"))}
        wrong = both("forms.pick" if not numeric else f"forms.enter_{question.kind}")
        rule |= {"error_title": "请检查 Please check", "error_message": pair(wrong)[:255]}
        self.sheet.data_validation(*at, *at, rule)

    def _option(self, option: Option, given: Answer | None) -> None:
        texts = (("id", option.id), ("zh", option.text.zh), ("en", option.text.en))
        self.sheet.set_row(self.row, height((text, WIDTHS[name] - 2) for name, text in texts))
        for name, text in texts:
            self.sheet.write_string(
                self.row, AT[name], text, self.looks.weak if name == "id" else self.looks.option
            )
        for column, chosen in (
            ("answer", given.value if given else None),
            ("target", given.target if given else None),
        ):
            yes_no = both(f"forms.{'yes' if option.id in chosen else 'no'}") if isinstance(chosen, tuple) else None
            at = (self.row, AT[column])
            _put(self.sheet, *at, pair(yes_no, " ") if yes_no else None, self.looks.entry)
            self.filled += yes_no is not None and column == "answer"
            rule = {"validate": "list", "source": self.lists.yes_no, "error_message": pair(both("forms.pick"))}
            self.sheet.data_validation(*at, *at, rule | {"error_title": "请检查 Please check"})
        for column in ("unit", "reason", "proofs", "help", "see", "methods"):
            self._closed(column)
        self.cells += 1
        self.row += 1

    def _free(self, column: str, text: str | None) -> None:
        _put(self.sheet, self.row, AT[column], text or None, self.looks.free)

    def _closed(self, column: str) -> None:
        self.sheet.write_blank(self.row, AT[column], None, self.looks.closed)

    def _finish(self) -> None:
        """Protection without a password, and how it is printed."""
        sheet = self.sheet
        sheet.freeze_panes(HEADER + 1, AT["en"])
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER)
        sheet.print_area(0, 0, self.row - 1, len(COLUMNS) - 1)
        sheet.set_footer("&L&8&A&R&8&P / &N")
        sheet.hide_gridlines(2)


def _put(sheet: Any, row: int, column: int, value: str | float | None, look: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, look)
    else:
        sheet.write_number(row, column, value, look)


def _cell(question: Question, value: object) -> str | float | None:
    """A value as a person picks or types it; a number that a cell cannot hold exactly as a text."""
    if value is None:
        return None
    name = plain(value) if isinstance(value, Fraction) else str(value)
    picks = (*(choices(question) if question.scale is not None else ()), *set_aside())
    label = next((shown(question, c) for c in picks if c.name == name), None)
    if label is not None or not isinstance(value, Fraction):
        return label
    digits = name.replace(".", "").lstrip("0")
    return float(value) if "/" not in name and len(digits) <= 15 else name


def _bounds(question: Question, cell: str) -> str:
    inside = {"share": f"{cell}<=1", "count": f"{cell}=INT({cell})", "number": "TRUE"}[question.kind]
    return f"{cell}>=0,{inside}"


def _condition(question: Question) -> Text | None:
    """When it is asked, in words; the sheet itself asks always."""
    if question.asked_if is None:
        return None
    only = both("forms.only_if")
    return Text(zh=f"{only.zh}{_said(question.asked_if, 'zh')}", en=f"{only.en} {_said(question.asked_if, 'en')}")


def _said(need: Need, language: str) -> str:
    if need.question is not None:
        sign, bound = ("≥", need.at_least) if need.at_least is not None else ("≤", need.at_most)
        return f"{need.question} {sign} {plain(bound or Fraction(0))}"
    if need.plant is not None:
        return str(getattr(both(f"forms.plant.{need.plant}"), language))
    joint = both("forms.and" if need.all else "forms.or")
    parts = [_said(part, language) for part in (*need.all, *need.any)]
    text = f" {getattr(joint, language)} ".join(parts)
    return f"({text})" if len(parts) > 1 else text
