"""Plants with a true degree of each requirement, respondents who answer for them, and machines that are counted.

For benchmarks/populations.py. What chance decides about a plant is the same in every cell of the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from scipy.special import expit

from assessor.domain import (
    DEGREES,
    Answer,
    Answers,
    Bearing,
    Ladder,
    Measurement,
    Outcome,
    Question,
    Scope,
    Step,
    Text,
)
from assessor.frameworks import load_library
from assessor.indicators.share import line, share
from assessor.rating import Rungs, rungs, score_of
from assessor.run import DEMO
from connectors.simulator import load_plant
from models.graded_response import threshold

Parameters = Mapping[str, Any]
Counts = np.ndarray[Any, np.dtype[np.int_]]
STEPS = tuple(
    Step(from_=Fraction(at), answer=Fraction(answer))
    for at, answer in (("0.4", "0.5"), ("0.7", "0.8"), ("0.9", 1))
)
"""The steps of the shipped bank: from which share of machines on which degree."""


@dataclass(frozen=True)
class Field:
    """The framework as it is asked and tested here: every requirement with an indicator of its own."""

    framework: Ladder
    ladder: Rungs
    questions: Mapping[str, Question]
    ids: tuple[str, ...]
    levels: Counts
    """Of each requirement."""
    places: Counts
    """Its sub-domain, by number."""

    @classmethod
    def of(cls, framework_id: str) -> "Field":
        library = load_library()
        framework = library.frameworks[framework_id]
        assert isinstance(framework, Ladder)
        at = [(q, c.level, i) for i, d in enumerate(framework.dimensions) for c in d.cells for q in c.requirements]
        questions = {q: _tested(library.statements[q]) for q, _, _ in at}
        levels, places = (np.array([one[i] for one in at]) for i in (1, 2))
        return cls(framework, rungs(framework, (), ()), questions, tuple(questions), levels, places)

    def reached(self, ability: np.ndarray[Any, Any], chance: np.ndarray[Any, Any], sharpness: float) -> Counts:
        """The number of the degree of each requirement at an ability of each sub-domain."""
        marks = np.array([[threshold(int(k), d) for d in DEGREES[1:]] for k in self.levels])
        return np.asarray(
            (chance[:, None] < expit(sharpness * (ability[self.places][:, None] - marks))).sum(axis=1)
        )

    def degrees(self, numbers: Counts) -> dict[str, Fraction]:
        return {q: DEGREES[n] for q, n in zip(self.ids, numbers, strict=True)}


def _tested(question: Question) -> Question:
    test = Bearing(indicator=f"seen-{question.id}", bound="both", steps=STEPS, ask=Text(zh="看", en="look"))
    return question.model_copy(update={"tests": (test,)})


@cache
def held(framework_id: str) -> Field:
    return Field.of(framework_id)


@cache
def scope() -> Scope:
    """One in which all machines are to be looked at: no stratum is drawn."""
    return load_plant(DEMO / "plant.yaml").scope.model_copy(update={"strata": ()})


@cache
def counted(yes: int, no: int, unseen: int) -> Measurement:
    """The measurement of so many machines, by the product's own rule of shares."""
    outcomes = [Outcome.MET] * yes + [Outcome.NOT_MET] * no + [Outcome.NOT_DETERMINED] * unseen
    return share("any", [line(f"m{i}", outcome, "undecided") for i, outcome in enumerate(outcomes)], scope())


@dataclass(frozen=True)
class Plant:
    """One plant, and everything that chance decides about it."""

    field: Field
    own: np.ndarray[Any, Any]
    """Ability of each sub-domain."""
    chance: np.ndarray[Any, Any]
    """Of each requirement: the same in truth, answer and measurement."""
    seed: tuple[int, int]
    """What else chance decides has a stream of its own from here: the same in every cell of the table."""

    @classmethod
    def drawn(cls, p: Parameters, number: int) -> "Plant":
        field = held(p["framework"])
        rng = np.random.default_rng((p["seed"], number))
        a = p["ability"]
        own = rng.normal(a["mean"], a["spread"]) + rng.normal(0, a["own"], len(field.framework.dimensions))
        return cls(field, own, rng.random(len(field.ids)), (p["seed"], number))

    def stream(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng((*self.seed, purpose))

    def true(self, p: Parameters) -> Fraction:
        """The score of the true degrees."""
        numbers = self.field.reached(self.own, self.chance, p["ability"]["sharpness"])
        return score_of(self.field.framework, self.field.ladder, self.field.degrees(numbers))

    def answers(self, p: Parameters, population: Mapping[str, float]) -> Answers:
        """What a respondent of this population says."""
        rng, n = self.stream(1), len(self.own)
        off, leans = rng.normal(0, p["off"]["told"], n), rng.random() < population["respondents"]
        by = rng.normal(population["by"], population["spread"])
        where = rng.permutation(n) < round(population["domains"] * n)
        numbers = self.field.reached(self.own + off + leans * by * where, self.chance, p["ability"]["sharpness"])
        said = self.field.degrees(numbers)
        given = tuple(Answer(question=q, value=degree, by="owner", at="2026-01-01") for q, degree in said.items())
        return Answers(format="assessor-answers/1", plant="simulated", answers=given)

    def measurements(self, p: Parameters, shortfall: Mapping[str, float], many: int) -> list[Measurement]:
        """Of every requirement of so many sub-domains: machines that count, that do not, that were not seen."""
        rng, n, whole = self.stream(2), len(self.own), int(p["subjects"])
        chosen, off = set(rng.permutation(n)[:many]), rng.normal(0, p["off"]["seen"], n)
        missed = np.abs(rng.normal(0, 1, n)) * shortfall["scale"]
        numbers = self.field.reached(self.own + off, self.chance, p["ability"]["sharpness"])
        found = []
        for i, (question, number, place) in enumerate(
            zip(self.field.ids, numbers, self.field.places, strict=True)
        ):
            one = np.random.default_rng((*self.seed, 3, i))
            if place in chosen:
                part = numbers[self.field.places == place]
                told = _counts(one, int(number), whole, _unseen(missed[place], part), shortfall["hidden"])
                found.append(counted(*told).model_copy(update={"indicator": f"seen-{question}"}))
        return found


def _unseen(missed: float, numbers: Counts) -> float:
    """The share of machines out of sight that makes a sub-domain look so many levels lower, at most 0.9."""
    height = 5 * float(np.mean([float(DEGREES[n]) for n in numbers]))
    return min(0.9, missed / height) if height else 0.0


def _counts(
    rng: np.random.Generator, number: int, whole: int, unseen: float, hidden: float
) -> tuple[int, int, int]:
    """(yes, no, not determined) of a requirement that truly has this degree."""
    bounds = [Fraction(0), *(step.from_ for step in STEPS), Fraction(whole + 1, whole)]
    low, high = (-(-bounds[i] * whole // 1) for i in (number, number + 1))
    yes = int(rng.integers(int(low), int(high)))
    out = round(unseen * whole)
    out_yes = int(rng.hypergeometric(yes, whole - yes, out)) if out else 0
    lost = int(rng.binomial(out, hidden))
    return yes - out_yes, whole - yes - (out - out_yes) + lost, out - lost
