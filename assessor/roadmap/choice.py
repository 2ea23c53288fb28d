"""The best set within a budget, by HiGHS through scipy: proven optimal, or with its gap stated."""

import ctypes
import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assessor.domain import Recommendation, exact
from assessor.roadmap.gain import Stake
from assessor.roadmap.outlay import outlay

SECONDS = 5.0
"""For the best gain and then the cheapest way to it, together."""
FINEST = 10**6
"""Gains are scaled to whole numbers where this suffices; beyond it, to a millionth of a level."""


@dataclass(frozen=True)
class Found:
    chosen: tuple[str, ...]
    gap: Fraction
    status: Literal["optimal", "time-limit", "nothing-to-do"]


@dataclass(frozen=True)
class Reach:
    """One step up of one requirement: what it is worth, and who brings it."""

    worth: Fraction
    by: tuple[str, ...]


def best_set(able: Mapping[str, Recommendation], at_stake: Mapping[str, Stake], budget: int) -> Found:
    """Of the candidates, the set with the greatest gain; of equal ones the cheapest, then the first by id."""
    if not able:
        return Found((), Fraction(0), "nothing-to-do")
    reaches = _reaches(able, at_stake)
    for margin in (0, 1, 10):  # the solver works in floats: should it overspend by a hair, ask again for less
        found = _solve(able, reaches, max(budget - margin, 0))
        if sum(outlay(able[id_], {}).mid for id_ in found.chosen) <= budget:
            return found
    raise RuntimeError("the solver's choice does not keep to the budget")


def _reaches(able: Mapping[str, Recommendation], at_stake: Mapping[str, Stake]) -> list[Reach]:
    """Each requirement's way up, cut at the degrees that some candidate lifts it to."""
    lifts: dict[str, dict[str, Fraction]] = {}
    for id_, recommendation in able.items():
        for item in recommendation.lifts:
            if item.question in at_stake and item.to > at_stake[item.question].now:
                targets = lifts.setdefault(item.question, {})
                targets[id_] = max(targets.get(id_, item.to), item.to)
    found = []
    for question, targets in sorted(lifts.items()):
        below = at_stake[question].now
        for to in sorted(set(targets.values())):
            by = tuple(id_ for id_, target in targets.items() if target >= to)
            found.append(Reach((to - below) * at_stake[question].worth, by))
            below = to
    return found


def _solve(able: Mapping[str, Recommendation], reaches: list[Reach], budget: int) -> Found:
    """One binary a candidate, one continuous variable a step that is reached as soon as someone brings it."""
    place = {id_: i for i, id_ in enumerate(able)}
    n, size = len(able), len(able) + len(reaches)
    rows: list[NDArray[np.float64]] = []
    highest: list[float] = []

    def at_most(limit: float, terms: Mapping[int, float]) -> None:
        row = np.zeros(size)
        for i, factor in terms.items():
            row[i] = factor
        rows.append(row)
        highest.append(limit)

    at_most(float(budget), {place[id_]: float(outlay(r, {}).mid) for id_, r in able.items()})
    for id_, r in able.items():
        for before in r.after:
            at_most(0.0, {place[id_]: 1.0, place[before]: -1.0})
        for other in set(r.excludes) & set(place):
            at_most(1.0, {place[id_]: 1.0, place[other]: 1.0})
    for i, reach in enumerate(reaches):
        at_most(0.0, {n + i: 1.0} | {place[id_]: -1.0 for id_ in reach.by})
    scale = min(math.lcm(*(reach.worth.denominator for reach in reaches)), FINEST)
    gains = np.array([0.0] * n + [float(reach.worth * scale) for reach in reaches])
    result = _minimise(-gains, n, rows, highest)
    if result.x is None:
        return Found((), Fraction(1), "time-limit")
    if result.status == 0:  # of equal gains the cheapest, then the first by id: asked apart, so that it is exact
        ties = [float(outlay(r, {}).mid) + 0.4 * (i + 1) / n**2 for i, r in enumerate(able.values())]
        kept = _minimise(np.array(ties + [0.0] * len(reaches)), n, [*rows, -gains], [*highest, result.fun + 0.5])
        result = kept if kept.x is not None else result
    chosen = tuple(id_ for id_, i in place.items() if result.x[i] > 0.5)
    if result.status == 0:
        return Found(chosen, Fraction(0), "optimal")
    return Found(chosen, exact(f"{min(float(result.mip_gap), 1.0):.6f}"), "time-limit")


def _minimise(
    objective: NDArray[np.float64], binaries: int, rows: list[NDArray[np.float64]], highest: list[float]
) -> Any:
    """One call of the solver; `x` is None where time ran out before any answer."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - a run that samples needs no solver

    with quiet_stdout():
        result = milp(
            objective,
            integrality=np.array([1] * binaries + [0] * (len(objective) - binaries)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(np.array(rows), -np.inf, np.array(highest)),
            options={"time_limit": SECONDS / 2, "mip_rel_gap": 0.0},
        )
    if result.status not in (0, 1):
        raise RuntimeError(f"the solver stopped without an answer: {result.message}")
    return result


@contextmanager
def quiet_stdout() -> Iterator[None]:
    """Keep what HiGHS now and then prints by itself away from stdout, where others may expect JSON."""
    try:
        saved = os.dup(1)
    except OSError:  # there is no stdout to keep clean
        yield
        return
    c = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    sys.stdout.flush()
    c.fflush(None)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        c.fflush(None)
        os.dup2(saved, 1)
        os.close(saved)
        os.close(nowhere)
