"""READ one unit once, to try a register map: nothing but what the map names, under the limits of the scope."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from assessor.domain import Endpoint, Message, Profile, RequestRecord, Scope, Unit
from connectors.guard import Guard
from connectors.modbus.blocks import Block, Plan
from connectors.modbus.load import limits_of
from connectors.modbus.units import FAILURES, explain, planned
from connectors.modbus.wire import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE, WAIT, Line, Refused
from connectors.profiles import profile_for


class Trial(NamedTuple):
    """What came back. `registers` by function code and address; a second reading only where it was asked for."""

    registers: dict[tuple[int, int], int]
    later: dict[tuple[int, int], int] | None
    refused: tuple[tuple[Block, int], ...]
    """What the device refused, each with its exception code."""
    problem: Message | None


def requests(scope: Scope, endpoint: Endpoint, unit: Unit) -> tuple[Block, ...]:
    """What will be asked, before anything is sent. A refused request is halved, down to single points."""
    return planned(_profile(scope, unit), limits_of(endpoint, scope))


async def read_once(
    scope: Scope, endpoint: Endpoint, unit: Unit, log: Callable[[RequestRecord], None], *, twice: bool = False
) -> Trial:
    """Read what the map names; `twice` once more after the sampling interval. A dead device is a `problem`."""
    profile, limits = _profile(scope, unit), limits_of(endpoint, scope)
    allowed = frozenset(f"fc{point.fc}" for point in profile.points)
    guard = Guard(endpoint.id, endpoint.address, limits, allowed, log, assets={f"unit {unit.unit}": unit.asset})
    line = Line(endpoint, limits, guard, asyncio.Event())
    plan = Plan()
    plan.add(planned(profile, limits), len(profile.points))
    first: dict[tuple[int, int], int] = {}
    later: dict[tuple[int, int], int] | None = None
    failed: list[tuple[Block, int]] = []
    problem = None
    try:
        await _all(line, unit.unit, plan, first, failed)
        if twice and first:
            await asyncio.sleep(limits.sampling_interval)
            later = {}
            await _all(line, unit.unit, plan, later, failed)
    except FAILURES as failure:
        problem = explain(failure, endpoint.address)
    finally:
        line.close()
    if problem is None and first and not any(first.values()):
        problem = Message(id="modbus.all_zero")
    return Trial(first, later, (*plan.refused, *failed), problem)


async def _all(
    line: Line, unit: int, plan: Plan, found: dict[tuple[int, int], int], failed: list[tuple[Block, int]]
) -> None:
    """Every block once; what is refused by halves. Ends, since a half is smaller and nothing is asked twice."""
    asked: set[tuple[int, int, int]] = set()
    while due := [block for block in plan.due() if block[:3] not in asked]:
        for block in due:
            asked.add(block[:3])
            try:
                values = await line.read(unit, block.fc, block.start, block.length)
            except Refused as refused:
                if refused.code == ILLEGAL_FUNCTION:
                    plan.function_refused(block, refused.code)
                elif refused.code in (ILLEGAL_ADDRESS, ILLEGAL_VALUE):
                    plan.was_refused(block, refused.code)
                else:
                    plan.leave_out(block)
                    failed.append((block, refused.code))
                if refused.code in WAIT:  # it asks to be left in peace
                    return
                continue
            plan.was_read(block)
            found |= {(block.fc, block.start + i): value for i, value in enumerate(values)}


def _profile(scope: Scope, unit: Unit) -> Profile:
    return profile_for(scope, unit.profile or "")
