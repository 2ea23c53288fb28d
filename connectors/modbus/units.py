"""One Modbus unit during a run: what it is, what is read of it, what it refused."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

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
    Sample,
    Tag,
    Text,
    tag_id,
)
from assessor.domain import Unit as Agreed
from connectors.guard import Guard, Open
from connectors.modbus.blocks import Block, plan
from connectors.modbus.decode import decode
from connectors.modbus.wire import BUSY, ILLEGAL_ADDRESS, ILLEGAL_VALUE, Line, Refused
from connectors.profiles import Order, Point, load_profile
from connectors.sunspec import describe

ZEROS_SUSPECTED = 8
"""From so many registers on, all of them zero, a unit may be answering for registers it does not have."""
FAILURES = (OSError, TimeoutError, Open)


class Unit:
    """One unit id behind an address."""

    def __init__(self, agreed: Agreed, endpoint: Endpoint, limits: Limits) -> None:
        self.agreed, self._endpoint, self._limits = agreed, endpoint, limits
        self.points: tuple[Point, ...] = ()
        self.blocks: list[Block] = []
        self.nameplate: Nameplate | None = None
        self.problem: Message | None = None
        self.answered = False
        self._order: Order = "ABCD"
        self._zeros: bool | None = None

    async def learn(self, line: Line) -> None:
        """What it says of itself, and what will be read of it. Failures become its problem."""
        if self.agreed.profile:
            profile = load_profile(self.agreed.profile)
            self._order = profile.order
            self._plan(profile.points, min(self._limits.max_registers, profile.max_registers), profile.gaps)
        try:
            if self._endpoint.identify and not self.agreed.sunspec:
                self.nameplate = await self._identify(line)
            if self.agreed.sunspec:
                await self._describe(line)
        except FAILURES as problem:
            self.problem = _explain(problem, self._endpoint.address)

    def _plan(self, points: Sequence[Point], most: int, gaps: bool) -> None:
        self.points = (*self.points, *points)
        self.blocks += plan(points, most, gaps)

    async def _identify(self, line: Line) -> Nameplate | None:
        """Many devices do not know the question: an exception is an answer and no fault."""
        try:
            plate = await line.identify(self.agreed.unit)
        except Refused as refused:
            self.answered = refused.code not in (4, 10, 11)
            return None
        self.answered = True
        return plate

    async def _describe(self, line: Line) -> None:
        most = self._limits.max_registers
        found = await describe(lambda at, n: line.read(self.agreed.unit, 3, at, n), most, Refused)
        if found is None:
            self.problem = Message(id="modbus.no_sunspec")
            return
        self.answered, self.nameplate = True, found.nameplate
        self._plan(found.points, most, gaps=True)

    async def cycle(self, line: Line) -> list[Sample]:
        """Read every block once. What cannot be had is a row with a status that says why."""
        rows: list[Sample] = []
        all_zero, registers_read = True, 0
        for block in tuple(self.blocks):
            try:
                registers = await line.read(self.agreed.unit, block.fc, block.start, block.length)
            except Refused as refused:
                rows += self._refused(block, refused.code)
                continue
            except Open as left_alone:
                self.problem = self.problem or left_alone.message
                return rows
            except (OSError, TimeoutError) as problem:
                self.problem = _explain(problem, self._endpoint.address)
                rows += self._bad(block, BAD_TIMEOUT if isinstance(problem, TimeoutError) else BAD_COMMUNICATION)
                continue
            self.answered = True
            all_zero, registers_read = all_zero and not any(registers), registers_read + len(registers)
            rows += self._values(block, registers)
        return self._suspected(rows, all_zero and registers_read >= ZEROS_SUSPECTED)

    def _suspected(self, rows: list[Sample], zeros: bool) -> list[Sample]:
        """Zeros throughout are suspicious, not evidence: their rows are Uncertain, and the device says so."""
        if rows and self.answered:
            self._zeros = zeros if self._zeros is None else self._zeros and zeros
            self.problem = Message(id="modbus.all_zero") if self._zeros else None
        return [row._replace(status=UNCERTAIN) if zeros and row.status == GOOD else row for row in rows]

    def _refused(self, block: Block, code: int) -> list[Sample]:
        """An illegal address is looked for by halves and never asked for again; busy and broken pass."""
        if code in (ILLEGAL_ADDRESS, ILLEGAL_VALUE):
            at = self.blocks.index(block)
            self.blocks[at : at + 1] = block.halves() if len(block.points) > 1 else ()
            self.answered = True
            return []
        self.problem = Message(id="modbus.exception", params={"code": code})
        if code == BUSY:
            self.answered = True
        return self._bad(block, BAD_COMMUNICATION)

    def _values(self, block: Block, registers: Sequence[int]) -> list[Sample]:
        receive, mono = time.time_ns(), time.monotonic_ns()
        rows = []
        for point in block.points:
            at = point.at - block.start
            value = decode(point, registers[at : at + point.size], self._order)
            status = GOOD if value is not None else BAD_NO_DATA
            row = Sample(self._tag_id(point), None, None, receive, mono, status)
            rows.append(row._replace(integer=value) if isinstance(value, int) else row._replace(number=value))
        return rows

    def _bad(self, block: Block, status: int) -> list[Sample]:
        receive, mono = time.time_ns(), time.monotonic_ns()
        return [Sample(self._tag_id(p), None, None, receive, mono, status) for p in block.points]

    def _address(self, point: Point) -> str:
        return f"unit {self.agreed.unit} {point.table} {point.at}"

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
