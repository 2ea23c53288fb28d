"""The plan in the report: the same of each measure and of the whole, on the page and in documents."""

import re
from fractions import Fraction
from typing import Any

import pytest

from assessor.domain import Assessment
from assessor.messages import LANGUAGES, Language, money, render
from assessor.report import charts, pictures, render_html
from assessor.report.document import Bullets, Heading, Paragraph, Picture, Table, runs
from assessor.report.papers import written
from assessor.report.pen import Pen
from assessor.report.plan import Plan, plan
from tests.report_example import altered, example

F = Fraction
PAID = {
    "payback_low": "8", "payback_high": "14.5", "yearly_low": "-2000", "yearly_high": "40000", "why": None,
    "sensitivity": [
        {"assumption": {"zh": "效果", "en": "Effects"}, "worse": None, "better": "6"},
        {"assumption": {"zh": "费用", "en": "Costs"}, "worse": "19", "better": "7"},
    ],
}  # fmt: skip


def paying(document: dict[str, Any]) -> None:
    """A plan that pays back, with one case in which it never does."""
    for one in PAID["sensitivity"] or ():
        one["assumption"] = {"id": "plan.if_base.energy", "params": {"share": "1/5"}}  # type: ignore[index]
    document["roadmap"] |= PAID


def made(a: Assessment, language: Language = "en") -> Plan:
    found = plan(a, Pen.of(a, language))
    assert found is not None
    return found


def works(of: Plan) -> list[Any]:
    return [w for phase in of.phases for w in phase.works]


def section(a: Assessment, language: Language) -> str:
    """The words of the plan's part of the page."""
    page = render_html(a, language=language)
    part = page.split(f'<section id="{language}-plan"')[1].split("</section>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", part).split())


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_begins_with_its_five_figures_on_the_page_and_in_documents(language: Language) -> None:
    page, document = section(example(), language), written(example(), language)
    texts = " ".join("".join(r.text for r in runs([block])) for block in document.blocks)
    for w in works(made(example(), language)):
        assert len(w.fields) == 5 and w.share
        for field in w.fields:
            assert " ".join(field.more.split()).split("<")[0][:40].replace("'", "&#39;") in page
            assert field.figure in page and field.text in texts
    assert not re.search(r"[a-z]+-l\d-\d|unknown → \d+ [a-z]+-[a-z]+ ", page), "no ids among what it lifts"


def test_lifts_are_of_questions_that_were_asked_and_the_others_are_counted() -> None:
    a = example()
    asked = {q.id for q in a.questions}
    for w in works(made(a)):
        strange = [lift for lift in w.r.lifts if lift.question not in asked]
        assert w.more_lifts == len(strange)
        assert not {lift.question for lift in strange} & {question for _, question, _, _ in w.lifts}
    assert any(w.more_lifts for w in works(made(a))), "else this shows nothing"


def test_the_line_of_time_is_that_of_the_plant() -> None:
    def longer(document: dict[str, Any]) -> None:
        for worth in document["roadmap"]["worth"]:
            worth["months"] = {"low": "11", "mid": "12", "high": "13"}

    found = made(altered(longer))
    assert {(w.time.low, w.time.high) for w in works(found)} == {(11, 13)}
    phases = [phase for phase in found.phases if phase.works]
    assert found.ends[-1] == 13 * len(phases)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_payback_hangs_on_is_drawn_and_written(language: Language) -> None:
    a = altered(paying)
    of = made(a, language).whole
    never = render("paper.five.never", language)
    assert [s.worse for s in of.swings].count(never) == 1 and of.until == 21 and not of.why
    text = section(a, language)
    assert of.payback in text and never in text and render("report.plan.sensitivity", language) in text
    assert f"{money(-2000, language)}" in of.yearly and of.yearly.count("−") == 1
    titles = [b.caption for b in written(a, language).blocks if isinstance(b, Picture | Table)]
    assert titles.count(render("report.plan.sensitivity", language)) == 2, "a picture and its figures"


