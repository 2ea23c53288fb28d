"""ESTIMATE which level a plant has from few questions, and choose the next one. A pre-check: informs, never rates.

Every plant has an ability θ, counted in levels, and every sub-domain an own deviation from it. A rubric reaches
sentence k, and a requirement of level k degree d, with a probability that grows with θ plus the deviation, as in
`graded_response`. After some answers, draws of all requirements go through the framework's own law, so that the
probabilities of the levels are those of the rating itself. The card is short_form.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from assessor.domain import DEGREES, Ladder
from models.graded_response import DISCRIMINATION, GRID, MIDDLE_LEVEL, OWN, SPREAD

Floats = NDArray[np.float64]
Counts = NDArray[np.int_]
CAP, SURE = 35, 0.90
"""Questions at most, and the probability of a level at which asking stops."""
DRAWS, SEED = 400, 20201011
NODES = ndtri((np.arange(9) + 0.5) / 9) * OWN
"""Deviations of a sub-domain that are told apart, all as likely beforehand."""


@dataclass(frozen=True)
class Item:
    """One question: its sub-domain and the abilities at which each answer above the lowest becomes as likely as
    not."""

    id: str
    group: int
    thresholds: tuple[float, ...]

    @cached_property
    def answers(self) -> Floats:
        """Probability of each answer at every θ and deviation: (grid, deviations, answers)."""
        ability = GRID[:, None, None] + NODES[None, :, None]
        reached = expit(DISCRIMINATION * (ability - np.array(self.thresholds)))
        ones, zeros = np.ones((*reached.shape[:2], 1)), np.zeros((*reached.shape[:2], 1))
        return np.asarray(-np.diff(np.concatenate([ones, reached, zeros], axis=2), axis=2))


class Law(Protocol):
    """What makes a level of a whole questionnaire, for thousands of draws at once."""

    @property
    def items(self) -> tuple[Item, ...]:
        """What it needs an answer to."""

    def levels(self, answers: Counts) -> Counts:
        """The level of every draw; answers: (draw, item), 0 for the lowest."""


@dataclass(frozen=True)
class LadderLaw:
    """A ladder as arrays; `levels` agrees with assessor.rating on every draw."""

    items: tuple[Item, ...]
    matrix: Floats
    """(level, requirement): what each degree adds to A of the level."""
    free: Floats
    """What cells that ask nothing add to A of each level."""
    bands: Floats
    satisfied_at: float
    stops: bool

    @classmethod
    def of(cls, framework: Ladder) -> "LadderLaw":
        """The law under the default weights, nothing cut."""
        weights = next(w for w in framework.weight_sets if w.id == framework.default_weights).weights
        levels = sorted(level.number for level in framework.levels if level.number)
        cells = [(i, d, c) for i, d in enumerate(framework.dimensions) for c in d.cells]
        items = tuple(_requirement(q, i, c.level) for i, _, c in cells for q in c.requirements)
        at = {item.id: column for column, item in enumerate(items)}
        totals = {k: sum(weights[d.id] for _, d, c in cells if c.level == k) or Fraction(1) for k in levels}
        matrix, free = np.zeros((len(levels), len(items))), np.zeros(len(levels))
        for _, dimension, cell in cells:
            share = float(weights[dimension.id] / totals[cell.level])
            row = levels.index(cell.level)
            for question in cell.requirements:
                matrix[row, at[question]] = share / len(cell.requirements)
            free[row] += 0 if cell.requirements else share
        bands = np.array([float(level.from_) for level in framework.levels if level.number])
        stops = bool(framework.stop_rule.value)
        return cls(items, matrix, free, bands, float(framework.satisfied_at), stops)

    def levels(self, answers: Counts) -> Counts:
        """A hair's breadth is no distance to a band: sums of weights are binary here."""
        scores = VALUES[answers] @ self.matrix.T + self.free
        satisfied = scores >= self.satisfied_at - 1e-9
        counted = np.where(satisfied, 1.0, scores)
        if self.stops:
            before = np.hstack([np.ones((len(scores), 1), bool), satisfied[:, :-1]])
            counted = counted * np.cumprod(before, axis=1)
        return np.asarray((counted.sum(axis=1)[:, None] >= self.bands - 1e-9).sum(axis=1))


VALUES = np.array([float(degree) for degree in DEGREES])


def _requirement(question: str, group: int, level: int) -> Item:
    """Of level k, degree d is as likely as not at θ = k - 1 + d."""
    return Item(question, group, tuple(float(level - 1 + degree) for degree in DEGREES[1:]))


@dataclass(frozen=True)
class Bank:
    """What the short form may ask, and the law it asks for."""

    law: Law
    items: tuple[Item, ...]
    """Rubrics first, in the order of the sub-domains, then requirements."""
    groups: int
    top: int

    @classmethod
    def of(cls, framework: Ladder) -> "Bank":
        """The rubrics of the sub-domains and every requirement of a ladder."""
        law = LadderLaw.of(framework)
        top = max(level.number for level in framework.levels)
        thresholds = tuple(float(k) for k in range(1, top + 1))
        rubrics = tuple(Item(d.rubric, i, thresholds) for i, d in enumerate(framework.dimensions))
        return cls(law, rubrics + law.items, len(framework.dimensions), top)

    @cached_property
    def by_id(self) -> dict[str, Item]:
        """Every item by its id."""
        return {item.id: item for item in self.items}

    @cached_property
    def columns(self) -> dict[str, int]:
        """Where the law's items stand in a draw."""
        return {item.id: column for column, item in enumerate(self.law.items)}

    @cached_property
    def thresholds(self) -> Floats:
        """(answer above the lowest, item of the law); beyond an item's last answer none is reached."""
        most = max(len(item.thresholds) for item in self.law.items)
        rows = [[*item.thresholds, *[np.inf] * (most - len(item.thresholds))] for item in self.law.items]
        return np.array(rows).T

    @cached_property
    def at_ability(self) -> Floats:
        """P(level) of a plant at every θ of the grid, before any answer: (grid, level). Seeded."""
        rng = np.random.default_rng(SEED)
        rows = [drawn(self, np.full(200, theta), None, rng) for theta in GRID]
        return np.array([_shares(self.law.levels(answers), self.top) for answers in rows])


