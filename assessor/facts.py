"""What samples show, tag by tag: figures without judgement, in one pass over sorted columns."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from assessor.domain import BAD, UNCERTAIN, SignalKind, TagFacts

LONG_ENOUGH_ROWS, LONG_ENOUGH_SECONDS = 300, 300.0
"""From here on a signal that did not change may be called static; below, it is too short to say."""
STALE_SECONDS = 60.0
"""A value is stale when it, and its source time, stood still and the source time is older than this."""
FEW_STATES = 12
ENOUGH_CHANGES = 30
"""Changes from which on an update interval may be worked out."""
SECOND = 1e9
NO_TIME = np.iinfo(np.int64).min

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Rows(NamedTuple):
    """One tag's rows in order of receipt, as columns."""

    source: Ints
    receive: Ints
    mono: Ints
    status: NDArray[np.uint32]
    key: Ints
    """The value's bits: equal keys are equal values."""
    value: Floats
    """The value as a number; NaN where it is a text or there is none."""
    has: NDArray[np.bool_]
    """Is there a value that may be used (Good or Uncertain)?"""


def facts(samples: pa.Table) -> dict[int, TagFacts]:
    """Facts of every tag, by its id, from a table with the columns of `domain.SAMPLE_COLUMNS` in any order."""
    if samples.num_rows == 0:
        return {}
    tags = _ints(samples, "tag")
    order = np.lexsort((_ints(samples, "mono"), tags))
    tags = tags[order]
    rows = _columns(samples, order)
    edges = np.flatnonzero(np.diff(tags)) + 1
    bounds = zip([0, *edges.tolist()], [*edges.tolist(), len(tags)], strict=True)
    found = (_one(int(tags[a]), Rows(*(column[a:b] for column in rows))) for a, b in bounds)
    return {fact.tag: fact for fact in found}


def _ints(samples: pa.Table, name: str) -> Ints:
    column = samples[name]
    return column.fill_null(NO_TIME).to_numpy().astype(np.int64, copy=False)


def _columns(samples: pa.Table, order: Ints) -> Rows:
    number = samples["number"].to_numpy(zero_copy_only=False).astype(np.float64)
    integer, flag = samples["integer"], samples["flag"]
    texts, _ = pd.factorize(samples["text"].to_pandas())
    has_integer = np.asarray(integer.is_valid()) | np.asarray(flag.is_valid())
    whole = integer.fill_null(0).to_numpy() + flag.cast(pa.int64()).fill_null(0).to_numpy()
    value = np.where(has_integer, whole.astype(np.float64), number)
    key = np.where(has_integer, whole, np.where(np.isnan(number), texts, number.view(np.int64)))
    status = samples["status"].to_numpy().astype(np.uint32, copy=False)
    has = ((status & BAD) == 0) & (~np.isnan(value) | (texts >= 0))
    columns = (
        _ints(samples, "source"),
        _ints(samples, "receive"),
        _ints(samples, "mono"),
        status,
        key.astype(np.int64, copy=False),
        value,
        has,
    )
    return Rows(*(column[order] for column in columns))


def _one(tag: int, rows: Rows) -> TagFacts:
    key, value = rows.key[rows.has], rows.value[rows.has]
    changes = int(np.count_nonzero(np.diff(key)))
    distinct = len(np.unique(key))
    seconds = float(rows.mono[-1] - rows.mono[0]) / SECOND
    steps = np.diff(rows.mono)
    bad = int(np.count_nonzero(rows.status & BAD))
    uncertain = int(np.count_nonzero((rows.status & (BAD | UNCERTAIN)) == UNCERTAIN))
    timed = rows.source != NO_TIME
    ahead = (rows.source[timed] - rows.receive[timed]) / SECOND
    numeric = value[~np.isnan(value)]
    return TagFacts(
        tag=tag,
        rows=len(rows.mono),
        good=len(rows.mono) - bad - uncertain,
        uncertain=uncertain,
        bad=bad,
        changes=changes,
        distinct=distinct,
        first=int(rows.receive.min()),
        last=int(rows.receive.max()),
        seconds=seconds,
        longest_gap=float(steps.max()) / SECOND if len(steps) else 0.0,
        minimum=float(numeric.min()) if len(numeric) else None,
        maximum=float(numeric.max()) if len(numeric) else None,
        kind=_kind(value, changes, distinct, len(rows.mono), seconds),
        stale=_stale(rows, timed, changes),
        update_interval=_interval(rows, timed),
        skew=float(ahead.max()) if len(ahead) else None,
        lag=float(-ahead.max()) if len(ahead) else None,
        source_seconds=float(np.ptp(rows.source[timed])) / SECOND if timed.any() else None,
        without_source_time=int(np.count_nonzero(~timed)),
    )


def _kind(value: Floats, changes: int, distinct: int, rows: int, seconds: float) -> SignalKind:
    if not len(value):
        return SignalKind.NO_GOOD_VALUE
    if not changes:
        long = rows >= LONG_ENOUGH_ROWS or seconds >= LONG_ENOUGH_SECONDS
        return SignalKind.STATIC if long else SignalKind.TOO_SHORT
    if np.isnan(value).any():  # a text that changes names states
        return SignalKind.STATE
    steps = np.diff(value)
    falls = int(np.count_nonzero(steps < 0))
    rises = int(np.count_nonzero(steps > 0))
    if rises >= 3 and falls <= 1 and (not falls or value[-1] < value[0] or rises > 20 * falls):
        return SignalKind.COUNTER
    if distinct <= FEW_STATES and bool((value == np.round(value)).all()):
        return SignalKind.STATE
    return SignalKind.LIVE


def _stale(rows: Rows, timed: NDArray[np.bool_], changes: int) -> bool | None:
    """True where value and source time stood still and that time is old; None where there are too few times.

    A clock that is an hour late but moves is not stale, and neither is a constant that is stamped afresh.
    """
    if np.count_nonzero(timed) < 2:
        return None
    source, receive = rows.source[timed], rows.receive[timed]
    age = float(receive[-1] - source[-1]) / SECOND
    return bool(changes == 0 and source.max() == source.min() and age > STALE_SECONDS)


def _interval(rows: Rows, timed: NDArray[np.bool_]) -> float | None:
    """How often a value is renewed, in seconds: by source times where they move, else by changes seen."""
    source = np.unique(rows.source[timed])
    if len(source) > ENOUGH_CHANGES:
        return float(np.median(np.diff(source))) / SECOND
    times = rows.mono[rows.has][1:][np.diff(rows.key[rows.has]) != 0]
    if len(times) <= ENOUGH_CHANGES:
        return None
    poll = float(np.median(np.diff(rows.mono))) / SECOND
    return _multiple(np.diff(times) / SECOND, poll)


def _multiple(gaps: Floats, poll: float) -> float:
    """The interval whose whole multiples the gaps are: silent updates leave gaps of two, three, … of it."""
    interval = float(np.quantile(gaps, 0.1))
    if interval < 2.5 * poll:  # too near to the poll for multiples to be told apart
        return float(np.median(gaps))
    for _ in range(8):
        counts = np.maximum(1, np.round(gaps / interval))
        interval = float(gaps.sum() / counts.sum())
    return interval
