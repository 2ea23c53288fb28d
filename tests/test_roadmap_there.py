"""What a plant has is not sold to it again: effects by the part that is missing, prerequisites, triggers."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import advising, pipeline
from assessor.domain import Answers, Cut, Evidence, Recommendation
from assessor.frameworks import load_library
from assessor.messages import render
from assessor.roadmap import check_plan, plan
from assessor.roadmap.aims import earnings
from assessor.roadmap.gain import met, missing_part
from tests.report_example import example
from tests.small import claim
from tests.small_plan import advice, case, chosen, evidence, figures, made, span

F = Fraction
SHOP = figures(plan_workers=50, plan_worker_cost=10)  # labour is 5 million a year
HANDS = [{"acts_on": "labour", "change": span("0.01", "0.02", "0.05", "controlled")}]
"""50,000 to 100,000 a year."""


def hands(lifts: Mapping[str, Fraction]) -> Recommendation:
    return advice("hands", 60_000, lifts, effects=HANDS)


# The part that is missing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "part"),
    [
        ({"b-l1-1": F(0)}, F(1)),
        ({"b-l1-1": F(1, 2)}, F(1, 2)),
        ({"b-l1-1": F(4, 5)}, F(1, 5)),
        ({"b-l1-1": F(1, 2), "a-l1-1": F(0)}, F(3, 4)),
        ({"b-l1-1": F(1), "a-l1-1": None}, F(0)),
        ({"b-l1-1": None}, None),
        ({}, None),
    ],
)
def test_the_missing_part_is_the_mean_over_what_is_known(
    now: dict[str, Fraction | None], part: Fraction | None
) -> None:
    r = hands({"b-l1-1": F(1), "a-l1-1": F(1)})
    told = [claim(q, v, "answered" if v is not None else "do-not-know") for q, v in now.items()]
    assert missing_part(r, told) == part


@given(st.fractions(-1, 3, max_denominator=20), st.fractions(0, 2, max_denominator=20))
def test_the_missing_part_is_a_share_on_the_questions_own_scale(now: Fraction, to: Fraction) -> None:
    part = missing_part(hands({"count": to}), [claim("count", now)])
    assert part is not None and 0 <= part <= 1
    assert (part == 0) == (now >= to)
    if 0 <= now < to:
        assert part == (to - now) / to
    assert missing_part(hands({}), []) == 1


@pytest.mark.slow
def test_an_effect_counts_by_the_part_that_is_missing_and_says_so() -> None:
    wanted = case(evidence(b_l1_1=F(1, 2)), [hands({"b-l1-1": F(1)})], 90_000, figures=SHOP)
    found = plan(wanted, drawn=False)
    (w,) = found.worth
    assert (w.yearly_low, w.yearly_high) == (25_000, 50_000) == (found.yearly_low, found.yearly_high)
    assert [(b.missing_part, b.claimed_high, b.counted_high) for b in w.benefits] == [
        (F(1, 2), F("0.05"), F("0.01"))
    ]
    assert found.payback_low == 12 * F(60_000, 50_000)
    assert found.sensitivity[0].better == 12 * F(75_000, 75_000)  # half of 0.03 of labour, not all of it
    assert earnings(wanted)["hands"].high == {"labour": 50_000}
    assert check_plan(found, wanted) == ()
    forged = w.benefits[0].model_copy(update={"missing_part": F(1)})
    faults = check_plan(
        found.model_copy(update={"worth": (w.model_copy(update={"benefits": (forged,)}),)}), wanted
    )
    assert [f.params for f in faults] == [{"field": "worth"}]


def test_where_nobody_knows_what_is_there_no_effect_counts() -> None:
    only = hands({"b-l1-1": F(1)})
    found = made(evidence(b_l1_1=None), [only], 90_000, keep=["hands"], figures=SHOP)
    (w,) = found.worth
    assert w.yearly_high == 0 and w.payback_low is None and w.needed is not None
    assert w.why is not None and w.why.id == "plan.unknown_state"
    assert w.missing == ("b-l1-1",) and w.benefits[0].missing_part is None
    there = made(evidence(default=F(1)), [only], 90_000, keep=["hands"], figures=SHOP).worth[0]
    assert there.why is not None and there.why.id == "plan.already_there"
    for why in (w.why, there.why):
        assert render(why, "zh") and render(why, "en")
    unknown = case(evidence(b_l1_1=None), [only], 90_000, figures=SHOP, aim={"kind": "payback"})
    assert plan(unknown, drawn=False).status == "nothing-to-do"


def test_what_lifts_nothing_counts_in_full() -> None:
    found = plan(case(evidence(), [hands({})], 90_000, figures=SHOP, needed=["hands"]), drawn=False)
    assert (found.yearly_low, found.yearly_high) == (50_000, 100_000)


# Triggers and prerequisites ------------------------------------------------------------------------------


def test_a_trigger_does_not_sell_what_is_there_but_the_owner_may_keep_it() -> None:
    able = [advice("x", 10, {"b-l1-1": F(1, 2)})]
    there = evidence(b_l1_1=F(1, 2))
    assert plan(case(there, able, 90, needed=["x"]), drawn=False).status == "nothing-to-do"
    assert set(chosen(plan(case(there, able, 90, needed=["x"], keep=["x"]), drawn=False))) == {"x"}
    assert set(chosen(plan(case(evidence(), able, 90, needed=["x"]), drawn=False))) == {"x"}
    # nor does it make what needs it wait
    able.append(advice("y", 10, {"a-l1-1": F(1)}, after=["x"]))
    assert set(chosen(plan(case(there, able, 90, needed=["x"]), drawn=False))) == {"y"}


def unanswered(*questions: str) -> list[Evidence]:
    return [claim(q, None, "unanswered") for q in questions]


def test_one_answer_does_not_pass_a_prerequisite_of_which_more_was_asked() -> None:
    known = {"base": advice("base", 10, {"a-l1-1": F(1), "open": F(1)})}
    told = [claim("a-l1-1", F(1)), *unanswered("open")]
    assert met(known, told, {"a-l1-1", "open"}) == set()
    assert met(known, told, {"a-l1-1"}) == {"base"}, "no framework of this plant asks for the other"
    assert met(known, told) == set(), "what there is evidence of was asked"
    apart = [claim("a-l1-1", F(1)), claim("open", None, "not-applicable")]
    assert met(known, apart, {"a-l1-1", "open"}) == {"base"}
    low = [claim("a-l1-1", F(1)), claim("open", F(1, 2))]
    assert met(known, low, {"a-l1-1"}) == set(), "it was told all the same"


def test_a_case_knows_what_was_asked() -> None:
    able = [
        advice("base", 50, {"a-l1-1": F(1), "open": F(1)}),
        advice("top", 10, {"b-l1-1": F(1)}, after=["base"]),
    ]
    wanted = case([*evidence(a_l1_1=F(1)), *unanswered("open")], able, 90)
    assert set(chosen(plan(wanted, drawn=False))) == {"base", "top"}
    apart = replace(wanted, asked=frozenset({"a-l1-1", "b-l1-1"}))
    assert set(chosen(plan(apart, drawn=False))) == {"top"}


@pytest.mark.slow
def test_what_a_plant_was_asked_follows_from_its_frameworks_its_cuts_and_its_answers() -> None:
    library, a = load_library(), example()
    cut = next(d for d in a.framework.dimensions if d.may_be_cut)
    gone = {q for cell in cut.cells for q in cell.requirements}

    def asked_of(answers: Answers) -> frozenset[str]:
        ground = pipeline.grounds(a.framework, library, a.evidence, answers, a.measurements, a.plant, a.assets)
        found = advising.case(ground, library).asked
        assert found is not None
        return found

    whole = asked_of(a.answers.model_copy(update={"cuts": ()}))
    assert set(a.framework.asks) <= whole
    assert not set(library.frameworks["impuls-style"].asks) <= whole, "off by default"
    some = asked_of(a.answers.model_copy(update={"cuts": (Cut(dimension=cut.id, reason="no such business"),)}))
    assert whole - some == gone


# Counts that nobody gave ---------------------------------------------------------------------------------


def test_a_cost_that_rests_on_one_machine_says_so_and_the_whole_states_no_payback() -> None:
    spends = [{"what": {"zh": "x", "en": "x"}, "kind": "hardware", "per": "machine", "once": span(1000)}]
    able = [hands({"a-l1-1": F(1)}), advice("each", 0, {"b-l1-1": F(1)}, spends=spends)]
    wanted = case(evidence(), able, 90_000, figures=SHOP)
    found = plan(wanted, drawn=False)
    assert set(chosen(found)) == {"hands", "each"}
    assert found.payback_low is None and found.why is not None and found.why.id == "plan.missing_figures"
    assert found.needed is not None and found.uncounted == ("machines-in-use",)
    assert check_plan(found, wanted) == ()
    told = figures(plan_workers=50, plan_worker_cost=10, machines_in_use=3)
    counted = plan(case(evidence(), able, 90_000, figures=told), drawn=False)
    assert counted.payback_low is not None and counted.uncounted == ()
