"""GATHER from MTConnect agents: plain HTTP GET of /probe, /current and /sample; the standard itself only reads.

Checklist: read-only (three resources, GET, kept below the HTTP library; no redirect is followed); limits load (one
request in flight an address, paced, at most two a sampling interval; answers are cut off at stated sizes); times
out (each answer, and as a whole where it drips; a silent agent is left alone by the breaker); loses nothing in
silence (values are asked for by sequence number; an overrun buffer and a restarted agent are gaps); keeps status
(UNAVAILABLE is no value), the source time of each value and the agent's own time.
Known limits: no HTTPS, no assets, no streaming answers; of a time series the last value. Tested on real hardware:
no, against a server written here from the public schema.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Callable

from assessor.domain import Endpoint, Load, Message, Observation, RequestRecord, Scope, Sink
from connectors.guard import Guard, Open
from connectors.mtconnect.visit import RENEWED, Visit
from connectors.mtconnect.wire import LARGEST, SERVICES, Problem, Stopped, Wire

PROTOCOLS = ("mtconnect",)
SCHEME = "http"
REQUEST_BYTES = 300
"""More than a request of ours takes, whatever its path."""


def preview(endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
    """The most that a run will ask of this agent. Contacts nothing.

    Bytes are those of following it; probe and current come once each before, of 10 MB at most.
    """
    limits = scope.limits_for(endpoint)
    rate = min(1 / limits.request_gap, RENEWED / limits.sampling_interval)
    return Load(
        endpoint=endpoint.id,
        requests_per_second=1 / limits.request_gap,
        bytes_per_second=rate * (REQUEST_BYTES + LARGEST["sample"]),
        requests=RENEWED * (math.ceil(seconds / limits.sampling_interval) + 1),
        connections=1,
        registers_or_nodes=0,  # an agent tells of all it has; we do not choose
    )


async def gather(
    endpoint: Endpoint, scope: Scope, sink: Sink, *, seconds: float, stop: asyncio.Event
) -> Observation:
    """Learn what the agent has and follow its values for so many seconds, or until `stop` is set."""
    limits = scope.limits_for(endpoint)
    guard = Guard(endpoint.id, endpoint.address, limits, SERVICES, sink.request)
    guard.promise(preview(endpoint, scope, seconds))
    wire = Wire(endpoint, limits, guard, stop)
    visit = Visit(endpoint, limits, guard, wire)
    try:
        with contextlib.suppress(Stopped):
            await _follow(visit, sink, seconds, stop)
    finally:
        await wire.close()
    seen = visit.observation()
    sink.observe(seen)
    sink.flush()
    return seen


async def _follow(visit: Visit, sink: Sink, seconds: float, stop: asyncio.Event) -> None:
    """One cycle a sampling interval; rows are on disk when a cycle is over."""
    begun = due = time.monotonic()
    ends, told = begun + seconds, 0
    while not stop.is_set() and time.monotonic() < ends and not visit.guard.stopped:
        sink.samples(await visit.cycle())
        if len(visit.items) != told:  # tags are kept before their rows are needed
            told = len(visit.items)
            sink.observe(visit.observation())
        sink.flush()
        due = max(due + visit.limits.sampling_interval, time.monotonic())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), max(0.0, min(due, ends) - time.monotonic()))


async def precheck(endpoint: Endpoint, scope: Scope, log: Callable[[RequestRecord], None]) -> Observation:
    """Does something accept a connection at the address? Nothing is sent."""
    limits, started = scope.limits_for(endpoint), time.time_ns()
    wire = Wire(endpoint, limits, Guard(endpoint.id, endpoint.address, limits, SERVICES, log), asyncio.Event())
    began, problem = time.monotonic_ns(), None
    try:
        await wire.connect()
    except (Problem, Open) as fault:
        problem = fault.message
    finally:
        await wire.close()
    took = (time.monotonic_ns() - began) / 1e6
    log(RequestRecord(started, endpoint.id, "TCP connect", "", 0, 0, took, _result(problem)))
    return Observation(
        endpoint=endpoint.id,
        protocol=endpoint.protocol,
        connector="mtconnect",
        started=started,
        ended=time.time_ns(),
        reached=problem is None,
        problem=problem,
    )


def _result(problem: Message | None) -> str:
    return "ok" if problem is None else problem.id.rpartition(".")[2]
