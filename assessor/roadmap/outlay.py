"""What a recommendation costs in a plant: each spend times how many there are of what it is counted by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from assessor.domain import Per, Range, Recommendation, Span, SpendKind

YEARS = 3
"""Cash is counted over three years, yearly fees included."""
OVERRUN = Fraction(1, 4)
"""Own rule: what is set aside on top for overruns."""
ONE = Fraction(1)
End = Literal["low", "mid", "high"]


@dataclass(frozen=True)
class Cash:
    """Yuan at one end of the ranges: once, and every year."""

    once: Fraction
    yearly: Fraction

    @property
    def whole(self) -> Fraction:
        """Over three years."""
        return self.once + YEARS * self.yearly


def outlay(recommendation: Recommendation, amounts: Mapping[Per, Fraction]) -> Span:
    """Cash over three years in yuan, before subsidy and without reserve. What `amounts` lacks counts as one."""
    low, mid, high = (cash(recommendation, amounts, end).whole for end in ("low", "mid", "high"))
    return Span(low=low, mid=mid, high=high)


def cash(recommendation: Recommendation, amounts: Mapping[Per, Fraction], end: End = "mid") -> Cash:
    """What is paid once and every year."""
    once = yearly = Fraction(0)
    for spend in recommendation.spends:
        many = amounts.get(spend.per, ONE)
        once += many * _at(spend.once, end)
        yearly += many * _at(spend.yearly, end)
    return Cash(once, yearly)


def by_kind(recommendation: Recommendation, amounts: Mapping[Per, Fraction]) -> Mapping[SpendKind, Fraction]:
    """The middle cost over three years by kind of spend; yuan. They add up to the whole."""
    found: dict[SpendKind, Fraction] = {}
    for spend in recommendation.spends:
        alone = recommendation.model_copy(update={"spends": (spend,)})
        found[spend.kind] = found.get(spend.kind, Fraction(0)) + cash(alone, amounts).whole
    return found


def times(span: Range, per: Per, amounts: Mapping[Per, Fraction]) -> Span:
    """A range for one of what it is counted by, for all that the plant has."""
    many = amounts.get(per, ONE)
    return Span(low=many * span.low, mid=many * span.mid, high=many * span.high)


def uncounted(recommendation: Recommendation, amounts: Mapping[Per, Fraction]) -> tuple[Per, ...]:
    """What its cost, days and stoppage are counted by, without anybody having said how many: one is taken."""
    named: Iterable[Per] = (
        *(spend.per for spend in recommendation.spends),
        recommendation.effort.per,
        *((recommendation.stoppage.per,) if recommendation.stoppage.hours else ()),
    )
    return tuple(dict.fromkeys(per for per in named if per not in amounts and per != "plant"))


def _at(span: Range | None, end: End) -> Fraction:
    found: Fraction = getattr(span, end) if span is not None else Fraction(0)
    return found
