"""How many pieces a counter counted between two moments: bounds, with resets and gaps between the looks."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.domain import Series
from assessor.indicators.share import thousandth

RESET = 10
"""A fall to this part or less of what it was is a reset (as in the facts of samples); a smaller one is none."""

LONGEST = 0.25
"""Own threshold: a stretch without looks that is longer than this part of all tells nothing of a reset in it."""


class Made(NamedTuple):
    """At least and at most so many."""

    low: Fraction
    high: Fraction


def numbers(series: Series, times: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Times and numbers in order of time, each moment once (the last value of it), texts left out."""
    usable = np.isfinite(series.value) & (times > 0)
    at, value = times[usable], series.value[usable]
    order = np.argsort(at, kind="stable")
    at, value = at[order], value[order]
    last = np.append(at[1:] != at[:-1], True) if len(at) else np.zeros(0, bool)
    return at[last], value[last]


def made(at: NDArray[np.int64], value: NDArray[np.float64], begins: int, ends: int) -> Made | None:
    """Pieces counted from `begins` to `ends` (ns); both must lie between the first and the last look.

    Between two looks the counter stood anywhere between its two values. After a reset it counts from zero; what
    was made between the last look and the reset is at most what was made in any other stretch as long, and one
    step more. None where the counter fell without being reset, or was reset in a stretch so long that no other
    compares with it: nobody can say what that means.
    """
    if len(at) < 2 or begins < at[0] or ends > at[-1] or (value < 0).any():
        return None
    step = np.diff(value)
    reset = (step < 0) & (value[1:] <= value[:-1] / RESET)
    if ((step < 0) & ~reset).any():
        return None
    low = np.concatenate([[0.0], np.cumsum(np.where(reset, value[1:], step))])
    hidden = _hidden(at, low, step, reset)
    if hidden is None:
        return None
    high = low + np.concatenate([[0.0], np.cumsum(hidden)])
    after, before = np.searchsorted(at, begins, "left"), np.searchsorted(at, ends, "right") - 1
    earlier, later = np.searchsorted(at, begins, "right") - 1, np.searchsorted(at, ends, "left")
    least = max(low[before] - low[after], 0.0)
    return Made(thousandth(least), thousandth(high[later] - high[earlier]))


def _hidden(
    at: NDArray[np.int64], counted: NDArray[np.float64], step: NDArray[np.float64], reset: NDArray[np.bool_]
) -> NDArray[np.float64] | None:
    """For each step the most that a reset may hide. Stretches are rounded up to powers of two seconds, so that a
    counter that is reset a thousand times is not searched a thousand times."""
    found = np.zeros(len(reset))
    if not reset.any():
        return found
    stretch = np.exp2(np.ceil(np.log2(np.maximum(np.diff(at) / 1e9, 1))))
    if stretch[reset].max() > (at[-1] - at[0]) / 1e9 * LONGEST:
        return None
    rises = step[step > 0]
    one = float(rises.min()) if len(rises) else 0.0
    for seconds in np.unique(stretch[reset]):
        found[reset & (stretch == seconds)] = _most(at, counted, np.int64(seconds * 1e9)) + one
    return found


def _most(at: NDArray[np.int64], counted: NDArray[np.float64], stretch: np.int64) -> float:
    """The most that was counted in any stretch of so many ns, by the looks that reach beyond it."""
    ends = np.minimum(np.searchsorted(at, at + stretch, "left"), len(at) - 1)
    return float((counted[ends] - counted).max())
