"""Load that remains at night at the mains, in kW: the median quarter hour between 22:00 and 06:00.

The night is that of China's law on noise (22:00 to 06:00), by the clock of the plant: the offset that the scope's
window is written with, else UTC+8. Only meters that the register calls the mains count; others are listed with
their own. Nights of which nine tenths of the quarter hours were seen whole are taken (own threshold), and without
one there is no figure. For the bounds what was not seen of a quarter hour counts as off, and as the highest power
met; there is a value where all of it was seen.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.domain import Measurement, Message, Scope
from assessor.indicators import demand
from assessor.indicators.figure import ENOUGH_SEEN, figure, needed, text
from assessor.indicators.metering import site
from assessor.indicators.seen import Seen
from assessor.indicators.timeseries import QUARTER, Bins, Floats, Total

UNIT = "kw"
AREA = "energy"
DAY, BEGINS, LONG = 96, 88, 32
"""Quarter hours of a day, before the night begins, and of a night."""
CHINA = 8 * 3600
"""Seconds that the clock of the plant is ahead of UTC, where the scope does not say otherwise."""


class Night(NamedTuple):
    """One night: which rows of the table are of it, and how much of it was seen."""

    rows: NDArray[np.bool_]
    share: float


def measure(seen: Seen) -> Measurement:
    mains, late = site(seen), offset(seen.scope)

    def serves(table: Bins) -> float:
        return _most(nights(table, late))

    def own(table: Bins) -> Total | None:
        return _load(table, nights(table, late))

    lines = demand.lines(seen, mains, serves, own)
    if not mains.whole:
        return figure("base_load", "kw", None, demand.no_mains(seen), lines)
    quarters = demand.added(seen, mains, serves)
    if quarters is None:
        return figure("base_load", "kw", None, demand.without(seen, mains), lines)
    found = nights(quarters.table, late)
    zone = f"{late / 3600:+g}"
    night = needed("coverage", "night", _most(found) >= ENOUGH_SEEN, {"zone": zone}, {"share": text(_most(found))})
    why = _why(quarters.table, found, zone)
    trust = (*quarters.clock, night)
    return figure("base_load", "kw", _load(quarters.table, found), why, lines, trust, quarters.evidence)


def offset(scope: Scope) -> int:
    """Seconds that the clock of the plant is ahead of UTC, in whole quarter hours."""
    ahead = datetime.fromisoformat(scope.window.opens).utcoffset() if scope.window else None
    seconds = CHINA if ahead is None else round(ahead / timedelta(seconds=1))
    return seconds // QUARTER * QUARTER


def nights(table: Bins, late: int) -> list[Night]:
    """Every night that the table reaches into."""
    since = table.number + late // QUARTER - BEGINS
    inside, of = since % DAY < LONG, since // DAY
    rows = [inside & (of == one) for one in np.unique(of[inside])]
    return [Night(row, float(np.sum(table.whole[row])) / LONG) for row in rows]


def _most(found: list[Night]) -> float:
    return max((night.share for night in found), default=0.0)


def _taken(found: list[Night]) -> list[Night]:
    return [night for night in found if night.share >= ENOUGH_SEEN]


def _load(table: Bins, found: list[Night]) -> Total | None:
    """The median over the nights taken; quarter hours outside the table are open altogether."""
    taken = _taken(found)
    if not taken:
        return None

    def median(column: Floats, absent: float) -> float:
        lacking = sum(LONG - int(np.sum(night.rows)) for night in taken)
        seen = [column[night.rows] for night in taken]
        return float(np.median(np.concatenate((*seen, np.full(lacking, absent)))))

    mid = median(table.mid, np.nan)
    return Total(median(table.low, 0.0), None if np.isnan(mid) else mid, median(table.high, np.inf))


def _why(table: Bins, found: list[Night], zone: str) -> Message:
    taken = _taken(found)
    whole = np.concatenate([table.mid[night.rows & table.whole] for night in taken]) if taken else np.zeros(1)
    lowest, highest = text(float(np.min(whole))), text(float(np.max(whole)))
    params: dict[str, str | int] = {"n": len(taken), "lowest": lowest, "highest": highest, "zone": zone}
    return Message(id="indicator.why.night_median", params=dict(params))
