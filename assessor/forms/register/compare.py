"""Two ledgers side by side: what both know, what one knows alone, and where they say different things."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from assessor.forms.register.ledger import Ledger, Machine, alike

Key = Callable[[Machine], Iterable[object]]
COMPARED = ("name", "model", "maker", "place", "state", "count")


@dataclass(frozen=True)
class Difference:
    """One thing that two ledgers say differently of one machine."""

    first: Machine
    second: Machine
    column: str


@dataclass(frozen=True)
class Comparison:
    """Machines by where they stand. Every machine of either ledger stands in exactly one of the first three."""

    both: tuple[tuple[Machine, Machine], ...]
    only_first: tuple[Machine, ...]
    only_second: tuple[Machine, ...]
    differing: tuple[Difference, ...]


def compare(first: Ledger, second: Ledger) -> Comparison:
    """Match by a number that both carry; what is left by name and model, where that is one machine in either."""
    pairs = _by(first.machines, second.machines, lambda m: m.numbers)
    left = tuple(m for m in first.machines if m not in pairs)
    right = tuple(m for m in second.machines if m not in pairs.values())
    pairs |= _by(left, right, lambda m: frozenset([m.likeness]))
    matched = tuple((m, pairs[m]) for m in first.machines if m in pairs)
    return Comparison(
        both=matched,
        only_first=tuple(m for m in first.machines if m not in pairs),
        only_second=tuple(m for m in second.machines if m not in pairs.values()),
        differing=tuple(Difference(a, b, key) for a, b in matched for key in COMPARED if _differ(a[key], b[key])),
    )


def _by(first: tuple[Machine, ...], second: tuple[Machine, ...], key: Key) -> dict[Machine, Machine]:
    """Pairs that share a key which no other machine of either ledger has."""
    held, sought = _unique(first, key), _unique(second, key)
    found: dict[Machine, Machine] = {}
    for one, machine in held.items():
        other = sought.get(one)
        if other is not None and machine not in found and other not in found.values():
            found[machine] = other
    return found


def _unique(machines: tuple[Machine, ...], key: Key) -> Mapping[object, Machine]:
    met: dict[object, list[Machine]] = {}
    for machine in machines:
        for one in key(machine):
            met.setdefault(one, []).append(machine)
    return {one: found[0] for one, found in met.items() if len(found) == 1}


def _differ(a: str, b: str) -> bool:
    """Only where both say something."""
    return bool(a and b) and alike(a) != alike(b)
