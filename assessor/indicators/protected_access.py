"""Servers that let in only who identifies himself over an encrypted channel, of those reached.

OPC UA: no endpoint without encryption and none for anonymous users. Modbus and MTConnect over plain HTTP know
neither, so they are a no by nature. What that means depends on where the laptop stood: inside an isolated cell
it is ordinary, from an office network it is not. The point of view is part of the result; no rating is moved by
it.
"""

from assessor.domain import Line, Measurement, Observation, Outcome
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, share

UNIT = "share"
AREA = "security"
SAMPLES = False


def measure(seen: Seen) -> Measurement:
    reached = [o for o in seen.observations if o.reached]
    lines = [_judge(o, seen.scope.vantage.value) for o in reached]
    return share("protected_access", lines, seen.scope, nothing="nothing_reached")


def _judge(seen: Observation, vantage: str) -> Line:
    if not seen.offers and seen.protocol == "opcua":
        return line(seen.endpoint, Outcome.NOT_DETERMINED, "undecided")
    if not seen.offers:
        return line(seen.endpoint, Outcome.NOT_MET, "no_protection_in_protocol", vantage=vantage)
    open_ = [o for o in seen.offers if o.mode == "None" or any("anonymous" in t.lower() for t in o.tokens)]
    if open_:
        return line(seen.endpoint, Outcome.NOT_MET, "open_access", vantage=vantage)
    return line(seen.endpoint, Outcome.MET, "protected")
