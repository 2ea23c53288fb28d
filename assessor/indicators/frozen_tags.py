"""Tags whose value and time stood still throughout, of those that ought to move.

Looked at are tags with source times that are neither setpoints nor identification. A value that did not change
but is stamped afresh is a steady one, not a frozen one; without source times the two cannot be told apart.
What has stood still for less than two weeks stays open, since its machine may have been at rest on the day.
Needs 300 rows or 300 seconds a tag, else it is too short to say.
"""

from assessor.domain import Function, Line, Measurement, Outcome
from assessor.indicators.data_points import SeenTag
from assessor.indicators.figure import needed
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, share, thousandth, widened

UNIT = "share"
AREA = "data"
ROWS, SECONDS = 300, 300.0
STILL = frozenset({Function.SETPOINT, Function.IDENTIFICATION})


def measure(seen: Seen) -> Measurement:
    looked = [tag for tag in seen.tags if _moves(tag)]
    longest = max((tag.facts.seconds for tag in looked if tag.facts), default=0.0)
    rows = max((tag.facts.rows for tag in looked if tag.facts), default=0)
    long = needed(
        "duration",
        "duration",
        rows >= ROWS or longest >= SECONDS,
        {"rows": ROWS, "seconds": str(int(SECONDS))},
        {"rows": rows, "seconds": str(float(thousandth(longest)))},
    )
    lines = map(_judge, looked)
    made = share("frozen_tags", lines, seen.scope, nothing="no_source_times", conditions=(long,))
    return widened(made, seen.scope)


def _moves(tag: SeenTag) -> bool:
    """Ought it to move? A name alone takes none out of the count."""
    known = tag.facts is not None and tag.facts.stale is not None
    return known and (not _may_stand(tag) or tag.by_name("function"))


def _may_stand(tag: SeenTag) -> bool:
    return tag.meaning is not None and tag.meaning.function in STILL


def _judge(tag: SeenTag) -> Line:
    assert tag.facts is not None
    if _may_stand(tag) and (tag.cut_off or tag.facts.stale):
        return line(tag.tag.path, Outcome.NOT_DETERMINED, "stands_still")
    if tag.cut_off:
        return line(tag.tag.path, Outcome.MET, "frozen")
    if tag.facts.stale:
        return line(tag.tag.path, Outcome.NOT_DETERMINED, "stands_still")
    return line(tag.tag.path, Outcome.NOT_MET, "moves" if tag.facts.changes else "steady")
