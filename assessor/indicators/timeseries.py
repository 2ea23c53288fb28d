"""What lay between the looks at a tag, and what nobody saw: stretches, means of whole bins.

Between two looks that are no further apart than a limit a value lay between the two readings (own assumption): a
stretch has a least, a middle and a most. A longer stretch is unseen: never filled in, it only widens an interval.
Times are taken as seconds since an origin, so that no nanosecond is lost in a float.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
SECOND = 10**9
MINUTE, QUARTER = 60, 900
MISSED, SHORTEST, LONGEST = 3, 10.0, 300.0
"""A stretch is unseen when so many usual spacings passed, but never below or above so many seconds. (Own.)"""


class Steps(NamedTuple):
    """Stretches in order, none overlapping, in seconds since `origin`; what the value was in each, at least and
    at most."""

    origin: int
    """ns UTC"""
    begin: Floats
    end: Floats
    low: Floats
    mid: Floats
    high: Floats
    since: float | None = None
    """When it was first looked at, where that was before the first stretch: a row that was not Good is a look."""
    until: float | None = None
    """When it was last looked at, where that was after the last stretch."""

    @property
    def opens(self) -> float:
        """The first look."""
        known = ([] if self.since is None else [self.since]) + self.begin[:1].tolist()
        return min(known, default=0.0)

    @property
    def closes(self) -> float:
        """The last look."""
        known = ([] if self.until is None else [self.until]) + self.end[-1:].tolist()
        return max(known, default=0.0)

    @property
    def window(self) -> tuple[int, int]:
        """The first and the last look: ns UTC."""
        return self.origin + round(self.opens * SECOND), self.origin + round(self.closes * SECOND)

    @property
    def span(self) -> float:
        """Seconds from the first to the last look, seen or not."""
        return self.closes - self.opens

    @property
    def seen(self) -> float:
        """Seconds of it that were seen."""
        return float(np.sum(self.end - self.begin))

    @property
    def most(self) -> float:
        """The highest value met; never below zero."""
        return max(0.0, float(np.max(self.high, initial=0.0)))

    @property
    def least(self) -> float:
        """The lowest value met; never above zero, since what was not seen may have been off."""
        return min(0.0, float(np.min(self.low, initial=0.0)))


class Bins(NamedTuple):
    """Means over bins of the clock that lie wholly between the first and the last look."""

    width: int
    """Seconds; a bin is numbered from 1970 in UTC."""
    number: Times
    whole: NDArray[np.bool_]
    """Was all of it seen?"""
    low: Floats
    """The least mean; what was not seen of a bin counts as off."""
    mid: Floats
    """The mean; NaN where a part was not seen."""
    high: Floats
    """The highest mean; what was not seen of a bin counts as the highest value met anywhere."""


class Total(NamedTuple):
    """An amount that is known between two bounds; `mid` only where nothing is open."""

    low: float
    mid: float | None
    high: float


def clean(at: Times, value: Floats) -> tuple[int, Floats, Floats]:
    """Origin, seconds and values in order of time, whatever their order was; of rows of one moment the mean."""
    known = np.isfinite(value)
    if not known.any():
        return 0, np.empty(0), np.empty(0)
    if known.all() and (np.diff(at) > 0).all():
        return int(at[0]), (at - at[0]) / SECOND, value
    moments, place = np.unique(at[known], return_inverse=True)
    order = np.lexsort((value[known], place))
    sums = np.bincount(place[order], weights=value[known][order])
    origin = int(moments[0])
    return origin, (moments - origin) / SECOND, sums / np.bincount(place)


def spacing(at: Times) -> float:
    """Seconds between two rows, as a rule."""
    apart = np.diff(np.sort(at))
    apart = apart[apart > 0]
    return float(np.median(apart)) / SECOND if len(apart) else 0.0


def limit(usual: float) -> float:
    """How far apart two looks may lie before what lay between them is unseen."""
    return min(max(MISSED * usual, SHORTEST), LONGEST)


def between(at: Times, value: Floats, longest: float) -> Steps:
    """Stretches of a value that was looked at now and then."""
    origin, t, v = clean(at, value)
    kept = np.diff(t) <= longest
    a, b = v[:-1][kept], v[1:][kept]
    return Steps(origin, t[:-1][kept], t[1:][kept], np.minimum(a, b), (a + b) / 2, np.maximum(a, b))


def held(at: Times, value: Floats, stood: Floats, away: Sequence[tuple[int, int]]) -> Steps:
    """Stretches of a value whose changes are reported: each stood so many seconds, not while nobody was there."""
    origin, t, v = clean(at, value)
    known = np.isfinite(value)
    came, end = (at[known] - origin) / SECOND, np.full(len(t), -np.inf)
    np.maximum.at(end, np.searchsorted(t, came), came + stood[known])
    after_it = np.append(t[1:], np.inf)[: len(t)]
    end = np.where(end > after_it - 0.001, after_it, end)
    gone = np.sort(np.array([(begins - origin) / SECOND for begins, _ in away]))
    if len(gone):
        after = np.searchsorted(gone, t, side="left")
        end = np.minimum(end, np.append(gone, np.inf)[after])
    kept = end > t
    return Steps(origin, t[kept], end[kept], v[kept], v[kept], v[kept])


def split(steps: Steps, at: Floats) -> Steps:
    """The same, each stretch cut at these moments (seconds since its origin)."""
    edges = np.unique(np.concatenate((steps.begin, steps.end, at)))
    place = np.searchsorted(steps.begin, edges[:-1], side="right") - 1
    inside = (place >= 0) & (edges[:-1] < np.append(steps.end, -np.inf)[place])
    of = place[inside]
    low, mid, high = (row[of] for row in (steps.low, steps.mid, steps.high))
    return steps._replace(begin=edges[:-1][inside], end=edges[1:][inside], low=low, mid=mid, high=high)


def drawn(steps: Steps) -> Steps:
    """Only what was taken: what was fed back counts as nothing."""
    low, mid, high = (np.maximum(x, 0.0) for x in (steps.low, steps.mid, steps.high))
    return steps._replace(low=low, mid=mid, high=high)


def plus(parts: Sequence[Steps]) -> Steps:
    """The sum of several, over the stretches in which all of them were seen.

    Looked at was what all of them were; where they began or ended further apart than looks may be, what any was.
    """
    origin = min(part.origin for part in parts)
    moved = [part._replace(origin=origin, **_moved(part, origin)) for part in parts]
    edges = np.unique(np.concatenate([x for part in moved for x in (part.begin, part.end)]))
    seen, sums = np.ones(max(len(edges) - 1, 0), dtype=bool), np.zeros((3, max(len(edges) - 1, 0)))
    for part in moved:
        place = np.searchsorted(part.begin, edges[:-1], side="right") - 1
        inside = (place >= 0) & (edges[:-1] < np.append(part.end, -np.inf)[place])
        seen &= inside
        for i, height in enumerate((part.low, part.mid, part.high)):
            sums[i] += np.append(height, 0.0)[np.where(inside, place, -1)]
    opens, closes = [part.opens for part in moved], [part.closes for part in moved]
    alike = max(np.ptp(opens), np.ptp(closes)) <= LONGEST
    since, until = (max(opens), min(closes)) if alike else (min(opens), max(closes))
    low, mid, high = (row[seen] for row in sums)
    return Steps(origin, edges[:-1][seen], edges[1:][seen], low, mid, high, since, until)


def _moved(part: Steps, origin: int) -> dict[str, Any]:
    late = (part.origin - origin) / SECOND
    since, until = (None if x is None else x + late for x in (part.since, part.until))
    return {"begin": part.begin + late, "end": part.end + late, "since": since, "until": until}


def _integral(steps: Steps, height: Floats, edges: Floats) -> Floats:
    """Of a height over time, between each edge and the next. Unseen stretches add nothing."""
    if not len(height):
        return np.zeros(max(len(edges) - 1, 0))
    grown = np.cumsum(height * (steps.end - steps.begin))
    x = np.column_stack((steps.begin, steps.end)).ravel()
    y = np.column_stack((np.append(0.0, grown[:-1]), grown)).ravel()
    found: Floats = np.diff(np.interp(edges, x, y))
    return found


def bins(steps: Steps, width: int) -> Bins:
    """Means over all bins that lie between first and last look."""
    first, last = 0, -1
    if steps.span > 0:
        begin, end = steps.window
        first, last = -(-begin // (width * SECOND)), end // (width * SECOND) - 1
    number = np.arange(first, max(last + 1, first), dtype=np.int64)
    edges = (np.append(number, number[-1:] + 1) * (width * SECOND) - steps.origin) / SECOND
    seen = np.minimum(_integral(steps, np.ones_like(steps.begin), edges), width)
    whole = seen > width - 0.001
    open_ = np.where(whole, 0.0, width - seen)
    low, mid, high = (_integral(steps, x, edges) for x in (steps.low, steps.mid, steps.high))
    return Bins(
        width,
        number,
        whole,
        (low + open_ * steps.least) / width,
        np.where(whole, mid / width, np.nan),
        (high + open_ * steps.most) / width,
    )


def common(parts: Sequence[Bins]) -> list[Bins]:
    """Each cut down to the bins that all of them have."""
    first = max(int(part.number[0]) if len(part.number) else 0 for part in parts)
    after = min(int(part.number[-1]) + 1 if len(part.number) else first for part in parts)
    return [_only(part, (part.number >= first) & (part.number < after)) for part in parts]


def outer(parts: Sequence[Bins]) -> list[Bins]:
    """Each over the bins that any of them has, first to last; what one lacks is not whole, its means NaN."""
    held = [part for part in parts if len(part.number)]
    first = min((int(part.number[0]) for part in held), default=0)
    number = np.arange(first, max((int(part.number[-1]) + 1 for part in held), default=first), dtype=np.int64)
    made = []
    for part in parts:
        place, whole = part.number - first, np.zeros(len(number), dtype=bool)
        columns = np.full((3, len(number)), np.nan)
        whole[place], columns[:, place] = part.whole, (part.low, part.mid, part.high)
        made.append(Bins(part.width, number, whole, *columns))
    return made


def _only(part: Bins, rows: NDArray[np.bool_]) -> Bins:
    low, mid, high = part.low[rows], part.mid[rows], part.high[rows]
    return Bins(part.width, part.number[rows], part.whole[rows], low, mid, high)


def together(parts: Sequence[Bins]) -> Bins:
    """The sum of several, over the bins that all of them have."""
    cut = common(parts)
    whole = np.all(np.stack([part.whole for part in cut]), axis=0)
    columns = np.stack([np.stack((part.low, part.mid, part.high)) for part in cut])
    return Bins(cut[0].width, cut[0].number, whole, *np.sum(columns, axis=0))


def amount(steps: Steps) -> Total:
    """Value × seconds from first to last look. Where a stretch is unseen there are bounds, and no middle."""
    wide = steps.end - steps.begin
    low, mid, high = (float(np.sum(x * wide)) for x in (steps.low, steps.mid, steps.high))
    open_ = max(0.0, steps.span - steps.seen)
    if open_ <= 0.001:
        return Total(low, mid, high)
    return Total(low + open_ * steps.least, None, high + open_ * steps.most)


def ratio(part: Floats, whole: Floats, unseen: int, most: float) -> Total | None:
    """Sum over sum of bins that were seen; `most` is what the ratio may be at all in one of the `unseen` ones.

    An unseen bin may weigh as much as the heaviest that was seen. None where nothing weighs anything.
    """
    above, below = float(np.sum(part)), float(np.sum(whole))
    if below <= 0:
        return None
    more = unseen * float(np.max(whole))
    return Total(above / (below + more), above / below, (above + most * more) / (below + more))
