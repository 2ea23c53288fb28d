"""How often an interval of weighted kappa holds the truth, with the few pairs that a second rating has.

Simulated pairs of raters: a true grade, drawn evenly or from one of two plants whose grades crowd at the top, and
two people who hear it rightly with a share that is given, else mostly one step off. Four ways to an interval.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import scipy

from models.agreement import Table, Weights, apart, interval

GRADES = 4
TRUE = {"even": (0.25, 0.25, 0.25, 0.25), "high": (0.1, 0.15, 0.25, 0.5), "crowded": (0.05, 0.05, 0.3, 0.6)}
RIGHT = ((0.35, 0.3), (0.55, 0.3), (0.75, 0.3), (0.9, 0.2), (0.97, 0.2))
"""How often a rater hears the truth; of the rest, how much is any grade rather than the next one."""
Draws = np.ndarray[Any, np.dtype[np.float64]]
Ends = tuple[float, float]


@dataclass(frozen=True)
class Covered:
    """What one way came to over all populations."""

    mean: float
    lowest: float
    """In the population where it does worst."""
    width: float


def weights_of(name: Weights) -> Draws:
    cells = [[1 - float(apart(i, j, GRADES, name)) for j in range(GRADES)] for i in range(GRADES)]
    return np.array(cells)


def populations() -> Iterator[Draws]:
    """Chances of every pair of grades."""
    for true in TRUE.values():
        for right, far in RIGHT:
            heard = np.full((GRADES, GRADES), (1 - right) * far / GRADES)
            for t in range(GRADES):
                near = [x for x in (t - 1, t + 1) if 0 <= x < GRADES]
                heard[t, t] += right
                heard[t, near] += (1 - right) * (1 - far) / len(near)
            yield np.einsum("t,ti,tj->ij", np.array(true), heard, heard)


def kappas(p: Draws, agree: Draws) -> Draws:
    """Of one table or many; NaN where it is undefined."""
    chance = np.einsum("...i,ij,...j", p.sum(-1), agree, p.sum(-2))
    with np.errstate(all="ignore"):
        found: Draws = np.where(1 - chance > 1e-12, ((p * agree).sum((-1, -2)) - chance) / (1 - chance), np.nan)
    return found


def plain(counts: Draws, agree: Draws, _: np.random.Generator) -> Ends:
    """Fleiss, Cohen and Everitt as it stands in books."""
    p, n = counts / counts.sum(), counts.sum()
    rows, columns, k = p.sum(1), p.sum(0), float(kappas(p, agree))
    chance = float(rows @ agree @ columns)
    both = (agree @ columns)[:, None] + (rows @ agree)[None, :]
    spread = float((p * (agree - both * (1 - k)) ** 2).sum()) - (k - chance * (1 - k)) ** 2
    reach = 1.96 * sqrt(max(spread, 0) / n) / (1 - chance)
    return k - reach, k + reach


def _drawn(counts: Draws, agree: Draws, rng: np.random.Generator) -> Draws:
    n = int(counts.sum())
    again = rng.multinomial(n, counts.ravel() / n, 1000).reshape(-1, GRADES, GRADES) / n
    found = kappas(again, agree)
    return found[~np.isnan(found)]


def percentile(counts: Draws, agree: Draws, rng: np.random.Generator) -> Ends:
    low, high = np.quantile(_drawn(counts, agree, rng), (0.025, 0.975))
    return float(low), float(high)


def bca(counts: Draws, agree: Draws, rng: np.random.Generator) -> Ends:
    """Bias-corrected and accelerated (Efron)."""
    drawn, k, n = _drawn(counts, agree, rng), float(kappas(counts / counts.sum(), agree)), counts.sum()
    below = float((drawn < k).mean() + 0.5 * (drawn == k).mean())
    bias = float(scipy.stats.norm.ppf(min(max(below, 1e-4), 1 - 1e-4)))
    left, times = [], []
    for i, j in zip(*np.nonzero(counts), strict=True):
        without = counts.copy()
        without[i, j] -= 1
        left.append(float(kappas(without / (n - 1), agree)))
        times.append(counts[i, j])
    held = ~np.isnan(left)
    values, many = np.array(left)[held], np.array(times)[held]
    off = np.average(values, weights=many) - values
    scale = 6 * float((many * off**2).sum()) ** 1.5
    pull = float((many * off**3).sum()) / scale if scale > 0 else 0.0
    ends = [bias + (bias + z) / (1 - pull * (bias + z)) for z in (-1.96, 1.96)]
    low, high = np.quantile(drawn, np.clip(scipy.stats.norm.cdf(ends), 0, 1))
    return float(low), float(high)


def ours(name: Weights) -> Callable[[Draws, Draws, np.random.Generator], Ends]:
    def ends(counts: Draws, agree: Draws, _: np.random.Generator) -> Ends:
        table: Table = tuple(tuple(int(x) for x in row) for row in counts)
        k, (low, high) = float(kappas(counts / counts.sum(), agree)), interval(table, name)
        return min(float(low), k), max(float(high), k)

    return ends


def ways(name: Weights) -> dict[str, Callable[[Draws, Draws, np.random.Generator], Ends]]:
    return {
        "large-sample as it stands": plain,
        "bootstrap, percentile": percentile,
        "bootstrap, BCa": bca,
        "large-sample, one pair spread, t": ours(name),
    }


def coverage(name: Weights, n: int, draws: int, seed: int = 1) -> dict[str, Covered]:
    """Of `draws` tables of n pairs from each population."""
    rng, agree = np.random.default_rng(seed), weights_of(name)
    held: dict[str, list[float]] = {way: [] for way in ways(name)}
    widths: dict[str, list[float]] = {way: [] for way in ways(name)}
    for chances in populations():
        true, hits = float(kappas(chances, agree)), {way: list[bool]() for way in held}
        for _ in range(draws):
            counts = rng.multinomial(n, chances.ravel()).reshape(GRADES, GRADES).astype(float)
            if np.isnan(kappas(counts / n, agree)):
                continue
            for way, ends in ways(name).items():
                low, high = ends(counts, agree, rng)
                hits[way].append(low - 1e-9 <= true <= high + 1e-9)
                widths[way].append(high - low)
        for way, found in hits.items():
            held[way].append(sum(found) / len(found))
    return {way: Covered(float(np.mean(held[way])), min(held[way]), float(np.mean(widths[way]))) for way in held}
