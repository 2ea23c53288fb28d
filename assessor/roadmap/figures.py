"""A plant's own figures: how many there are of what costs are counted by, and what it spends or loses a year.

A figure that nobody gave is None and names the question that asks for it; there is no default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Literal, get_args

from assessor.domain import Asset, Base, BaseFigure, Evidence, Per, Plant, PlantFigure

MONTHS = 12
WAN = Fraction(10_000)
"""Yuan; amounts of money are asked in 万元."""
WEEK = Fraction(40)
"""Hours of a standard week: so many hours of paperwork a week cost as much as one worker."""
NONE = Fraction(0)

COST = "plan-worker-cost"
PRICED = ("energy-electricity", "plan-electricity-price")
PRODUCTS: Mapping[Base, tuple[Fraction, tuple[str, ...]]] = {
    "labour": (WAN, ("plan-workers", COST)),
    "inspection": (WAN, ("plan-inspectors", COST)),
    "transport": (WAN, ("plan-movers", COST)),
    "paperwork": (WAN / WEEK, ("plan-paperwork-hours", COST)),
    "electricity": (Fraction(1), PRICED),
    "compressed-air": (Fraction(1), (*PRICED, "plan-air-share")),
    "energy": (WAN, ("plan-energy-bill",)),
    "scrap": (WAN, ("plan-scrap-cost",)),
    "downtime": (Fraction(MONTHS), ("plan-stop-hours", "plan-stop-margin")),
    "maintenance": (WAN, ("plan-maintenance",)),
    "stock": (WAN, ("plan-stock", "plan-capital-cost")),
    "late-delivery": (WAN, ("plan-late-delivery",)),
}
"""Each base in yuan a year: a factor of units times figures."""

COUNTED: Mapping[Per, str] = {"user": "plan-users", "line": "plan-lines", "product": "plan-products"}
MACHINES, MACHINES_ASKED = "register:machines", "machines-in-use"
OPEN_MACHINES: Mapping[Per, tuple[str, str]] = {
    "machine-unconnected": ("register:machines-unconnected", "share-networked"),
    "machine-not-digital": ("register:machines-not-digital", "share-digital"),
}
"""Machines still to be done, and the share of machines that are done."""
PEOPLE, PEOPLE_ASKED = "profile:employees", "staff-average"
METERS = "register:meters-to-fit"
METERED = ("site", "units", "machines")
"""Levels of the metering plan; at each so many meters are needed and so many fitted."""


@dataclass(frozen=True)
class PlantFigures:
    """Every figure by its id, counts by what is counted, bases in yuan a year."""

    figures: Mapping[str, PlantFigure] = field(default_factory=dict)
    amounts: Mapping[Per, Fraction] = field(default_factory=dict)
    """How many; `plant` and `post` are 1. What nobody gave is not there."""
    counted_by: Mapping[Per, str] = field(default_factory=dict)
    """The figure, or the question that asks for it."""
    bases: Mapping[Base, BaseFigure] = field(default_factory=dict)

    def yearly(self, base: Base) -> Fraction | None:
        """What the plant spends or loses on it a year, in yuan."""
        return self.bases[base].yearly if base in self.bases else None

    def lacking(self, base: Base) -> tuple[str, ...]:
        """Questions that would have to be answered for a base."""
        named = PRODUCTS[base][1]
        return tuple(id_ for id_ in named if (f := self.figures.get(id_)) is None or f.value is None)


def plant_figures(evidence: Iterable[Evidence], plant: Plant | None, assets: Iterable[Asset]) -> PlantFigures:
    """From answers after evidence, the register (production equipment in use) and the plant's profile."""
    known = {e.question: e for e in evidence}
    asked = dict.fromkeys(id_ for _, ids in PRODUCTS.values() for id_ in ids)
    figures = {id_: _asked(id_, known) for id_ in (*asked, *COUNTED.values())}
    machines = _first(_register(assets), _asked(MACHINES_ASKED, known))
    people = _first(_profile(plant), _asked(PEOPLE_ASKED, known))
    meters = _meters(known)
    left = {per: _left(id_, machines, _asked(share, known)) for per, (id_, share) in OPEN_MACHINES.items()}
    figures |= {f.id: f for f in (machines, *left.values(), people, *meters)}
    counts: dict[Per, PlantFigure] = {per: figures[id_] for per, id_ in COUNTED.items()}
    counts |= {"machine": machines, **left, "person": people, "meter": meters[-1]}
    amounts: dict[Per, Fraction] = {"plant": Fraction(1), "post": Fraction(1)}
    amounts |= {per: f.value for per, f in counts.items() if f.value is not None}
    return PlantFigures(
        figures=figures,
        amounts=amounts,
        counted_by={per: (machines if per in left else f).id for per, f in counts.items()},
        bases={base: _base(base, figures) for base in get_args(Base)},
    )


def _base(base: Base, figures: Mapping[str, PlantFigure]) -> BaseFigure:
    yearly, ids = PRODUCTS[base]
    for id_ in ids:
        value = figures[id_].value
        if value is None:
            return BaseFigure(base=base, yearly=None, figures=ids)
        yearly *= value
    return BaseFigure(base=base, yearly=yearly, figures=ids)


def _asked(id_: str, known: Mapping[str, Evidence]) -> PlantFigure:
    """The answer to a question after evidence. What does not apply is not there: 0."""
    e = known.get(id_)
    if e is not None and e.claimed == "not-applicable" and e.settlement is None:
        return PlantFigure(id=id_, value=NONE, source="answer")
    if e is None or e.verified is None:
        return PlantFigure(id=id_, value=None, source="missing")
    source: Literal["answer", "measured"] = "answer" if e.verified == e.claim else "measured"
    return PlantFigure(id=id_, value=e.verified, source="answer" if e.settlement else source)


def _register(assets: Iterable[Asset]) -> PlantFigure | None:
    count = sum(asset.production and asset.in_use for asset in assets)
    return PlantFigure(id=MACHINES, value=Fraction(count), source="register") if count else None


def _left(id_: str, machines: PlantFigure, done: PlantFigure) -> PlantFigure:
    """Machines of which a share is done already: the others, in whole machines; all of them where nobody said."""
    if machines.value is None:
        return PlantFigure(id=id_, value=None, source="missing")
    if done.value is None:
        return PlantFigure(id=id_, value=machines.value, source=machines.source, unanswered=(done.id,))
    return PlantFigure(id=id_, value=Fraction(ceil(machines.value * (1 - done.value))), source=done.source)


def _profile(plant: Plant | None) -> PlantFigure | None:
    if plant is None or plant.employees is None:
        return None
    return PlantFigure(id=PEOPLE, value=Fraction(plant.employees), source="profile")


def _first(found: PlantFigure | None, otherwise: PlantFigure) -> PlantFigure:
    return found if found is not None else otherwise


def _meters(known: Mapping[str, Evidence]) -> tuple[PlantFigure, ...]:
    """What the metering plan needs and has of electricity, and last how many meters are still to be fitted."""
    found, open_ = [], NONE
    for level in METERED:
        needed = _asked(f"meters-electricity-{level}-needed", known)
        fitted = _asked(f"meters-electricity-{level}-fitted", known)
        if needed.value == 0:  # then nobody is asked what is fitted
            fitted = PlantFigure(id=fitted.id, value=NONE, source="answer")
        found += [needed, fitted]
        for figure in (needed, fitted):
            if figure.value is None:
                return (*found, figure)
        assert needed.value is not None and fitted.value is not None
        open_ += max(needed.value - fitted.value, NONE)
    return (*found, PlantFigure(id=METERS, value=open_, source="answer"))
