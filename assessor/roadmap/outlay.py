"""What a recommendation costs in a plant: each spend times how many there are of what it is counted by."""

from collections.abc import Mapping
from fractions import Fraction

from assessor.domain import Per, Recommendation, Span

YEARS = 3
"""Cash is counted over three years, yearly fees included."""


def outlay(recommendation: Recommendation, amounts: Mapping[Per, Fraction]) -> Span:
    """Cash over three years in yuan, before subsidy and without reserve. What `amounts` lacks counts as one."""
    ends = []
    for end in ("low", "mid", "high"):
        total = Fraction(0)
        for spend in recommendation.spends:
            many = amounts.get(spend.per, Fraction(1))
            once = getattr(spend.once, end) if spend.once else 0
            yearly = getattr(spend.yearly, end) if spend.yearly else 0
            total += many * (once + YEARS * yearly)
        ends.append(total)
    return Span(low=ends[0], mid=ends[1], high=ends[2])
