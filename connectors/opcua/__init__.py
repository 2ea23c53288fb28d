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
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

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
    ServerFacts,
    Sink,
    Tag,
)
from assessor.errors import ContactError
from connectors.guard import Forbidden, Guard, Open
from connectors.opcua.browsing import Browser
from connectors.opcua.capabilities import ASKED, capabilities
from connectors.opcua.describe import Point, describe, points_of
from connectors.opcua.devices import after_sampling, devices_of
from connectors.opcua.evidence import address_space, companions
from connectors.opcua.hierarchy import HIGHEST
from connectors.opcua.proposals import Proposal, propose
from connectors.opcua.reading import SPLITS, Reader
from connectors.opcua.sampling import LONGEST_BACK_OFF, Sampler
from connectors.opcua.session import Session, explain, is_lost
from connectors.opcua.walk import Walk
from connectors.opcua.wire import guard_for

PROTOCOLS = ("opcua",)
SCHEME = "opc.tcp"

BYTES_PER_NODE = 250
"""Of a Read, both ways, with node ids as texts: an upper bound for scalar values, own estimate."""
HANDSHAKE = 12
"""Requests to open and close channel and session, and to read what the server says of itself."""


def preview(endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
    """The most that a run will ask of this server. Contacts nothing."""
    limits = scope.limits_for(endpoint)
    fastest = 1 / limits.request_gap
    calls = math.ceil(limits.browse_nodes / limits.max_nodes_per_call)
    walking = min(4 * calls, math.ceil(limits.browse_seconds * fastest)) + limits.browse_depth
    describing = math.ceil(ASKED / limits.max_nodes_per_call) + 11 * calls + SPLITS + HIGHEST
    cycle = min(calls / limits.sampling_interval, fastest)
    return Load(
        endpoint=endpoint.id,
        requests_per_second=fastest,
        bytes_per_second=fastest * limits.max_nodes_per_call * BYTES_PER_NODE,
        requests=HANDSHAKE + walking + describing + math.ceil(seconds * cycle),
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
    server: ServerFacts | None = None
    browse: Browse | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    """Fields of the Observation that the described address space gives."""
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
            server=self.server,
            browse=self.browse,
            **self.evidence,
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


async def explore(
    endpoint: Endpoint, scope: Scope, sink: Sink, *, stop: asyncio.Event
) -> tuple[Observation, tuple[Proposal, ...]]:
    """Walk one server under the limits of a run, and propose branches as assets. Samples nothing."""
    limits = scope.limits_for(endpoint)
    visit = _Visit(endpoint, guard_for(endpoint, limits, sink.request), started=time.time_ns())
    session = Session(endpoint, limits, visit.guard)
    walks: list[Walk] = []

    async def walk(*of_visit: Any) -> None:
        walks[:] = [(await _walk(*of_visit))[0]]

    try:
        await _learn_twice(visit, session, limits, stop, walk)
    finally:
        await session.leave()
    found = walks[0].found if walks else []
    return visit.observation(session), propose(found, endpoint, scope.assets)


Learn = Callable[[_Visit, Session, Limits, asyncio.Event], Awaitable[None]]


async def _learn_twice(
    visit: _Visit, session: Session, limits: Limits, stop: asyncio.Event, learn: Learn | None = None
) -> bool:
    """Enter and learn; once more after a pause where the line broke in the middle. False: kept out."""
    for pause in (2.0, None):
        begun = session.reached
        try:
            await session.enter()
            begun = True
            await (learn or _learn)(visit, session, limits, stop)
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
    walk, reader = await _walk(visit, session, limits, stop)
    alive = _alive(limits, stop)
    browser = Browser(
        session.client.uaclient,
        _batch(visit, "MaxNodesPerBrowse", limits.max_nodes_per_call),
        lambda _: None if alive() else "seconds",
    )
    space = await describe(reader, browser, visit.endpoint, visit.namespaces, walk)
    visit.points, visit.devices = points_of(space), devices_of(space)
    visit.evidence = {
        "companions": companions(space),
        "space": address_space(space, range(len(space.found))),
        "barred": dict(space.look.barred),
        "undecoded": len(space.look.undecoded),
    }


async def _walk(visit: _Visit, session: Session, limits: Limits, stop: asyncio.Event) -> tuple[Walk, Reader]:
    """The server's own word, then its nodes; the reader has learnt what the server takes."""
    uaclient = session.client.uaclient
    reader = Reader(uaclient, limits.max_nodes_per_call, lambda: not stop.is_set())
    visit.namespaces, visit.operation_limits, visit.server = await capabilities(reader)
    reader.batch = min(reader.batch, _batch(visit, "MaxNodesPerRead", limits.max_nodes_per_call))
    walk = Walk(
        uaclient,
        limits,
        _batch(visit, "MaxNodesPerBrowse", limits.max_nodes_per_call),
        visit.namespaces,
        _alive(limits, stop),
    )
    start = await walk.start(visit.endpoint.root)
    if start is None:
        raise ContactError(Message(id="contact.root_missing", params={"path": visit.endpoint.root or "-"}))
    await walk.run(start, visit.endpoint.root or "")
    visit.browse = walk.browse
    return walk, reader


def _alive(limits: Limits, stop: asyncio.Event) -> Callable[[], bool]:
    """May browsing go on? Its time begins now."""
    ends = time.monotonic() + limits.browse_seconds
    return lambda: time.monotonic() < ends and not stop.is_set()


def _batch(visit: _Visit, limit: str, most: int) -> int:
    """The smaller of what the server states and what the scope allows."""
    stated = (visit.operation_limits.get(name) for name in (limit, "MaxArrayLength"))
    return min([most, *(number for number in stated if number)])


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
