"""Measurements that are no count of yes and no: a figure with its bounds and lines, or why there is none."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from assessor.domain import (
    Condition,
    EvidenceClass,
    Line,
    MeasuredIn,
    Measurement,
    Message,
    Outcome,
    State,
    Text,
    plain,
)
from assessor.indicators.share import line, thousandth
from assessor.indicators.timeseries import Total

ENOUGH_SEEN = Fraction(9, 10)
"""Of a window must have been seen, else its figures are not usable. (Own threshold.)"""


def told(name: str, **params: str | int | Text) -> Message:
    """Why, as a text of this area."""
    return Message(id=f"indicator.why.{name}", params=params)


def needed(
    id_: str, name: str, holds: bool, needs: Mapping[str, str | int], found: Mapping[str, str | int]
) -> Condition:
    """A condition of trust by its texts `indicator.needs.*` and `indicator.found.*`."""
    return Condition.model_validate(
        {
            "id": id_,
            "needed": Message(id=f"indicator.needs.{name}", params=dict(needs)),
            "found": Message(id=f"indicator.found.{name}", params=dict(found)),
            "holds": holds,
        }
    )


def undetermined(
    indicator: str,
    unit: MeasuredIn,
    why: Message,
    *,
    lines: Sequence[Line] = (),
    of: tuple[int, int] = (0, 0),
    conditions: tuple[Condition, ...] = (),
) -> Measurement:
    """No figure, and why: unusable where a condition of trust fails. `of`: how many had one, of how many."""
    failed = next((c for c in conditions if not c.holds), None)
    return Measurement(
        indicator=indicator,
        state=State.UNUSABLE if failed else State.NOT_DETERMINED,
        unit=unit,
        count=of[0],
        total=of[1],
        method=Message(id=f"indicator.{indicator}.method"),
        why=failed.found if failed else why,
        conditions=conditions,
        lines=tuple(lines),
    )


def bounded(
    indicator: str,
    unit: MeasuredIn,
    value: Fraction | None,
    why: Message,
    lines: Sequence[Line],
    *,
    of: tuple[int, int],
    within: tuple[Fraction | None, Fraction | None] | None = None,
    conditions: tuple[Condition, ...] = (),
) -> Measurement:
    """A figure between two bounds; none where a condition of trust fails. `of`: how many had one, of how many."""
    open_ = undetermined(indicator, unit, why, lines=lines, of=of, conditions=conditions)
    if open_.state is State.UNUSABLE:
        return open_
    low, high = within or (value, value)
    return open_.model_copy(update={"state": State.MEASURED, "value": value, "low": low, "high": high})


def text(value: float) -> str:
    """The same as a gap of a text takes it."""
    return plain(thousandth(value))


def figure(
    indicator: str,
    unit: MeasuredIn,
    found: Total | None,
    why: Message,
    lines: Sequence[Line] = (),
    conditions: tuple[Condition, ...] = (),
    rests_on: Sequence[EvidenceClass] = (),
) -> Measurement:
    """A Measurement: unusable where a condition failed, not determined where nothing was found.

    A bound that is not finite is none. Conditions are those of what was looked at; where there was nothing to look
    at, give none.
    """
    if found is not None and not all(math.isfinite(x) for x in found if x is not None):
        found, why = None, Message(id="indicator.why.no_bound")
    subjects = {one.subject for one in lines}
    of = len({one.subject for one in lines if one.outcome is Outcome.MET}), len(subjects)
    if found is None:
        return undetermined(indicator, unit, why, lines=lines, of=of, conditions=conditions)
    low, high = thousandth(found.low), thousandth(found.high)
    mid = None if found.mid is None else thousandth(found.mid)
    made = bounded(indicator, unit, mid, why, lines, of=of, within=(low, high), conditions=conditions)
    strongest = tuple(sorted(set(rests_on), key=list(EvidenceClass).index))
    return made.model_copy(update={"rests_on": strongest if made.state is State.MEASURED else ()})


def valued(subject: str, why: str, value: float | None, evidence: EvidenceClass) -> Line:
    """A subject with its own figure."""
    shown = line(subject, Outcome.MET, why)
    return shown.model_copy(
        update={
            "evidence": evidence,
            "value": None if value is None or not math.isfinite(value) else thousandth(value),
            "tested": False,
        }
    )


def unknown(subject: str, why: str) -> Line:
    """A subject of which there is no figure."""
    return line(subject, Outcome.NOT_DETERMINED, why)


def long_enough(seconds: float, least: float) -> Condition:
    """Was it looked at for so many seconds?"""
    hours = {"hours": text(least / 3600)}, {"hours": text(seconds / 3600)}
    return needed("duration", "hours", seconds >= least, *hours)


def covered(share: float) -> Condition:
    """Was enough of the window seen?"""
    return needed("coverage", "seen", share >= ENOUGH_SEEN, {}, {"share": text(share)})
