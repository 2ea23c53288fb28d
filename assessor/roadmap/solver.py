"""A mixed-integer programme, row by row, and HiGHS through scipy to solve it."""

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Terms = Mapping[int, float]
"""A factor for each variable."""


@dataclass(frozen=True)
class Solution:
    """What the solver found: values of the variables, None where it found none in time or there are none."""

    x: NDArray[np.float64] | None
    least: float
    """The objective at x."""
    gap: float
    """Relative distance to the proven bound."""
    proven: bool
    """That x is the best there is; without x, that there is none."""


@dataclass
class Programme:
    """Variables from 0 to their bound, and rows that keep a sum of them at or below a limit."""

    bounds: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    factors: list[float] = field(default_factory=list)

    def variable(self, most: float = 1.0, *, whole: bool = False) -> int:
        """A new variable from 0 to `most`."""
        self.bounds.append(most)
        self.whole.append(whole)
        return len(self.bounds) - 1

    def at_most(self, limit: float, terms: Terms) -> int:
        """A new row: Σ factor·variable ≤ limit."""
        self.limits.append(limit)
        row = len(self.limits) - 1
        for column, factor in terms.items():
            self.rows.append(row)
            self.columns.append(column)
            self.factors.append(factor)
        return row

    def at_least(self, limit: float, terms: Terms) -> int:
        """A new row: Σ factor·variable ≥ limit."""
        return self.at_most(-limit, {column: -factor for column, factor in terms.items()})

    def minimise(self, terms: Terms, seconds: float, gap: float = 0.0, nodes: int | None = None) -> Solution:
        """Σ factor·variable as low as it goes."""
        if not self.bounds:
            feasible = min(self.limits, default=0.0) >= 0
            return Solution(np.zeros(0) if feasible else None, 0.0, 0.0 if feasible else 1.0, True)
        objective = np.zeros(len(self.bounds))
        for column, factor in terms.items():
            objective[column] = factor
        kept = _kept(self._digest(objective, gap, nodes))
        if kept:
            return kept[0]
        found = self._solve(objective, seconds, gap, nodes)
        if found.proven:  # whatever time cut short may come out better another time
            kept.append(found)
        return found

    def _digest(self, objective: NDArray[np.float64], gap: float, nodes: int | None) -> bytes:
        """What tells one question from all others."""
        whole = sha256(repr((gap, nodes, len(self.limits))).encode())
        for part in (self.bounds, self.whole, self.limits, self.rows, self.columns, self.factors, objective):
            whole.update(np.asarray(part, dtype=float).tobytes())
            whole.update(b"|")
        return whole.digest()

    def _solve(self, objective: NDArray[np.float64], seconds: float, gap: float, nodes: int | None) -> Solution:
        """What HiGHS says."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - a run that samples needs no solver
        from scipy.sparse import csr_array  # noqa: PLC0415

        shape = (len(self.limits), len(self.bounds))
        matrix = csr_array((self.factors, (self.rows, self.columns)), shape=shape)
        options: Any = {"time_limit": max(seconds, 0.05), "mip_rel_gap": gap}
        if nodes is not None:
            options["node_limit"] = nodes
        with quiet_stdout():
            result: Any = milp(
                objective,
                integrality=np.array(self.whole, dtype=int),
                bounds=Bounds(0, np.array(self.bounds)),
                constraints=LinearConstraint(matrix, -np.inf, np.array(self.limits)),
                options=options,
            )
        if result.status not in (0, 1, 2):
            raise RuntimeError(f"the solver stopped without an answer: {result.message}")
        if result.x is None:
            return Solution(None, 0.0, 1.0, result.status == 2)
        distance = 0.0 if result.mip_gap is None else min(float(result.mip_gap), 1.0)
        result.x.flags.writeable = False  # whoever asks again is given the same
        return Solution(result.x, float(result.fun), distance, result.status == 0)


@lru_cache(maxsize=4096)
def _kept(_: bytes) -> list[Solution]:
    """A place for the answer to a question that was asked before: a plan is worked out again for every look at it
    and every check, and its draws alone ask four hundred. Some 2 kB each."""
    return []


def load() -> None:
    """Load the solver, so that a search does not pay for it with its time."""
    import_module("scipy.optimize")
    import_module("scipy.sparse")


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
