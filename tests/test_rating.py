"""The ladder's traps with figures worked out by hand. The laws are in test_rating_laws.py."""

import time
from fractions import Fraction

import pytest

from assessor.domain import Bearing, Cut, Question, Verdict
from assessor.errors import InputError
from assessor.messages import catalogue, render
from assessor.rating import chances, is_pre_assessment, not_applicable, rate, rate_all, testable, tested
from tests.small import answered, asked, claim, framework, settlement, text

testable.__test__ = tested.__test__ = False  # type: ignore[attr-defined]  # functions of the product, not tests
F = Fraction

# Figures by hand -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stop", "score", "level"), [(True, F("2.55"), 2), (False, F("2.85"), 3)])
def test_levels_above_the_stop_count_only_without_the_stop_rule(stop: bool, score: Fraction, level: int) -> None:
    of = framework({"a": [1, 1, 10, 10, 1]}, stop=stop)
    degrees = {f"a-l3-{i}": F(1, 2) for i in range(1, 11)} | {f"a-l4-{i}": F(0) for i in range(1, 11)}
    degrees |= {"a-l3-1": F(1), "a-l4-1": F(1), "a-l4-2": F(1), "a-l4-3": F(1)}
    degrees |= {"a-l1-1": F(1), "a-l2-1": F(1), "a-l5-1": F(0)}
    rating = rate(of, "declared", [claim(q, x) for q, x in degrees.items()])
    assert [line.low for line in rating.levels] == [1, 1, F("0.55"), F("0.3"), 0]
    assert [line.counted for line in rating.levels] == [1, 1, F("0.55"), 0 if stop else F("0.3"), 0]
    assert (rating.score, rating.level) == (score, level)


def test_a_level_is_satisfied_at_exactly_four_fifths() -> None:
    of = framework({"a": [1, 1, 1, 1, 1]})
    below = rate(of, "declared", answered(of, {1: F("0.7999"), 2: F(1)}))
    assert (below.level, below.score, below.levels[0].satisfied) == (0, F("0.7999"), False)
    exact = rate(of, "declared", answered(of, {1: F("0.8"), 2: F(1)}))
    assert exact.levels[0].satisfied
    assert exact.levels[0].counted == 1


def test_a_weighted_sum_of_four_fifths_is_four_fifths() -> None:
    """Weights and degrees whose sum in binary floating point is 0.7999999999999999."""
    of = framework({id_: [1, 0, 0, 0, 0] for id_ in "abc"}, {"a": F("0.1"), "b": F("0.7"), "c": F("0.2")})
    values = {"a-l1-1": F(1), "b-l1-1": F(1), "c-l1-1": F(0)}
    assert 0.1 * 1 + 0.7 * 1 + 0.2 * 0 < 0.8
    rating = rate(of, "declared", [claim(q, x) for q, x in values.items()])
    assert rating.levels[0].low == F(4, 5)
    assert rating.levels[0].satisfied
    assert rating.level == 5  # and the framework asks nothing of this plant above


def test_a_cell_is_the_mean_and_a_level_the_weighted_sum_of_cells() -> None:
    of = framework({"a": [2, 1, 1, 1, 1], "b": [1, 1, 1, 1, 1]}, {"a": F(3), "b": F(1)})
    evidence = [claim("a-l1-1", F(1)), claim("a-l1-2", F(1, 2)), claim("b-l1-1", F(4, 5))]
    rating = rate(of, "declared", evidence)
    a, b = rating.cells[0], rating.cells[1]
    assert (a.low, a.weight, b.low, b.weight) == (F(3, 4), F(3, 4), F(4, 5), F(1, 4))
    assert rating.levels[0].low == F(3, 4) * F(3, 4) + F(1, 4) * F(4, 5) == F("0.7625")
    assert rating.coverage == F(1, 5)  # level 1 is known, four others are not
    assert [d.low for d in rating.dimensions] == [F(3, 4), F(1)]


def test_an_empty_cell_of_the_framework_counts_as_satisfied_and_is_no_coverage() -> None:
    of = framework({"a": [1, 0, 0, 0, 0], "b": [1, 1, 1, 1, 1]})
    rating = rate(of, "declared", answered(of, {1: F(1), 2: F(0)}))
    assert rating.levels[1].low == F(1, 2)
    assert rating.coverage == F(3, 6)  # halves of levels: 3 answered of 6 that ask something
    assert [(d.dimension, d.low) for d in rating.dimensions] == [("a", 5), ("b", 1)]


