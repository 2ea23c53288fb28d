"""GATHER from Modbus devices and gateways: identification, mapped registers and bits, SunSpec. Read-only.

Checklist: read-only (function codes 1 to 4 and 43/14; 17 only where the scope says so); limits load (one request
in flight an address, paced, registers grouped, more at a time only from a unit that has answered a whole cycle,
nothing asked that no map names, never more than the preview stated); times out (each request; a unit that fails
twice in a row is left alone while its neighbours go on; a busy one is given time); stops at once when told to; a
late answer is never taken for the next one; a refused address is never asked for again; reports status of every
value, and gaps as gaps (Modbus has no clock, so source times stay empty). A serial line is spoken to only where
the plant has made us its sole master.
Known limits: no ASCII, no UDP, no TLS. Tested on real hardware: no, on simulated plants, on pseudo-terminals and
on servers of other makers.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable

from assessor.domain import Device, Endpoint, Limits, Load, Message, Observation, RequestRecord, Scope, Sink
from connectors.guard import MODBUS_FUNCTIONS, MODBUS_REPORT_ID, Guard
from connectors.losses import Losses
from connectors.modbus.load import limits_of, most
from connectors.modbus.units import FAILURES, Unit, explain
from connectors.modbus.visit import Visit
from connectors.modbus.wire import Line, Stopped
from connectors.profiles import profile_for
from connectors.serial_line import exists

PROTOCOLS = ("modbus-tcp", "modbus-rtu-tcp", "modbus-rtu")
SERIAL = ("modbus-rtu",)
STATIONS = ("modbus-rtu-tcp", "modbus-rtu")


def preview(endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
    """The most that a run will ask of this address. Contacts nothing."""
    return most(endpoint, scope, seconds)


def _guard(endpoint: Endpoint, limits: Limits, log: Callable[[RequestRecord], None]) -> Guard:
    allowed = MODBUS_FUNCTIONS | ({MODBUS_REPORT_ID} if endpoint.report_id else set())
    assets = {"": endpoint.asset} | {f"unit {unit.unit}": unit.asset for unit in endpoint.units}
    return Guard(endpoint.id, endpoint.address, limits, allowed, log, assets=assets)


async def precheck(endpoint: Endpoint, scope: Scope, log: Callable[[RequestRecord], None]) -> Observation:
    """Does the address take a connection? It is opened and closed, and nothing is asked.

    Modbus has no greeting, so `reached` says no more than that. A serial port is not opened: whether it is there
    is all that can be said without speaking on the line, and its `problem` says so.
    """
    started, limits = time.time_ns(), limits_of(endpoint, scope)
    problem = _port(endpoint.address) if endpoint.serial else await _knock(endpoint, limits, log)
    reached = problem is None
    units = ((unit.asset, f"unit {unit.unit}") for unit in endpoint.units)
    return Observation(
        endpoint=endpoint.id,
        protocol=endpoint.protocol,
        connector="modbus",
        started=started,
        ended=time.time_ns(),
        reached=reached,
        problem=problem,
        devices=tuple(Device(asset=asset, where=where, answered=False) for asset, where in units),
    )


def _port(address: str) -> Message:
    there = exists(address)
    return Message(id="modbus.port_there" if there else "modbus.no_port", params={"address": address})


async def _knock(endpoint: Endpoint, limits: Limits, log: Callable[[RequestRecord], None]) -> Message | None:
    line = Line(endpoint, limits, _guard(endpoint, limits, log), asyncio.Event())
    begun, mono, problem = time.time_ns(), time.monotonic(), None
    try:
        await line.knock()
    except FAILURES as failure:
        problem = explain(failure, endpoint.address)
    took = (time.monotonic() - mono) * 1000
    result = "ok" if problem is None else problem.id.rpartition(".")[2]
    log(RequestRecord(begun, endpoint.id, "connect", endpoint.address, 0, 0, took, result, endpoint.asset))
    return problem


async def gather(
    endpoint: Endpoint, scope: Scope, sink: Sink, *, seconds: float, stop: asyncio.Event
) -> Observation:
    """Look at one address and sample its units for so many seconds, or until `stop` is set."""
    limits = limits_of(endpoint, scope)
    guard = _guard(endpoint, limits, sink.request)
    guard.promise(preview(endpoint, scope, seconds))
    line = Line(endpoint, limits, guard, stop)
    maps = [profile_for(scope, unit.profile) if unit.profile else None for unit in endpoint.units]
    losses = Losses()
    units = (Unit(u, endpoint, limits, held, losses) for u, held in zip(endpoint.units, maps, strict=True))
    visit = Visit(endpoint, limits, guard, tuple(units), losses)
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
    while not stop.is_set() and time.monotonic() < ends and any(unit.plan for unit in visit.units):
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
