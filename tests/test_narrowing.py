"""What would narrow the level most: by hand on a small ladder, and laws."""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Answers, Lead, Measurement, Question, State
from assessor.messages import render
from assessor.narrowing import leads
from assessor.rating import not_applicable, rate, standing
from assessor.reconcile import reconcile
from tests.claims import answer, bearing, measured, question, said
from tests.small import DEGREES, PROOF, asked, framework

F = Fraction
OF = framework({"r1": [1, 1, 1, 0, 0], "m6": [1, 1, 1, 0, 0]})
TESTED = question(bearing(), id_="r1-l2-1")
PLAIN = {id_: question(id_=id_) for id_ in asked(OF)}


def found(answers: Answers, *seen: Measurement, asks: dict[str, Question] | None = None) -> tuple[Lead, ...]:
    questions = PLAIN | {TESTED.id: TESTED} if asks is None else asks
    evidence = reconcile(questions.values(), answers, seen, [OF])
    stands = standing(OF, (), not_applicable(evidence, "verified"))
    return leads(OF, questions, answers, evidence, seen, stands)


def full(proofs: bool = True, **but: object) -> Answers:
    """Every requirement met by its answer, with a proof, but for those named."""
    given = {id_: F(1) for id_ in asked(OF)} | {k.replace("_", "-"): v for k, v in but.items()}
    shown = {"proofs": (PROOF,) if proofs else ()}
    return said(*(answer(v, id_=id_).model_copy(update=shown) for id_, v in given.items() if v is not None))


def test_a_measurement_that_failed_comes_with_what_hangs_on_it() -> None:
    first = found(full(), measured("0.5", state=State.UNUSABLE))[0]
    assert (first.kind, first.id, first.questions) == ("measurement", "networked", ("r1-l2-1",))
    # level 2 is half r1 and half m6: with r1 at 0 its score is 0.5, and level 3 is behind the stop
    assert (first.low, first.high) == (F(3, 2), F(5))
    assert (first.level_low, first.level_high) == (1, 5)
    assert first.roles == ("it",)
    assert render(first.why, "zh") and render(first.why, "en")


def test_a_measurement_that_settled_its_question_is_no_lead() -> None:
    assert "measurement" not in {lead.kind for lead in found(full(), measured("0.95"))}


def test_one_that_is_too_wide_may_move_within_its_interval_alone() -> None:
    first = next(
        lead for lead in found(full(r1_l2_1=F(4, 5)), measured("0.5", "0.95")) if lead.kind == "measurement"
    )
    assert first.questions == ("r1-l2-1",)
    assert (first.low, first.high) == (F(1) + F(3, 4), F(5))  # half of level 2 between 0.5 and 1


def test_what_nobody_answered_is_asked_for_by_cell() -> None:
    first = found(full(m6_l1_1=None), asks=PLAIN)[0]
    assert (first.kind, first.id, first.level, first.questions) == ("answer", "m6", 1, ("m6-l1-1",))
    assert (first.level_low, first.level_high) == (0, 5)


def test_a_word_alone_asks_for_a_proof_and_a_proof_is_enough() -> None:
    bare = found(full(proofs=False), asks=PLAIN)
    assert {lead.kind for lead in bare} == {"proof"} and len(bare) == 3
    assert found(full(), asks=PLAIN) == ()


def test_what_is_not_applicable_or_a_claim_of_nothing_is_no_lead() -> None:
    nothing = said(*(answer(F(0), id_=id_) for id_ in asked(OF)))
    assert found(nothing, asks=PLAIN) == ()
    aside = said(*(answer("not-applicable", id_=id_) for id_ in asked(OF)))
    assert found(aside, asks=PLAIN) == ()


VALUES = st.lists(st.sampled_from([None, *DEGREES]), min_size=6, max_size=6)


@given(VALUES, st.sampled_from(["0", "0.4", "0.7", "0.95"]), st.sampled_from(["0.95", "1"]))
def test_the_rating_lies_between_what_a_lead_says_it_could_become(
    values: Sequence[Fraction | None], low: str, high: str
) -> None:
    answers = said(*(answer(v, id_=id_) for id_, v in zip(asked(OF), values, strict=True) if v is not None))
    seen = measured(low, high)
    questions = PLAIN | {TESTED.id: TESTED}
    rating = rate(OF, "verified", reconcile(questions.values(), answers, [seen], [OF]))
    for lead in found(answers, seen):
        assert lead.low <= rating.score <= lead.high
        assert lead.level_low <= rating.level <= lead.level_high


@given(VALUES, st.randoms())
def test_the_order_of_answers_changes_nothing(values: Sequence[Fraction | None], shuffled: object) -> None:
    given_ = [answer(v, id_=id_) for id_, v in zip(asked(OF), values, strict=True) if v is not None]
    turned = list(given_)
    shuffled.shuffle(turned)  # type: ignore[attr-defined]
    assert found(said(*given_)) == found(said(*turned))
