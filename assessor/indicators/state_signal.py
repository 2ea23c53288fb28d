"""Machines that show what they are doing: a current state signal, of those expected to.

Expected is what the register says (`expects`). A no needs a machine that was read, looked at as a whole, and all
of whose tags have a meaning; otherwise a state may hide behind a name nobody has explained, and it stays open.
"""

from assessor.domain import Expect, Function, Measurement
from assessor.indicators.data_points import SeenTag
from assessor.indicators.expected import expected
from assessor.indicators.seen import Seen

UNIT = "share"
AREA = "production"


def measure(seen: Seen) -> Measurement:
    return expected("state_signal", seen, Expect.STATE, _shows, "state_seen")


def _shows(tag: SeenTag) -> bool:
    return tag.means(function=Function.STATE)
