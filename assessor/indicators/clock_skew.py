"""How far a machine's clock is off, at the worst: source times against the laptop's, in seconds.

The greatest source time minus receive time is the bound least spoilt by delays. Only tags whose source time moved
count: one that stands still says nothing of its clock. Relative to the laptop, whose own clock may be off: where
those of several endpoints are all off by the same, the figure is not usable. More than a second is worth a look.
"""

from collections.abc import Sequence
from fractions import Fraction

from assessor.domain import Condition, Line, Measurement, Message, Outcome, State, Text
from assessor.indicators.data_points import SeenTag
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, thousandth

UNIT = "seconds"
AREA = "data"
WORTH_A_LOOK = 1
ROWS = 10
METHOD = Message(id="indicator.clock_skew.method")


def measure(seen: Seen) -> Measurement:
    moving = [tag for tag in seen.tags if _moves(tag)]
    worst = {id_: _worst(id_, moving) for id_ in sorted({tag.tag.endpoint for tag in moving})}
    if not worst:
        why = Message(id="indicator.why.no_source_times", params={"n": 0})
        return Measurement(
            indicator="clock_skew", state=State.NOT_DETERMINED, unit="seconds", method=METHOD, why=why
        )
    value = max(abs(skew) for skew in worst.values())
    conditions = (_ours(tuple(worst.values())),) if len(worst) > 1 else ()
    failed = next((c for c in conditions if not c.holds), None)
    return Measurement(
        indicator="clock_skew",
        state=State.UNUSABLE if failed else State.MEASURED,
        unit="seconds",
        value=None if failed else value,
        low=None if failed else value,
        high=None if failed else value,
        count=len(worst),
        total=len(seen.observations),
        method=METHOD,
        why=failed.found
        if failed
        else Message(id="indicator.why.worst_clock", params={"endpoint": max(worst, key=lambda e: abs(worst[e]))}),
        conditions=conditions,
        absence_tested=not failed,
        lines=tuple(_line(id_, skew) for id_, skew in worst.items()),
    )


def _ours(skews: Sequence[Fraction]) -> Condition:
    """Is it not the laptop's own clock that is off? All the others seem to be then, by the same."""
    alike = min(map(abs, skews)) > WORTH_A_LOOK and max(skews) - min(skews) <= 2 * WORTH_A_LOOK
    params: dict[str, str | int | Text] = {"n": len(skews), "seconds": str(float(skews[0]))}
    return Condition(
        id="clock",
        needed=Message(id="indicator.needs.own_clock"),
        found=Message(
            id="indicator.found.clocks_alike" if alike else "indicator.found.clocks_apart", params=params
        ),
        holds=not alike,
    )


def _moves(tag: SeenTag) -> bool:
    """Did its source time go on? (Stale tells of value and time together; a frozen time alone shows as lag.)"""
    f = tag.facts
    if f is None or f.skew is None or f.rows - f.without_source_time < ROWS:
        return False
    return f.source_seconds is not None and f.source_seconds > 0.5 * f.seconds


def _worst(endpoint: str, tags: Sequence[SeenTag]) -> Fraction:
    """The largest skew at one endpoint, ahead or behind."""
    skews = [tag.facts.skew for tag in tags if tag.tag.endpoint == endpoint and tag.facts]
    return thousandth(max((s for s in skews if s is not None), key=abs))


def _line(endpoint: str, skew: Fraction) -> Line:
    if abs(skew) <= WORTH_A_LOOK:
        return line(endpoint, Outcome.MET, "clock_fits", seconds=str(float(skew)))
    which = "clock_ahead" if skew > 0 else "clock_behind"
    return line(endpoint, Outcome.NOT_MET, which, seconds=str(float(abs(skew))))
