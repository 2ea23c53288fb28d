"""Machines and gateways that did not answer a laptop standing in the office network: an upper bound.

Only a look from the office says anything about the boundary of the control network; from a place inside it there
is nothing to determine. One that answers is a no. One that is silent stays open, since it may as well be switched
off: a look from the office can show that there is no boundary, never that there is one.
"""

from assessor.domain import SYSTEMS, Line, Measurement, Message, Observation, Outcome, State, Vantage
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, share

UNIT = "share"
AREA = "security"
SAMPLES = False


def measure(seen: Seen) -> Measurement:
    if seen.scope.vantage is not Vantage.OFFICE:
        return Measurement(
            indicator="boundary",
            state=State.NOT_DETERMINED,
            unit="share",
            method=Message(id="indicator.boundary.method"),
            why=Message(id="indicator.why.other_vantage", params={"vantage": seen.scope.vantage.value}),
        )
    inside = {endpoint.id for endpoint in seen.scope.endpoints if endpoint.role not in SYSTEMS}
    lines = [_judge(o) for o in seen.observations if o.endpoint in inside]
    return share("boundary", lines, seen.scope, nothing="nothing_contacted")


def _judge(seen: Observation) -> Line:
    if seen.reached:
        return line(seen.endpoint, Outcome.NOT_MET, "answered_office")
    return line(seen.endpoint, Outcome.NOT_DETERMINED, "did_not_answer_office")
