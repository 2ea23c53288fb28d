"""ASSESSORS FAR FROM THE REST: whose assessments lie above or below those of like factories, beyond chance.

A residual is what one assessment lies above the mean of its industry and size (the wider group where that is too
small). Whether an assessor's mean is far is asked by permutation: who assessed whom is shuffled within the groups,
and the farthest of all assessors is taken each time (Westfall and Young, Resampling-Based Multiple Testing, 1993),
which corrects for their number. What is shown is shrunk towards none by how much assessors differ at all.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assessor.domain.watching import AssessorLimits
from assessor.portfolio.watching.case import Case, Funnel, Part, Point, Query, newest, query, told
from assessor.portfolio.watching.chance import Floats

Measure = Literal["told", "level"]
USUAL = 1.96


@dataclass(frozen=True)
class Field:
    """Residuals of all assessments that one measure is known of, in groups of like factories."""

    cases: list[Case]
    residuals: Floats
    groups: NDArray[np.int64]
    names: list[str]
    """Assessors with enough assessments."""
    who: NDArray[np.int64]
    what: NDArray[np.int64]
    """Pairs of an assessor of `names` and an assessment."""
    few: int

    @property
    def counts(self) -> Floats:
        return np.bincount(self.who, minlength=len(self.names)).astype(float)

    @property
    def spread(self) -> float:
        """Standard deviation of one assessment within its group."""
        free = max(len(self.residuals) - len(set(self.groups.tolist())), 1)
        return float(np.sqrt((self.residuals**2).sum() / free))

    def means(self, residuals: Floats) -> Floats:
        sums = np.bincount(self.who, weights=residuals[self.what], minlength=len(self.names))
        return np.asarray(sums / self.counts)


def assessors(
    cases: Iterable[Case], limits: AssessorLimits, chance: float
) -> tuple[list[Query], list[Funnel], Part]:
    """Both measures: what was told above what machines showed, and the level. Each has half of the chance."""
    held = newest(cases)
    found: list[Query] = []
    funnels: list[Funnel] = []
    rests = []
    measures: tuple[tuple[Measure, Callable[[Case], float | None]], ...] = (("told", _told), ("level", _level))
    for measure, value in measures:
        field = _field(held, value, limits)
        if len(field.names) < limits.least_assessors or field.spread == 0:
            params = {"n": len(field.names), "few": field.few, "least": limits.least}
            rests.append(told(f"rests.assessors_few_{measure}", **params, fewest=limits.least_assessors))
            continue
        queries, funnel = _asked(field, measure, limits, chance / 2)
        found += queries
        funnels.append(funnel)
        rests.append(told(f"rests.assessors_{measure}", n=len(field.names), assessments=len(field.cases)))
        if field.few:
            rests.append(told("rests.few", few=field.few, least=limits.least))
    return found, funnels, Part(kind="assessors", rests=tuple(rests))


def _told(case: Case) -> float | None:
    """Declared above verified, in levels; only where machines were heard."""
    if case.verified is None or case.verified.score is None or case.declared.score is None:
        return None
    return case.declared.score - case.verified.score


def _level(case: Case) -> float | None:
    return case.verified.score if case.verified is not None else case.declared.score


def _field(held: Sequence[Case], value: Callable[[Case], float | None], limits: AssessorLimits) -> Field:
    known = [(case, v) for case in held if case.assessors and (v := value(case)) is not None]
    cases = [case for case, _ in known]
    values = np.array([v for _, v in known], dtype=float)
    groups, means = _groups(cases, values, limits.peers)
    counts = Counter(a for case in cases for a in case.assessors)
    names = sorted(a for a, n in counts.items() if n >= limits.least)
    at = {name: i for i, name in enumerate(names)}
    linked = [(at[a], row) for row, case in enumerate(cases) for a in sorted(case.assessors) if a in at]
    who = np.array([w for w, _ in linked], dtype=np.int64)
    what = np.array([w for _, w in linked], dtype=np.int64)
    return Field(cases, values - means, groups, names, who, what, len(counts) - len(names))


def _groups(cases: Sequence[Case], values: Floats, peers: int) -> tuple[NDArray[np.int64], Floats]:
    """By framework, industry and size; without the size; by framework alone: the closest that is large enough.
    With it the mean of all that fit, those with a closer group of their own too: what remains may be one alone."""
    keys = [
        [
            (c.framework.partition("@")[0], c.verified is not None, c.industry, c.size),
            (c.framework.partition("@")[0], c.verified is not None, c.industry, None),
            (c.framework.partition("@")[0], c.verified is not None, None, None),
        ]
        for c in cases
    ]
    fitting = defaultdict[tuple[object, ...], list[int]](list)
    for row, own in enumerate(keys):
        for key in dict.fromkeys(own):
            fitting[key].append(row)
    chosen = [next((key for key in own if len(fitting[key]) >= peers), own[-1]) for own in keys]
    order = {key: i for i, key in enumerate(sorted(set(chosen), key=repr))}
    means = {key: float(values[fitting[key]].mean()) for key in order}
    return np.array([order[key] for key in chosen], dtype=np.int64), np.array([means[key] for key in chosen])


def _asked(field: Field, measure: Measure, limits: AssessorLimits, chance: float) -> tuple[list[Query], Funnel]:
    error = field.spread / np.sqrt(field.counts)
    means = field.means(field.residuals)
    farthest = _farthest(field, error, limits)
    limit = float(np.quantile(farthest, 1 - chance, method="higher"))
    z = means / error
    adjusted = (1 + (farthest[None, :] >= np.abs(z)[:, None] - 1e-12).sum(axis=1)) / (len(farthest) + 1)
    apart = max(0.0, float(((means**2 - error**2) * field.counts).sum() / field.counts.sum()))
    shrunk = means * apart / (apart + error**2)
    points, found = list[Point](), list[Query]()
    for i, name in enumerate(field.names):
        asked = bool(adjusted[i] <= chance and abs(shrunk[i]) >= float(limits.difference))
        n = int(field.counts[i])
        points.append(
            Point(assessor=name, assessments=n, mean=_exact(means[i]), shrunk=_exact(shrunk[i]), asked=asked)
        )
        if asked:
            found.append(_query(field, measure, i, float(means[i]), float(shrunk[i]), float(adjusted[i])))
    funnel = Funnel(
        measure=measure,
        points=tuple(points),
        spread=_exact(field.spread),
        usual=_exact(USUAL),
        limit=_exact(limit),
        assessments=len(field.cases),
        few=field.few,
    )
    return found, funnel


def _farthest(field: Field, error: Floats, limits: AssessorLimits) -> Floats:
    """Of each permutation the farthest assessor, in standard errors."""
    rng = np.random.default_rng(limits.seed)
    places = np.lexsort((np.arange(len(field.groups)), field.groups))
    found, shuffled = np.empty(limits.draws), np.empty(len(field.residuals))
    for draw in range(limits.draws):
        order = np.lexsort((rng.random(len(field.groups)), field.groups))
        shuffled[places] = field.residuals[order]
        found[draw] = np.abs(field.means(shuffled) / error).max()
    return found


def _query(field: Field, measure: Measure, i: int, mean: float, shrunk: float, chance: float) -> Query:
    cases = [field.cases[row] for row in field.what[field.who == i]]
    way = "above" if mean > 0 else "below"
    params: dict[str, str | int | float] = {"n": len(cases), "mean": abs(mean), "shrunk": abs(shrunk)}
    factories = len({c.factory for c in cases})
    evidence = [
        told(f"evidence.{measure}_{way}", **params, factories=factories),
        told("evidence.of_assessors", n=len(field.names), chance=f"{chance:.4f}"),
    ]
    weight = abs(shrunk)
    name = f"assessor_{measure}"
    who = [field.names[i]]
    return query("assessors", name, cases, evidence, who, weight=weight, facts=[len(cases)])


def _exact(value: float) -> Fraction:
    return Fraction(round(float(value) * 10_000), 10_000)


def assessed(cases: Iterable[Case]) -> dict[str, list[Case]]:
    """Assessments by assessor."""
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for account in case.assessors:
            found[account].append(case)
    return dict(sorted(found.items()))
