"""GATHER from OPC UA servers: doors, nodes, identification, values. Read-only.

Checklist: read-only (allow-list below the library's API); limits load (one request in flight, spaced, in
batches that server and scope allow); times out (every request, and a breaker after failures in a row);
contacts nothing but the scope's address, even where the server advertises another; GetEndpoints before a
session, never a weaker mode than agreed; one session, always closed; three times and the full status of each
value; gaps marked as gaps; a dead server is an Observation with a `problem`. Tested on real hardware: no, on
simulated plants and on servers of other makers.
"""

import asyncio
import math
import time
from dataclasses import dataclass, field, replace

from asyncua import ua
from asyncua.ua.uaerrors import UaError

from assessor.domain import (
    Browse,
    Device,
    Endpoint,
    Gap,
    Limits,
    Load,
    Message,
    Observation,
    Scope,
    Sink,
    Tag,
)
from assessor.errors import ContactError
from connectors.guard import Forbidden, Guard, Open
from connectors.opcua.describe import Point, describe
from connectors.opcua.devices import after_sampling, devices_of
from connectors.opcua.reading import Reader, content
from connectors.opcua.sampling import LONGEST_BACK_OFF, Sampler
from connectors.opcua.session import Session, explain, is_lost
from connectors.opcua.walk import Walk
from connectors.opcua.wire import guard_for

PROTOCOLS = ("opcua",)
SCHEME = "opc.tcp"

BYTES_PER_NODE = 250
"""Of a Read, both ways, with node ids as texts: an upper bound for scalar values, own estimate."""
HANDSHAKE = 12
"""Requests to open and close channel and session, and to read namespaces and limits."""
RETURNS = 4
"""Times that a session may be opened in a run before what was stated is used up."""
OPERATION_LIMITS = {
    "MaxNodesPerRead": 11705,
    "MaxNodesPerHistoryReadData": 12165,
    "MaxNodesPerBrowse": 11710,
    "MaxNodesPerTranslateBrowsePathsToNodeIds": 11712,
    "MaxMonitoredItemsPerCall": 11714,
    "MaxBrowseContinuationPoints": 2735,
}
NAMESPACES = ua.NodeId(ua.Int32(2255))


