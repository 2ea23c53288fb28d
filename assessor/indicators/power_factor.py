"""Power factor, weighted by load: active over apparent energy of the minutes that were seen.

From kW and kVA, else from kW and kvar (then without distortion), else from kW and a power factor of the meter's
own, whatever its sign; a power factor without power cannot be weighted and says nothing. Counted are the meters of
the mains, else the highest ones that the register places, their apparent power added as numbers. Minutes in which
power was fed back are left out. At least half an hour, of which nine tenths were seen (own thresholds); for the
bounds an unseen minute may weigh as much as the heaviest one, at any power factor.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assessor.domain import EvidenceClass, Line, Measurement, Message
from assessor.indicators import timeseries
from assessor.indicators.figure import covered, figure, long_enough, unknown, valued
from assessor.indicators.metering import Points, meters, site
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.timeseries import MINUTE, Bins, Floats, Total

UNIT = "share"
AREA = "energy"
HALF_AN_HOUR = 1800.0


class Minutes(NamedTuple):
    """Of one meter: kW and kVA of the minutes in which both were seen, how many were looked at, and how."""

    active: Floats
    apparent: Floats
    open: int
    how: str
    evidence: EvidenceClass


def measure(seen: Seen) -> Measurement:
    held = {one.asset.id: _minutes(seen, one) for one in meters(seen)}
    lines = [_line(one.asset.id, held[one.asset.id]) for one in meters(seen)]
    of = site(seen)
    used = [made for one in of.meters if (made := held[one.asset.id]) is not None]
    if not used or (of.whole and len(used) < len(of.meters)):
        return figure("power_factor", "share", None, Message(id="indicator.why.no_power_factor"), lines)
    count = sum(len(made.active) for made in used)
    open_ = sum(made.open for made in used)
    shortest = min(len(made.active) for made in used) * float(MINUTE)
    trust = (long_enough(shortest, HALF_AN_HOUR), covered(count / max(count + open_, 1)))
    why = Message(id="indicator.why.power_factor_of", params={"n": len(used), "of": len(of.meters)})
    found = _ratio(used)
    if found is None:
        why = Message(id="indicator.why.no_power_drawn")
    return figure("power_factor", "share", found, why, lines, trust, [made.evidence for made in used])


def _ratio(used: Sequence[Minutes]) -> Total | None:
    if not used:
        return None
    active, apparent = (
        np.concatenate(columns) for columns in zip(*((m.active, m.apparent) for m in used), strict=True)
    )
    return timeseries.ratio(active, apparent, sum(made.open for made in used), 1.0) if len(active) else None


def _minutes(seen: Seen, of: SeenAsset) -> Minutes | None:
    for exported in (False, True):
        points = Points(seen, of, exported)
        power = points.power()
        if power is None:
            continue
        for how in ("apparent", "reactive", "factor"):
            other = points.of(how, "total", "bare")
            if other is not None:
                tables = [timeseries.bins(power, MINUTE), timeseries.bins(other.steps(), MINUTE)]
                return _both(timeseries.outer(tables), how, other.evidence)
    return None


def _both(tables: Sequence[Bins], how: str, evidence: EvidenceClass) -> Minutes:
    power, other = tables
    whole = power.whole & other.whole
    kw, found = power.mid[whole], other.mid[whole]
    if how == "reactive":
        found = np.hypot(kw, found)
    elif how == "factor":
        found = np.where(
            (np.abs(found) > 0) & (np.abs(found) <= 1), kw / np.where(found == 0, 1, np.abs(found)), np.nan
        )
    taken = (kw >= 0) & np.isfinite(found) & (found >= kw)
    strange = int(np.sum((kw >= 0) & ~taken))
    return Minutes(kw[taken], found[taken], int(np.sum(~whole)) + strange, how, evidence)


def _line(subject: str, made: Minutes | None) -> Line:
    if made is None:
        return unknown(subject, "no_power_factor_point")
    found = _ratio([made])
    if found is None:
        return unknown(subject, "no_power_drawn")
    return valued(subject, f"power_factor_by_{made.how}", found.mid, made.evidence)
