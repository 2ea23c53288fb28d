"""Shares of drawn, picked and whole strata: the value in its interval, the interval in what is possible."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Line, Message, Outcome, Selection, State, Stratum
from assessor.indicators.share import interval, share
from tests.test_bundle import SCOPE

YES, NO, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DETERMINED


def line(subject: str, outcome: Outcome) -> Line:
    return Line(subject=subject, outcome=outcome, why=Message(id="indicator.why.silent"))


@given(outcomes=st.lists(st.sampled_from([YES, NO, OPEN]), min_size=1, max_size=40), data=st.data())
def test_a_value_lies_in_its_interval_and_the_interval_in_what_is_possible(
    outcomes: list[Outcome], data: st.DataObject
) -> None:
    lines = [line(f"a{i}", outcome) for i, outcome in enumerate(outcomes)]
    selection = data.draw(st.sampled_from(list(Selection)))
    chosen = data.draw(st.lists(st.sampled_from([one.subject for one in lines]), unique=True))
    stratum = Stratum(id="old", selection=selection, chosen=tuple(chosen), seed=1)
    strata = {one.subject: "old" for one in lines}
    plan = SCOPE.model_copy(update={"strata": (stratum,)})
    low, high = interval(lines, plan, strata)
    yes, no = outcomes.count(YES), outcomes.count(NO)
    assert Fraction(yes, len(lines)) <= low <= high <= Fraction(len(lines) - no, len(lines))
    found = share("networked", lines, plan, strata=strata)
    if found.state is State.MEASURED:
        assert found.low is not None and found.high is not None and found.low <= found.high
        assert found.value is None or found.low <= found.value <= found.high
        assert found.selection is selection
    else:
        assert yes + no == 0 and found.value is None


def test_the_share_of_a_draw_is_that_of_the_drawn_ones() -> None:
    lines = [line(f"a{i}", YES if i < 8 else NO if i < 10 else OPEN) for i in range(100)]
    drawn = Stratum(id="all", selection=Selection.DRAWN, chosen=tuple(f"a{i}" for i in range(10)), seed=1)
    found = share("networked", lines, SCOPE.model_copy(update={"strata": (drawn,)}))
    assert found.value == Fraction(4, 5) and found.low is not None and found.low > Fraction(2, 5)


def test_an_unlucky_draw_does_not_contradict_what_is_known_of_the_rest() -> None:
    lines = [line(f"a{i}", YES if i < 4 else NO) for i in range(5)]
    unlucky = Stratum(id="all", selection=Selection.DRAWN, chosen=("a4",), seed=1)
    assert interval(lines, SCOPE.model_copy(update={"strata": (unlucky,)}), {}) == (Fraction(4, 5), Fraction(4, 5))
