"""What samples show, tag by tag: figures without judgement, in one pass over sorted columns.

Values are taken from Good rows only; times from rows that are not Bad. Rows may come in any order.

Kinds, first rule that holds: no Good value; too short (under 300 rows and under 300 s) unless three changes
of a value that is no small set of states already show life; static (did not change: frozen, setpoint and
hand-typed cannot be told apart in a short window); counter (rises at least five times and never falls, but
for one reset to a tenth or less); state (at most twelve different whole numbers, flags or texts); live.

Rows of a polled tag come at every look. Of a subscribed one they come on change and, every so often, to confirm:
the distance of its rows is then not how often it was looked at, which the caller has to say (`every`). A status
holds until the next row, but not through a stretch in which none could come (`away`).
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from assessor.domain import BAD, UNCERTAIN, SignalKind, TagFacts, Time
from assessor.facts.rows import NO_TIME, Array, Rows, series, sort

ENOUGH_ROWS, ENOUGH_SECONDS = 300, 300.0
ENOUGH_CHANGES = 30
"""Fewer show no update interval."""
STATES = 12
STALE_AFTER = 60.0
"""Seconds, or ten sampling intervals where that is longer: an older value that does not move is stale."""
LAST_USABLE = (0x408F0000, 0x40900000)
"""UncertainNoCommunicationLastUsable, UncertainLastUsableValue: whatever updated the value has stopped."""
LOCAL_OVERRIDE = 0x00960000
"""GoodLocalOverride: a person typed it in; the machine did not send it."""
ONE_CLOCK = 1_000_000
"""ns between source and server time below which one server read one clock for both: own estimate."""
WHICH = 0xFFFF0000
"""The bits of a status that say which it is (OPC 10000-4, 7.39)."""
FITTED = 2000
"""Changes of one tag that its update interval is taken from: more add nothing."""


class _Runs(NamedTuple):
    """Stretches of equal Good values: where each begins (row), whose it is, and whether it is a change."""

    row: Array
    code: Array
    change: Array


def facts(
    rows: Rows,
    every: Mapping[int, float] | None = None,
    away: Mapping[int, Sequence[tuple[Time, Time]]] | None = None,
) -> dict[int, TagFacts]:
    """Figures of every tag that has rows. `every`: of tags that report changes, seconds between two looks; `away`:
    when (ns UTC) nothing could come of a tag, in order and without overlaps."""
    if len(rows.code) == 0:
        return {}
    runs = _runs(rows)
    columns = _counts(rows) | _values(rows, runs) | _times(rows, _missed(rows, away or {}))
    looks = np.array([(every or {}).get(tag, np.nan) for tag in rows.tags.tolist()], np.float64)
    columns["kind"] = _kinds(columns)
    columns["stale"] = _stale(columns, looks)
    columns["update_interval"] = _update_intervals(rows, runs, columns["changes"], looks)
    shown = {name: columns[name].tolist() for name in TagFacts.model_fields if name != "tag"}
    tags = rows.tags.tolist()
    return {
        tag: TagFacts(tag=tag, **{name: _known(values[i]) for name, values in shown.items()})
        for i, tag in enumerate(tags)
    }


def _known(value: Any) -> Any:
    """None for what was not determined (NaN in a column of floats)."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _runs(rows: Rows) -> _Runs:
    good = np.flatnonzero(rows.good)
    code, key, kind = rows.code[good], rows.key[good], rows.kind[good]
    opens = np.ones(len(good), bool)
    opens[1:] = code[1:] != code[:-1]
    change = np.zeros(len(good), bool)
    change[1:] = (key[1:] != key[:-1]) | (kind[1:] != kind[:-1])
    change &= ~opens
    begins = opens | change
    return _Runs(good[begins], code[begins], change[begins])


