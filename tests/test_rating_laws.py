"""The laws of scoring, on small random frameworks."""

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Cut, Evidence, Ladder
from assessor.rating import chances, not_applicable, rate
from tests.small import DEGREES, asked, claim, framework

F = Fraction

degree = st.sampled_from(DEGREES)
weight = st.fractions(min_value=F(1, 50), max_value=50, max_denominator=50)


@st.composite
def cases(draw: st.DrawFn, *, stop: bool | None = None) -> tuple[Ladder, dict[str, Evidence]]:
    """A small framework, and for some of its requirements an answer, an unknown or a not applicable."""
    names = "abc"[: draw(st.integers(1, 3))]
    shape = {id_: draw(st.lists(st.integers(0, 3), min_size=5, max_size=5)) for id_ in names}
    rule = draw(st.booleans()) if stop is None else stop
    of = framework(shape, {id_: draw(weight) for id_ in names}, stop=rule, may_be_cut=names[1:])
    found = {}
    for q in asked(of):
        kind = draw(st.sampled_from(["answered"] * 6 + ["do-not-know", "not-applicable", "silent"]))
        if kind != "silent":
            found[q] = claim(q, draw(degree) if kind == "answered" else None, kind)
    return of, found


@given(cases(), st.data())
def test_better_evidence_never_lowers(case: tuple[Ladder, dict[str, Evidence]], data: st.DataObject) -> None:
    of, evidence = case
    movable = [q for q in asked(of) if q not in evidence or evidence[q].claimed != "not-applicable"]
    if not movable:
        return
    question = data.draw(st.sampled_from(movable))
    before = evidence.get(question)
    value = before.claim if before and before.claim is not None else F(0)
    better = data.draw(st.sampled_from([d for d in DEGREES if d >= value]))
    old = rate(of, "verified", evidence.values())
    new = rate(of, "verified", (evidence | {question: claim(question, better)}).values())
    assert new.score >= old.score
    assert new.level >= old.level
    assert new.coverage >= old.coverage
    assert all(b.low >= a.low for a, b in zip(old.dimensions, new.dimensions, strict=True))


@given(cases())
def test_what_holds_lies_between_low_and_high(case: tuple[Ladder, dict[str, Evidence]]) -> None:
    of, evidence = case
    rating = rate(of, "verified", evidence.values())
    assert 0 <= rating.score <= rating.score_high <= 5
    assert rating.level <= rating.level_high
    assert 0 <= rating.coverage <= 1
    for cell in rating.cells:
        values = [line.low for line in cell.requirements]
        assert not values or min(values) <= cell.low <= max(values)
    for line in rating.levels:
        lows = [cell.low for cell in rating.cells if cell.level == line.level and cell.weight]
        assert not lows or min(lows) <= line.low <= max(lows)


@given(cases(), weight)
def test_scaling_all_weights_changes_nothing(case: tuple[Ladder, dict[str, Evidence]], by: Fraction) -> None:
    of, evidence = case
    equal = of.weight_sets[0]
    scaled = equal.model_copy(update={"weights": {id_: w * by for id_, w in equal.weights.items()}})
    other = of.model_copy(update={"weight_sets": (scaled,)})
    assert rate(of, "declared", evidence.values()) == rate(other, "declared", evidence.values())


@given(cases(), st.randoms(use_true_random=False))
def test_order_changes_nothing(case: tuple[Ladder, dict[str, Evidence]], random: object) -> None:
    of, evidence = case

    def mixed(items: Iterable[object]) -> tuple[object, ...]:
        found = list(items)
        random.shuffle(found)  # type: ignore[attr-defined]
        return tuple(found)

    dimensions = [
        d.model_copy(
            update={"cells": mixed(c.model_copy(update={"requirements": mixed(c.requirements)}) for c in d.cells)}
        )
        for d in of.dimensions
    ]
    other = of.model_copy(update={"dimensions": mixed(dimensions)})
    a = rate(of, "declared", evidence.values())
    b = rate(other, "declared", mixed(evidence.values()))  # type: ignore[arg-type]
    assert (a.level, a.score, a.score_high, a.coverage) == (b.level, b.score, b.score_high, b.coverage)
    assert a.levels == b.levels


@given(cases())
def test_not_applicable_equals_absent(case: tuple[Ladder, dict[str, Evidence]]) -> None:
    """Of a cell that keeps a requirement: the question is absent. Of one that keeps none: the cell is."""
    of, evidence = case
    aside = not_applicable(evidence.values(), "declared")
    dimensions = []
    for d in of.dimensions:
        kept = [(c, tuple(q for q in c.requirements if q not in aside)) for c in d.cells]
        cells = [c.model_copy(update={"requirements": qs}) for c, qs in kept if qs or not c.requirements]
        dimensions.append(d.model_copy(update={"cells": tuple(cells)}))
    other = of.model_copy(update={"dimensions": tuple(dimensions)})
    rest = [e for q, e in evidence.items() if q not in aside]
    a, b = rate(of, "declared", evidence.values()), rate(other, "declared", rest)
    assert (a.level, a.score, a.score_high, a.coverage) == (b.level, b.score, b.score_high, b.coverage)
    assert (a.levels, a.dimensions) == (b.levels, b.dimensions)


@given(cases())
def test_a_cut_equals_absent(case: tuple[Ladder, dict[str, Evidence]]) -> None:
    of, evidence = case
    if len(of.dimensions) < 2:
        return
    cut = [Cut(dimension=of.dimensions[1].id, reason="not our business")]
    other = of.model_copy(update={"dimensions": (of.dimensions[0], *of.dimensions[2:])})
    assert rate(of, "declared", evidence.values(), cut) == rate(other, "declared", evidence.values())


@given(cases(stop=True))
def test_with_the_stop_rule_no_score_lies_between_four_fifths_and_the_next_whole(
    case: tuple[Ladder, dict[str, Evidence]],
) -> None:
    of, evidence = case
    rating = rate(of, "declared", evidence.values())
    for score in (rating.score, rating.score_high):
        assert score == 5 or score - score.__floor__() < F(4, 5)
        assert score.__floor__() == (rating.level if score == rating.score else rating.level_high)


@given(cases(stop=False))
def test_without_the_stop_rule_the_score_is_no_lower_and_every_satisfied_level_counts_one(
    case: tuple[Ladder, dict[str, Evidence]],
) -> None:
    of, evidence = case
    rating = rate(of, "declared", evidence.values())
    stop = of.model_copy(update={"stop_rule": of.stop_rule.model_copy(update={"value": True})})
    assert rating.score >= rate(stop, "declared", evidence.values()).score
    for line in rating.levels:
        assert line.counted == (1 if line.low >= F(4, 5) else line.low)


@given(cases())
def test_draws_of_certain_answers_give_the_rating_itself(case: tuple[Ladder, dict[str, Evidence]]) -> None:
    of, evidence = case
    filled = {q: evidence.get(q) or claim(q, F(1, 2)) for q in asked(of)}
    filled = {q: claim(q, F(1, 2)) if e.claimed == "do-not-know" else e for q, e in filled.items()}
    draw = {q: e.verified for q, e in filled.items() if e.verified is not None}
    found = {c.level: c.share for c in chances(of, filled.values(), (), [draw])}
    assert found[rate(of, "verified", filled.values()).level] == 1
