"""Machines that show their alarms: an alarm tag, or alarm conditions of OPC UA, of those expected to.

Conditions count where the walk found instances of alarm or condition types: events can then be subscribed to. A
no needs a machine that was read, looked at as a whole, and all of whose tags have a meaning.
"""

from assessor.domain import Expect, Function, Line, Measurement, Outcome
from assessor.indicators.data_points import SeenTag
from assessor.indicators.expected import expected
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line

UNIT = "share"
AREA = "production"


def measure(seen: Seen) -> Measurement:
    return expected("alarm_signal", seen, Expect.ALARM, _shows, "alarm_seen", otherwise=_conditions)


def _shows(tag: SeenTag) -> bool:
    return tag.means(function=Function.ALARM)


def _conditions(seen: SeenAsset) -> Line | None:
    spaces = [place.device.space for place in seen.places if place.device.answered and place.device.space]
    found = sum(space.conditions for space in spaces)
    return line(seen.asset.id, Outcome.MET, "conditions_seen", n=found) if found and seen.live else None
