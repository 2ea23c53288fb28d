"""WHAT registers mean: rows and data points of one unit, and what is too empty to believe. Pure."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from assessor.domain import BAD_NO_DATA, GOOD, UNCERTAIN, Order, Point, Sample, Tag, tag_id
from assessor.domain import Unit as Agreed
from connectors.modbus.blocks import BITS, Block
from connectors.modbus.decode import column, decode
from connectors.sunspec import Scaled, factor

ZEROS_SUSPECTED = 64
"""From so many bits on, all of them zero, a unit may be answering for registers that it does not have."""


class Read(NamedTuple):
    """One block as it was read. Times in ns."""

    block: Block
    values: list[int]
    receive: int
    mono: int
    home: Block | None = None
    """The smaller block that it is part of, where it came with a larger request: by that it is judged."""

    @property
    def judged(self) -> Block:
        """The block by which it is believed or doubted: the same whatever the size of requests."""
        return self.home or self.block

    @property
    def bits(self) -> int:
        """How much was read."""
        return len(self.values) * (1 if self.block.fc in BITS else 16)


class Zeros:
    """Which answers are suspicious rather than evidence.

    Some servers answer with zeros for registers that they do not have. So a cycle of nothing but zeros is
    doubted, and so is a block of registers that has shown nothing else so far, while others live. Single bits
    are doubted only with the whole unit: an alarm that is off is as it should be. Once a block has shown
    something, its zeros are values.
    """

    def __init__(self) -> None:
        self.throughout: bool | None = None
        """Has the unit shown nothing but zeros so far? None where nothing was read."""
        self._live: set[tuple[int, int]] = set()
        self._empty: dict[tuple[int, int], Block] = {}

    def doubted(self, read: Sequence[Read]) -> frozenset[tuple[int, int]]:
        """The blocks of one cycle, by table and place, that prove nothing."""
        empty = not any(any(r.values) for r in read) and sum(r.bits for r in read) >= ZEROS_SUSPECTED
        self.throughout = empty if self.throughout is None else self.throughout and empty
        shown: dict[tuple[int, int], list[Read]] = defaultdict(list)
        for r in read:
            shown[r.judged[:2]].append(r)
        for place, parts in shown.items():
            block = parts[0].judged
            if any(any(r.values) for r in parts):
                self._live.add(place)
                self._empty.pop(place, None)
            elif (
                place not in self._live and sum(r.bits for r in parts) >= ZEROS_SUSPECTED and block.fc not in BITS
            ):
                self._empty[place] = block
        return frozenset(place for place in shown if empty or place in self._empty)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Those that have shown nothing but zeros so far."""
        return tuple(self._empty.values())


class Values:
    """The points of one unit."""

    def __init__(self, endpoint: str, agreed: Agreed) -> None:
        self._endpoint, self._agreed = endpoint, agreed
        self.points: tuple[Point, ...] = ()
        self.order: Order = "ABCD"
        self._factors: dict[tuple[int, int], tuple[int, int]] = {}
        """SunSpec: by a point's place the register that holds its scale factor."""

    def add(self, points: Iterable[Point]) -> None:
        """Points of a register map."""
        self.points = (*self.points, *points)

    def add_scaled(self, scaled: Iterable[Scaled]) -> tuple[Point, ...]:
        """Points of a self-description, but those a map has named; what has to be read for them is returned."""
        mapped = self._places()
        new = [s for s in scaled if (s.point.fc, s.point.at) not in mapped]
        self._factors = {(s.point.fc, s.point.at): (s.factor.fc, s.factor.at) for s in new if s.factor}
        self.add(s.point for s in new)
        factors = {s.factor.at: s.factor for s in new if s.factor}
        return (*(s.point for s in new), *factors.values())

    def rows(self, read: Sequence[Read], doubted: frozenset[tuple[int, int]]) -> list[Sample]:
        """Rows of one cycle; scale factors are taken from the same cycle as the values."""
        held: dict[tuple[int, int], int] = {}
        for r in read if self._factors else ():
            held |= {(r.block.fc, r.block.start + i): word for i, word in enumerate(r.values)}
        wanted, rows = self._places(), []
        for r in read:
            good = UNCERTAIN if r.judged[:2] in doubted else GOOD
            for point in r.block.points:
                if (point.fc, point.at) in wanted:
                    rows.append(self._row(point, r, self._scale(point, held), good))
        return rows

    def _row(self, point: Point, read: Read, scale: Fraction | None, good: int) -> Sample:
        at = point.at - read.block.start
        words = read.values[at : at + point.size]
        value = None if scale is None else decode(point, words, self.order, scale)
        status = BAD_NO_DATA if value is None else good
        row = Sample(self._tag_id(point), None, None, read.receive, read.mono, status)
        return row._replace(**column(value))

    def bad(self, block: Block, status: int) -> list[Sample]:
        """Rows of a block that could not be had."""
        receive, mono = time.time_ns(), time.monotonic_ns()
        wanted = self._places()
        points = [p for p in block.points if (p.fc, p.at) in wanted]
        return [Sample(self._tag_id(p), None, None, receive, mono, status) for p in points]

    def tags(self, interval_ms: float | None) -> tuple[Tag, ...]:
        """Its points as data points of the plant."""
        return tuple(
            Tag(
                id=self._tag_id(point),
                endpoint=self._endpoint,
                asset=self._agreed.asset,
                address=self._address(point),
                path=f"unit {self._agreed.unit}/{point.id}",
                data_type=point.type,
                unit=point.unit,
                labels=tuple(point.states.items()),
                profile_quantity=point.quantity,
                profile_function=point.function.value,
                interval_ms=interval_ms,
            )
            for point in self.points
        )

    def _places(self) -> set[tuple[int, int]]:
        """Where its points stand; a block holds scale factors besides."""
        return {(point.fc, point.at) for point in self.points}

    def _scale(self, point: Point, held: dict[tuple[int, int], int]) -> Fraction | None:
        """What the device multiplies a value by just now; None where it does not say."""
        place = (point.fc, point.at)
        if place not in self._factors:
            return Fraction(1)
        register = held.get(self._factors[place])
        return None if register is None else factor(register)

    def _address(self, point: Point) -> str:
        """'unit 3 holding 100', 'unit 3 holding 100.3+2': different for each point."""
        return f"unit {self._agreed.unit} {point.place}"

    def _tag_id(self, point: Point) -> int:
        return tag_id(self._endpoint, self._address(point))
