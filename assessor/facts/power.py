"""Running, idle and stopped from power alone: levels by Otsu on log power, pauses bridged within a work cycle.

1. Power is put on an even grid, each value as long as it stood.
2. Otsu (1979) cuts log power into three classes, or two; each cut is moved to the emptiest place between the two
   peaks beside it. A cut stands only where that valley is deep, the levels are a quarter apart, and each was seen
   for a while: one or two levels never become three.
3. A rest shorter than the hold is part of the work. The hold comes from the machine's own cycle, the first peak of
   the autocorrelation of *works or rests*: half as long again as rests within a cycle usually are.
Thresholds are our own. Where they come from and how well they do: docs/method.md, benchmarks/signals.md.
"""

import itertools
from typing import NamedTuple

import numpy as np

from assessor.facts.rows import Array

LONGEST_GRID = 40_000
FLOOR = 0.01
"""Of the highest level: what lies below is off, however small; a logarithm would make much of its noise."""
BINS = 160
SMOOTH = 0.06
"""Width of the kernel that levels are seen through, in logarithms: six per cent."""
VALLEY = 0.3
"""Depth of the valley between two levels, of the lower peak."""
APART = np.log(1.25)
SEEN = 0.005
"""Share of the time that a level must have been seen."""
RISE = 0.3
"""By how much the autocorrelation must rise again for a cycle; rests at random reach it once in twelve."""
SMEARED = 2.0
"""Usual rests over which *works or rests* is averaged first, so that cycles that vary still meet themselves."""
CYCLES = 10
"""How often a cycle must have gone round."""
PASSED = 48
"""A rest of so small a part of the time may belong to a cycle: five minutes of four hours."""
USUAL, MARGIN = 95, 1.5
"""Percentile of the rests within a cycle; the hold is so many times as long."""


class Levels(NamedTuple):
    """What power shows. Seconds; states 0, 1, 2 from the lowest level on, -1 where nothing was seen."""

    step: float
    """Of the grid."""
    states: Array
    raw: Array
    """Before rests were bridged."""
    cuts: tuple[float, ...]
    """In the unit of the power: none, one or two."""
    middles: tuple[float, ...]
    """Median power of each level, one more than cuts."""
    cycle: float | None
    hold: float | None

    def lasted(self, level: int) -> float:
        """Seconds at one level."""
        return float((self.states == level).sum()) * self.step

    def ran(self, hold: float) -> float:
        """Seconds at the highest level if rests up to this long were bridged."""
        return float((bridged(self.raw, round(hold / self.step)) == len(self.cuts)).sum()) * self.step

    def bounds(self, pause: float) -> tuple[float, float]:
        """Least and most seconds of work: by the usual rest and by twice the hold, where each time that work ends
        a rest of it may follow. Without a cycle no rest is bridged, or any up to `pause`."""
        if self.hold is None:
            return self.ran(0.0), self.ran(pause)
        works, ran = self.states == len(self.cuts), self.lasted(len(self.cuts))
        ends = int((works[:-1] & ~works[1:]).sum())
        return min(self.ran(self.hold / MARGIN), ran), max(self.ran(2 * self.hold), ran + ends * self.hold)


def levels(seconds: Array, stood: Array, power: Array) -> Levels | None:
    """Levels of power; None where there is too little to look at. `seconds` rise; `stood`: how long each was."""
    step, grid = _grid(seconds, stood, power)
    seen = np.isfinite(grid)
    if seen.sum() < 2 or grid[seen].max() <= 0:
        return None
    top = float(np.percentile(grid[seen], 99))
    cuts = _cuts(np.log(np.maximum(grid[seen], FLOOR * top if top > 0 else 1e-9)))
    raw = np.where(seen, np.searchsorted(np.exp(cuts), np.nan_to_num(grid), side="right"), -1)
    cycle = _cycle(raw, len(cuts)) if cuts else None
    hold = None if cycle is None else _hold(raw, len(cuts), cycle)
    return Levels(
        step=step,
        states=raw if hold is None else bridged(raw, hold),
        raw=raw,
        cuts=tuple(float(np.exp(cut)) for cut in cuts),
        middles=tuple(float(np.median(grid[raw == k])) for k in range(len(cuts) + 1)),
        cycle=None if cycle is None else cycle * step,
        hold=None if hold is None else hold * step,
    )


def _grid(seconds: Array, stood: Array, power: Array) -> tuple[float, Array]:
    """Power at even distances, NaN where nothing stood."""
    span = float(seconds[-1] + stood[-1] - seconds[0])
    usual = float(np.median(stood[stood > 0])) if (stood > 0).any() else 1.0
    step = max(usual, span / LONGEST_GRID, 1e-3)
    at = seconds[0] + step * np.arange(int(span / step))
    row = np.searchsorted(seconds, at, side="right") - 1
    grid = power[row].astype(np.float64)
    grid[at >= seconds[row] + np.maximum(stood[row], 0)] = np.nan
    return step, grid


class _Seen(NamedTuple):
    """How often each level of log power was seen, also through a kernel."""

    often: Array
    middle: Array
    kernel: Array


