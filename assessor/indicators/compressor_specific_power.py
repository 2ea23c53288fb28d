"""Specific power of compressors in kW per m³/min: electric power over the air delivered, idling included.

Sum over sum of the minutes in which both were seen, over all compressors that tell both. Power is that of the
meter that serves the compressor alone, else its controller's; the flow must be the one volume flow of the
compressor whose name is known ('flow rate', 'free air delivery', 排气量). The state that a flow refers to (intake,
or 0 °C and 1 atm) is as the device shows it: not the figure of ISO 1217, which is taken at a stated pressure
under full load. At least half an hour, of which nine tenths were seen (own thresholds).
"""

from typing import NamedTuple

import numpy as np

from assessor.domain import EvidenceClass, Line, MeasuredIn, Measurement, Message
from assessor.indicators import timeseries
from assessor.indicators.compressors import compressors, power
from assessor.indicators.figure import covered, figure, long_enough, unknown, valued
from assessor.indicators.metering import Points
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.timeseries import MINUTE, Total

UNIT: MeasuredIn = "kw-per-m3-min"
AREA = "energy"
HALF_AN_HOUR = 1800.0


class Air(NamedTuple):
    """Of one compressor, over the minutes in which both were seen."""

    power: Total
    """kW, summed over minutes"""
    flow: Total
    """m³/min, likewise"""
    minutes: int
    open: int
    evidence: EvidenceClass

    @property
    def specific(self) -> float | None:
        """kW per m³/min; None where no air was delivered."""
        return self.power.mid / self.flow.mid if self.flow.mid and self.power.mid is not None else None


def measure(seen: Seen) -> Measurement:
    every = compressors(seen)
    held = {one.asset.id: _air(seen, one) for one in every}
    lines = [_line(id_, air) for id_, air in held.items()]
    used = [air for air in held.values() if air is not None and air.specific is not None]
    if not used:
        name = "no_compressor_flow" if every else "no_compressor"
        return figure("compressor_specific_power", UNIT, None, Message(id=f"indicator.why.{name}"), lines)
    minutes, open_ = sum(air.minutes for air in used), sum(air.open for air in used)
    shortest = min(air.minutes for air in used) * float(MINUTE)
    trust = (long_enough(shortest, HALF_AN_HOUR), covered(minutes / (minutes + open_)))
    why = Message(id="indicator.why.specific_power_of", params={"n": len(used), "of": len(every)})
    evidence = [air.evidence for air in used]
    return figure("compressor_specific_power", UNIT, _over(used), why, lines, trust, evidence)


def _over(used: list[Air]) -> Total | None:
    """Sums over sums; None where the flow may have been nothing."""
    powers, flows = ([x for x in (getattr(air, name) for air in used)] for name in ("power", "flow"))
    least, middle, most = (sum(flow[i] or 0.0 for flow in flows) for i in range(3))
    if least <= 0:
        return None
    low, mid, high = (sum(one[i] or 0.0 for one in powers) for i in range(3))
    return Total(low / most, mid / middle, high / least)


def _air(seen: Seen, of: SeenAsset) -> Air | None:
    for exported in (False, True):
        kw, flow = power(seen, of, exported), Points(seen, of, exported).of("flow", "total", "bare")
        if kw is None or flow is None:
            continue
        tables = timeseries.outer([timeseries.bins(x, MINUTE) for x in (timeseries.drawn(kw), flow.steps())])
        whole = tables[0].whole & tables[1].whole
        first, second = (
            Total(*(float(np.sum(column[whole])) for column in (table.low, table.mid, table.high)))
            for table in tables
        )
        return Air(first, second, int(np.sum(whole)), int(np.sum(~whole)), flow.evidence)
    return None


def _line(subject: str, air: Air | None) -> Line:
    if air is None:
        return unknown(subject, "no_flow_or_power")
    if air.specific is None:
        return unknown(subject, "no_air")
    return valued(subject, "specific_power", air.specific, air.evidence)
