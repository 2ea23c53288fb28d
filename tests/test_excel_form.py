"""The workbook: what is in it comes back, whoever wrote it: we, a person, or LibreOffice."""

import io
import shutil
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings

from assessor import cli
from assessor.domain import Answers, Message
from assessor.forms import load_answers
from assessor.forms.excel import read_book, write_book
from assessor.forms.excel.layout import AT, HEADER, cover_name, sheet_name
from assessor.forms.meaning import day_of, value_of
from assessor.messages import render
from connectors.simulator.serve import DEMO
from tests.answer_files import answer_sets
from tests.conftest import need
from tests.office import edited
from tests.small_bank import FRAMEWORKS, LIBRARY, QUESTIONS, SMALL

pytestmark = pytest.mark.slow

F = Fraction
DAY = "2026-11-26"
EMPTY = Answers(format="assessor-answers/1", plant="demo", answers=())
SMALL_SETS = answer_sets(QUESTIONS.values(), cuts=("m1", "m13"), frameworks=("aside",))
SHIPPED_SETS = answer_sets(LIBRARY.questions.values(), cuts=("m1",), most=30)


def filled(data: bytes, cells: dict[tuple[str, str], object]) -> bytes:
    """The workbook after someone typed into cells, by sheet and question or key of the cover (and column)."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, name), value in cells.items():
        key, _, column = name.partition(".")
        page = book[sheet]
        row = next(r for r in range(1, page.max_row + 1) if page.cell(r, 1).value == key)
        at = {"": 2, "more": 3}[column] if sheet == cover_name() else AT[column or "answer"]
        page.cell(row, at + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def dated(data: bytes) -> bytes:
    return filled(data, {(cover_name(), "date"): DAY})


def back(data: bytes, base: Answers | None, topics: Any = (SMALL,), frameworks: Any = FRAMEWORKS) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "form.xlsx"
        file.write_bytes(data)
        return read_book(file, topics, frameworks, base)


def carried(answers: Answers) -> dict[tuple[str, str], Any]:
    """What a workbook carries of each answer: the text of a proof, not its digest; the day of the cover."""

    def line(text: str) -> str:
        return " ".join(text.split())

    return {
        (a.question, a.by): (
            set(a.value) if isinstance(a.value, tuple) else a.value,
            set(a.target) if isinstance(a.target, tuple) else a.target,
            a.reason,
            list(dict.fromkeys((p.kind, line(p.title)) for p in a.proofs if line(p.title))),
        )
        for a in answers.answers
    }


@settings(max_examples=20)
@given(answers=SMALL_SETS)
def test_what_is_answered_comes_back_without_a_difference(answers: Answers) -> None:
    """Nothing of an answer is touched by being shown in a workbook: not its time, not its proofs."""
    merged = back(write_book((SMALL,), FRAMEWORKS, answers), answers)
    assert (merged.changes, merged.problems, merged.kept) == ((), (), 0)
    assert merged.answers == answers


@pytest.mark.slow
@settings(max_examples=5)
@given(answers=SHIPPED_SETS)
def test_the_shipped_bank_comes_back_without_a_difference(answers: Answers) -> None:
    frameworks = tuple(LIBRARY.frameworks.values())
    merged = back(write_book(LIBRARY.topics, frameworks, answers), answers, LIBRARY.topics, frameworks)
    assert (merged.changes, merged.problems) == ((), ())
    assert merged.answers == answers


@settings(max_examples=20)
@given(answers=SMALL_SETS)
def test_a_workbook_alone_tells_all_that_was_answered(answers: Answers) -> None:
    merged = back(dated(write_book((SMALL,), FRAMEWORKS, answers)), EMPTY)
    assert merged.problems == ()
    after = merged.answers
    assert carried(after) == carried(answers)
    assert {a.at for a in after.answers} <= {DAY}
    assert after.budget == answers.budget and set(after.frameworks) == set(answers.frameworks)
    assert {c.dimension: c.reason for c in after.cuts} == {c.dimension: c.reason for c in answers.cuts}


@settings(max_examples=10)
@given(old=SMALL_SETS, new=SMALL_SETS)
def test_what_is_entered_wins_and_what_is_not_stays(old: Answers, new: Answers) -> None:
    """An empty cell deletes nothing, and applying a workbook twice is applying it once."""
    data = dated(write_book((SMALL,), FRAMEWORKS, new))
    merged = back(data, old)
    assert merged.problems == ()
    after, before, entered = carried(merged.answers), carried(old), carried(new)
    assert after.keys() == before.keys() | entered.keys()
    assert {key: after[key] for key in before.keys() - entered.keys()} == {
        key: before[key] for key in before.keys() - entered.keys()
    }
    assert {key: after[key][0] for key in entered} == {key: entered[key][0] for key in entered}
    again = back(data, merged.answers)
    assert (again.changes, again.answers) == ((), merged.answers)


IT = sheet_name("it")


def test_labels_of_either_language_and_bare_values_are_taken() -> None:
    cells: dict[tuple[str, str], object] = {
        (cover_name(), "date"): "2026年11月26日",
        (cover_name(), "plant"): "demo",
        (cover_name(), "framework:aside"): "yes",
        (cover_name(), "cut:m1"): "是",
        (cover_name(), "cut:m1.more"): "no design here",
        (IT, "a-degree"): "80%",
        (IT, "a-degree.target"): "全部满足",
        (IT, "a-rubric"): "TWO",
        (IT, "a-share"): "３７．５％",
        (IT, "a-yes"): True,
        (IT, "a-number"): "1,234.5",
        (IT, "a-count"): 12,
        (IT, "a-count.proofs"): "screen: stock list\n库存表",
        (IT, "some-a"): "是",
        (IT, "some-b"): "no",
        (IT, "some-c"): "√",
        (sheet_name("quality"), "of-quality"): "不适用",
        (sheet_name("quality"), "of-quality.reason"): "none made here",
    }
    merged = back(filled(write_book((SMALL,), FRAMEWORKS), cells), None)
    assert merged.problems == ()
    said = {a.question: a for a in merged.answers.answers}
    assert {id_: a.value for id_, a in said.items()} == {
        "a-degree": F(4, 5),
        "a-rubric": F(2),
        "a-share": F(3, 8),
        "a-yes": F(1),
        "a-number": F(2469, 2),
        "a-count": F(12),
        "some": ("some-a", "some-c"),
        "of-quality": "not-applicable",
    }
    assert said["a-degree"].target == 1 and {a.at for a in said.values()} == {DAY}
    assert [(p.kind, p.title) for p in said["a-count"].proofs] == [
        ("screen", "stock list"),
        ("statement", "库存表"),
    ]
    assert {a.by for a in said.values()} == {"it", "quality"}
    assert merged.answers.frameworks == ("aside",) and merged.answers.cuts[0].reason == "no design here"
    assert [a.question for a in merged.answers.answers] == list(said), "in the order of the bank"


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("a-degree", "0.8", F(4, 5)),
        ("a-degree", "Mostly", F(4, 5)),
        ("a-degree", "大部分满足 mostly", F(4, 5)),
        ("a-degree", "plenty", None),
        ("a-yes", "否", F(0)),
        ("a-yes", "×", F(0)),
        ("a-yes", "1", F(1)),
        ("a-rubric", "1 中one", F(1)),
        ("a-rubric", "None of these.", F(0)),
        ("a-share", "1/3", F(1, 3)),
        ("a-share", 0.35, F(7, 20)),
        ("a-share", "do not know", "do-not-know"),
        ("a-number", "n/a", "not-applicable"),
        ("a-number", "1_000", None),
        ("a-number", "12 台", None),
        ("a-number", "1e99999", None),
        ("a-number", True, None),
        ("a-number", 0.1 + 0.2, F(3, 10)),
    ],
)
def test_what_a_cell_means(kind: str, raw: Any, value: object) -> None:
    assert value_of(QUESTIONS[kind], raw) == value


@pytest.mark.parametrize(
    ("raw", "day"), [("2026/1/2", "2026-01-02"), ("2026.1.2", "2026-01-02"), ("2026-02-30", None), (46000, None)]
)
def test_what_a_date_means(raw: Any, day: str | None) -> None:
    assert day_of(raw) == day


def test_each_role_has_its_sheet_and_every_question_of_the_bank_stands_on_one() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_book(LIBRARY.topics, LIBRARY.frameworks.values())))
    pages = book.worksheets[1:-1]
    assert [page.title for page in pages] == [sheet_name(role) for role in dict.fromkeys(_roles())]
    found = [row[0].value for page in pages for row in page.iter_rows(min_row=HEADER + 2)]
    assert all(found.count(id_) == 1 for id_ in LIBRARY.questions)
    for page in pages:
        assert page.protection.sheet and not page.protection.password
        assert page.print_title_rows == f"${HEADER + 1}:${HEADER + 1}"
        assert (page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight) == (
            "landscape",
            9,
            0,
        )
        open_ = {
            c.column - 1 for row in page.iter_rows(min_row=HEADER + 2) for c in row if not c.protection.locked
        }
        assert open_ <= {AT[name] for name in ("answer", "target", "reason", "proofs")}
    assert book.worksheets[-1].sheet_state == "veryHidden"


def _roles() -> list[str]:
    known = {q.knows for q in LIBRARY.questions.values()}
    order = ("owner", "production", "equipment", "quality", "it", "energy-safety", "hr", "supply-sales")
    return [role for role in order if role in known]


@pytest.mark.slow
def test_libreoffice_types_into_it_and_saves_it(tmp_path: Path) -> None:
    need("soffice")
    demo = load_answers(DEMO.parent / "answers.yaml", LIBRARY.questions)
    form = tmp_path / "form.xlsx"
    form.write_bytes(write_book(LIBRARY.topics, LIBRARY.frameworks.values(), demo))
    book = openpyxl.load_workbook(form)
    it = book[sheet_name("it")]
    share = next(q for q in LIBRARY.questions.values() if q.kind == "share")
    where = {row[0].value: (page.title, row[0].row) for page in book.worksheets for row in page.iter_rows()}
    degree = next(
        a.question
        for a in demo.answers
        if where[a.question][0] == it.title and a.by == "it" and a.value == F(1, 2)
    )
    sheet, row = where[share.id]
    cells: dict[tuple[str, str], str | float] = {
        (cover_name(), f"C{where['date'][1]}"): DAY,
        (cover_name(), f"C{where['budget'][1]}"): 650000,
        (it.title, f"D{where[degree][1]}"): "大部分满足 mostly",
        (sheet, f"D{row}"): "37.5%",
        (sheet, f"H{row}"): "屏幕：大屏截图",
    }
    saved = edited(form, cells, tmp_path)
    merged = read_book(saved, LIBRARY.topics, LIBRARY.frameworks.values(), demo)
    assert merged.problems == ()
    changes = {(c.of, c.part): c.after for c in merged.changes}
    assert changes.pop(("budget", "cover")) == "650000"
    assert changes.pop((degree, "value")) == "0.8"
    assert changes.pop((share.id, "value")) == "0.375"
    assert changes.pop((share.id, "proofs")).endswith("屏幕：大屏截图")
    assert changes == {}, "nothing else moved by being saved by another program"


# The commands


@pytest.fixture
def demo_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The answers of the demo, in a place of their own; the shipped library is read once for all tests."""
    monkeypatch.setattr("assessor.cli.form.load_library", lambda: LIBRARY)
    return Path(shutil.copy(DEMO.parent / "answers.yaml", tmp_path / "answers.yaml"))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(["form", *arguments])
    return int(left.value.code or 0)


