"""PLAN reads: as few requests as device and map allow, and the search for what a device refuses. Pure."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, groupby, islice
from typing import NamedTuple

from assessor.domain import Point

BITS = frozenset({1, 2})
"""Function codes that read single bits."""
MOST_BITS = 2000
"""In one request (Modbus Application Protocol 1.1b3, 6.1)."""
PROBES = 4
"""Halves of refused blocks that are tried in one cycle: refusals in a row are a reason to leave a device alone."""


class Block(NamedTuple):
    """One request: a run of registers or bits, and the points inside it."""

    fc: int
    start: int
    length: int
    points: tuple[Point, ...]

    @property
    def size(self) -> int:
        """Bytes of its values on the wire."""
        return -(-self.length // 8) if self.fc in BITS else 2 * self.length

    def halves(self) -> tuple["Block", ...]:
        """Two smaller requests for the same points, to find what a device refuses; none where there is but one.

        Points that share a register stay together: it is asked for once.
        """
        ends = accumulate((p.at + p.size for p in self.points), max)
        seams = [i + 1 for i, (end, p) in enumerate(zip(ends, self.points[1:], strict=False)) if p.at >= end]
        if not seams:
            return ()
        middle = min(seams, key=lambda seam: abs(2 * seam - len(self.points)))
        return _block(self.points[:middle]), _block(self.points[middle:])


def plan(
    points: Iterable[Point], most: int, gaps: bool, *, widest: int | None = None, bits: int = MOST_BITS
) -> tuple[Block, ...]:
    """Group points into requests of at most `most` registers, or `bits` bits.

    Over gaps only where the map allows it, and over none wider than `widest`. A value is never split over two
    requests, so that it is never put together from two moments. One that is wider than a request may be is not
    read.
    """
    reach = (widest if widest is not None else 65536) if gaps else 0
    blocks: list[Block] = []
    by_place = sorted((p for p in points if p.size <= most), key=lambda p: (p.fc, p.at))
    for fc, of_table in groupby(by_place, key=lambda p: p.fc):
        run: list[Point] = []
        end = 0
        for point in of_table:
            length = point.at + point.size - run[0].at if run else 0
            if run and (point.at - end > reach or length > (bits if fc in BITS else most)):
                blocks.append(_block(run))
                run = []
            run.append(point)
            end = max(end, point.at + point.size)
        blocks.append(_block(run))
    return tuple(blocks)


def _block(points: Sequence[Point]) -> Block:
    held = tuple(points)
    end = max(point.at + point.size for point in held)
    return Block(held[0].fc, held[0].at, end - held[0].at, held)


Grouping = Callable[[Iterable[Point]], tuple[Block, ...]]
"""A way to group points into requests: `plan` with its limits."""


class Wide(NamedTuple):
    """A larger request, and what it holds of each smaller block whose place it takes: (that block, its part)."""

    block: Block
    parts: tuple[tuple[Block, Block], ...]


class Plan:
    """What is asked of a unit in every cycle, and what it has turned out not to give.

    A refused block is halved until what the device refuses stands alone; that is never asked for again. Of k
    places refused among n, the search takes no more than 1 + 2·k·⌈log2 n⌉ requests beside the others. A unit that
    has given all for a whole cycle is asked for more at a time, until the first larger request that it does not
    answer: from then on the smaller ones stay.
    """

    def __init__(self) -> None:
        self.room = 0
        """So many requests a cycle the preview counted on."""
        self._blocks: list[Block] = []
        self._halves: deque[Block] = deque()
        self._known: set[int] = set()
        self._grown: list[tuple[tuple[Block, ...], Grouping]] = []
        """Blocks that were added together, and how their points are grouped once the unit has proved itself."""
        self._wide: dict[tuple[int, int, int], Wide] = {}
        self._is_proved = False
        self.refused: list[tuple[Block, int]] = []
        """What it refuses, each with the exception code."""
        self.silent: list[Block] = []
        """What it gave no answer to, again and again, while it answered for the rest."""

    def add(self, blocks: Sequence[Block], room: int, grown: Grouping | None = None) -> None:
        """Ask for more, no more than `room` requests a cycle even where every block falls apart.

        `grown` groups the points of these blocks once the unit has proved itself.
        """
        self._blocks += blocks
        self.room += room
        if grown is not None:
            self._grown.append((tuple(blocks), grown))

    def due(self) -> tuple[Block, ...]:
        """The requests of the next cycle."""
        held = {small[:3] for wide in self._wide.values() for small, _ in wide.parts}
        small = (block for block in self._blocks if block[:3] not in held)
        return (*(wide.block for wide in self._wide.values()), *small, *islice(self._halves, PROBES))

    def __bool__(self) -> bool:
        return bool(self._blocks or self._halves)

    def proved(self) -> None:
        """It gave all that was asked for a whole cycle. Once: ask for more at a time, but over nothing refused."""
        if self._is_proved or self._halves:
            return
        self._is_proved = True
        for whole, grown in self._grown:
            untouched = [block for block in self._blocks if block in whole]
            barred = [block for block in self._blocks if block not in whole]
            barred += [*(block for block, _ in self.refused), *self.silent]
            in_order = sorted(untouched + barred, key=lambda block: block[:3])
            for may, run in groupby(in_order, key=lambda block: block in untouched):
                if may:
                    self._widen(tuple(run), grown)

    def _widen(self, run: Sequence[Block], grown: Grouping) -> None:
        larger = grown(point for small in run for point in small.points)
        for block in larger if len(larger) < len(run) else ():
            if block not in run:
                mine = {id(point) for point in block.points}
                shared = ((small, [p for p in small.points if id(p) in mine]) for small in run)
                parts = tuple((small, _block(points)) for small, points in shared if points)
                self._wide[block[:3]] = Wide(block, parts)

    def narrow(self, block: Block) -> bool:
        """It did not answer. Was the request one of the larger ones? Then there are none of them any more."""
        if block[:3] not in self._wide:
            return False
        self._wide.clear()
        return True

    def lacking(self, asked: Iterable[Block]) -> tuple[Block, ...]:
        """What is still to be asked for in a cycle, with the smaller blocks, after these."""
        had = {id(point) for block in asked for point in block.points}
        return tuple(block for block in self._blocks if not all(id(point) in had for point in block.points))

    def parts(self, block: Block) -> tuple[tuple[Block, Block], ...]:
        """The smaller blocks that a request stands for, each with its part of the request."""
        wide = self._wide.get(block[:3])
        return wide.parts if wide else ((block, block),)

    def was_read(self, block: Block) -> None:
        """It gave what was asked."""
        self._known.add(block.fc)
        if block in self._halves:
            self._halves.remove(block)
            self._blocks.append(block)

    def was_refused(self, block: Block, code: int) -> None:
        """It refused something inside the block: look for it by halves."""
        self._drop(block)
        parts = block.halves()
        if parts and len(self._blocks) + len(self._halves) + len(parts) <= self.room:
            self._halves.extend(parts)
        else:
            self.refused.append((block, code))

    def function_refused(self, block: Block, code: int) -> None:
        """It does not know the function: nothing more is asked with it, unless it has answered it before."""
        gone = [b for b in (*self._blocks, *self._halves) if b.fc == block.fc and block.fc not in self._known]
        for each in gone or [block]:
            self._drop(each)
            self.refused.append((each, code))

    def leave_out(self, block: Block) -> None:
        """Each silence costs a time-out: ask no more."""
        self._drop(block)
        self.silent.append(block)

    def _drop(self, block: Block) -> None:
        for held in (self._blocks, self._halves):
            if block in held:
                held.remove(block)


def stretches(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Where blocks stand, as 'holding 12+2'; neighbours are one stretch."""
    found: list[list[int | str]] = []
    for block in sorted(blocks, key=lambda b: (b.fc, b.start)):
        table, start, length = block.points[0].table, block.start, block.length
        if found and found[-1][0] == table and found[-1][1] + found[-1][2] == start:  # type: ignore[operator]
            found[-1][2] += length  # type: ignore[operator]
        else:
            found.append([table, start, length])
    return tuple(f"{table} {start}+{length}" for table, start, length in found)
