"""HOW FAR TWO PEOPLE AGREE who graded the same questions, the second without seeing what the first said.

Cohen's weighted kappa: 1 minus the disagreement that was seen over the one to be expected of two people who use
the grades as often and know nothing of the question. Weights are linear: two steps apart count twice one step.
That is how people read a grade, and unlike quadratic weights it does not forgive one step almost wholly (of four
grades a ninth of the worst), which with few pairs makes nearly everything look like agreement. The latter can be
asked for, to compare with what others publish.

The 95 % interval is the large-sample one of Fleiss, Cohen and Everitt, taken around a table to which one pair was
added, spread evenly over all cells, with Student's t in place of the normal. As it stands, and by a bootstrap
(percentile or BCa) likewise, it is far too sure with 10 to 20 pairs; of a table without a difference it says that
nothing is unsure at all. What was measured is in agreement.md, which is the card. It informs, and never rates:
neither an answer nor a person.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Literal

import scipy

from assessor.domain import Message

Weights = Literal["linear", "quadratic"]
Table = tuple[tuple[int, ...], ...]
FEWEST = 10
"""Below so many pairs an interval spans most of what is possible, and no kappa is given."""
SURE = 0.95


@dataclass(frozen=True)
class Agreement:
    """What pairs of grades come to."""

    pairs: int
    same: int
    """Of them so many are the same grade."""
    table: Table
    """How often the first (rows) and the second (columns) gave which grade."""
    kappa: Fraction | None
    low: Fraction | None
    high: Fraction | None
    """To a thousandth, outwards; the value lies between them."""
    why: Message


def agreement(
    pairs: Sequence[tuple[Hashable, Hashable]], grades: Sequence[Hashable], weights: Weights = "linear"
) -> Agreement:
    """How far two people agree. `grades`: the scale, in its order; a pair is (first, second)."""
    at = {grade: i for i, grade in enumerate(grades)}
    counts = [[0] * len(grades) for _ in grades]
    for first, second in pairs:
        counts[at[first]][at[second]] += 1
    table, n = tuple(map(tuple, counts)), len(pairs)
    same = sum(table[i][i] for i in range(len(grades)))
    params: dict[str, str | int] = {"n": n, "fewest": FEWEST}
    if n < FEWEST:
        return Agreement(n, same, table, None, None, None, Message(id="agreement.too_few", params=params))
    value = kappa(table, weights)
    if value is None:
        return Agreement(n, same, table, None, None, None, Message(id="agreement.no_variation", params=params))
    low, high = interval(table, weights)
    return Agreement(
        n, same, table, value, min(low, value), max(high, value), Message(id="agreement.of", params=params)
    )


def apart(i: int, j: int, count: int, weights: Weights) -> Fraction:
    """How far apart two grades of so many are, from 0 to 1."""
    steps = Fraction(abs(i - j), max(count - 1, 1))
    return steps if weights == "linear" else steps**2


def kappa(table: Table, weights: Weights = "linear") -> Fraction | None:
    """Weighted kappa of a table, exact; None where both gave one and the same grade to all of it."""
    k, n = len(table), sum(map(sum, table))
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    cells = [(i, j) for i in range(k) for j in range(k)]
    seen = sum(apart(i, j, k, weights) * table[i][j] for i, j in cells)
    expected = sum(apart(i, j, k, weights) * rows[i] * columns[j] for i, j in cells)
    return None if expected == 0 else 1 - n * seen / expected


def interval(table: Table, weights: Weights = "linear", sure: float = SURE) -> tuple[Fraction, Fraction]:
    """The interval, of 95 % where nothing else is asked, outwards to a thousandth, within -1 and 1."""
    k, n = len(table), sum(map(sum, table)) + 1
    cells = [(i, j) for i in range(k) for j in range(k)]
    p = {(i, j): (table[i][j] + 1 / k**2) / n for i, j in cells}
    agree = {(i, j): 1 - float(apart(i, j, k, weights)) for i, j in cells}
    rows = [sum(p[i, j] for j in range(k)) for i in range(k)]
    columns = [sum(p[i, j] for i in range(k)) for j in range(k)]
    of_row = [sum(agree[i, j] * columns[j] for j in range(k)) for i in range(k)]
    of_column = [sum(agree[i, j] * rows[i] for i in range(k)) for j in range(k)]
    seen, chance = sum(agree[c] * p[c] for c in cells), sum(rows[i] * of_row[i] for i in range(k))
    value = (seen - chance) / (1 - chance)
    spread = sum(p[i, j] * (agree[i, j] - (of_row[i] + of_column[j]) * (1 - value)) ** 2 for i, j in cells)
    spread -= (value - chance * (1 - value)) ** 2
    error = sqrt(max(spread, 0.0) / n) / (1 - chance)
    reach = float(scipy.stats.t.ppf((1 + sure) / 2, n - 2)) * error
    low, high = max(value - reach, -1.0), min(value + reach, 1.0)
    return Fraction(int(low * 1000 // 1), 1000), Fraction(-int(-high * 1000 // 1), 1000)
