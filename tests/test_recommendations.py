"""The shipped recommendations: whole, well founded, in an order that can be kept, for every step of the way."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Literal

import pytest

from assessor import indicators
from assessor.domain import Ladder, Need, Question, Recommendation, Text
from assessor.forms import load_answers
from assessor.frameworks import load_library
from assessor.frameworks.recommendation import ranges
from assessor.rating.values import Known, Value
from assessor.reconcile import reconcile
from assessor.roadmap import plant_figures
from assessor.roadmap.worth import worth
from assessor.run import DEMO

LIBRARY = load_library(known_indicators=indicators.load())
ALL = LIBRARY.recommendations
EACH = pytest.mark.parametrize("item", ALL.values(), ids=list(ALL))
CMMM = ("cmmm-2020-discrete", "cmmm-2020-process")
NO_MEASURE = {("m3", 5), ("t3", 5)}
"""Level 5 of purchasing and of security: models and defences that improve themselves. Nothing that a plant of this
size could buy, with a price and a beginning, was found."""


def _ladder(name: str) -> Ladder:
    framework = LIBRARY.frameworks[name]
    assert isinstance(framework, Ladder)
    return framework


def _reached() -> dict[str, Fraction]:
    """Question to the best answer that any recommendation lifts it to."""
    best: dict[str, Fraction] = {}
    for item in ALL.values():
        for lift in item.lifts:
            best[lift.question] = max(best.get(lift.question, lift.to), lift.to)
    return best


def _before(id_: str) -> set[str]:
    """Everything that must come first, however far back. By a walk of its own, not the loader's."""
    found: set[str] = set()
    waiting = list(ALL[id_].after)
    while waiting:
        if (other := waiting.pop()) not in found:
            found.add(other)
            waiting += ALL[other].after
    return found


def _texts(item: Recommendation) -> Iterator[Text]:
    yield from (item.title, item.what, item.why, item.begin, item.risks, item.pain.text)
    yield from (item.stoppage.when, item.stoppage.back, *(spend.what for spend in item.spends))
    yield from (span.reference for _, span in ranges(item) if span.reference)


# The set as a whole


def test_there_are_at_least_sixty() -> None:
    assert len(ALL) >= 60


@pytest.mark.parametrize("name", CMMM)
def test_every_sub_domain_and_every_step_is_served(name: str) -> None:
    reached = _reached()
    cells = [(d.id, cell) for d in _ladder(name).dimensions for cell in d.cells if cell.requirements]
    unserved = {(id_, cell.level) for id_, cell in cells if not reached.keys() & set(cell.requirements)}
    assert unserved == NO_MEASURE


def test_the_two_ladders_have_the_twenty_sub_domains() -> None:
    assert len({d.id for name in CMMM for d in _ladder(name).dimensions}) == 20


@pytest.mark.parametrize("name", CMMM)
def test_all_of_it_together_satisfies_every_sub_domain_up_to_level_four(name: str) -> None:
    ladder, reached = _ladder(name), _reached()
    for dimension in ladder.dimensions:
        for cell in dimension.cells:
            if cell.requirements and cell.level <= 4:
                degrees = [reached.get(question, Fraction(0)) for question in cell.requirements]
                assert sum(degrees) / len(degrees) >= ladder.satisfied_at, (dimension.id, cell.level)


def test_every_typical_scene_has_a_step_towards_it() -> None:
    assert len(LIBRARY.scenes) == 40
    assert {scene for item in ALL.values() for scene in item.scenes} == set(LIBRARY.scenes)


def test_what_is_no_estimate_of_ours_says_where_it_is_from() -> None:
    for item in ALL.values():
        for place, span in ranges(item):
            assert span.source == "own" or span.reference, f"{item.id}: {place} claims a source and names none"


# Order


@EACH
def test_what_it_names_exists_and_it_does_not_wait_for_itself(item: Recommendation) -> None:
    assert {*item.after, *item.excludes} <= set(ALL)
    assert item.id not in _before(item.id)
    assert len(set(item.after)) == len(item.after)