def preview(endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
    """The most that a run will ask of this server. Contacts nothing."""
    limits = scope.limits_for(endpoint)
    fastest = 1 / limits.request_gap
    calls = math.ceil(limits.browse_nodes / limits.max_nodes_per_call)
    walking = min(4 * calls, math.ceil(limits.browse_seconds * fastest)) + limits.browse_depth
    describing = 8 * calls
    cycle = min(calls / limits.sampling_interval, fastest)
    return Load(
        endpoint=endpoint.id,
        requests_per_second=fastest,
        bytes_per_second=fastest * limits.max_nodes_per_call * BYTES_PER_NODE,
        requests=RETURNS * HANDSHAKE + walking + describing + calls + math.ceil(seconds * cycle),
        connections=1,
        registers_or_nodes=limits.browse_nodes,
    )


@dataclass
class _Visit:
    """What is known of the endpoint so far."""

    endpoint: Endpoint
    guard: Guard
    started: int
    problem: Message | None = None
    namespaces: tuple[str, ...] = ()
    operation_limits: dict[str, int] = field(default_factory=dict)
    browse: Browse | None = None
    points: tuple[Point, ...] = ()
    devices: tuple[Device, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def observation(self, session: Session) -> Observation:
        now = time.time_ns()
        return Observation(
            endpoint=self.endpoint.id,
            protocol=PROTOCOLS[0],
            connector="opcua",
            started=self.started,
            ended=now,
            reached=session.reached,
            problem=self.problem,
            devices=self.devices or self._not_seen(),
            tags=tuple(p.tag for p in self.points),
            offers=session.offers,
            certificate=session.certificate,
            namespaces=self.namespaces,
            operation_limits=self.operation_limits,
            browse=self.browse,
            traffic=self.guard.traffic((now - self.started) / 1e9),
            gaps=self.gaps,
        )

    def _not_seen(self) -> tuple[Device, ...]:
        """Every asset of the endpoint, silent for the reason that kept us out."""
        wanted = [(b.asset, b.path) for b in self.endpoint.branches]
        wanted = wanted or [(self.endpoint.asset, self.endpoint.root or "Objects")]  # type: ignore[list-item]
        return tuple(Device(asset=a, where=w, answered=False, problem=self.problem) for a, w in wanted)


async def gather(
    endpoint: Endpoint, scope: Scope, sink: Sink, *, seconds: float, stop: asyncio.Event
) -> Observation:
    """Look at one server and sample it for so many seconds, or until `stop` is set."""
    limits = scope.limits_for(endpoint)
    guard = guard_for(endpoint, limits, sink.request)
    guard.promise(preview(endpoint, scope, seconds))
    visit = _Visit(endpoint, guard, started=time.time_ns())
    session = Session(endpoint, limits, guard)
    try:
        if await _learn_twice(visit, session, limits, stop):
            sink.observe(visit.observation(session))
            await _sample(visit, session, limits, sink, seconds, stop)
    finally:
        await session.leave()
    observation = visit.observation(session)
    sink.observe(observation)
    sink.flush()
    return observation


async def _learn_twice(visit: _Visit, session: Session, limits: Limits, stop: asyncio.Event) -> bool:
    """Enter and learn; once more after a pause where the line broke in the middle. False: kept out."""
    for pause in (2.0, None):
        begun = session.reached
        try:
            await session.enter()
            begun = True
            await _learn(visit, session, limits, stop)
            visit.problem = None
            return True
        except (Forbidden, asyncio.CancelledError):
            raise
        except (OSError, Open, ContactError, UaError, ValueError, LookupError) as problem:
            visit.problem = explain(problem, visit.endpoint.address)
            await session.leave()
            if pause is None or stop.is_set() or not (begun and is_lost(problem)):
                return False
            await asyncio.sleep(min(pause, LONGEST_BACK_OFF))
    return False


async def _learn(visit: _Visit, session: Session, limits: Limits, stop: asyncio.Event) -> None:
    """Namespaces, limits, nodes and what they say of themselves."""
    uaclient, most = session.client.uaclient, limits.max_nodes_per_call
    reader = Reader(uaclient, most, lambda: not stop.is_set())
    wanted = [NAMESPACES, *(ua.NodeId(ua.Int32(i)) for i in OPERATION_LIMITS.values())]
    namespaces, *found = map(content, await reader.values(wanted))
    visit.namespaces = tuple(map(str, namespaces)) if isinstance(namespaces, list) else ()
    visit.operation_limits = {
        name: int(value) for name, value in zip(OPERATION_LIMITS, found, strict=True) if isinstance(value, int)
    }
    ends = time.monotonic() + limits.browse_seconds
    walk = Walk(
        uaclient,
        limits,
        _batch(visit, "MaxNodesPerBrowse", most),
        visit.namespaces,
        lambda: time.monotonic() < ends and not stop.is_set(),
    )
    start = await walk.start(visit.endpoint.root)
    if start is None:
        raise ContactError(Message(id="contact.root_missing", params={"path": visit.endpoint.root or "-"}))
    await walk.run(start, visit.endpoint.root or "")
    visit.browse = walk.browse
    reader = Reader(uaclient, _batch(visit, "MaxNodesPerRead", most), lambda: not stop.is_set())
    space, visit.points = await describe(reader, visit.endpoint, walk.found, visit.namespaces, walk.browse)
    visit.devices = devices_of(space)


def _batch(visit: _Visit, limit: str, most: int) -> int:
    """The smaller of what the server allows (0 and absent mean no limit) and what the scope allows."""
    return min(visit.operation_limits.get(limit) or most, most)


async def _sample(
    visit: _Visit, session: Session, limits: Limits, sink: Sink, seconds: float, stop: asyncio.Event
) -> None:
    batch = _batch(visit, "MaxNodesPerRead", limits.max_nodes_per_call)
    sampler = Sampler(session, visit.guard, limits, batch, visit.points, sink, stop)
    sampled = await sampler.run(visit.endpoint.address, seconds)
    visit.gaps, visit.problem = tuple(sampled.gaps), sampled.problem
    visit.devices = after_sampling(visit.devices, visit.points, sampled.statuses)
    visit.points = tuple(_with_interval(p, sampled.interval_ms, sampler.sampled) for p in visit.points)


def _with_interval(point: Point, interval_ms: float | None, sampled: frozenset[int]) -> Point:
    if point.tag.id not in sampled:
        return point
    tag: Tag = point.tag.model_copy(update={"interval_ms": interval_ms})
    return replace(point, tag=tag)
