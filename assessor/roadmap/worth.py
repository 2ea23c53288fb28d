"""What one recommendation costs and brings in this plant: the things that an owner reads first."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Base, Benefit, Message, Recommendation, Span, Worth
from assessor.roadmap.effects import benefit, own_share, saved, together
from assessor.roadmap.figures import MONTHS, PlantFigures
from assessor.roadmap.outlay import OVERRUN, Cash, by_kind, cash, outlay, times, uncounted

WITHIN = 36
"""Months in which it would have to pay back where no payback can be stated."""
HALF = Fraction(1, 2)
NONE = Fraction(0)


@dataclass(frozen=True)
class Payback:
    """Months from the first effect on, or what it would have to bring a month and why no months are stated."""

    low: Fraction | None = None
    high: Fraction | None = None
    needed: Fraction | None = None
    why: Message | None = None


@dataclass(frozen=True)
class Bill:
    """What is paid for some recommendations, and the confirmed subsidy of each, in yuan."""

    of: tuple[tuple[Cash, Fraction], ...]

    @property
    def yearly(self) -> Fraction:
        """Fees."""
        return sum((paid.yearly for paid, _ in self.of), NONE)

    def once(self, overrun: Fraction = NONE) -> Fraction:
        """Left to pay once, with an overrun: a subsidy pays for its own recommendation and for no other."""
        return sum((max(paid.once * (1 + overrun) - granted, NONE) for paid, granted in self.of), NONE)


def payback(bill: Bill, yearly: tuple[Fraction, Fraction] | None, why: Message | None) -> Payback:
    """Best: the middle cost, the high end of what it brings. Worst: with the reserve, the low end.

    `yearly`: low and high less fees. `why`: a reason to state none.
    """
    dear, cheap = bill.once(OVERRUN), bill.once()
    needed = dear / WITHIN + bill.yearly / MONTHS if bill.of else None
    if why is None and (yearly is None or yearly[0] <= 0):
        why = Message(id="plan.no_effect" if yearly is None else "plan.never")
    if why is not None or yearly is None:
        return Payback(needed=needed, why=why)
    low, high = yearly
    return Payback(low=MONTHS * cheap / high, high=MONTHS * dear / low)


def gross(benefits: Collection[Benefit], figures: PlantFigures) -> tuple[Fraction, Fraction]:
    """Yuan a year, low and high, of effects that overlap: combined and capped."""
    low = _saved(((b.acts_on, b.counted_low) for b in benefits), figures)
    high = _saved(((b.acts_on, b.counted_high) for b in benefits), figures)
    return low, high


def by_base(changes: Iterable[tuple[Base, Fraction]], figures: PlantFigures) -> dict[Base, Fraction]:
    """Yuan a year by base."""
    whole = {base: f.yearly for base, f in figures.bases.items() if f.yearly is not None}
    return saved(together(changes), whole)


def _saved(changes: Iterable[tuple[Base, Fraction]], figures: PlantFigures) -> Fraction:
    return sum(by_base(changes, figures).values(), NONE)


@dataclass(frozen=True)
class Standing:
    """How a recommendation stands in this plant."""

    confirmed: Fraction = NONE
    """Subsidy that somebody has in writing; yuan."""
    waits_for: Collection[str] = ()
    """Prerequisites that are neither there nor in the plan; then no effect counts."""
    missing: Fraction | None = Fraction(1)
    """How much of it is not there yet; None where nobody knows: then no effect counts either."""
    open: Collection[str] = ()
    """Questions that would tell."""


def worth(r: Recommendation, figures: PlantFigures, standing: Standing | None = None) -> Worth:
    """All of it."""
    standing = standing or Standing()
    amounts, cost, paid = figures.amounts, outlay(r, figures.amounts), cash(r, figures.amounts)
    confirmed, counts = min(standing.confirmed, cost.mid), not standing.waits_for
    found = (benefit(effect, figures, counts=counts, missing=standing.missing) for effect in r.effects)
    benefits = tuple(one for one in found if one is not None)
    reckoned = [one for one in benefits if one.base is not None]
    yearly = None
    if reckoned:
        low, high = gross(reckoned, figures)
        yearly = (low - paid.yearly, high - paid.yearly)
    lacking = _lacking(r, benefits, figures)
    own = own_share(benefits, by_base(((b.acts_on, b.counted_high) for b in reckoned), figures))
    back = payback(Bill(((paid, confirmed),)), yearly, _unstated(standing, benefits, lacking, own))
    return Worth(
        recommendation=r.id,
        cost=cost,
        reserve=OVERRUN * paid.once,
        software=by_kind(r, amounts).get("software", NONE),
        confirmed=confirmed,
        days=times(r.effort.days, r.effort.per, amounts),
        months=Span(low=r.months.low, mid=r.months.mid, high=r.months.high),
        stoppage=times(r.stoppage.hours, r.stoppage.per, amounts) if r.stoppage.hours else None,
        pain=_pain(r, figures),
        benefits=benefits,
        yearly_low=yearly[0] if yearly else None,
        yearly_high=yearly[1] if yearly else None,
        own_share=own,
        payback_low=back.low,
        payback_high=back.high,
        needed=back.needed,
        why=back.why,
        missing=_missing(r, (*lacking, *standing.open), figures),
    )


def confirmed_by(grants: Iterable[tuple[str, Fraction]]) -> Mapping[str, Fraction]:
    """Confirmed subsidy by recommendation, added up."""
    found: dict[str, Fraction] = {}
    for recommendation, amount in grants:
        found[recommendation] = found.get(recommendation, NONE) + amount
    return found


def _unstated(
    standing: Standing, benefits: Collection[Benefit], lacking: tuple[str, ...], own: Fraction | None
) -> Message | None:
    """Why no payback is stated, whatever it brings."""
    if standing.waits_for:
        return Message(id="plan.waits", params={"ids": ", ".join(sorted(standing.waits_for))})
    if benefits and not standing.missing:
        return Message(id="plan.unknown_state" if standing.missing is None else "plan.already_there")
    if lacking:
        return Message(id="plan.missing_figures", params={"n": len(lacking)})
    if own is not None and own > HALF:
        return Message(id="plan.own_estimates", params={"share": str(own)})
    return None


def _lacking(r: Recommendation, benefits: Iterable[Benefit], figures: PlantFigures) -> tuple[str, ...]:
    """Questions whose answers its cost and its effects would need."""
    counts = [figures.counted_by.get(s.per, s.per) for s in r.spends if s.per not in figures.amounts]
    bases = [id_ for b in benefits if b.base is None for id_ in figures.lacking(b.acts_on)]
    return tuple(dict.fromkeys(id_ for id_ in [*counts, *bases] if id_ != "plant"))


def _missing(r: Recommendation, lacking: Iterable[str], figures: PlantFigures) -> tuple[str, ...]:
    """Those, and what days, stoppage and pain would need."""
    counts = [figures.counted_by.get(per, per) for per in uncounted(r, figures.amounts)]
    pain = r.pain.costs is not None and figures.yearly(r.pain.costs) is None
    bases = figures.lacking(r.pain.costs) if pain and r.pain.costs is not None else ()
    return tuple(dict.fromkeys([*lacking, *counts, *bases]))


def _pain(r: Recommendation, figures: PlantFigures) -> Fraction | None:
    """Yuan a month."""
    yearly = figures.yearly(r.pain.costs) if r.pain.costs is not None else None
    return None if yearly is None else yearly / MONTHS
