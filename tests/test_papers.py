"""Documents before they have a format: what they say, what they leave out, and that nothing in them is loose."""

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from assessor.domain import Assessment, Grant, Noun, Span, Text, Worth
from assessor.messages import LANGUAGES, Language, catalogue, render
from assessor.report import pictures
from assessor.report.document import Bullets, Document, Heading, Paragraph, Picture, Run, Table, line, marks, runs
from assessor.report.papers import PAPERS, written
from assessor.report.pen import Pen
from assessor.report.waterfall import signed, waterfall
from assessor.report.wording import filled
from assessor.report.worth import five
from tests.golden import CASE
from tests.letters import drawable
from tests.paper_lines import lines
from tests.report_example import HOSTILE, example, hostile, six_verdicts

EVERY = [(name, language) for name in PAPERS for language in LANGUAGES]


@cache
def paper(name: str, language: Language) -> Document:
    """A document of the example."""
    return written(example(), language, name)


def said(document: Document) -> str:
    """All words of a document, headings and captions too."""
    loose = [b.text for b in document.blocks if isinstance(b, Heading)]
    loose += [b.caption for b in document.blocks if isinstance(b, Table | Picture)]
    loose += [b.alt for b in document.blocks if isinstance(b, Picture)]
    loose += [name for b in document.blocks if isinstance(b, Table) for name in b.head]
    loose += [f"{label} {value}" for label, value in document.facts]
    text = "\n".join([document.title, document.subtitle, *loose])
    return text + "".join(run.text for run in runs(document.blocks))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_documents_of_the_golden_case_say_what_they_said(name: str, language: Language) -> None:
    """`python -m tests.golden` rewrites them after a change that was meant; then read the difference."""
    assert lines(paper(name, language)) == (CASE.parent / f"{name}.{language}.txt").read_text("utf-8")


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_document_is_whole(name: str, language: Language) -> None:
    document = paper(name, language)
    assert (document.name, document.language) == (name, language)
    headings = [b for b in document.blocks if isinstance(b, Heading)]
    assert [k for k, n in Counter(h.id for h in headings).items() if n > 1] == []
    assert headings[0].level == 1 and all(b.level - a.level <= 1 for a, b in pairwise(headings))
    for block in document.blocks:
        if isinstance(block, Table):
            assert block.caption and any(block.head) and len(block.head) == len(block.widths)
            assert abs(sum(block.widths) - 1) < 1e-9, block.caption
            assert all(len(row) == len(block.head) for row in block.rows), block.caption
            assert block.rows and max(block.numbers, default=0) < len(block.head), block.caption
        if isinstance(block, Picture):
            assert block.caption and block.alt and 0 < block.width <= 1
        if isinstance(block, Bullets):
            assert block.items and all(block.items)
        if isinstance(block, Paragraph):
            assert "".join(run.text for run in block.line).strip()
    assert document.disclaimer == render("report.disclaimer", language)
    assert document.digest == example().source.bundle


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_stand_alone(language: Language) -> None:
    found = [b for b in paper("report", language).blocks if isinstance(b, Picture)]
    assert len(found) >= 5, "radar, waterfall, matrix, time, map of differences"
    for picture in found:
        tree = ElementTree.fromstring(picture.svg)
        assert tree.get("width") and tree.get("height") and "Noto Sans SC" in tree.get("font-family", "")
        assert not re.search(r"var\(|url\(|href|<style|<script|class=\"[^\"]*\" style", picture.svg)
        assert not [at for e in tree.iter() for at in e.attrib.values() if at.endswith("%")]
        letters = {c for e in tree.iter() if e.text for c in e.text.strip()}
        assert [c for c in letters if ord(c) not in drawable()] == []


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_letter_of_a_document_can_be_drawn(name: str, language: Language) -> None:
    assert sorted({c for c in said(paper(name, language)) if c > " " and ord(c) not in drawable()}) == []


def test_the_english_documents_have_no_chinese() -> None:
    answers = example().answers.answers
    allowed = "".join(p.title for x in answers for p in x.proofs) + "关键工序数控化率"
    allowed += "".join(x.reason or "" for x in answers)  # in the words of the plant
    for name in PAPERS:
        words = re.findall(r"[\u4e00-\u9fff][^ A-Za-z]*", said(paper(name, "en")))
        assert [w for w in words if w not in allowed] == []


