"""FUND: beside each item of a plan the programmes that might pay. No figure of the plan is changed by it."""

from collections.abc import Mapping
from fractions import Fraction

from assessor.domain import Assessment, Eligibility, Per, Project, Recommendation, Worth
from assessor.frameworks import Library
from assessor.messages import moment
from assessor.programmes import Lists, applicant, grants_for, might_apply
from assessor.roadmap import by_kind, plant_figures


def funded(done: Assessment, library: Library) -> Assessment:
    """The same Assessment, each item of its plan with what might pay for it on the day it was judged by.

    Where the amounts of this plant do not give the cost that the plan states, no amount of a subsidy is stated.
    """
    if done.roadmap is None or not done.roadmap.worth:
        return done
    day = moment(done.made if done.as_of is None else done.as_of, "%Y-%m-%d")
    who = applicant(done.plant, done.answers, done.evidence, done.rated, day)
    lists = Lists(library.regions, library.sizes)
    amounts = plant_figures(done.evidence, done.plant, done.assets).amounts

    def paid(item: Worth) -> Worth:
        what = project(library.recommendations[item.recommendation], amounts)
        if sum(what.costs.values()) != item.cost.mid:
            what = what.model_copy(update={"costs": {}})
        grants = grants_for(library.programmes.values(), who, what, lists, done.answers.plan.grants)
        return item.model_copy(update={"grants": grants})

    worth = tuple(map(paid, done.roadmap.worth))
    return done.model_copy(update={"roadmap": done.roadmap.model_copy(update={"worth": worth})})


def project(recommendation: Recommendation, amounts: Mapping[Per, Fraction]) -> Project:
    """A recommendation as programmes look at it. What `amounts` lacks counts as one."""
    costs = dict(by_kind(recommendation, amounts))
    return Project(recommendation=recommendation.id, scenes=recommendation.scenes, costs=costs)


def eligible(done: Assessment, library: Library, day: str) -> tuple[Eligibility, ...]:
    """Every programme held against a plant on a day (YYYY-MM-DD), as far as the plant alone can tell."""
    who = applicant(done.plant, done.answers, done.evidence, done.rated, day)
    lists = Lists(library.regions, library.sizes)
    return tuple(might_apply(programme, who, None, lists) for _, programme in sorted(library.programmes.items()))
