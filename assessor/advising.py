"""ADVISE, with all at hand: what a plan rests on, gathered from answers, measurements and a library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import (
    Answers,
    Asset,
    Evidence,
    Formulas,
    Framework,
    Ladder,
    Measurement,
    Need,
    Plant,
    Rating,
    Result,
)
from assessor.frameworks import Library
from assessor.frameworks.proof import with_others
from assessor.indicators import window_carbon
from assessor.rating import Known, known, rate, rate_library
from assessor.rating.formulas import applying
from assessor.roadmap import Case, Factors, plant_figures, triggered
from assessor.roadmap.gain import Judge

GREEN = "green-profile"
"""The framework whose sets of factors the plan goes by."""


@dataclass(frozen=True)
class Ground:
    """What is known of one plant, as far as a plan rests on it."""

    framework: Ladder
    frameworks: tuple[Framework, ...]
    """All that the plant is rated by, and the target's."""
    answers: Answers
    evidence: tuple[Evidence, ...]
    measurements: Sequence[Measurement]
    plant: Plant
    assets: Sequence[Asset]


def case(ground: Ground, library: Library) -> Case:
    """What a plan for this plant rests on."""
    answers, asked = ground.answers, tuple(library.questions.values())
    evidence = tuple(e.model_copy(update={"target": None}) for e in ground.evidence)  # what is wished is not there
    told = known(asked, evidence, "verified", ground.plant.kind)
    held = {framework.id: framework for framework in ground.frameworks}

    def holds(need: Need) -> bool:
        return (told.holds(need) or (False, False))[0]

    def results(of: tuple[Evidence, ...], framework: str | None) -> Mapping[str, Result]:
        if framework is not None and framework not in held:
            return {}
        rated_by = ground.frameworks if framework is None else with_others(held[framework], held)
        rated = rate_library(rated_by, asked, of, answers.cuts, ground.plant.kind, ("verified",))
        return {one.head.id: one.results[0] for one in rated if one.results}

    return Case(
        evidence=evidence,
        known=library.recommendations,
        judge=judging(ground.framework, answers),
        budget=answers.budget if answers.budget is not None else sum(answers.plan.phase_budgets) or None,
        wishes=answers.plan,
        figures=plant_figures(evidence, ground.plant, ground.assets),
        needed=triggered(library.recommendations.values(), holds, ground.measurements),
        asked=_asked(ground, library, told),
        results=results,
        factors=_factors(library, ground.plant, told),
    )


def _asked(ground: Ground, library: Library, told: Known) -> frozenset[str]:
    """Questions that the plant's frameworks ask of it: none that was cut or hangs on another answer."""
    cut = {one.dimension for one in ground.answers.cuts}
    gone = {
        question
        for framework in ground.frameworks
        if isinstance(framework, Ladder)
        for dimension in framework.dimensions
        if dimension.id in cut
        for cell in dimension.cells
        for question in cell.requirements
    }
    for id_, statement in library.statements.items():
        if statement.asked_if is not None and told.holds(statement.asked_if) == (False, False):
            gone.add(id_)
    of_kind = (f for f in ground.frameworks if f.plant in (None, ground.plant.kind))
    return frozenset(question for framework in of_kind for question in framework.asks) - gone


def planned(answers: Answers) -> bool:
    """Was a plan asked for? By a budget, or by a target to be reached at whatever it costs."""
    target = answers.plan.aim is not None and answers.plan.aim.kind == "target"
    return answers.budget is not None or bool(answers.plan.phase_budgets) or target


def judging(framework: Ladder, answers: Answers) -> Judge:
    """How a plan learns what evidence is worth: the verified column under the default weights."""

    def judge(evidence: tuple[Evidence, ...]) -> Rating:
        return rate(framework, "verified", evidence, answers.cuts)

    return judge


def _factors(library: Library, plant: Plant, told: Known) -> Factors | None:
    """The sets that the green figures take by default, where somebody said in which province the plant stands; of
    carbon dioxide else that of the measurements."""
    green = library.frameworks.get(GREEN)
    if not isinstance(green, Formulas):
        return None
    bases = {basis.id: basis for basis in green.bases}
    grid, coal = bases["grid-carbon"], applying(bases["electricity-value"], told)[0]
    placed = [held for held in grid.sets if held.applies is not None and (told.holds(held.applies) or (False,))[0]]
    named = window_carbon.of_place(plant).set
    carbon = next(held for held in (*placed, *grid.sets) if placed or held.id == named)
    return Factors(
        coal_set=coal.id,
        coal=Fraction(coal.values["coal-electricity"].value),
        carbon_set=carbon.id,
        carbon=Fraction(carbon.values["co2-electricity"].value),
    )
