"""The verdict table case by case, and the laws of moving an answer."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import (
    Answer,
    Answers,
    Evidence,
    Line,
    Measurement,
    Message,
    Outcome,
    Question,
    Settlement,
    State,
    Step,
    Verdict,
)
from assessor.domain import Test as Bearing
from assessor.errors import InputError
from assessor.messages import catalogue, render
from assessor.rating import rate
from assessor.reconcile import findings, reconcile
from tests.small import DEGREES, PROOF, claim, framework, text

F = Fraction
WHY = Message(id="verdict.not_run")  # any text that exists: what matters is that it is passed on
RISING = {"0.9": F(1), "0.7": F(4, 5), "0.4": F(1, 2)}
FALLING = {"0": F(1), "0.1": F(4, 5), "0.3": F(1, 2), "0.5": F(0)}
OF = framework({"r1": [1, 2, 1, 1, 1], "m6": [1, 1, 1, 0, 0]})


def bearing(indicator: str = "networked", bound: str = "both", steps: object = RISING) -> Bearing:
    found = tuple(Step(from_=F(at), answer=answer) for at, answer in steps.items()) if steps else ()  # type: ignore[attr-defined]
    return Bearing.model_validate(
        {"indicator": indicator, "bound": bound, "steps": found, "ask": text(f"ask {indicator}")}
    )


def question(
    *tests: Bearing, kind: str = "degree", id_: str = "r1-l2-1", step: Fraction | None = None
) -> Question:
    return Question.model_validate(
        {"id": id_, "kind": kind, "text": text(), "knows": "it", "tests": tests, "step": step}
    )


def measured(
    low: str | None,
    high: str | None = None,
    *,
    indicator: str = "networked",
    absence: bool = True,
    state: State = State.MEASURED,
    lines: Sequence[Line] = (),
    unit: str = "share",
) -> Measurement:
    return Measurement.model_validate(
        {
            "indicator": indicator,
            "state": state,
            "unit": unit,
            "value": low if low == high or high is None else None,
            "low": low,
            "high": low if high is None else high,
            "count": 30,
            "total": 37,
            "method": WHY,
            "why": Message(id="verdict.no_test") if state is State.UNUSABLE else WHY,
            "absence_tested": absence,
            "lines": tuple(lines),
        }
    )


def answer(value: object, by: str = "it", at: str = "2026-03-02", id_: str = "r1-l2-1") -> Answer:
    reason = "none here" if value == "not-applicable" else None
    return Answer.model_validate({"question": id_, "value": value, "by": by, "at": at, "reason": reason})


def said(*given: Answer, settlements: Sequence[Settlement] = ()) -> Answers:
    return Answers(format="assessor-answers/1", plant="p", answers=tuple(given), settlements=tuple(settlements))


def one(asked: Question, given: object, *seen: Measurement) -> Evidence:
    answers = said() if given is None else said(answer(given, id_=asked.id))
    (found,) = reconcile([asked], answers, seen, OF)
    return found


# The verdict table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "low", "high", "absence", "verdict", "verified"),
    [
        # inside, at most one step wide
        ("0.8", "0.72", "0.85", True, Verdict.CORROBORATED, "0.8"),
        ("0.8", "0.72", "0.95", False, Verdict.CORROBORATED, "0.8"),
        ("1", "0.72", "0.95", True, Verdict.CORROBORATED, "1"),
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
    assert reconcile([question()], said(), [], OF) == ()


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


# Respondents ---------------------------------------------------------------------------------------------


def test_within_a_role_the_latest_answer_counts_and_between_roles_the_lowest() -> None:
    asked = question(bearing())
    answers = said(
        answer("0", "it", "2026-03-02T08:00:00+08:00"),
        answer("1", "it", "2026-03-02T01:00:00+00:00"),  # an hour later, in another zone
        answer("0.8", "production", "2026-03-01"),
        answer("do-not-know", "quality"),
    )
    (found,) = reconcile([asked], answers, [measured("0.75", "0.95")], OF)
    assert (found.claim, found.verdict) == (F(4, 5), Verdict.CORROBORATED)
    assert found.why.id == "verdict.roles_differ"
    assert "0.8～1" in render(found.why, "zh")
    assert render(
        Message(id="verdict.corroborated", params={"claim": "0.8", "low": "0.8", "high": "1"}), "zh"
    ) in (render(found.why, "zh"))


def test_a_number_goes_before_not_applicable_and_that_before_do_not_know() -> None:
    def claimed(*values: str) -> tuple[object, str]:
        (found,) = reconcile([question()], said(*(answer(v, f"role {v}") for v in values)), [], OF)
        return found.claim, found.claimed

    assert claimed("not-applicable", "0.5") == (F(1, 2), "answered")
    assert claimed("do-not-know", "not-applicable") == (None, "not-applicable")
    assert claimed("do-not-know") == (None, "do-not-know")


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        reconcile([question()], said(answer("1", at="yesterday")), [], OF)
    assert "yesterday" in render(caught.value.message, "en")


# Rubrics and settlements ---------------------------------------------------------------------------------


def test_a_rubric_prefills_what_was_not_answered_itself() -> None:
    ids = ["r1-l1-1", "r1-l2-1", "r1-l2-2", "r1-l3-1", "m6-l1-1"]
    questions = [question(id_=id_) for id_ in ids] + [question(kind="rubric", id_="r1-rubric")]
    answers = said(
        answer("2", id_="r1-rubric"),
        answer("0.5", id_="r1-l2-1"),
        answer("do-not-know", id_="r1-l2-2"),
    )
    found = {e.question: e for e in reconcile(questions, answers, [], OF)}
    assert {q: (e.claim, e.claimed, e.verified) for q, e in found.items()} == {
        "r1-l1-1": (1, "prefilled", 1),
        "r1-l2-1": (F(1, 2), "answered", F(1, 2)),
        "r1-l2-2": (None, "do-not-know", None),
        "r1-l3-1": (0, "prefilled", 0),
        "r1-rubric": (2, "answered", 2),
    }


def test_a_rubric_that_is_not_known_prefills_nothing() -> None:
    questions = [question(id_="r1-l1-1"), question(kind="rubric", id_="r1-rubric")]
    found = reconcile(questions, said(answer("do-not-know", id_="r1-rubric")), [], OF)
    assert [e.question for e in found] == ["r1-rubric"]


def test_a_settlement_sets_the_verified_answer_and_leaves_both_figures() -> None:
    def settle(value: str, at: str) -> Settlement:
        return Settlement(question="r1-l2-1", value=F(value), reply="r", reason="r", proof=PROOF, by="c", at=at)

    answers = said(answer("1"), settlements=[settle("0.8", "2026-03-04"), settle("0", "2026-03-03")])
    (found,) = reconcile([question(bearing())], answers, [measured("0.5")], OF)
    assert (found.claim, found.verified, found.low, found.high) == (1, F(4, 5), F(1, 2), F(1, 2))
    assert found.verdict is Verdict.LOWER
    assert found.settlement is not None
    (finding,) = findings([found], [question(bearing())], rate(OF, "verified", [found]), [measured("0.5")])
    assert finding.settled


# Findings ------------------------------------------------------------------------------------------------


def lines(**outcomes: Outcome) -> list[Line]:
    return [Line(subject=subject, outcome=outcome, why=WHY) for subject, outcome in outcomes.items()]


def test_a_finding_says_what_was_seen_where_and_what_to_ask() -> None:
    looked = lines(
        m1=Outcome.MET, m2=Outcome.NOT_MET, m3=Outcome.NOT_DETERMINED, m4=Outcome.PARTLY_MET, m5=Outcome.ERROR
    )
    asked, seen = question(bearing()), measured("0.5", "0.6", lines=looked)
    evidence = one(asked, "1", seen)
    (found,) = findings([evidence], [asked], rate(OF, "verified", [evidence]), [seen])
    assert (found.where, found.ask, found.verdict) == (("m2", "m4"), text("ask networked"), Verdict.LOWER)
    assert "50 %～60 %" in render(found.seen, "zh")
    assert "30 of 37" in render(found.seen, "en")
    assert not found.settled
    raised = one(asked, "0", seen)
    (found,) = findings([raised], [asked], rate(OF, "verified", [raised]), [seen])
    assert found.where == ("m1",)


def test_where_the_scale_falls_the_ones_that_were_met_count_against_the_claim() -> None:
    asked = question(bearing("frozen_tags", "upper", FALLING))
    seen = measured("0.4", indicator="frozen_tags", lines=lines(t1=Outcome.MET, t2=Outcome.NOT_MET))
    evidence = one(asked, "1", seen)
    (found,) = findings([evidence], [asked], rate(OF, "verified", [evidence]), [seen])
    assert found.where == ("t1",)


def test_the_decisive_indicator_speaks_and_at_most_twenty_subjects_are_named() -> None:
    asked = question(bearing("a", "upper"), bearing("b", "upper"))
    many = lines(**{f"m{i}": Outcome.NOT_MET for i in range(30)})
    seen = [measured("0.8", indicator="a"), measured("0.2", indicator="b", lines=many)]
    evidence = one(asked, "1", *seen)
    (found,) = findings([evidence], [asked], rate(OF, "verified", [evidence]), seen)
    assert (found.ask, len(found.where)) == (text("ask b"), 20)


def test_findings_are_ordered_by_what_hangs_on_them() -> None:
    ids = ["m6-l2-1", "r1-l2-1", "r1-l2-2", "share-networked"]
    questions = [question(bearing(), id_=id_) for id_ in ids[:3]]
    questions.append(question(bearing(steps=None), kind="share", id_="share-networked", step=F(1, 10)))
    seen = [measured("0.2")]
    evidence = reconcile(questions, said(*(answer("1", id_=id_) for id_ in ids)), seen, OF)
    found = findings(evidence, questions, rate(OF, "verified", evidence), seen)
    assert [(f.question, f.weight) for f in found] == [
        ("m6-l2-1", F(1, 2)),  # alone in a cell of half the level
        ("r1-l2-1", F(1, 4)),
        ("r1-l2-2", F(1, 4)),
        ("share-networked", 0),
    ]


def test_no_finding_is_made_of_anything_but_a_difference() -> None:
    cases = [("0.8", measured("0.75")), ("1", measured("0.2", absence=False)), (None, measured("0.2"))]
    for value, seen in cases:
        evidence = one(question(bearing()), value, seen)
        assert findings([evidence], [question(bearing())], rate(OF, "verified", [evidence]), [seen]) == ()


def test_the_word_for_an_open_difference_is_never_false() -> None:
    for id_, words in catalogue().items():
        if id_.startswith(("verdict.", "plan.")):
            assert not any(bad in words.zh for bad in ("虚假", "造假", "谎", "不实"))
            assert "false" not in words.en.lower()


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
    without = reconcile([here, there], answers, [], OF)
    measured_here = reconcile([here, there], answers, [measured(str(value), indicator="a")], OF)
    assert measured_here[1] == without[1]


@given(
    st.permutations(
        [answer("0.5", "a", "2026-01-01"), answer("1", "b", "2026-01-02"), answer("0", "a", "2025-01-01")]
    )
)
def test_the_order_of_answers_changes_nothing(given: list[Answer]) -> None:
    (found,) = reconcile([question()], said(*given), [], OF)
    assert found.claim == F(1, 2)


def test_evidence_that_no_machine_bears_on_is_the_claim_itself() -> None:
    (found,) = reconcile([question()], said(answer("0.8")), [measured("0")], OF)
    assert found == claim("r1-l2-1", F(4, 5))
