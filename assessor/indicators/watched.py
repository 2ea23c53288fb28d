"""Shares of time, one a subject: what was watched too briefly is open, and a short watch proves no lack."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from assessor.domain import Line, Measurement, Outcome, Scope
from assessor.indicators.figure import needed
from assessor.indicators.share import line, share

SECONDS, LONG = 300, 3600
"""That a subject must be watched for: at all, and to speak against an answer. (Own thresholds.)"""


class Watched(NamedTuple):
    """How one subject counts, and for how many seconds it was watched."""

    line: Line
    seconds: Fraction = Fraction(0)


def over_time(
    indicator: str,
    found: Sequence[Watched],
    scope: Scope,
    *,
    strata: Mapping[str, str] | None = None,
    nothing: str,
) -> Measurement:
    """The mean share over subjects; unusable where none was watched long enough."""
    longest = max((one.seconds for one in found), default=Fraction(0))
    tried = [one for one in found if one.line.outcome is not Outcome.NOT_DETERMINED]
    enough = longest >= SECONDS
    lines = [
        line(one.line.subject, Outcome.NOT_DETERMINED, "mode_short")
        if enough and 0 < one.seconds < SECONDS
        else one.line
        for one in found
    ]
    long = needed("duration", "mode_seconds", enough, {"seconds": SECONDS}, {"seconds": str(float(longest))})
    made = share(indicator, lines, scope, strata=strata, nothing=nothing, conditions=(long,) if tried else ())
    tested = made.absence_tested and all(one.seconds >= LONG for one in tried)
    return made.model_copy(update={"absence_tested": tested})
