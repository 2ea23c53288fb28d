"""What a plan can be for: a target of any law, the shortest payback; people, wishes and triggers; draws."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import Aim, Evidence, Measurement, Message, Need, Recommendation, Result, State
from assessor.errors import InputError
from assessor.messages import render
from assessor.rating import rate
from assessor.rating.opened import result
from assessor.roadmap import Case, check_plan, plan, triggered
from assessor.roadmap.aims import earned, earnings
from assessor.roadmap.draws import DRAWS, draws
from assessor.roadmap.gain import NEEDED, lift, lifted_evidence
from tests.small import DEGREES, asked, claim
from tests.small_plan import JUDGE, OF, advice, case, chosen, evidence, figures, made, span

F = Fraction


def results(found: tuple[Evidence, ...], _: str | None) -> Mapping[str, Result]:
    return {"small": result(OF, rate(OF, "verified", found))}


def towards(level: int, found: Iterable[Evidence], offered: Iterable[Recommendation], budget: int | None) -> Case:
    aim = Aim(kind="target", framework="small", level=level)
    return replace(case(found, offered, budget, aim=aim), results=results)


def reaches(level: int, found: list[Evidence], some: Iterable[Recommendation]) -> bool:
    return JUDGE(lifted_evidence(found, lift(some, found))).level >= level


# A target ------------------------------------------------------------------------------------------------


def test_the_cheapest_way_to_a_level_is_taken_and_nothing_beyond_it() -> None:
    able = [
        advice("all", 90, {"a-l1-1": F(1), "a-l1-2": F(1), "b-l1-1": F(1)}),
        advice("a", 30, {"a-l1-1": F(1), "a-l1-2": F(1)}),
        advice("b", 30, {"b-l1-1": F(4, 5)}),
        advice("more", 1, {"b-l2-1": F(1)}),
    ]
    found = plan(towards(1, evidence(), able, 300), drawn=False)
    assert set(chosen(found)) == {"a", "b"} and found.level_after == 1
    assert found.status == "optimal" and found.lacking == () and found.least is None
    assert [(e.framework, e.before, e.after) for e in found.elsewhere] == [("small", 0, 1)]


def test_what_is_unknown_can_be_lifted_for_a_target() -> None:
    able = [advice("x", 10, {"b-l1-1": F(1), "a-l1-1": F(1), "a-l1-2": F(1)})]
    assert plan(towards(1, evidence(b_l1_1=None), able, 30), drawn=False).level_after == 1


def test_a_target_beyond_the_budget_says_what_it_takes_and_the_plan_goes_as_far_as_it_can() -> None:
    able = [advice("a", 30, {"a-l1-1": F(1), "a-l1-2": F(1)}), advice("b", 30, {"b-l1-1": F(4, 5)})]
    found = plan(towards(1, evidence(), able, 40), drawn=False)
    assert found.status == "out-of-reach" and found.least == 60 and found.lacking == ()
    assert set(chosen(found)) == {"a"}
    assert check_plan(found, towards(1, evidence(), able, 40)) == ()


def test_a_plan_said_to_reach_its_target_reaches_it_by_the_law() -> None:
    able = [advice("a", 30, {"a-l1-1": F(1), "a-l1-2": F(1)}), advice("b", 30, {"b-l1-1": F(4, 5)})]
    wanted = towards(1, evidence(), able, 40)
    short = plan(wanted, drawn=False)
    forged = short.model_copy(update={"status": "optimal", "least": None, "gap": F(0)})
    faults = check_plan(forged, wanted)
    assert [f.id for f in faults] == ["plan.target_missed"]
    assert render(faults[0], "zh") and render(faults[0], "en")


def test_a_target_that_nothing_reaches_says_what_stays_short() -> None:
    found = plan(towards(1, evidence(), [advice("b", 30, {"b-l1-1": F(1)})], 90), drawn=False)
    assert found.status == "out-of-reach" and found.least is None
    assert [render(name, "en") for name in found.lacking] == ["a"]


def test_without_a_budget_a_target_costs_what_it_costs() -> None:
    able = [advice("x", F(100, 3), {"b-l1-1": F(1), "a-l1-1": F(1), "a-l1-2": F(1)})]
    found = plan(towards(1, evidence(), able, None), drawn=False)
    assert found.budget == 34 and found.level_after == 1
    assert check_plan(found, towards(1, evidence(), able, None)) == ()


def test_a_target_needs_a_framework_with_levels() -> None:
    for aim, name in [
        (Aim(kind="target"), "plan.no_target"),
        (Aim(kind="target", framework="other", level=1), "plan.no_levels"),
    ]:
        with pytest.raises(InputError) as caught:
            plan(replace(case(evidence(), [], 1, aim=aim), results=results))
        assert caught.value.message.id == name
        assert render(caught.value.message, "zh") and render(caught.value.message, "en")


@st.composite
def offers(draw: st.DrawFn) -> tuple[list[Evidence], list[Recommendation], int]:
    degrees = st.sampled_from([*DEGREES, None])
    found = [
        claim(q, v, "answered" if v is not None else "do-not-know") for q in asked(OF) for v in [draw(degrees)]
    ]
    able = list[Recommendation]()
    for i in range(draw(st.integers(1, 6))):
        picked = draw(st.lists(st.sampled_from(asked(OF)), min_size=1, max_size=5, unique=True))
        lifts = {q: draw(st.sampled_from(DEGREES[1:])) for q in picked}
        earlier = [r.id for r in able]
        after = draw(st.lists(st.sampled_from(earlier), max_size=1)) if earlier else []
        able.append(advice(f"r{i}", draw(st.integers(0, 40)), lifts, after, days=draw(st.integers(0, 9))))
    return found, able, draw(st.integers(1, 5))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(offers())
def test_no_cheaper_set_reaches_the_level(offer: tuple[list[Evidence], list[Recommendation], int]) -> None:
    found, offered, level = offer
    wanted = towards(level, found, offered, 10**6)
    able = list(wanted.able.values())
    sets = [s for n in range(len(able) + 1) for s in combinations(able, n)]
    allowed = [s for s in sets if all(b in {r.id for r in s} for r in s for b in r.after)]
    ways = [sum(wanted.costs[r.id] for r in s) for s in allowed if reaches(level, found, s)]
    roadmap = plan(wanted, drawn=False)
    assert (roadmap.status == "out-of-reach") == (not ways)
    assert (roadmap.status == "nothing-to-do") == (0 in ways and not roadmap.choices)
    if ways:
        assert sum(c.cost for c in roadmap.choices) == min(ways) and roadmap.level_after >= level
    assert check_plan(roadmap, wanted) == ()


# A payback -----------------------------------------------------------------------------------------------


def saving(id_: str, cost: int, share: str, source: str = "controlled", **more: Any) -> Recommendation:
    effects = [{"acts_on": "labour", "change": span(share, share, share, source)}]
    return advice(id_, cost, {"b-l1-1": F(1)}, effects=effects, **more)


SHOP = figures(plan_workers=50, plan_worker_cost=10)


def test_what_brings_most_for_a_yuan_comes_with_what_it_needs_and_our_own_estimates_do_not_choose() -> None:
    able = [
        saving("quick", 10_000, "0.002", after=["base"]),
        advice("base", 10_000, {"a-l1-1": F(1)}),
        saving("big", 50_000, "0.02"),
        saving("dream", 1000, "0.1", "own"),
    ]
    found = plan(case(evidence(), able, 90_000, figures=SHOP, aim={"kind": "payback"}), drawn=False)
    assert set(chosen(found)) == {"big"}  # 2 a year for a yuan; quick with its base 0.5
    assert found.payback_low == 12 * F(50_000, 100_000)
    none = case(evidence(), able, 90_000, aim={"kind": "payback"})
    assert plan(none, drawn=False).status == "nothing-to-do"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 30), st.booleans()), min_size=1, max_size=6),
    st.integers(0, 120),
)
def test_no_allowed_set_brings_more_for_a_yuan(shapes: list[tuple[int, int, bool]], budget: int) -> None:
    able = [
        saving(f"r{i}", 1000 * cost, f"{share}/1000", after=[f"r{i - 1}"] if waits and i else [])
        for i, (cost, share, waits) in enumerate(shapes)
    ]
    wanted = case(evidence(), able, 1000 * budget, figures=SHOP, aim={"kind": "payback"})
    found, earning = plan(wanted, drawn=False), earnings(wanted)
    ratios = [F(0)]
    for n in range(1, len(able) + 1):
        for some in combinations(able, n):
            ids = {r.id for r in some}
            if sum(wanted.costs[i] for i in ids) <= 1000 * budget and all(b in ids for r in some for b in r.after):
                net, once = earned(wanted, ids, earning)
                ratios.append(net / once)
    net, once = earned(wanted, chosen(found), earning)
    assert float(net / once if once else 0) == pytest.approx(float(max(ratios)), rel=1e-6)


# People, wishes, triggers --------------------------------------------------------------------------------


def test_people_bound_a_phase_and_do_not_carry_over() -> None:
    able = [
        advice("a", 1, {"a-l1-1": F(1)}, days=10),
        advice("b", 1, {"b-l1-1": F(1)}, days=10, after=["a"]),
        advice("c", 1, {"a-l1-2": F(1)}, days=30),
    ]
    free = made(evidence(), able, 90)
    assert chosen(free) == {"a": 1, "b": 1, "c": 1}
    bound = made(evidence(), able, 90, phase_days=(10, 0, 20))
    assert chosen(bound) == {"a": 1, "b": 3} and bound.phase_days == (10, 0, 20)
    wanted = case(evidence(), able, 90, phase_days=(10, 0, 20))
    moved = bound.model_copy(update={"choices": free.choices})
    assert {f.id for f in check_plan(moved, wanted)} >= {"plan.overworked"}


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(offers(), st.lists(st.integers(0, 12), min_size=3, max_size=3), st.integers(0, 90), st.integers(0, 60))
def test_money_people_and_order_are_kept_and_more_money_never_gains_less(
    offer: tuple[list[Evidence], list[Recommendation], int], days: list[int], budget: int, more: int
) -> None:
    found, offered, _ = offer
    wanted = case(found, offered, budget, phase_days=days)
    roadmap = plan(wanted, drawn=False)
    assert check_plan(roadmap, wanted) == ()
    richer = plan(case(found, offered, budget + more, phase_days=days), drawn=False)
    assert richer.objective >= roadmap.objective
    assert plan(case(found, offered, budget), drawn=False).objective >= roadmap.objective


def test_what_is_kept_is_in_and_what_is_left_out_takes_along_what_needs_it() -> None:
    able = [
        advice("x", 10, {"b-l1-1": F(1)}),
        advice("y", 40, {"a-l5-1": F(1, 2)}, after=["z"]),
        advice("z", 10, {"a-l1-1": F(1, 2)}),
    ]
    assert set(chosen(made(evidence(), able, 15))) == {"x"}
    assert set(chosen(made(evidence(), able, 50, keep=["y"]))) == {"y", "z"}
    assert set(chosen(made(evidence(), able, 90, without=["z"]))) == {"x"}
    dear = made(evidence(), able, 20, keep=["y"])
    assert dear.status == "out-of-reach" and dear.least == 50 and dear.choices == ()
    apart = [advice("p", 1, {"b-l1-1": F(1)}), advice("q", 1, {"a-l1-1": F(1)}, excludes=["p"])]
    both = made(evidence(), apart, 90, keep=["p", "q"])
    assert both.status == "out-of-reach" and [name.id for name in both.lacking if isinstance(name, Message)]
    for wishes, name in [({"keep": ["y"], "without": ["z"]}, "kept_apart"), ({"keep": ["w"]}, "no_such")]:
        with pytest.raises(InputError) as caught:
            made(evidence(), able, 90, **wishes)
        assert caught.value.message.id == f"plan.{name}"
        assert render(caught.value.message, "zh") and render(caught.value.message, "en")


@pytest.mark.parametrize(
    ("wishes", "name"),
    [
        ({"budgets": [1, 2]}, "three_phases"),
        ({"budgets": [1, 2, 3]}, "other_sum"),
        ({"phase_days": [1]}, "three_phases"),
    ],
)
def test_wishes_that_do_not_go_together_are_refused(wishes: dict[str, Any], name: str) -> None:
    with pytest.raises(InputError) as caught:
        made(evidence(), [], 90, **wishes)
    assert caught.value.message.id == f"plan.{name}"
    assert render(caught.value.message, "zh") and render(caught.value.message, "en")


def test_what_is_triggered_takes_part_though_it_lifts_nothing() -> None:
    able = [advice("x", 10, {"elsewhere": F(1)}), advice("y", 10, {"elsewhere": F(1)})]
    found = plan(case(evidence(), able, 90, needed=["x"]), drawn=False)
    assert set(chosen(found)) == {"x"} and found.objective == NEEDED
    assert plan(case(evidence(), able, 90), drawn=False).status == "nothing-to-do"


def test_a_trigger_holds_for_sure_or_not_at_all() -> None:
    def seen(low: str | None, high: str | None, state: State = State.MEASURED) -> Measurement:
        said = Message(id="plan.by_plan")
        ends = {"low": low, "high": high, "value": low}
        return Measurement.model_validate(
            {"indicator": "networked", "state": state, "unit": "share", "method": said, "why": said} | ends
        )

    few = advice("few", 0, {}, triggers=[{"indicator": "networked", "at_most": "0.5"}])
    many = advice("many", 0, {}, triggers=[{"indicator": "networked", "at_least": "0.5"}])
    asked_ = advice("asked", 0, {}, triggers=[{"need": {"question": "q", "at_least": 1}}])
    no, yes = (lambda _: False), (lambda need: need == Need(question="q", at_least=F(1)))
    assert triggered([few, many, asked_], no, [seen("0.2", "0.5")]) == {"few"}
    assert triggered([few, many, asked_], no, [seen("0.2", "0.6")]) == set()
    assert triggered([few, many, asked_], yes, [seen("0.5", "0.6")]) == {"many", "asked"}
    for nothing in ([], [seen(None, None)], [seen("0.2", "0.3", State.UNUSABLE)]):
        assert triggered([few, many], no, nothing) == set()


# Draws ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_core_holds_and_a_fringe_depends() -> None:
    def costing(id_: str, low: int, mid: int, high: int, q: str) -> Recommendation:
        spends = [{"what": {"zh": "x", "en": "x"}, "kind": "service", "once": span(low, mid, high)}]
        return advice(id_, 0, {q: F(1)}, spends=spends)

    able = [costing("core", 1, 1, 1, "b-l1-1"), costing("one", 20, 40, 70, "a-l1-1"),
            costing("other", 20, 41, 70, "a-l1-2")]  # fmt: skip
    wanted = case(evidence(), able, 60)
    found = plan(wanted)
    counts = {c.recommendation: c.in_draws for c in found.choices}
    assert found.draws == DRAWS and (counts["core"] or 0) > 190
    assert set(counts) == {"core", "one"} and 40 < (counts["one"] or 0) < 160
    assert set(found.fringe) == {"other"} and 40 < found.fringe["other"] < 160
    assert {w.recommendation for w in found.worth} == {"core", "one", "other"}
    assert found == plan(wanted) and check_plan(found, wanted) == ()


def test_drawn_costs_lie_in_their_ranges_and_are_always_the_same() -> None:
    spends = [{"what": {"zh": "x", "en": "x"}, "kind": "service", "once": span(10, 20, 60)}]
    able = [advice("r", 0, {"b-l1-1": F(1)}, spends=spends), advice("s", 5, {"b-l1-1": F(1)})]
    found = draws(case(evidence(), able, 1))
    costs = sorted(draw.costs["r"] for draw in found)
    assert len(found) == DRAWS and 10 <= costs[0] < 15 and 50 < costs[-1] <= 60
    assert sum(costs) / DRAWS == pytest.approx(30, abs=2)  # the mean of low, middle and high
    assert {draw.costs["s"] for draw in found} == {5}
    assert all(0.5 <= draw.reached["r"] <= 1 for draw in found)
    assert found == draws(case(evidence(), able, 1))
