"""Who said what: respondents, rubrics, settlements brought together into one claim."""

from fractions import Fraction

import pytest

from assessor.domain import Message, Settlement, Verdict
from assessor.errors import InputError
from assessor.messages import render
from assessor.rating import rate
from assessor.reconcile import findings, reconcile
from tests.claims import OF, answer, bearing, measured, question, said
from tests.small import PROOF

F = Fraction


def test_within_a_role_the_latest_answer_counts_and_between_roles_the_lowest() -> None:
    asked = question(bearing())
    answers = said(
        answer("0", "it", "2026-03-02T08:00:00+08:00"),
        answer("1", "it", "2026-03-02T01:00:00+00:00"),  # an hour later, in another zone
        answer("0.8", "production", "2026-03-01"),
        answer("do-not-know", "quality"),
    )
    (found,) = reconcile([asked], answers, [measured("0.75", "0.95")], [OF])
    assert (found.claim, found.verdict) == (F(4, 5), Verdict.CORROBORATED)
    assert found.why.id == "verdict.roles_differ"
    assert "0.8～1" in render(found.why, "zh")
    assert render(
        Message(id="verdict.corroborated", params={"claim": "0.8", "low": "0.8", "high": "1"}), "zh"
    ) in (render(found.why, "zh"))


def test_a_number_goes_before_not_applicable_and_that_before_do_not_know() -> None:
    def claimed(*values: str) -> tuple[object, str]:
        (found,) = reconcile([question()], said(*(answer(v, f"role {v}") for v in values)), [], [OF])
        return found.claim, found.claimed

    assert claimed("not-applicable", "0.5") == (F(1, 2), "answered")
    assert claimed("do-not-know", "not-applicable") == (None, "not-applicable")
    assert claimed("do-not-know") == (None, "do-not-know")


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        reconcile([question()], said(answer("1", at="yesterday")), [], [OF])
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
    found = {e.question: e for e in reconcile(questions, answers, [], [OF])}
    assert {q: (e.claim, e.claimed, e.verified) for q, e in found.items()} == {
        "r1-l1-1": (1, "prefilled", 1),
        "r1-l2-1": (F(1, 2), "answered", F(1, 2)),
        "r1-l2-2": (None, "do-not-know", None),
        "r1-l3-1": (0, "prefilled", 0),
        "r1-rubric": (2, "answered", 2),
    }


def test_a_rubric_that_is_not_known_prefills_nothing() -> None:
    questions = [question(id_="r1-l1-1"), question(kind="rubric", id_="r1-rubric")]
    found = reconcile(questions, said(answer("do-not-know", id_="r1-rubric")), [], [OF])
    assert [e.question for e in found] == ["r1-rubric"]


def test_a_settlement_sets_the_verified_answer_and_leaves_both_figures() -> None:
    def settle(value: str, at: str) -> Settlement:
        return Settlement(question="r1-l2-1", value=F(value), reply="r", reason="r", proof=PROOF, by="c", at=at)

    answers = said(answer("1"), settlements=[settle("0.8", "2026-03-04"), settle("0", "2026-03-03")])
    (found,) = reconcile([question(bearing())], answers, [measured("0.5")], [OF])
    assert (found.claim, found.verified, found.low, found.high) == (1, F(4, 5), F(1, 2), F(1, 2))
    assert found.verdict is Verdict.LOWER
    assert found.settlement is not None
    (finding,) = findings([found], [question(bearing())], rate(OF, "verified", [found]), [measured("0.5")])
    assert finding.settled
