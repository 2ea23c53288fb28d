"""Carbon dioxide of a year's electricity, in kg, if every hour were like those sampled: an extrapolation.

Mean power × 8760 h × the factor of `window_carbon`. Its bounds are what a year would give at the lowest and at the
highest quarter hour sampled, so that they tell how far the load of the day swings and not how likely a year is.
Not usable where less than a whole day was sampled or less than nine tenths of it seen (own thresholds).
"""

import numpy as np

from assessor.domain import Condition, Measurement, Message
from assessor.indicators import demand, window_carbon
from assessor.indicators.figure import covered, figure, needed, text
from assessor.indicators.metering import site
from assessor.indicators.seen import Seen
from assessor.indicators.timeseries import QUARTER, Bins, Total

UNIT = "kgco2e"
AREA = "energy"
DAY = 96
"""Quarter hours"""
YEAR = 8760
"""Hours"""


def measure(seen: Seen) -> Measurement:
    adds, factor = site(seen), window_carbon.factor(seen.scope)
    yearly = YEAR * float(factor.value)

    def own(table: Bins) -> Total | None:
        return _found(table, yearly) if np.sum(table.whole) >= DAY else None

    lines = demand.lines(seen, adds, _seconds, own)
    quarters = demand.added(seen, adds, _seconds) if adds.meters else None
    if quarters is None:
        return figure("carbon_year", "kgco2e", None, demand.without(seen, adds), lines)
    table = quarters.table
    reach, count = len(table.number), int(np.sum(table.whole))
    day = needed("duration", "quarters", count >= DAY, {"n": DAY}, {"n": count, "of": reach})
    if not count:
        return figure("carbon_year", "kgco2e", None, day.found, lines, (day.model_copy(update={"holds": False}),))
    trust = [*quarters.clock, day, covered(count / reach)]
    lowest, highest, mean = float(np.nanmin(table.mid)), float(np.nanmax(table.mid)), _mean(table)
    trust.append(_load(lowest, highest, mean))
    name = "year_of_the_mains" if adds.whole else "year_of_meters_apart"
    why = Message(
        id=f"indicator.why.{name}", params={"n": len(adds.meters), "set": factor.set, "factor": factor.value}
    )
    found = _found(table, yearly)
    return figure("carbon_year", "kgco2e", found, why, lines, tuple(trust), quarters.evidence)


def _seconds(table: Bins) -> float:
    return float(np.sum(table.whole)) * QUARTER


def _found(table: Bins, yearly: float) -> Total:
    lowest, highest = float(np.nanmin(table.mid)), float(np.nanmax(table.mid))
    return Total(lowest * yearly, _mean(table) * yearly, highest * yearly)


def _mean(table: Bins) -> float:
    return float(np.nanmean(table.mid))


def _load(lowest: float, highest: float, mean: float) -> Condition:
    """The load of the sampled day stands beside what is made of it; whether it is a usual one only people know."""
    params = {"lowest": text(lowest), "highest": text(highest), "mean": text(mean)}
    return needed("load", "load_of_day", mean > 0, {}, dict(params))
