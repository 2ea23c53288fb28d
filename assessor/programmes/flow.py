"""WHERE FILES WAIT: how many vouchers came how far, how long they stood in each state, who stands there now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from assessor.domain import VoucherState

WAY: tuple[VoucherState, ...] = ("applied", "granted", "assigned", "handed-in", "accepted", "settled")
"""States that lead to settlement, in their order."""
STOOD: tuple[VoucherState, ...] = (*WAY[:4], "returned", "rejected", "accepted")
"""States that somebody has to move a voucher on from."""
FEWEST = 5
"""Stays of which quartiles are told."""
Moved = tuple[str, str | None, str | None, int]
"""Of one step: voucher, state before, state after, time in ns."""


@dataclass(frozen=True)
class Stay:
    """One state."""

    state: VoucherState
    ended: int
    """Stays that were over."""
    quartiles: tuple[float, float, float] | None
    """Seconds of those; None where they are fewer than `FEWEST`."""
    now: int
    """Vouchers that stand there now."""
    longest: float | None
    """Seconds that the one which stands there longest has been there."""


@dataclass(frozen=True)
class Flow:
    reached: tuple[tuple[VoucherState, int], ...]
    """How many vouchers were ever in each state of the way."""
    stays: tuple[Stay, ...]
    whole: Stay
    """From the first application to settlement."""


def flow(moves: Iterable[Moved], now: int) -> Flow:
    """Out of the steps of an office in their order. A stay that goes on is told apart from those that are over."""
    reached: dict[str, set[str]] = {state: set() for state in WAY}
    stands: dict[str, tuple[str, int]] = {}
    began: dict[str, int] = {}
    over: dict[str, list[float]] = {}
    whole: list[float] = []
    for subject, before, after, at in moves:
        if after is None or after == before:
            continue
        if subject in stands:
            state, since = stands[subject]
            over.setdefault(state, []).append((at - since) / 10**9)
        stands[subject] = (after, at)
        began.setdefault(subject, at)
        if after in reached:
            reached[after].add(subject)
        if after == "settled":
            whole.append((at - began[subject]) / 10**9)
    waiting = {state: [(now - at) / 10**9 for s, at in stands.values() if s == state] for state in STOOD}
    return Flow(
        tuple((state, len(reached[state])) for state in WAY),
        tuple(_stay(state, over.get(state, []), waiting[state]) for state in STOOD),
        _stay("settled", whole, []),
    )


def _stay(state: VoucherState, over: Sequence[float], waiting: Sequence[float]) -> Stay:
    told = quantiles(over, n=4, method="inclusive") if len(over) >= FEWEST else None
    quartiles = (told[0], told[1], told[2]) if told else None
    return Stay(state, len(over), quartiles, len(waiting), max(waiting, default=None))
