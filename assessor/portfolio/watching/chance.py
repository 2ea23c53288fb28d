"""HOW LIKELY BY CHANCE: bounds that hold without a table, corrected for how often one looks.

The tail of a mean of independent (or drawn without replacement) values in [0, 1] is at most
exp(-n KL(mean, expected)): Hoeffding, J. Am. Stat. Assoc. 58, 1963, theorems 1 and 4; where the expected values
differ, their mean serves. It is an upper bound: the true chance is smaller.
"""

from collections.abc import Sequence
from math import exp, log

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SMALL = 1e-12
SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
MOST = 1e-4
"""Chances above this are written as a decimal."""


def divergence(seen: Floats, expected: Floats) -> Floats:
    """KL of two Bernoulli chances in nats, elementwise; 0 where what was seen is not above what was expected."""
    p, q = np.clip(seen, SMALL, 1 - SMALL), np.clip(expected, SMALL, 1 - SMALL)
    told = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
    return np.asarray(np.where(p > q, told, 0.0))


def bound(seen: float, expected: float, n: float) -> float:
    """Chance of a mean as high as seen, at most."""
    return exp(-n * float(divergence(np.array(seen), np.array(expected))))


def interval(mean: float, n: int, chance: float = 0.05) -> tuple[float, float]:
    """Expected values that the same bound does not exclude: wider than it must be, never too narrow."""
    reach = log(2 / chance) / n

    def edge(low: float, high: float, *, up: bool) -> float:
        for _ in range(60):
            middle = (low + high) / 2
            seen, expected = (1 - mean, 1 - middle) if up else (mean, middle)
            inside = float(divergence(np.array(seen), np.array(expected))) <= reach
            low, high = (middle, high) if inside == up else (low, middle)
        return (low + high) / 2

    return (edge(0.0, mean, up=False) if mean > 0 else 0.0, edge(mean, 1.0, up=True) if mean < 1 else 1.0)


def holm(logs: Sequence[float], tests: int, chance: float) -> list[bool]:
    """Which of these stay significant among so many tests, by Holm's step-down. `logs`: natural logarithms of the
    chances, all others being larger than the largest of them."""
    keep, order = [False] * len(logs), sorted(range(len(logs)), key=lambda i: logs[i])
    for rank, i in enumerate(order):
        if logs[i] > log(chance) - log(max(tests - rank, 1)):
            break
        keep[i] = True
    return keep


def written(log_chance: float) -> str:
    """A chance for people to read: a decimal, or a power of ten rounded upwards."""
    value = exp(max(log_chance, -600.0))
    if value >= MOST:
        return f"{min(value, 1.0):.4f}".rstrip("0").rstrip(".")
    power = -int(-log_chance / log(10) // 1)
    return "10" + str(power).translate(SUPERSCRIPT)
