"""Rows whose status is Good, of all rows received.

A server that reports only changes sends few rows of what is steady and many of what is not. Its rows are therefore
weighed by time: a status counts for every sampling interval until the next row. Intervals in which its endpoint
was not reached count neither as Good nor as anything else.

The status is the machine's or server's own word, so a stale value may well be Good. Known limit: a refusal of our
session (no rights, security mode too low) counts as a row that is not Good, although it speaks of the session.
"""

from fractions import Fraction

from assessor.domain import Line, Measurement, Message, Outcome, State
from assessor.indicators.data_points import SeenTag
from assessor.indicators.seen import Seen
from assessor.indicators.share import line

UNIT = "share"
AREA = "data"
METHOD = Message(id="indicator.good_status.method")


def measure(seen: Seen) -> Measurement:
    counted = [tag for tag in seen.tags if tag.facts is not None and tag.facts.rows]
    rows = sum(tag.looks for tag in counted)
    if not rows:
        why = Message(id="indicator.why.no_rows")
        return Measurement(
            indicator="good_status", state=State.NOT_DETERMINED, unit="share", method=METHOD, why=why
        )
    good = sum(tag.good_looks for tag in counted)
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
    here = [tag for tag in tags if tag.tag.endpoint == endpoint]
    good, rows = sum(tag.good_looks for tag in here), sum(tag.looks for tag in here)
    outcome = Outcome.MET if good == rows else Outcome.PARTLY_MET if good else Outcome.NOT_MET
    return line(endpoint, outcome, "rows_good", good=good, rows=rows)
