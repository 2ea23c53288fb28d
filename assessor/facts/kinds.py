"""What a signal did, first rule that holds (all thresholds but the shortest window are our own; docs/method.md).

1. The server's status says that nothing renews the value: frozen, or freezing where it moved before.
2. No Good value; too short (under 300 rows and under 300 s), unless three changes of a value that is no small set
   of states already show life.
3. Did not change: frozen where somebody vouches that it measures, and its time is an hour old; else static.
4. Noise about zero: neighbouring values do not resemble each other, and their mean is none.
5. Counter: rises five times or more and falls to a tenth or less or never.
6. State: at most twelve different whole numbers, flags or texts.
7. Saturated: stands twice or more, and a sixth of the time, at its highest or lowest value, and seldom beside it.
8. Freezing: after thirty changes it stands still for five times as long as ever before.
9. Live.
"""

from typing import NamedTuple

import numpy as np

from assessor.domain import SignalKind
from assessor.facts.rows import Array, Rows
from assessor.facts.runs import Runs

ENOUGH_ROWS, ENOUGH_SECONDS = 300, 300.0
STATES = 12
SHAPED = 30
"""Changes below which nothing is said of how a signal moves."""
SAID = 5
"""Rows that must say so before a status decides."""
FROZEN_AFTER = 3600.0
UNLIKE = 0.2
"""Greatest correlation of a value with the next, and with the next but one, of what is nothing but noise."""
AT_EDGE, BESIDE = 1 / 6, 3.0
"""Share of time at the edge; how many times as long as at the value next to it."""
STILL, STILL_SECONDS = 5.0, 60.0
"""A last stand that is no pause: so many times the longest before, and so long."""


class Shape(NamedTuple):
    """How signals moved, by tag; meaningless (False) where there are fewer than `SHAPED` changes."""

    noise: Array
    saturated: Array
    freezing: Array


def kinds(rows: Rows, runs: Runs, columns: dict[str, Array], measures: Array) -> Array:
    """The kind of each tag, as its text. `measures`: of which tags somebody says that they are measured values."""
    changes, distinct, resets = columns["changes"], columns["distinct"], columns["resets"]
    short = (columns["rows"] < ENOUGH_ROWS) & (columns["seconds"] < ENOUGH_SECONDS)
    few = (columns["fractions"] == 0) & (distinct <= STATES)
    steps = np.where((resets == 1) & few, 10, 5 * np.maximum(resets, 1))
    counts = (columns["falls"] == resets) & (columns["rises"] >= steps) & ~(few & (resets > 1))
    numeric = ~np.isnan(columns["minimum"]) & ~short & (changes >= SHAPED)
    shape = _shape(rows, runs, columns, numeric & ~counts)
    ended = (columns["last_usable"] >= SAID) & columns["ended"]
    old = np.fmax(columns["age"], columns["seconds"]) >= FROZEN_AFTER
    dead = measures & old & (columns["stale"] == True) & (columns["minimum"] != 0)  # noqa: E712  (of three)
    rules = [
        (ended & (changes > 0), SignalKind.FREEZING),
        (ended, SignalKind.FROZEN),
        (distinct == 0, SignalKind.NO_GOOD_VALUE),
        (short & ~few & (changes >= 3), SignalKind.LIVE),
        (short, SignalKind.TOO_SHORT),
        ((changes == 0) & dead, SignalKind.FROZEN),
        (changes == 0, SignalKind.STATIC),
        (shape.noise & (~few | (changes > columns["rows"] / 2)), SignalKind.NOISE),
        (counts & (resets > 0), SignalKind.COUNTER_RESET),
        (counts, SignalKind.COUNTER),
        (few, SignalKind.STATE),
        (shape.saturated, SignalKind.SATURATED),
        (shape.freezing, SignalKind.FREEZING),
    ]
    return np.select([r[0] for r in rules], [r[1].value for r in rules], SignalKind.LIVE.value)


def _shape(rows: Rows, runs: Runs, columns: dict[str, Array], asked: Array) -> Shape:
    """Only tags with enough numbers are looked at, all of them at once."""
    none = Shape(*(np.zeros(len(rows.tags), bool) for _ in Shape._fields))
    which = np.flatnonzero(asked[runs.present])
    if len(which) == 0:
        return none
    tags, count = runs.present[which], runs.lengths[which]
    of = np.repeat(asked[runs.present], runs.lengths)
    at = rows.mono[runs.row[of]]
    number = runs.number[of]
    first = np.append(0, np.cumsum(count)[:-1])
    held = np.empty(len(at))
    held[:-1] = np.diff(at)
    held[first + count - 1] = rows.mono[runs.last[which]] - at[first + count - 1]
    held /= 1e9
    none.noise[tags] = _noise(number, first, count, columns["minimum"][tags], columns["maximum"][tags])
    low, high = (np.repeat(columns[name][tags], count) for name in ("minimum", "maximum"))
    last = number[first + count - 1]
    low_edge, high_edge = _edge(number, held, first, number == low), _edge(-number, held, first, number == high)
    none.saturated[tags] = (low_edge & (low[first] != 0)) | (high_edge & (high[first] != 0))
    ends_there = (last == low[first]) | (last == high[first])
    still = _still(held, first, count) & (last != 0)
    none.saturated[tags] |= still & ends_there
    none.freezing[tags] = still & ~ends_there
    return none