def test_what_holds_and_what_depends_are_told_apart() -> None:
    a = example()
    assert a.roadmap is not None
    of, r = made(a).whole, a.roadmap
    held = {c.recommendation: c.in_draws or 0 for c in r.choices}
    assert len(of.core) == sum(2 * n >= r.draws for n in held.values())
    assert len(of.core) + len(of.loose) == len(held) and len(of.fringe) == len(r.fringe)
    assert all(one.share >= F(1, 2) for one in of.core) and all(one.share < F(1, 2) for one in of.loose)


@pytest.mark.slow
def test_a_missing_figure_is_asked_for_in_words() -> None:
    def lacking(document: dict[str, Any]) -> None:
        figure = next(f for f in document["roadmap"]["figures"] if f["id"] == "plan-workers")
        figure |= {"value": None, "source": "missing"}
        for base in document["roadmap"]["bases"]:
            base["yearly"] = None if base["base"] == "labour" else base["yearly"]

    a = altered(lacking)
    asked = next(q for q in a.questions if q.id == "plan-workers").text.en
    assert [known.name for known in made(a).whole.missing] == [asked]
    assert made(a).whole.unspent == [render("report.base.labour", "en")]
    bullets = [run.text for b in written(a, "en").blocks if isinstance(b, Bullets) for run in runs([b])]
    assert asked in section(a, "en") and asked in bullets


@pytest.mark.slow
def test_programmes_are_never_as_if_granted() -> None:
    a = example()
    found = made(a)
    assert found.supports and all(s.title and not s.confirmed for s in found.supports)
    amounts = [s.amount for w in works(found) for s in w.supports if s.amount]
    assert amounts and all(amount.startswith("if granted") for amount in amounts)
    text = section(a, "en")
    assert render("report.plan.support.only_confirmed", "en") in text
    for s in found.supports:
        assert s.title.replace("'", "&#39;") in text


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_older_plan_without_what_it_is_worth_is_written_too(language: Language) -> None:
    def older(document: dict[str, Any]) -> None:
        for key in ("worth", "figures", "bases", "elsewhere", "sensitivity"):
            document["roadmap"][key] = []
        document["roadmap"] |= {"draws": 0, "fringe": {}, "saving": None, "needed": None, "why": None}
        document["roadmap"] |= {"yearly_low": None, "yearly_high": None}
        for choice in document["roadmap"]["choices"]:
            choice["in_draws"] = None

    a = altered(older)
    of = made(a, language)
    assert not of.supports and not of.whole.core and not of.whole.known and not any(w.share for w in works(of))
    assert render("paper.five.not_reckoned", language) in section(a, language)
    blocks = written(a, language).blocks
    ids = {b.id for b in blocks if isinstance(b, Heading)}
    assert "plan-measures" in ids and not ids & {"plan-holds", "plan-figures", "plan-programmes"}
    assert all("".join(r.text for r in b.line) for b in blocks if isinstance(b, Paragraph))


def test_a_swing_runs_to_the_edge_where_it_never_pays_back() -> None:
    assert 'x="25.0%" y="5" width="75.0%"' in charts.swing(F(3), None, F(12), "t", "d")
    assert 'x="25.0%" y="5" width="25.0%"' in charts.swing(F(3), F(6), F(12), "t", "d")
    assert "<rect" not in charts.swing(None, None, F(12), "t", "d")


def test_bars_are_as_long_as_their_shares() -> None:
    rows = [pictures.Bar("a", share, "", strong=share == 1) for share in (F(1), F(1, 2), F(0))]
    svg = pictures.bars([("", rows), ("none", [])], "t", "d")
    wide = [float(x) for x in re.findall(r'width="([\d.]+)" height="14"', svg)]
    assert len(wide) == 5 and wide[0] == wide[1] and abs(wide[3] - wide[0] / 2) < 0.2 and "none" not in svg
