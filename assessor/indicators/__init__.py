"""MEASURE: what was seen of a plant → one number each, with its interval, its count and its conditions.

A module is an indicator: its file name is its id, its docstring its documentation, `UNIT` its unit, `AREA` what
it is about and `measure` its method. One that rests on what servers say, and on no rows, holds `SAMPLES = False`.
The texts `indicator.<id>.title`, `.method` and `.blind` (what it cannot see) belong to it. Adding one is adding a
file. `seen`, `share` and `expected` are what they are made with; `behind` finds the rows of any.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Protocol, cast

from assessor.domain import Area, EvidenceClass, MeasuredIn, Measurement, Outcome
from assessor.indicators.behind import Behind
from assessor.indicators.data_points import looked_at
from assessor.indicators.seen import Seen, look
from assessor.indicators.sight import sights

__all__ = ["Indicator", "Seen", "load", "look", "looked_at", "measure_all", "sights"]


class Indicator(Protocol):
    """What a module must have to be one."""

    __doc__: str | None
    UNIT: MeasuredIn
    AREA: Area
    measure: Callable[[Seen], Measurement]


def load() -> dict[str, Indicator]:
    """Every indicator by its id."""
    modules: dict[str, ModuleType] = {
        name: import_module(f"{__name__}.{name}") for _, name, _ in iter_modules(__path__)
    }
    return {name: cast(Indicator, module) for name, module in modules.items() if hasattr(module, "measure")}


def measure_all(seen: Seen) -> tuple[Measurement, ...]:
    """Every indicator in order of id, with its area, the classes of evidence that it rests on, and its rows."""
    behind = Behind(seen)
    return tuple(_whole(indicator, seen, behind) for _, indicator in sorted(load().items()))


def _whole(indicator: Indicator, seen: Seen, behind: Behind) -> Measurement:
    found = _founded(indicator.measure(seen).model_copy(update={"area": indicator.AREA}))
    rows = behind.of(found) if getattr(indicator, "SAMPLES", True) else None
    return found.model_copy(update={"sampled": rows})


def _founded(m: Measurement) -> Measurement:
    """Strongest class first. A record or a witness among the lines is never passed off as measured."""
    if m.rests_on or m.low is None:
        return m
    open_ = (Outcome.NOT_DETERMINED, Outcome.NOT_APPLICABLE, Outcome.ERROR)
    classes = {line.evidence for line in m.lines if line.outcome not in open_} or {EvidenceClass.MEASURED}
    return m.model_copy(update={"rests_on": tuple(sorted(classes, key=list(EvidenceClass).index))})
