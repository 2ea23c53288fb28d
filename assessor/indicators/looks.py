"""When a data point was looked at, and how long each of its values stood: stretches for energy figures.

Spans are those of the monotonic clock; the laptop's own clock says only where they lie. A row that is not Good
ends what stood before it and is a look that saw nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assessor.domain import Gap, Series, away
from assessor.indicators import timeseries
from assessor.indicators.data_points import SeenTag
from assessor.indicators.seen import Seen
from assessor.indicators.timeseries import SECOND, Floats, Steps, Times

REPORTS = frozenset({"subscribe", "reported"})
"""How a tag is sampled whose changes are reported."""
CLOCK_SET = "sampling.clock_set"
NOT_COUNTED = frozenset({"sampling.slept", "bundle.interrupted"})
"""Through these the monotonic clock may have stood or begun anew: there the laptop's own clock counts."""
DRIFT = 0.001
"""Share by which the two clocks may differ, beyond a second, before one was set. (Own threshold.)"""


@dataclass(frozen=True)
class Rows:
    """The Good rows of one data point."""

    tag: SeenTag
    series: Series
    at: Times
    """ns UTC; of a record the source's own times."""
    clock_set: bool
    live: bool
    ended: int
    """When the looking ended: ns UTC."""
    gone: tuple[tuple[int, int], ...]

    @property
    def value(self) -> Floats:
        return self.series.value

    def steps(self, value: Floats) -> Steps:
        """Stretches of these values, one for each row; what was looked at reaches over rows that were not Good."""
        if not self.live:
            return self._between(value)
        facts, last = self.tag.facts, int(self.series.at[-1])
        reports = self.tag.tag.sampling in REPORTS
        made = self._held(value) if reports else self._between(value)
        if facts is None or (facts.rows <= facts.good and not reports):
            return made
        begins = int(self.at[0]) - max(0, int(self.series.at[0]) - facts.first)
        ends = int(self.at[-1]) + max(0, (self.ended if reports else facts.last) - last)
        since, until = ((moment - made.origin) / SECOND for moment in (begins, ends))
        return made._replace(since=since, until=until) if made.origin else made

    def _between(self, value: Floats) -> Steps:
        return timeseries.between(self.at, value, timeseries.limit(timeseries.spacing(self.at)))

    def _held(self, value: Floats) -> Steps:
        """The last row of all stood until the looking ended; one that was followed by another did not."""
        stood, last = self.series.stood.copy(), int(self.series.at[-1])
        facts = self.tag.facts
        if stood[-1] == 0 and (facts is None or facts.last <= last):
            stood[-1] = max(self.ended - last, 0) / SECOND
        return timeseries.held(self.at, value, stood, self.gone)


def rows(seen: Seen, tag: SeenTag, exported: bool) -> Rows | None:
    """Of a tag that was read, or of a data point of a record; None where it has no Good value."""
    series = seen.series(tag.tag.id)
    if series is None:
        return None
    if exported:
        return Rows(tag, series, series.source, False, False, int(series.source[-1]), ())
    here = next((o for o in seen.observations if o.endpoint == tag.tag.endpoint), None)
    gaps = here.gaps if here else ()
    at, was_set = moments(series, gaps)
    return Rows(tag, series, at, was_set, True, here.ended if here else int(series.at[-1]), away(gaps))


def moments(series: Series, gaps: Sequence[Gap]) -> tuple[Times, bool]:
    """When rows came, by the monotonic clock from the first on: ns UTC. And whether the laptop's clock was set."""
    told = any(gap.why.id == CLOCK_SET for gap in gaps)
    if series.seconds is None or len(series.at) < 2:
        return series.at, told
    wall, passed = np.diff(series.at), np.round(np.diff(series.seconds) * SECOND).astype(np.int64)
    slept = np.zeros(len(wall), dtype=bool)
    for gap in gaps:
        if gap.why.id in NOT_COUNTED:
            slept |= (series.at[:-1] < gap.ends) & (series.at[1:] > gap.begins)
    leapt = (np.abs(wall - passed) > SECOND + DRIFT * np.abs(passed)) & ~slept
    at = series.at[0] + np.append(0, np.cumsum(np.where(slept, wall, passed)))
    return at, told or bool(leapt.any())
