"""How often values are renewed: the median over tags, in seconds.

Taken from source times where they move, else from changes by the interval whose whole multiples the gaps are. At
least 30 changes a tag and five such tags are needed. What is renewed faster than about three looks (polls, or
sampling intervals of a server that reports changes) cannot be told from what is renewed at every look: the lower
bound is then zero. Where too few tags were read, exported records are taken: they show how often a system stored
values, which bounds it from above.
"""

from fractions import Fraction
from statistics import median

from assessor.domain import EvidenceClass, Measurement, Message, State
from assessor.indicators.data_points import SeenTag, looked_at
from assessor.indicators.figure import needed
from assessor.indicators.seen import Seen
from assessor.indicators.share import thousandth

UNIT = "seconds"
AREA = "data"
ENOUGH = 5
METHOD = Message(id="indicator.update_interval.method")


def measure(seen: Seen) -> Measurement:
    known = [tag for tag in seen.tags if tag.facts is not None]
    found = [tag for tag in known if _interval(tag) is not None]
    stored = [one.seen for one in seen.recorded if one.seen.facts is not None]
    recorded = len(found) < ENOUGH <= sum(_interval(tag) is not None for tag in stored)
    if recorded:
        known, found = stored, [tag for tag in stored if _interval(tag) is not None]
    enough = needed("count", "changing_tags", len(found) >= ENOUGH, {"n": ENOUGH}, {"n": len(found)})
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
    value = thousandth(median(i for tag in found if (i := _interval(tag)) is not None))
    poll = median(map(_looked_at, found))
    hidden = recorded or float(value) < 2.5 * poll
    why = "median_of_records" if recorded else "hidden_by_poll" if hidden else "median_of_tags"
    return Measurement(
        indicator="update_interval",
        state=State.MEASURED,
        unit="seconds",
        value=None if hidden else value,
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


def _interval(tag: SeenTag) -> float | None:
    return tag.facts.update_interval if tag.facts else None


def _looked_at(tag: SeenTag) -> float:
    """Seconds between two looks at its value."""
    assert tag.facts is not None  # 30 changes are as many rows
    return looked_at(tag.tag) or tag.facts.seconds / (tag.facts.rows - 1)
