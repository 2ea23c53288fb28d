"""ESTIMATE which level a plant has from few questions, and choose the next one. A pre-check: informs, never rates.

Every plant has an ability θ, counted in levels, and every sub-domain an own deviation from it. A sentence of a
rubric, and a degree of a requirement, are reached where θ plus the deviation plus chance exceed a threshold, as in
`graded_response`. After some answers, draws of all other answers go through the framework's own law: the shares of
their levels are P(level), and the question whose answer tells most about the level in these draws is asked next.
The card is short_form.md.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, Protocol

import numpy as np
import scipy
from numpy.typing import NDArray

from assessor.domain import DEGREES, Cut, Ladder
from assessor.rating import rungs
from models.graded_response import GRID, MIDDLE, OWN, SENTENCE, SHARPNESS, SPREAD, threshold

Floats = NDArray[np.float64]
Counts = NDArray[np.integer[Any]]
Given = Mapping[str, int]
"""Answers so far: item id to the number of the answer, 0 for the lowest."""
CAP, SURE = 35, 0.90
"""Questions at most, and the probability of a level at which asking stops."""
DRAWS, SEED = 2000, 20201011
HAIR = 1e-9
"""No distance to a mark or a band: sums of weights are binary here, exact in the rating."""


@cache
def nodes() -> Floats:
    """Deviations of a sub-domain that are told apart: all as likely beforehand, their spread that of the model."""
    even = scipy.special.ndtri((np.arange(9) + 0.5) / 9)
    found: Floats = even / even.std() * OWN
    return found


@dataclass(frozen=True)
class Item:
    """One question: its sub-domain, and the abilities at which each answer but the lowest is as likely as not."""

    id: str
    group: int
    thresholds: tuple[float, ...]

    @property
    def logs(self) -> Floats:
        """Logarithm of the probability of each answer: (grid of θ, deviation, answer)."""
        return _logs(self.thresholds)


@cache
def _logs(thresholds: tuple[float, ...]) -> Floats:
    ability = GRID[:, None, None] + nodes()[None, :, None]
    reached = scipy.special.expit(SHARPNESS * (ability - np.array(thresholds)))
    ends = np.ones((*reached.shape[:2], 1))
    chance = -np.diff(np.concatenate([ends, reached, 0 * ends], axis=2), axis=2)
    return np.asarray(np.log(np.maximum(chance, 1e-300)))


class Law(Protocol):
    """What makes a level of a whole questionnaire, for thousands of draws at once."""

    @property
    def items(self) -> tuple[Item, ...]:
        """What it needs an answer to."""

    @property
    def top(self) -> int:
        """The highest level."""

    def levels(self, answers: Counts) -> Counts:
        """The level of every draw; answers: (draw, item), 0 for the lowest."""


@dataclass(frozen=True)
class LadderLaw:
    """A ladder as arrays, under its default weights; `levels` agrees with assessor.rating on every draw."""

    items: tuple[Item, ...]
    matrix: Floats
    """(level, requirement): what a full degree adds to A of the level."""
    free: Floats
    """What cells that ask nothing add to A of each level."""
    bands: Floats
    """Lowest total score of each level above 0, rising."""
    satisfied_at: float
    stops: bool

    @property
    def top(self) -> int:
        return len(self.bands)

    @classmethod
    def of(cls, framework: Ladder, cuts: Iterable[Cut] = (), aside: Collection[str] = ()) -> "LadderLaw":
        """`aside`: requirements that are not applicable, left out as in the rating."""
        ladder = rungs(framework, cuts, aside)
        group = {dimension.id: i for i, dimension in enumerate(framework.dimensions)}
        asked = {
            q: (level, group[r.dimension]) for level, rs in ladder.items() for r in rs for q in r.requirements
        }
        at = {question: column for column, question in enumerate(asked)}
        matrix, free = np.zeros((len(ladder), len(asked))), np.zeros(len(ladder))
        for row, rung in ((row, rung) for row, rs in enumerate(ladder.values()) for rung in rs):
            for question in rung.requirements:
                matrix[row, at[question]] += float(rung.weight) / len(rung.requirements)
            free[row] += 0 if rung.requirements else float(rung.weight)
        items = tuple(Item(q, i, tuple(threshold(k, d) for d in DEGREES[1:])) for q, (k, i) in asked.items())
        levels = sorted((level for level in framework.levels if level.number), key=lambda level: level.number)
        bands = np.array([float(level.from_) for level in levels])
        return cls(items, matrix, free, bands, float(framework.satisfied_at), bool(framework.stop_rule.value))

    def levels(self, answers: Counts) -> Counts:
        scores = VALUES[answers] @ self.matrix.T + self.free
        satisfied = scores >= self.satisfied_at - HAIR
        counted = np.where(satisfied, 1.0, scores)
        if self.stops:
            before = np.hstack([np.ones((len(scores), 1), bool), satisfied[:, :-1]])
            counted = counted * np.cumprod(before, axis=1)
        return np.asarray((counted.sum(axis=1)[:, None] >= self.bands - HAIR).sum(axis=1))


VALUES: Floats = np.array([float(degree) for degree in DEGREES])


@dataclass(frozen=True)
class Bank:
    """What the short form may ask, and the law it asks for."""

    law: Law
    others: tuple[Item, ...] = ()
    """What may be asked beside what the law needs: rubrics."""

    @classmethod
    def of(cls, framework: Ladder, cuts: Iterable[Cut] = (), aside: Collection[str] = ()) -> "Bank":
        """The rubrics of the sub-domains that count, and every requirement."""
        cuts = tuple(cuts)
        law = LadderLaw.of(framework, cuts, aside)
        out = {cut.dimension for cut in cuts}
        sentences = tuple(k + SENTENCE for k in range(1, law.top + 1))
        return cls(
            law,
            tuple(
                Item(d.rubric, i, sentences)
                for i, d in enumerate(framework.dimensions)
                if d.id not in out and d.rubric and d.rubric not in aside
            ),
        )

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Everything that can be asked; what the law needs comes last."""
        return self.others + self.law.items

    @cached_property
    def columns(self) -> dict[str, int]:
        """Where each item stands among the items."""
        return {item.id: column for column, item in enumerate(self.items)}

    @cached_property
    def groups(self) -> Counts:
        """The sub-domain of every item."""
        return np.array([item.group for item in self.items], dtype=int)

    @cached_property
    def thresholds(self) -> Floats:
        """(answer above the lowest, item); beyond an item's last answer none is reached."""
        most = max(len(item.thresholds) for item in self.items)
        rows = [[*item.thresholds, *[np.inf] * (most - len(item.thresholds))] for item in self.items]
        return np.array(rows).T

    @cached_property
    def uniform(self) -> tuple[Floats, Floats, Floats]:
        """What chance adds to every draw, the same for ever: of θ (in even strata), of deviations, of answers."""
        rng = np.random.default_rng(SEED)  # only its raw uniform numbers are used
        ability = (np.arange(DRAWS) + rng.random(DRAWS)) / DRAWS
        own = rng.random((int(self.groups.max()) + 1, DRAWS))
        return ability, own, scipy.special.logit(rng.random((DRAWS, len(self.items)))) / SHARPNESS


