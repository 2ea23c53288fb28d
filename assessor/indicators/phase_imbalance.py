"""Imbalance of three phases: how far the furthest phase lies from their mean, over the mean, weighted by load.

The greatest deviation from the mean of three over that mean, as NEMA MG 1 defines it for line voltages (through
secondary sources, the text was not at hand); for voltages to neutral and for currents the same formula. It is
not the ratio of negative to positive sequence of GB/T 15543, which needs angles. The value is that of the
currents of the worst meter; voltages stand in the lines. Three tags that are known for certain to be the three
phases are needed, at least half an hour of minutes in which all were seen, and nine tenths of the window (own
thresholds).
"""

from typing import NamedTuple

import numpy as np

from assessor.domain import EvidenceClass, Line, Measurement, Message
from assessor.indicators import timeseries
from assessor.indicators.electric import Quantity
from assessor.indicators.figure import covered, figure, long_enough, text, unknown, valued
from assessor.indicators.metering import Points, meters
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.timeseries import MINUTE, Total

UNIT = "share"
AREA = "energy"
HALF_AN_HOUR = 1800.0
UTMOST = 2.0
"""One phase carries all: by the definition it lies twice the mean from the mean."""


class Phases(NamedTuple):
    """What three phases of one meter showed."""

    found: Total | None
    """None where nothing flowed, or no whole minute was seen."""
    minutes: int
    open: int
    evidence: EvidenceClass


def measure(seen: Seen) -> Measurement:
    every = meters(seen)
    held = {one.asset.id: _phases(seen, one, "current") for one in every}
    lines = [_line(one.asset.id, held[one.asset.id], "currents") for one in every]
    lines += [
        _line(one.asset.id, volts, "voltages")
        for one in every
        if (volts := _phases(seen, one, "voltage")) is not None
    ]
    known = {id_: one for id_, one in held.items() if one is not None}
    if not known:
        return figure("phase_imbalance", "share", None, Message(id="indicator.why.no_phases"), lines)
    longest = max(one.minutes for one in known.values()) * float(MINUTE)
    enough = long_enough(longest, HALF_AN_HOUR)
    long = {id_: one for id_, one in known.items() if one.found and one.minutes * MINUTE >= HALF_AN_HOUR}
    if not long:
        why = Message(id="indicator.why.no_current")
        return figure("phase_imbalance", "share", None, why, lines, () if enough.holds else (enough,))
    worst = max(sorted(long), key=lambda id_: long[id_].found.mid or 0.0)  # type: ignore[union-attr]
    one = long[worst]
    trust = (enough, covered(one.minutes / (one.minutes + one.open)))
    why = Message(
        id="indicator.why.worst_phases",
        params={"meter": seen.by_id[worst].asset.name, "n": len(long), "minutes": text(float(one.minutes))},
    )
    return figure("phase_imbalance", "share", one.found, why, lines, trust, (one.evidence,))


def _phases(seen: Seen, of: SeenAsset, quantity: Quantity) -> Phases | None:
    """By current, or by voltage: those between phases where there are three, else those to neutral."""
    names = [("l1", "l2", "l3")] if quantity == "current" else [("l12", "l23", "l31"), ("l1", "l2", "l3")]
    for exported in (False, True):
        points = Points(seen, of, exported)
        three = next((found for name in names if (found := points.three(quantity, *name))), None)
        if three is None:
            continue
        tables = timeseries.outer([timeseries.bins(one.steps(), MINUTE) for one in three])
        whole = np.all(np.stack([table.whole for table in tables]), axis=0)
        means = np.abs(np.stack([table.mid[whole] for table in tables]))
        middle = np.mean(means, axis=0)
        apart = np.max(np.abs(means - middle), axis=0)
        open_ = int(np.sum(~whole))
        found_ = timeseries.ratio(apart, middle, open_, UTMOST) if len(middle) else None
        return Phases(found_, len(middle), open_, three[0].evidence)
    return None


def _line(subject: str, one: Phases | None, of: str) -> Line:
    if one is None:
        return unknown(subject, "no_phases_known")
    if one.found is None:
        return unknown(subject, "no_current" if one.minutes else "too_short_for_it")
    return valued(subject, f"phases_by_{of}", one.found.mid, one.evidence)
