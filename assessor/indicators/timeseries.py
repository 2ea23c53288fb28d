"""What lay between the looks at a tag, and what nobody saw: stretches, means of whole bins, counter differences.

Between two looks that are no further apart than a limit a value lay between the two readings (own assumption): a
stretch has a least, a middle and a most. A longer stretch is unseen: never filled in, it only widens an interval.
Times are taken as seconds since an origin, so that no nanosecond is lost in a float.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
SECOND = 10**9
MINUTE, QUARTER = 60, 900
MISSED, SHORTEST, LONGEST = 3, 10.0, 300.0
"""A stretch is unseen when so many usual spacings passed, but never below or above so many seconds. (Own.)"""
RESET = 10
"""A counter that falls to a tenth or less was reset, as in TagFacts; one that falls otherwise is none."""


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

    @property
    def span(self) -> float:
        """Seconds from the first to the last look, seen or not."""
        return float(self.end[-1] - self.begin[0]) if len(self.end) else 0.0

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


def _clean(at: Times, value: Floats) -> tuple[int, Floats, Floats]:
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
    origin, t, v = _clean(at, value)
    kept = np.diff(t) <= longest
    a, b = v[:-1][kept], v[1:][kept]
    return Steps(origin, t[:-1][kept], t[1:][kept], np.minimum(a, b), (a + b) / 2, np.maximum(a, b))


def held(at: Times, value: Floats, until: int, away: Sequence[tuple[int, int]]) -> Steps:
    """Stretches of a value whose changes are reported: it holds until the next row, or until nobody was there."""
    origin, t, v = _clean(at, value)
    end = np.append(t[1:], max((until - origin) / SECOND, t[-1])) if len(t) else t
    gone = np.sort(np.array([(begins - origin) / SECOND for begins, _ in away]))
    if len(gone):
        after = np.searchsorted(gone, t, side="left")
        end = np.minimum(end, np.append(gone, np.inf)[after])
    kept = end > t
    return Steps(origin, t[kept], end[kept], v[kept], v[kept], v[kept])


def rates(at: Times, value: Floats, longest: float) -> Steps:
    """What a counter of kWh says of power, in kW; unseen where it fell or was read too seldom."""
    origin, t, v = _clean(at, value)
    apart, rise = np.diff(t), np.diff(v)
    kept = (rise >= 0) & (apart <= longest)
    kw = rise[kept] / apart[kept] * 3600
    return Steps(origin, t[:-1][kept], t[1:][kept], kw, kw, kw)


def drawn(steps: Steps) -> Steps:
    """Only what was taken: what was fed back counts as nothing."""
    low, mid, high = (np.maximum(x, 0.0) for x in (steps.low, steps.mid, steps.high))
    return steps._replace(low=low, mid=mid, high=high)


def plus(parts: Sequence[Steps]) -> Steps:
    """The sum of several, over the stretches in which all of them were seen."""
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
    return Steps(origin, edges[:-1][seen], edges[1:][seen], *(row[seen] for row in sums))


def _moved(part: Steps, origin: int) -> dict[str, Floats]:
    late = (part.origin - origin) / SECOND
    return {"begin": part.begin + late, "end": part.end + late}


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
    if len(steps.end):
        begin, end = (steps.origin + round(s * SECOND) for s in (float(steps.begin[0]), float(steps.end[-1])))
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


def smallest(value: Floats) -> float:
    """The smallest step that a counter was seen to make: its resolution is at most that; 0 where it made none."""
    rise = np.diff(np.unique(value[np.isfinite(value)]))
    return float(np.min(rise)) if len(rise) else 0.0


def difference(at: Times, value: Floats) -> Total | None:
    """What a counter advanced by, give or take the smallest step that it was seen to make.

    A reset leaves open what was counted between the two readings about it: at least nothing, at most what the
    fastest advance seen would have given. None where it never advanced (its resolution is then unknown), fell
    without a reset, or went below zero.
    """
    _, t, v = _clean(at, value)
    rise, apart = np.diff(v), np.diff(t)
    up, down = rise > 0, rise < 0
    reset = down & (v[1:] * RESET <= v[:-1])
    if not up.any() or (v < 0).any() or (down & ~reset).any():
        return None
    step, total = float(np.min(rise[up])), float(np.sum(rise[up]))
    if not reset.any():
        return Total(max(0.0, total - step), total, total + step)
    moved = np.flatnonzero(up | reset)
    since = np.diff(t[moved + 1])
    fast = rise[moved][1:][up[moved][1:]] / since[up[moved][1:]]
    if not len(fast):
        return None
    lost = float(np.sum(apart[reset])) * float(np.max(fast))
    return Total(max(0.0, total - step), None, total + step + lost)