@dataclass(frozen=True)
class Belief:
    """What the answers say: of θ, and of each sub-domain's deviation at every θ."""

    ability: Floats
    """Probabilities on the grid."""
    deviations: Floats
    """(sub-domain, grid, deviation), each summing to 1 over deviations."""

    @classmethod
    def after(cls, bank: Bank, given: Given) -> "Belief":
        """Bayes: sub-domains are independent once θ is known."""
        log = np.zeros((int(bank.groups.max()) + 1, len(GRID), len(nodes())))
        for id_, answer in given.items():
            item = bank.items[bank.columns[id_]]
            log[item.group] += item.logs[:, :, answer]
        peak = log.max(axis=2, keepdims=True)
        weights = np.exp(log - peak)
        total = weights.sum(axis=2, keepdims=True)
        evidence = (np.log(total) + peak)[:, :, 0].sum(axis=0)
        ability = evidence - 0.5 * ((GRID - MIDDLE) / SPREAD) ** 2
        found = np.exp(ability - ability.max())
        return cls(found / found.sum(), weights / total)

    @property
    def abilities(self) -> Floats:
        """Expected θ plus deviation of every sub-domain."""
        own = GRID[None, :] + self.deviations @ nodes()
        return np.asarray(own @ self.ability)


@dataclass(frozen=True)
class State:
    """Where a short form stands after some answers."""

    chances: tuple[float, ...]
    """P(level), from level 0 on."""
    asked: int
    """How many questions were asked, those without an answer included."""
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


