"""Machines that count what they make: a current piece counter, of those expected to.

Energy counters do not count. A no needs a machine that was read, looked at as a whole, and all of whose tags have
a meaning; otherwise it stays open.
"""

from assessor.domain import Expect, Function, Measurement
from assessor.indicators.data_points import SeenTag
from assessor.indicators.expected import expected
from assessor.indicators.seen import Seen

UNIT = "share"
AREA = "production"


def measure(seen: Seen) -> Measurement:
    return expected("counter_signal", seen, Expect.COUNTER, _shows, "counter_seen")


def _shows(tag: SeenTag) -> bool:
    return tag.means("count", Function.COUNTER)
