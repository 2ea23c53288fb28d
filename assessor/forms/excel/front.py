"""WRITE the cover: how to fill in, what concerns the factory as a whole, and how far each sheet is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs

from assessor.domain import Answers, Framework, Status, Text
from assessor.forms.excel.layout import cuttable, height, optional, pair
from assessor.forms.excel.looks import Looks
from assessor.forms.excel.page import Rows
from assessor.forms.words import both

if TYPE_CHECKING:
    from assessor.forms.excel.book import Lists

LABEL = 52
"""Width of the column of labels."""
STEPS = ("fill", "pick", "blank", "aside", "proofs", "several", "send")


class Front:
    """Fills the cover from top to bottom. Column A holds the keys that the reader goes by."""

    def __init__(self, sheet: Any, looks: Looks, lists: "Lists") -> None:
        self.sheet, self.looks, self.lists, self.row = sheet, looks, lists, 0

    def head(self, name: str) -> None:
        """A heading over what follows."""
        self.row += 1
        self.sheet.set_row(self.row, 22)
        for column in range(4):
            self.sheet.write_blank(self.row, column, None, self.looks.topic)
        self.sheet.write_string(self.row, 1, pair(both(f"forms.cover.{name}"), "  "), self.looks.topic)
        self.row += 1

    def entry(self, key: str, label: Text, value: Any, look: Any, rule: dict[str, Any] | None = None) -> None:
        """A labelled cell to fill in; column D stays closed."""
        self.sheet.write_string(self.row, 0, key, self.looks.weak)
        self.sheet.write_string(self.row, 1, pair(label), self.looks.text)
        self.sheet.set_row(self.row, height([(pair(label), LABEL)]))
        if value is None:
            self.sheet.write_blank(self.row, 2, None, look)
        else:
            self.sheet.write(self.row, 2, value, look)
        if rule:
            self.sheet.data_validation(self.row, 2, self.row, 2, rule)
        self.row += 1

    def beside(self, text: str | None, look: Any) -> None:
        """Column D of the row before."""
        if text is None:
            self.sheet.write_blank(self.row - 1, 3, None, look)
        else:
            self.sheet.write_string(self.row - 1, 3, text, look)


def write_front(
    sheet: Any,
    looks: Looks,
    lists: "Lists",
    frameworks: tuple[Framework, ...],
    answers: Answers | None,
    rows: Mapping[str, Rows],
) -> None:
    """Fill the cover."""
    front = Front(sheet, looks, lists)
    for column, width in enumerate((15, LABEL, 26, 62)):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, pair(both("forms.cover.title"), "  "), looks.title)
    _steps(front)
    _factory(front, answers)
    _frameworks(front, optional(frameworks), answers)
    in_force = [f for f in frameworks if f.status is not Status.DRAFT]  # a draft follows the cuts of the others
    _cuts(front, cuttable(in_force), answers)
    _sheets(front, rows)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 1)
    sheet.set_footer("&R&8&P / &N")
    sheet.hide_gridlines(2)


def _steps(front: Front) -> None:
    front.head("how")
    for number, name in enumerate(STEPS, 1):
        text = both(f"forms.cover.{name}")
        front.sheet.write_string(front.row, 0, str(number), front.looks.step)
        front.sheet.merge_range(front.row, 1, front.row, 3, f"{text.zh}\n{text.en}", front.looks.intro)
        front.sheet.set_row(front.row, 31)
        front.row += 1


def _factory(front: Front, answers: Answers | None) -> None:
    front.head("factory")
    looks = front.looks
    front.entry("plant", both("forms.ask_plant"), answers.plant if answers else None, looks.entry)
    front.beside(pair(both("forms.cover.plant_more")), looks.weak)
    front.entry("date", both("forms.cover.date"), None, looks.day)
    front.beside(pair(both("forms.cover.date_more")), looks.weak)
    rule = {"validate": "integer", "criteria": ">=", "value": 0, "error_message": pair(both("forms.not_negative"))}
    front.entry("budget", both("forms.cover.budget"), answers.budget if answers else None, looks.figure, rule)
    front.beside(pair(both("forms.cover.budget_more")), looks.weak)


def _frameworks(front: Front, offered: Mapping[str, Text], answers: Answers | None) -> None:
    if not offered:
        return
    front.head("frameworks")
    for id_, title in offered.items():
        wanted = both("forms.yes") if answers and id_ in answers.frameworks else None
        rule = {"validate": "list", "source": front.lists.yes_no}
        front.entry(f"framework:{id_}", title, pair(wanted, " ") if wanted else None, front.looks.entry, rule)
        front.beside(None, front.looks.closed)


def _cuts(front: Front, offered: Mapping[str, Text], answers: Answers | None) -> None:
    if not offered:
        return
    front.head("cuts")
    reasons = {cut.dimension: cut.reason for cut in answers.cuts} if answers else {}
    for id_, name in offered.items():
        cut = both("forms.yes") if id_ in reasons else None
        rule = {"validate": "list", "source": front.lists.yes_no}
        front.entry(f"cut:{id_}", name, pair(cut, " ") if cut else None, front.looks.entry, rule)
        front.beside(reasons.get(id_), front.looks.free)


def _sheets(front: Front, rows: Mapping[str, Rows]) -> None:
    """Each sheet with a link, and how many of its cells are filled in: counted by the workbook itself."""
    front.head("sheets")
    for role, where in rows.items():
        front.sheet.write_string(front.row, 0, "", front.looks.weak)
        label = pair(both(f"forms.role.{role.replace('-', '_')}"), "  ")
        front.sheet.write_url(front.row, 1, f"internal:'{where.name}'!A1", front.looks.link, label)
        counted = f"COUNTA('{where.name}'!{xl_range_abs(where.first, 3, where.last, 3)})"
        text = f" / {where.asked}"
        front.sheet.write_formula(
            front.row, 2, f'={counted}&"{text}"', front.looks.centre, f"{where.filled}{text}"
        )
        front.sheet.write_blank(front.row, 3, None, front.looks.closed)
        front.row += 1
