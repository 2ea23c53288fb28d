"""The model against a slow reference in plain Python; what is known stays; draws are seeded."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Evidence, Verdict
from assessor.rating import chances, rate
from models.graded_response import GRID, draws, posterior, reaches
from tests.small import DEGREES, asked, claim, framework, settlement

F = Fraction
OF = framework({"a": [2, 2, 2, 2, 2], "b": [2, 2, 2, 2, 2]})


def slow_posterior(known: list[tuple[int, Fraction]]) -> list[float]:
    """Bayes by hand, point by point and answer by answer."""

    def at_least(theta: float, level: int, degree: Fraction) -> float:
        return 1 / (1 + math.exp(-1.4 * (theta - (level - 1 + float(degree)))))

    weights = []
    for i in range(81):
        theta = -4 + 12 * i / 80
        weight = math.exp(-0.5 * ((theta - 2) / 1.5) ** 2)
        for level, degree in known:
            better = [d for d in DEGREES if d > degree]
            this = 1.0 if degree == 0 else at_least(theta, level, degree)
            weight *= this - (at_least(theta, level, better[0]) if better else 0)
        weights.append(weight)
    return [w / sum(weights) for w in weights]


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(DEGREES)), max_size=12))
def test_the_posterior_agrees_with_a_slow_reference(known: list[tuple[int, Fraction]]) -> None:
    assert np.allclose(posterior(known, DEGREES), slow_posterior(known), rtol=1e-9, atol=1e-12)


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(DEGREES)), min_size=1, max_size=8), st.data())
def test_a_better_answer_never_lowers_the_expected_ability(
    known: list[tuple[int, Fraction]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(known) - 1))
    level, degree = known[at]
    better = data.draw(st.sampled_from([d for d in DEGREES if d >= degree]))
    raised = [*known[:at], (level, better), *known[at + 1 :]]
    assert posterior(raised, DEGREES) @ GRID >= posterior(known, DEGREES) @ GRID - 1e-9


def test_probabilities_fall_with_degree_and_level_and_a_plant_at_its_level_is_even() -> None:
    for level in range(1, 6):
        table = reaches(GRID, level, DEGREES)
        assert (np.diff(table, axis=1) < 0).all()
        assert (np.diff(table[:, 1:-1], axis=0) > 0).all()
        assert reaches(np.array([float(level)]), level, DEGREES)[0, 3] == pytest.approx(0.5)
    assert (reaches(GRID, 1, DEGREES)[:, 1] > reaches(GRID, 2, DEGREES)[:, 1]).all()


def test_what_is_known_stays_and_what_is_measured_stays_inside_its_interval() -> None:
    measured = {"verdict": Verdict.INCONCLUSIVE, "low": F(1, 2), "high": F(1)}
    nothing = {"verdict": Verdict.INCONCLUSIVE, "low": F(0), "high": F(1)}
    below = {"verdict": Verdict.UNTESTED, "low": F(0), "high": F(1, 2)}
    evidence = [
        claim("a-l1-1", F(4, 5)),
        claim("a-l1-2", F(1), "prefilled"),
        claim("a-l2-1", F(4, 5), **measured),
        claim("a-l2-2", F(1, 2), **nothing),
        claim("a-l3-1", F(1), **below),
        claim("a-l3-2", F(1), verified=F(1, 2), settlement=settlement("a-l3-2", F(1, 2)), **measured),
        claim("a-l4-1", None, "not-applicable"),
        claim("a-l4-2", None, "do-not-know"),
    ]
    found = draws(OF, evidence, 600, 7)
    assert len(found) == 600
    assert all(set(draw) == set(asked(OF)) - {"a-l4-1"} for draw in found)
    values = {q: [draw[q] for draw in found] for q in found[0]}
    for question, value in {
        "a-l1-1": F(4, 5),
        "a-l1-2": 1,
        "a-l2-2": F(1, 2),
        "a-l3-1": 1,
        "a-l3-2": F(1, 2),
    }.items():
        assert set(values[question]) == {value}, question
    for value in (F(1, 2), F(4, 5), F(1)):  # each a third, within five standard errors
        assert abs(values["a-l2-1"].count(value) / 600 - 1 / 3) < 0.1
    assert set(values["a-l4-2"]) > {F(0)}
    assert all(isinstance(x, Fraction) and x in DEGREES for x in values["b-l3-1"])


def test_draws_are_seeded_and_do_not_hang_on_the_order_of_evidence() -> None:
    evidence = [claim("a-l1-1", F(1)), claim("a-l2-1", F(1, 2)), claim("b-l1-1", F(4, 5))]
    first = draws(OF, evidence, 50, 1)
    assert first == draws(OF, list(reversed(evidence)), 50, 1)
    assert first != draws(OF, evidence, 50, 2)


def test_the_frequencies_of_draws_are_those_of_the_model() -> None:
    """A sub-domain's own deviation is integrated by Gauss-Hermite quadrature."""
    evidence = [claim(q, F(1)) for q in asked(OF) if "-l1-" in q or "-l2-" in q]
    evidence += [claim("a-l3-1", F(1, 2))]
    known = [(1, F(1))] * 4 + [(2, F(1))] * 4 + [(3, F(1, 2))]
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    expected = sum(
        p * w / weights.sum() * reaches(np.array([theta + 0.5 * z]), 4, DEGREES)[0, 1]
        for theta, p in zip(GRID, posterior(known, DEGREES), strict=True)
        for z, w in zip(nodes, weights, strict=True)
    )
    found = draws(OF, evidence, 6000, 3)
    share = sum(draw["b-l4-1"] >= F(1, 2) for draw in found) / 6000
    assert abs(share - expected) < 5 * math.sqrt(expected * (1 - expected) / 6000)


def test_sub_domains_of_one_plant_do_not_move_as_one() -> None:
    known = [claim(q, F(1)) for q in asked(OF) if "-l1-" in q or "-l2-" in q or q == "a-l3-1"]
    found = draws(OF, known, 6000, 4)
    here, beside, there = (np.array([float(d[q]) for d in found]) for q in ("b-l3-1", "b-l3-2", "a-l3-2"))
    assert np.corrcoef(here, beside)[0, 1] > np.corrcoef(here, there)[0, 1] + 0.02


def test_better_known_answers_give_better_draws_of_the_unknown() -> None:
    def mean(degree: Fraction) -> float:
        known = [claim(q, degree) for q in asked(OF) if q.startswith("a")]
        found = draws(OF, known, 300, 11)
        return float(sum(draw[q] for draw in found for q in draw if q.startswith("b")))

    assert mean(F(0)) < mean(F(1, 2)) < mean(F(1))


def test_draws_of_complete_answers_give_the_level_of_the_rating_with_certainty() -> None:
    evidence: list[Evidence] = [claim(q, F(4, 5) if "-l1-" in q else F(1, 2)) for q in asked(OF)]
    found = {c.level: c.share for c in chances(OF, evidence, (), draws(OF, evidence, 40, 5))}
    assert found[rate(OF, "verified", evidence).level] == 1


def test_hundreds_of_answers_do_not_underflow() -> None:
    known = [(5, F(1))] * 300 + [(1, F(0))] * 300
    assert np.isfinite(posterior(known, DEGREES)).all()
    assert posterior(known, DEGREES).sum() == pytest.approx(1)
