"""Machines that show whether what they made is good: a quality result, of those expected to.

A counter of rejects is a count, not a result of a piece, and does not count here unless a person says that it
stands for quality. A no needs a machine that was read, looked at as a whole, and all of whose tags have a meaning.
"""

from assessor.domain import Expect, Function, Measurement
from assessor.indicators.data_points import SeenTag
from assessor.indicators.expected import expected
from assessor.indicators.seen import Seen

UNIT = "share"
AREA = "production"


def measure(seen: Seen) -> Measurement:
    return expected("quality_signal", seen, Expect.QUALITY, _shows, "quality_seen")


def _shows(tag: SeenTag) -> bool:
    return tag.means(function=Function.QUALITY)
