"""The best set by the aim of a plan: the most, a target at the least cost, or the shortest payback."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from assessor.domain import Base, Message
from assessor.roadmap.case import Case
from assessor.roadmap.choice import Bounds, Choice, Clock, Found, cheapest, judged, kept, most
from assessor.roadmap.effects import CAPS, benefit
from assessor.roadmap.outlay import Cash, cash
from assessor.roadmap.target import least, target

ZERO = Fraction(0)
ROUNDS = 20
"""Of looking for a better ratio; each gives a better one or is the last."""


def best(case: Case, bounds: Bounds, clock: Clock) -> Found:
    """The set for the aim of the case. Out of reach too where what must be in the plan cannot be paid or done."""
    if case.aim.kind == "target":
        return target(case, bounds, clock)
    found = payback(case, bounds, clock) if case.aim.kind == "payback" else most(case, bounds, clock)
    if found.status != "out-of-reach":
        return found
    free = cheapest(case, Bounds(), lambda _: True, lambda _: True, clock)
    if free is None:
        return replace(
            found, lacking=(Message(id="plan.kept_exclude", params={"ids": ", ".join(case.wishes.keep)}),)
        )
    return replace(found, least=least(case, free))


@dataclass(frozen=True)
class Earning:
    """What one recommendation brings and takes, in yuan."""

    low: Mapping[Base, Fraction]
    high: Mapping[Base, Fraction]
    """A year, by base: the ends of what is counted, our own estimates left out."""
    paid: Cash
    once: Fraction
    """Paid once, a confirmed subsidy off."""

    @property
    def brings(self) -> dict[Base, Fraction]:
        """The middle."""
        return {base: (low + self.high[base]) / 2 for base, low in self.low.items()}


def earnings(case: Case) -> dict[str, Earning]:
    """Of everything that can take part."""
    found = {}
    for id_, r in case.able.items():
        low, high = dict[Base, Fraction](), dict[Base, Fraction]()
        for effect in r.effects:
            one = benefit(effect, case.figures, missing=case.missing(id_))
            if one is not None and one.source != "own" and one.low is not None and one.high is not None:
                low[one.acts_on] = low.get(one.acts_on, ZERO) + one.low
                high[one.acts_on] = high.get(one.acts_on, ZERO) + one.high
        paid = cash(r, case.figures.amounts)
        found[id_] = Earning(low, high, paid, max(paid.once - case.confirmed.get(id_, ZERO), ZERO))
    return found


def payback(case: Case, bounds: Bounds, clock: Clock) -> Found:
    """The set that brings most a year for a yuan paid once: better ratios until there is none (Dinkelbach).

    Effects on one base add up to its cap here; the plan states what they bring combined.
    """
    earning = earnings(case)

    def search(margin: int) -> Found | None:
        ratio, chosen, last = ZERO, tuple[str, ...](), None
        for _ in range(ROUNDS):
            choice = Choice(case, bounds, margin)
            terms = {z: -f for z, f in _net(case, choice, earning).items()}
            for id_, one in earning.items():
                terms[choice.done(id_)] = terms.get(choice.done(id_), 0.0) + float(ratio * one.once)
            found = choice.programme.minimise(terms, clock.left / 2)
            if found.x is None:
                return None if found.proven else Found((), Fraction(1), "time-limit")
            last, picked = found, choice.chosen(found)
            net, once = earned(case, picked, earning)
            if net <= 0 or (once and net / once <= ratio) or picked == chosen:
                break
            chosen, ratio = picked, net / once if once else ratio
            if not once:
                break
        if not chosen and not case.wishes.keep:
            return Found((), ZERO, "nothing-to-do")
        assert last is not None
        return judged(chosen or choice.chosen(last), last)

    return kept(case, bounds, search)


def earned(case: Case, chosen: Iterable[str], earning: Mapping[str, Earning]) -> tuple[Fraction, Fraction]:
    """Yuan a year less fees, and yuan once, of a set, effects added up to their caps."""
    brings: dict[Base, Fraction] = {}
    fees = once = ZERO
    for id_ in chosen:
        fees += earning[id_].paid.yearly
        once += earning[id_].once
        for base, yearly in earning[id_].brings.items():
            brings[base] = brings.get(base, ZERO) + yearly
    return sum((min(y, _cap(case, base)) for base, y in brings.items()), ZERO) - fees, once


def _cap(case: Case, base: Base) -> Fraction:
    return CAPS[base] * (case.figures.yearly(base) or ZERO)


def _net(case: Case, choice: Choice, earning: Mapping[str, Earning]) -> dict[int, float]:
    """Yuan a year, as factors of variables: of a base at most its cap."""
    terms = {choice.done(id_): -float(one.paid.yearly) for id_, one in earning.items()}
    for base in CAPS:
        capped(case, choice, base, {id_: float(one.brings.get(base, 0)) for id_, one in earning.items()}, terms)
    return terms


def capped(case: Case, choice: Choice, base: Base, by: Mapping[str, float], terms: dict[int, float]) -> None:
    """Add what recommendations bring on one base, together at most its cap."""
    bringing = {choice.done(id_): -yearly for id_, yearly in by.items() if yearly}
    if bringing:
        v = choice.programme.variable(float(_cap(case, base)))
        choice.programme.at_most(0, {v: 1.0} | bringing)
        terms[v] = 1.0