@EACH
def test_its_prerequisites_can_be_had_together(item: Recommendation) -> None:
    together = {item.id, *_before(item.id)}
    assert not [(one, other) for one in together for other in ALL[one].excludes if other in together]


# Lifts


@EACH
def test_it_lifts_to_a_value_that_the_question_has(item: Recommendation) -> None:
    assert len({lift.question for lift in item.lifts}) == len(item.lifts)
    for lift in item.lifts:
        question = LIBRARY.statements[lift.question]
        assert question.top is not None and 0 < lift.to <= question.top, lift
        assert question.scale is None or lift.to in question.scale, lift


@EACH
def test_it_lifts_a_question_or_follows_from_something_known(item: Recommendation) -> None:
    assert item.lifts or item.triggers
    assert set(item.scenes) <= set(LIBRARY.scenes) and len(set(item.scenes)) == len(item.scenes)


# Triggers


def _outcomes(need: Need) -> set[bool]:
    """What a need can come to, over every answer that its questions have and both kinds of plant."""
    names = sorted(set(need.names()))
    asked = [_answers(LIBRARY.statements[name], need) for name in names]
    kinds: tuple[Literal["discrete", "process"], ...] = ("discrete", "process")
    found = set()
    for kind, answers in product(kinds, product(*asked)):
        values = {n: Value(a, a, "answer") for n, a in zip(names, answers, strict=True)}
        holds = Known("verified", values, kind, {}).holds(need)
        assert holds is not None and holds[0] == holds[1]
        found.add(holds[0])
    return found


def _answers(question: Question, need: Need) -> tuple[Fraction, ...]:
    """All it can be answered with; of one without a scale none, the bounds asked of it, and more than these."""
    bounds = [*_bounds(need)]
    more = max(bounds, default=Fraction(0)) + 1 if question.top is None else question.top
    return question.scale or tuple(sorted({Fraction(0), *bounds, more}))


def _bounds(need: Need) -> Iterator[Fraction]:
    yield from (bound for bound in (need.at_least, need.at_most) if bound is not None)
    for inner in (*need.all, *need.any):
        yield from _bounds(inner)


@EACH
def test_each_trigger_by_answers_can_hold_and_can_fail(item: Recommendation) -> None:
    for trigger in item.triggers:
        if trigger.need is not None:
            assert _outcomes(trigger.need) == {True, False}, trigger.need


@EACH
def test_each_trigger_by_a_measurement_lies_inside_what_can_be_measured(item: Recommendation) -> None:
    known = indicators.load()
    for trigger in item.triggers:
        if trigger.indicator is not None:
            bound = trigger.at_most if trigger.at_least is None else trigger.at_least
            assert bound is not None
            if known[trigger.indicator].UNIT == "share":
                assert 0 < bound < 1, trigger  # at its very end a share always or never lies on that side
            else:
                assert bound > 0, trigger


def test_triggers_use_the_measurements() -> None:
    used = {t.indicator for item in ALL.values() for t in item.triggers if t.indicator is not None}
    assert len(used) >= 20


# Figures and words


@EACH
def test_an_effect_says_where_it_is_from_and_takes_no_more_than_there_is(
    item: Recommendation,
) -> None:
    assert len({effect.acts_on for effect in item.effects}) == len(item.effects)
    for effect in item.effects:
        for span in (effect.change, effect.part):
            assert span is None or (span.reference is not None and 0 < span.high <= 1), effect
        assert effect.part is None or effect.change is not None


STUDIES = ("30,000 US plants", "18,000 US plants", "28 Indian plants", "Korean survey", "UK metering", "UK trial")
"""Words by which a reference names a study."""


