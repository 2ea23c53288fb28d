"""The verdict table case by case, and the laws of moving an answer."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Answer, State, Verdict
from assessor.messages import render
from assessor.reconcile import reconcile
from tests.claims import FALLING, OF, RISING, WHY, answer, bearing, measured, one, question, said
from tests.small import DEGREES, claim

F = Fraction


# The verdict table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "low", "high", "absence", "verdict", "verified"),
    [
        # inside, at most one step wide
        ("0.8", "0.72", "0.85", True, Verdict.CORROBORATED, "0.8"),
        ("0.8", "0.72", "0.95", False, Verdict.CORROBORATED, "0.8"),
        ("1", "0.72", "0.95", True, Verdict.CORROBORATED, "1"),
        ("1", "0.7", "0.9", True, Verdict.CORROBORATED, "1"),
        ("0", "0", "0", True, Verdict.CORROBORATED, "0"),
        # inside, wider
        ("0.8", "0.5", "0.95", True, Verdict.INCONCLUSIVE, "0.8"),
        ("0", "0", "0.8", True, Verdict.INCONCLUSIVE, "0"),
        ("1", "0", "1", False, Verdict.INCONCLUSIVE, "1"),
        # the whole interval below
        ("1", "0.42", "0.69", True, Verdict.LOWER, "0.5"),
        ("0.5", "0.1", "0.39", True, Verdict.LOWER, "0"),
        ("1", "0", "0.75", True, Verdict.LOWER, "0.8"),
        ("1", "0.42", "0.69", False, Verdict.UNTESTED, "1"),
        # the whole interval above
        ("0.5", "0.7", "0.75", True, Verdict.HIGHER, "0.8"),
        ("0", "0.9", "1", False, Verdict.HIGHER, "1"),
    ],
)
def test_the_verdict_table(
    given: str, low: str, high: str, absence: bool, verdict: Verdict, verified: str
) -> None:
    found = one(question(bearing()), given, measured(low, high, absence=absence))
    assert (found.verdict, found.verified, found.claim) == (verdict, F(verified), F(given))
    assert found.claimed == "answered"
    assert found.low is not None  # the value is shown, also where it moves nothing
    assert render(found.why, "zh")
    assert render(found.why, "en")


def test_values_are_turned_into_answers_from_each_step_on() -> None:
    cases = {"0": 0, "0.3999": 0, "0.4": F(1, 2), "0.6999": F(1, 2), "0.7": F(4, 5), "0.9": 1, "1": 1}
    for value, expected in cases.items():
        found = one(question(bearing()), None, measured(value))
        assert (found.low, found.high) == (expected, expected), value


def test_a_falling_scale_is_read_the_other_way_round() -> None:
    asked = question(bearing("frozen_tags", "both", FALLING))
    found = one(asked, "1", measured("0.05", "0.35", indicator="frozen_tags"))
    assert (found.low, found.high, found.verdict) == (F(1, 2), F(1), Verdict.INCONCLUSIVE)
    found = one(asked, "1", measured("0.55", "0.6", indicator="frozen_tags", absence=False))
    assert (found.verdict, found.verified) == (
        Verdict.LOWER,
        0,
    )  # the frozen ones were seen: no absence in it


def test_a_sufficient_sign_only_raises_and_a_necessary_one_only_limits() -> None:
    lower, upper = question(bearing(bound="lower")), question(bearing(bound="upper"))
    found = one(lower, "1", measured("0", "0.1"))
    assert (found.low, found.high, found.verdict, found.verified) == (0, 1, Verdict.INCONCLUSIVE, 1)
    found = one(lower, "0.5", measured("0.75", "0.8"))
    assert (found.low, found.high, found.verdict, found.verified) == (F(4, 5), 1, Verdict.HIGHER, F(4, 5))
    found = one(upper, "0", measured("1", "1"))
    assert (found.low, found.high, found.verdict, found.verified) == (0, 1, Verdict.INCONCLUSIVE, 0)
    found = one(upper, "1", measured("0.5", "0.6"))
    assert (found.low, found.high, found.verdict, found.verified) == (0, F(1, 2), Verdict.LOWER, F(1, 2))


def test_several_tests_of_one_question_intersect() -> None:
    asked = question(bearing("state_signal", "upper"), bearing("counter_signal", "upper"))
    state, counter = measured("0.95", indicator="state_signal"), measured("0.5", indicator="counter_signal")
    found = one(asked, "1", state, counter)
    assert (found.high, found.verdict, found.verified) == (F(1, 2), Verdict.LOWER, F(1, 2))
    assert found.indicators == ("state_signal", "counter_signal")
    # the upper end counts only where absence was tested by the indicator that sets it
    loose = measured("0.5", indicator="counter_signal", absence=False)
    assert one(asked, "1", state, loose).verdict is Verdict.UNTESTED
    assert one(asked, "1", state).verdict is Verdict.INCONCLUSIVE


def test_indicators_that_contradict_each_other_move_nothing() -> None:
    asked = question(bearing("a", "lower"), bearing("b", "upper"))
    for value in ("0", "0.8", "1"):
        found = one(asked, value, measured("1", indicator="a"), measured("0", indicator="b"))
        assert (found.verdict, found.verified) == (Verdict.INCONCLUSIVE, F(value))
        assert (found.why.id, found.low, found.high) == ("verdict.contradictory", 0, 1)


def test_unusable_and_untested_stay_apart_and_name_the_reason() -> None:
    asked = question(bearing("a"), bearing("b"))
    bad_a = measured(None, indicator="a", state=State.UNUSABLE)
    bad_b = measured(None, indicator="b", state=State.UNUSABLE)
    open_b = measured(None, indicator="b", state=State.NOT_DETERMINED)
    found = one(asked, "1", bad_a, bad_b)
    assert (found.verdict, found.verified, found.low, found.why.id) == (
        Verdict.UNUSABLE,
        1,
        None,
        "verdict.no_test",
    )
    found = one(asked, "1", bad_a, open_b)
    assert (found.verdict, found.verified, found.why) == (Verdict.UNTESTED, 1, WHY)
    assert one(asked, "1", bad_a).verdict is Verdict.UNTESTED  # the other was not even run
    assert one(asked, "1").why.id == "verdict.not_run"
    assert one(question(), "1").why.id == "verdict.no_test"
    error = measured(None, indicator="a", state=State.ERROR)
    assert one(asked, "1", error, bad_b).verdict is Verdict.UNTESTED
    # a number beside an unusable one is used
    assert one(asked, "1", measured("0.5", indicator="a"), bad_b).verdict is Verdict.LOWER


def test_a_value_without_a_measured_state_is_no_value() -> None:
    for state in (State.NOT_DETERMINED, State.UNUSABLE, State.NOT_APPLICABLE, State.ERROR):
        found = one(question(bearing()), "1", measured("0", state=state))
        assert (found.low, found.verified) == (None, 1)


# Nobody answered -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [None, "do-not-know"])
def test_without_a_claim_a_narrow_interval_gives_its_lower_end_and_a_wide_one_nothing(given: object) -> None:
    claimed = given or "unanswered"
    for low, high, absence, verified, verdict in [
        ("0.72", "0.95", True, F(4, 5), Verdict.INCONCLUSIVE),
        ("0.72", "0.95", False, F(4, 5), Verdict.INCONCLUSIVE),
        ("0.5", "0.95", True, None, Verdict.INCONCLUSIVE),
        ("0", "0.1", True, F(0), Verdict.INCONCLUSIVE),
        ("0", "0.1", False, None, Verdict.UNTESTED),  # not looked everywhere: no zero
    ]:
        found = one(question(bearing()), given, measured(low, high, absence=absence))
        assert (found.verified, found.verdict, found.claimed) == (verified, verdict, claimed)
        assert found.claim is None
        assert render(found.why, "en")


def test_nobody_answered_and_nothing_measured_is_unknown() -> None:
    found = one(question(bearing()), None)
    assert (found.claim, found.verified, found.verdict) == (None, None, Verdict.UNTESTED)
    assert reconcile([question()], said(), [], [OF]) == ()


def test_not_applicable_stays_and_is_flagged_where_something_was_seen() -> None:
    seen = one(question(bearing()), "not-applicable", measured("0.5", "0.6"))
    assert (seen.claimed, seen.claim, seen.verified) == ("not-applicable", None, None)
    assert (seen.verdict, seen.why.id) == (Verdict.HIGHER, "verdict.not_applicable_seen")
    unseen = one(question(bearing()), "not-applicable", measured("0", "0.1"))
    assert (unseen.verdict, unseen.verified) == (Verdict.INCONCLUSIVE, None)
    assert one(question(bearing()), "not-applicable").verdict is Verdict.UNTESTED


# Scales --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("high", "verdict"), [("0.75", Verdict.CORROBORATED), ("0.76", Verdict.INCONCLUSIVE)])
def test_a_share_spans_one_step_of_its_own(high: str, verdict: Verdict) -> None:
    asked = question(bearing(steps=None), kind="share", id_="share-networked", step=F(1, 10))
    assert one(asked, "0.7", measured("0.65", high)).verdict is verdict
    found = one(asked, "0.9", measured("0.65", high))
    assert (found.verdict, found.verified) == (Verdict.LOWER, F(high))


def test_seconds_and_yes_no_have_steps_too() -> None:
    steps = {"0": F(1), "60": F(0)}
    asked = question(bearing("update_interval", steps=steps), kind="yes-no", id_="fresh")
    found = one(asked, "0", measured("1", "5", indicator="update_interval", unit="seconds"))
    assert (found.verdict, found.verified) == (Verdict.HIGHER, 1)
    wide = one(asked, "1", measured("1", "90", indicator="update_interval", unit="seconds"))
    assert wide.verdict is Verdict.INCONCLUSIVE


# Laws ----------------------------------------------------------------------------------------------------

share = st.fractions(min_value=0, max_value=1, max_denominator=40)
bounds = st.sampled_from(["both", "lower", "upper"])


@given(st.sampled_from(DEGREES), share, share, bounds, st.booleans(), st.sampled_from([0, 1]))
def test_an_answer_moves_no_further_than_the_interval_forces_it(
    given: Fraction, a: Fraction, b: Fraction, bound: str, absence: bool, falling: int
) -> None:
    asked = question(bearing(bound=bound, steps=FALLING if falling else RISING))
    low, high = sorted((a, b))
    seen = measured(str(low), str(high), absence=absence)
    found = one(asked, given, seen)
    assert found.verified is not None
    assert found.low is not None
    assert found.high is not None
    nearest = min(max(given, found.low), found.high)
    assert found.verified in (given, nearest)
    if found.verified < given:
        assert (absence or falling) and bound != "lower"
        assert found.verdict is Verdict.LOWER
    if found.verified > given:
        assert bound != "upper"
        assert found.verdict is Verdict.HIGHER
    if found.verdict in (Verdict.CORROBORATED, Verdict.INCONCLUSIVE, Verdict.UNTESTED):
        assert found.verified == given


@given(share, share, share, bounds)
def test_more_seen_never_lowers_the_verified_answer(a: Fraction, b: Fraction, c: Fraction, bound: str) -> None:
    low, middle, high = sorted((a, b, c))
    asked = question(bearing(bound=bound))
    for value in DEGREES:
        less = one(asked, value, measured(str(low), str(high)))
        more = one(asked, value, measured(str(middle), str(high)))
        assert less.verified is not None
        assert more.verified is not None
        assert more.verified >= less.verified


@given(st.sampled_from(DEGREES), share)
def test_nothing_measured_in_one_place_changes_an_answer_about_another(given: Fraction, value: Fraction) -> None:
    here, there = question(bearing("a"), id_="r1-l2-1"), question(bearing("b"), id_="r1-l2-2")
    answers = said(answer(given, id_="r1-l2-1"), answer(given, id_="r1-l2-2"))
    without = reconcile([here, there], answers, [], [OF])
    measured_here = reconcile([here, there], answers, [measured(str(value), indicator="a")], [OF])
    assert measured_here[1] == without[1]


@given(
    st.permutations(
        [answer("0.5", "a", "2026-01-01"), answer("1", "b", "2026-01-02"), answer("0", "a", "2025-01-01")]
    )
)
def test_the_order_of_answers_changes_nothing(given: list[Answer]) -> None:
    (found,) = reconcile([question()], said(*given), [], [OF])
    assert found.claim == F(1, 2)


def test_evidence_that_no_machine_bears_on_is_the_claim_itself() -> None:
    (found,) = reconcile([question()], said(answer("0.8")), [measured("0")], [OF])
    assert found == claim("r1-l2-1", F(4, 5), roles=1)
