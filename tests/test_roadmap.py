"""Plans against brute force, the rules of a plan, and its check."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain import Choice, Evidence, Recommendation, Roadmap, Wishes
from assessor.messages import render
from assessor.rating import rate
from assessor.roadmap import check_plan, outlay, plan
from assessor.roadmap.gain import factor, gain, met, stakes
from assessor.roadmap.solver import Programme, Solution, quiet_stdout
from tests.small import DEGREES, asked, claim, framework
from tests.small_plan import JUDGE, OF, Judge, advice, case, chosen, evidence, made

F = Fraction


# Rules by example ----------------------------------------------------------------------------------------


def test_the_gain_is_weighted_and_the_next_level_counts_most() -> None:
    assert [factor(k, 2) for k in range(1, 6)] == [F(1, 10), 1, F(1, 2), F(1, 4), F(1, 8)]
    at_stake = stakes(JUDGE(tuple(evidence(a_l1_1=F(1), a_l1_2=F(1), b_l1_1=F(1)))))
    assert at_stake["a-l2-1"].worth == F(3, 5) / 2  # level 2 is next; two requirements share a's weight
    assert at_stake["b-l3-1"].worth == F(2, 5) / 2 / 2
    assert at_stake["a-l1-1"].worth == F(3, 5) / 2 / 10


def test_of_several_lifts_of_one_requirement_the_highest_counts() -> None:
    able = [advice("low", 1, {"b-l1-1": F(1, 2)}), advice("high", 1, {"b-l1-1": F(4, 5)})]
    roadmap = made(evidence(), [*able, advice("low-too", 1, {"b-l1-1": F(1, 2)})], 90)
    assert chosen(roadmap) == {"high": 1}
    assert roadmap.objective == F(2, 5) * F(4, 5)
    assert roadmap.lifted == {"b-l1-1": F(4, 5)}
    assert roadmap.status == "optimal" and roadmap.gap == 0


def test_what_lifts_nothing_below_its_target_takes_no_part() -> None:
    there = [advice("there", 0, {"b-l1-1": F(1, 2)}), advice("elsewhere", 0, {"other": F(1)})]
    roadmap = made(evidence(b_l1_1=F(4, 5)), there, 90)
    assert roadmap.status == "nothing-to-do" and roadmap.choices == ()
    assert roadmap.objective == roadmap.gap == 0


def test_the_unknown_promises_no_gain_but_would_be_known_afterwards() -> None:
    only_unknown = [advice("x", 1, {"b-l1-1": F(1)})]
    assert made(evidence(b_l1_1=None), only_unknown, 90).status == "nothing-to-do"
    both = [advice("x", 1, {"b-l1-1": F(1), "a-l1-1": F(1)})]
    roadmap = made(evidence(b_l1_1=None), both, 90)
    assert roadmap.objective == F(3, 5) / 2
    assert roadmap.lifted == {"a-l1-1": 1, "b-l1-1": 1}


def test_what_does_not_apply_is_not_lifted() -> None:
    found = [e for e in evidence() if e.question != "b-l1-1"] + [claim("b-l1-1", None, "not-applicable")]
    roadmap = made(found, [advice("x", 1, {"b-l1-1": F(1), "a-l1-1": F(1)})], 90)
    assert set(roadmap.lifted) == {"a-l1-1"}


def test_a_prerequisite_is_bought_unless_all_it_lifts_is_there() -> None:
    able = [advice("base", 50, {"a-l1-1": F(4, 5)}), advice("top", 10, {"b-l1-1": F(1)}, after=["base"])]
    assert chosen(made(evidence(), able, 30)) == {}
    assert set(chosen(made(evidence(), able, 60))) == {"base", "top"}
    assert chosen(made(evidence(a_l1_1=F(4, 5)), able, 30)) == {"top": 1}
    # whether it is there is not known: it is bought with what needs it
    assert set(chosen(made(evidence(a_l1_1=None), able, 60))) == {"base", "top"}
    # and without a prerequisite that no one offers nothing can be had
    assert made(evidence(), able[1:], 60).status == "nothing-to-do"


def test_prerequisites_stand_in_the_same_phase_or_an_earlier_one() -> None:
    able = [
        advice("a", 30, {"a-l1-1": F(1, 2)}),
        advice("b", 30, {"a-l1-2": F(1)}, after=["a"]),
        advice("c", 30, {"b-l1-1": F(1)}, after=["b"]),
    ]
    assert chosen(made(evidence(), able, 90)) == {"a": 1, "b": 2, "c": 3}
    assert chosen(made(evidence(), able, 90, [90, 0, 0])) == {"a": 1, "b": 1, "c": 1}
    assert chosen(made(evidence(), able, 90, [0, 0, 90])) == {"a": 3, "b": 3, "c": 3}


def test_money_left_over_is_there_for_the_next_phase() -> None:
    roadmap = made(evidence(), [advice("big", 60, {"b-l1-1": F(1)})], 91)
    assert roadmap.phase_budgets == (31, 30, 30)
    assert chosen(roadmap) == {"big": 2}


def test_alternatives_exclude_each_other_whichever_says_so() -> None:
    able = [advice("x", 10, {"b-l1-1": F(1)}), advice("y", 10, {"a-l1-1": F(1)}, excludes=["x"])]
    assert set(chosen(made(evidence(), able, 90))) == {"x"}  # 0.4 against 0.3


def test_of_equal_gains_the_cheaper_then_the_first_by_id() -> None:
    able = [advice(id_, cost, {"b-l1-1": F(1)}) for id_, cost in [("z", 20), ("y", 10), ("x", 10)]]
    for order in (able, able[::-1]):
        assert chosen(made(evidence(), order, 90)) == {"x": 1}


def test_the_level_afterwards_comes_from_the_same_law() -> None:
    lifts = {"a-l1-1": F(1), "a-l1-2": F(1), "b-l1-1": F(4, 5)}
    roadmap = made(evidence(F(1, 2)), [advice("x", 10, lifts)], 90)
    assert (roadmap.level_after, roadmap.score_after) == (1, F("1.5") + F(0))
    assert JUDGE(tuple(evidence(F(1, 2)))).level == 0


def test_no_budget_buys_only_what_is_free() -> None:
    able = [advice("free", 0, {"b-l1-1": F(1, 2)}), advice("dear", 1, {"b-l1-1": F(1)})]
    assert chosen(made(evidence(), able, 0)) == {"free": 1}


def test_what_is_free_and_gains_nothing_by_itself_is_no_reason_against_an_empty_plan() -> None:
    """It takes part for the sake of what needs it, and for that there is no money."""
    able = [advice("base", 0, {"a-l1-1": F(1, 2)}), advice("top", 1, {"b-l1-1": F(1)}, after=["base"])]
    found = evidence(a_l1_1=None)  # whether it is there is not known, and what it would bring neither
    roadmap = made(found, able, 0)
    assert roadmap.status == "nothing-to-do" and set(case(found, able, 0).able) == {"base", "top"}
    assert check_plan(roadmap, case(found, able, roadmap.budget, roadmap.phase_budgets)) == ()


# Against brute force -------------------------------------------------------------------------------------


def allowed(subset: Iterable[Recommendation], budget: int) -> bool:
    by_id = {r.id: r for r in subset}
    return (
        sum(outlay(r, {}).mid for r in by_id.values()) <= budget
        and all(b in by_id for r in by_id.values() for b in r.after)
        and not any(other in by_id for r in by_id.values() for other in r.excludes)
    )


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[Evidence], list[Recommendation], int]:
    questions = asked(OF)
    degrees = st.sampled_from([*DEGREES[:3], None])
    found = [
        claim(q, v, "answered" if v is not None else "do-not-know") for q in questions for v in [draw(degrees)]
    ]
    able = list[Recommendation]()
    for i in range(draw(st.integers(1, 6))):
        picked = draw(st.lists(st.sampled_from(questions), min_size=1, max_size=3, unique=True))
        lifts = {q: draw(st.sampled_from(DEGREES[1:])) for q in picked}
        earlier = [r.id for r in able]
        after = draw(st.lists(st.sampled_from(earlier), max_size=2, unique=True)) if earlier else []
        others = [id_ for id_ in earlier if id_ not in after]
        excludes = draw(st.lists(st.sampled_from(others), max_size=1)) if others else []
        able.append(advice(f"r{i}", draw(st.integers(0, 40)), lifts, after, excludes))
    return found, able, draw(st.integers(0, 120))


@pytest.mark.slow
@settings(max_examples=60)
@given(instances())
def test_no_allowed_set_gains_more(instance: tuple[list[Evidence], list[Recommendation], int]) -> None:
    found, offered, budget = instance
    at_stake = stakes(JUDGE(tuple(found)))
    able = list(case(found, offered, budget).able.values())
    sets = [s for n in range(len(able) + 1) for s in combinations(able, n) if allowed(s, budget)]
    best = max(gain(s, at_stake) for s in sets)
    roadmap = made(found, offered, budget)
    assert roadmap.objective == best
    assert sum(c.cost for c in roadmap.choices) == min(
        sum((outlay(r, {}).mid for r in s), F(0)) for s in sets if gain(s, at_stake) == best
    )
    assert check_plan(roadmap, case(found, offered, roadmap.budget, roadmap.phase_budgets)) == ()
    assert roadmap == made(found, offered[::-1], budget)
    before, after = JUDGE(tuple(found)), roadmap
    assert after.score_after >= before.score


def test_a_catalogue_of_thirty_is_solved_well_within_the_limit() -> None:
    of = framework({f"d{i}": [2, 2, 3, 2, 1] for i in range(20)}, {f"d{i}": F(i + 3, 7) for i in range(20)})
    judge: Judge = partial(rate, of, "verified")
    found = [claim(q, DEGREES[i % 3]) for i, q in enumerate(asked(of))]
    ids = asked(of)
    offered = [
        advice(
            f"r{i}",
            30_000 + 7_919 * i % 200_000,
            {ids[(i * 13 + j * 31) % len(ids)]: F(1) for j in range(6)},
            after=[f"r{i // 2}"] if i % 3 == 1 and i > 1 else (),
        )
        for i in range(30)
    ]
    wanted = case(found, offered, 800_000, judge=judge)
    roadmap = plan(wanted, drawn=False)
    assert roadmap.status == "optimal" and roadmap.gap == 0
    assert len(roadmap.choices) > 3
    assert check_plan(roadmap, wanted) == ()


# The check -----------------------------------------------------------------------------------------------


def names(roadmap: Roadmap, offered: Iterable[Recommendation], found: Sequence[Evidence]) -> set[str]:
    faults = check_plan(roadmap, case(found, offered, 90))
    for fault in faults:
        assert render(fault, "zh")
        assert render(fault, "en")
    return {fault.id for fault in faults}


def test_a_plan_that_was_tampered_with_is_found_out() -> None:
    offered = [
        advice("base", 30, {"a-l1-1": F(4, 5)}),
        advice("top", 30, {"b-l1-1": F(1)}, after=["base"]),
        advice("other", 30, {"b-l2-1": F(1)}, excludes=["rival"]),
        advice("rival", 30, {"b-l2-1": F(1, 2)}),
        advice("useless", 0, {"elsewhere": F(1)}),
    ]
    found = evidence()
    good = made(found, offered, 90)
    assert chosen(good) == {"base": 1, "top": 2, "other": 3}
    assert names(good, offered, found) == set()

    def with_choices(*choices: tuple[str, int, int]) -> Roadmap:
        made = tuple(Choice(recommendation=r, phase=p, cost=F(c)) for r, p, c in choices)
        return good.model_copy(update={"choices": made})

    base, top, other = ("base", 1, 30), ("top", 2, 30), ("other", 3, 30)
    for roadmap, name in [
        (good.model_copy(update={"objective": good.objective + 1}), "objective"),
        (good.model_copy(update={"level_after": 5}), "level_after"),
        (good.model_copy(update={"score_after": F(5)}), "score_after"),
        (good.model_copy(update={"lifted": {}}), "lifted"),
        (good.model_copy(update={"budget": 91}), "budgets"),
        (good.model_copy(update={"phase_budgets": (0, 0, 90)}), "overspent"),
        (good.model_copy(update={"phase_budgets": (90, 0, 0)}), "other_budgets"),
        (good.model_copy(update={"budget": 99, "phase_budgets": (33, 33, 33)}), "other_budgets"),
        (good.model_copy(update={"gap": F(1, 2)}), "gap"),
        (good.model_copy(update={"status": "time-limit", "gap": F(-1)}), "gap"),
        (good.model_copy(update={"status": "nothing-to-do"}), "not_nothing"),
        (good.model_copy(update={"least": F(5)}), "differs"),
        (good.model_copy(update={"draws": 200}), "in_draws"),
        (good.model_copy(update={"draws": 7}), "draws"),
        (good.model_copy(update={"fringe": {"rival": 12}}), "in_draws"),
        (with_choices(base, top, other, other), "twice"),
        (with_choices(base, top, ("other", 3, 29)), "cost"),
        (with_choices(("base", 3, 30), top, other), "too_early"),
        (with_choices(top, other), "too_early"),
        (with_choices(base, other, ("rival", 3, 30)), "excluded"),
        (with_choices(base, top, ("other", 1, 30)), "overspent"),
        (with_choices(base, top, other, ("useless", 1, 0)), "useless"),
        (with_choices(base, ("nowhere", 1, 0)), "unknown"),
    ]:
        assert f"plan.{name}" in names(roadmap, offered, found), name


@pytest.mark.slow
def test_counts_of_drawn_plans_lie_within_what_was_drawn() -> None:
    offered = [advice("x", 30, {"a-l1-1": F(1)}), advice("y", 70, {"b-l1-1": F(1, 2)})]
    wanted = case(evidence(), offered, 90)
    drawn = plan(wanted)
    assert drawn.draws and check_plan(drawn, wanted) == ()
    for n in (999, -1, None):
        counted = tuple(c.model_copy(update={"in_draws": n}) for c in drawn.choices)
        faults = check_plan(drawn.model_copy(update={"choices": counted}), wanted)
        assert ({f.id for f in faults} == {"plan.in_draws"} and "999" in render(faults[0], "en")) or n != 999
    outside = next(id_ for id_ in ("x", "y") if id_ not in chosen(drawn))
    for n in (3, 201):
        assert "plan.in_draws" in {
            f.id for f in check_plan(drawn.model_copy(update={"fringe": {outside: n}}), wanted)
        }


def test_what_must_be_in_a_plan_is_missed_whatever_the_plan_says_of_itself() -> None:
    offered = [advice("x", 30, {"a-l1-1": F(1)}), advice("y", 20, {"b-l1-1": F(1, 2)})]
    wanted = case(evidence(), offered, 90, keep=["y"])
    empty = plan(replace(wanted, known={}, wishes=Wishes()), drawn=False)
    forged = empty.model_copy(update={"status": "out-of-reach", "least": F(50)})
    assert "plan.not_kept" in {f.id for f in check_plan(forged, wanted)}
    poor = case(evidence(), offered, 10, keep=["y"])
    assert plan(poor, drawn=False).status == "out-of-reach" and check_plan(plan(poor, drawn=False), poor) == ()


def test_what_a_library_prints_by_itself_does_not_reach_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    import ctypes  # noqa: PLC0415

    c = ctypes.CDLL(None)
    c.puts(b"before")
    with quiet_stdout():
        c.puts(b"noise")
    c.puts(b"after")
    c.fflush(None)
    assert capfd.readouterr().out == "before\nafter\n"


def test_what_a_plant_was_never_asked_does_not_make_a_prerequisite_missing() -> None:
    """A recommendation also lifts questions of frameworks that this plant is not rated by."""
    known = {"base": advice("base", 10, {"a-l1-1": F(1), "other-framework": F(1)})}
    assert met(known, evidence(default=F(1))) == {"base"}
    unsure = claim("other-framework", None, "do-not-know")
    assert met(known, [*evidence(default=F(1)), unsure]) == set(), "asked, and nobody knew"
    assert met(known, [claim("other-framework", None, "unanswered")]) == set(), "nothing is known of it at all"


def knapsack(*, room: float = 2.0) -> Programme:
    """Three things that weigh 1 each."""
    programme = Programme()
    programme.at_most(room, {programme.variable(whole=True): 1.0 for _ in range(3)})
    return programme


def test_a_question_is_put_to_the_solver_once_and_another_one_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    really, asked_, whole = Programme._solve, list[float](), True

    def solve(one: Programme, *rest: Any) -> Solution:
        asked_.append(one.limits[0])
        found = really(one, *rest)
        return replace(found, proven=found.proven and whole)

    monkeypatch.setattr(Programme, "_solve", solve)
    worth = {0: -3.0, 1: -2.0, 2: -1.017}
    assert knapsack().minimise(worth, 5).least == knapsack().minimise(worth, 5).least == -5.0
    assert asked_ == [2.0]
    assert knapsack(room=1.0).minimise(worth, 5).least == -3.0 and asked_ == [2.0, 1.0]
    assert knapsack().minimise(worth | {2: -9.0}, 5).least == -12.0 and asked_ == [2.0, 1.0, 2.0]
    whole = False  # what time cut short is asked again
    again = [knapsack(room=3.0).minimise(worth, 5).least for _ in range(2)]
    assert again == [pytest.approx(-6.017)] * 2 and asked_[3:] == [3.0, 3.0]