def test_marked_figures_are_those_of_the_assessment() -> None:
    a = example()
    for language in LANGUAGES:
        document = written(a, language)
        told: dict[str, set[str]] = {}
        for run in runs(document.blocks):
            if run.mark:
                told.setdefault(run.mark, set()).add(run.text)
        assert [mark for mark, texts in told.items() if len(texts) > 1 or len(mark) > 64] == []
        figures, pen = marks(document), Pen.of(a, language)
        for column in ("declared", "verified"):
            rating = a.rating(column)
            assert figures[f"level.{column}"] == str(rating.level)
            assert figures[f"score.{column}"] == pen.between(rating.score, rating.score_high)
        for one in a.rating("verified").dimensions:
            assert figures[f"score.{one.dimension}"] == pen.between(one.low, one.high)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filed_holds_settled_differences_alone(language: Language) -> None:
    a = six_verdicts()
    settled, still = [[f for f in a.findings if f.settled is x] for x in (True, False)]
    assert settled and still
    filed, whole, annex = (said(written(a, language, name)) for name in ("filed", "report", "annex"))
    pen = Pen.of(a, language)
    for finding in still:
        ask = pen.say(finding.ask)
        assert ask not in filed and ask in whole and ask in annex
    for finding in settled:
        assert pen.say(finding.ask) in filed and "Line 2 was down that day" in filed
        assert pen.say(finding.ask) not in annex
    assert render("report.estimate.title", language) in whole
    assert render("report.estimate.title", language) not in filed, "an estimate is not to be filed"
    advice = sorted({text for r in a.recommendations for text in texts_of(r, language)}, key=len, reverse=True)
    for whole_text in (filed, whole, annex):
        text = whole_text
        for part in advice:
            text = text.replace(part, "")
        assert not re.search(r"\bfalse\b|\bwrong\b|\bfraud|虚假|造假|不实|谎", text)


def texts_of(noun: Noun, language: Language) -> Iterator[str]:
    """Every text inside a noun: advice may speak of a wrong drawing, a difference never of a wrong claim."""
    for value in (getattr(noun, name) for name in type(noun).model_fields):
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Text):
                yield getattr(one, language)
            elif isinstance(one, Noun):
                yield from texts_of(one, language)


def test_the_steps_of_the_waterfall_are_what_levels_in_play_lost() -> None:
    a = example()
    w = waterfall(a, Pen.of(a, "en"))
    declared, verified = a.rating("declared"), a.rating("verified")
    both = [(x, y) for x, y in zip(declared.levels, verified.levels, strict=True)]
    lost = sum((y.low - x.low for x, y in both if x.level in (2, 3)), Fraction(0))
    assert sum((step.change for step in w.steps), Fraction(0)) == lost != 0, "levels 2 and 3 are in play"
    assert w.rule == verified.score - declared.score - lost
    assert all(step.change for step in w.steps)
    assert signed(Fraction(-1, 40), Pen.of(a, "en")) == "−0.025" and signed(Fraction(0), Pen.of(a, "en")) == "0"


def test_a_waterfall_of_equal_columns_has_no_steps() -> None:
    a = example()
    same = tuple(r.model_copy(update={"column": "declared"}) for r in a.ratings if r.column == "verified")
    equal = a.model_copy(update={"ratings": (*same, *(r for r in a.ratings if r.column == "verified"))})
    w = waterfall(equal, Pen.of(equal, "zh"))
    assert w.steps == [] and w.rule == 0 and w.declared == w.verified


def _worth(a: Assessment, **more: object) -> Assessment:
    """The example with its first recommendation reckoned."""
    assert a.roadmap is not None
    span = Span(low=Fraction(10_000), mid=Fraction(20_000), high=Fraction(30_000))
    days = Span(low=Fraction(5), mid=Fraction(6), high=Fraction(7))
    given: dict[str, object] = {
        "recommendation": a.recommendations[0].id, "cost": span, "reserve": Fraction(2_000), "software": 0,
        "confirmed": Fraction(4_000), "days": days, "months": days, "stoppage": days, "pain": Fraction(3_000),
        "grants": (Grant(programme="voucher", outcome="not_determined"),),
    }  # fmt: skip
    worth = Worth.model_validate(given | more)
    return a.model_copy(update={"roadmap": a.roadmap.model_copy(update={"worth": (worth,)})})


