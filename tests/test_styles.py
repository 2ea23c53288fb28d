"""Bands, the weakest link and the mean: worked by hand, and as shipped. Their laws: test_styles_laws."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pydantic
import pytest

from assessor import choosing, cli, pipeline
from assessor.domain import (
    Answers,
    Aspect,
    Criteria,
    Criterion,
    Level,
    Need,
    Question,
    Result,
    Stage,
    Status,
    Term,
    WeightSet,
)
from assessor.forms import load_answers
from assessor.frameworks import Library, load_library
from assessor.frameworks.proof import KINDS
from assessor.rating import Known, Value, rate_library
from assessor.rating.criteria import results
from assessor.report.workbook import render_workbook
from tests.small import claim, text
from tests.test_workbook import ANSWER_FILE, differing, needs_office, recalculated

F = Fraction
STYLES = ("acatech-style", "dmat-style", "impuls-style", "siri-style")
ASIDE = Value(None, None, "unknown", applies=False)
OPEN = Value(F(0), F(1), "unknown")
SENTENCES = tuple(text(str(n)) for n in range(5))
QUESTIONS = {
    **{f"q{i}": Question(id=f"q{i}", kind="degree", text=text(), knows="it") for i in range(9)},
    "rubric": Question(id="rubric", kind="rubric", text=text(), sentences=SENTENCES, knows="it"),
    "share": Question(id="share", kind="share", text=text(), step=F(1, 10), knows="it"),
    "yes": Question(id="yes", kind="yes-no", text=text(), knows="it"),
}


# Small frameworks


def stages(*questions: str) -> tuple[Stage, ...]:
    """One question a stage, from 1 on, each met from 0.8 on."""
    needs = [Need(question=q, at_least=F(4, 5)) for q in questions]
    return tuple(Stage(number=k, name=text(), need=need) for k, need in enumerate(needs, 1))


def staged(id_: str, *found: Stage) -> Criterion:
    return Criterion(id=id_, name=text(), status=Status.OWN, stages=found)


def scored(question: str) -> Criterion:
    return Criterion(id=question, name=text(), status=Status.OWN, question=question)


def framework(
    law: str, criteria: Mapping[str, Sequence[Criterion]], weights: Mapping[str, int | Fraction] | None = None,
    *, top: int = 5, begins: Sequence[int] | None = None,
) -> Criteria:  # fmt: skip
    """By the criteria of each dimension; levels of the total begin at every whole number unless said otherwise."""
    more: dict[str, Any] = {}
    if law != "bands":
        sets = {"equal": dict.fromkeys(criteria, F(1))} if weights is None else {"given": weights}
        more = {
            "total": text(),
            "levels": tuple(
                Level(number=k, name=text(), text=text(), from_=F(begin))
                for k, begin in enumerate(begins or range(top + 1))
            ),
            "weight_sets": tuple(
                WeightSet(id=id_, name=text(), status=Status.OWN, source=text(), weights=dict(found))
                for id_, found in sets.items()
            ),
            "default_weights": next(iter(sets)),
        }
    return Criteria(
        format="assessor-framework/1", id="small", version="1", date="2026-11-26", title=text(), law=law,
        status=Status.OWN, source=text(), wording=text(), disclaimer=text(), loses=text(), on=False, top=F(top),
        dimensions=tuple(
            Aspect(id=id_, name=text(), status=Status.OWN, criteria=tuple(c)) for id_, c in criteria.items()
        ),
        **more,
    )  # fmt: skip


def rate(of: Criteria, held: Mapping[str, Value | str | int]) -> Result:
    """The default result in one column. What is not given is a degree, 0."""
    values: dict[str, Value] = dict.fromkeys(QUESTIONS, Value(F(0), F(0), "answer"))
    for name, value in held.items():
        values[name] = value if isinstance(value, Value) else Value(F(value), F(value), "answer")
    return results(of, QUESTIONS, Known("declared", values, "discrete", {}))[0]


def below(term: Term) -> list[Term]:
    return [term, *(line for part in term.of for line in below(part))]


def by_dimension(result: Result) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    lines = {term.id: term for term in below(result.sum) if term.how != "same"}
    return {
        id_.removeprefix("dimensions/"): (term.low, term.high)
        for id_, term in lines.items()
        if id_.startswith("dimensions/") and id_.count("/") == 1
    }


# By hand


def test_bands_by_hand() -> None:
    """a: stages 1, 2, 3 met with 1, 0.8, 0.5        -> two from the first on                     2
    b: stages 1, 2, 3 with 1, 0, 1                   -> the third is met, but the second is not  1
    c: stage 1 met, stage 2 unknown, stage 3 met     -> 1 if it fails, 3 if it holds             1 to 3
    lowest: least of 2, 1, 1 (and 2, 1, 3) = 1; mean: (2 + 1 + 1)/3 = 4/3 to (2 + 1 + 3)/3 = 2"""
    of = framework(
        "bands",
        {
            "a": [staged("band", *stages("q0", "q1", "q2"))],
            "b": [staged("band", *stages("q3", "q4", "q5"))],
            "c": [staged("band", *stages("q6", "q7", "q8"))],
        },
    )
    found = rate(of, {"q0": 1, "q1": "0.8", "q2": "0.5", "q3": 1, "q5": 1, "q6": 1, "q7": OPEN, "q8": 1})
    assert by_dimension(found) == {"a": (2, 2), "b": (1, 1), "c": (1, 3)}
    lines = {term.id: term for term in below(found.sum)}
    assert (lines["lowest"].low, lines["lowest"].high, lines["lowest"].status) == (1, 1, "own")
    assert (lines["mean"].low, lines["mean"].high, lines["mean"].status) == (F(4, 3), 2, "own")
    assert (found.level, found.level_high, found.score, found.sum.how) == (None, None, None, "list")
    assert (found.coverage, found.open_questions) == (F(8, 9), ("q7",))  # (1 + 1 + 2/3) / 3


def test_the_weakest_link_by_hand() -> None:
    """Weights 25/14/10/19/14/18. Two criteria a dimension, of which the lower counts:
    4, 2 -> 2   3, 3 -> 3   0, 5 -> 0   5, 5 -> 5   1, 2 -> 1   4, 5 -> 4
    25*2 + 14*3 + 10*0 + 19*5 + 14*1 + 18*4 = 50 + 42 + 0 + 95 + 14 + 72 = 273; over 100: 2.73, level 2"""
    reached = {"a": (4, 2), "b": (3, 3), "c": (0, 5), "d": (5, 5), "e": (1, 2), "f": (4, 5)}
    of = framework(
        "weakest-link",
        {id_: [_at("one", one), _at("two", two)] for id_, (one, two) in reached.items()},
        dict(zip("abcdef", (25, 14, 10, 19, 14, 18), strict=True)),
    )
    found = rate(of, {"q0": 1})
    assert by_dimension(found) == {id_: (min(both), min(both)) for id_, both in reached.items()}
    assert (found.score, found.level, found.level_high) == (F("2.73"), 2, 2)


def _at(id_: str, level: int) -> Criterion:
    """A criterion that stands at a level where q0 is met and q1 is not: five stages, met up to it."""
    return staged(id_, *stages(*(["q0"] * level + ["q1"] * (5 - level))))


def test_the_mean_by_hand() -> None:
    """a: degree 0.8 -> 80, rubric 3 of 5 -> 60; (80 + 60)/2 = 70
    b: share 0.35 -> 35, yes -> 100, degree 0 -> 0; 135/3 = 45
    total (70 + 45)/2 = 57.5: from 51 on and below 76, class 2"""
    of = framework(
        "mean",
        {"a": [scored("q0"), scored("rubric")], "b": [scored("share"), scored("yes"), scored("q1")]},
        top=100, begins=(0, 26, 51, 76),
    )  # fmt: skip
    found = rate(of, {"q0": "0.8", "rubric": 3, "share": "0.35", "yes": 1})
    assert by_dimension(found) == {"a": (70, 70), "b": (45, 45)}
    assert (found.score, found.level) == (F("57.5"), 2)


@pytest.mark.parametrize(
    ("share", "level"),
    [("0", 0), ("0.254", 0), ("0.26", 1), ("0.5099", 1), ("0.51", 2), ("0.7599", 2), ("0.76", 3)],
)
def test_a_total_between_two_classes_is_in_the_lower(share: str, level: int) -> None:
    of = framework("mean", {"a": [scored("share")]}, top=100, begins=(0, 26, 51, 76))
    assert rate(of, {"share": share}).level == level


def test_a_mean_of_stages_by_hand() -> None:
    """Six stages. a: 2 and 5 in two areas -> 3.5; b: 1 -> 1; (3.5 + 1)/2 = 2.25, stage 2."""
    of = framework(
        "mean",
        {
            "a": [staged("x", *stages("q0", "q0", "q1")), staged("y", *stages(*["q0"] * 5, "q1"))],
            "b": [staged("x", *stages("q0", "q1"))],
        },
        top=6,
    )
    found = rate(of, {"q0": 1})
    assert by_dimension(found) == {"a": (F("3.5"), F("3.5")), "b": (1, 1)}
    assert (found.score, found.level) == (F("2.25"), 2)


def test_the_three_ways_rank_two_plants_differently() -> None:
    """Three criteria of one dimension: plant A at 5, 5, 1; plant B at 3, 3, 3.
    mean: A 11/3 before B 3; weakest link: A 1 behind B 3. Bands (one criterion): of stages 1 and 3 met and stage 2
    not, A is at 1 and B, with 1 and 2 met, at 2, though both meet two of three and a mean of answers is equal."""
    uneven, even = [_at("x", 5), _at("y", 5), _at("z", 1)], [_at("x", 3), _at("y", 3), _at("z", 3)]
    score = {
        (law, name): rate(framework(law, {"a": plant}), {"q0": 1}).score
        for law in ("mean", "weakest-link")
        for name, plant in (("A", uneven), ("B", even))
    }
    assert score == {
        ("mean", "A"): F(11, 3), ("mean", "B"): 3, ("weakest-link", "A"): 1, ("weakest-link", "B"): 3,
    }  # fmt: skip
    bands = framework("bands", {"a": [staged("band", *stages("q0", "q1", "q2"))]})
    mean = framework("mean", {"a": [scored("q0"), scored("q1"), scored("q2")]}, top=3)
    one, other = {"q0": 1, "q2": 1}, {"q0": 1, "q1": 1}
    assert rate(mean, one).score == rate(mean, other).score == 2
    assert [by_dimension(rate(bands, held))["a"][0] for held in (one, other)] == [1, 2]


def test_not_applicable_is_never_a_free_pass() -> None:
    """Of three stages the third does not apply: what holds is two, and no more can be reached."""
    of = framework("bands", {"a": [staged("band", *stages("q0", "q1", "q2"))], "b": [staged("x", *stages("q3"))]})
    assert by_dimension(rate(of, {"q0": 1, "q1": 1, "q2": ASIDE})) == {"a": (2, 2), "b": (0, 0)}
    assert by_dimension(rate(of, {"q0": 1, "q1": ASIDE, "q2": 1})) == {"a": (3, 3), "b": (0, 0)}
    assert by_dimension(rate(of, {"q0": 1, "q3": ASIDE})) == {"a": (1, 1)}


def test_nothing_that_applies_is_not_determined() -> None:
    of = framework("weakest-link", {"a": [staged("x", *stages("q0"))]})
    found = rate(of, {"q0": ASIDE})
    assert (found.level, found.level_high, found.score, found.coverage) == (0, 5, None, 0)


def test_weights_for_the_other_kind_of_plant_are_left_aside() -> None:
    of = framework("mean", {"a": [scored("q0")], "b": [scored("q1")]}, {"a": 1, "b": 3}, top=100)
    process = of.weight_sets[0].model_copy(
        update={"id": "process", "plant": "process", "weights": {"a": 3, "b": 1}}
    )
    both = of.model_copy(update={"weight_sets": (process, *of.weight_sets), "default_weights": "process"})
    found = {
        kind: [(r.variant, r.score) for r in results(both, QUESTIONS, Known("declared", held, kind, {}))]
        for kind in KINDS
        for held in [{"q0": Value(F(1), F(1), "answer"), "q1": Value(F(0), F(0), "answer")}]
    }
    assert found == {"discrete": [("given", 25)], "process": [("process", 75), ("given", 25)]}


def test_a_criterion_has_stages_or_a_question() -> None:
    for more in ({}, {"question": "q0", "stages": stages("q0")}):
        with pytest.raises(pydantic.ValidationError, match="one of: stages, question"):
            Criterion(id="x", name=text(), status=Status.OWN, **more)


# As shipped


@cache
def library() -> Library:
    return load_library()


def shipped(id_: str) -> Criteria:
    found = library().frameworks[id_]
    assert isinstance(found, Criteria)
    return found


def all_at(id_: str, share: Fraction) -> Result:
    """Every question of a framework answered with this share of its best, rounded down to what it may be."""
    values = {}
    for name in shipped(id_).asks:
        statement = library().statements[name]
        assert statement.top is not None
        aim = share * statement.top
        values[name] = max(v for v in statement.scale or (aim,) if v <= aim)
    evidence = [claim(name, value) for name, value in values.items()]
    (rated,) = rate_library([shipped(id_)], library().questions.values(), evidence, (), "discrete")
    return rated.results[0]


def test_they_are_off_unless_asked_for() -> None:
    silent = Answers(format="assessor-answers/1", plant="x", answers=())
    asking = silent.model_copy(update={"frameworks": STYLES})
    assert not {f.id for f in choosing.wanted(library(), silent)} & set(STYLES)
    assert {f.id for f in choosing.wanted(library(), asking)} >= set(STYLES)


def test_what_only_they_need_is_asked_only_for_them() -> None:
    silent = Answers(format="assessor-answers/1", plant="x", answers=())
    everybody = library().topics_for(choosing.wanted(library(), silent))
    assert everybody and not any(topic.for_frameworks for topic in everybody)
    green = library().topics_for([library().frameworks["dmat-style"]])
    assert {t.id for t in green} - {t.id for t in everybody} == {"styles-people", "styles-green"}
    named = [(t, f) for t in library().topics for f in t.for_frameworks]
    for topic, id_ in named:
        asks = set(library().frameworks[id_].asks)
        assert asks & {s.id for q in topic.questions for s in q.statements}, f"{topic.id} is not asked by {id_}"
    for topic in {t.id: t for t, _ in named}.values():
        used = {q for id_ in topic.for_frameworks for q in library().frameworks[id_].asks}
        assert {s.id for q in topic.questions for s in q.statements} <= used


@pytest.mark.slow
def test_a_form_asks_what_the_answer_file_wants_to_be_rated_by(tmp_path: Path) -> None:
    wanting = tmp_path / "answers.yaml"
    wanting.write_text("format: assessor-answers/1\nplant: x\nframeworks: [dmat-style]\nanswers: []\n", "utf-8")
    for command in ("xlsform", "excel"):
        bare, more = tmp_path / f"{command}.xlsx", tmp_path / f"{command}-more.xlsx"
        for extra in (["-o", str(bare)], ["--answers", str(wanting), "-o", str(more)]):
            with pytest.raises(SystemExit) as left:
                cli.main(["form", command, *extra])
            assert left.value.code == 0
        assert "green-digital" not in _cells(bare)
        assert "green-digital" in _cells(more) and "culture-change" not in _cells(more)


def _cells(file: Path) -> set[object]:
    with closing(openpyxl.load_workbook(file, read_only=True)) as book:
        return {value for sheet in book for row in sheet.iter_rows(values_only=True) for value in row}


@pytest.mark.parametrize("id_", STYLES)
def test_none_passes_for_the_official_one(id_: str) -> None:
    of = shipped(id_)
    assert not of.on and of.status == "unverified" and id_.endswith("-style")
    assert "式" in of.title.zh and "style" in of.title.en
    assert "非" in of.disclaimer.zh and "官方" in of.disclaimer.zh and "认证" in of.disclaimer.zh
    assert "No official" in of.disclaimer.en and "no certificate" in of.disclaimer.en
    assert of.unmapped and of.loses.en
    cited = {fact.source for a in of.dimensions for fact in (a, *a.criteria) if fact.source}
    assert cited <= set(of.sources)
    assert {c.status for a in of.dimensions for c in a.criteria} == {"own"}, "what a dimension rests on is ours"
    lines = [line for line in below(all_at(id_, F(1)).sum) if line.id.count("/") == 1 and line.how != "same"]
    told = {line.id.split("/")[1]: line.status for line in lines}
    assert told == {a.id: "unverified" if a.status == "unverified" else "own" for a in of.dimensions}


@pytest.mark.parametrize("id_", STYLES)
def test_the_best_answers_reach_the_top_and_none_reach_nothing(id_: str) -> None:
    of = shipped(id_)
    best, worst = all_at(id_, F(1)), all_at(id_, F(0))
    assert set(by_dimension(best).values()) == {(of.top, of.top)}
    assert set(by_dimension(worst).values()) == {(F(0), F(0))}
    assert best.coverage == worst.coverage == 1
    if of.levels:
        assert (best.level, best.score, worst.level, worst.score) == (of.levels[-1].number, of.top, 0, 0)


def test_siri_style_is_sixteen_bands_and_no_total() -> None:
    of = shipped("siri-style")
    assert (of.law, of.top, len(of.dimensions), of.grades) == ("bands", 5, 16, ())
    notes = [a.note.en for a in of.dimensions if a.note]
    pillars = {note.split(".")[0] for note in notes}
    blocks = {note.split(";")[0] for note in notes}
    assert (len(notes), len(pillars), len(blocks)) == (16, 8, 3)
    assert [len(a.criteria[0].stages) for a in of.dimensions] == [5] * 16
    found = all_at("siri-style", F(4, 5))
    assert (found.level, found.score) == (None, None)
    assert [line.id for line in found.sum.of][-2:] == ["lowest", "mean"] and len(found.sum.of) == 18


def test_impuls_style_weighs_as_recollected_and_says_so() -> None:
    of = shipped("impuls-style")
    default = next(w for w in of.weight_sets if w.id == of.default_weights)
    assert (of.law, list(default.weights.values()), default.status) == (
        "weakest-link", [25, 14, 10, 19, 14, 18], "unverified",
    )  # fmt: skip
    assert [(g.number, g.name.en.split("(")[1]) for g in of.grades] == [
        (0, "newcomer)"), (1, "newcomer)"), (2, "learner)"), (3, "leader)"), (4, "leader)"), (5, "leader)"),
    ]  # fmt: skip


def test_dmat_style_is_the_plain_mean_of_six() -> None:
    of = shipped("dmat-style")
    assert (of.law, of.top, len(of.dimensions)) == ("mean", 100, 6)
    assert [(w.status, set(w.weights.values())) for w in of.weight_sets] == [("official", {1})]
    assert [level.from_ for level in of.levels] == [0, 26, 51, 76]
    assert not any(c.stages for a in of.dimensions for c in a.criteria)


def test_acatech_style_is_eight_principles_in_six_stages() -> None:
    of = shipped("acatech-style")
    assert (of.law, of.top, len(of.dimensions), len(of.levels)) == ("mean", 6, 8, 7)
    assert {len(c.stages) for a in of.dimensions for c in a.criteria} == {6}
    areas = {a.note.en for a in of.dimensions if a.note}
    assert len(areas) == 4


@pytest.mark.slow
@needs_office
def test_a_spreadsheet_comes_to_the_same_figures(tmp_path: Path) -> None:
    asking = load_answers(ANSWER_FILE, library().questions).model_copy(update={"frameworks": STYLES})
    rated = tuple(r for r in pipeline.rate_answers(library(), asking, "discrete") if r.head.id in STYLES)
    assert [one.head.id for one in rated] == ["siri-style", "impuls-style", "acatech-style", "dmat-style"]
    book = recalculated(render_workbook(rated, library().statements), tmp_path)
    assert differing(book, rated, rated) == []
