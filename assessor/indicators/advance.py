"""What a counter says of power and of energy: by its changes alone, since it may be refreshed seldom.

A value that stands still says only that nothing was written to it.
"""

import numpy as np

from assessor.indicators.timeseries import Floats, Steps, Times, Total, clean

RESET = 10
"""A counter that falls to a tenth or less was reset, as in TagFacts; one that falls otherwise is none."""
ALWAYS = 3
"""Rows that must have followed the first one, each with a change, for it to count as one. (Own threshold.)"""


def rates(at: Times, value: Floats, longest: float) -> Steps:
    """What a counter of kWh says of power, in kW, from one change of it to the next.

    A value that stands still says only that the counter was not refreshed. Unseen is where it fell, and where its
    changes lie too far apart. Its first row is no change: it counts where at least three rows followed (own) and
    none stood still.
    """
    origin, t, v = clean(at, value)
    opens, closes = (float(t[0]), float(t[-1])) if len(t) else (None, None)
    changed = np.diff(v) != 0
    always = changed.all() and len(changed) >= ALWAYS
    rows = np.append(always, changed) if len(t) else np.empty(0, bool)
    t, v = t[rows], v[rows]
    apart, rise = np.diff(t), np.diff(v)
    kept = (rise > 0) & (apart <= longest)
    kw = rise[kept] / apart[kept] * 3600
    return Steps(origin, t[:-1][kept], t[1:][kept], kw, kw, kw, opens, closes)


def largest(at: Times, value: Floats) -> float:
    """The largest step that a counter was seen to make: so much may stand behind what it shows; 0 where it made
    none."""
    return max(0.0, float(np.max(np.diff(clean(at, value)[2]), initial=0.0)))


def difference(at: Times, value: Floats) -> Total | None:
    """What a counter advanced by, give or take the largest step seen: it may be refreshed seldom.

    A reset leaves open what was counted between the two readings about it: at least nothing, at most what the
    fastest advance seen would have given. None where it never advanced (its resolution is then unknown), fell
    without a reset, or went below zero.
    """
    _, t, v = clean(at, value)
    rise, apart = np.diff(v), np.diff(t)
    up, down = rise > 0, rise < 0
    reset = down & (v[1:] * RESET <= v[:-1])
    if not up.any() or (v < 0).any() or (down & ~reset).any():
        return None
    step, total = float(np.max(rise[up])), float(np.sum(rise[up]))
    if not reset.any():
        return Total(max(0.0, total - step), total, total + step)
    moved = np.flatnonzero(up | reset)
    since = np.diff(t[moved + 1])
    fast = rise[moved][1:][up[moved][1:]] / since[up[moved][1:]]
    if not len(fast):
        return None
    lost = float(np.sum(apart[reset])) * float(np.max(fast))
    return Total(max(0.0, total - step), None, total + step + lost)
