"""How long each value of a data point stood, where that can be told: what shares of time are made of."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.domain import Gap, Series, away
from assessor.indicators.data_points import SeenTag

CONFIRMED = 90.0
"""Seconds that a subscribed value holds at most: it is confirmed at least once a minute. (Own threshold.)"""
MISSED = 3
"""A polled or recorded value holds through so many usual distances of its rows. (Own threshold.)"""


Value = float | str | None


class Times(NamedTuple):
    """When values came, and for how long each stood."""

    at: NDArray[np.int64]
    """ns UTC."""
    stood: NDArray[np.float64]
    """Seconds; 0 for the last one, unless it is known to have stood on."""


def times(tag: SeenTag, series: Series, *, recorded: bool = False) -> Times:
    """Of an exported record the source's own times count. A value holds until the next row came, be that one Good
    or not, but no longer than rows of its kind may be apart: beyond that nobody knows."""
    at = series.source if recorded else series.at
    gaps = np.diff(at, append=at[-1:]) / 1e9 if series.held is None else series.held
    if tag.tag.sampling == "reported":
        most = np.inf
    else:
        usual = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 0.0
        most = CONFIRMED if tag.tag.sampling == "subscribe" else MISSED * usual
    return Times(at, np.clip(gaps, 0.0, most))


def until(found: Times, ended: int, gaps: Sequence[Gap]) -> Times:
    """The same for what reports changes alone: a value that was its last row stood until the look at it ended, and
    none is known to have stood while nothing came of its endpoint."""
    stood = found.stood.copy()
    if len(stood) and stood[-1] == 0:
        stood[-1] = max(ended - int(found.at[-1]), 0) / 1e9
        for begins, ends in away(gaps):  # of all other rows the series has taken them off already
            overlap = min(ended, ends) - max(int(found.at[-1]), begins)
            stood[-1] -= max(overlap, 0) / 1e9
    return Times(found.at, np.clip(stood, 0.0, None))


def values(series: Series) -> list[Value]:
    """What each row shows: its text where it holds one, else its number; None where that is none."""
    numbers = [number if math.isfinite(number) else None for number in series.value.tolist()]
    if series.text is None:
        return list(numbers)
    return [number if text is None else text for number, text in zip(numbers, series.text.tolist(), strict=True)]


def changed(series: Series) -> tuple[NDArray[np.int64], list[Value]]:
    """Rows that show something else than the one before, the first among them, and what they show.

    Only these are looked at one by one: a state seldom changes.
    """
    if series.key is None:
        return np.arange(len(series.at)), values(series)
    number = np.isfinite(series.value)
    other = (np.diff(series.key) != 0) | (number[1:] != number[:-1])
    if series.text is not None:
        worded = np.not_equal(series.text, np.array(None, object))
        other |= worded[1:] != worded[:-1]
    rows = np.flatnonzero(np.concatenate(([True], other))) if len(series.at) else np.arange(0)
    text = None if series.text is None else series.text[rows]
    return rows, values(series._replace(value=series.value[rows], text=text))
