"""Targets of the shipped frameworks: reached by their own law, at a cost of which nothing can be left out."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from assessor.domain import Aim, Evidence, Ladder, Result, Wishes
from assessor.frameworks import Library, load_library
from assessor.frameworks.proof import with_others
from assessor.rating import rate, rate_library
from assessor.roadmap import Case, plan
from assessor.roadmap.choice import Bounds, Clock
from assessor.roadmap.target import Target, target
from tests.small_plan import advice

pytestmark = pytest.mark.slow
FULL = Fraction(100)
"""Given to numbers, which have no best answer."""


@cache
def library() -> Library:
    return load_library()


def offered(framework: str, level: int, size: int = 6) -> Case:
    """A plant of which nothing is known, and recommendations that between them lift all that is asked."""
    held = library().frameworks
    rated_by = tuple(f for f in with_others(held[framework], held) if f.plant in (None, "discrete"))
    asked, statements = tuple(library().questions.values()), library().statements
    ids = [q for q in dict.fromkeys(q for f in rated_by for q in f.asks) if q in statements]
    lifts = {q: statements[q].top or FULL for q in ids}
    able = [
        advice(f"r{i // size:03d}", 10 + (i * 7) % 23, {q: lifts[q] for q in ids[i : i + size]})
        for i in range(0, len(ids), size)
    ]
    ladder = next((f for f in rated_by if isinstance(f, Ladder)), held["cmmm-2020-discrete"])
    assert isinstance(ladder, Ladder)

    def results(found: tuple[Evidence, ...], _: str | None) -> Mapping[str, Result]:
        rated = rate_library(rated_by, asked, found, (), "discrete", ("verified",))
        return {one.head.id: one.results[0] for one in rated}

    return Case(
        evidence=(),
        known={r.id: r for r in able},
        judge=lambda found: rate(ladder, "verified", found),
        budget=None,
        wishes=Wishes(aim=Aim(kind="target", framework=framework, level=level)),
        results=results,
    )


@pytest.mark.parametrize(
    ("framework", "level"),
    [
        ("cmmm-2020-discrete", 3),
        ("miit-sme-2024", 2),
        ("miit-sme-2024", 3),
        ("smart-factory-tiers-2025", 1),
        ("smart-factory-tiers-2025", 2),
        ("shanghai-smart-factory", 3),
        ("acatech-style", 5),
        ("dmat-style", 2),
        ("impuls-style", 4),
    ],
)
def test_a_level_is_reached_and_nothing_can_be_left_out(framework: str, level: int) -> None:
    case = offered(framework, level)
    found = plan(case, drawn=False)
    assert found.status == "optimal" and found.gap == 0
    chosen, law = [c.recommendation for c in found.choices], Target.of(case)
    assert law.holds(chosen)
    assert next(e.after for e in found.elsewhere if e.framework == framework) == law.after(chosen).level
    for id_ in chosen:
        assert not law.holds([other for other in chosen if other != id_])


@pytest.mark.parametrize("framework", ["cmmm-2020-discrete", "miit-sme-2024", "smart-factory-tiers-2025"])
def test_without_what_it_takes_the_target_is_out_of_reach_and_says_what_is_short(framework: str) -> None:
    case = offered(framework, 2)
    needed = [c.recommendation for c in plan(case, drawn=False).choices]
    kept = {id_: r for id_, r in case.known.items() if id_ not in needed}
    found = plan(replace(case, known=kept, budget=0), drawn=False)
    assert found.status == "out-of-reach"
    assert (found.least is None) == bool(found.lacking)


def test_where_the_rows_know_no_way_the_law_is_asked() -> None:
    """A sum whose lines cannot be lifted by rows: the search goes by the law alone, and finds the same."""
    case = offered("dmat-style", 1, size=20)

    def fixed(found: tuple[Evidence, ...], name: str | None) -> Mapping[str, Result]:
        told = case.results(found, name)
        return {id_: r.model_copy(update={"sum": r.sum.model_copy(update={"of": ()})}) for id_, r in told.items()}

    by_rows = target(case, Bounds(), Clock())
    by_law = target(replace(case, results=fixed), Bounds(), Clock())
    cost = {f: sum(case.costs[id_] for id_ in f.chosen) for f in (by_rows, by_law)}
    assert by_law.status == "optimal" and cost[by_law] == cost[by_rows] > 0
