"""How far vouchers came and where they wait, out of the steps of the log."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assessor.programmes.flow import WAY, Moved, flow
from assessor.programmes.vouchers import MOVES

DAY = 86_400 * 10**9
MOVED: list[Moved] = [
    ("a", None, "applied", 0),
    ("b", None, "applied", 0),
    ("a", "applied", "returned", 2 * DAY),
    ("a", "returned", "applied", 3 * DAY),
    ("a", "applied", "granted", 5 * DAY),
    ("a", "granted", "assigned", 5 * DAY),
    ("a", "assigned", "handed-in", 9 * DAY),
    ("a", "handed-in", "accepted", 10 * DAY),
    ("a", "accepted", "accepted", 11 * DAY),
    ("a", "accepted", "settled", 12 * DAY),
]


def test_each_state_tells_how_many_left_it_and_who_stands_there_now() -> None:
    found = flow(MOVED, 20 * DAY)
    assert dict(found.reached) == {
        "applied": 2,
        "granted": 1,
        "assigned": 1,
        "handed-in": 1,
        "accepted": 1,
        "settled": 1,
    }
    stays = {stay.state: stay for stay in found.stays}
    assert (stays["applied"].ended, stays["applied"].now, stays["applied"].longest) == (2, 1, 20 * 86_400)
    assert stays["applied"].quartiles is None  # two stays are too few to tell a middle of
    assert (stays["accepted"].ended, found.whole.ended) == (1, 1)


def test_quartiles_are_told_from_five_on() -> None:
    moves: list[Moved] = [(str(n), None, "applied", 0) for n in range(5)]
    moves += [(str(n), "applied", "granted", n * DAY) for n in range(5)]
    stay = next(s for s in flow(moves, 9 * DAY).stays if s.state == "applied")
    assert stay.quartiles == (86_400, 2 * 86_400, 3 * 86_400)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(list(MOVES)), st.integers(0, 9)), max_size=60))
def test_no_voucher_is_counted_twice_or_lost(steps: list[tuple[int, str, int]]) -> None:
    state: dict[str, str] = {}
    moves: list[Moved] = []
    at = 0
    for n, act, days in steps:
        move, id_ = MOVES[act], str(n)  # type: ignore[index]
        if state.get(id_) not in move.before:
            continue
        at += days * DAY
        after = move.after or state[id_]
        moves.append((id_, state.get(id_), after, at))
        state[id_] = after
    found = flow(moves, at)
    counts = dict(found.reached)
    assert counts["applied"] == len(state)
    assert all(counts[a] >= counts[b] for a, b in pairwise(WAY))
    told = {stay.state: stay.now for stay in found.stays}
    assert all(n == sum(s == name for s in state.values()) for name, n in told.items())