def test_the_unknown_is_zero_in_the_low_score_and_one_in_the_high_one() -> None:
    of = framework({"a": [2, 1, 1, 1, 1]})
    rating = rate(of, "verified", [claim("a-l1-1", F(1)), claim("a-l1-2", None, "do-not-know")])
    assert (rating.score, rating.level, rating.score_high, rating.level_high) == (F(1, 2), 0, 5, 5)
    assert rating.cells[0].requirements[1].source == "unknown"
    assert (rating.levels[0].low, rating.levels[0].high) == (F(1, 2), 1)


def test_a_cell_emptied_by_answers_drops_out_and_is_no_free_pass() -> None:
    of = framework({"a": [1, 1, 1, 1, 1], "b": [1, 1, 1, 1, 1]})
    evidence = [claim("a-l1-1", None, "not-applicable"), claim("b-l1-1", F(1, 2))]
    rating = rate(of, "declared", evidence)
    assert rating.levels[0].low == F(1, 2)  # b alone; a counts neither as 1 nor as 0
    assert [(c.weight, c.not_applicable) for c in rating.cells[:2]] == [(0, ("a-l1-1",)), (1, ())]
    assert (rating.cells[0].low, rating.cells[0].high) == (0, 0)  # shown as nothing, not as satisfied


def test_a_level_of_which_nothing_applies_is_not_determined() -> None:
    of = framework({"a": [1, 1, 1, 1, 1]})
    evidence = [claim("a-l1-1", None, "not-applicable"), *answered(of, {2: F(1), 3: F(1)})]
    rating = rate(of, "declared", evidence)
    assert (rating.levels[0].low, rating.levels[0].high, rating.level) == (0, 1, 0)


def test_what_a_sub_domain_may_not_lose() -> None:
    of = framework({"a": [1] * 5, "b": [1] * 5, "c": [1] * 5}, may_be_cut=["b"])
    evidence = answered(of, {1: F(1)})
    whole, cut = (
        rate(of, "declared", evidence),
        rate(of, "declared", evidence, [Cut(dimension="b", reason="x")]),
    )
    assert [c.weight for c in whole.cells[:3]] == [F(1, 3)] * 3
    assert [(c.dimension, c.weight) for c in cut.cells[:2]] == [("a", F(1, 2)), ("c", F(1, 2))]
    assert [d.dimension for d in cut.dimensions] == ["a", "c"]
    for wrong, name in (("a", "rating.cut_not_allowed"), ("z", "rating.unknown_cut")):
        with pytest.raises(InputError) as caught:
            rate(of, "declared", evidence, [Cut(dimension=wrong, reason="x")])
        assert caught.value.message.id == name
        assert wrong in render(caught.value.message, "zh")


def test_sources_of_a_degree() -> None:
    of = framework({"a": [5, 0, 0, 0, 0]})
    evidence = [
        claim("a-l1-1", F(1)),
        claim("a-l1-2", F(1), "prefilled"),
        claim("a-l1-3", F(1), verified=F(1, 2), low=F(0), high=F(1, 2), verdict=Verdict.LOWER),
        claim("a-l1-4", F(1), verified=F(4, 5), settlement=settlement("a-l1-4", F(4, 5))),
    ]
    sources = {
        column: [line.source for line in rate(of, column, evidence).cells[0].requirements]
        for column in ("declared", "verified")
    }
    assert sources["declared"] == ["answer", "rubric", "answer", "answer", "unknown"]
    assert sources["verified"] == ["answer", "rubric", "measured", "settled", "unknown"]
    assert rate(of, "verified", evidence).cells[0].low == F("3.3") / 5


def test_a_settlement_brings_back_what_was_set_aside() -> None:
    aside = claim("a-l1-1", None, "not-applicable", verified=F(1, 2), settlement=settlement("a-l1-1", F(1, 2)))
    assert not_applicable([aside], "declared") == {"a-l1-1"}
    assert not_applicable([aside], "verified") == set()
    of = framework({"a": [2, 0, 0, 0, 0]})
    evidence = [aside, claim("a-l1-2", F(1))]
    assert rate(of, "declared", evidence).cells[0].low == 1
    assert rate(of, "verified", evidence).cells[0].low == F(3, 4)


