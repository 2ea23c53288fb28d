"""The estimate: worked by hand, its laws on small random frameworks, and that nothing else follows from it."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor import choosing, pipeline
from assessor.domain import Answers, Estimate, Evidence, Ladder, Measurement, Question
from assessor.frameworks import load_library
from assessor.rating import rate, score_of
from assessor.reconcile import looks, reconcile
from models import fusion
from models.fusion import Fused, corrected, estimate
from tests.claims import answer, bearing, measured, said
from tests.claims import question as asked_of
from tests.small import DEGREES, asked, framework, settlement

F = Fraction
SHARES = {F(0): ("0", "0"), F(1, 2): ("0.5", "0.5"), F(4, 5): ("0.8", "0.8"), F(1): ("1", "1")}
"""A measured share that the steps of the tests turn into this degree."""
STEP = {F(0): "0", F(1, 2): "0.4", F(4, 5): "0.7", F(1): "0.9"}
FEW = settings(max_examples=40)


def bank(of: Ladder) -> dict[str, Question]:
    """Every requirement with an indicator of its own."""
    return {q: asked_of(bearing(f"seen-{q}"), id_=q) for q in asked(of)}


def seen(question: str, low: Fraction, high: Fraction | None = None, *, absence: bool = True) -> Measurement:
    """A measurement that allows the degrees from low to high."""
    ends = STEP[low], STEP[low if high is None else high]
    return measured(*ends, indicator=f"seen-{question}", absence=absence)


def evidence(of: Ladder, answers: Answers, measurements: Sequence[Measurement]) -> tuple[Evidence, ...]:
    return reconcile(bank(of).values(), answers, measurements, ())


def fused(of: Ladder, answers: Answers, measurements: Sequence[Measurement]) -> Fused:
    return Fused.of(of, bank(of), evidence(of, answers, measurements), measurements)


def answers(degrees: Mapping[str, Fraction]) -> Answers:
    return said(*(answer(degree, id_=q) for q, degree in degrees.items()))


# By hand -------------------------------------------------------------------------------------------------

TWO = framework({"a": [1, 1, 1, 1, 1], "b": [1, 1, 1, 1, 1]})
CLAIMED = dict(zip((1, 2, 3, 4, 5), (F(1), F(1), F(1), F(1, 2), F(0)), strict=True))
FOUND = dict(zip((1, 2, 3, 4, 5), (F(1), F(1), F(1, 2), F(0), F(0)), strict=True))


def example() -> tuple[Answers, list[Measurement]]:
    """Both sub-domains answered alike, the first measured throughout: the example of docs/method.md."""
    told = answers({f"{d}-l{k}-1": degree for d in "ab" for k, degree in CLAIMED.items()})
    return told, [seen(f"a-l{k}-1", degree) for k, degree in FOUND.items()]


def test_the_example_of_the_method_comes_out_as_worked_there() -> None:
    told, measurements = example()
    found = estimate(TWO, bank(TWO), evidence(TWO, told, measurements), measurements)
    a, b = found.dimensions
    assert (a.difference, a.visible, a.open, a.weight, a.evidence) == (1, 1, 0, F("3.13"), F("0.5"))
    assert (b.difference, b.visible, b.weight, b.evidence, b.measured) == (None, 0, 0, 0, 0)
    assert (found.lean, found.lean_off) == (F("0.439"), F("0.375"))
    assert (a.said, a.corrected, a.score) == (F("3.5"), F("2.7805"), F("2.64025"))
    assert (b.said, b.corrected, b.score) == (F("3.5"), F("2.7805"), F("2.7805"))
    assert (found.said, found.score, found.level) == (F("3.5"), F("2.710375"), 2)
    assert found.off == F("0.373") * F("1.645")
    assert (a.count, a.total, a.measured, a.asked) == (150, 185, 5, 5)


def test_what_may_not_pull_an_answer_down_does_not_move_the_estimate() -> None:
    told, _ = example()
    without = [seen(f"a-l{k}-1", degree, absence=False) for k, degree in FOUND.items()]
    found, nothing = fused(TWO, told, without), fused(TWO, told, [])
    assert (found.lean, found.found) == (0, nothing.found), "absence was not tested"
    low = answers({f"{d}-l{k}-1": F(0) for d in "ab" for k in range(1, 6)})
    up = fused(TWO, low, [seen("a-l1-1", F(1), absence=False), seen("a-l2-1", F(1), absence=False)])
    assert up.lean < 0 and up.score(up.found) > 0, "what was seen may raise"


def test_what_was_settled_counts_as_measured_and_what_was_not_said_as_verified() -> None:
    told, _ = example()
    settled = told.model_copy(update={"settlements": (settlement("a-l3-1", F(1, 2)),)})
    found = fused(TWO, settled, [])
    assert found.parts[0].difference == F(1, 2) and found.lean > 0
    open_ = said(*(a for a in told.answers if a.question != "a-l3-1"))
    taken = fused(TWO, open_, [seen("a-l3-1", F(1, 2))])
    assert taken.lean == 0 and taken.found["a-l3-1"] == F(1, 2), "nothing was said that could lean"
    unknown = fused(TWO, open_, [])
    assert "a-l3-1" not in unknown.found and unknown.whole().score < unknown.whole().high


def test_indicators_that_contradict_each_other_and_intervals_of_everything_say_nothing() -> None:
    both = asked_of(bearing("x"), bearing("y"), id_="a-l3-1")
    for measurements in (
        [measured("0.95", "1", indicator="x"), measured("0", "0.1", indicator="y")],
        [measured("0", "1", indicator="x")],
        [measured("0.5", indicator="x", absence=False)],
    ):
        found = reconcile([both], said(answer(F(1), id_="a-l3-1")), measurements, [])
        assert looks({"a-l3-1": both}, found, measurements) == {}


# Laws ----------------------------------------------------------------------------------------------------

degree = st.sampled_from(DEGREES)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Ladder, Answers, dict[str, tuple[Fraction, Fraction]]]:
    """A small framework, answers to some of it, and the degrees that measurements of some of it allow."""
    shape = {
        id_: draw(st.lists(st.integers(0, 2), min_size=5, max_size=5)) for id_ in "abc"[: draw(st.integers(1, 3))]
    }
    of = framework(shape, {id_: draw(st.sampled_from([F(1), F(3)])) for id_ in shape}, stop=draw(st.booleans()))
    given_, looked = [], {}
    for q in asked(of):
        kind = draw(st.sampled_from(["answered"] * 5 + ["do-not-know", "not-applicable", "silent"]))
        if kind != "silent":
            given_.append(answer(draw(degree) if kind == "answered" else kind, id_=q))
        if draw(st.booleans()):
            looked[q] = tuple(sorted((draw(degree), draw(degree))))
    return of, said(*given_), looked


Case = tuple[Ladder, Answers, dict[str, tuple[Fraction, Fraction]]]


@pytest.mark.slow
@FEW
@given(cases())
def test_with_nothing_measured_the_estimate_is_what_was_declared(case: Case) -> None:
    of, told, _ = case
    given_ = evidence(of, told, [])
    found, declared = estimate(of, bank(of), given_, []), rate(of, "declared", given_)
    assert (found.score, found.level, found.said, found.lean) == (
        declared.score,
        declared.level,
        declared.score,
        0,
    )
    assert [line.score for line in found.dimensions] == [line.low for line in declared.dimensions]
    assert found.low <= declared.score and declared.score_high <= found.high
    assert found.off >= fusion.BAND * fusion.LEAN, "as wide as a respondent may lean"


@FEW
@given(cases())
def test_the_estimate_lies_between_its_inputs(case: Case) -> None:
    of, told, looked = case
    found = fused(of, told, [seen(q, *ends) for q, ends in looked.items()])
    measured_ = {q: look.middle for part in found.parts for q, look in part.looks.items()}
    least, most = dict(found.moved), dict(found.moved)
    for q, value in found.found.items():
        ends = [one[q] for one in (found.moved, measured_) if q in one]
        least[q], most[q] = min(ends), max(ends)
        assert 0 <= min(ends) <= value <= max(ends) <= 1
    whole = found.whole()
    assert found.score(least) <= whole.score <= found.score(most)
    assert 0 <= whole.low <= whole.score <= whole.high
    assert whole.level_low <= whole.level <= whole.level_high
    seen_leans = [part.difference / part.visible for part in found.parts if part.visible]
    tenth = F(1, 1000)
    assert min([F(0), *seen_leans]) - tenth <= found.lean <= max([F(0), *seen_leans]) + tenth
    for line in found.lines():
        assert line.low <= line.score <= line.high


@FEW
@given(cases())
def test_answers_that_lean_upward_are_only_moved_down_and_the_other_way_round(case: Case) -> None:
    of, told, looked = case
    found = fused(of, told, [seen(q, *ends) for q, ends in looked.items()])
    for q, value in found.moved.items():
        assert (value - found.said[q]) * found.lean <= 0
    assert (found.score(found.moved) - found.score(found.said)) * found.lean <= 0


@FEW
@given(cases(), st.sampled_from([F(1, 1000), F(-1, 1000), F(1, 20)]))
def test_a_small_lean_moves_answers_by_no_more_than_itself(case: Case, by: Fraction) -> None:
    """The curve falls by one at most from level to level, and nothing jumps where a lean begins."""
    of, told, _ = case
    for part in fused(of, told, []).parts:
        moved = corrected(part, part.said, by)
        for questions in part.cells.values():
            known = [q for q in questions if q in part.said]
            change = sum((part.said[q] - moved[q] for q in known), F(0))
            assert abs(change) <= len(known) * (abs(by) + F(1, 10_000))


@FEW
@given(cases(), st.data())
def test_more_coverage_of_what_is_measured_narrows_the_band(case: Case, data: st.DataObject) -> None:
    of, told, looked = case
    looked = {q: ends for q, ends in looked.items() if ends != (0, 1)}
    if not looked:
        return
    inner = dict(looked)
    question = data.draw(st.sampled_from(sorted(looked)))
    low, high = looked[question]
    inside = [d for d in DEGREES if low <= d <= high]
    inner[question] = tuple(sorted((data.draw(st.sampled_from(inside)), data.draw(st.sampled_from(inside)))))
    before, after = (fused(of, told, [seen(q, *ends) for q, ends in one.items()]) for one in (looked, inner))
    assert after.spread <= before.spread and after.off <= before.off
    for old, new in zip(before.parts, after.parts, strict=True):
        assert after.off_of(new) <= before.off_of(old)


@pytest.mark.slow
@FEW
@given(cases())
def test_no_order_changes_anything(case: Case) -> None:
    of, told, looked = case
    measurements = [seen(q, *ends) for q, ends in looked.items()]
    turned = of.model_copy(update={"dimensions": tuple(reversed(of.dimensions))})
    found = estimate(of, bank(of), evidence(of, told, measurements), measurements)
    again = estimate(turned, bank(of), evidence(of, told, measurements)[::-1], measurements[::-1])
    assert set(again.dimensions) == set(found.dimensions)
    assert again.model_copy(update={"dimensions": ()}) == found.model_copy(update={"dimensions": ()})


@FEW
@given(cases())
def test_scores_are_those_of_the_law(case: Case) -> None:
    of, told, _ = case
    found, rating = fused(of, told, []), rate(of, "declared", evidence(of, told, []))
    degrees = {line.question: line.low for cell in rating.cells for line in cell.requirements}
    assert score_of(of, found.ladder, degrees) == rating.score


# Beside everything else ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_nothing_but_the_estimate_hangs_on_its_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    library = load_library()
    ladder = choosing.choose_ladder(library, "cmmm-2020-discrete", "discrete")
    monkeypatch.setattr(pipeline, "DRAWS", 4)
    degrees = {1: F(1), 2: F(4, 5), 3: F(1, 2), 4: F(0), 5: F(0)}
    told = answers({q: degrees[c.level] for d in ladder.dimensions for c in d.cells for q in c.requirements})
    measurements = [measured("0.5", indicator="networked"), measured("0.5", indicator="open_protocol")]
    usual = pipeline.judge(ladder, library, told, measurements, "discrete")
    monkeypatch.setattr(fusion, "LEAN", F(5))
    other = pipeline.judge(ladder, library, told, measurements, "discrete")
    first, second = usual.parts["estimate"], other.parts["estimate"]
    assert isinstance(first, Estimate) and isinstance(second, Estimate)
    assert 0 < first.lean < second.lean and second.score < first.score < first.said
    names = usual.parts.keys() - {"estimate"}
    assert all(usual.parts[name] == other.parts[name] for name in names)
    assert usual.parts["ratings"] == pipeline.rate_all(ladder, usual.evidence, ())