def test_out_and_back_by_the_commands(
    tmp_path: Path, demo_file: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    form, before = tmp_path / "form.xlsx", demo_file.read_bytes()
    assert run("excel", "--answers", str(demo_file), "-o", str(form)) == 0
    question = next(q for q in LIBRARY.questions.values() if q.kind == "degree")
    cells = {(cover_name(), "date"): DAY, (sheet_name(question.knows), question.id): "0.5"}
    form.write_bytes(filled(form.read_bytes(), cells))
    assert run("read", str(form), "--answers", str(demo_file)) == 0
    assert question.id in capfd.readouterr().out
    assert demo_file.read_bytes() == before, "a dry run writes nothing"
    assert run("read", str(form), "--answers", str(demo_file), "--apply") == 0
    after = load_answers(demo_file, LIBRARY.questions)
    assert next(a for a in after.answers if a.question == question.id).value == F(1, 2)
    assert load_answers(DEMO.parent / "answers.yaml", LIBRARY.questions).witnessed == after.witnessed
    capfd.readouterr()
    assert run("read", str(form), "--answers", str(demo_file), "--json") == 0
    assert '"changes": []' in capfd.readouterr().out


def test_nothing_is_written_while_anything_is_wrong(
    tmp_path: Path, demo_file: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    form, new = tmp_path / "form.xlsx", tmp_path / "new.json"
    ids = [q.id for q in LIBRARY.questions.values() if q.kind == "degree" and q.knows == "it"]
    cells = {(cover_name(), "date"): DAY, (IT, ids[0]): "plenty", (IT, ids[1]): "no such", (IT, ids[2]): "0"}
    form.write_bytes(filled(write_book(LIBRARY.topics, LIBRARY.frameworks.values()), cells))
    arguments = ("read", str(form), "--answers", str(demo_file), "-o", str(new), "--apply")
    assert run(*arguments) == 2 and not new.exists()
    shown = capfd.readouterr().err
    assert "plenty" in shown and "no such" in shown, "all of them, not the first"
    assert run(*arguments, "--skip-bad") == 0
    after = {(a.question, a.by): a.value for a in load_answers(new, LIBRARY.questions).answers}
    before = {(a.question, a.by): a.value for a in load_answers(demo_file, LIBRARY.questions).answers}
    assert after == before | {(ids[2], "it"): F(0)}


def test_where_to_write_must_be_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("read", str(tmp_path / "none.xlsx"), "--apply", "--json") == 2
    assert "forms.nowhere" in capfd.readouterr().out
    assert render(Message(id="forms.nowhere"), "zh")


def test_the_schema_and_the_phone_form_are_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("xlsform", "-o", str(tmp_path / "phone.xlsx")) == 0
    assert "survey" in openpyxl.load_workbook(tmp_path / "phone.xlsx").sheetnames
    assert run("schema") == 0
    assert "assessor-answers/1" in capfd.readouterr().out