def test_both_columns_under_every_weight_set_default_first() -> None:
    of = framework({"a": [1] * 5, "b": [1] * 5}, more={"other": {"a": F(9), "b": F(1)}})
    evidence = [claim("a-l1-1", F(1)), claim("b-l1-1", F(1, 2))]
    found = rate_all(of, evidence, ())
    assert [(r.weights, r.column) for r in found] == [
        ("equal", "declared"),
        ("equal", "verified"),
        ("other", "declared"),
        ("other", "verified"),
    ]
    assert [r.level for r in found] == [0, 0, 1, 1]


def test_the_rating_opens_into_a_sum_that_anyone_can_do() -> None:
    of = framework({"a": [2, 3, 1, 0, 1], "b": [1, 2, 2, 2, 0]}, {"a": F(27, 40), "b": F(1, 3)})
    evidence = answered(of, {1: F(4, 5), 2: F(1, 2), 3: F(1)})
    rating = rate(of, "declared", evidence)
    for line in rating.levels:
        cells = [c for c in rating.cells if c.level == line.level]
        assert sum(c.weight for c in cells) == 1
        assert line.low == sum(c.weight * c.low for c in cells)
    assert rating.score == sum(line.counted for line in rating.levels)


# Pre-assessment, testable, tested, chances ---------------------------------------------------------------


def test_a_rating_is_a_pre_assessment_until_a_requirement_is_answered_itself() -> None:
    of = framework({"a": [2, 1, 0, 0, 0]})
    rubric, prefilled = claim("a-rubric", F(2)), claim("a-l1-1", F(1), "prefilled")
    assert is_pre_assessment(of, [rubric, prefilled])
    assert is_pre_assessment(of, [])
    assert is_pre_assessment(of, [prefilled, claim("a-l2-1", None, "do-not-know")])
    assert not is_pre_assessment(of, [rubric, prefilled, claim("a-l1-2", F(1))])


def test_testable_and_tested_sub_domains() -> None:
    of = framework({"a": [2, 0, 0, 0, 0], "b": [1, 0, 0, 0, 0], "c": [1, 0, 0, 0, 0]})
    bearing = Bearing(indicator="networked", bound="both", ask=text())
    questions = [
        Question(id=q, kind="degree", text=text(), knows="it", tests=(bearing,) if q[0] in "ab" else ())
        for q in asked(of)
    ]
    assert testable(of, questions) == 2
    seen = {"verdict": Verdict.INCONCLUSIVE, "low": F(0), "high": F(4, 5)}
    nothing = {"verdict": Verdict.INCONCLUSIVE, "low": F(0), "high": F(1)}
    below = {"verdict": Verdict.UNTESTED, "low": F(0), "high": F(1, 2)}
    assert tested(of, [claim("a-l1-1", F(1), **seen), claim("a-l1-2", F(1), **seen)]) == 1
    assert tested(of, [claim("a-l1-1", F(1), **nothing), claim("b-l1-1", F(1), **below)]) == 0
    assert tested(of, [claim("share-networked", F(1), **seen)]) == 0


def test_chances_are_shares_of_draws_by_the_same_law() -> None:
    of = framework({"a": [1] * 5})
    low, high = dict.fromkeys(asked(of), F(0)), dict.fromkeys(asked(of), F(1))
    found = {c.level: c.share for c in chances(of, [], (), [low, high, high, low | {"a-l1-1": F(4, 5)}])}
    assert found == {0: F(1, 4), 1: F(1, 4), 2: 0, 3: 0, 4: 0, 5: F(1, 2)}
    assert chances(of, [], (), []) == ()
    aside = [claim("a-l1-1", None, "not-applicable")]
    del high["a-l1-1"]
    assert {c.level: c.share for c in chances(of, aside, (), [high])}[0] == 1


def test_four_hundred_draws_of_a_full_framework_take_less_than_two_seconds() -> None:
    of = framework({f"d{i}": [2, 2, 3, 2, 1] for i in range(21)}, {f"d{i}": F(i + 1, 7) for i in range(21)})
    draws = [dict.fromkeys(asked(of), F(4, 5)) for _ in range(400)]
    began = time.process_time()
    assert chances(of, [], (), draws)[5].share == 1
    assert time.process_time() - began < 2


def test_every_message_has_both_languages() -> None:
    assert {"rating.unknown_cut", "rating.cut_not_allowed"} <= set(catalogue())
