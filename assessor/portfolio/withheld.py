"""WITHHOLD counts of fewer than five plants, and what would let them be reckoned.

What is given out of one picture is a set of counts of plants, and sums that tie them: the cells of a row make the
row, the cells of a column make the whole, and where all plants of some cells of one table are among those of a
cell of another one in the same row, they make it with what is left. Whoever reads knows these sums. Kept is that

- no count of 1 to 4 plants is given out;
- none follows from one table by adding and subtracting, nor from all tables together, nor from the ends that sums
  set to one another, since no count is below nought; where a group is so small that all beside a count is withheld
  already, it may still follow for whoever knows that two tables happen to hold the very same plants;
- where one count lies within another by what they are, as the measured within the heard, what is left is none or
  at least 5 where both are told;
- in each sum whose total is told at least two counts are withheld or none, together at least 5 plants, and so many
  more than there are of them that no one is told by all being at least 1.

It speaks of one picture. It does not speak of the picture of last week beside that of today, nor of two offices
that put theirs together, nor of whoever knows some of the plants themselves.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST = 5
"""Plants of which a figure is given out."""
MOST_OF_ONE = (4, 5)
"""Of a sum that one plant may make: four fifths."""
PRIME = 2**31 - 1
"""Counts are told apart modulo it: products stay within 64 bits."""
Key = Hashable


@dataclass(frozen=True)
class Sum:
    """Counts that make a total. `whole` names the total where it is a count of another table: it is withheld where
    it would tell too much."""

    parts: tuple[Key, ...]
    whole: Key | None = None


def few(count: int) -> bool:
    """Too few to be told, and not none."""
    return 0 < count < FEWEST


def told(count: int, of: int) -> bool:
    """May `count` of `of` be told where both `of` and what is left are known?"""
    return not few(count) and not few(of - count)


def dominated(values: Sequence[int]) -> bool:
    """Does one plant make more than four fifths of the sum? No value is below nought."""
    part, whole = MOST_OF_ONE
    return bool(values) and max(values) * whole > sum(values) * part


def withheld(
    counts: Mapping[Key, int],
    sums: Sequence[Sum],
    firm: Collection[Key] = frozenset(),
    decided: Mapping[Key, bool] | None = None,
) -> frozenset[Key]:
    """Which counts are not given out. `firm`: those that are withheld only where nothing else is left. `decided`:
    those of which it was decided before whether they are; of these one more is withheld last of all."""
    before = decided or {}
    hidden = {key for key, count in counts.items() if few(count)}
    small = frozenset(hidden)
    hidden |= {key for key, held in before.items() if held}
    lines = [one for one in sums if one.whole is None]
    between = [one for one in sums if one.whole is not None]

    def rank(key: Key) -> Place:
        return key in before, counts[key] == 0, key in firm, counts[key], repr(key)

    while True:
        if _filled_up(counts, lines, hidden, rank) or _filled_up(counts, between, hidden, rank):
            continue
        open_ = small & (determined(sums, hidden) | pinned(counts, sums, hidden))
        if not open_ or not _further(sums, hidden, open_, rank):
            return frozenset(hidden)


Place = tuple[bool, bool, bool, int, str]
"""The lowest is withheld first; where its first part holds, it was decided before that it is told."""
Rank = Callable[[Key], Place]


def _filled_up(counts: Mapping[Key, int], sums: Sequence[Sum], hidden: set[Key], rank: Rank) -> bool:
    """Withhold more in each sum that would tell what is withheld in it; was anything added?"""
    before = len(hidden)
    for one in sums:
        if one.whole in hidden:
            continue
        while not _enough([counts[k] for k in one.parts if k in hidden], len(one.parts)):
            more = _next(one, hidden, rank)
            if more is None or more in hidden:
                break
            hidden.add(more)
    return len(hidden) > before


def _enough(held: Sequence[int], parts: int) -> bool:
    """Do the counts withheld in a sum, of which the total is known, hide one another?"""
    if not held:
        return True
    count, total = len(held), sum(held)
    return count > 1 and total >= FEWEST and (total >= count + FEWEST - 1 or count == parts)


def _next(one: Sum, hidden: Collection[Key], rank: Rank) -> Key | None:
    """What a sum withholds next: its total, where that is a count of another table, unless a part costs less."""
    part = _smallest(one.parts, hidden, rank)
    if one.whole is None or (part is not None and _cost(part, rank) < _cost(one.whole, rank)):
        return part
    return one.whole


def _cost(key: Key, rank: Rank) -> tuple[bool, bool]:
    """Is it decided already, and is it firm?"""
    decided, _, firm, _, _ = rank(key)
    return decided, firm


def _smallest(keys: Iterable[Key], hidden: Collection[Key], rank: Rank) -> Key | None:
    """Of what is still told the smallest that is not nought; nought where there is nothing else."""
    return min((key for key in keys if key not in hidden), key=rank, default=None)


def _further(sums: Sequence[Sum], hidden: set[Key], open_: Collection[Key], rank: Rank) -> bool:
    """Withhold one more count in a sum of each that can be reckoned, of another table first; is there any left?"""
    before = len(hidden)
    for key in sorted(open_, key=repr):
        over = {one.whole for one in sums if key in one.parts and one.whole is not None} - hidden
        free = {whole for whole in over if not rank(whole)[0]}
        near = {k for one in sums if key in one.parts for k in one.parts}
        more = _smallest(near, hidden, rank)
        if free:
            hidden |= free
        elif more is not None and not (over and rank(more)[0]):
            hidden.add(more)
        else:
            hidden |= over
    return len(hidden) > before


def determined(sums: Sequence[Sum], hidden: Collection[Key]) -> frozenset[Key]:
    """What of the withheld follows from the sums and what is told, by adding and subtracting alone."""
    found: set[Key] = set()
    for group in _tied(sums, hidden):
        keys = sorted({k for one in group for k in _unknown(one, hidden)}, key=repr)
        at = {key: i for i, key in enumerate(keys)}
        rows = np.zeros((len(group), len(keys)), dtype=np.int64)
        for i, one in enumerate(group):
            for key in one.parts:
                if key in at:
                    rows[i, at[key]] += 1
            if one.whole in at:
                rows[i, at[one.whole]] -= 1
        reduced = _reduced(rows % PRIME)
        alone = np.count_nonzero(reduced, axis=1) == 1
        found |= {keys[int(j)] for j in np.argmax(reduced[alone] != 0, axis=1)}
    return frozenset(found)


def pinned(counts: Mapping[Key, int], sums: Sequence[Sum], hidden: Collection[Key]) -> frozenset[Key]:
    """What of the withheld is left with one value by the ends that each sum sets to its parts, taken in turn,
    since no count is below nought."""
    lines = [
        ([k for k in one.parts if k in hidden], sum(counts[k] for k in one.parts if k in hidden))
        for one in sums
        if one.whole not in hidden
    ]
    low, high = dict.fromkeys(hidden, 0), dict.fromkeys(hidden, sum(counts.values()))
    moved = True
    while moved:
        moved = False
        for parts, total in lines:
            lows, highs = sum(low[k] for k in parts), sum(high[k] for k in parts)
            for key in parts:
                most, least = total - lows + low[key], total - highs + high[key]
                if most < high[key] or least > low[key]:
                    moved = True
                    highs -= high[key] - min(high[key], most)
                    lows += max(low[key], least) - low[key]
                    high[key], low[key] = min(high[key], most), max(low[key], least)
    return frozenset(key for key in hidden if low[key] == high[key])


def _unknown(one: Sum, hidden: Collection[Key]) -> list[Key]:
    return [key for key in (*one.parts, one.whole) if key is not None and key in hidden]


def _tied(sums: Sequence[Sum], hidden: Collection[Key]) -> list[list[Sum]]:
    """Sums that share what is withheld, group by group: each group can be looked at on its own."""
    groups: dict[Key, list[Sum]] = {}
    for one in sums:
        keys = _unknown(one, hidden)
        if not keys:
            continue
        joined, seen = [one], {id(one)}
        for key in keys:
            for other in groups.get(key, ()):
                if id(other) not in seen:
                    seen.add(id(other))
                    joined.append(other)
        for other in joined:
            for key in _unknown(other, hidden):
                groups[key] = joined
    return list({id(group): group for group in groups.values()}.values())


def _reduced(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows in reduced echelon form, modulo a prime."""
    rank = 0
    for column in range(rows.shape[1]):
        below = np.flatnonzero(rows[rank:, column])
        if not len(below):
            continue
        pivot = rank + int(below[0])
        rows[[rank, pivot]] = rows[[pivot, rank]]
        rows[rank] = rows[rank] * pow(int(rows[rank, column]), -1, PRIME) % PRIME
        others = rows[:, column].copy()
        others[rank] = 0
        touched = np.flatnonzero(others)
        rows[touched] = (rows[touched] - others[touched, None] * rows[rank] % PRIME) % PRIME
        rank += 1
        if rank == rows.shape[0]:
            break
    return rows[:rank]


def merged(counts: Sequence[int]) -> list[tuple[int, ...]]:
    """Neighbours put together until each block holds none or at least five; places by block."""
    blocks: list[tuple[int, ...]] = [(i,) for i in range(len(counts))]
    while len(blocks) > 1:
        sizes = [sum(counts[i] for i in block) for block in blocks]
        small = next((i for i, size in enumerate(sizes) if few(size)), None)
        if small is None:
            break
        beside = [i for i in (small - 1, small + 1) if 0 <= i < len(blocks)]
        other = min(beside, key=lambda i: (sizes[i], i))
        first, last = sorted((small, other))
        blocks[first : last + 1] = [blocks[first] + blocks[last]]
    return blocks
