"""The short form: its law is the rating's, it asks as it says, and its figures hold on simulated plants."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessor.domain import Cut, Ladder
from assessor.frameworks import load_library
from assessor.pipeline import choose_ladder
from assessor.rating import Kind, rate
from benchmarks.short_form import asked as whole_run
from benchmarks.short_form import bank_of, full_level, measured, simulated
from models.graded_response import GRID
from models.short_form import CAP, SURE, Bank, Belief, LadderLaw, answered, drawn, nodes, state, told
from tests.small import DEGREES, asked, claim, framework

F = Fraction
SHIPPED = bank_of("cmmm-2020-discrete")
PLANTS = simulated(SHIPPED, 40, seed=7)
LIBRARY = load_library()
LADDERS = [
    (kind, f.id)
    for kind in ("discrete", "process")
    for f in LIBRARY.frameworks.values()
    if isinstance(f, Ladder) and f.plant in (None, kind)
]
SMALL = Bank.of(framework({"a": [2, 2, 1, 1, 1], "b": [1, 2, 2, 0, 1], "c": [2, 1, 1, 1, 1]}))

shapes = st.dictionaries(
    st.sampled_from("abcd"),
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=5, max_size=5),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.data(), shapes, st.booleans())
def test_its_law_gives_the_level_of_the_rating_on_every_draw(data: st.DataObject, shape: dict, stop: bool) -> None:
    weights = {id_: data.draw(st.fractions(F(1, 9), 9, max_denominator=9)) for id_ in shape}
    of = framework(shape, weights, stop=stop, may_be_cut=shape)
    questions = asked(of)
    assume(questions)
    aside = {q for q in questions if data.draw(st.integers(0, 4)) == 0}
    out = data.draw(st.sampled_from([None, *shape]))
    cuts = [Cut(dimension=out, reason="-")] if out and len(shape) > 1 else []
    degrees = {q: data.draw(st.sampled_from(DEGREES)) for q in questions}
    law = LadderLaw.of(of, cuts, aside)
    evidence = [claim(q, None, "not-applicable") if q in aside else claim(q, d) for q, d in degrees.items()]
    row = [[DEGREES.index(degrees[item.id]) for item in law.items]]
    rating = rate(of, "verified", evidence, cuts)
    assert law.levels(np.array(row, dtype=int).reshape(1, len(law.items)))[0] == rating.level


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), LADDERS)
def test_on_shipped_ladders_too(kind: Kind, name: str) -> None:
    of = choose_ladder(LIBRARY, name, kind)
    bank = Bank.of(of)
    plants = simulated(bank, 12, seed=3)
    levels = [full_level(bank.law, plant) for plant in plants]
    for plant, level in zip(plants, levels, strict=True):
        said = [claim(item.id, DEGREES[plant[item.id]]) for item in bank.law.items]
        assert rate(of, "verified", said).level == level
    assert len(set(levels)) > 1


def slow_belief(bank: Bank, given: dict[str, int]) -> np.ndarray:
    """Bayes by hand over every ability and every combination of deviations of three sub-domains."""
    weights = np.exp(-0.5 * ((GRID - 2.0) / 1.5) ** 2)
    for i, theta in enumerate(GRID):
        for group in range(3):
            ways = 0.0
            for node in nodes():
                chance = 1.0
                for id_, answer in given.items():
                    item = bank.items[bank.columns[id_]]
                    if item.group == group:
                        at = [1.0, *(1 / (1 + np.exp(-1.4 * (theta + node - b))) for b in item.thresholds), 0.0]
                        chance *= at[answer] - at[answer + 1]
                ways += chance / len(nodes())
            weights[i] *= ways
    return np.asarray(weights / weights.sum())


def test_what_it_believes_agrees_with_a_slow_reference() -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        items = rng.choice(len(SMALL.items), 6, replace=False)
        found = {SMALL.items[i].id: int(rng.integers(len(SMALL.items[i].thresholds) + 1)) for i in items}
        assert np.allclose(Belief.after(SMALL, found).ability, slow_belief(SMALL, found), atol=1e-12)


@given(st.data())
def test_a_better_answer_never_lowers_what_is_expected(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.sampled_from(sorted(SMALL.columns)), min_size=1, max_size=8, unique=True))
    most = {item.id: len(item.thresholds) for item in SMALL.items}
    before = {id_: data.draw(st.integers(0, most[id_])) for id_ in ids}
    after = before | {ids[0]: data.draw(st.integers(before[ids[0]], most[ids[0]]))}
    lower, upper = Belief.after(SMALL, before).abilities, Belief.after(SMALL, after).abilities
    assert (upper >= lower - 1e-9).all()
    levels = [np.arange(6) @ np.array(state(SMALL, given).chances) for given in (before, after)]
    assert levels[1] >= levels[0] - 0.02, "but for chance in the draws"


def test_the_answer_that_decides_tells_most() -> None:
    levels = np.tile([0, 1], 50)
    answers = np.stack([levels, np.zeros(100, int), np.repeat([0, 1], 50)], axis=1)
    assert told(answers, levels) == pytest.approx([np.log(2), 0, 0])


def test_what_was_answered_stands_in_every_draw() -> None:
    given_ = {SMALL.items[0].id: 4, SMALL.items[-1].id: 0}
    answers = drawn(SMALL, Belief.after(SMALL, given_), given_)
    assert set(answers[:, 0]) == {4} and set(answers[:, -1]) == {0}


def test_with_every_answer_the_level_is_certain_and_that_of_the_rating() -> None:
    plant = PLANTS[0]
    now = state(SHIPPED, plant)
    assert now.following is None
    assert now.reached == 1.0 and now.level == full_level(SHIPPED.law, plant)


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTS[:3])
def test_it_asks_every_sub_domain_never_twice_and_stops_when_sure_or_at_the_cap(plant: dict[str, int]) -> None:
    given_: dict[str, int] = {}
    while (now := state(SHIPPED, given_)).following is not None:
        assert now.following not in given_
        assert len({SHIPPED.groups[SHIPPED.columns[id_]] for id_ in given_}) < 20 or now.reached < SURE
        given_[now.following] = plant[now.following]
        if len(given_) == 20:
            assert len({SHIPPED.groups[SHIPPED.columns[id_]] for id_ in given_}) == 20
    assert now.asked == len(given_) <= CAP
    assert now.reached >= SURE or now.asked == CAP
    assert whole_run(SHIPPED, plant) == (now.asked, now.level, now.reached), "the same again"


@pytest.mark.slow
def test_what_is_skipped_is_not_asked_again_and_counts_as_asked() -> None:
    skip: list[str] = []
    while (now := state(SHIPPED, {}, skip=skip)).following is not None:
        assert now.following not in skip
        skip.append(now.following)
    assert now.asked == len(skip) == CAP, "nothing was answered, so nothing is sure"
    assert now.chances == state(SHIPPED, {}).chances, "not knowing says nothing of the level"


def test_values_of_an_answer_file_become_numbers_of_answers() -> None:
    assert answered(SMALL, {"a-rubric": F(3), "a-l1-1": F(4, 5), "elsewhere": F(1)}) == {
        "a-rubric": 3,
        "a-l1-1": 2,
    }


@pytest.mark.slow
def test_on_simulated_plants_it_agrees_with_the_full_form() -> None:
    found = measured(SHIPPED, PLANTS)
    assert found["questions"] <= CAP
    assert found["agreement"] >= 0.85 and found["agreement where stopped"] >= 0.9, found
    assert found["stopped"] >= 0.6, found
