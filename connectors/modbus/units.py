"""One Modbus unit during a run: what it is, what is read of it, when it is left out."""

import time
from collections import deque
from collections.abc import Sequence
from functools import partial

from assessor.domain import (
    BAD_COMMUNICATION,
    BAD_TIMEOUT,
    Device,
    Endpoint,
    Gap,
    Limits,
    Message,
    Nameplate,
    Profile,
    Sample,
    Tag,
    Text,
    Unread,
)
from assessor.domain import Unit as Agreed
from connectors.guard import Open
from connectors.losses import Losses
from connectors.modbus.blocks import Block, Grouping, Plan, plan, stretches
from connectors.modbus.values import Read, Values, Zeros
from connectors.modbus.wire import (
    DEVICE_FAILURE,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    NOT_ANSWERED,
    WAIT,
    Line,
    Refused,
    Stopped,
)
from connectors.sunspec import describe, most_requests

FAILURES = (OSError, TimeoutError, Open)
LONGEST_REST = 10
"""Cycles that a busy unit is left out for, at most."""
RESTING = Message(id="modbus.resting")


def planned(profile: Profile, limits: Limits, most: int | None = None) -> tuple[Block, ...]:
    """The requests that a register map takes under the limits agreed; `most` registers instead, where given."""
    return _grouping(profile, limits, most or limits.max_registers)(profile.points)


def _grouping(profile: Profile, limits: Limits, most: int) -> Grouping:
    most = min(most, profile.max_registers)
    return partial(plan, most=most, gaps=profile.gaps, widest=profile.max_gap, bits=limits.max_bits)