def _noise(number: Array, first: Array, count: Array, low: Array, high: Array) -> Array:
    """Does a value tell nothing of the next two, and are they spread about zero?"""
    mean = np.add.reduceat(number, first) / count
    apart = number - np.repeat(mean, count)
    square = np.add.reduceat(apart * apart, first)
    spread = np.sqrt(square / count)
    white = (low < 0) & (high > 0) & (np.abs(mean) <= 2 * spread) & (count >= 5 * SHAPED)
    for lag in (1, 2):
        product = np.zeros_like(apart)
        product[lag:] = apart[lag:] * apart[:-lag]
        for k in range(lag):
            product[first + k] = 0
        with np.errstate(invalid="ignore", divide="ignore"):
            white &= np.abs(np.add.reduceat(product, first) / square) <= UNLIKE
    return white


def _edge(number: Array, held: Array, first: Array, at: Array) -> Array:
    """Does it stand at its least number time and again, and seldom at the one next to it?"""
    visits = np.add.reduceat(at, first, dtype=np.int64)
    there = np.add.reduceat(np.where(at, held, 0.0), first)
    whole = np.add.reduceat(held, first)
    count = np.diff(np.append(first, len(number)))
    second = np.minimum.reduceat(np.where(at, np.inf, number), first)
    beside = np.add.reduceat(np.where(number == np.repeat(second, count), held, 0.0), first)
    found: Array = (visits >= 2) & (there >= AT_EDGE * whole) & (there >= BESIDE * beside)
    return found


def _still(held: Array, first: Array, count: Array) -> Array:
    """Does it stand at the end for much longer than ever before?"""
    final = first + count - 1
    last = held[final]
    before = held.copy()
    before[final] = 0
    longest = np.maximum.reduceat(before, first)
    found: Array = (last >= STILL * longest) & (last >= STILL_SECONDS)
    return found


HOURS, APART, TYPED_CHANGES = 2 * 3600.0, 60.0, 10
"""Of what a person types: over how long it was watched at least, seconds between two entries, how many of them."""
ROUND, BY_CHANCE = 3, 0.6
"""Decimals that a person may give; share of entries that end in 0 or 5, three times as many as by chance."""
IRREGULAR = 0.5
"""Spread of the gaps between entries, of their mean: a machine's gaps vary less."""


def typed(rows: Rows, runs: Runs, columns: dict[str, Array]) -> Array:
    """True: a person seems to type it. None where it was not watched for hours, or is a state, counter or text."""
    found = np.full(len(rows.tags), None, dtype=object)
    kind, changes = columns["kind"], columns["changes"]
    asked = (columns["seconds"] >= HOURS) & (changes >= TYPED_CHANGES) & (kind == SignalKind.LIVE.value)
    asked &= ~np.isnan(columns["minimum"])
    asked_runs = asked[runs.present]
    found[asked] = False
    asked_runs &= columns["seconds"][runs.present] >= APART * changes[runs.present]
    which = np.flatnonzero(asked_runs)
    if len(which):
        of = np.repeat(asked_runs, runs.lengths)
        first = np.append(0, np.cumsum(runs.lengths[which])[:-1])
        seems = _round(runs.number[of], first, runs.lengths[which])
        seems &= _irregular(rows.mono[runs.row[of]] / 1e9, first, runs.lengths[which])
        found[runs.present[which]] = seems
    return found


def _round(number: Array, first: Array, count: Array) -> Array:
    """Do the numbers end in 0 or 5 far more often than by chance, and not move by one last digit at a time?"""
    places = np.full(len(number), ROUND + 1)
    for k in range(ROUND, -1, -1):
        scaled = number * 10**k
        places[np.abs(scaled - np.rint(scaled)) <= 1e-6 * np.maximum(np.abs(scaled), 1)] = k
    finest = np.maximum.reduceat(places, first)
    scaled = np.rint(number * 10.0 ** np.repeat(np.minimum(finest, ROUND), count))
    ends = np.add.reduceat(scaled % 5 == 0, first, dtype=np.int64) / count
    step = np.abs(np.diff(scaled, prepend=scaled[0]))
    step[first] = 0
    return (finest <= ROUND) & (ends >= BY_CHANCE) & (np.add.reduceat(step, first) >= 2 * (count - 1))


def _irregular(at: Array, first: Array, count: Array) -> Array:
    gap = np.diff(at, prepend=at[0])
    gap[first] = 0
    n = np.maximum(count - 1, 1)
    mean = np.add.reduceat(gap, first) / n
    square = np.add.reduceat(gap * gap, first) / n
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    found: Array = spread >= IRREGULAR * mean
    return found
