"""A chosen set in order: three phases, each with its money. What a phase leaves is there for the next."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from assessor.domain import PHASES, Recommendation
from assessor.roadmap.gain import Stake, gain
from assessor.roadmap.outlay import outlay


def split(budget: int) -> tuple[int, ...]:
    """The budget in equal parts; the odd yuan go to the first phases."""
    return tuple(budget // PHASES + (i < budget % PHASES) for i in range(PHASES))


def in_phases(
    chosen: Sequence[Recommendation], at_stake: Mapping[str, Stake], budgets: Sequence[int]
) -> dict[str, int]:
    """The phase of each: what brings or opens most for its money first, as early as the money is there.

    A prerequisite stands in the same phase as what needs it, or in an earlier one.
    """
    by_id = {r.id: r for r in chosen}
    spent = [Fraction(0)] * PHASES
    phases: dict[str, int] = {}
    while len(phases) < len(by_id):
        ready = [r for id_, r in by_id.items() if id_ not in phases and all(b in phases for b in r.after)]
        item = min(ready, key=lambda r: _urgency(r, by_id, at_stake))
        earliest = max((phases[b] for b in item.after), default=1)
        phase = next(p for p in range(earliest, PHASES + 1) if _affordable(item, p, spent, budgets))
        phases[item.id] = phase
        spent[phase - 1] += outlay(item, {}).mid
    return dict(sorted(phases.items(), key=lambda pair: (pair[1], list(phases).index(pair[0]))))


def _urgency(
    item: Recommendation, by_id: Mapping[str, Recommendation], at_stake: Mapping[str, Stake]
) -> tuple[bool, Fraction, str]:
    """Free ones first, then by gain per yuan of the item and all that waits for it, then by id."""
    opens = {item.id}
    while more := {id_ for id_, r in by_id.items() if id_ not in opens and opens & set(r.after)}:
        opens |= more
    total = gain([by_id[id_] for id_ in opens], at_stake)
    return outlay(item, {}).mid > 0, -total / outlay(item, {}).mid if outlay(item, {}).mid else -total, item.id


def _affordable(item: Recommendation, phase: int, spent: Sequence[Fraction], budgets: Sequence[int]) -> bool:
    return all(
        sum(spent[:later]) + outlay(item, {}).mid <= sum(budgets[:later]) for later in range(phase, PHASES + 1)
    )
