"""The bank reads as one: each thing is asked once, in one manner, and for a framework or an indicator."""

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import combinations

import pytest

from assessor.domain import Ladder, Question, Text
from assessor.frameworks import Library, load_library
from assessor.roadmap.figures import COUNTED, PRODUCTS
from tests import counts

NEAR = {"zh": 0.72, "en": 0.8}
"""From this likeness on two texts may ask the same; letters and digits alone are compared."""
ALIKE = {
    r"in-.+": "options of one question, a word each",
    r"(.+)-rubric": "one form of words for every rubric, each on its own subject",
    r"meters-.+": "one form of words for each kind of energy and each place",
    r"(energy|uses)-.+": "one form of words for each kind of energy; whether it is used, and how much",
    r"smart-.+-(now|before)|sme-.+-trend": "values before and after, and directions, each of another figure",
    r"smart-bar-.+": "province, country and world: one may be known where the other is not",
    r"smart-awarded-.+|smart-shanghai-.+": "lists of different tiers",
    r"m1-l1-2|m2-l1-2": "rules for products, and for processes",
    r"m12-l1-1|m13-l1-1": "rules of service for products, and for customers",
    r"r1-l1-1|r1-l2-1": "automated, and digital: one is level 1, the other level 2",
    r"share-networked(-digital)?": "two denominators, as sources have it",
    r"money-.+": "gross output, and value added",
    r"sme-(net|data)-security": "networks, and data",
    r"sme-data-policy|t3-l1-1": "rules for data, and for information security as a whole",
}
"""Texts that come near one another and yet ask different things: both ids fit the pattern; and why."""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def _texts(library: Library) -> Iterator[tuple[str, Text]]:
    for question in library.questions.values():
        yield question.id, question.text
        yield from ((option.id, option.text) for option in question.options)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def _near(library: Library, language: str) -> Iterator[tuple[str, str]]:
    texts = [(id_, _plain(getattr(text, language))) for id_, text in _texts(library)]
    for (one, first), (other, second) in combinations(texts, 2):
        match = SequenceMatcher(None, first, second, autojunk=False)
        least = NEAR[language]
        if match.real_quick_ratio() >= least and match.quick_ratio() >= least and match.ratio() >= least:
            yield one, other


def _excuse(one: str, other: str) -> str | None:
    return next((p for p in ALIKE if re.fullmatch(p, one) and re.fullmatch(p, other)), None)


@pytest.mark.slow
def test_no_two_questions_come_near_one_another_without_a_reason(library: Library) -> None:
    pairs = [pair for language in NEAR for pair in _near(library, language)]
    assert [pair for pair in pairs if _excuse(*pair) is None] == []
    unused = set(ALIKE) - {_excuse(*pair) for pair in pairs}
    assert not unused, f"nothing comes near any more that these would excuse: {unused}"


def test_a_near_double_would_be_found(library: Library) -> None:
    asked = library.questions["smart-layout-simulation"]
    again = Question(**(asked.model_dump() | {"id": "again", "text": {
        "zh": "在建线或改线之前，是否用仿真验证过车间布局和物流路线？",
        "en": "Were shop layout and the flow of material tried in simulation before a line was built or changed?",
    }}))  # fmt: skip
    double = replace(library, questions={asked.id: asked, again.id: again})
    assert [list(_near(double, language)) for language in NEAR] == [[(asked.id, again.id)]] * 2


def test_requirements_are_statements_and_all_else_is_a_question(library: Library) -> None:
    """A degree is given of a statement; what is answered otherwise is asked."""
    for question in library.questions.values():
        ends = ("。", ".") if question.kind == "degree" else ("？", "?")
        assert (question.text.zh[-1], question.text.en[-1]) == ends, question.id


def test_every_question_is_there_for_something(library: Library) -> None:
    """For a framework or the plan, an indicator, as the condition of another, or to choose a set of factors."""
    used = {name for framework in library.frameworks.values() for name in counts.names(framework)}
    assert used <= set(library.statements)
    for framework in library.frameworks.values():
        if isinstance(framework, Ladder):
            used |= {dimension.rubric for dimension in framework.dimensions}
    for question in library.questions.values():
        used |= set(question.asked_if.names()) if question.asked_if else set()
    used |= {id_ for _, ids in PRODUCTS.values() for id_ in ids} | set(COUNTED.values())
    idle = [s.id for s in library.statements.values() if s.id not in used and not s.tests]
    assert idle == []


def test_rates_are_shares_and_amounts_name_their_unit_alike(library: Library) -> None:
    """A rate is a share from 0 to 1 wherever it is asked; money and years are written one way."""
    for question in library.questions.values():
        if question.unit is not None:
            assert not re.search(r"百分|%", question.unit.zh), question.id
            assert ("万元" in question.unit.zh) == ("10⁴ yuan" in question.unit.en), question.id
            assert ("年" in question.unit.zh) == ("/a" in question.unit.en), question.id


def test_the_page_says_how_many_questions_each_framework_needs(library: Library) -> None:
    page = counts.PAGE.read_text("utf-8")
    assert [match[0] for match in counts.BLOCK.finditer(page)] == [counts.table(library)], (
        "run: python -m tests.counts"
    )
    assert all(f"| `{id_}` | " in page.split("<!-- counts -->")[0] for id_ in library.frameworks)


def test_what_is_asked_for_the_plan_is_reckoned_with_and_rated_by_nobody(library: Library) -> None:
    """All of it goes into a base or a count, and no framework may ask it."""
    (topic,) = [t for t in library.topics if t.for_plan]
    assert topic in library.topics_for(())
    asked = {q.id for q in topic.questions}
    reckoned = {id_ for _, ids in PRODUCTS.values() for id_ in ids} | set(COUNTED.values())
    assert asked <= reckoned <= set(library.questions)
    assert not asked & {id_ for framework in library.frameworks.values() for id_ in framework.asks}
