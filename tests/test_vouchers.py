"""The way of a voucher as a table: every state is reached and left; what is paid is bound by all that is known."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import Period, Programme, Terms, VoucherState
from assessor.frameworks import load_library
from assessor.programmes import vouchers as way
from assessor.programmes.vouchers import Used

LIBRARY = load_library()
VOUCHER = LIBRARY.programmes["shanghai-assessment-voucher"]


def programme(**known: object) -> Programme:
    return VOUCHER.model_copy(update=known)


def test_every_state_is_reached_and_all_but_the_ends_are_left() -> None:
    reached: set[VoucherState | None] = {None}
    while more := {way.after(a, s) for a in way.MOVES for s in reached if way.after(a, s)} - reached:
        reached |= more
    assert reached - {None} == set(way.STATES)
    left = {s for s in way.STATES if any(move.after and s in move.before for move in way.MOVES.values())}
    assert set(way.STATES) - left == {"settled", "revoked"}


def test_settlement_comes_after_acceptance_alone_and_nothing_comes_after_it() -> None:
    assert [s for s in way.STATES if way.after("settle", s)] == ["accepted"]
    assert [a for a in way.MOVES if way.after(a, "settled") not in (None, "settled")] == []


@pytest.mark.parametrize("choice", ["free", "assigned"])
def test_in_each_state_that_goes_on_somebody_is_waited_for_who_can_act(choice: str) -> None:
    terms = Terms.model_validate({"choice": choice})
    for state in way.STATES:
        side = way.waits_for(state, terms)
        assert (side is None) == (state in ("refused", "withdrawn", "settled", "revoked"))
        assert side is None or way.allowed(state, side, terms)


YUAN = st.integers(0, 10**9)


@given(YUAN, st.fractions(0, 10**9, max_denominator=100), st.fractions(0, 1, max_denominator=1000), YUAN)
def test_what_is_paid_exceeds_no_bound_and_is_cut_off_never_rounded_up(
    granted: int, invoiced: Fraction, share: Fraction, cap: int
) -> None:
    paid = way.payable(programme(share=share, share_of="contract", cap=cap), granted, invoiced)
    bounds = (Fraction(granted), invoiced, share * invoiced, Fraction(cap))
    assert paid <= min(bounds) < paid + 1
    unknown = way.payable(programme(share=None, share_of=None, cap=None), granted, invoiced)
    assert unknown <= min(granted, invoiced) < unknown + 1
    assert way.payable(programme(share=share, share_of="rent", cap=None), granted, invoiced) == unknown


def test_a_bound_that_nobody_knows_binds_nothing_and_one_that_is_known_does() -> None:
    free = Period(id="a")
    assert way.against_apply(free, "2026-01-01") is None and way.against_hand_in(free, "2099-01-01") is None
    assert way.against_grant(programme(cap=None), free, Used(10**6, 10**9), 10**9) is None
    bound = Period(id="a", opens="2026-02-01", closes="2026-02-28", use_by="2026-12-31", quota=2, budget=100)
    for day, told in (("2026-01-31", "way.not_open_yet"), ("2026-03-01", "way.closed")):
        fault = way.against_apply(bound, day)
        assert fault is not None and fault.id == told
    assert way.against_apply(bound, "2026-02-01") is None and way.against_apply(bound, "2026-02-28") is None
    assert (
        way.against_hand_in(bound, "2026-12-31") is None and way.against_hand_in(bound, "2027-01-01") is not None
    )
    cases = (((2, 0), 1, "way.quota"), ((1, 0), 51, "way.over_cap"), ((1, 60), 41, "way.over_budget"))
    for used, yuan, told in cases:
        fault = way.against_grant(programme(cap=50), bound, Used(*used), yuan)
        assert fault is not None and fault.id == told
    assert way.against_grant(programme(cap=50), bound, Used(1, 60), 40) is None
