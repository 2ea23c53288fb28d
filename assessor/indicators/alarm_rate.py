"""Alarms an hour and machine: how often alarm points were raised, over the hours of the machines that show any.

Counted is what rises while we look: a switch that goes on, a code that changes to another one, a new bit of an
alarm word, a text that is not its quiet one. What already stood when the look began is not counted. Of an exported
alarm list every row is one. The bounds are those of a count of independent events (Poisson, 95 %); alarms come in
bursts, so that the truth may lie further off. Machines whose alarms cannot be seen stand beside, uncounted. At
least one machine hour is needed.
"""

from fractions import Fraction
from typing import NamedTuple

from assessor.domain import Condition, EvidenceClass, Line, Measurement, Outcome, away
from assessor.indicators.alarms import is_alarm, raised
from assessor.indicators.data_points import SeenTag
from assessor.indicators.figure import bounded, needed, told, undetermined
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import Z, line, root_above, thousandth, unseen

UNIT = "per-hour"
AREA = "production"
HOURS = 1
"""Machine hours needed. (Own threshold.)"""


class _Count(NamedTuple):
    """Alarms of one machine, and the hours in which they were counted."""

    alarms: int
    hours: Fraction
    points: int
    recorded: bool


def measure(seen: Seen) -> Measurement:
    counts = {m.asset.id: _count(seen, m) for m in seen.machines}
    known = {id_: count for id_, count in counts.items() if count is not None}
    if not known:
        return undetermined("alarm_rate", "per-hour", told("no_alarm_points"), of=(0, len(counts)))
    alarms, hours = sum(c.alarms for c in known.values()), sum((c.hours for c in known.values()), Fraction(0))
    low, high = poisson(alarms)
    return bounded(
        "alarm_rate",
        "per-hour",
        alarms / hours,
        told("alarms_counted", n=alarms, points=sum(c.points for c in known.values()), hours=str(float(hours))),
        [_line(m, counts[m.asset.id]) for m in seen.machines],
        within=(low / hours, high / hours),
        of=(len(known), len(counts)),
        conditions=(_long(hours),),
    )


def poisson(events: int) -> tuple[Fraction, Fraction]:
    """95 % bounds of the expected number of independent events of which so many were seen (score interval)."""
    middle, root = events + Z * Z / 2, Z * root_above(events + Z * Z / 4)
    return max(middle - root, Fraction(0)), middle + root


def _count(seen: Seen, machine: SeenAsset) -> _Count | None:
    """Alarms of one machine: as read, else as recorded."""
    own = [tag for tag in machine.tags if _tells(tag) and machine.has(tag)]
    for tags, recorded in ((own, False), ([o.seen for o in machine.recorded if _tells(o.seen)], True)):
        hours = _hours(seen, machine, tags, recorded)
        if hours:
            return _Count(sum(_raised(seen, tag, recorded) for tag in tags), hours, len(tags), recorded)
    return None


def _tells(tag: SeenTag) -> bool:
    """Is it an alarm that the machine raises, not one that a person typed in?"""
    return is_alarm(tag) and not tag.typed_in


def _raised(seen: Seen, tag: SeenTag, recorded: bool) -> int:
    series = seen.series(tag.tag.id)
    return 0 if series is None else raised(tag, series, exported=recorded)


def _hours(seen: Seen, machine: SeenAsset, tags: list[SeenTag], recorded: bool) -> Fraction:
    """Hours in which alarms of a machine could be seen: of a record its whole span, else the time of Good rows; of
    what comes only as it changes, from its first row to the end of the look."""
    if recorded:
        spans = [
            (o.record.last - o.record.first) / 1e9
            for o in machine.recorded
            if o.seen.tag.id in {tag.tag.id for tag in tags}
            and o.record.first is not None
            and o.record.last is not None
        ]
    else:
        spans = [_span(seen, tag) for tag in tags]
    return thousandth(max(spans, default=0.0)) / 3600


def _span(seen: Seen, tag: SeenTag) -> float:
    if tag.facts is None:
        return 0.0
    look = next((o for o in seen.observations if o.endpoint == tag.tag.endpoint), None)
    if tag.tag.sampling != "reported" or look is None:
        return tag.facts.good_seconds
    gone = sum(ends - begins for begins, ends in away(look.gaps) if begins >= tag.facts.first)
    return max(look.ended - tag.facts.first - gone, 0) / 1e9


def _long(hours: Fraction) -> Condition:
    return needed("duration", "machine_hours", hours >= HOURS, {"hours": HOURS}, {"hours": str(float(hours))})


def _line(machine: SeenAsset, count: _Count | None) -> Line:
    if count is None:
        spaces = [place.device.space for place in machine.places if place.device.space is not None]
        events = any(space.conditions or space.condition_types for space in spaces)
        why = "alarm_events" if events else "no_alarm_points"
        return line(machine.asset.id, Outcome.NOT_DETERMINED, why) if machine.live else unseen(machine)
    own = line(machine.asset.id, Outcome.MET, "alarms_of", n=count.alarms, points=count.points)
    by = EvidenceClass.EXPORTED if count.recorded else EvidenceClass.MEASURED
    return own.model_copy(update={"value": count.alarms / count.hours, "evidence": by})
