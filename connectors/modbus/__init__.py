"""GATHER from Modbus TCP devices and gateways: identification, mapped registers, SunSpec. Read-only.

Checklist: read-only (function codes 3, 4 and 43/14; 17 only where the scope says so); limits load (one request
in flight an address, paced, registers grouped, nothing asked that no map names); times out (each request; a unit
that fails twice in a row is left alone while its neighbours go on; a busy one is given time); a late answer is
never taken for the next one; reports status of every value (Modbus has no clock, so source times stay empty).
Known limits: no coils, no serial line, no RTU over TCP. Tested on real hardware: no, on simulated plants and on
servers of other makers.
"""

import asyncio
import contextlib
import math
import time

from assessor.domain import Endpoint, Load, Observation, Scope, Sink
from connectors.guard import MODBUS_FUNCTIONS, MODBUS_REPORT_ID, Guard
from connectors.modbus.blocks import plan
from connectors.modbus.units import Unit, Visit
from connectors.modbus.wire import Line, Stopped
from connectors.profiles import profile_for
from connectors.sunspec import most_requests

PROTOCOLS = ("modbus-tcp",)

IDENTIFY_REQUESTS, REPORT_REQUESTS = 4, 1
REQUEST_BYTES, ANSWER_BYTES, LONGEST_ANSWER = 12, 9, 260


def preview(endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
    """The most that a run will ask of this address. Contacts nothing."""
    limits = scope.limits_for(endpoint)
    once = blocks = registers = 0
    for unit in endpoint.units:
        once += (IDENTIFY_REQUESTS if endpoint.identify else 0) + (REPORT_REQUESTS if endpoint.report_id else 0)
        if unit.sunspec:
            walk = most_requests(limits.max_registers)  # what the walk did not read is not read later either
            once, blocks, registers = once + walk, blocks + walk, registers + walk * limits.max_registers
        if unit.profile:
            profile = profile_for(scope, unit.profile)
            most = min(limits.max_registers, profile.max_registers)
            blocks += len(profile.points)  # what a device refuses is halved, down to single points
            registers += sum(block.length for block in plan(profile.points, most, profile.gaps))
    fastest = 1 / limits.request_gap
    rate = min(fastest, blocks / limits.sampling_interval) if blocks else fastest
    # a device may say of itself as much as a frame holds
    talks = endpoint.identify or endpoint.report_id
    a_request = REQUEST_BYTES + (LONGEST_ANSWER if talks else ANSWER_BYTES + 2 * limits.max_registers)
    return Load(
        endpoint=endpoint.id,
        requests_per_second=fastest,
        bytes_per_second=fastest * a_request,
        requests=once + math.ceil(seconds * rate) + 2 * blocks,
        connections=1,
        registers_or_nodes=registers,
    )


async def gather(
    endpoint: Endpoint, scope: Scope, sink: Sink, *, seconds: float, stop: asyncio.Event
) -> Observation:
    """Look at one address and sample its units for so many seconds, or until `stop` is set."""
    limits = scope.limits_for(endpoint)
    allowed = MODBUS_FUNCTIONS | ({MODBUS_REPORT_ID} if endpoint.report_id else set())
    guard = Guard(endpoint.id, endpoint.address, limits, allowed, sink.request)
    line = Line(endpoint, limits, guard, stop)
    maps = [profile_for(scope, unit.profile) if unit.profile else None for unit in endpoint.units]
    units = (Unit(unit, endpoint, limits, held) for unit, held in zip(endpoint.units, maps, strict=True))
    visit = Visit(endpoint, limits, guard, tuple(units))
    try:
        with contextlib.suppress(Stopped):
            for unit in visit.units:
                await unit.learn(line)
        sink.observe(visit.observation())
        await _sample(visit, line, sink, seconds, stop)
    finally:
        line.close()
    observation = visit.observation()
    sink.observe(observation)
    sink.flush()
    return observation


async def _sample(visit: Visit, line: Line, sink: Sink, seconds: float, stop: asyncio.Event) -> None:
    """Read every block of every unit once a cycle; rows are on disk when a cycle is over."""
    first = due = time.monotonic()
    ends, cycles = first + seconds, 0
    while not stop.is_set() and time.monotonic() < ends and any(unit.blocks for unit in visit.units):
        if cycles:
            visit.interval_ms = 1000 * (time.monotonic() - first) / cycles
        for unit in visit.units:
            sink.samples(await unit.cycle(line))
        sink.flush()
        cycles += 1
        due = max(due + visit.limits.sampling_interval, time.monotonic())
        try:
            await asyncio.wait_for(stop.wait(), max(0.0, min(due, ends) - time.monotonic()))
        except TimeoutError:
            continue
