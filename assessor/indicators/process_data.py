"""Machines that give process values: temperature, pressure, speed and the like, of those expected to.

Expected is what the register says. A no needs a machine that was read, looked at as a whole, and all of whose tags
have a meaning; otherwise it stays open. That values come says nothing yet about whether anyone uses them.
"""

from assessor.domain import Expect, Function, Measurement
from assessor.indicators.data_points import SeenTag
from assessor.indicators.expected import expected
from assessor.indicators.seen import Seen

UNIT = "share"
AREA = "data"
PROCESS = frozenset(
    ["temperature", "pressure", "flow", "speed", "position", "force", "level", "vibration", "electrical", "time"]
)


def measure(seen: Seen) -> Measurement:
    return expected("process_data", seen, Expect.PROCESS, _process, "process_seen", fresh=True, perhaps=_perhaps)


def _process(tag: SeenTag) -> bool:
    return tag.means(function=Function.ACTUAL) and tag.meaning is not None and tag.meaning.quantity in PROCESS


def _perhaps(tag: SeenTag) -> bool:
    """Is it of such a quantity, and nobody but its name says that it is no actual value?"""
    told = tag.meaning
    unsaid = told is not None and (told.function is None or tag.by_name("function"))
    return told is not None and unsaid and told.quantity in PROCESS
