"""How far the answers of every two factories agree, and how far chance and their levels would have them agree.

Expected of a pair at a question: the chance that two factories give the same grade, each by how high it stands in
that topic and by how hard the question is. What level and profile explain is thus no sign of copying. Three matrix
products a block (12.5 million pairs of 5,000 factories in seconds); memory is bounded by the block.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from assessor.portfolio.watching.case import Case
from assessor.portfolio.watching.chance import SMALL, Floats, divergence

GRADES = ("0", "0.5", "0.8", "1")
BLOCK, CHUNK = 400, 4_000
"""Factories against all others at a time, and pairs one by one: some 40 MB at 5,000."""
TURNS, STEPS, HIGHEST = 12, 2, 8.0
"""Turns of fitting, Newton's steps in each, and the height of a factory all of whose answers are the best."""
PRIOR, SOFT = 1.0, 0.05
"""Answers added to a question's, spread over its grades; and what keeps a quotient away from nothing."""
SAMPLE = 40_000
"""Pairs that the spread between honest factories is read from; all of them where there are fewer."""
Small = NDArray[np.float32]


@dataclass(frozen=True)
class Forms:
    """The answers of all factories as matrices of (factory, question × grade), and of (factory, question)."""

    chosen: Small
    """1 where the grade was given"""
    usual: Small
    """How likely each grade was for this factory; 0 where it gave none."""
    answered: Small
    owners: NDArray[np.int64]
    """Which legal person each row is of."""

    @classmethod
    def of(cls, cases: Sequence[Case], topics: Mapping[str, str]) -> "Forms":
        """`topics`: of each question."""
        questions = sorted({q for case in cases for q, g in case.answers.items() if g in GRADES and q in topics})
        column, grade = {q: i for i, q in enumerate(questions)}, {g: i for i, g in enumerate(GRADES)}
        given = np.full((len(cases), len(questions)), -1, dtype=np.int8)
        for row, case in enumerate(cases):
            for q, value in case.answers.items():
                if q in column and value in grade:
                    given[row, column[q]] = grade[value]
        names = sorted(set(topics[q] for q in questions))
        topic = np.array([names.index(topics[q]) for q in questions], dtype=int)
        owners = {name: i for i, name in enumerate(sorted({c.factory for c in cases}))}
        chosen = (given[:, :, None] == np.arange(len(GRADES))).astype(np.float32)
        usual = _usual(given, chosen, topic)
        flat = (len(cases), len(questions) * len(GRADES))
        return cls(
            chosen.reshape(flat),
            usual.reshape(flat).astype(np.float32),
            (given >= 0).astype(np.float32),
            np.array([owners[c.factory] for c in cases], dtype=np.int64),
        )

    def counts(self, rows: slice, columns: slice) -> tuple[Floats, Floats, Floats]:
        """Of each pair: questions that both answered, the same answers, and those to be expected."""
        n = self.answered[rows] @ self.answered[columns].T
        same = self.chosen[rows] @ self.chosen[columns].T
        usual = self.usual[rows] @ self.usual[columns].T
        return n.astype(float), same.astype(float), usual.astype(float)


def _usual(given: NDArray[np.int8], chosen: Small, topic: NDArray[np.int64]) -> Floats:
    """How likely each grade is for each factory at each question: ln P = easiness of the grade + height · steps +
    own use of the grade, less what makes it 1 (the partial credit model of Masters, Psychometrika 47, 1982, with a
    factory's way of using the scale).

    Heights give each factory its own sum of steps in each topic, easinesses each question its own use of grades,
    and the third each factory its own: who answers by yes or no alone is like others who do.
    """
    said, taken = given >= 0, chosen.astype(float)
    easy = np.log(taken.sum(axis=0) + PRIOR / len(GRADES))
    height = np.zeros((len(given), int(topic.max(initial=-1)) + 1))
    style, own = np.zeros((len(given), 1, len(GRADES))), taken.sum(axis=1)
    usual = np.zeros(chosen.shape)
    for _ in range(TURNS):
        for one in range(height.shape[1]):
            held = np.flatnonzero(topic == one)
            base = easy[None, held] + style
            height[:, one] = _heights(base, said[:, held], taken[:, held], height[:, one])
            usual[:, held] = _chances(base, height[:, one], said[:, held])
        style += np.log((own + SOFT) / (usual.sum(axis=1) + SOFT))[:, None, :]
        easy += np.log((taken.sum(axis=0) + SOFT) / (usual.sum(axis=0) + SOFT))
    return usual


