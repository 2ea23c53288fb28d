"""Numeric process values that declare their unit and range themselves.

Looked at are numeric OPC UA tags that are not states, counters or identification. The unit that a Modbus register
map adds is the map's word, not the machine's, so Modbus tags are left out. A tag that declares less than both is
a no where its function is known; where nobody says what it is for it stays open, as it may be a state or a count.
"""

from assessor.domain import Function, Line, Measurement, Outcome
from assessor.indicators.data_points import SeenTag
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, share

UNIT = "share"
AREA = "data"
NOT_ANALOGUE = frozenset({Function.STATE, Function.COUNTER, Function.IDENTIFICATION, Function.ALARM})


def measure(seen: Seen) -> Measurement:
    looked = [tag for tag in seen.tags if _analogue(tag)]
    return share("units_ranges", map(_judge, looked), seen.scope, nothing="no_analogue_tags")


def _analogue(tag: SeenTag) -> bool:
    """Is it one? A name alone takes none out of the count."""
    numeric = tag.facts is not None and tag.facts.minimum is not None
    return numeric and tag.endpoint.protocol == "opcua" and (not _other(tag) or tag.by_name("function"))


def _other(tag: SeenTag) -> bool:
    return tag.meaning is not None and tag.meaning.function in NOT_ANALOGUE


def _judge(tag: SeenTag) -> Line:
    unit, ranged = tag.tag.unit is not None, tag.tag.low is not None and tag.tag.high is not None
    if _other(tag):  # by its name alone, else it were not looked at
        return line(tag.tag.path, Outcome.NOT_DETERMINED, "unexplained_tag")
    if unit and ranged:
        return line(tag.tag.path, Outcome.MET, "unit_and_range")
    if tag.meaning is None or tag.meaning.function is None or tag.by_name("function"):
        return line(tag.tag.path, Outcome.NOT_DETERMINED, "unexplained_tag")
    why = "unit_only" if unit else "range_only" if ranged else "neither"
    return line(tag.tag.path, Outcome.NOT_MET, why)