def _cuts(x: Array) -> tuple[float, ...]:
    """Cuts of log power that stand: two, one or none."""
    low, high = float(x.min()), float(x.max())
    if high - low < APART:
        return ()
    edges = np.linspace(low, high, BINS + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    kernel = np.exp(-0.5 * ((middle[:, None] - middle) / max(SMOOTH, middle[1] - middle[0])) ** 2)
    seen = _Seen(np.histogram(x, edges)[0], middle, kernel)
    for classes in (3, 2):
        cuts = _split(seen, 0, BINS, classes)
        if len(cuts) == 1:  # a class too small for Otsu may show once the rest is out of the way
            more = [*_split(seen, 0, cuts[0], 2), *_split(seen, cuts[0], BINS, 2)]
            tries = (sorted([*cuts, cut]) for cut in more)
            cuts = next((found for found in tries if _stand(seen, [0, *found, BINS])), cuts)
        if cuts:
            return tuple(float(edges[cut]) for cut in cuts)
    return ()


def _split(seen: _Seen, begin: int, end: int, classes: int) -> list[int]:
    """Bins at which a part of the levels falls into so many classes; none where any of the cuts does not stand."""
    here = slice(begin, end)
    if end - begin < 2 * classes or not seen.often[here].any():
        return []
    bounds = [begin, *(begin + cut for cut in _otsu(seen.often[here], seen.middle[here], classes)), end]
    moved = [_valley(seen, *bounds[k : k + 3]) for k in range(classes - 1)]
    found = [cut for cut in moved if cut is not None]
    return found if len(found) == classes - 1 and _stand(seen, [begin, *found, end]) else []


def _otsu(count: Array, middle: Array, classes: int) -> tuple[int, ...]:
    """First bins of all classes but the lowest: the greatest variance between classes."""
    weight = np.append(0.0, np.cumsum(count))
    moment = np.append(0.0, np.cumsum(count * middle))

    def between(a: Array, b: Array) -> Array:
        w, m = weight[b] - weight[a], moment[b] - moment[a]
        found: Array = np.divide(m * m, w, out=np.zeros_like(m), where=w > 0)
        return found

    k = np.arange(1, len(count))
    first, last = between(np.zeros_like(k), k), between(k, np.full_like(k, len(count)))
    if classes == 2:
        return (int(k[np.argmax(first + last)]),)
    i, j = np.meshgrid(k, k, indexing="ij")
    score = np.where(i < j, first[:, None] + between(i, np.maximum(i, j)) + last[None, :], -np.inf)
    a, b = np.unravel_index(int(np.argmax(score)), score.shape)
    return int(k[a]), int(k[b])


def _valley(seen: _Seen, begin: int, cut: int, end: int) -> int | None:
    """The emptiest bin between the peaks on both sides of a cut; None where it is not empty enough."""
    peaks = [a + int(np.argmax(seen.kernel[a:b, a:b] @ seen.often[a:b])) for a, b in ((begin, cut), (cut, end))]
    dense = seen.kernel[peaks[0] : peaks[1] + 1] @ seen.often
    low = dense.min()
    if low > VALLEY * min(dense[0], dense[-1]):
        return None
    floor = np.flatnonzero(dense <= low * 1.0001 + 1e-9)
    return peaks[0] + int(floor[len(floor) // 2])


def _stand(seen: _Seen, bounds: list[int]) -> bool:
    """Was each level seen for a while, and are they far enough apart?"""
    parts = [slice(a, b) for a, b in itertools.pairwise(bounds)]
    weights = [int(seen.often[part].sum()) for part in parts]
    if min(weights) < max(SEEN * seen.often.sum(), 2):
        return False
    means = [np.average(seen.middle[part], weights=seen.often[part]) for part in parts]
    return bool(np.diff(means).min() >= APART)


def _cycle(raw: Array, top: int) -> int | None:
    """The work cycle in steps: the first clear peak of the autocorrelation of *works or rests*, within stretches
    of work as they look when all short rests are passed over; None where there is none."""
    n = len(raw)
    works, lags = raw == top, n // CYCLES
    short = [end - begin for begin, end in _rests(raw, top) if end - begin <= n // PASSED]
    if lags < 3 or not short:
        return None
    inside = bridged(raw, n // PASSED) == top
    width = max(1, round(SMEARED * float(np.median(short))))
    x = np.convolve(np.where(inside, works - works[inside].mean(), 0.0), np.ones(width) / width, "same")
    x[~inside] = 0
    spectrum, window = np.fft.rfft(x, 2 * n), np.fft.rfft(inside, 2 * n)
    pairs = np.fft.irfft(window * window.conj())[: lags + 1]
    found = np.fft.irfft(spectrum * spectrum.conj())[: lags + 1] / np.maximum(pairs, 1)
    found /= found[0]
    rise = found - np.minimum.accumulate(found)
    best = float(rise.max())
    if best < RISE:
        return None
    peak = np.flatnonzero((rise[1:-1] >= 0.6 * best) & (found[1:-1] >= found[:-2]) & (found[1:-1] >= found[2:]))
    return int(peak[0]) + 1 if len(peak) else None


def _hold(raw: Array, top: int, cycle: int) -> int:
    """How long a rest within the work may be, in steps."""
    rests = _rests(raw, top)
    within = [end - begin for begin, end in rests if end - begin < cycle]
    return min(round(MARGIN * float(np.percentile(within, USUAL))), cycle) if within else 0


def _rests(raw: Array, top: int) -> list[tuple[int, int]]:
    """Stretches between two times of work in which it was seen throughout, and did not work."""
    works = np.flatnonzero(raw == top)
    gaps = np.flatnonzero(np.diff(works) > 1)
    rests = zip(works[gaps] + 1, works[gaps + 1], strict=True)
    blind = np.append(0, np.cumsum(raw < 0))
    return [(int(a), int(b)) for a, b in rests if blind[a] == blind[b]]


def bridged(raw: Array, hold: int) -> Array:
    """States with all rests of at most so many steps counted as work."""
    found = raw.copy()
    top = int(raw.max())
    for begin, end in _rests(raw, top):
        if end - begin <= hold:
            found[begin:end] = top
    return found
