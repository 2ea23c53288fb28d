"""How often values are renewed: the median over tags, in seconds.

Taken from source times where they move, else from changes under polling by the interval whose whole multiples
the gaps are. At least 30 changes a tag and five such tags are needed. What is renewed faster than about three
polls cannot be told from what is renewed at every poll: the lower bound is then zero. Where too few tags were
read, exported records are taken: they show how often a system stored values, which bounds it from above.
"""

from fractions import Fraction
from statistics import median

from assessor.domain import Condition, EvidenceClass, Measurement, Message, State
from assessor.indicators.seen import Seen
from assessor.indicators.share import milliseconds

UNIT = "seconds"
ENOUGH = 5
METHOD = Message(id="indicator.update_interval.method")


def measure(seen: Seen) -> Measurement:
    known = [tag.facts for tag in seen.tags if tag.facts is not None]
    found = [f for f in known if f.update_interval is not None]
    stored = [one.seen.facts for one in seen.recorded if one.seen.facts is not None]
    recorded = len(found) < ENOUGH <= sum(f.update_interval is not None for f in stored)
    if recorded:
        known, found = stored, [f for f in stored if f.update_interval is not None]
    enough = Condition(
        id="count",
        needed=Message(id="indicator.needs.changing_tags", params={"n": ENOUGH}),
        found=Message(id="indicator.found.changing_tags", params={"n": len(found)}),
        holds=len(found) >= ENOUGH,
    )
    if not enough.holds:
        return Measurement(
            indicator="update_interval",
            state=State.UNUSABLE if known else State.NOT_DETERMINED,
            unit="seconds",
            total=len(known),
            method=METHOD,
            why=enough.found if known else Message(id="indicator.why.no_rows"),
            conditions=(enough,),
        )
    value = milliseconds(median(f.update_interval for f in found if f.update_interval is not None))
    poll = median(f.seconds / (f.rows - 1) for f in found if f.rows > 1)
    hidden = recorded or float(value) < 2.5 * poll
    why = "median_of_records" if recorded else "hidden_by_poll" if hidden else "median_of_tags"
    return Measurement(
        indicator="update_interval",
        state=State.MEASURED,
        unit="seconds",
        value=value,
        low=Fraction(0) if hidden else value,
        high=value,
        count=len(found),
        total=len(known),
        method=METHOD,
        why=Message(id=f"indicator.why.{why}"),
        conditions=(enough,),
        absence_tested=not recorded,
        rests_on=(EvidenceClass.EXPORTED if recorded else EvidenceClass.MEASURED,),
    )
