"""What is to be clarified: what was seen, where, what to ask, and what hangs on it."""

from fractions import Fraction

from assessor.domain import Line, Outcome, Verdict
from assessor.messages import catalogue, render
from assessor.rating import rate
from assessor.reconcile import findings, reconcile
from tests.claims import FALLING, OF, WHY, answer, bearing, measured, one, question, said
from tests.small import text

F = Fraction


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
    evidence = reconcile(questions, said(*(answer("1", id_=id_) for id_ in ids)), seen, [OF])
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
