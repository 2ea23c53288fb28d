"""What we asked of the plant, as a share of the most that was stated before anything was sent: requests.

Over all endpoints of which both are known; how many requests a second that was stands beside each. What was stated
is an upper bound, so a small share is usual; more than all of it is a fault of ours.
"""

from fractions import Fraction

from assessor.domain import Line, Measurement, Observation, Outcome, Traffic
from assessor.indicators.figure import bounded, told, undetermined
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, thousandth

UNIT = "share"
AREA = "interfaces"


def measure(seen: Seen) -> Measurement:
    lines = [_judge(o) for o in seen.observations]
    known = [o.traffic for o in seen.observations if o.traffic is not None and o.traffic.stated]
    if not known:
        return undetermined("load_caused", "share", told("load_unknown"), of=(0, len(lines)))
    asked, stated = sum(t.requests for t in known), sum(t.stated or 0 for t in known)
    return bounded(
        "load_caused",
        "share",
        Fraction(asked, stated),
        told("load_of_all", n=asked, stated=stated),
        lines,
        of=(len(known), len(lines)),
    )


def _judge(seen: Observation) -> Line:
    traffic = seen.traffic
    if traffic is None or not traffic.stated:
        return line(seen.endpoint, Outcome.NOT_DETERMINED, "load_unknown")
    value = Fraction(traffic.requests, traffic.stated)
    outcome = Outcome.MET if value <= 1 else Outcome.NOT_MET
    asked = {"n": traffic.requests, "stated": traffic.stated}
    if traffic.seconds > 0:
        own = line(seen.endpoint, outcome, "load_of", rate=_rate(traffic), **asked)
    else:  # for how long is unknown
        own = line(seen.endpoint, outcome, "load_untimed", **asked)
    return own.model_copy(update={"value": value})


def _rate(traffic: Traffic) -> str:
    """Requests a second over the time that it was in contact."""
    return str(float(thousandth(traffic.requests / traffic.seconds)))
