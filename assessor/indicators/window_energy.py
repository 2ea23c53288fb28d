"""Electricity drawn in the sampled window, in kWh: by counter, or by power over time.

Added are the meters of the mains; where the register names none, the highest meters that it places, and then the
figure is of what these measure and at most the site's. What stands behind another meter is listed and never added.
A counter gives its difference, give or take the largest step it was seen to make; power is taken to lie between
two looks, and what nobody saw counts between nothing and the highest power met. At least an hour, of which nine
tenths were seen (own thresholds); a meter that was looked at for less of it than the others is left open, and
meters that were not looked at over the same hours are not added.
"""

from collections.abc import Sequence
from typing import NamedTuple

from assessor.domain import Line, MeasuredIn, Measurement, Message, Text
from assessor.indicators.figure import covered, figure, long_enough, text, unknown, valued
from assessor.indicators.metering import Load, Site, loads, meters, site
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.timeseries import SECOND, Total

UNIT: MeasuredIn = "kwh"
AREA = "energy"
HOUR = 3600.0
ALIKE = 0.9
"""Of the longest window: what a meter must have been looked at to be added to the others. (Own threshold.)"""


class Factor(NamedTuple):
    """What a kWh is multiplied by, and the name of the set that holds it with its source."""

    set: str
    value: str
    """Per kWh"""


def measure(seen: Seen) -> Measurement:
    return electricity(seen, "window_energy", UNIT)


def electricity(seen: Seen, indicator: str, unit: MeasuredIn, by: Factor | None = None) -> Measurement:
    """kWh, or what a factor makes of them, of the meters that may be added; with a line for every meter."""
    factor = float(by.value) if by else 1.0
    adds, whole = site(seen)
    best = {one.asset.id: _best(loads(seen, one)) for one in meters(seen)}
    added = [load for one in adds if (load := best[one.asset.id])]
    longest = max((load.span for load in added), default=0.0)
    usable = [load for load in added if load.energy and load.span >= ALIKE * longest]
    names = {one.asset.id for one in adds}
    lines = [_line(one, best[one.asset.id], one.asset.id in names, longest, factor) for one in meters(seen)]
    open_ = len(adds) - len(usable)
    found = _sum([load.energy for load in usable if load.energy], factor) if usable and not open_ else None
    why = _why(seen, Site(adds, whole), open_, longest, by)
    if found is not None and _together(usable) < ALIKE * longest:
        found, why = None, Message(id="indicator.why.windows_apart", params={"n": len(usable)})
        alone = Message(id="indicator.why.own_window")
        lines = [one.model_copy(update={"why": alone}) if one.subject in names else one for one in lines]
    if found is None:
        return figure(indicator, unit, None, why, lines)
    trust = (long_enough(longest, HOUR), covered(min(load.share_seen for load in usable)))
    return figure(indicator, unit, found, why, lines, trust, [load.evidence for load in usable])


def _together(loads_: Sequence[Load]) -> float:
    """Seconds in which all of them were looked at."""
    return (min(load.end for load in loads_) - max(load.begin for load in loads_)) / SECOND


def _best(found: Sequence[Load]) -> Load | None:
    """What we read ourselves if it reaches over an hour, else the longest, be it of a record."""
    long = next((load for load in found if load.span >= HOUR), None)
    return long or max(found, key=lambda load: load.span, default=None)


def _sum(parts: list[Total], factor: float) -> Total:
    mids = [part.mid for part in parts if part.mid is not None]
    mid = sum(mids) * factor if len(mids) == len(parts) else None
    return Total(sum(part.low for part in parts) * factor, mid, sum(part.high for part in parts) * factor)


def _why(seen: Seen, of: Site, open_: int, seconds: float, by: Factor | None) -> Message:
    if not of.meters:
        return Message(id="indicator.why.no_meter_placed", params={"n": len(meters(seen))})
    if open_:
        return Message(id="indicator.why.meters_open", params={"n": len(of.meters), "open": open_})
    params: dict[str, str | int | Text] = {"n": len(of.meters), "hours": text(seconds / 3600)}
    name = "of_the_mains" if of.whole else "of_meters_apart"
    if by:
        return Message(id=f"indicator.why.carbon_{name}", params=params | {"set": by.set, "factor": by.value})
    return Message(id=f"indicator.why.{name}", params=params)


def _line(one: SeenAsset, load: Load | None, added: bool, longest: float, factor: float) -> Line:
    id_ = one.asset.id
    if load is None:
        return unknown(id_, "no_load")
    if (energy := load.energy) is None:
        return unknown(id_, "counter_disagrees")
    if added and load.span < ALIKE * longest:
        return unknown(id_, "shorter_window")
    value = None if energy.mid is None else energy.mid * factor
    return valued(id_, "added" if added else "not_added", value, load.evidence)
