"""Rows that came, of those that were due at the sampling interval.

Due are as many rows as the interval of a tag fits into the time its endpoint was sampled. At least 20 rows must
have been due for the figure to be used. A gap while a connection was down counts as missing.

A server that reports only changes owes no row for what stands still, so there the looks it takes on our behalf are
counted instead: one each sampling interval, missing where a gap lies over it or where rows are known to be lost.
What is reported by a system that looks nobody knows how often has no rows due.
"""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from assessor.domain import Gap, Line, Measurement, Message, Outcome, State, TagFacts, away
from assessor.indicators.data_points import SeenTag, looked_at
from assessor.indicators.figure import needed
from assessor.indicators.seen import Seen
from assessor.indicators.share import line

UNIT = "share"
AREA = "data"
ENOUGH = 20
METHOD = Message(id="indicator.completeness.method")


class _Count(NamedTuple):
    """Of one endpoint: rows that came, rows that were due, and rows due of one tag."""

    came: int
    wanted: int
    due: int


def measure(seen: Seen) -> Measurement:
    sampled: dict[str, list[SeenTag]] = defaultdict(list)
    for tag in seen.tags:
        if tag.facts is not None and tag.facts.rows > 1 and tag.tag.sampling != "reported":
            sampled[tag.tag.endpoint].append(tag)
    if not sampled:
        why = Message(id="indicator.why.no_rows")
        return Measurement(
            indicator="completeness", state=State.NOT_DETERMINED, unit="share", method=METHOD, why=why
        )
    gaps = {o.endpoint: o.gaps for o in seen.observations}
    counts = {id_: _count(tags, gaps.get(id_, ())) for id_, tags in sampled.items()}
    came, wanted = sum(c.came for c in counts.values()), sum(c.wanted for c in counts.values())
    due = max(c.due for c in counts.values())
    value = Fraction(came, wanted)
    enough = needed("count", "rows_due", due >= ENOUGH, {"n": ENOUGH}, {"n": due})
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
        why=Message(id="indicator.why.rows_came", params={"came": came, "due": wanted})
        if enough.holds
        else enough.found,
        conditions=(enough,),
        absence_tested=enough.holds,
        lines=tuple(_line(id_, counts[id_]) for id_ in sorted(counts)),
    )


def _count(tags: Sequence[SeenTag], gaps: Sequence[Gap]) -> _Count:
    """Rows of one endpoint, polled and reported ones together."""
    polled = [tag for tag in tags if looked_at(tag.tag) is None]
    parts = [_reported([tag for tag in tags if looked_at(tag.tag) is not None], gaps)]
    if polled:
        facts = [tag.facts for tag in polled if tag.facts]
        due = _due(facts, (polled[-1].tag.interval_ms or 0) / 1000)
        parts.append(_Count(sum(min(f.rows, due) for f in facts), due * len(facts), due))
    return _Count(sum(p.came for p in parts), sum(p.wanted for p in parts), max(p.due for p in parts))


def _due(facts: list[TagFacts], asked: float) -> int:
    """Rows due of one tag of an endpoint: its sampled span over the interval that was really kept."""
    span = (max(f.last for f in facts) - min(f.first for f in facts)) / 1e9
    spacing = asked or min(f.seconds / (f.rows - 1) for f in facts)
    return round(span / spacing) + 1 if spacing else max(f.rows for f in facts)


def _reported(tags: Sequence[SeenTag], gaps: Sequence[Gap]) -> _Count:
    """Looks of a server that reports changes: due for as long as any of its tags had rows, less what was lost."""
    if not tags:
        return _Count(0, 0, 0)
    span = max(tag.facts.seconds for tag in tags if tag.facts)
    first = min(tag.facts.first for tag in tags if tag.facts)
    last = max(tag.facts.last for tag in tags if tag.facts)
    gone = min(_away(gaps, first, last), span)
    lost: dict[int | None, int] = defaultdict(int)
    for gap in gaps:
        lost[gap.tag] += gap.lost or 0
    came = wanted = most = 0
    for tag in tags:
        every = looked_at(tag.tag) or 1
        due = round(span / every) + 1
        came += max(due - round(gone / every) - lost[tag.tag.id], 0)
        wanted, most = wanted + due, max(most, due)
    return _Count(max(came - lost[None], 0), wanted, most)


def _away(gaps: Sequence[Gap], first: int, last: int) -> float:
    """Seconds between two moments in which nothing came of a whole endpoint."""
    return sum(max(min(ends, last) - max(begins, first), 0) for begins, ends in away(gaps)) / 1e9


def _line(endpoint: str, count: _Count) -> Line:
    outcome = Outcome.MET if count.came == count.wanted else Outcome.PARTLY_MET
    return line(endpoint, outcome, "rows_came", came=count.came, due=count.wanted)
