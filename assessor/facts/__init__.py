"""What samples show, tag by tag: figures without judgement, in one pass over sorted columns.

Values are taken from Good rows only; times from rows that are not Bad. Rows may come in any order. What a signal
did is told by the rules of `kinds`, how often it is renewed by `intervals`, what a machine did by `states`.

Rows of a polled tag come at every look. Of a subscribed one they come on change and, every so often, to confirm:
the distance of its rows is then not how often it was looked at, which the caller has to say (`every`). A status
holds until the next row, but not through a stretch in which none could come (`away`).
"""

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from assessor.domain import BAD, UNCERTAIN, TagFacts
from assessor.facts.intervals import update_intervals
from assessor.facts.kinds import kinds, typed
from assessor.facts.rows import NO_TIME, Array, Away, Rows, missed, parts, series, sort
from assessor.facts.runs import Runs, counted, runs_of
from assessor.facts.states import machine_states

STALE_AFTER = 60.0
"""Seconds, or ten sampling intervals where that is longer: an older value that does not move is stale."""
LAST_USABLE = (0x408F0000, 0x40900000)
"""UncertainNoCommunicationLastUsable, UncertainLastUsableValue: whatever updated the value has stopped."""
LOCAL_OVERRIDE = 0x00960000
"""GoodLocalOverride: a person typed it in; the machine did not send it."""
WHICH = 0xFFFF0000
"""The bits of a status that say which it is (OPC 10000-4, 7.39)."""


def facts(
    rows: Rows,
    every: Mapping[int, float] | None = None,
    away: Away | None = None,
    measured: Collection[int] = (),
) -> dict[int, TagFacts]:
    """Figures of every tag that has rows. `every`: of tags that report changes, seconds between two looks; `away`:
    when (ns UTC) nothing could come of a tag; `measured`: tags that somebody vouches for as measured values."""
    found: dict[int, TagFacts] = {}
    if len(rows.code):
        for part in parts(rows):
            found |= _facts(part, every or {}, away or {}, frozenset(measured))
    return found


def _facts(rows: Rows, every: Mapping[int, float], away: Away, measured: Collection[int]) -> dict[int, TagFacts]:
    runs, tags = runs_of(rows), rows.tags.tolist()
    columns = _counts(rows) | _values(rows, runs) | _times(rows, _missed(rows, away))
    looks = np.array([every.get(tag, np.nan) for tag in tags], np.float64)
    columns["stale"] = _stale(columns, looks)
    columns["stood"] = _stood(rows, runs)
    columns["kind"] = kinds(rows, runs, columns, np.array([tag in measured for tag in tags], bool))
    columns["typed"] = typed(rows, runs, columns)
    columns["update_interval"], columns["update_hidden"] = update_intervals(rows, runs, columns["changes"], looks)
    shown = {name: columns[name].tolist() for name in TagFacts.model_fields if name != "tag"}
    return {
        tag: TagFacts(tag=tag, **{name: _known(values[i]) for name, values in shown.items()})
        for i, tag in enumerate(tags)
    }


