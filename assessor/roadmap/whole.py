"""The plan as a whole: what it brings a year, when that pays back, what this hangs on, what energy it saves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Base, Benefit, Message, Recommendation, Saving, Sensitivity, Text, Worth
from assessor.roadmap.case import Case
from assessor.roadmap.effects import ACHIEVED, NESTED, own_share, saved, together
from assessor.roadmap.figures import MONTHS, PlantFigures
from assessor.roadmap.outlay import OVERRUN, Cash, cash
from assessor.roadmap.worth import HALF, Payback, by_base, payback

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
    paid = _paid(case, chosen)
    confirmed = sum((case.confirmed.get(r.id, ZERO) for r in chosen), ZERO)
    yearly = None
    if effects:
        low, high = (_brings(effects, end, case.figures) for end in ("low", "high"))
        yearly = (low - paid.yearly, high - paid.yearly)
    own = own_share(effects)
    why = None
    if own is not None and own > HALF:
        why = Message(id="plan.own_estimates", params={"share": str(own)})
    back = payback(paid, confirmed, yearly, why)
    moved = _sensitivity(case, effects, paid, confirmed) if back.low is not None else ()
    return Whole(yearly, back, moved, saving(case, effects))


def _paid(case: Case, chosen: Iterable[Recommendation]) -> Cash:
    found = [cash(r, case.figures.amounts) for r in chosen]
    return Cash(sum((c.once for c in found), ZERO), sum((c.yearly for c in found), ZERO))


def _brings(effects: Iterable[Benefit], end: str, figures: PlantFigures) -> Fraction:
    changes = ((b.acts_on, getattr(b, f"counted_{end}")) for b in effects)
    return sum(by_base(changes, figures).values(), ZERO)


# What the payback hangs on -------------------------------------------------------------------------------


def _sensitivity(
    case: Case, effects: Sequence[Benefit], paid: Cash, confirmed: Fraction
) -> tuple[Sensitivity, ...]:
    """Months when one assumption alone is worse or better than in the middle of what is stated."""

    def months(change: Callable[[Benefit], Fraction] = _middle, overrun: Fraction = OVERRUN,
               moved: tuple[Base, Fraction] | None = None) -> Fraction | None:  # fmt: skip
        found = by_base(((b.acts_on, change(b)) for b in effects), case.figures)
        if moved is not None and moved[0] in found:
            found[moved[0]] *= moved[1]
        yearly = sum(found.values(), ZERO) - paid.yearly
        once = max(paid.once * (1 + overrun) - confirmed, ZERO)
        return MONTHS * once / yearly if yearly > 0 else None

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
    """The middle of what its source has; what counts nothing for want of a prerequisite stays so."""
    return (b.claimed_low + b.claimed_high) / 2 if b.counted_high else ZERO


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
