"""The laws of bands, the weakest link and the mean, on small random frameworks, against the plain rule."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Criteria, Criterion, Need, Question, Result, Stage, Status
from assessor.rating import Known, Value
from assessor.rating.criteria import results
from tests.small import DEGREES, text
from tests.test_styles import ASIDE, QUESTIONS, below, by_dimension, framework, staged

F = Fraction

degree = st.sampled_from(DEGREES)
names = st.sampled_from([f"q{i}" for i in range(9)])
single = st.builds(lambda name, at: Need(question=name, at_least=at), names, st.sampled_from(DEGREES[1:]))
wants = st.one_of(
    single,
    st.lists(single, min_size=1, max_size=3).map(lambda found: Need(all=tuple(found))),
    st.lists(single, min_size=1, max_size=2).map(lambda found: Need(any=tuple(found))),
)


@st.composite
def criterion(draw: st.DrawFn, law: str, id_: str, top: int) -> Criterion:
    if law == "mean" and draw(st.booleans()):
        question = draw(st.sampled_from(["q0", "q1", "q2", "rubric", "share", "yes"]))
        return Criterion(id=id_, name=text(), status=Status.OWN, question=question)
    count = draw(st.integers(1, top))
    return staged(id_, *(Stage(number=k, name=text(), need=draw(wants)) for k in range(1, count + 1)))


@st.composite
def frameworks(draw: st.DrawFn, laws: Sequence[str] = ("bands", "weakest-link", "mean")) -> Criteria:
    law, top = draw(st.sampled_from(laws)), draw(st.integers(2, 4))
    ids = "abc"[: draw(st.integers(1, 3))]
    most = 1 if law == "bands" else 3
    weights = {id_: draw(st.fractions(F(1, 9), 9, max_denominator=9)) for id_ in ids}
    found = {id_: [draw(criterion(law, f"c{i}", top)) for i in range(draw(st.integers(1, most)))] for id_ in ids}
    return framework(law, found, weights, top=top)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Value]:
    """A value, an unknown or a not applicable for every question."""
    return {id_: draw(_value(question)) for id_, question in QUESTIONS.items()}


@st.composite
def _value(draw: st.DrawFn, question: Question) -> Value:
    kind = draw(st.sampled_from(["answered"] * 5 + ["unknown", "aside"]))
    if kind == "aside":
        return ASIDE
    if kind == "unknown":
        return Value(F(0), question.top, "unknown")
    value = draw(st.sampled_from(question.scale or DEGREES))
    return Value(value, value, "answer")


def told(held: Mapping[str, Value]) -> Known:
    return Known("declared", held, "discrete", {})


def given_to(of: Criteria, held: Mapping[str, Value]) -> Result:
    return results(of, QUESTIONS, told(held))[0]


def figures(result: Result) -> dict[str, tuple[Any, Any]]:
    """Everything that a reader compares: dimensions, total, and the level where anything at all applies."""
    found: dict[str, tuple[Any, Any]] = dict(by_dimension(result))
    found["/score"] = (result.score, result.score_high)
    return found | {"/level": (None, None) if result.score is None else (result.level, result.level_high)}


def by_hand(of: Criteria, held: Mapping[str, Value], end: int) -> dict[str, Fraction]:
    """Value of every dimension that applies at the low (0) or high (1) end, without any tree."""
    found = {}
    for aspect in of.dimensions:
        reached = [r for c in aspect.criteria if (r := _by_hand(of, c, held, end)) is not None]
        if reached:
            found[aspect.id] = sum(reached, F(0)) / len(reached) if of.law == "mean" else min(reached)
    return found


def _by_hand(of: Criteria, criterion_: Criterion, held: Mapping[str, Value], end: int) -> Fraction | None:
    if criterion_.question is not None:
        value, best = held[criterion_.question], QUESTIONS[criterion_.question].top
        given_ = (value.low, value.high)[end]
        return None if given_ is None or not best else given_ / best * of.top
    holding = [(stage.number, told(held).holds(stage.need)) for stage in criterion_.stages]
    applying = [(number, state[end]) for number, state in holding if state is not None]
    last = 0
    for number, holds in applying:
        if not holds:
            break
        last = number
    return F(last) if applying else None


@given(frameworks(), answers())
def test_the_tree_agrees_with_the_rule_written_out(of: Criteria, held: dict[str, Value]) -> None:
    found = given_to(of, held)
    low, high = by_hand(of, held, 0), by_hand(of, held, 1)
    assert by_dimension(found) == {id_: (low[id_], high[id_]) for id_ in low}
    if of.law != "bands" and low:
        weights = of.weight_sets[0].weights
        for ends, score, level in ((low, found.score, found.level), (high, found.score_high, found.level_high)):
            whole = sum((weights[i] for i in ends), F(0))
            total = sum((weights[i] * v for i, v in ends.items()), F(0)) / whole
            assert (score, level) == (total, int(total))


@given(frameworks(), answers(), st.data())
def test_better_evidence_never_lowers(of: Criteria, held: dict[str, Value], data: st.DataObject) -> None:
    id_ = data.draw(st.sampled_from([id_ for id_, value in held.items() if value.applies] or ["q0"]))
    top = QUESTIONS[id_].top
    if not held[id_].applies:
        return
    before, after = given_to(of, held), given_to(of, held | {id_: Value(top, top, "answer")})
    for name, (low, high) in figures(before).items():
        low_now, high_now = figures(after)[name]
        assert low is None or low_now >= low
        assert high is None or held[id_].source == "unknown" or high_now >= high
    assert after.coverage >= before.coverage


@given(frameworks(), answers(), st.data())
def test_whatever_the_unknown_turns_out_to_be_lies_between(
    of: Criteria, held: dict[str, Value], data: st.DataObject
) -> None:
    settled = {
        id_: v if v.source == "answer" or not v.applies else data.draw(_value(QUESTIONS[id_]).filter(_told))
        for id_, v in held.items()
    }
    open_, closed = figures(given_to(of, held)), figures(given_to(of, settled))
    for name, (low, high) in open_.items():
        assert low is None or low <= high
        assert closed[name][0] is None or low <= closed[name][0] == closed[name][1] <= high


def _told(value: Value) -> bool:
    return value.source == "answer"


@given(frameworks(("mean",)), answers())
def test_a_mean_lies_between_its_inputs(of: Criteria, held: dict[str, Value]) -> None:
    for term in below(given_to(of, held).sum):
        if term.how == "mean" and term.of:
            for end in ("low", "high"):
                inputs = [getattr(part, end) for part in term.of]
                assert min(inputs) <= getattr(term, end) <= max(inputs)


@given(frameworks(("weakest-link", "bands")), answers())
def test_no_dimension_is_better_than_its_weakest_criterion(of: Criteria, held: dict[str, Value]) -> None:
    for term in below(given_to(of, held).sum):
        if term.how == "least":
            assert term.low == min((part.low for part in term.of if part.low is not None), default=None)


@given(frameworks(("weakest-link", "mean")), answers(), st.fractions(F(1, 20), 20, max_denominator=20))
def test_scaling_all_weights_changes_nothing(of: Criteria, held: dict[str, Value], by: Fraction) -> None:
    (weights,) = of.weight_sets
    scaled = weights.model_copy(update={"weights": {id_: w * by for id_, w in weights.weights.items()}})
    other = given_to(of.model_copy(update={"weight_sets": (scaled,)}), held)
    assert figures(other) == figures(given_to(of, held))
    assert other.coverage == given_to(of, held).coverage


@given(frameworks(), answers(), st.randoms(use_true_random=False))
def test_order_changes_nothing(of: Criteria, held: dict[str, Value], chance: Any) -> None:
    mixed = []
    for aspect in of.dimensions:
        shuffled = list(aspect.criteria)
        chance.shuffle(shuffled)
        mixed.append(aspect.model_copy(update={"criteria": tuple(shuffled)}))
    chance.shuffle(mixed)
    other = given_to(of.model_copy(update={"dimensions": tuple(mixed)}), held)
    assert figures(other) == figures(given_to(of, held))
    assert set(other.open_questions) == set(given_to(of, held).open_questions)


@given(frameworks(), answers())
def test_not_applicable_equals_absent(of: Criteria, held: dict[str, Value]) -> None:
    gone = {id_ for id_, value in held.items() if not value.applies}
    absent = _without(of, gone)
    found = given_to(of, held)
    assert not gone & {line.question for line in below(found.sum)}
    assert not gone & set(found.open_questions)
    other = given_to(absent, {id_: v for id_, v in held.items() if id_ not in gone})
    assert (figures(other), other.coverage) == (figures(found), found.coverage)


def _without(of: Criteria, gone: set[str]) -> Criteria:
    """The same file as if some questions had never been thought of."""
    kept = []
    for aspect in of.dimensions:
        found = [c for c in (_criterion_without(c, gone) for c in aspect.criteria) if c is not None]
        if found:
            kept.append(aspect.model_copy(update={"criteria": tuple(found)}))
    return of.model_copy(update={"dimensions": tuple(kept)})


def _criterion_without(of: Criterion, gone: set[str]) -> Criterion | None:
    if of.question is not None:
        return None if of.question in gone else of
    found = [(s, need) for s in of.stages if (need := _need_without(s.need, gone)) is not None]
    kept = tuple(stage.model_copy(update={"need": need}) for stage, need in found)
    return of.model_copy(update={"stages": kept}) if kept else None


def _need_without(need: Need, gone: set[str]) -> Need | None:
    if need.question is not None:
        return None if need.question in gone else need
    key = "all" if need.all else "any"
    parts = tuple(p for part in getattr(need, key) if (p := _need_without(part, gone)) is not None)
    return need.model_copy(update={key: parts}) if parts else None
