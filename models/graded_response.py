"""ESTIMATE answers that nobody gave, by a graded response model with expert parameters. Informs, never rates.

One ability θ stands behind all degrees of a plant. A requirement reaches degree d or better with probability
1 / (1 + exp(-a(θ - b))), where b grows with the requirement's level and with d. From the known degrees follow
the probabilities of θ on a grid; from θ, seeded draws of the unknown ones. The card is graded_response.md.
"""

import tomllib
from collections.abc import Iterable, Sequence
from fractions import Fraction
from importlib.resources import files

import numpy as np
import scipy
from numpy.typing import NDArray

from assessor.domain import Evidence, Ladder, Verdict
from assessor.rating import not_applicable

Floats = NDArray[np.float64]
_EXPERT = tomllib.loads(files("models").joinpath("expert.toml").read_text("utf-8"))
SHARPNESS, MIDDLE, SPREAD, OWN, FULL, PER_DEGREE, SENTENCE = (
    float(_EXPERT[name]["value"])
    for name in ("sharpness", "middle", "spread", "own", "full", "per_degree", "sentence")
)
"""Expert parameters, in levels (sharpness: per level). What each means stands beside its value in expert.toml."""
GRID: Floats = np.linspace(MIDDLE - 4 * SPREAD, MIDDLE + 4 * SPREAD, 81)
SILENT = (Verdict.UNTESTED, Verdict.UNUSABLE)


def draws(framework: Ladder, evidence: Iterable[Evidence], count: int, seed: int) -> list[dict[str, Fraction]]:
    """Seeded draws of every degree the framework asks for.

    What a measurement bounds is drawn evenly from the degrees inside its interval; what else is known stays;
    what nobody knows is drawn from the model. Requirements set aside as not applicable are left out.
    """
    by_question = {e.question: e for e in evidence}
    aside = not_applicable(by_question.values(), "verified")
    scale = sorted(framework.degrees)
    asked = {
        q: (cell.level, column)
        for column, dimension in enumerate(framework.dimensions)
        for cell in dimension.cells
        for q in cell.requirements
        if q not in aside
    }
    choices = {q: _choices(by_question.get(q), scale) for q in asked}
    rng = np.random.default_rng(seed)  # only its raw uniform numbers are used: they stay the same for ever
    known = [(asked[q][0], options[0]) for q, options in choices.items() if len(options) == 1]
    abilities = _abilities(posterior(known, scale), rng.random(count))
    own = abilities[:, None] + OWN * scipy.special.ndtri(rng.random((count, len(framework.dimensions))))
    columns: dict[str, list[Fraction]] = {}
    for question, (level, column) in asked.items():
        options, uniform = choices[question], rng.random(count)
        if options:
            picked = (uniform * len(options)).astype(int)
        else:
            options, picked = scale, _picked(own[:, column], level, scale, uniform)
        columns[question] = [options[i] for i in picked]
    return [{question: column[i] for question, column in columns.items()} for i in range(count)]


def posterior(known: Sequence[tuple[int, Fraction]], scale: Sequence[Fraction]) -> Floats:
    """Probabilities of θ on the grid, after (level, degree) of the requirements that are known."""
    log = -0.5 * ((GRID - MIDDLE) / SPREAD) ** 2
    likelihood: dict[tuple[int, int], Floats] = {}
    for level, degree in known:
        index = sum(step <= degree for step in scale) - 1
        if (level, index) not in likelihood:
            at_least = reaches(GRID, level, scale)
            likelihood[level, index] = np.log(at_least[:, index] - at_least[:, index + 1])
        log = log + likelihood[level, index]
    weight = np.exp(log - log.max())
    return np.asarray(weight / weight.sum())


def threshold(level: int, degree: Fraction) -> float:
    """b: the ability at which a requirement of this level is as likely as not to reach this degree."""
    return level + FULL - PER_DEGREE * float(1 - degree)


def reaches(ability: Floats, level: int, scale: Sequence[Fraction]) -> Floats:
    """Probability of each degree or better: 1 for the lowest, and a last column of 0 above the highest.

    With the shipped parameters a plant with θ = k is as likely as not to meet a requirement of level k in full.
    """
    thresholds = np.array([threshold(level, degree) for degree in scale[1:]])
    inner = scipy.special.expit(SHARPNESS * (ability[:, None] - thresholds))
    rows = len(ability)
    return np.hstack([np.ones((rows, 1)), inner, np.zeros((rows, 1))])


def _abilities(probabilities: Floats, uniform: Floats) -> Floats:
    index = np.searchsorted(np.cumsum(probabilities), uniform * probabilities.sum())
    return np.asarray(GRID[np.minimum(index, len(GRID) - 1)])


def _picked(ability: Floats, level: int, scale: Sequence[Fraction], uniform: Floats) -> NDArray[np.int_]:
    """The best degree that is reached: the more demanding, the smaller its probability."""
    return np.asarray((uniform[:, None] < reaches(ability, level, scale)).sum(axis=1) - 1)


def _choices(evidence: Evidence | None, scale: Sequence[Fraction]) -> Sequence[Fraction]:
    """The degrees that are possible, all as likely; none where only the model can say."""
    if evidence is None:
        return []
    low, high = evidence.low, evidence.high
    measured = evidence.verdict not in SILENT and evidence.settlement is None
    if measured and low is not None and high is not None and (low, high) != (scale[0], scale[-1]):
        inside = [degree for degree in scale if low <= degree <= high]
        if inside:
            return inside
    return [] if evidence.verified is None else [evidence.verified]