def _heights(base: Floats, said: NDArray[np.bool_], taken: Floats, height: Floats) -> Floats:
    """By Newton's steps: the sum of steps to be expected of each factory becomes its own."""
    step = np.arange(len(GRADES), dtype=float)
    target = (taken @ step).sum(axis=1)
    for _ in range(STEPS):
        usual = _chances(base, height, said)
        mean = usual @ step
        slope = np.maximum((usual @ step**2 - mean**2).sum(axis=1), SOFT)
        move = np.clip((target - mean.sum(axis=1)) / slope, -1, 1)
        height = np.clip(height + move, -HIGHEST, HIGHEST)
    return height


def _chances(base: Floats, height: Floats, said: NDArray[np.bool_]) -> Floats:
    logs = base + height[:, None, None] * np.arange(len(GRADES))
    weight = np.exp(logs - logs.max(axis=2, keepdims=True))
    return np.asarray(weight / weight.sum(axis=2, keepdims=True) * said[:, :, None])


@dataclass(frozen=True)
class Spread:
    """How far honest pairs lie from what is expected, in standard deviations: read from the portfolio itself."""

    middle: float
    """Above 0: pairs agree more than levels explain, throughout."""
    factor: float
    """Variance over that of independent answers; never below 1."""

    def logs(self, n: Floats, same: Floats, usual: Floats) -> tuple[Floats, Floats]:
        """Natural logarithm of the chance of so many same answers, at most; and the count that was expected.

        Answers of one factory hang together: `n` of them tell as much as n / factor independent ones.
        """
        many = np.maximum(n, 1)
        rate = np.clip(usual / many, SMALL, 1 - SMALL)
        rate = np.clip(rate + self.middle * np.sqrt(rate * (1 - rate) / many), SMALL, 1 - SMALL)
        return -many / self.factor * divergence(same / many, rate), rate * many


def spread(forms: Forms, least: int, seed: int) -> Spread:
    """From a seeded sample of pairs: the middle one, and how far the upper 5 of 100 lie from it."""
    rng, count = np.random.default_rng(seed), len(forms.owners)
    i, j = np.triu_indices(count, 1) if count**2 <= SAMPLE else rng.integers(0, count, (2, SAMPLE))
    i, j = i[forms.owners[i] != forms.owners[j]], j[forms.owners[i] != forms.owners[j]]
    found = []
    for part in range(0, len(i), CHUNK):
        a, b = i[part : part + CHUNK], j[part : part + CHUNK]
        n = (forms.answered[a] * forms.answered[b]).sum(axis=1, dtype=float)
        same = (forms.chosen[a] * forms.chosen[b]).sum(axis=1, dtype=float)
        usual = (forms.usual[a] * forms.usual[b]).sum(axis=1, dtype=float)
        keep = n >= least
        rate = np.clip(usual[keep] / n[keep], SMALL, 1 - SMALL)
        found.append((same[keep] - usual[keep]) / np.sqrt(n[keep] * rate * (1 - rate)))
    z = np.concatenate(found) if found else np.zeros(0)
    if not len(z):
        return Spread(0.0, 1.0)
    middle, upper = np.quantile(z, [0.5, 0.95])
    return Spread(max(0.0, float(middle)), max(1.0, float((upper - middle) / 1.6449) ** 2))


def pairs(
    forms: Forms, wide: Spread, least: int, chance: float
) -> Iterator[tuple[int, list[tuple[int, int, int, int, float, float]]]]:
    """Block by block: how many pairs were held against one another, and those whose chance is below what a first
    step of Holm's over all pairs would allow, with (row, row, questions, same, expected, log chance)."""
    count = len(forms.owners)
    most = log(chance) - log(max(count * (count - 1) / 2, 1)) + log(10)  # looser: Holm decides among what is left
    for start in range(0, count, BLOCK):
        rows, columns = slice(start, min(start + BLOCK, count)), slice(start, count)
        n, same, usual = forms.counts(rows, columns)
        held = n >= least
        held &= forms.owners[rows, None] != forms.owners[None, columns]
        held &= np.arange(n.shape[0])[:, None] < np.arange(n.shape[1])[None, :]
        logs, expected = wide.logs(n, same, usual)
        at = np.argwhere(held & (logs <= most))
        yield (
            int(held.sum()),
            [
                (
                    start + int(i),
                    start + int(j),
                    int(n[i, j]),
                    int(same[i, j]),
                    float(expected[i, j]),
                    float(logs[i, j]),
                )
                for i, j in at
            ],
        )
