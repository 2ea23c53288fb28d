"""Meters by the register, and what each of them says of power and energy.

Which meter stands where is the register's word alone: `metered_by` says what lies behind which meter, the kind of
an asset that it is a meter of the mains ('mains-meter', 'incoming-meter'). Where it does not say so, nothing is
taken for the whole site, and a meter that stands behind another one is never added to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from assessor.domain import Asset, EvidenceClass
from assessor.indicators import advance, timeseries
from assessor.indicators.data_points import SeenTag
from assessor.indicators.electric import Place, Quantity, Read, read
from assessor.indicators.looks import Rows, rows
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.timeseries import Bins, Floats, Steps, Times, Total

MAINS = frozenset({"mains", "main", "incoming", "incomer", "site", "grid", "utility"})
OTHERS = frozenset({"gas", "water", "steam", "heat", "air", "flow", "oil", "fuel"})
SELDOM = 960.0
"""A counter says nothing of single quarter hours where it changes less often than so many seconds. (Own.)"""

AGREE = 1.05
"""Counter and power over time may differ by so much before one of them is wrongly scaled. (Own threshold.)"""
LAGS = 3600.0
"""Seconds below which they may differ more, since a counter lags behind. (Own threshold.)"""


def words(asset: Asset) -> set[str]:
    """The words of an asset's kind."""
    return set(asset.kind.split("-"))


def meters(seen: Seen) -> tuple[SeenAsset, ...]:
    """Electricity meters of the register that are in use: by their kind, or because something lies behind them."""
    named = {one.asset.metered_by for one in seen.assets}
    return tuple(
        one
        for one in seen.assets
        if one.asset.in_use
        and not words(one.asset) & OTHERS
        and (one.asset.id in named or ("meter" in words(one.asset) and not one.asset.production))
    )


def above(seen: Seen, asset: Asset) -> tuple[str, ...]:
    """The meters that an asset lies behind, nearest first; a register that goes in circles ends the walk."""
    found: list[str] = []
    while (up := asset.metered_by) is not None and up not in found and up in seen.by_id:
        found.append(up)
        asset = seen.by_id[up].asset
    return tuple(found)


class Site(NamedTuple):
    """The meters whose readings may be added."""

    meters: tuple[SeenAsset, ...]
    whole: bool
    """True: those of the mains. False: the highest that the register knows of, each with something behind it; what
    they measure lies apart, and is at most the site's."""


def site(seen: Seen) -> Site:
    """What may be added up: meters of the mains, else the highest meters that the register places."""
    top = [one for one in meters(seen) if not above(seen, one.asset)]
    if mains := tuple(one for one in top if words(one.asset) & MAINS):
        return Site(mains, True)
    named = {one.asset.metered_by for one in seen.assets if one.asset.in_use}
    return Site(tuple(one for one in top if one.asset.id in named), False)


@dataclass(frozen=True)
class Found:
    """A data point of an asset that can be used: what it is, and its rows."""

    tag: SeenTag
    what: Read
    evidence: EvidenceClass
    rows: Rows
    value: Floats

    @property
    def at(self) -> Times:
        """When its rows came: ns UTC."""
        return self.rows.at

    def steps(self) -> Steps:
        """The stretches between its looks; reported changes hold until the next one."""
        return self.rows.steps(self.value)


class Points:
    """The data points of one asset that are something of a meter, of one class of evidence."""

    def __init__(self, seen: Seen, of: SeenAsset, exported: bool = False) -> None:
        self.seen, self.asset = seen, of.asset
        self._held: dict[tuple[Quantity, Place], list[Found]] = {}
        for found in _usable(seen, of, exported):
            self._held.setdefault((found.what.quantity, found.what.place), []).append(found)

    def of(self, quantity: Quantity, *places: Place) -> Found | None:
        """The one of the first of these places that there is; None also where it cannot be told from another.

        Met at several endpoints, the machine's own word comes before that of a system.
        """
        for place in places:
            if held := self._held.get((quantity, place)):
                best = min((one.tag.relayed, one.tag.tag.endpoint) for one in held)
                first = [one for one in held if (one.tag.relayed, one.tag.tag.endpoint) == best]
                return first[0] if len(first) == 1 else None
        return None

    @property
    def clock_set(self) -> bool:
        """Was the laptop's clock set, or did it sleep unnoticed, while any of them was looked at?"""
        return any(one.rows.clock_set for held in self._held.values() for one in held)

    def three(self, quantity: Quantity, *names: Place) -> tuple[Found, ...] | None:
        """One of each of three phases."""
        found = [one for name in names if (one := self.of(quantity, name))]
        return tuple(found) if len(found) == 3 else None

    def power(self) -> Steps | None:
        """kW of the whole: its total, its only one, or the sum of three phases. Feed-in is below zero."""
        if total := self.of("power", "total", "bare", "motor"):
            return total.steps()
        if phases := self.three("power", "l1", "l2", "l3"):
            return timeseries.plus([one.steps() for one in phases])
        return None

    def counter(self) -> Found | None:
        """The counter of energy drawn, in kWh. One of the total is none where energy was fed back as well."""
        if found := self.of("energy", "import"):
            return found
        back = self.of("energy", "export")
        shown = np.array([]) if back is None else back.value[np.isfinite(back.value)]
        fed = len(shown) > 1 and float(np.ptp(shown)) > 0
        return None if fed else self.of("energy", "total", "bare")