class Unit:
    """One unit id behind an address."""

    def __init__(
        self, agreed: Agreed, endpoint: Endpoint, limits: Limits, profile: Profile | None, losses: Losses
    ) -> None:
        """`losses` keeps the gaps of all units of the address."""
        self.agreed, self._endpoint, self._limits, self._profile = agreed, endpoint, limits, profile
        self._losses = losses
        self.plan = Plan()
        self.nameplate: Nameplate | None = None
        self.problem: Message | None = None
        self.narrowed: Message | None = None
        """It was asked for more at a time once, and did not answer: said where that happened."""
        self.answered = False
        self._values = Values(endpoint.id, agreed)
        self._zeros = Zeros()
        self._mute: list[Block] = []
        """Blocks of this cycle that gave nothing."""
        self._silent: dict[tuple[int, int], int] = {}
        self._busy = self._rest = 0
        self._paused: tuple[int, Message] | None = None
        self._asked = time.time_ns()
        """When it was last asked for values."""

    async def learn(self, line: Line) -> None:
        """What it says of itself, and what will be read of it. Failures become its problem."""
        if profile := self._profile:
            self._values.order = profile.order
            self._values.add(profile.points)
            grown = _grouping(profile, self._limits, self._limits.most_registers)
            self.plan.add(planned(profile, self._limits), len(profile.points), grown)
        try:
            if not self.agreed.sunspec and self._limits.breaker_failures > 1:
                # Many devices stay silent on identification. Where one silence is enough to leave a unit
                # alone, its values come first.
                self.nameplate = await self._identify(line)
            if self.agreed.sunspec:
                await self._describe(line)
        except FAILURES as problem:
            self.problem = explain(problem, self._endpoint.address)
        finally:
            self._asked = time.time_ns()

    async def _identify(self, line: Line) -> Nameplate | None:
        """Many devices do not know the question: an exception is an answer and no fault."""
        allowed = (self._endpoint.identify, self._endpoint.report_id)
        for ask in (a for a, may in zip((line.identify, line.report), allowed, strict=True) if may):
            try:
                plate = await ask(self.agreed.unit)
            except Refused as refused:
                self._heard(refused.code)
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
        room = most_requests(most)
        grown = partial(plan, most=self._limits.most_registers, gaps=True)
        self.plan.add(plan(self._values.add_scaled(found.points), most, gaps=True)[:room], room, grown)
        if not found.points:
            self.problem = Message(id="modbus.no_models")

    async def cycle(self, line: Line) -> list[Sample]:
        """Read every block once. What cannot be had is a row with a status that says why, or a gap."""
        if self._rest:
            self._rest -= 1
            self._pause(RESTING)
            return []
        rows: list[Sample] = []
        read: list[Read] = []
        asked: list[Block] = []
        self._mute, whole, kept_out = [], True, None
        todo = deque(self.plan.due())
        while todo:
            block = todo.popleft()
            try:
                values = await line.read(self.agreed.unit, block.fc, block.start, block.length)
            except (Open, Stopped) as ended:
                whole, kept_out = False, ended.message if isinstance(ended, Open) else None
                break
            except (Refused, OSError, TimeoutError) as problem:
                whole, busy = False, isinstance(problem, Refused) and problem.code in WAIT
                if self._too_much(block) and not busy:
                    todo = deque(self.plan.lacking(asked))  # no value of this cycle is lost
                    continue
                rows += self._failed(block, problem)
                if busy:
                    break
            else:
                read += self._parts(block, values)
            asked.append(block)
        rows += self._believed(read)
        if whole:
            self.plan.proved()
        if kept_out:
            self.problem = self.problem or kept_out
            self._pause(kept_out)
        return rows

    def _parts(self, block: Block, values: list[int]) -> list[Read]:
        """What was read, by the smaller blocks that the request stands for."""
        self.plan.was_read(block)
        now, mono = time.time_ns(), time.monotonic_ns()
        found = []
        for home, part in self.plan.parts(block):
            at = part.start - block.start
            found.append(Read(part, values[at : at + part.length], now, mono, home))
        return found

    def _too_much(self, block: Block) -> bool:
        """Was it a larger request that failed? Then the device is asked for less at a time, for good."""
        if not self.plan.narrow(block):
            return False
        where, few = f"unit {self.agreed.unit}", self._limits.max_registers
        self.narrowed = Message(id="modbus.narrowed", params={"where": where, "most": block.length, "few": few})
        return True

    def _failed(self, block: Block, problem: Exception) -> list[Sample]:
        """Rows of a block that was refused, or for which nothing came that can be trusted."""
        if isinstance(problem, Refused):
            rows = self._refused(block, problem.code)
        else:
            self.problem = explain(problem, self._endpoint.address)
            self._mute.append(block)
            silent = isinstance(problem, TimeoutError)
            rows = self._values.bad(block, BAD_TIMEOUT if silent else BAD_COMMUNICATION)
        self._asked = time.time_ns()
        return rows

    def _leave_out(self) -> None:
        """What stays silent again and again while the rest answers: each silence costs a connection."""
        self._silent = {b[:2]: self._silent.get(b[:2], 0) + 1 for b in self._mute}
        for block in self._mute:
            if self._silent[block[:2]] >= self._limits.breaker_failures:
                self.plan.leave_out(block)

    def _believed(self, read: Sequence[Read]) -> list[Sample]:
        """Rows of what was read; what proves nothing is Uncertain."""
        if not read:
            return []
        self._leave_out()
        self._go_on(read[0].receive)
        self.answered, self._busy, self._asked = True, 0, read[-1].receive
        doubted = self._zeros.doubted(read)
        self.problem = Message(id="modbus.all_zero") if self._zeros.throughout else None
        return self._values.rows(read, doubted)

    def _refused(self, block: Block, code: int) -> list[Sample]:
        """An illegal address is looked for by halves and never asked for again; busy and broken pass."""
        known = self._heard(code)
        if code == ILLEGAL_FUNCTION:
            self.plan.function_refused(block, code)
        elif code in (ILLEGAL_ADDRESS, ILLEGAL_VALUE) or (code == DEVICE_FAILURE and known and block.halves()):
            # some devices report a failure where one register of a block is not theirs
            self.plan.was_refused(block, code)
        else:
            self.problem = Message(id="modbus.exception", params={"code": code})
            if code == DEVICE_FAILURE:
                self._mute.append(block)
            if code in WAIT:
                self._rest, self._busy = min(self._busy, LONGEST_REST), self._busy + 1
            return self._values.bad(block, BAD_COMMUNICATION)
        if not self.plan:
            self.problem = Message(id="modbus.nothing_there")
        return []

    def _heard(self, code: int) -> bool:
        """Has it ever answered, now that it has answered with this exception?"""
        known, self.answered = self.answered, self.answered or code not in (*NOT_ANSWERED, DEVICE_FAILURE)
        return known

    def _pause(self, why: Message) -> None:
        """From when it was last asked no rows come, until something is read again."""
        self._paused = self._paused or (self._asked, why)

    def _go_on(self, now: int) -> None:
        if self._paused:
            begins, why = self._paused
            self._losses.stretch(begins, max(begins, now), why, where=f"unit {self.agreed.unit}")
            self._paused = None

    def gap(self, now: int) -> Gap | None:
        """The stretch, up to now, in which it gives no rows because it is left alone; those before are losses."""
        if self._paused is None:
            return None
        begins, why = self._paused
        return Gap(begins=begins, ends=max(begins, now), why=why, where=f"unit {self.agreed.unit}")

    def tags(self, interval_ms: float | None) -> tuple[Tag, ...]:
        """Its points as data points of the plant."""
        return self._values.tags(interval_ms)

    def device(self) -> Device:
        """It, as seen."""
        return Device(
            asset=self.agreed.asset,
            where=f"unit {self.agreed.unit}",
            answered=self.answered,
            problem=self.problem,
            nameplate=self.nameplate,
            unread=self._unread(),
        )

    def _unread(self) -> tuple[Unread, ...]:
        """What it refused by exception code, what stayed silent, what showed nothing but zeros."""
        refused = self.plan.refused
        kinds = [
            (Message(id="modbus.registers_refused", params={"code": code}), [b for b, c in refused if c == code])
            for code in sorted({code for _, code in refused})
        ]
        kinds.append((Message(id="modbus.registers_silent"), self.plan.silent))
        kinds.append((Message(id="modbus.registers_zero"), list(self._zeros.blocks)))
        return tuple(Unread(registers=text, why=why) for why, blocks in kinds for text in stretches(blocks))


def explain(problem: Exception, address: str) -> Message:
    """What went wrong at an address, in words."""
    if isinstance(problem, Open):
        return problem.message
    params: dict[str, str | int | Text] = {"address": address}
    kinds = {TimeoutError: "silent", FileNotFoundError: "no_port", PermissionError: "port_taken"}
    name = next((name for kind, name in kinds.items() if isinstance(problem, kind)), "lost")
    return Message(id=f"modbus.{name}", params=params)
