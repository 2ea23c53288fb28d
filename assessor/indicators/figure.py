"""A figure that is no share of subjects: value, bounds and lines, with conditions that make it unusable."""

import math
from collections.abc import Sequence
from fractions import Fraction

from assessor.domain import Condition, EvidenceClass, Line, MeasuredIn, Measurement, Message, Outcome, State, plain
from assessor.indicators.share import line, milliseconds
from assessor.indicators.timeseries import Total

ENOUGH_SEEN = Fraction(9, 10)
"""Of a window must have been seen, else its figures are not usable. (Own threshold.)"""


def exact(value: float) -> Fraction:
    """A figure to the thousandth of its unit."""
    return milliseconds(value)


def text(value: float) -> str:
    """The same as a gap of a text takes it."""
    return plain(exact(value))


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
    failed = next((c for c in conditions if not c.holds), None)
    state = State.UNUSABLE if failed else State.NOT_DETERMINED if found is None else State.MEASURED
    good = found if state is State.MEASURED else None
    return Measurement(
        indicator=indicator,
        state=state,
        unit=unit,
        value=exact(good.mid) if good and good.mid is not None else None,
        low=exact(good.low) if good else None,
        high=exact(good.high) if good else None,
        count=len({one.subject for one in lines if one.outcome is Outcome.MET}),
        total=len({one.subject for one in lines}),
        method=Message(id=f"indicator.{indicator}.method"),
        why=failed.found if failed else why,
        conditions=conditions,
        lines=tuple(lines),
        rests_on=tuple(sorted(set(rests_on), key=list(EvidenceClass).index)) if good else (),
    )


def valued(subject: str, why: str, value: float | None, evidence: EvidenceClass) -> Line:
    """A subject with its own figure."""
    shown = line(subject, Outcome.MET, why)
    return shown.model_copy(
        update={
            "evidence": evidence,
            "value": None if value is None or not math.isfinite(value) else exact(value),
            "tested": False,
        }
    )


def unknown(subject: str, why: str) -> Line:
    """A subject of which there is no figure."""
    return line(subject, Outcome.NOT_DETERMINED, why)


def long_enough(seconds: float, needed: float) -> Condition:
    """Was it looked at for so many seconds?"""
    return Condition(
        id="duration",
        needed=Message(id="indicator.needs.hours", params={"hours": text(needed / 3600)}),
        found=Message(id="indicator.found.hours", params={"hours": text(seconds / 3600)}),
        holds=seconds >= needed,
    )


def covered(share: float) -> Condition:
    """Was enough of the window seen?"""
    return Condition(
        id="coverage",
        needed=Message(id="indicator.needs.seen"),
        found=Message(id="indicator.found.seen", params={"share": text(share)}),
        holds=share >= ENOUGH_SEEN,
    )