def _counts(rows: Rows) -> dict[str, Array]:
    bad = rows.status & BAD != 0
    uncertain = ~bad & (rows.status & UNCERTAIN != 0)
    total = rows.end - rows.begin
    bads, uncertains = _sum(bad, rows), _sum(uncertain, rows)
    without = _sum(rows.source == NO_TIME, rows)
    which = rows.status & WHICH
    timed = (rows.source != NO_TIME) & (rows.server != NO_TIME)
    return {
        "rows": total,
        "good": total - bads - uncertains,
        "uncertain": uncertains,
        "bad": bads,
        "without_source_time": without,
        "server_stamped": _sum(timed & (np.abs(rows.source - rows.server) < ONE_CLOCK), rows),
        "last_usable": _sum(np.isin(which, LAST_USABLE), rows),
        "overridden": _sum(which == LOCAL_OVERRIDE, rows),
    }


def _sum(mask: Array, rows: Rows) -> Array:
    return np.bincount(rows.code[mask], minlength=len(rows.tags))


def _values(rows: Rows, runs: _Runs) -> dict[str, Array]:
    tags = len(rows.tags)
    number = rows.number[runs.row]
    step = np.diff(number, prepend=np.nan)
    rise, fall = runs.change & (step > 0), runs.change & (step < 0)
    before = number - step
    reset = fall & (number >= 0) & (number <= before / 10)
    fraction = np.isfinite(number) & (number != np.floor(number))
    low, high = np.full(tags, np.inf), np.full(tags, -np.inf)
    np.minimum.at(low, runs.code, np.where(np.isnan(number), np.inf, number))
    np.maximum.at(high, runs.code, np.where(np.isnan(number), -np.inf, number))

    def count(mask: Array) -> Array:
        return np.bincount(runs.code[mask], minlength=tags)

    return {
        "changes": count(runs.change),
        "distinct": _distinct(rows, runs),
        "minimum": np.where(np.isinf(low), np.nan, low),
        "maximum": np.where(np.isinf(high), np.nan, high),
        "resets": count(reset),
        "rises": count(rise),
        "falls": count(fall),
        "fractions": count(fraction),
    }


def _distinct(rows: Rows, runs: _Runs) -> Array:
    """Different values of each tag. Texts and numbers that share their bits are kept apart by their kind."""
    apart = rows.key[runs.row] ^ (rows.kind[runs.row].astype(np.int64) << 60)
    edges = np.searchsorted(runs.code, np.arange(len(rows.tags) + 1))
    return np.array([len(np.unique(apart[a:b])) for a, b in itertools.pairwise(edges.tolist())])


def _missed(rows: Rows, away: Mapping[int, Sequence[tuple[Time, Time]]]) -> Array:
    """Between each row and the next one of its tag: ns in which nothing could come."""
    missed = np.zeros(max(len(rows.code) - 1, 0))
    for i, tag in enumerate(rows.tags.tolist()):
        if stretches := away.get(tag):
            here = slice(rows.begin[i], rows.end[i])
            edges = np.array(stretches, np.int64)
            before = np.cumsum(edges[:, 1] - edges[:, 0])
            passed = np.column_stack((before - (edges[:, 1] - edges[:, 0]), before)).ravel()
            zero = rows.receive[rows.begin[i]]
            at = np.interp(rows.receive[here] - zero, edges.ravel() - zero, passed)
            missed[rows.begin[i] : rows.end[i] - 1] = np.diff(at)
    return missed


