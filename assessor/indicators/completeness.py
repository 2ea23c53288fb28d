"""Rows that came, of those that were due at the sampling interval.

Due are as many rows as the interval of a tag fits into the time its endpoint was sampled. At least 20 rows must
have been due for the figure to be used. Tags that are reported when they change have no rows due. A gap while a
connection was down counts as missing.
"""

from collections import defaultdict
from fractions import Fraction

from assessor.domain import Condition, Line, Measurement, Message, Outcome, State, TagFacts
from assessor.indicators.seen import Seen
from assessor.indicators.share import line

UNIT = "share"
ENOUGH = 20
METHOD = Message(id="indicator.completeness.method")


def measure(seen: Seen) -> Measurement:
    sampled: dict[str, list[TagFacts]] = defaultdict(list)
    asked: dict[str, float] = {}
    for tag in seen.tags:
        if tag.facts is not None and tag.facts.rows > 1 and not tag.tag.on_change:
            sampled[tag.tag.endpoint].append(tag.facts)
            asked[tag.tag.endpoint] = (tag.tag.interval_ms or 0) / 1000
    if not sampled:
        why = Message(id="indicator.why.no_rows")
        return Measurement(
            indicator="completeness", state=State.NOT_DETERMINED, unit="share", method=METHOD, why=why
        )
    due = {id_: _due(facts, asked[id_]) for id_, facts in sampled.items()}
    came = {id_: sum(min(f.rows, due[id_]) for f in facts) for id_, facts in sampled.items()}
    wanted = {id_: due[id_] * len(facts) for id_, facts in sampled.items()}
    value = Fraction(sum(came.values()), sum(wanted.values()))
    enough = Condition(
        id="count",
        needed=Message(id="indicator.needs.rows_due", params={"n": ENOUGH}),
        found=Message(id="indicator.found.rows_due", params={"n": max(due.values())}),
        holds=max(due.values()) >= ENOUGH,
    )
    params = {"came": sum(came.values()), "due": sum(wanted.values())}
    return Measurement(
        indicator="completeness",
        state=State.MEASURED if enough.holds else State.UNUSABLE,
        unit="share",
        value=value if enough.holds else None,
        low=value if enough.holds else None,
        high=value if enough.holds else None,
        count=len(sampled),
        total=len(sampled),
        method=METHOD,
        why=Message(id="indicator.why.rows_came", params=dict(params)) if enough.holds else enough.found,
        conditions=(enough,),
        absence_tested=enough.holds,
        lines=tuple(_line(id_, came[id_], wanted[id_]) for id_ in sorted(sampled)),
    )


def _due(facts: list[TagFacts], asked: float) -> int:
    """Rows due of one tag of an endpoint: its sampled span over the interval that was really kept."""
    span = (max(f.last for f in facts) - min(f.first for f in facts)) / 1e9
    spacing = asked or min(f.seconds / (f.rows - 1) for f in facts)
    return round(span / spacing) + 1 if spacing else max(f.rows for f in facts)


def _line(endpoint: str, came: int, due: int) -> Line:
    outcome = Outcome.MET if came == due else Outcome.PARTLY_MET
    return line(endpoint, outcome, "rows_came", came=came, due=due)
