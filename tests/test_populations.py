"""Simulated populations, a few plants at a time: what the table of benchmarks must show in small."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from assessor.frameworks import load_library
from assessor.rating import rate
from assessor.reconcile import reconcile
from benchmarks.populations import goals, measured, page, parameters
from benchmarks.respondents import STEPS, Plant, counted
from models.fusion import Fused

P = parameters()
SMALL: Mapping[str, Any] = {
    **P,
    "plants": 8,
    "population": {"honest": P["population"]["honest"]},
    "shortfall": {name: {**P["shortfall"][name], "measured": [4, 8]} for name in ("none", "recorded")},
}


@pytest.mark.parametrize("population", sorted(P["population"]))
def test_with_nothing_measured_verified_and_estimated_are_as_declared(population: str) -> None:
    plant = Plant.drawn(P, 3)
    answers = plant.answers(P, P["population"][population])
    assert plant.measurements(P, P["shortfall"]["recorded"], 0) == []
    evidence = reconcile(plant.field.questions.values(), answers, (), ())
    declared, verified = (rate(plant.field.framework, column, evidence) for column in ("declared", "verified"))
    assert (verified.level, verified.score, verified.levels) == (declared.level, declared.score, declared.levels)
    third = Fused.of(plant.field.framework, plant.field.questions, evidence, ()).whole()
    assert (third.level, third.score) == (declared.level, declared.score)


@pytest.mark.slow
def test_the_honest_lose_nothing_to_speak_of_by_being_verified() -> None:
    table = measured(SMALL)
    assert set(table) == {("honest", shortfall, many) for shortfall in ("none", "recorded") for many in (4, 8)}
    for columns in table.values():
        assert columns["declared"]["exact"] - columns["verified"]["exact"] <= P["goal"]["verified_honest_loss"]
    assert measured({**SMALL, "plants": 1}) == measured({**SMALL, "plants": 1}), "seeds are fixed"


def test_respondents_are_what_their_population_says() -> None:
    plants = [Plant.drawn(P, number) for number in range(6)]

    def mean(name: str) -> float:
        said = [a.value for plant in plants for a in plant.answers(P, P["population"][name]).answers]
        return float(sum(v for v in said if isinstance(v, Fraction))) / len(said)

    assert mean("modest") < mean("honest") < mean("mixed") < mean("heavy")


def test_measured_counts_hold_what_they_are_of_unless_something_is_hidden() -> None:
    plant = Plant.drawn(P, 1)
    whole = {m.indicator: m for m in plant.measurements(P, P["shortfall"]["none"], 8)}
    partly = plant.measurements(P, P["shortfall"]["recorded"], 8)
    assert {m.indicator for m in partly} == set(whole) and any(m.count < m.total for m in partly)
    for m in partly:
        full = whole[m.indicator]
        assert full.count == full.total and full.low == full.high
        if m.low is not None and full.low is not None:
            assert m.low <= full.low <= (m.high or 0)
    few, many = (
        {m.indicator for m in plant.measurements(P, P["shortfall"]["none"], n)}
        for n in P["shortfall"]["none"]["measured"][:2]
    )
    assert few < many


def test_the_steps_are_those_of_the_shipped_bank_and_absence_is_tested_where_something_was_missing() -> None:
    held = load_library()
    shipped = [t for q in held.frameworks[P["framework"]].asks for t in held.statements[q].tests]
    assert [t.steps for t in shipped if t.indicator == "networked"] == [STEPS] * 4
    assert counted(5, 5, 0).absence_tested and not counted(5, 0, 5).absence_tested


def test_a_missed_goal_is_named_in_the_page() -> None:
    row = {"exact": 0.5, "within": 1.0, "error": 0.4, "band": 0.9}
    good = {**row, "exact": 0.9}
    table = {("honest", "none", 8): {"declared": good, "verified": row, "estimated": good}}
    found = {name: met for name, _, _, met in goals(P, table)}
    assert [met for name, met in found.items() if name.startswith("verified")] == [False]
    text = page(P, table)
    assert "honest, none, 8: 0.40" in text and "| 0.50 · 1.00 · 0.40 |" in text