def test_no_study_is_counted_twice_for_one_base() -> None:
    """Effects of one package are not added (two files that cite one study would)."""
    cited: dict[tuple[str, str], list[str]] = {}
    alike: dict[tuple[object, ...], list[str]] = {}
    for item in ALL.values():
        for effect in item.effects:
            if effect.change is not None and effect.change.reference is not None:
                for study in STUDIES:
                    if study in effect.change.reference.en:
                        cited.setdefault((effect.acts_on, study), []).append(item.id)
                key = (effect.acts_on, effect.change.reference.en, effect.part)
                alike.setdefault(key, []).append(item.id)
    assert not {key: ids for key, ids in cited.items() if len(ids) > 1}
    assert not {key: ids for key, ids in alike.items() if len(ids) > 1}
    assert {study for _, study in cited} == set(STUDIES), "a word that names no study any more"


def _bought(item: Recommendation) -> bool:
    """An IT item: software bought for processes or technology; energy has figures of its own."""
    lifted = {lift.question for lift in item.lifts}
    process = any(re.match(r"[tm]\d", id_) and not id_.startswith("m9-") for id_ in lifted)
    return process and any(spend.kind == "software" for spend in item.spends)


def test_no_software_claims_to_pay_back_within_half_a_year_on_the_demo_plant() -> None:
    answers = load_answers(DEMO / "answers.yaml", LIBRARY.questions)
    ladders = [f for f in LIBRARY.frameworks.values() if isinstance(f, Ladder)]
    figures = plant_figures(reconcile(LIBRARY.questions.values(), answers, (), ladders), None, ())
    bought = [worth(item, figures) for item in ALL.values() if _bought(item)]
    stated = {w.recommendation: w.payback_low for w in bought if w.payback_low is not None}
    assert stated, "none states any: the demo plant's figures are missing"
    assert not {id_: months for id_, months in stated.items() if months < 6}


@pytest.mark.parametrize(
    ("users", "low", "high"), [(10, 150, 300), (45, 150, 300), (60, 300, 800), (199, 300, 800)]
)
def test_planning_software_costs_what_the_published_bands_say(users: int, low: int, high: int) -> None:
    once = sum(
        spend.once.mid * (users if spend.per == "user" else 1)
        for spend in ALL["erp-planning"].spends
        if spend.once is not None
    )
    assert low * 1000 <= once <= high * 1000


def test_a_live_twin_needs_the_orders() -> None:
    assert {"light-mes", "scada-historian", "digital-layout"} <= _before("digital-twin")


@EACH
def test_ranges_rise_and_the_way_takes_time_and_people(item: Recommendation) -> None:
    for place, span in ranges(item):
        assert 0 <= span.low <= span.mid <= span.high, place
    assert item.months.high > 0 and item.effort.days.high > 0


@EACH
def test_it_costs_something_and_a_licence_bought_has_its_upkeep(item: Recommendation) -> None:
    for spend in item.spends:
        assert spend.once or spend.yearly, spend.what.en
        if spend.kind == "software" and spend.once:
            assert spend.yearly, f"{item.id}: {spend.what.en} is bought and never kept up"
            assert spend.yearly.mid < spend.once.mid or spend.yearly.source == "vendor"


@EACH
def test_a_stop_of_production_can_be_planned(item: Recommendation) -> None:
    assert item.stoppage.when.zh and item.stoppage.back.zh
    assert item.stoppage.hours is None or item.stoppage.hours.high < 24 * 31


@EACH
def test_it_is_written_in_both_languages_and_names_no_address(item: Recommendation) -> None:
    for text in _texts(item):
        assert re.search(r"[\u4e00-\u9fff]", text.zh), text
        assert text.en.strip() and not re.search(r"[\u4e00-\u9fff]", text.en), text
        assert "http" not in text.zh + text.en and "www." not in text.zh + text.en
        assert not re.search(r"[\u4e00-\u9fff][,;:!?](?!\d)", text.zh), f"half-width punctuation: {text.zh}"


def test_no_two_say_the_same() -> None:
    for part in ("title", "what", "why", "begin"):
        said = [getattr(item, part).zh for item in ALL.values()]
        assert len(set(said)) == len(said), part
    assert all(item.pain.text != item.why for item in ALL.values())
