"""A workbook damaged in many ways: each is named with its sheet and cell, and none ends in a traceback."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assessor import cli
from assessor.domain import Answer, Answers
from assessor.errors import InputError
from assessor.forms.changes import Merged
from assessor.forms.excel import read_book, write_book
from assessor.forms.excel.layout import AT, HEADER, LISTS, cover_name, sheet_name
from assessor.messages import LANGUAGES, catalogue, render
from tests.small_bank import FRAMEWORKS, SMALL, F

COVER, IT, QUALITY = cover_name(), sheet_name("it"), sheet_name("quality")
BASE = Answers(
    format="assessor-answers/1",
    plant="demo",
    answers=(
        Answer(question="a-degree", value=F(1), by="it", at="2026-11-01"),
        Answer(question="of-quality", value=F(1), by="quality", at="2026-11-01"),
    ),
)
Damage = Callable[[Any], None]
FIRST = HEADER + 3
"""Row of the first question, as Excel counts: below the headings and the topic."""


@cache
def whole() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(write_book((SMALL,), FRAMEWORKS, BASE)))
    put("date", "2026-11-26")(book)
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def at(book: Any, id_: str, column: str = "answer") -> Any:
    """The cell of a question, an option or a key of the cover."""
    for page in book.worksheets:
        for row in page.iter_rows(max_col=1):
            if row[0].value == id_:
                where = {"key": 1, "more": 4}.get(column, 3) if page.title == COVER else AT[column] + 1
                return page.cell(row[0].row, where)
    raise AssertionError(id_)


def put(id_: str, value: object, column: str = "answer") -> Damage:
    def damage(book: Any) -> None:
        at(book, id_, column).value = value

    return damage


def each(*damages: Damage) -> Damage:
    def damage(book: Any) -> None:
        for one in damages:
            one(book)

    return damage


def drop_sheet(name: str) -> Damage:
    return lambda book: book.remove(book[name])


def rename(book: Any) -> None:
    book[QUALITY].title = "Sheet1"


def merge(book: Any) -> None:
    book[IT].merge_cells(
        start_row=FIRST, end_row=FIRST + 1, start_column=AT["answer"] + 1, end_column=AT["answer"] + 1
    )


def no_header(book: Any) -> None:
    book[IT].delete_rows(HEADER + 1)


def swap_columns(book: Any) -> None:
    for row in book[IT].iter_rows(min_row=HEADER + 1):
        answer, target = row[AT["answer"]], row[AT["target"]]
        answer.value, target.value = target.value, answer.value


def drop_column(book: Any) -> None:
    book[IT].delete_cols(AT["unit"] + 1)


def unknown_format(book: Any) -> None:
    book[LISTS]["A1"].value = "assessor-form/9"


def cell(id_: str, column: str = "answer") -> str:
    return str(at(openpyxl.load_workbook(io.BytesIO(whole())), id_, column).coordinate)


INSIDE: dict[str, tuple[Damage, str, Callable[[], list[tuple[str, str]]]]] = {
    "sheet missing": (drop_sheet(QUALITY), "forms.book.no_sheet", lambda: [(QUALITY, "")]),
    "cover missing": (drop_sheet(COVER), "forms.book.no_sheet", lambda: [(COVER, "")]),
    "sheet renamed": (rename, "forms.book.renamed", lambda: [(QUALITY, "")]),
    "header row gone": (no_header, "forms.book.no_header", lambda: [(IT, f"A{HEADER + 1}")]),
    "columns swapped": (
        swap_columns, "forms.book.heading", lambda: [(IT, f"{c}{HEADER + 1}") for c in ("D", "F")],
    ),
    "column gone": (
        drop_column, "forms.book.heading", lambda: [(IT, f"{c}{HEADER + 1}") for c in "EFGHIJK"],
    ),
    "id changed": (put("a-degree", "a-dergee", "id"), "forms.unknown_question", lambda: [(IT, f"A{FIRST}")]),
    "id gone": (put("a-degree", None, "id"), "forms.book.no_id", lambda: [(IT, f"A{FIRST}")]),
    "id twice": (put("a-rubric", "a-degree", "id"), "forms.book.twice", lambda: [(IT, f"A{FIRST + 1}")]),
    "off scale": (put("a-degree", 0.7), "forms.off_scale", lambda: [(IT, cell("a-degree"))]),
    "a word that is no choice": (
        put("a-degree", "好"), "forms.book.value_picked",
        lambda: [(IT, cell("a-degree"))],
    ),
    "text for number": (put("a-number", "12 kWh"), "forms.book.value_typed", lambda: [(IT, cell("a-number"))]),
    "a date for a number": (
        put("a-number", datetime(2026, 1, 2)),
        "forms.book.value_typed",
        lambda: [(IT, cell("a-number"))],
    ),
    "negative": (put("a-number", -3), "forms.off_scale", lambda: [(IT, cell("a-number"))]),
    "a part of a count": (put("a-count", 1.5), "forms.not_whole", lambda: [(IT, cell("a-count"))]),
    "above 100 %": (put("a-share", "120%"), "forms.book.above_all", lambda: [(IT, cell("a-share"))]),
    "35 for 35 %": (put("a-share", 35), "forms.book.above_all", lambda: [(IT, cell("a-share"))]),
    "formula without value": (
        put("a-number", "=1+1"), "forms.book.not_calculated",
        lambda: [(IT, cell("a-number"))],
    ),
    "#REF!": (put("a-count", "#REF!"), "forms.book.failed", lambda: [(IT, cell("a-count"))]),
    "#REF! in an option": (put("some-a", "#REF!"), "forms.book.failed", lambda: [(IT, cell("some-a"))]),
    "reason missing": (put("a-yes", "不适用"), "forms.no_reason", lambda: [(IT, cell("a-yes", "reason"))]),
    "option half answered": (put("some-b", "是"), "forms.book.half", lambda: [(IT, cell("some-a"))]),
    "option neither yes nor no": (
        put("some-b", "也许"), "forms.book.yes_or_no",
        lambda: [(IT, cell("some-b"))],
    ),
    "options and set aside": (
        each(*(put(o, "否") for o in ("some-a", "some-b", "some-c")), put("some", "不知道")),
        "forms.book.both",
        lambda: [(IT, cell("some"))],
    ),
    "answer beside its options": (put("some", "是"), "forms.book.in_rows", lambda: [(IT, cell("some"))]),
    "target that is none": (
        put("a-degree", "不知道", "target"), "forms.book.no_target", lambda: [(IT, cell("a-degree", "target"))],
    ),
    "target alone": (put("a-yes", "是", "target"), "forms.no_answer", lambda: [(IT, cell("a-yes", "target"))]),
    "merged cells": (merge, "forms.book.merged", lambda: [(IT, f"D{FIRST}")]),
    "date wrong": (put("date", "yesterday"), "forms.time", lambda: [(COVER, cell("date"))]),
    "date that is no day": (put("date", "2026-02-30"), "forms.time", lambda: [(COVER, cell("date"))]),
    "date missing": (
        each(put("date", None), put("a-yes", "是")), "forms.book.no_date", lambda: [(COVER, cell("date"))],
    ),
    "key gone": (put("date", None, "key"), "forms.book.no_key", lambda: [(COVER, "")]),
    "key changed": (
        each(put("budget", 5), put("budget", "money", "key")),
        "forms.book.strange_key",
        lambda: [(COVER, cell("budget", "key"))],
    ),
    "budget in words": (put("budget", "八十万"), "forms.book.budget", lambda: [(COVER, cell("budget"))]),
    "budget negative": (put("budget", -1), "forms.book.budget", lambda: [(COVER, cell("budget"))]),
    "plant that is no id": (put("plant", "Werk 7"), "forms.book.plant", lambda: [(COVER, cell("plant"))]),
    "workbook of another plant": (
        put("plant", "other"), "forms.book.other_plant",
        lambda: [(COVER, cell("plant"))],
    ),
    "unknown cut": (
        put("cut:m1", "cut:m99", "key"), "rating.unknown_cut",
        lambda: [(COVER, cell("cut:m1", "key"))],
    ),
    "cut not allowed": (
        each(put("cut:m1", "是"), put("cut:m1", "cut:m4", "key")),
        "rating.cut_not_allowed",
        lambda: [(COVER, cell("cut:m1", "key"))],
    ),
    "cut without a reason": (
        put("cut:m1", "yes"), "forms.book.cut_reason",
        lambda: [(COVER, cell("cut:m1", "more"))],
    ),
    "reason without a cut": (
        put("cut:m1", "none here", "more"), "forms.book.cut_unsaid", lambda: [(COVER, cell("cut:m1"))],
    ),
    "unknown framework": (
        each(put("framework:aside", "是"), put("framework:aside", "framework:gone", "key")),
        "forms.unknown_framework",
        lambda: [(COVER, cell("framework:aside", "key"))],
    ),
    "framework maybe": (
        put("framework:aside", "maybe"), "forms.book.yes_or_no", lambda: [(COVER, cell("framework:aside"))],
    ),
}  # fmt: skip


def read(folder: Path, data: bytes) -> Merged:
    file = folder / "form.xlsx"
    file.write_bytes(data)
    return read_book(file, (SMALL,), FRAMEWORKS, BASE)


def damaged(name: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(whole()))
    INSIDE[name][0](book)
    return saved(book)


def test_the_whole_one_is_whole(tmp_path: Path) -> None:
    merged = read(tmp_path, whole())
    assert (merged.problems, merged.changes, merged.answers) == ((), (), BASE)


@pytest.mark.slow
@pytest.mark.parametrize("name", INSIDE)
def test_what_is_wrong_is_named_with_sheet_and_cell(name: str, tmp_path: Path) -> None:
    _, message, places = INSIDE[name]
    merged = read(tmp_path, damaged(name))
    found = [(p.sheet, p.cell) for p in merged.problems if p.message.id == message]
    assert found == places(), [(p.sheet, p.cell, p.message.id) for p in merged.problems]
    for problem in merged.problems:
        for language in LANGUAGES:
            assert render(problem.message, language)
    assert merged.answers is not None
    kept = {a.question: a for a in merged.answers.answers}
    assert all(kept[a.question] == a for a in BASE.answers), "what stood before stands after it"


def test_a_cell_far_away_costs_nothing_and_says_nothing(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(whole()))
    book[IT]["XFD1048576"].value = "a note"
    assert read(tmp_path, saved(book)).problems == ()


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    names = ("off scale", "negative", "above 100 %", "option half answered", "budget in words", "reason missing")
    book = openpyxl.load_workbook(io.BytesIO(whole()))
    for name in names:
        INSIDE[name][0](book)
    found = {(p.sheet, p.cell, p.message.id) for p in read(tmp_path, saved(book)).problems}
    assert found == {(sheet, cell_, INSIDE[n][1]) for n in names for sheet, cell_ in INSIDE[n][2]()}


def test_without_answers_a_workbook_must_name_its_plant(tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(write_book((SMALL,), FRAMEWORKS))
    merged = read_book(file, (SMALL,), FRAMEWORKS)
    assert [(p.sheet, p.cell, p.message.id) for p in merged.problems] == [
        (COVER, cell("plant"), "forms.book.no_plant")
    ]
    assert merged.answers is None


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def with_doctype() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole())) as held, zipfile.ZipFile(out, "w") as made:
        for name in held.namelist():
            data = held.read(name)
            made.writestr(name, b'<!DOCTYPE a [<!ENTITY b "c">]>' + data if name == "xl/workbook.xml" else data)
    return out.getvalue()


OUTSIDE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "forms.book.not_xlsx"),
    "not a zip": (lambda: b"id,answer\n", "forms.book.not_xlsx"),
    "a zip that is no workbook": (lambda: archive(a=b"1"), "forms.book.not_xlsx"),
    "cut short": (lambda: whole()[: len(whole()) // 2], "forms.book.not_xlsx"),
    "under a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "forms.book.old_or_locked"),
    "zip bomb": (lambda: archive(xl__worksheets__sheet1=b"0" * 60_000_000), "forms.book.bomb"),
    "doctype": (with_doctype, "forms.book.doctype"),
    "larger than any": (lambda: b"PK" + b"\0" * 20_000_001, "input.too_large"),
    "another workbook": (lambda: saved(openpyxl.Workbook()), "forms.book.not_ours"),
    "of another format": (lambda: _changed(unknown_format), "forms.book.not_ours"),
}


def _changed(damage: Damage) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(whole()))
    damage(book)
    return saved(book)


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_no_workbook_of_ours_is_refused_as_a_whole(name: str, tmp_path: Path) -> None:
    make, message = OUTSIDE[name]
    with pytest.raises(InputError) as caught:
        read(tmp_path, make())
    assert caught.value.message.id == message
    assert caught.value.place == str(tmp_path / "form.xlsx")
    for language in LANGUAGES:
        assert render(caught.value.message, language)


def test_a_file_that_is_not_there_is_told_by_the_command(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["form", "read", str(tmp_path / "none.xlsx"), "--json"])
    assert left.value.code == 2
    assert "input.unreadable" in capfd.readouterr().out


def test_every_message_of_reading_has_a_case() -> None:
    told = {message for _, message, _ in INSIDE.values()} | {message for _, message in OUTSIDE.values()}
    assert {id_ for id_ in catalogue() if id_.startswith("forms.book.")} == {
        id_ for id_ in told if id_.startswith("forms.book.")
    } | {"forms.book.no_plant"}
