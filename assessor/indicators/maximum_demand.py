"""Highest mean power over a quarter hour of the clock at the mains, in kW, in the sampled window.

Only meters that the register calls the mains count, added quarter by quarter; other meters are listed with their
own. At least one whole quarter hour must have been seen, and there is a value where no other can have been higher.
For the bounds what was not seen of a quarter hour counts
as off, and as the highest power met. A supplier may slide its interval minute by minute, which gives the same or
more.
"""

import numpy as np

from assessor.domain import Measurement, Message
from assessor.indicators import demand
from assessor.indicators.figure import figure, needed
from assessor.indicators.metering import site
from assessor.indicators.seen import Seen
from assessor.indicators.timeseries import Bins, Total

UNIT = "kw"
AREA = "energy"


def measure(seen: Seen) -> Measurement:
    mains = site(seen)
    lines = demand.lines(seen, mains, _whole, _highest)
    if not mains.whole:
        return figure("maximum_demand", "kw", None, demand.no_mains(seen), lines)
    quarters = demand.added(seen, mains, _whole)
    if quarters is None:
        return figure("maximum_demand", "kw", None, demand.without(seen, mains), lines)
    table, whole = quarters.table, int(_whole(quarters.table))
    enough = needed("duration", "quarters", whole > 0, {"n": 1}, {"n": whole, "of": len(table.number)})
    why = Message(id="indicator.why.highest_quarter", params={"n": whole, "of": len(table.number)})
    return figure(
        "maximum_demand", "kw", _highest(table), why, lines, (*quarters.clock, enough), quarters.evidence
    )


def _whole(table: Bins) -> float:
    return float(np.sum(table.whole))


def _highest(table: Bins) -> Total | None:
    """The highest mean of a quarter hour; None where none was seen whole.

    It is a value where each that was not seen whole stayed below it for certain.
    """
    if not table.whole.any():
        return None
    most = float(np.max(table.mid[table.whole]))
    beaten = bool((table.high[~table.whole] > most).any())
    return Total(float(np.max(table.low)), None if beaten else most, float(np.max(table.high)))