def _known(value: Any) -> Any:
    """None for what was not determined (NaN in a column of floats)."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _counts(rows: Rows) -> dict[str, Array]:
    bad = rows.status & BAD != 0
    uncertain = ~bad & (rows.status & UNCERTAIN != 0)
    total = rows.end - rows.begin
    bads, uncertains = _sum(bad, rows), _sum(uncertain, rows)
    which = rows.status & WHICH
    usable = (which == LAST_USABLE[0]) | (which == LAST_USABLE[1])
    return {
        "rows": total,
        "good": total - bads - uncertains,
        "uncertain": uncertains,
        "bad": bads,
        "without_source_time": _sum(rows.source == NO_TIME, rows),
        "server_stamped": _sum(rows.stamped, rows),
        "last_usable": _sum(usable, rows),
        "ended": usable[rows.end - 1],
        "overridden": _sum(which == LOCAL_OVERRIDE, rows),
    }


def _sum(mask: Array, rows: Rows) -> Array:
    """Of how many rows of each tag it holds."""
    return counted(mask, rows.begin, rows.end)


def _values(rows: Rows, runs: Runs) -> dict[str, Array]:
    tags, number = len(rows.tags), runs.number
    step = np.diff(number, prepend=np.nan)
    rise, fall = runs.change & (step > 0), runs.change & (step < 0)
    reset = fall.copy()
    falls = np.flatnonzero(fall)
    reset[falls] = (number[falls] >= 0) & (number[falls] <= (number[falls] - step[falls]) / 10)
    fraction = number != np.floor(number)
    if (unknown := np.isnan(number)).any():
        fraction &= ~unknown

    def of(found: Array, default: float) -> Array:
        column = np.full(tags, default, found.dtype)
        column[runs.present] = found
        return column

    def count(mask: Array) -> Array:
        return of(counted(mask, runs.first, runs.end), 0)

    some = len(number) > 0
    return {
        "changes": of(runs.lengths - 1, 0),
        "distinct": _distinct(rows, runs),
        "minimum": of(np.fmin.reduceat(number, runs.first) if some else number, np.nan),
        "maximum": of(np.fmax.reduceat(number, runs.first) if some else number, np.nan),
        "resets": count(reset),
        "rises": count(rise),
        "falls": count(fall),
        "fractions": count(fraction),
    }


def _distinct(rows: Rows, runs: Runs) -> Array:
    """Different values of each tag. Texts and numbers that share their bits are kept apart by their kind."""
    apart = rows.key[runs.row] ^ (rows.kind[runs.row].astype(np.int64) << 60)
    found = np.zeros(len(rows.tags), np.int64)
    for tag, a, b in zip(runs.present.tolist(), runs.first.tolist(), runs.end.tolist(), strict=True):
        mine = apart[a:b]
        mine.sort()
        found[tag] = 1 + np.count_nonzero(mine[1:] != mine[:-1])
    return found


def _stood(rows: Rows, runs: Runs) -> Array:
    """Seconds from the beginning of the last value to the last Good row."""
    stood = np.full(len(rows.tags), np.nan)
    begun = rows.mono[runs.row[runs.first + runs.lengths - 1]]
    stood[runs.present] = (rows.mono[runs.last] - begun) / 1e9
    return stood


def _missed(rows: Rows, away: Away) -> Array | None:
    """Between each row and the next one of its tag: ns in which nothing could come; None where that never was."""
    if not away:
        return None
    found = np.zeros(max(len(rows.code) - 1, 0))
    for i, tag in enumerate(rows.tags.tolist()):
        if stretches := away.get(tag):
            here = slice(rows.begin[i], rows.end[i])
            found[rows.begin[i] : rows.end[i] - 1] = missed(rows.receive[here], stretches)
    return found


def _times(rows: Rows, gone: Array | None) -> dict[str, Array]:
    gap = np.diff(rows.mono, prepend=rows.mono[:1])
    gap[rows.begin] = 0
    timed = (rows.source != NO_TIME) & (rows.status & BAD == 0)
    none = _sum(timed, rows) == 0
    oldest, newest, ahead = _source(rows, timed)
    skew = np.where(none, np.nan, ahead / 1e9)
    last = rows.receive[rows.end - 1]
    good, away = _held(rows, gap, gone)
    return {
        "first": rows.receive[rows.begin],
        "last": last,
        "seconds": (rows.mono[rows.end - 1] - rows.mono[rows.begin]) / 1e9,
        "good_seconds": good,
        "away_seconds": away,
        "longest_gap": np.maximum.reduceat(gap, rows.begin) / 1e9,
        "skew": skew,
        "lag": -skew,
        "restamps": _restamps(rows, timed),
        "source_seconds": np.where(none, np.nan, (newest - oldest) / 1e9),
        "age": np.where(none, np.nan, (last - newest) / 1e9),
    }


def _source(rows: Rows, timed: Array) -> tuple[Array, Array, Array]:
    """Of each tag the oldest and newest source time and the greatest one less receive time, ns; where it has none
    they mean nothing."""
    ahead = rows.source - rows.receive
    oldest = newest = rows.source
    if not timed.all():
        ahead[~timed] = NO_TIME
        newest = np.where(timed, rows.source, NO_TIME)
        oldest = np.where(timed, rows.source, np.iinfo(np.int64).max)
    return (
        np.minimum.reduceat(oldest, rows.begin),
        np.maximum.reduceat(newest, rows.begin),
        np.maximum.reduceat(ahead, rows.begin),
    )


def _held(rows: Rows, gap: Array, gone: Array | None) -> tuple[Array, Array]:
    """Seconds in which a Good row was the latest and more could have come, and seconds in which nothing could."""
    not_good = np.flatnonzero(rows.status[:-1] & (BAD | UNCERTAIN)) + 1
    missed_ = None if gone is None else np.append(0, np.clip(gone, 0, gap[1:]))
    held = gap.copy() if missed_ is None else gap - missed_
    held[not_good] = 0
    away = np.zeros(len(rows.tags)) if missed_ is None else np.add.reduceat(missed_, rows.begin) / 1e9
    return np.add.reduceat(held, rows.begin) / 1e9, away


def _restamps(rows: Rows, timed: Array) -> Array:
    """How often a source time is later than the last one that the tag gave."""
    later = np.zeros(len(timed), bool)
    if timed.all():
        later[1:] = rows.source[1:] > rows.source[:-1]
        later[rows.begin] = False
        return _sum(later, rows)
    at = np.flatnonzero(timed)
    source, code = rows.source[at], rows.code[at]
    later[at[1:]] = (source[1:] > source[:-1]) & (code[1:] == code[:-1])
    return _sum(later, rows)


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


__all__ = ["facts", "machine_states", "series", "sort"]
