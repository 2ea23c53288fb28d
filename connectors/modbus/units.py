"""One Modbus unit during a run: what it is, what is read of it, what it refused."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from assessor.domain import (
    BAD_COMMUNICATION,
    BAD_NO_DATA,
    BAD_TIMEOUT,
    GOOD,
    UNCERTAIN,
    Device,
    Endpoint,
    Limits,
    Message,
    Nameplate,
    Observation,
    Order,
    Point,
    Profile,
    Sample,
    Tag,
    Text,
    tag_id,
)
from assessor.domain import Unit as Agreed
from connectors.guard import Guard, Open
from connectors.modbus.blocks import Block, plan
from connectors.modbus.decode import column, decode
from connectors.modbus.wire import (
    BUSY,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    NOT_ANSWERED,
    Line,
    Refused,
    Stopped,
)
from connectors.sunspec import describe, factor, most_requests

ZEROS_SUSPECTED = 4
"""From so many registers on, all of them zero, a unit may be answering for registers it does not have."""
FAILURES = (OSError, TimeoutError, Open)
LONGEST_REST = 10
"""Cycles that a busy unit is left out for, at most."""


class _Read(NamedTuple):
    """One block as it was read. Times in ns."""

    block: Block
    registers: list[int]
    receive: int
    mono: int


class Unit:
    """One unit id behind an address."""

    def __init__(self, agreed: Agreed, endpoint: Endpoint, limits: Limits, profile: Profile | None) -> None:
        self.agreed, self._endpoint, self._limits, self._profile = agreed, endpoint, limits, profile
        self.points: tuple[Point, ...] = ()
        self.blocks: list[Block] = []
        self.nameplate: Nameplate | None = None
        self.problem: Message | None = None
        self.answered = False
        self._order: Order = "ABCD"
        self._zeros: bool | None = None
        self._factors: dict[tuple[int, int], tuple[int, int]] = {}
        """SunSpec: by a point's place the register that holds its scale factor."""
        self._room = 0
        """So many blocks the preview counted on."""
        self._silent: dict[tuple[int, int], int] = {}
        self._busy = self._rest = 0

    async def learn(self, line: Line) -> None:
        """What it says of itself, and what will be read of it. Failures become its problem."""
        if profile := self._profile:
            self._order = profile.order
            most = min(self._limits.max_registers, profile.max_registers)
            self.points, self._room = profile.points, len(profile.points)
            self.blocks += plan(self.points, most, profile.gaps)
        try:
            if not self.agreed.sunspec and self._limits.breaker_failures > 1:
                # Many devices stay silent on identification. Where one silence is enough to leave a unit
                # alone, its values come first.
                self.nameplate = await self._identify(line)
            if self.agreed.sunspec:
                await self._describe(line)
        except FAILURES as problem:
            self.problem = _explain(problem, self._endpoint.address)

    async def _identify(self, line: Line) -> Nameplate | None:
        """Many devices do not know the question: an exception is an answer and no fault."""
        allowed = (self._endpoint.identify, self._endpoint.report_id)
        for ask in (a for a, may in zip((line.identify, line.report), allowed, strict=True) if may):
            try:
                plate = await ask(self.agreed.unit)
            except Refused as refused:
                self.answered = self.answered or refused.code not in NOT_ANSWERED
                continue
            self.answered = True
            if plate:
                return plate
        return None

    async def _describe(self, line: Line) -> None:
        most = self._limits.max_registers
        found = await describe(lambda at, n: line.read(self.agreed.unit, 3, at, n), most, Refused)
        if found is None:
            self.problem = Message(id="modbus.no_sunspec")
            return
        self.answered, self.nameplate = True, found.nameplate
        mapped = self._places()  # what a register map names is read by the map
        new = [scaled for scaled in found.points if (scaled.point.fc, scaled.point.at) not in mapped]
        factors = {scaled.factor.at: scaled.factor for scaled in new if scaled.factor}
        self._factors = {(s.point.fc, s.point.at): (s.factor.fc, s.factor.at) for s in new if s.factor}
        points = tuple(scaled.point for scaled in new)
        room = most_requests(most)
        self.points, self._room = (*self.points, *points), self._room + room
        self.blocks += plan((*points, *factors.values()), most, gaps=True)[:room]
        if not found.points:
            self.problem = Message(id="modbus.no_models")

    async def cycle(self, line: Line) -> list[Sample]:
        """Read every block once. What cannot be had is a row with a status that says why."""
        if self._rest:
            self._rest -= 1
            return []
        rows: list[Sample] = []
        read: list[_Read] = []
        silent: list[Block] = []
        for block in tuple(self.blocks):
            try:
                registers = await line.read(self.agreed.unit, block.fc, block.start, block.length)
            except Refused as refused:
                rows += self._refused(block, refused.code)
                if refused.code == BUSY:
                    break
                continue
            except Open as left_alone:
                self.problem = self.problem or left_alone.message
                break
            except Stopped:
                break
            except (OSError, TimeoutError) as problem:
                self.problem = _explain(problem, self._endpoint.address)
                silent.append(block)
                rows += self._bad(block, BAD_TIMEOUT if isinstance(problem, TimeoutError) else BAD_COMMUNICATION)
                continue
            self.answered = True
            read.append(_Read(block, registers, time.time_ns(), time.monotonic_ns()))
        if read:
            self._leave_out(silent)
        return rows + self._believed(read)

    def _leave_out(self, silent: Sequence[Block]) -> None:
        """What stays silent again and again while the rest answers: each silence costs a connection."""
        self._silent = {b[:2]: self._silent.get(b[:2], 0) + 1 for b in silent}
        often = {place for place, times in self._silent.items() if times >= self._limits.breaker_failures}
        self.blocks = [block for block in self.blocks if block[:2] not in often]

    def _believed(self, read: Sequence[_Read]) -> list[Sample]:
        """Zeros throughout are suspicious, not evidence: their rows are Uncertain, and the device says so."""
        if not read:
            return []
        self._busy = 0
        zeros = not any(any(r.registers) for r in read)
        suspected = zeros and sum(len(r.registers) for r in read) >= ZEROS_SUSPECTED
        self._zeros = suspected if self._zeros is None else self._zeros and suspected
        self.problem = Message(id="modbus.all_zero") if self._zeros else None
        rows = self._values(read)
        return [row._replace(status=UNCERTAIN) if suspected and row.status == GOOD else row for row in rows]

    def _refused(self, block: Block, code: int) -> list[Sample]:
        """An illegal address is looked for by halves and never asked for again; busy and broken pass."""
        self.answered = self.answered or code not in NOT_ANSWERED
        if code in (ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE):
            at = self.blocks.index(block)
            by_halves = code != ILLEGAL_FUNCTION and len(block.points) > 1 and len(self.blocks) < self._room
            self.blocks[at : at + 1] = block.halves() if by_halves else ()
            if not self.blocks:
                self.problem = Message(id="modbus.nothing_there")
            return []
        self.problem = Message(id="modbus.exception", params={"code": code})
        if code == BUSY:
            self._rest, self._busy = min(self._busy, LONGEST_REST), self._busy + 1
        return self._bad(block, BAD_COMMUNICATION)

    def _values(self, read: Sequence[_Read]) -> list[Sample]:
        """Rows of one cycle; scale factors are taken from the same cycle as the values."""
        held: dict[tuple[int, int], int] = {}
        for r in read if self._factors else ():
            held |= {(r.block.fc, r.block.start + i): word for i, word in enumerate(r.registers)}
        wanted, rows = self._places(), []
        for block, registers, receive, mono in read:
            for point in block.points:
                if (point.fc, point.at) not in wanted:
                    continue
                at, scale = point.at - block.start, self._scale(point, held)
                words = registers[at : at + point.size]
                value = None if scale is None else decode(point, words, self._order, scale)
                status = GOOD if value is not None else BAD_NO_DATA
                row = Sample(self._tag_id(point), None, None, receive, mono, status)
                rows.append(row._replace(**column(value)))
        return rows

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

    def _bad(self, block: Block, status: int) -> list[Sample]:
        receive, mono = time.time_ns(), time.monotonic_ns()
        wanted = self._places()
        points = [p for p in block.points if (p.fc, p.at) in wanted]
        return [Sample(self._tag_id(p), None, None, receive, mono, status) for p in points]

    def _address(self, point: Point) -> str:
        return f"unit {self.agreed.unit} {point.place}"

    def _tag_id(self, point: Point) -> int:
        return tag_id(self._endpoint.id, self._address(point))

    def tags(self, interval_ms: float | None) -> tuple[Tag, ...]:
        """Its points as data points of the plant."""
        return tuple(
            Tag(
                id=self._tag_id(point),
                endpoint=self._endpoint.id,
                asset=self.agreed.asset,
                address=self._address(point),
                path=f"unit {self.agreed.unit}/{point.id}",
                data_type=point.type,
                unit=point.unit,
                profile_quantity=point.quantity,
                profile_function=point.function.value,
                interval_ms=interval_ms,
            )
            for point in self.points
        )

    def device(self) -> Device:
        """It, as seen."""
        return Device(
            asset=self.agreed.asset,
            where=f"unit {self.agreed.unit}",
            answered=self.answered,
            problem=self.problem,
            nameplate=self.nameplate,
        )


@dataclass
class Visit:
    """All units of one address during a run."""

    endpoint: Endpoint
    limits: Limits
    guard: Guard
    units: tuple[Unit, ...]
    started: int = field(default_factory=time.time_ns)
    interval_ms: float | None = None

    def observation(self) -> Observation:
        """What was seen so far."""
        now = time.time_ns()
        reached = any(unit.answered for unit in self.units)
        problems = [unit.problem for unit in self.units if unit.problem]
        return Observation(
            endpoint=self.endpoint.id,
            protocol=self.endpoint.protocol,
            connector="modbus",
            started=self.started,
            ended=now,
            reached=reached,
            problem=problems[0] if problems and not reached else None,
            devices=tuple(unit.device() for unit in self.units),
            tags=tuple(tag for unit in self.units for tag in unit.tags(self.interval_ms)),
            traffic=self.guard.traffic((now - self.started) / 1e9),
        )


def _explain(problem: Exception, address: str) -> Message:
    if isinstance(problem, Open):
        return problem.message
    params: dict[str, str | int | Text] = {"address": address}
    name = "silent" if isinstance(problem, TimeoutError) else "lost"
    return Message(id=f"modbus.{name}", params=params)
