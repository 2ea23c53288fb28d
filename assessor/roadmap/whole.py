"""The plan as a whole: what it brings a year, when that pays back, what this hangs on, what energy it saves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Base, Benefit, Message, Recommendation, Saving, Sensitivity, Text, Worth
from assessor.roadmap.case import Case
from assessor.roadmap.effects import ACHIEVED, NESTED, own_share, saved, together
from assessor.roadmap.figures import MONTHS, PlantFigures
from assessor.roadmap.outlay import OVERRUN, cash
from assessor.roadmap.worth import HALF, Bill, Payback, by_base, payback

BAD_OVERRUN = Fraction(1, 2)
"""The bad case of what a project costs more than planned."""
SWING = Fraction(1, 5)
"""Own rule: how far the largest base is moved either way."""
POWER, AIR = "energy-electricity", "plan-air-share"
ZERO, ALL = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Whole:
    """Of the chosen together."""

    yearly: tuple[Fraction, Fraction] | None
    payback: Payback
    sensitivity: tuple[Sensitivity, ...]
    saving: Saving | None


def whole(case: Case, chosen: Sequence[Recommendation], worths: Sequence[Worth]) -> Whole:
    """What cannot be reckoned brings nothing here, while all of the cost counts: a payback is rather too long."""
    effects = [b for w in worths for b in w.benefits if b.base is not None]
    bill = Bill(tuple((cash(r, case.figures.amounts), case.confirmed.get(r.id, ZERO)) for r in chosen))
    yearly = None
    if effects:
        low, high = (_brings(effects, end, case.figures) for end in ("low", "high"))
        yearly = (low - bill.yearly, high - bill.yearly)
    back = payback(bill, yearly, _unstated(case, chosen, effects))
    moved = _sensitivity(case, effects, bill) if back.low is not None else ()
    return Whole(yearly, back, moved, saving(case, effects))


def _unstated(case: Case, chosen: Sequence[Recommendation], effects: Sequence[Benefit]) -> Message | None:
    """Why no payback of the whole is stated, whatever it brings; of an empty plan, why it is empty."""
    if not chosen:
        return _empty(case)
    if lacking := uncounted_in(case, chosen):
        return Message(id="plan.missing_figures", params={"n": len(lacking)})
    own = own_share(effects, _by_base(effects, "high", case.figures))
    if own is not None and own > HALF:
        return Message(id="plan.own_estimates", params={"share": str(own)})
    return None


def _empty(case: Case) -> Message:
    """Nothing takes part, or what begins a way costs more than there is."""
    budget = case.allowed
    first = [case.costs[id_] for id_, r in case.able.items() if not r.after]
    if first and budget is not None and min(first) > budget:
        return Message(id="plan.none_affordable", params={"least": str(min(first))})
    return Message(id="plan.no_effect" if case.able else "plan.none_useful")


def uncounted_in(case: Case, chosen: Iterable[Recommendation]) -> tuple[str, ...]:
    """Questions for the counts that the cost hangs on and nobody gave: it is reckoned with one of each."""
    figures = case.figures
    named = [
        figures.counted_by.get(s.per, s.per) for r in chosen for s in r.spends if s.per not in figures.amounts
    ]
    return tuple(sorted(set(named) - {"plant"}))


def _brings(effects: Iterable[Benefit], end: str, figures: PlantFigures) -> Fraction:
    return sum(_by_base(effects, end, figures).values(), ZERO)


def _by_base(effects: Iterable[Benefit], end: str, figures: PlantFigures) -> dict[Base, Fraction]:
    return by_base(((b.acts_on, getattr(b, f"counted_{end}")) for b in effects), figures)


# What the payback hangs on -------------------------------------------------------------------------------


def _sensitivity(case: Case, effects: Sequence[Benefit], bill: Bill) -> tuple[Sensitivity, ...]:
    """Months when one assumption alone is worse or better than in the middle of what is stated."""

    def months(change: Callable[[Benefit], Fraction] = _middle, overrun: Fraction = OVERRUN,
               moved: tuple[Base, Fraction] | None = None) -> Fraction | None:  # fmt: skip
        found = by_base(((b.acts_on, change(b)) for b in effects), case.figures)
        if moved is not None and moved[0] in found:
            found[moved[0]] *= moved[1]
        yearly = sum(found.values(), ZERO) - bill.yearly
        return MONTHS * bill.once(overrun) / yearly if yearly > 0 else None

    middle = by_base(((b.acts_on, _middle(b)) for b in effects), case.figures)
    largest = min(middle, key=lambda base: (-middle[base], base))
    named: dict[str, str | int | Text] = {"base": largest, "share": str(SWING)}
    cost: dict[str, str | int | Text] = {
        "reserve": str(OVERRUN), "bad": str(BAD_OVERRUN),
    }  # fmt: skip
    return (
        Sensitivity(
            assumption=Message(id="plan.if_achieved", params={"share": str(ACHIEVED)}),
            worse=months(lambda b: ACHIEVED * _middle(b)),
            better=months(_claimed),
        ),
        Sensitivity(
            assumption=Message(id="plan.if_overrun", params=cost),
            worse=months(overrun=BAD_OVERRUN),
            better=months(overrun=ZERO),
        ),
        Sensitivity(
            assumption=Message(id=f"plan.if_base.{largest}", params={"share": named["share"]}),
            worse=months(moved=(largest, ALL - SWING)),
            better=months(moved=(largest, ALL + SWING)),
        ),
    )


def _middle(b: Benefit) -> Fraction:
    return (b.counted_low + b.counted_high) / 2


def _claimed(b: Benefit) -> Fraction:
    """The middle of what its source has, as far as it is missing; what counts nothing stays so."""
    return (b.missing_part or ZERO) * (b.claimed_low + b.claimed_high) / 2 if b.counted_high else ZERO


# Energy --------------------------------------------------------------------------------------------------


def saving(case: Case, effects: Iterable[Benefit]) -> Saving | None:
    """Standard coal and carbon dioxide of the electricity saved. Fuels are left out: there is no factor of theirs.

    None where nothing acts on energy, or how much electricity the plant uses is not known.
    """
    factors, power = case.factors, _value(case, POWER)
    ours = [b for b in effects if b.acts_on in NESTED]
    if factors is None or power is None or not ours:
        return None
    air = _value(case, AIR)
    amounts: dict[Base, Fraction] = {"electricity": power, "energy": power}
    amounts |= {"compressed-air": power * air} if air is not None else {}
    low, high = (_kilowatt_hours(ours, end, amounts) for end in ("low", "high"))
    return Saving(
        factors=factors.carbon_set,
        coal=factors.coal_set,
        kwh_low=low,
        kwh_high=high,
        tce_low=low * factors.coal / 1000,
        tce_high=high * factors.coal / 1000,
        tco2_low=low * factors.carbon / 1000,
        tco2_high=high * factors.carbon / 1000,
    )


def _kilowatt_hours(effects: Iterable[Benefit], end: str, amounts: Mapping[Base, Fraction]) -> Fraction:
    changes = together((b.acts_on, getattr(b, f"counted_{end}")) for b in effects)
    return sum(saved(changes, amounts).values(), ZERO)


def _value(case: Case, id_: str) -> Fraction | None:
    figure = case.figures.figures.get(id_)
    return figure.value if figure is not None else None
