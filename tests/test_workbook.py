"""The workbook: its formulas, recalculated by a spreadsheet program, come to the figures of the rating itself."""

import io
import math
import shutil
import subprocess
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assessor import cli, pipeline
from assessor.domain import Answer, Answers, Cut, Rated, Result, Term
from assessor.errors import InputError
from assessor.forms import load_answers
from assessor.frameworks import Library, load_library
from assessor.report.tree import ANSWERS
from assessor.report.workbook import render_workbook
from connectors.simulator.serve import DEMO

pytestmark = pytest.mark.slow

ANSWER_FILE = DEMO.parent / "answers.yaml"
needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="NOT TESTED: no LibreOffice")


@cache
def library() -> Library:
    return load_library()


@cache
def answers() -> Answers:
    return load_answers(ANSWER_FILE, library().questions)


@cache
def rated() -> tuple[Rated, ...]:
    return pipeline.rate_answers(library(), answers(), "discrete")


def recalculated(data: bytes, folder: Path) -> Any:
    """What LibreOffice makes of it; the figures written beside the formulas are thrown away first."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    bare = folder / "bare.xlsx"
    book.save(bare)
    office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    to = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(bare)]
    subprocess.run([*office, *to], check=True, capture_output=True, timeout=240)
    return openpyxl.load_workbook(folder / "out/bare.xlsx", data_only=True)


def same(cell: object, value: Fraction | None) -> bool:
    if value is None:
        return cell == "#N/A"
    return isinstance(cell, int | float) and math.isclose(cell, float(value), rel_tol=1e-9, abs_tol=1e-9)


def lines(term: Term) -> list[Term]:
    return [term, *(line for below in term.of for line in lines(below))]


def differing(book: Any, wrote: tuple[Rated, ...], wanted: tuple[Rated, ...]) -> list[str]:
    """Where recalculated figures are not those of a rating: all lines of the default results, levels on the cover.

    Rows stand as in the rating that was written, `wrote`. Only which gates lie ahead is a list whose lines change
    with it.
    """
    found = []
    pairs = list(zip(defaults(wrote), defaults(wanted), strict=True))
    for name, (written, result) in zip(book.sheetnames[2:], pairs, strict=True):
        by_id = {term.id: term for term in lines(result.sum)}
        there = [(row, by_id.get(term.id)) for row, term in enumerate(lines(written.sum), 6)]
        ahead = {row for row, term in enumerate(lines(written.sum), 6) if term.id.startswith("next/")}
        found += [f"{name} {row}: no such line" for row, term in there if term is None and row not in ahead]
        for row, term in ((row, term) for row, term in there if term is not None):
            for column, value in (("F", term.low), ("G", term.high)):
                cell = book[name][f"{column}{row}"].value
                if not (term.how == "list" and cell is None) and not same(cell, value):
                    found.append(f"{name} {column}{row} {term.id} ({term.how}): {cell} is not {value}")
    for row, (_, result) in enumerate(pairs, 5):
        cells = [book[book.sheetnames[0]][f"{column}{row}"].value for column in "FG"]
        if cells != [result.level, result.level_high]:
            found.append(f"cover {row}: {cells} are not {result.level}, {result.level_high}")
    return found


def defaults(rated: tuple[Rated, ...]) -> list[Result]:
    """Both columns of every framework under its default variant."""
    return [r for one in rated for r in one.results if r.variant == one.results[0].variant]


@pytest.mark.slow
@needs_office
def test_a_spreadsheet_comes_to_the_same_figures(tmp_path: Path) -> None:
    book = recalculated(render_workbook(rated(), library().statements), tmp_path)
    assert differing(book, rated(), rated()) == []
    assert sum(len(lines(one.results[0].sum)) for one in rated()) > 300


@pytest.mark.slow
@needs_office
def test_a_changed_answer_moves_the_sums_as_a_new_rating_does(tmp_path: Path) -> None:
    """Every third answer of a degree is turned round in the sheet, and in the answers that are rated anew."""
    changed = {
        a.question: 1 - a.value
        for i, a in enumerate(answers().answers)
        if i % 3 == 0 and isinstance(a.value, Fraction) and library().questions[a.question].kind == "degree"
    }
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(rated(), library().statements)))
    for row in book[ANSWERS].iter_rows(min_row=3):
        if (question := row[0].value) in changed:
            row[4].value = row[6].value = float(changed[question])
    buffer = io.BytesIO()
    book.save(buffer)
    moved = answers().model_copy(update={"answers": tuple(_turned(a, changed) for a in answers().answers)})
    anew = pipeline.rate_answers(library(), moved, "discrete")
    assert anew != rated()
    ours = recalculated(buffer.getvalue(), tmp_path)
    assert differing(ours, rated(), anew) == []


def _turned(answer: Answer, changed: dict[str, Fraction]) -> Answer:
    value = changed.get(answer.question)
    return answer if value is None else answer.model_copy(update={"value": value})


def test_figures_stand_beside_the_formulas_for_who_does_not_recalculate() -> None:
    data = render_workbook(rated(), library().statements, variants=True)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    results = [r for one in rated() for r in one.results]
    assert len(book.sheetnames) == 2 + len(results)
    for name, result in zip(book.sheetnames[2:], results, strict=True):
        assert len(name) <= 31
        if result.sum.how != "list":
            assert same(book[name]["F6"].value, result.sum.low)
            assert str(formulas[name]["F6"].value).startswith("=")


def test_a_text_of_a_framework_is_never_a_formula() -> None:
    (one, *_) = rated()
    head = one.head.model_copy(update={"title": one.head.title.model_copy(update={"zh": "=1+1", "en": "=cmd()"})})
    data = render_workbook([one.model_copy(update={"head": head})], library().statements)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book[book.sheetnames[0]]["B5"].data_type == "s"


def test_the_command_rates_answers_and_writes_the_workbook(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_LANGUAGE", "en")
    file = tmp_path / "deep/ratings.xlsx"
    with pytest.raises(SystemExit) as left:
        cli.main(["rate", str(ANSWER_FILE), "-o", str(file)])
    assert left.value.code == 0
    assert openpyxl.load_workbook(file).sheetnames[:2] == ["results", ANSWERS]
    assert "A diagnosis, not a certificate" in capfd.readouterr().out
    with pytest.raises(SystemExit) as left:
        cli.main(["rate", str(ANSWER_FILE), "-o", str(file)])
    assert left.value.code == 2, "nothing is written over"


@pytest.mark.parametrize(("cut", "says"), [("zz", "rating.unknown_cut"), ("m5", "rating.cut_not_allowed")])
def test_a_cut_that_cannot_be_is_named_also_without_a_machine(cut: str, says: str) -> None:
    wrong = answers().model_copy(update={"cuts": (Cut(dimension=cut, reason="x"),)})
    with pytest.raises(InputError) as caught:
        pipeline.rate_answers(library(), wrong, "discrete")
    assert (caught.value.message.id, caught.value.place) == (says, cut)
