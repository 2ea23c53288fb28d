"""The laws of formulas, on small random files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Figure, Formula, Formulas, Question, Status, Term
from assessor.rating import Known, Value
from assessor.rating.formulas import rate_formulas
from tests.small import text

NUMBERS = ("a", "b", "c")


def number(name: str) -> Question:
    return Question(id=name, kind="number", text=text(name), knows="owner", unit=text("t"))


def small(formulas: Sequence[Formula]) -> Formulas:
    return Formulas(
        format="assessor-framework/1",
        id="small",
        version="1",
        date="2026-11-26",
        title=text(),
        law="formulas",
        status=Status.OWN,
        source=text(),
        wording=text(),
        disclaimer=text(),
        loses=text(),
        figures=tuple(
            Figure(id=f"f{i}", name=text(), status=Status.OWN, formula=formula)
            for i, formula in enumerate(formulas)
        ),
    )


def rated(formulas: Sequence[Formula], values: Mapping[str, Value]) -> dict[str, Term]:
    known = Known("declared", values, "discrete", {})
    [result] = rate_formulas(small(formulas), {name: number(name) for name in NUMBERS}, known)
    assert 0 <= result.coverage <= 1
    return {term.id: term for term in result.sum.of}


amount = st.fractions(0, 100, max_denominator=8)
leaf = st.one_of(
    st.sampled_from(NUMBERS).map(lambda name: Formula(answer=name)),
    amount.map(lambda value: Formula.model_validate({"number": {"value": value, "unit": "t"}})),
)
growing = st.recursive(
    leaf,
    lambda below: st.one_of(
        st.lists(below, min_size=1, max_size=3).map(lambda parts: Formula(sum=tuple(parts))),
        st.lists(below, min_size=1, max_size=3).map(lambda parts: Formula(product=tuple(parts))),
        st.tuples(below, amount.filter(bool)).map(
            lambda pair: Formula.model_validate(
                {"ratio": {"over": pair[0], "under": {"number": {"value": pair[1], "unit": "t"}}}}
            )
        ),
    ),
    max_leaves=8,
)
"""Formulas in which more of anything never makes less."""
sure = amount.map(lambda value: Value(value, value, "answer"))
span = st.tuples(amount, amount).map(lambda ends: Value(min(ends), max(ends), "measured"))
value = st.one_of(sure, span, st.just(Value(None, None, "unknown")), st.just(Value(None, None, "unknown", False)))
answers_ = st.fixed_dictionaries({name: value for name in NUMBERS})


@given(growing, answers_)
def test_low_is_never_above_high_and_what_is_open_says_why(formula: Formula, values: dict[str, Value]) -> None:
    for term in rated([formula], values).values():
        assert (term.low is None) == (term.high is None)
        assert term.low is None or term.high is None or term.low <= term.high
        assert (term.why is None) == (term.low is not None and term.low == term.high)


@given(growing, st.fixed_dictionaries({name: sure for name in NUMBERS}), st.sampled_from(NUMBERS), amount)
def test_more_of_an_amount_never_makes_less(
    formula: Formula, values: dict[str, Value], name: str, more: Fraction
) -> None:
    before = rated([formula], values)["f0"].low
    raised = (values[name].low or 0) + more
    after = rated([formula], values | {name: Value(raised, raised, "answer")})["f0"].low
    assert before is not None and after is not None and after >= before


@given(growing, answers_, st.randoms(use_true_random=False))
def test_order_changes_nothing(formula: Formula, values: dict[str, Value], random: object) -> None:
    def mixed(of: Formula) -> Formula:
        parts = [mixed(part) for part in of.sum or of.product]
        random.shuffle(parts)  # type: ignore[attr-defined]
        if not parts:
            return of
        return Formula(sum=tuple(parts)) if of.sum else Formula(product=tuple(parts))

    one, other = rated([formula], values), rated([mixed(formula)], values)
    assert one.keys() == other.keys()
    assert all((one[id_].low, one[id_].high) == (other[id_].low, other[id_].high) for id_ in one)


@given(growing, answers_, st.sampled_from(NUMBERS))
def test_not_applicable_equals_absent(formula: Formula, values: dict[str, Value], name: str) -> None:
    """In a sum the term is gone; what is multiplied or divided with it is gone as well."""

    def cut(of: Formula) -> Formula | None:
        if of.answer == name:
            return None
        parts = [cut(part) for _, part in of.parts]
        there = [part for part in parts if part is not None]
        if of.sum:
            return Formula(sum=tuple(there)) if there else None
        if len(there) < len(parts):
            return None
        if of.product:
            return Formula(product=tuple(there))
        return Formula.model_validate({"ratio": {"over": there[0], "under": there[1]}}) if parts else of

    aside = rated([formula], values | {name: replace(values[name], applies=False)})
    left = cut(formula)
    gone = rated([left], values) if left else {}
    assert {i: (t.low, t.high) for i, t in aside.items()} == {i: (t.low, t.high) for i, t in gone.items()}


@given(amount, amount)
def test_what_may_be_preferred_is_taken_only_where_it_is_known(first: Fraction, last: Fraction) -> None:
    formula = Formula(prefer=(Formula(answer="a"), Formula(answer="b")))
    b = Value(last, last, "answer")
    for a, wanted in ((Value(first, first, "answer"), first), (Value(None, None, "unknown"), last)):
        assert rated([formula], {"a": a, "b": b})["f0"].low == wanted