Given = Mapping[str, int]
"""Answers so far: item id to the number of the answer, 0 for the lowest."""


@dataclass(frozen=True)
class Belief:
    """What the answers say: of θ, and of each sub-domain's deviation at every θ."""

    ability: Floats
    deviations: Floats
    """(sub-domain, grid, deviation), each summing to 1 over deviations."""

    @classmethod
    def after(cls, bank: Bank, given: Given) -> "Belief":
        log = np.zeros((bank.groups, len(GRID), len(NODES)))
        for id_, answer in given.items():
            item = bank.by_id[id_]
            log[item.group] += np.log(np.maximum(item.answers[:, :, answer], 1e-300))
        peak = log.max(axis=2, keepdims=True)
        weights = np.exp(log - peak)
        total = weights.sum(axis=2, keepdims=True)
        evidence = (np.log(total / len(NODES)) + peak)[:, :, 0].sum(axis=0)
        ability = evidence - 0.5 * ((GRID - MIDDLE_LEVEL) / SPREAD) ** 2
        found = np.exp(ability - ability.max())
        return cls(found / found.sum(), weights / total)


@dataclass(frozen=True)
class State:
    """Where a short form stands after some answers."""

    chances: tuple[float, ...]
    """P(level), from level 0 on."""
    asked: int
    following: str | None
    """The question to ask next; None once asking stops."""

    @property
    def level(self) -> int:
        """The most probable level."""
        return int(np.argmax(self.chances))

    @property
    def reached(self) -> float:
        """Its probability."""
        return max(self.chances)


def state(bank: Bank, given: Given, *, skip: Iterable[str] = (), cap: int = CAP, sure: float = SURE) -> State:
    """The probabilities of the levels, and what to ask next.

    Every sub-domain is asked for its rubric before anything else is; `skip` holds what was asked and not answered.
    Asking stops once a level is `sure`, at the cap, or where nothing is left.
    """
    belief = Belief.after(bank, given)
    told = chances(bank, belief, given)
    out = {*given, *skip}
    heard = {bank.by_id[id_].group for id_ in out}
    unheard = [item for item in bank.items if item.id not in out and item.group not in heard]
    left = unheard or [item for item in bank.items if item.id not in out]
    if len(out) >= cap or not left or (not unheard and max(told) >= sure):
        return State(told, len(out), None)
    return State(told, len(out), max(left, key=lambda item: worth(bank, belief, item)).id)


def worth(bank: Bank, belief: Belief, item: Item) -> float:
    """How much an answer is expected to tell about the level, in nats."""
    likely = np.einsum("gd,gda->ga", belief.deviations[item.group], item.answers) * belief.ability[:, None]
    before = _entropy(belief.ability @ bank.at_ability)
    total = likely.sum(axis=0)
    after = (likely / np.maximum(total, 1e-300)).T @ bank.at_ability
    return float(before - sum(p * _entropy(row) for p, row in zip(total, after, strict=True)))


def chances(bank: Bank, belief: Belief, given: Given) -> tuple[float, ...]:
    """P(level): draws of all answers through the law, those given as they were given. Seeded."""
    rng = np.random.default_rng(SEED)
    index = np.searchsorted(np.cumsum(belief.ability), rng.random(DRAWS))
    index = np.minimum(index, len(GRID) - 1)
    answers = drawn(bank, GRID[index], belief.deviations[:, index], rng)
    for id_, answer in given.items():
        if id_ in bank.columns:
            answers[:, bank.columns[id_]] = answer
    return tuple(float(share) for share in _shares(bank.law.levels(answers), bank.top))


def drawn(bank: Bank, ability: Floats, deviations: Floats | None, rng: np.random.Generator) -> Counts:
    """Answers to everything the law needs, of plants of these abilities: (draw, item).

    `deviations`: (sub-domain, draw, deviation) probabilities; None where all are as likely.
    """
    own = rng.random((bank.groups, len(ability)))
    if deviations is None:
        picked = (own * len(NODES)).astype(int)
    else:
        picked = (own[:, :, None] > np.cumsum(deviations, axis=2)).sum(axis=2)
    deviation = NODES[np.minimum(picked, len(NODES) - 1)].T
    groups = [item.group for item in bank.law.items]
    theta = (ability[:, None] + deviation)[:, groups]
    uniform = rng.random(theta.shape)
    answers = np.zeros(theta.shape, dtype=int)
    for threshold in bank.thresholds:
        answers += uniform < expit(DISCRIMINATION * (theta - threshold))
    return answers


def answered(bank: Bank, values: Mapping[str, Fraction]) -> dict[str, int]:
    """Values of an answer file as numbers of answers, for the items of the bank that have one."""
    scale = {value: i for i, value in enumerate(DEGREES)}
    return {
        id_: scale[value] if id_ in bank.columns else int(value)
        for id_, value in values.items()
        if id_ in bank.by_id
    }


def _shares(levels: Counts, top: int) -> Floats:
    return np.bincount(levels, minlength=top + 1)[: top + 1] / len(levels)


def _entropy(shares: Sequence[float] | Floats) -> float:
    positive = np.asarray(shares)[np.asarray(shares) > 0]
    return float(-(positive * np.log(positive)).sum())