def _usable(seen: Seen, of: SeenAsset, exported: bool) -> Iterator[Found]:
    """Current values only: what stands still in a system, or too seldom in a record, says nothing."""
    if exported:
        tags = [(one.seen, EvidenceClass.EXPORTED) for one in of.recorded if one.moves]
    else:
        tags = [(tag, EvidenceClass.MEASURED) for tag in of.tags if tag.fresh and not tag.restamped]
    for tag, evidence in tags:
        what = read(tag, seen.scope)
        if what is not None and (found := rows(seen, tag, exported)) is not None:
            yield Found(tag, what, evidence, found, found.value * what.scale)


@dataclass(frozen=True)
class Load:
    """What one meter says of the power drawn, over time."""

    steps: Steps
    """kW; what was fed back counts as nothing drawn."""
    counted: Total | None
    """kWh by its counter, from its first to its last reading."""
    slack: float
    """kWh that a counter may be off at either end of a quarter hour; 0 where power itself was read."""
    evidence: EvidenceClass
    begin: int
    end: int
    """The window that it speaks of: ns UTC."""
    clock_set: bool = False
    """Then nobody knows which quarter hour of the clock a row belongs to."""

    @property
    def span(self) -> float:
        """Seconds of the window, seen or not."""
        return (self.end - self.begin) / timeseries.SECOND

    @property
    def quarters(self) -> Bins:
        """Means over quarter hours of the clock, in kW."""
        made = timeseries.bins(self.steps, timeseries.QUARTER)
        loose = self.slack * 3600 / timeseries.QUARTER
        return made._replace(low=np.maximum(made.low - loose, 0.0), high=made.high + loose)

    @property
    def energy(self) -> Total | None:
        """kWh drawn: by counter or by power over time, whichever leaves less open; None where the two disagree."""
        by_power = timeseries.amount(self.steps)
        low, mid, high = (None if x is None else x / 3600 for x in by_power)
        assert low is not None and high is not None
        summed = Total(low, mid, high)
        if self.counted is None:
            return summed
        if self.slack:
            return self.counted
        apart = self.counted.low > summed.high * AGREE or self.counted.high * AGREE < summed.low
        if apart and self.span >= LAGS:
            return None
        return min(self.counted, summed, key=lambda one: one.high - one.low)

    @property
    def share_seen(self) -> float:
        """Of the span from first to last look; a counter that only rose missed nothing."""
        if self.counted is not None and self.counted.mid is not None:
            return 1.0
        return self.steps.seen / self.steps.span if self.steps.span else 0.0


def loads(seen: Seen, of: SeenAsset) -> tuple[Load, ...]:
    """What was read of it ourselves, then what a record holds; none where no total is known for certain."""
    made = (_load(seen, of, exported) for exported in (False, True))
    return tuple(one for one in made if one is not None and one.span > 0)


def _load(seen: Seen, of: SeenAsset, exported: bool) -> Load | None:
    points = Points(seen, of, exported)
    power, counter = points.power(), points.counter()
    counted = advance.difference(counter.at, counter.value) if counter else None
    evidence = EvidenceClass.EXPORTED if exported else EvidenceClass.MEASURED
    if power is not None and power.seen > 0:
        if counter is not None and not _alike(power.window, counter):
            counted = None
        return Load(timeseries.drawn(power), counted, 0.0, evidence, *power.window, points.clock_set)
    if counter is None or counted is None:
        return None
    rates = advance.rates(counter.at, counter.value, SELDOM)
    slack = advance.largest(counter.at, counter.value)
    return Load(rates, counted, slack, evidence, *rates.window, points.clock_set)


def _alike(window: tuple[int, int], counter: Found) -> bool:
    """Does a counter begin and end with the window, by no more than its looks may lie apart?"""
    known = counter.at[np.isfinite(counter.value)]
    apart = timeseries.limit(timeseries.spacing(known)) * timeseries.SECOND
    ends = (int(np.min(known)), int(np.max(known)))
    return all(abs(a - b) <= apart for a, b in zip(window, ends, strict=True))
