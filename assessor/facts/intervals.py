"""How often a value is renewed, seen through a poll: by source times, else by whole multiples."""

import math

import numpy as np

from assessor.facts.rows import NO_TIME, Array, Rows
from assessor.facts.runs import Runs

ENOUGH_CHANGES = 30
"""Fewer show no update interval."""
FITTED = 2000
"""Changes of one tag that its update interval is taken from: more add nothing."""
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
            poll = float(np.median(np.diff(rows.mono[here]))) / 1e9
        times = rows.source[here][rows.source[here] != NO_TIME]
        times = np.unique(times)[: FITTED + 1]
        if len(times) <= ENOUGH_CHANGES:
            times = rows.mono[runs.row[begin[i] + 1 : begin[i] + 1 + min(int(changes[i]), FITTED)]]
        gaps = np.diff(times) / 1e9
        result[i] = fit(gaps[gaps > 0], poll)
        hidden[i] = result[i] < APART * poll
    return result, hidden


def fit(gaps: Array, poll: float) -> float:
    """The longest interval whose whole multiples the gaps are, within one poll; else the median gap. Seconds.

    Not every update changes the value, so a gap may hold several; a mean would be too long by their share.
    Below two and a half polls multiples cannot be told apart.
    """
    if len(gaps) == 0:
        return float("nan")
    guesses = {float(q) / k for q in np.quantile(gaps, (0.1, 0.25, 0.5)) for k in (1, 2, 3, 4)}
    for guess in sorted(guesses, reverse=True):
        interval = guess
        for _ in range(3):
            multiples = np.maximum(np.rint(gaps / interval), 1)
            interval = float(gaps.sum() / multiples.sum())
        apart = np.abs(gaps - multiples * interval)
        if interval >= APART * poll and (apart <= 1.05 * poll).mean() >= 0.9:
            return interval
    return float(np.median(gaps))
