"""Machines and gateways that did not answer a laptop standing in the office network.

Only a look from the office says anything about the boundary of the control network; from a place inside it there
is nothing to determine. An endpoint that stays silent may also be switched off, so a high share is weak evidence
of protection, while a low one is strong evidence that there is none.
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
    return line(seen.endpoint, Outcome.MET, "did_not_answer_office")