def test_an_owner_reads_five_things_first() -> None:
    a = _worth(example(), payback_low=Fraction(8), payback_high=Fraction(14), yearly_low=Fraction(12_000),
               yearly_high=Fraction(24_000), own_share=Fraction(1, 4))  # fmt: skip
    cash, payback, stoppage, people, pain = (f.text for f in five(a, a.recommendations[0], Pen.of(a, "en")))
    assert "¥10k to ¥30k, middle ¥20k before subsidy" in cash
    assert "¥6k to ¥26k, middle ¥16k after the ¥4k" in cash and "¥2k" in cash
    assert payback == "8–14 months; it brings ¥12k to ¥24k a year"
    assert stoppage.startswith("Production stands for 5–7 hours.") and "person-days" in people
    assert "¥3k a month" in pain or "counted in money" in pain
    unknown = _worth(example(), needed=Fraction(1_500), missing=(a.questions[0].id,))
    text = five(unknown, a.recommendations[0], Pen.of(a, "en"))[1].text
    assert "¥2k a month" in text and render(a.questions[0].text, "en") in text and "months" in text


@pytest.mark.slow
def test_without_a_plan_or_machines_a_document_says_so() -> None:
    a = example().model_copy(update={"roadmap": None, "findings": (), "members": (), "contacts": (), "flags": ()})
    text = said(written(a, "en"))
    for name in ("plan.none", "differences.nothing", "contacts.nothing"):
        assert render(f"report.{name}", "en") in text


@pytest.mark.slow
def test_hostile_names_stay_text() -> None:
    for name in PAPERS:
        document = written(hostile(), "en", name)
        assert HOSTILE[0] in document.title
        for block in document.blocks:
            if isinstance(block, Picture):
                tree = ElementTree.fromstring(block.svg)
                assert not [e.tag for e in tree.iter() if e.tag.endswith(("script", "img", "style"))]


def test_a_sentence_keeps_its_marked_figures() -> None:
    pen = Pen.of(example(), "zh")
    told = filled(pen, "paper.summary.lead", verified=Run("1", mark="v"), declared=Run("2", mark="d"))
    assert [r.text for r in told if r.mark] == ["1", "2"] and "".join(r.text for r in told).count("1") == 1
    assert line("a", Run("b")) == (Run("a"), Run("b"))


def test_long_labels_end_in_an_ellipsis() -> None:
    assert pictures.shortened("车" * 200) == "车" * 20 + "…" and pictures.shortened("ab") == "ab"
    with pytest.raises(ValueError, match="viewBox"):
        pictures.standalone("<svg></svg>")


def test_every_text_of_the_documents_is_used() -> None:
    package = files("assessor.report")
    folders = [package, *(package.joinpath(x) for x in ("chapters", "papers", "word", "templates"))]
    texts = [f for folder in folders for f in folder.iterdir() if f.is_file() and f.name.endswith((".py", ".j2"))]
    code = "".join(f.read_text("utf-8") for f in texts)
    ids = [id_ for id_ in catalogue() if id_.startswith("paper.")]
    names = [id_.removeprefix("paper.").removeprefix("unheard.") for id_ in ids]
    computed = {"table", "figure"}
    groups = {"name", "five.name", "five.hours_per", "five.days_per", "five.each", "five.reversible"}
    rest = [n for n in names if n.rpartition(".")[0] not in groups and n not in computed]
    lists = re.findall(r'paper\(f"([a-z]+)\.\{', code)
    parts = {f"{g}.{word}" for g in lists for word in re.findall(r'"([a-z_]+)"', code)}
    assert [
        n
        for n in rest
        if f'"{n}"' not in code and f"'{n}'" not in code and f"paper.{n}" not in code and n not in parts
    ] == []
