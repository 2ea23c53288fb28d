"""What bounds a plan and what it says there: targets out of reach, subsidies, reserves, absurd numbers."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from assessor.domain import Aim, Recommendation
from assessor.errors import InputError
from assessor.messages import render
from assessor.roadmap import Case, check_plan, plan
from assessor.roadmap.choice import Bounds, Clock, Found, cheapest
from assessor.roadmap.draws import DRAWS, FOR_TARGET
from assessor.roadmap.target import target
from tests.small_plan import advice, case, chosen, evidence, figures, made, span
from tests.test_roadmap_aims import towards

F = Fraction
SHOP = figures(plan_workers=50, plan_worker_cost=10, plan_scrap_cost=100)
WAYS = [advice("a", 30, {"a-l1-1": F(1), "a-l1-2": F(1)}), advice("b", 30, {"b-l1-1": F(4, 5)})]


def grant(id_: str, amount: int) -> dict[str, Any]:
    proof = {"kind": "document", "title": "notice"}
    return {"programme": "p", "recommendation": id_, "amount": amount, "proof": proof}


def saving(
    id_: str, cost: int, share: str, q: str, source: str = "controlled", on: str = "labour"
) -> Recommendation:
    effects = [{"acts_on": on, "change": span(share, share, share, source)}]
    return advice(id_, cost, {q: F(1)}, effects=effects)


# Targets -------------------------------------------------------------------------------------------------


def test_without_a_budget_what_no_set_reaches_buys_nothing_but_what_is_kept() -> None:
    wanted = towards(1, evidence(), [advice("b", 30, {"b-l1-1": F(1)}), advice("c", 5, {"a-l2-1": F(1)})], None)
    found = plan(wanted)
    assert found.status == "out-of-reach" and found.choices == () and found.least is None
    assert [render(name, "en") for name in found.lacking] == ["a"]
    assert check_plan(found, wanted) == ()
    kept = plan(replace(wanted, wishes=wanted.wishes.model_copy(update={"keep": ("c",)})), drawn=False)
    assert set(chosen(kept)) == {"c"} and kept.lacking


class Late(Clock):
    """No time is left."""

    @property
    def left(self) -> float:
        return 0.0


def test_what_it_takes_at_least_is_only_said_where_it_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    able = towards(1, evidence(), WAYS, 40)
    assert target(able, Bounds((40, 0, 0)), Clock()).least == 60

    def spent(of: Case, bounds: Bounds, *more: Any) -> Found | None:
        """The time is over once it is known that the budget does not suffice."""
        return cheapest(of, bounds, *more) if bounds.budgets else Found((), F(1), "time-limit")

    monkeypatch.setattr("assessor.roadmap.target.cheapest", spent)
    found = target(able, Bounds((40, 0, 0)), Clock())
    assert found.status == "out-of-reach" and found.least is None and found.lacking == ()


def test_without_a_budget_a_search_cut_short_buys_nothing() -> None:
    found = target(towards(1, evidence(), WAYS, None), Bounds(), Late())
    assert found.status == "time-limit" and found.chosen == ()


# Draws ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_fewer_plans_are_drawn_for_a_target_and_the_plan_says_how_many() -> None:
    found = plan(towards(1, evidence(), WAYS, None))
    assert found.draws == FOR_TARGET < DRAWS
    assert {c.in_draws for c in found.choices} == {FOR_TARGET}
    short = plan(towards(1, evidence(), WAYS, 40))  # out of reach: as far as the budget goes
    assert short.draws == DRAWS


@pytest.mark.slow
@pytest.mark.parametrize("aim", ["most", "target", "payback"])
def test_what_brings_nothing_stands_in_no_draw(aim: str) -> None:
    """Free of cost and of use: only with something that is out of the budget would they bring anything."""
    free = [advice(f"free-{i}", 0, {"a-l1-1": F(1, 100)}) for i in range(6)]
    far = advice("far", 10**6, {"a-l2-1": F(1)}, after=[r.id for r in free])
    useful = [saving("use", 10, "0.01", "a-l1-1"), saving("more", 10, "0.01", "a-l1-2"),
              saving("rest", 10, "0.01", "b-l1-1")]  # fmt: skip
    able = [*free, far, *useful]
    wanted = towards(1, evidence(), able, 100) if aim == "target" else case(evidence(), able, 100, figures=SHOP)
    wishes = wanted.wishes.model_copy(update={"aim": Aim(kind="payback")}) if aim == "payback" else wanted.wishes
    found = plan(replace(wanted, wishes=wishes))
    assert set(chosen(found)) == {"use", "more", "rest"}
    assert found.fringe == {}
    assert {c.in_draws for c in found.choices} == {found.draws}


# Subsidies -----------------------------------------------------------------------------------------------


def test_a_subsidy_for_something_unknown_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        made(evidence(), WAYS, 90, grants=[grant("nothing-such", 10)])
    assert caught.value.message.id == "plan.no_such"
    assert "nothing-such" in render(caught.value.message, "en") and render(caught.value.message, "zh")


def test_a_subsidy_pays_for_its_own_recommendation_and_for_no_other() -> None:
    able = [saving("x", 10_000, "0.002", "b-l1-1"), saving("y", 50_000, "0.01", "a-l1-1")]
    wanted = case(evidence(), able, 90_000, figures=SHOP, grants=[grant("x", 30_000), grant("x", 20_000)])
    found = plan(wanted, drawn=False)
    by = {w.recommendation: w for w in found.worth}
    assert by["x"].confirmed == by["x"].cost.mid == 10_000 and by["y"].confirmed == 0
    assert by["x"].payback_low == 0 and by["x"].payback_high == 12 * F(2500, 10_000)
    brings = F("0.002") + F("0.01") - F("0.00002")
    assert found.payback_low == 12 * 50_000 / (brings * 5_000_000)
    assert found.payback_high == 12 * (62_500 + 2500) / (brings * 5_000_000)
    assert check_plan(found, wanted) == ()


# Own estimates, reserve ----------------------------------------------------------------------------------


def test_own_estimates_are_weighed_by_what_comes_of_them_together() -> None:
    """Singly our own come to three fifths; capped at 3/13 of labour they are less than half of the whole."""
    own = [saving(f"own-{i}", 10, "0.2", q, "own") for i, q in enumerate(("a-l1-1", "a-l1-2", "b-l1-1"))]
    able = [*own, saving("scrap", 10, "0.4", "a-l2-1", on="scrap")]
    told = figures(plan_workers=10, plan_worker_cost=10, plan_scrap_cost=100)
    found = plan(case(evidence(), able, 90, figures=told), drawn=False)
    singly = {w.recommendation: w.yearly_high for w in found.worth}
    assert singly == {r.id: 200_000 for r in own} | {"scrap": 400_000}
    assert found.yearly_high == F(3, 13) * 1_000_000 + 400_000
    assert found.payback_low is not None and found.why is None
    able[-1] = saving("hands", 10, "0.2", "a-l2-1")
    labour = plan(case(evidence(), able, 90, figures=told), drawn=False)
    assert labour.why is not None and labour.why.id == "plan.own_estimates"
    assert F(str(labour.why.params["share"])) == F(3, 4)


def test_the_reserve_is_of_what_is_bought_once_and_what_it_takes_above_the_budget_is_stated() -> None:
    text = {"zh": "x", "en": "x"}
    spends = [{"what": text, "kind": "software", "once": span(40), "yearly": span(10)}]
    wanted = case(evidence(), [advice("x", 0, {"b-l1-1": F(1)}, spends=spends)], 75)
    found = plan(wanted, drawn=False)
    assert (found.worth[0].cost.mid, found.worth[0].reserve) == (70, 10)
    assert found.over_budget == 5
    assert check_plan(found, wanted) == ()
    assert [f.params for f in check_plan(found.model_copy(update={"over_budget": F(0)}), wanted)] == [
        {"field": "over_budget"}
    ]
    assert made(evidence(), [advice("x", 40, {"b-l1-1": F(1)})], 50).over_budget == 0
    assert plan(towards(1, evidence(), WAYS, None), drawn=False).over_budget == 0


# Absurd numbers ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("days", [(), (10, 10, 10)])
def test_an_absurd_count_leaves_the_empty_set_allowed_and_says_why(days: tuple[int, ...]) -> None:
    text = {"zh": "x", "en": "x"}
    spends = [{"what": text, "kind": "hardware", "per": "line", "once": span(9000)}]
    effort = {"days": span(2), "per": "line", "roles": ["it"]}
    able = [advice(f"x{i}", 0, {"b-l1-1": F(1)}, spends=spends, effort=effort) for i in range(3)]
    told = figures(plan_lines=10**16)
    wanted = case(evidence(), able, 10**6, figures=told, phase_days=days)
    found = plan(wanted)
    assert found.status == "nothing-to-do" and found.choices == () and found.needed is None
    assert found.why is not None and found.why.id == "plan.none_affordable"
    assert check_plan(found, wanted) == ()
    some = plan(replace(wanted, known={**wanted.known, "y": advice("y", 10, {"a-l1-1": F(1)})}))
    assert set(chosen(some)) == {"y"} and some.status == "optimal"
    none = made(evidence(), [], 90)
    assert none.why is not None and none.why.id == "plan.none_useful"
    for why in (found.why, none.why):
        assert render(why, "zh") and render(why, "en")
