"""The report: one file, two languages, nothing from outside, and not a word that is not in the catalogue."""

import re
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import Assessment, Interface, Verdict
from assessor.messages import LANGUAGES, Language, catalogue, render
from assessor.report import SECTIONS, charts, render_html
from assessor.report.pen import Pen
from tests.report_example import HOSTILE, altered, example, hostile, six_verdicts

pytestmark = pytest.mark.slow

F = Fraction
VOID = {"meta", "input", "br", "img", "link"}


class Page(HTMLParser):
    """What a browser would make of the page, as far as these tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: dict[str, list[str]] = {"zh-CN": [], "en": []}
        self.edition = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "main":
            self.edition = dict(attrs)["lang"] or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()
        if tag == "main":
            self.edition = ""

    def handle_data(self, data: str) -> None:
        if self.edition:
            self.words[self.edition].append(data)

    def text(self, language: Language) -> str:
        return " ".join(" ".join(self.words["zh-CN" if language == "zh" else "en"]).split())


@cache
def page(language: Language = "zh") -> str:
    return render_html(example(), language=language)


def read(assessment: Assessment) -> Page:
    return Page(render_html(assessment))


def test_the_page_is_well_formed_and_small() -> None:
    parsed = Page(page())
    assert parsed.open == []
    assert len(page().encode()) < 1_500_000
    ids = [attrs["id"] for _, attrs in parsed.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    links = {attrs["href"] for tag, attrs in parsed.tags if tag == "a"}
    assert links == {f"#{lang}-{s}" for lang in LANGUAGES for s in SECTIONS} and links <= {f"#{i}" for i in ids}


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_are_inside_and_the_wanted_one_shows(language: Language) -> None:
    parsed = Page(page(language))
    checked = [attrs["value"] for tag, attrs in parsed.tags if tag == "input" and "checked" in attrs]
    assert checked == [language]
    assert ("html", {"lang": "zh-CN" if language == "zh" else "en"}) in parsed.tags
    for one in LANGUAGES:
        for section in SECTIONS:
            assert render(f"report.section.{section}", one) in parsed.text(one)


def test_nothing_is_loaded_from_outside() -> None:
    names = r'xmlns="http://www.w3.org/2000/svg"|(?<=[ (（])http://opcfoundation.org/UA/\w*'  # names, no addresses
    text = re.sub(names, "", page())
    assert not re.search(r"https?:|//[a-z0-9-]+\.|url\(|@import|<link|<iframe|<object|<img", text)
    assert text.count("<script") == 1 and "default-src 'none'" in text
    assert not [
        name for tag, attrs in Page(page()).tags for name in attrs if name.startswith("on") or name == "src"
    ]


def test_the_english_edition_has_no_chinese_and_the_headings_are_in_order() -> None:
    parsed = Page(page())
    left = re.findall(r"[\u4e00-\u9fff][^ ]*", parsed.text("en"))
    allowed = "".join(p.title for x in example().answers.answers for p in x.proofs) + "关键工序数控化率"
    assert [w for w in left if w not in allowed] == []
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 2
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_section_says_what_it_is_not() -> None:
    parsed = Page(page())
    for language in LANGUAGES:
        disclaimer = render("report.disclaimer", language)
        others = [render(one.head.disclaimer, language) for one in example().rated]
        own = sum(text.count(disclaimer) for text in others[1:])  # each framework beside says so once more
        assert parsed.text(language).count(disclaimer) == len(SECTIONS) + 1 + own
    sheet = files("assessor.report").joinpath("templates/report.css").read_text("utf-8")
    for language in LANGUAGES:
        rule = re.search(rf"@page {language} \{{.*?\}} \}}", sheet, re.S)
        assert rule and render("report.disclaimer", language) in rule[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_assessment_holds_is_on_the_page(language: Language) -> None:
    a, text = example(), Page(page()).text(language)
    wanted = [x.name for x in a.assets] + [d.name for d in a.framework.dimensions]
    wanted += [r.title for r in a.recommendations] + [f.ask for f in a.findings]
    wanted += [a.framework.source, a.framework.wording, a.framework.stop_rule.why, a.plant.name]
    wanted += [s.why for s in a.sights] + [m.why for m in a.measurements] + [f.seen for f in a.findings]
    wanted += [
        q.text for q in a.questions if any(q.id == r.question for c in a.ratings[1].cells for r in c.requirements)
    ]
    missing = [w for w in (render(x, language) for x in wanted) if " ".join(w.split()) not in text]
    assert missing == []
    for plain in [
        a.source.fingerprint,
        a.source.bundle,
        *(m.sha256 for m in a.members),
        *(p.sha256 for p in a.parts),
    ]:
        assert plain in text


def test_no_difference_is_called_false() -> None:
    text = Page(page())
    assert "待核实" in text.text("zh")
    english = text.text("en")
    for r in example().recommendations:  # what a measure is against is no word on a difference
        english = english.replace(r.pain.text.en, "")
    assert not re.search(r"\bfalse\b|\bwrong\b|\bfraud|\buntrue\b|\bcheat", english, re.I)
    assert not re.search("虚假|造假|不实|谎", text.text("zh"))


def test_a_score_below_a_level_never_reads_as_that_level() -> None:
    pen = Pen.of(example(), "en")
    assert pen.score(F("1.79999")) == "1.799" and pen.score(F("1.8")) == "1.8" and pen.score(F(0)) == "0"
    assert pen.between(F("0.79999"), F("0.8")) == "0.799–0.8"


@given(st.fractions(0, 5), st.sampled_from([F(k) - F(1, 5) for k in range(1, 6)]))
def test_printing_keeps_the_side_of_a_threshold(score: Fraction, threshold: Fraction) -> None:
    assert (F(Pen.of(example(), "zh").score(score)) >= threshold) == (score >= threshold)


def test_all_verdicts_settled_differences_and_a_truncated_run() -> None:
    a = six_verdicts()
    assert {e.verdict for e in a.evidence} == set(Verdict)
    text = Page(render_html(a)).text("en")
    for verdict in Verdict:
        assert render(f"report.verdict.{verdict.value}", "en") in text
    for part in ("Line 2 was down that day", "seen again on site", "Panel of line 2", "no fleet", "1.2 MB"):
        assert part in text
    assert render("report.open.truncated", "en") in text
    frozen = render("indicator.frozen_tags.title", "en")
    assert f"{frozen} " in text and "not usable" in text.split(frozen, 1)[1][:400]


def test_unknown_is_shown_as_unknown_and_never_as_zero() -> None:
    def forget(document: dict[str, list[dict[str, object]]]) -> None:
        for m in document["measurements"]:
            m |= {"state": "not_determined", "value": None, "low": None, "high": None, "lines": []}

    parsed = read(altered(forget))
    rows = parsed.text("en").split("What was measured")[-1].split("The plan")[0]
    assert "0 %" not in rows and rows.count("not determined") >= len(example().measurements)


def test_a_pre_assessment_says_so_and_a_missing_plan_is_no_empty_plan() -> None:
    a = example().model_copy(update={"pre_assessment": True, "roadmap": None, "findings": (), "members": ()})
    parsed = read(a)
    assert "预评估" in parsed.text("zh") and "Pre-assessment" in parsed.text("en")
    assert render("report.plan.none", "en") in parsed.text("en")
    assert render("report.differences.nothing", "en") in parsed.text("en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_plant_that_names_no_target_has_none_on_its_page(language: Language) -> None:
    rated = example().rated
    assert any(one.target for one in rated), "else this shows nothing"
    bare = example().model_copy(update={"rated": tuple(r.model_copy(update={"target": None}) for r in rated)})
    label = render("report.frameworks.target", language)
    assert Page(page(language)).text(language).count(label) > read(bare).text(language).count(label)


def test_a_plant_that_is_no_simulation_is_not_called_one() -> None:
    word = render("report.simulated", "en")
    assert word in Page(page()).text("en")
    real = example().model_copy(update={"plant": example().plant.model_copy(update={"simulated": False})})
    assert word not in read(real).text("en")


def test_levels_under_different_weights_are_not_called_firm() -> None:
    a = example()
    assert render("report.level.holds", "en", n=3, low=1, high=1) in Page(page()).text("en")
    ratings = [r.model_copy(update={"level": 2}) if r == a.ratings[-1] else r for r in a.ratings]
    other = read(a.model_copy(update={"ratings": tuple(ratings)})).text("en")
    assert render("report.level.holds_not", "en", n=3, low=1, high=2) in other


def test_the_cover_counts_machines_behind_protocols_we_do_not_speak() -> None:
    a = example()
    unseen = {s.asset for s in a.sights if s.evidence is None}
    cover = Page(page()).text("en").split(render("report.contents", "en"))[0]
    for interface in (Interface.S7, Interface.FOCAS, Interface.MC):
        behind = [x for x in a.assets if x.production and x.in_use and x.interface is interface]
        hidden = [x for x in behind if x.id in unseen]
        assert hidden
        name = render(f"report.interface.{interface.value}", "en")
        after = cover.split(f"{name} · {render('report.cover.machines', 'en', n=len(behind))}")[1]
        assert f"{render('report.cover.way.untested', 'en')} {len(hidden)}" in after[:150]
    assert render("report.cover.modesty", "en", of=20, testable=a.testable, tested=a.tested) in cover


def test_the_level_to_reach_next_is_the_one_that_lies_open() -> None:
    a = example()
    wanted = next(line.level for line in a.rating("verified").levels if not line.satisfied)
    opened = re.findall(r'<details class="sum( next)?"( open)?>\s*<summary><span>([^<]+)', page())
    names = {render(x.name, "zh"): x.number for x in a.framework.levels}
    assert [names[n] for nxt, opn, n in opened if n in names and nxt and opn] == [wanted]


def test_hostile_names_stay_text() -> None:
    text = render_html(hostile())
    parsed = Page(text)
    assert parsed.open == []
    assert sum(tag == "script" for tag, _ in parsed.tags) == sum(tag == "style" for tag, _ in parsed.tags) == 1
    assert not [name for tag, attrs in parsed.tags for name in attrs if name.startswith("on")]
    assert not [tag for tag, _ in parsed.tags if tag == "img"]
    assert HOSTILE[0] in parsed.text("en") and "{braces} {0.__class__}" in parsed.text("en")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x07]", text)


NUMBERS = st.fractions(0, 1)
NAMES = st.sampled_from(HOSTILE) | st.text(max_size=30)


@settings(max_examples=60)
@given(NAMES, st.lists(st.tuples(NAMES, *[st.none() | st.fractions(0, 5)] * 3), min_size=3, max_size=24), NUMBERS)
def test_every_chart_is_xml_with_a_title_and_a_description(
    name: str, axes: list[tuple[str, Fraction | None, Fraction | None, Fraction | None]], x: Fraction
) -> None:
    held = [charts.Axis(*one) for one in axes]
    labels = [one[0] for one in axes]
    pictures = [
        charts.radar(held, name, name),
        charts.radar(held, name, name, small=True),
        charts.strip(x, F(1), value=x, claim=x, ticks=[F(1, 2)], title=name, desc=name),
        charts.strip(None, None, claim=x, title=name, desc=name),
        charts.nothing(name, name),
        charts.dumbbell(x, x, F(5), name, name),
        charts.dumbbell(None, None, None, name, name),
        charts.axis([(x, name)], 5, name),
        charts.bar(x, name, name),
        charts.stack([(x, charts.INK), (1, charts.TINT)], name, name),
        charts.units([(name, ["met"] * len(held))], labels, name, name),
        charts.tenure(0, x, x, 1, [F(1), F(2), F(3)], name, name),
    ]
    for picture in pictures:
        tree = ElementTree.fromstring(str(picture))
        space = "{http://www.w3.org/2000/svg}"
        assert tree.find(f"{space}title") is not None and tree.find(f"{space}desc") is not None
        assert not tree.findall(f".//{space}script") and not re.search(
            r"\son\w+=", re.sub(r">[^<]*<", "><", picture)
        )


def test_a_strip_shows_values_where_they_are() -> None:
    svg = charts.strip(F(1, 4), F(3, 4), value=F(1, 4), claim=F(1), title="t", desc="d")
    assert 'x="25.0%" y="8" width="50.0%"' in svg and '<svg x="100.0%"' in svg and '<svg x="25.0%"' in svg
    assert "<rect" not in charts.nothing("t", "d"), "what is unknown has no bar"


WHOLE = {
    *("contacts.trust", "mode", "token", "budget", "rule", "matrix"),
    "cover.way",  # groups of which the Assessment picks the word, so that no member stands in the code
    *("section", "lead", "vantage", "claimed", "verdict", "verdict_meaning", "outcome", "state", "evidence"),
    *("interface", "condition", "selection", "source", "base", "given", "clock", "status", "status_meaning"),
    *("plan.aim", "plan.figure", "plan.from", "plan.factors"),
    *("area", "leads", "glossary", "degree", "machines.set", "machines.walk", "plan.status", "open.never"),
}


def test_the_estimate_stands_apart_and_says_that_it_is_no_rating() -> None:
    third = example().estimate
    assert third is not None
    parsed, without = Page(page()), read(example().model_copy(update={"estimate": None}))
    assert [attrs["class"] for tag, attrs in parsed.tags if tag == "aside"] == ["third", "third"]
    assert not [tag for tag, _ in without.tags if tag == "aside"]
    for language in LANGUAGES:
        title, note, column = (render(f"report.estimate.{x}", language) for x in ("title", "note", "column"))
        assert title in parsed.text(language) and note in parsed.text(language)
        assert column not in without.text(language)
        shown = Pen.of(example(), language).score(third.score)
        assert shown in parsed.text(language)


def test_an_estimate_words_each_way_that_answers_can_lean() -> None:
    third = example().estimate
    assert third is not None
    lines = tuple(line.model_copy(update={"difference": None}) for line in third.dimensions)
    for name, update in {
        "above": {"lean": F(1, 5)},
        "below": {"lean": F(-1, 5)},
        "even": {"lean": F(0)},
        "nothing": {"dimensions": lines},
    }.items():
        changed = third.model_copy(update=update)
        text = read(example().model_copy(update={"estimate": changed})).text("en")
        begins = catalogue()[f"report.estimate.{name}"].en.split("{")[0]
        assert begins in text


def test_every_text_is_used() -> None:
    package = files("assessor.report")
    folders = (package, *map(package.joinpath, ("chapters", "templates")))
    texts = [f for folder in folders for f in folder.iterdir() if f.is_file()]
    code = "".join(f.read_text("utf-8") for f in texts if f.name.endswith((".py", ".j2")))
    ids = [id_ for id_ in catalogue() if id_.startswith("report.")]
    names = [id_.removeprefix("report.").removeprefix("unheard.") for id_ in ids]
    ones = [n for n in names if not any(n.startswith((f"{g}.", f"{g}_")) for g in WHOLE)]
    computed = {"level.declared", "machines.readable", "machines.connectable", "machines.networked"}
    computed |= {"open.machine", "open.indicator", "open.requirement", "open.cut"}
    assert [n for n in ones if f'"{n}"' not in code and n not in computed] == []


def test_no_sentence_stands_in_a_template() -> None:
    folder = files("assessor.report").joinpath("templates")
    for file in folder.iterdir():
        if file.name.endswith(".j2"):
            bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", " ", file.read_text("utf-8"), flags=re.S)
            words = re.findall(r"[A-Za-z\u4e00-\u9fff]{2,}", bare)
            assert set(words) <= {"SHA"}, (file.name, words)
    texts = [id_ for id_ in catalogue() if id_.startswith("report.")]
    assert all(catalogue()[id_].zh and catalogue()[id_].en for id_ in texts)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_can_be_read() -> None:
    sheet = files("assessor.report").joinpath("templates/report.css").read_text("utf-8")
    colour = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", sheet))
    for front, back in (
        ("ink", "paper"),
        ("soft", "paper"),
        ("soft", "pale"),
        ("accent", "paper"),
        ("paper", "accent"),
    ):
        light, dark = sorted((luminance(colour[front]), luminance(colour[back])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (front, back)
