"""Small recommendations, cases and plans for tests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from assessor.domain import Evidence, Lift, Rating, Recommendation, Roadmap, Wishes
from assessor.rating import rate
from assessor.roadmap import Case, PlantFigures, plan, plant_figures
from tests.small import DEGREES, asked, claim, framework, text

F = Fraction
OF = framework({"a": [2, 2, 1, 1, 1], "b": [1, 2, 2, 0, 1]}, {"a": F(3), "b": F(2)})
Judge = Callable[[tuple[Evidence, ...]], Rating]
JUDGE: Judge = partial(rate, OF, "verified")
Sized = int | str | Fraction


def span(low: Sized, mid: Sized | None = None, high: Sized | None = None, source: str = "own") -> dict[str, Any]:
    """A range; of one number where only one is given."""
    mid = low if mid is None else mid
    return {"low": low, "mid": mid, "high": mid if high is None else high, "source": source}


def advice(
    id_: str,
    cost: Sized,
    lifts: Mapping[str, Fraction],
    after: Sequence[str] = (),
    excludes: Sequence[str] = (),
    **more: Any,
) -> Recommendation:
    """A recommendation of one service; `days` of own people are for the whole plant."""
    words = ("title", "what", "why", "begin", "risks")
    days = more.pop("days", 0)
    return Recommendation.model_validate(
        {"format": "assessor-recommendation/2", "id": id_, "after": after, "excludes": excludes}
        | dict.fromkeys(words, text())
        | {"months": span(1), "pain": {"text": text()}, "effort": {"days": span(days), "roles": ["it"]}}
        | {"spends": [{"what": text(), "kind": "service", "once": span(cost)}]}
        | {"stoppage": {"when": text(), "reversible": "yes", "back": text()}}
        | {"lifts": [Lift(question=q, to=to) for q, to in lifts.items()]}
        | more
    )


def evidence(default: Fraction = DEGREES[0], **special: Fraction | None) -> list[Evidence]:
    """All requirements at one degree, but the special ones (a_l1_1=...)."""
    found = {q: claim(q, default) for q in asked(OF)}
    for name, value in special.items():
        q = name.replace("_", "-")
        found[q] = claim(q, value, "answered" if value is not None else "do-not-know")
    return list(found.values())


def case(
    found: Iterable[Evidence],
    offered: Iterable[Recommendation],
    budget: int | None,
    budgets: Sequence[int] = (),
    judge: Judge = JUDGE,
    figures: PlantFigures | None = None,
    needed: Iterable[str] = (),
    **wishes: Any,
) -> Case:
    wanted = Wishes.model_validate({"phase_budgets": tuple(budgets)} | wishes)
    known = {r.id: r for r in offered}
    told = figures or plant_figures((), None, ())
    return Case(tuple(found), known, judge, budget, wanted, told, frozenset(needed))


def made(
    found: Iterable[Evidence],
    offered: Iterable[Recommendation],
    budget: int,
    budgets: Sequence[int] = (),
    **wishes: Any,
) -> Roadmap:
    """A plan without draws."""
    return plan(case(found, offered, budget, budgets, **wishes), drawn=False)


def chosen(roadmap: Roadmap) -> dict[str, int]:
    return {c.recommendation: c.phase for c in roadmap.choices}


def figures(**answers: Sized) -> PlantFigures:
    """Figures of a plant from the answers that are given (plan_workers=...)."""
    return plant_figures([claim(q.replace("_", "-"), F(value)) for q, value in answers.items()], None, ())
