"""What effects bring in a plant: the lower half of each, a vendor's claim at 0.4, overlaps capped."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import get_args

from assessor.domain import Base, Benefit, Effect, SourceClass
from assessor.roadmap.figures import PlantFigures

ACHIEVED = Fraction(2, 5)
"""What comes of a vendor's claim: 0.37 of savings found in audits of small plants, 0.42 in a metering trial."""
CAPS: Mapping[Base, Fraction] = {
    "labour": Fraction(3, 13),  # productivity +30 %: the same output with 1/1.3 of the hours
    "inspection": Fraction(1, 2),
    "transport": Fraction(1, 2),
    "paperwork": Fraction(4, 5),
    "electricity": Fraction(3, 10),
    "compressed-air": Fraction(2, 5),
    "energy": Fraction(3, 10),
    "scrap": Fraction(1, 2),
    "downtime": Fraction(1, 2),
    "maintenance": Fraction(3, 10),
    "stock": Fraction(3, 10),
    "late-delivery": Fraction(1, 2),
}
"""The most that all effects of a plan together may take off a base. Labour follows a published package effect; the
others are our own estimate."""
NESTED: tuple[Base, ...] = ("compressed-air", "electricity", "energy")
"""Each is part of the next: what is saved inside is not there to be saved again outside."""
STRENGTH = get_args(SourceClass)
NONE, ALL = Fraction(0), Fraction(1)


def benefit(
    effect: Effect, figures: PlantFigures, *, counts: bool = True, missing: Fraction | None = ALL
) -> Benefit | None:
    """One effect in this plant; None where nothing could be cited. Without its prerequisites it counts nothing.

    `missing`: how much of the thing is not there yet; only so much of the effect counts. None, where nobody knows,
    counts nothing.
    """
    if effect.change is None:
        return None
    change, part = effect.change, effect.part
    low, mid, high = (
        getattr(change, end) * (getattr(part, end) if part else ALL) for end in ("low", "mid", "high")
    )
    sources: list[SourceClass] = [change.source, *([part.source] if part else [])]
    share = (ACHIEVED if "vendor" in sources else ALL) * (missing or NONE) if counts else NONE
    base = figures.yearly(effect.acts_on)
    return Benefit(
        acts_on=effect.acts_on,
        source=max(sources, key=STRENGTH.index),
        base=base,
        claimed_low=low,
        claimed_high=high,
        missing_part=missing,
        counted_low=share * low,
        counted_high=share * mid,
        low=None if base is None else base * share * low,
        high=None if base is None else base * share * mid,
    )


def together(changes: Iterable[tuple[Base, Fraction]]) -> dict[Base, Fraction]:
    """The change of each base by all effects on it: 1 − Π(1 − e), at most its cap."""
    left: dict[Base, Fraction] = {}
    for base, change in changes:
        left[base] = left.get(base, ALL) * (ALL - min(change, ALL))
    return {base: min(ALL - rest, CAPS[base]) for base, rest in left.items()}


def saved(changes: Mapping[Base, Fraction], whole: Mapping[Base, Fraction]) -> dict[Base, Fraction]:
    """What changes take off amounts by base, in the amount's own unit; a base without amount saves nothing."""
    found: dict[Base, Fraction] = {}
    inside = NONE
    for base in (*NESTED, *sorted(set(changes) - set(NESTED))):
        change, amount = changes.get(base, NONE), whole.get(base)
        if amount is None or not change:
            continue
        rest = max(amount - inside, NONE) if base in NESTED else amount
        found[base] = rest * change
        inside += found[base] if base in NESTED else NONE
    return found


def own_share(benefits: Iterable[Benefit], together: Mapping[Base, Fraction]) -> Fraction | None:
    """Of what effects bring, the share that rests on our own estimates; None where they bring nothing.

    `together`: yuan a year by base, at the high end, combined and capped; single effects on a base share it.
    """
    own, singly = dict[Base, Fraction](), dict[Base, Fraction]()
    for one in benefits:
        high = one.high or NONE
        singly[one.acts_on] = singly.get(one.acts_on, NONE) + high
        own[one.acts_on] = own.get(one.acts_on, NONE) + (high if one.source == "own" else NONE)
    whole = sum(together.values(), NONE)
    ours = sum((brings * own[base] / singly[base] for base, brings in together.items() if singly.get(base)), NONE)
    return ours / whole if whole else None
