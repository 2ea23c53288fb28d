"""What was measured of a question, as the answers that it allows: to be weighed against what was said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from assessor.domain import Evidence, Measurement, Question, Verdict
from assessor.reconcile.scale import images

SILENT = (Verdict.UNTESTED, Verdict.UNUSABLE)
NOTHING = (Fraction(0), Fraction(1))
"""Of a degree: an interval that says nothing."""


@dataclass(frozen=True)
class Look:
    """What was measured of one requirement: the degrees that are possible, and the figures behind it."""

    low: Fraction
    high: Fraction
    subjects: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Determined and all, by indicator."""

    @property
    def middle(self) -> Fraction:
        """What was seen, plus half of what coverage leaves open."""
        return (self.low + self.high) / 2


def looks(
    bank: Mapping[str, Question], evidence: Iterable[Evidence], measurements: Iterable[Measurement]
) -> dict[str, Look]:
    """What was measured, or settled with the plant. An upper end counts only where absence was tested."""
    by_indicator = {m.indicator: m for m in measurements}
    found = {}
    for one in evidence:
        if one.settlement is not None:
            found[one.question] = Look(one.settlement.value, one.settlement.value)
        elif one.question in bank and one.verdict not in SILENT and (one.low, one.high) != NOTHING:
            look = _look(bank[one.question], one, by_indicator)
            found |= {one.question: look} if look else {}
    return found


def _look(question: Question, one: Evidence, by_indicator: Mapping[str, Measurement]) -> Look | None:
    seen = images(question, by_indicator)
    low, high = max(i.low for i in seen), min(i.high for i in seen)
    if low > high:
        return None  # indicators that contradict each other say nothing
    subjects = {i.measurement.indicator: (i.measurement.count, i.measurement.total) for i in seen}
    if one.claim is None:
        return None if one.verified is None else Look(one.verified, one.verified, subjects)
    if not any(i.bounded for i in seen if i.high == high):
        if one.claim >= low:
            return None  # it may be as said, and nothing was looked for that could speak against it
        high = low
    return Look(low, high, subjects)
