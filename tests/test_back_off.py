"""Laws of the waits after a loss: bounded, growing, forgotten after a sound stretch, and stated in the preview."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.back_off import FIRST, SOUND, BackOff, most_returns

LONGEST = st.floats(10, 3600)
LASTED = st.one_of(st.just(0.0), st.floats(0, SOUND), st.floats(SOUND, 10 * SOUND))


@given(st.integers(1, 2000), LONGEST)
def test_waits_grow_up_to_the_longest_and_stay_there(times: int, longest: float) -> None:
    made = BackOff(longest)
    waits = [made.lost() for _ in range(times)]
    assert waits == sorted(waits) and waits[0] == FIRST and waits[-1] <= longest
    assert times < 12 or waits[-1] == longest


@given(st.integers(0, 20), LONGEST)
def test_a_sound_stretch_lets_it_begin_anew_and_a_short_one_does_not(times: int, longest: float) -> None:
    made = BackOff(longest)
    before = [made.lost(SOUND - 1) for _ in range(times + 1)]
    assert made.lost(SOUND - 1) >= before[-1]
    assert made.lost(SOUND) == FIRST


@given(st.lists(LASTED, max_size=200), LONGEST)
def test_no_pattern_of_losses_opens_a_line_more_often_than_was_stated(lasted: list[float], longest: float) -> None:
    made, now = BackOff(longest), 0.0
    for returns, stretch in enumerate(lasted, 1):
        now += stretch + made.lost(stretch)
        assert returns <= most_returns(now, longest)


@given(LONGEST)
def test_nor_does_the_worst_pattern(longest: float) -> None:
    """So many losses at once, then just long enough sound for the waits to begin anew."""
    for burst in range(1, 12):
        made, now, returns = BackOff(longest), 0.0, 0
        for _ in range(50):
            for n in range(burst):
                stretch = SOUND if n == 0 else 0.0
                now, returns = now + stretch + made.lost(stretch), returns + 1
                assert returns <= most_returns(now, longest)
