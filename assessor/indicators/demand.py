"""Power by quarter hours of what may be added: what demand, base load and a year's carbon are made of."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from assessor.domain import Condition, EvidenceClass, Line, Message
from assessor.indicators import timeseries
from assessor.indicators.figure import unknown, valued
from assessor.indicators.metering import Load, Site, loads, meters
from assessor.indicators.seen import Seen
from assessor.indicators.timeseries import Bins, Total

Score = Callable[[Bins], float]
"""How well a table serves; the better of what was read and what a record holds is taken, read first."""


class Quarters(NamedTuple):
    """Quarter-hour means of several meters together, in kW."""

    table: Bins
    evidence: tuple[EvidenceClass, ...]
    clock_set: bool

    @property
    def clock(self) -> tuple[Condition, ...]:
        """The condition that fails where the clock was set: then quarter hours of the clock are not known."""
        if not self.clock_set:
            return ()
        needed, found = (Message(id=f"indicator.{of}.clock_kept") for of in ("needs", "found"))
        return (Condition(id="clock", needed=needed, found=found, holds=False),)


def best(found: Sequence[Load], score: Score) -> Load | None:
    """The load that serves best, one by a clock that was not set before any other; the first of equals."""
    return max(found, key=lambda load: (not load.clock_set, score(load.quarters)), default=None)


def added(seen: Seen, of: Site, score: Score) -> Quarters | None:
    """The sum over all meters that may be added; None where one of them says nothing."""
    held = [best(loads(seen, one), score) for one in of.meters]
    known = [load for load in held if load is not None]
    if not known or len(known) < len(held):
        return None
    table, was_set = timeseries.together([load.quarters for load in known]), any(one.clock_set for one in known)
    return Quarters(table, tuple(one.evidence for one in known), was_set)


def lines(seen: Seen, of: Site, score: Score, value: Callable[[Bins], Total | None]) -> list[Line]:
    """A line for every meter of the register, each with its own figure; added are those of the mains alone."""
    adds = {one.asset.id for one in of.meters} if of.whole else set[str]()
    made = []
    for one in meters(seen):
        load = best(loads(seen, one), score)
        if load is None:
            made.append(unknown(one.asset.id, "no_load"))
        elif load.clock_set:
            made.append(unknown(one.asset.id, "clock_was_set"))
        elif (own := value(load.quarters)) is None:
            made.append(unknown(one.asset.id, "too_short_for_it"))
        else:
            made.append(
                valued(one.asset.id, "added" if one.asset.id in adds else "not_added", own.mid, load.evidence)
            )
    return made


def without(seen: Seen, of: Site) -> Message:
    """Why there is no sum."""
    if not of.meters:
        return Message(id="indicator.why.no_meter_placed", params={"n": len(meters(seen))})
    silent = sum(not loads(seen, one) for one in of.meters)
    return Message(id="indicator.why.meters_open", params={"n": len(of.meters), "open": silent})


def no_mains(seen: Seen) -> Message:
    """Why nothing can be said of the whole site."""
    return Message(id="indicator.why.no_mains", params={"n": len(meters(seen))})
