"""How often a value is renewed, seen through a poll: by source times, else by whole multiples."""

import math

import numpy as np

from assessor.facts.rows import NO_TIME, Array, Rows
from assessor.facts.runs import Runs

ENOUGH_CHANGES = 30
"""Fewer show no update interval."""
FITTED = 500
"""Changes of one tag that its update interval is taken from: more add nothing."""
FIRST = 3 * FITTED
"""Rows that usually hold as many."""
APART = 2.4
"""Looks that an interval must last for whole multiples to be told apart."""


def update_intervals(rows: Rows, runs: Runs, changes: Array, every: Array) -> tuple[Array, Array]:
    """Seconds by tag, NaN where unknown, and whether it may be any shorter one. By source times where they go on
    with the values, else by the changes that were seen."""
    result, hidden = np.full(len(rows.tags), np.nan), np.zeros(len(rows.tags), bool)
    begin = np.searchsorted(runs.code, np.arange(len(rows.tags)))
    for i in np.flatnonzero(changes >= ENOUGH_CHANGES):
        here = slice(rows.begin[i], rows.end[i])
        poll = float(every[i])
        if math.isnan(poll):
            poll = _middle(np.diff(_some(rows.mono[here]))) / 1e9
        times = _different(rows.source[rows.begin[i] : min(rows.end[i], rows.begin[i] + FIRST)])
        if len(times) <= FITTED:
            times = _different(rows.source[here])
        if len(times) <= ENOUGH_CHANGES:
            times = rows.mono[runs.row[begin[i] + 1 : begin[i] + 1 + min(int(changes[i]), FITTED)]]
        gaps = np.diff(times) / 1e9
        result[i] = fit(gaps[gaps > 0], poll)
        hidden[i] = result[i] < APART * poll
    return result, hidden


def _some(values: Array) -> Array:
    """A stretch in the middle, where there is more than enough."""
    spare = len(values) - FITTED
    return values if spare <= 0 else values[spare // 2 : spare // 2 + FITTED]


def _middle(values: Array) -> float:
    """The median; `np.median` takes ten times as long for so few."""
    n = len(values)
    around = np.sort(values)[[(n - 1) // 2, n // 2]]
    return float(around.sum()) / 2


def _different(source: Array) -> Array:
    """The first source times that differ, in order, no more than are needed."""
    times = source[source != NO_TIME]
    step = np.diff(times)
    if (step < 0).any():
        return np.unique(times)[: FITTED + 1]
    found: Array = times[np.append(True, step > 0)][: FITTED + 1] if len(times) else times
    return found


def fit(gaps: Array, poll: float) -> float:
    """The longest interval whose whole multiples the gaps are, within one poll; else the median gap. Seconds.

    Not every update changes the value, so a gap may hold several; a mean would be too long by their share.
    Below two and a half polls multiples cannot be told apart.
    """
    if len(gaps) == 0:
        return float("nan")
    order = np.sort(gaps)
    guesses = {float(order[int(q * (len(order) - 1))]) / k for q in (0.1, 0.25, 0.5) for k in (1, 2, 3, 4)}
    for guess in sorted((g for g in guesses if g > APART * poll / 1.5), reverse=True):
        interval = guess
        for _ in range(3):
            multiples = np.maximum(np.rint(gaps / interval), 1)
            interval = float(gaps.sum() / multiples.sum())
        apart = np.abs(gaps - multiples * interval)
        if interval >= APART * poll and (apart <= 1.05 * poll).mean() >= 0.9:
            return interval
    return _middle(gaps)