def state(bank: Bank, given: Given, *, skip: Collection[str] = (), cap: int = CAP, sure: float = SURE) -> State:
    """P(level), and what to ask next.

    Every sub-domain is asked something before any is asked a second time; `skip` holds what was asked and not
    answered. Asking stops once a level is `sure`, at the cap, or where nothing is left.
    """
    answers = drawn(bank, Belief.after(bank, given), given)
    levels = bank.law.levels(answers[:, len(bank.others) :])
    chances = tuple(float(share) for share in np.bincount(levels, minlength=bank.law.top + 1) / len(levels))
    out = {*given, *skip}
    heard = {item.group for item in bank.items if item.id in out}
    left = [column for column, item in enumerate(bank.items) if item.id not in out]
    unheard = [column for column in left if bank.items[column].group not in heard]
    if len(out) >= cap or not left or (not unheard and max(chances) >= sure):
        return State(chances, len(out), None)
    candidates = unheard or left
    best = candidates[int(np.argmax(told(answers[:, candidates], levels)))]
    return State(chances, len(out), bank.items[best].id)


def drawn(bank: Bank, belief: Belief, given: Given) -> Counts:
    """Seeded draws of all answers, those given as they were given: (draw, item)."""
    ability, own, noise = bank.uniform
    index = np.minimum(np.searchsorted(np.cumsum(belief.ability), ability), len(GRID) - 1)
    upto = np.cumsum(belief.deviations, axis=2)[:, index, :-1]
    theta = GRID[index] + nodes()[(own[:, :, None] > upto).sum(axis=2)]
    shown = theta.T[:, bank.groups] - noise
    answers = np.zeros(shown.shape, dtype=np.int8)
    for thresholds in bank.thresholds:
        answers += shown > thresholds
    for id_, answer in given.items():
        answers[:, bank.columns[id_]] = answer
    return answers


def told(answers: Counts, levels: Counts) -> Floats:
    """How much each answer tells about the level in these draws: their mutual information, in nats."""
    draws, items = answers.shape
    most, tops = int(answers.max()) + 1, int(levels.max()) + 1
    cells = (np.arange(items, dtype=np.int32) * most + answers) * tops + levels[:, None].astype(np.int32)
    joint = np.bincount(cells.ravel(), minlength=items * most * tops).reshape(items, most, tops) / draws
    return _entropy(joint.sum(axis=1)) + _entropy(joint.sum(axis=2)) - _entropy(joint.reshape(items, -1))


def _entropy(shares: Floats) -> Floats:
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return np.asarray(-(shares * logs).sum(axis=1))


def answered(bank: Bank, values: Mapping[str, Fraction]) -> dict[str, int]:
    """Values of an answer file as numbers of answers, for the items of the bank that have one."""
    scale = {value: i for i, value in enumerate(DEGREES)}
    rubrics = {item.id for item in bank.others}
    return {
        id_: int(value) if id_ in rubrics else scale[value] for id_, value in values.items() if id_ in bank.columns
    }
