"""The report as a workbook: what it says, that its formulas hold, and that no stranger's text does harm."""

import io
import shutil
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assessor.domain import Assessment, State, Worth
from assessor.messages import LANGUAGES, Language, render
from assessor.report.document import Table
from assessor.report.excel import PAGES, render_excel
from assessor.report.excel.page import cut
from tests.papers import paper
from tests.report_example import HOSTILE, altered, example, six_verdicts
from tests.test_workbook import recalculated

pytestmark = pytest.mark.slow

needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="NOT TESTED: no LibreOffice")


@cache
def written(language: Language) -> bytes:
    return render_excel(example(), language)


def opened(data: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def page(book: Any, name: str, language: Language = "zh") -> Any:
    return book[render(f"excel.sheet.{name}", language)]


def texts(sheet: Any) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def column(sheet: Any, head: str, language: Language = "zh") -> list[Any]:
    """What stands under a head, down to the first empty row."""
    label = render(f"excel.head.{head}", language)
    at = next(c for row in sheet.iter_rows(max_row=20) for c in row if c.value == label)
    cells = [row[0] for row in sheet.iter_rows(min_row=at.row + 1, min_col=at.column, max_col=at.column)]
    return [cell.value for cell in cells]


def fact(book: Any, name: str, language: Language = "zh") -> Any:
    """What stands beside a label above the table of the first sheet."""
    label = render(f"excel.fact.{name}", language)
    return next(row[1].value for row in page(book, "summary", language).iter_rows() if row[0].value == label)


def worthy() -> Assessment:
    """The example with everything reckoned for this plant: reserve, subsidy, benefits, payback."""
    a = example()
    assert a.roadmap is not None
    worth = []
    for i, choice in enumerate(a.roadmap.choices):
        span = {"low": choice.cost / 2, "mid": choice.cost, "high": choice.cost * 2}
        worth.append(
            Worth(
                recommendation=choice.recommendation,
                cost=span,
                reserve=choice.cost * Fraction(3, 20),
                software=0,
                confirmed=1000 * i,
                days={"low": 1, "mid": 7, "high": 9},
                months={"low": 1, "mid": 3, "high": 9},
                stoppage={"low": 0, "mid": Fraction(5, 2), "high": 8},
                pain=None,
                yearly_low=12_345,
                yearly_high=23_456,
                payback_low=Fraction(41, 3),
                payback_high=30,
            )
        )
    roadmap = a.roadmap.model_copy(update={"worth": tuple(worth), "draws": 200})
    return a.model_copy(update={"roadmap": roadmap})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_assessment_is_the_same_bytes_and_every_sheet_is_there(language: Language) -> None:
    assert written(language) == render_excel(example(), language)
    names = opened(written(language)).sheetnames
    assert names[: len(PAGES)] == [render(f"excel.sheet.{name}", language) for name in PAGES]
    assert names[len(PAGES) :][:2] == ["results", "answers"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_prints_landscape_and_keeps_its_head_in_sight(language: Language) -> None:
    for sheet in opened(written(language)).worksheets:
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToWidth in (1, None)
        assert sheet.print_title_rows and sheet.freeze_panes, sheet.title


def test_levels_scores_days_and_measurements_are_numbers_and_days() -> None:
    book, a = opened(written("zh")), example()
    summary = page(book, "summary")
    days = [c.value for row in summary.iter_rows() for c in row if isinstance(c.value, datetime)]
    assert datetime(2026, 1, 1) in days
    assert a.rating("verified").level in column(summary, "verified_level")
    scores = column(page(book, "subdomains"), "verified")[: len(a.framework.dimensions)]
    assert scores == [float(cut(d.low)) for d in a.rating("verified").dimensions]
    values = column(page(book, "measurements"), "value")
    made = [m for m in a.measurements if m.state is State.MEASURED and m.value is not None]
    assert sorted(v for v in values if v is not None) == pytest.approx(sorted(float(m.value or 0) for m in made))


def test_a_score_is_cut_off_and_never_shown_as_what_it_has_not_reached() -> None:
    a = example()
    short = a.rating("verified").model_copy(update={"score": Fraction("1.7998")})
    ratings = tuple(short if r.column == "verified" and r.weights == short.weights else r for r in a.ratings)
    bare = a.model_copy(update={"rated": (), "ratings": ratings})
    assert fact(opened(render_excel(bare, "zh")), "score") == 1.799
    formula = fact(opened(written("zh"), values=False), "score")
    assert formula.startswith("=ROUNDDOWN(ROUND('cmmm-2020-discrete-v'!")
    assert (
        fact(opened(written("zh")), "score")
        == float(cut(a.rating("verified").score))
        != a.rating("verified").score
    )


def test_score_and_name_of_a_level_follow_the_sheets_of_the_sums() -> None:
    formulas, values, a = opened(written("zh"), values=False), opened(written("zh")), example()
    for one, written_, shown in zip(
        a.rated,
        column(page(formulas, "summary"), "verified_name"),
        column(page(values, "summary"), "verified_name"),
        strict=False,
    ):
        level = next(r.level for r in one.results if r.column == "verified")
        if level is None or not one.grades:
            assert not shown
            continue
        assert "MATCH(D" in written_ and all(f'"{g.name.zh}"' in written_ for g in one.grades)
        assert shown == next(g.name.zh for g in one.grades if g.number == level)
    standings = column(page(values, "summary"), "standing")
    assert standings[: len(a.rated)] == [render(f"report.status.{x.head.status.value}", "zh") for x in a.rated]


@pytest.mark.slow
@needs_office
def test_an_edited_answer_moves_score_level_and_name_on_the_first_sheet(tmp_path: Path) -> None:
    book = opened(written("zh"), values=False)
    for row in book["answers"].iter_rows(min_row=3):
        if str(row[0].value).count("-l") and row[6].value is not None:
            row[6].value = 1
    buffer = io.BytesIO()
    book.save(buffer)
    anew = recalculated(buffer.getvalue(), tmp_path)
    level = column(page(anew, "summary"), "verified_level")[0]
    assert level == 5 and fact(anew, "score") == 5
    names = {g.number: g.name.zh for g in example().rated[0].grades}
    assert column(page(anew, "summary"), "verified_name")[0] == names[5]


def test_the_pictures_are_the_spreadsheets_own_and_show_both_columns() -> None:
    sheet = page(opened(written("en"), values=False), "subdomains", "en")
    kinds = {type(chart).__name__: chart for chart in sheet._charts}
    assert set(kinds) == {"RadarChart", "BarChart"}
    assert all(len(chart.series) == 2 for chart in kinds.values())


def test_what_was_and_was_not_seen_of_each_machine_is_counted_by_formulas() -> None:
    values, formulas = opened(written("zh")), opened(written("zh"), values=False)
    used = [x for x in example().assets if x.production and x.in_use]
    assert column(page(values, "matrix"), "machine")[: len(used)] == [x.name.zh for x in used]
    there = column(page(formulas, "matrix"), "there")[0]
    assert str(there).startswith("=COUNTIF(")
    assert page(values, "matrix").conditional_formatting


def test_the_record_has_a_row_for_every_requirement() -> None:
    a = example()
    asked = [q for d in a.framework.dimensions for c in d.cells for q in c.requirements]
    assert [x for x in column(page(opened(written("zh")), "record"), "id") if x] == asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_record_names_the_methods_that_took_place_as_the_paper_does(language: Language) -> None:
    """Not those that a question allows: without an answer, a proof or a measurement there is none."""
    a = example()
    there = {
        cells[0][0].text: "".join(run.text for run in cells[2])
        for block in paper("record", language).blocks
        if isinstance(block, Table) and len(block.head) == 8
        for cells in block.rows
        if cells[1]
    }
    judged = {line.question for cell in a.rating("verified").cells for line in cell.requirements}
    sheet = page(opened(written(language)), "record", language)
    pairs = zip(column(sheet, "id", language), column(sheet, "method", language), strict=True)
    found = {question: method or "" for question, method in pairs if question in judged}
    assert found == {question: there[question.upper()] for question in judged}
    mute = a.model_copy(update={"answers": a.answers.model_copy(update={"answers": ()}), "measurements": ()})
    assert not any(column(page(opened(render_excel(mute, "zh")), "record"), "method"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_differences_settled_and_open_say_so(language: Language) -> None:
    sheet = page(opened(render_excel(six_verdicts(), language)), "differences", language)
    words = "\n".join(texts(sheet))
    assert "Line 2 was down that day" in words
    assert render("report.differences.settled", language) in words
    assert render("report.verdict.difference-lower", language) in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_says_on_its_face_that_it_is_no_certificate(language: Language) -> None:
    book, disclaimer = opened(written(language)), render("report.disclaimer", language)
    for sheet in book.worksheets:
        held = [str(c.value) for row in sheet.iter_rows(max_row=4) for c in row if c.value]
        assert any(disclaimer in words for words in held), sheet.title


def test_what_was_not_reckoned_for_the_plant_is_empty_and_says_so() -> None:
    a = example()
    assert a.roadmap is not None
    bare = a.model_copy(update={"roadmap": a.roadmap.model_copy(update={"worth": ()})})
    n = len(a.roadmap.choices)
    sheet = page(opened(render_excel(bare, "zh")), "plan")
    for name in ("reserve", "confirmed"):
        assert column(sheet, name)[:n] == [None] * n
    assert column(sheet, "confirmed")[n : n + 4] == [None] * 4, "no total of what nobody knows"
    assert all(render("excel.general", "zh") in words for words in column(sheet, "remark")[:n])
    full = page(opened(render_excel(worthy(), "zh")), "plan")
    assert None not in column(full, "reserve")[:n] and None not in column(full, "confirmed")[:n]


def test_a_stoppage_that_nobody_can_tell_is_no_nothing_in_the_totals() -> None:
    a = worthy()
    assert a.roadmap is not None
    n, whole = len(a.roadmap.choices), {r.id for r in a.recommendations if r.stoppage.whole}
    untold = tuple(w.model_copy(update={"stoppage": None}) for w in a.roadmap.worth)
    bare = a.model_copy(update={"roadmap": a.roadmap.model_copy(update={"worth": untold})})
    sheet = page(opened(render_excel(bare, "zh")), "plan")
    assert column(sheet, "stoppage")[: n + 4] == [None] * (n + 4)
    told = column(page(opened(render_excel(a, "zh")), "plan"), "stoppage")
    stops = sum(c.recommendation in whole for c in a.roadmap.choices)
    assert told[n + 3] == (2.5 * stops if stops else None)


def test_strangers_texts_stay_texts() -> None:
    names = (*HOSTILE, '=HYPERLINK("http://x")', "+1+1", "@SUM(A1)", "-2+3", "\t=1+1", "&P&[File]" * 40)

    def spoil(document: dict[str, Any]) -> None:
        for i, asset in enumerate(document["assets"]):
            asset["name"] = dict.fromkeys(("zh", "en"), names[i % len(names)])
        document["plant"]["name"] = dict.fromkeys(("zh", "en"), names[-1])
        document["plant"]["district"] = {"zh": "=1+1", "en": "=1+1"}

    for language in LANGUAGES:
        book = opened(render_excel(altered(spoil), language), values=False)
        machines = page(book, "matrix", language)
        held = [c for row in machines.iter_rows(min_row=5, max_col=1) for c in row if c.value]
        assert held and all(cell.data_type == "s" for cell in held)
        assert not [c.value for row in page(book, "summary", language).iter_rows() for c in row if c.value == "=1+1" and c.data_type == "f"]  # fmt: skip  # noqa: E501
        assert all(len(sheet.oddFooter.left.text or "") < 255 for sheet in book.worksheets if sheet.oddFooter.left)


def test_an_older_document_without_sums_plan_or_expectations_is_written_too() -> None:
    a = example()
    bare = a.model_copy(
        update={
            "rated": (),
            "roadmap": None,
            "recommendations": (),
            "findings": (),
            "sights": tuple(s.model_copy(update={"collects": {}}) for s in a.sights),
        }
    )
    book = opened(render_excel(bare, "zh"))
    assert render("report.plan.none", "zh") in "\n".join(texts(page(book, "plan")))
    assert render("excel.note.no_differences", "zh") in "\n".join(texts(page(book, "differences")))
    scores = column(page(book, "subdomains"), "verified")[: len(a.framework.dimensions)]
    assert scores == [float(cut(d.low)) for d in a.rating("verified").dimensions]


@pytest.mark.slow
@needs_office
def test_a_spreadsheet_comes_to_what_was_written_beside_every_formula(tmp_path: Path) -> None:
    data = render_excel(worthy(), "zh")
    ours, theirs = opened(data), recalculated(data, tmp_path)
    wrong, seen = [], 0
    for name in ours.sheetnames[: len(PAGES)]:
        for row in opened(data, values=False)[name].iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    seen += 1
                    mine, found = ours[name][cell.coordinate].value, theirs[name][cell.coordinate].value
                    if mine != found and not (
                        isinstance(found, int | float) and found == pytest.approx(mine, rel=1e-9, abs=1e-9)
                    ):
                        wrong.append((name, cell.coordinate, cell.value, mine, found))
    assert not wrong[:5], wrong[:5]
    assert seen > 300


@pytest.mark.slow
@needs_office
def test_what_a_reader_changes_in_the_plan_moves_its_totals(tmp_path: Path) -> None:
    a = worthy()
    assert a.roadmap is not None
    book = opened(render_excel(a, "zh"), values=False)
    sheet = page(book, "plan")
    first = next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == 1)
    dropped, doubled = sorted(a.roadmap.choices, key=lambda c: (c.phase, c.recommendation))[:2]
    sheet.cell(first, 2).value = 0
    sheet.cell(first + 1, 7).value = 1
    buffer = io.BytesIO()
    book.save(buffer)
    anew = page(recalculated(buffer.getvalue(), tmp_path), "plan")
    total = next(row for row in anew.iter_rows() if row[0].value == render("excel.total", "zh"))
    kept = [c for c in a.roadmap.choices if c is not dropped]
    assert total[4].value == pytest.approx(float(sum(c.cost for c in kept)))
    reserved = sum((c.cost * (2 if c is doubled else Fraction(23, 20)) for c in kept), Fraction(0))
    assert total[7].value == pytest.approx(float(reserved))
