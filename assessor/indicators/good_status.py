"""Rows whose status is Good, of all rows received.

The status is the machine's or server's own word, so a stale value may well be Good. Known limit: a refusal of our
session (no rights, security mode too low) counts as a row that is not Good, although it speaks of the session.
"""

from fractions import Fraction

from assessor.domain import Line, Measurement, Message, Outcome, State
from assessor.indicators.seen import Seen, SeenTag
from assessor.indicators.share import line

UNIT = "share"
METHOD = Message(id="indicator.good_status.method")


def measure(seen: Seen) -> Measurement:
    counted = [tag for tag in seen.tags if tag.facts is not None and tag.facts.rows]
    rows = sum(tag.facts.rows for tag in counted if tag.facts)
    if not rows:
        why = Message(id="indicator.why.no_rows")
        return Measurement(
            indicator="good_status", state=State.NOT_DETERMINED, unit="share", method=METHOD, why=why
        )
    good = sum(tag.facts.good for tag in counted if tag.facts)
    value = Fraction(good, rows)
    return Measurement(
        indicator="good_status",
        state=State.MEASURED,
        unit="share",
        value=value,
        low=value,
        high=value,
        count=len(counted),
        total=len(counted),
        method=METHOD,
        why=Message(id="indicator.why.rows_good", params={"good": good, "rows": rows}),
        absence_tested=True,
        lines=tuple(_line(id_, counted) for id_ in sorted({tag.tag.endpoint for tag in counted})),
    )


def _line(endpoint: str, tags: list[SeenTag]) -> Line:
    here = [tag.facts for tag in tags if tag.tag.endpoint == endpoint and tag.facts]
    good, rows = sum(f.good for f in here), sum(f.rows for f in here)
    outcome = Outcome.MET if good == rows else Outcome.PARTLY_MET if good else Outcome.NOT_MET
    return line(endpoint, outcome, "rows_good", good=good, rows=rows)
