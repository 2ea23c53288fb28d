"""Plants by what they are counted by, and as what: sets of them, small ones put together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from assessor.portfolio.extract import Extract
from assessor.portfolio.withheld import FEWEST, few, merged

Cut = Literal["district", "industry", "size"]
CUTS: tuple[Cut, ...] = get_args(Cut)
LEVELS = tuple(str(n) for n in range(6))
DECLARED = ("open", *LEVELS)
VERIFIED = ("unheard", "open", *LEVELS)
"""What a plant is counted as: a level, with an open difference, or without a machine heard."""
ORDER: Mapping[str, int] = {"micro": 0, "small": 1, "medium": 2, "large": 3}


@dataclass(frozen=True)
class Row:
    """Plants by their place in a list, and the ids of what they have in common; none: all of them."""

    members: tuple[str | None, ...]
    plants: tuple[int, ...]

    @cached_property
    def mask(self) -> int:
        return mask(self.plants)


def mask(plants: Iterable[int]) -> int:
    """A set of plants as a number: sets are compared by the thousand."""
    held = bytearray()
    for i in plants:
        if len(held) <= i >> 3:
            held.extend(bytes((i >> 3) + 1 - len(held)))
        held[i >> 3] |= 1 << (i & 7)
    return int.from_bytes(held, "little")


def declared_as(one: Extract) -> str:
    return "open" if one.open else str(one.declared_level)


def verified_as(one: Extract) -> str:
    if one.open:
        return "open"
    return "unheard" if one.verified_level is None else str(one.verified_level)


def of(one: Extract, cut: Cut) -> str | None:
    """The id of what a plant is counted by; None where that is not known of it."""
    held: dict[Cut, str | None] = {"district": one.district, "industry": one.industry, "size": one.size}
    return held[cut]


def grouped(plants: Sequence[Extract], cut: Cut) -> list[Row]:
    """Groups of at least five: smaller ones are put together, with the next larger one where that is not enough.
    None where only one would be left."""
    found: dict[str | None, list[int]] = {}
    for i, one in enumerate(plants):
        found.setdefault(of(one, cut), []).append(i)
    by_size = sorted(found.items(), key=lambda item: (len(item[1]), item[0] or ""))
    small = [item for item in by_size if few(len(item[1]))]
    large = by_size[len(small) :]
    while small and large and sum(len(ids) for _, ids in small) < FEWEST:
        small.append(large.pop(0))
    rows = [Row((name,), tuple(ids)) for name, ids in sorted(large, key=lambda item: _place(item[0]))]
    if small:
        names = sorted((name for name, _ in small), key=_place)
        rows.append(Row(tuple(names), tuple(sorted(i for _, ids in small for i in ids))))
    return rows if len(rows) > 1 else []


def _place(name: str | None) -> tuple[bool, int, str]:
    return name is None, ORDER.get(name or "", 0), name or ""


def blocks(names: Sequence[str], held: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Names in their order, neighbours put together until each block holds no plant or at least five."""
    counts = Counter(held)
    return tuple(tuple(names[i] for i in block) for block in merged([counts[name] for name in names]))


def sets(held: Sequence[str], parts: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The plants of each block."""
    return tuple(mask(i for i, name in enumerate(held) if name in part) for part in parts)