def _times(rows: Rows, missed: Array) -> dict[str, Array]:
    gap = np.diff(rows.mono, prepend=rows.mono[0])
    gap[rows.begin] = 0
    timed = (rows.source != NO_TIME) & (rows.status & BAD == 0)
    none = _sum(timed, rows) == 0
    missed = np.clip(missed, 0, gap[1:])
    held = np.where((rows.status[:-1] & (BAD | UNCERTAIN)) == 0, gap[1:] - missed, 0)
    source = np.where(timed, rows.source, 0)
    newest = np.maximum.reduceat(source, rows.begin)
    oldest = np.minimum.reduceat(np.where(timed, source, np.iinfo(np.int64).max), rows.begin)
    ahead = np.where(timed, source - rows.receive, NO_TIME)
    skew = np.where(none, np.nan, np.maximum.reduceat(ahead, rows.begin) / 1e9)
    last = rows.receive[rows.end - 1]
    return {
        "first": rows.receive[rows.begin],
        "last": last,
        "seconds": (rows.mono[rows.end - 1] - rows.mono[rows.begin]) / 1e9,
        "good_seconds": np.bincount(rows.code[1:], weights=held, minlength=len(rows.tags)) / 1e9,
        "away_seconds": np.bincount(rows.code[1:], weights=missed, minlength=len(rows.tags)) / 1e9,
        "longest_gap": np.maximum.reduceat(gap, rows.begin) / 1e9,
        "skew": skew,
        "lag": -skew,
        "restamps": _restamps(rows, timed),
        "source_seconds": np.where(none, np.nan, (newest - np.where(none, 0, oldest)) / 1e9),
        "age": np.where(none, np.nan, (last - newest) / 1e9),
    }


def _restamps(rows: Rows, timed: Array) -> Array:
    later = np.diff(rows.source[timed], prepend=0) > 0
    same = np.diff(rows.code[timed], prepend=-1) == 0
    return np.bincount(rows.code[timed][later & same], minlength=len(rows.tags))


def _kinds(columns: dict[str, Array]) -> Array:
    changes, distinct, resets = columns["changes"], columns["distinct"], columns["resets"]
    short = (columns["rows"] < ENOUGH_ROWS) & (columns["seconds"] < ENOUGH_SECONDS)
    few = (columns["fractions"] == 0) & (distinct <= STATES)
    once = (columns["falls"] == resets) & (resets <= 1)
    counts = once & (columns["rises"] >= np.where((resets == 1) & few, 10, 5))
    rules = [
        (distinct == 0, SignalKind.NO_GOOD_VALUE),
        (short & ~few & (changes >= 3), SignalKind.LIVE),
        (short, SignalKind.TOO_SHORT),
        (changes == 0, SignalKind.STATIC),
        (counts, SignalKind.COUNTER),
        (few, SignalKind.STATE),
    ]
    return np.select([r[0] for r in rules], [r[1].value for r in rules], SignalKind.LIVE.value)


def _stale(columns: dict[str, Array], every: Array) -> Array:
    """True: five rows or more, nothing moves, and the source time is old. A late clock that goes on is not; one
    that leapt once does not go on. True as well where the server itself says so, and gave nothing Good."""
    span, moved = columns["seconds"], columns["source_seconds"]
    interval = np.where(np.isnan(every), span / np.maximum(columns["rows"] - 1, 1), every)
    limit = np.maximum(STALE_AFTER, 10 * interval)
    goes = (columns["changes"] > 0) | ((columns["restamps"] > 1) & (moved >= span / 10))
    old = (columns["rows"] >= 5) & (np.fmax(columns["age"], span) > limit)
    stale = np.full(len(span), None, dtype=object)
    stale[old] = True
    stale[goes] = False
    stale[np.isnan(moved)] = None
    stale[(columns["last_usable"] > 0) & (columns["good"] == 0)] = True
    return stale


def _update_intervals(rows: Rows, runs: _Runs, changes: Array, every: Array) -> Array:
    """By source times where they go on with the values, else by the changes that were seen."""
    result = np.full(len(rows.tags), np.nan)
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
        result[i] = _fit(gaps[gaps > 0], poll)
    return result


def _fit(gaps: Array, poll: float) -> float:
    """The longest interval whose whole multiples the gaps are, within one poll; else the median gap.

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
        if interval >= 2.4 * poll and (apart <= 1.05 * poll).mean() >= 0.9:
            return interval
    return float(np.median(gaps))


__all__ = ["facts", "series", "sort"]
