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
from collections.abc import Callable
from typing import Any

from assessor.domain import (
    Certificate,
    Endpoint,
    Limits,
    Load,
    Message,
    Observation,
    RequestRecord,
    Scope,
    Sink,
)
from assessor.errors import ContactError
from connectors.back_off import most_returns
from connectors.opcua.capabilities import ASKED
from connectors.opcua.confirming import confirm_every
from connectors.opcua.devices import after_sampling
from connectors.opcua.entry import withdrawn
from connectors.opcua.hierarchy import HIGHEST
from connectors.opcua.reading import SPLITS
from connectors.opcua.sampling import Sampler
from connectors.opcua.session import Session, explain
from connectors.opcua.stopping import until_stopped
from connectors.opcua.subscribing import Batches
from connectors.opcua.trust import TrustStore
from connectors.opcua.visit import KEPT_OUT, Visit, batch, learn_twice, walk_space
from connectors.opcua.walk import Walk
from connectors.opcua.wire import guard_for
from connectors.proposals import Proposal, propose

PROTOCOLS = ("opcua",)
SCHEME = "opc.tcp"

BYTES_PER_NODE = 250
"""Of a Read, both ways, with node ids as texts: an upper bound for scalar values, own estimate."""
HANDSHAKE = 16
"""Requests at the door, to open and close channels and session, and to read what the server says of itself."""
ENTRIES = 2
"""Times that it is entered and learnt at the beginning, at most: the line may break in the midst."""
PARTING = 0.7
"""Seconds in which a session is closed after a stop, answered or not; with GRACE before it, less than POLITE."""


def preview(endpoint: Endpoint, scope: Scope, seconds: float) -> Load:
    """The most that a run will ask of this server. Contacts nothing."""
    limits = scope.limits_for(endpoint)
    fastest = 1 / limits.request_gap
    calls = math.ceil(limits.browse_nodes / limits.max_nodes_per_call)
    walking = min(4 * calls, math.ceil(limits.browse_seconds * fastest)) + limits.browse_depth
    describing = math.ceil(ASKED / limits.max_nodes_per_call) + 11 * calls + SPLITS + HIGHEST
    cycle, entry = calls / limits.sampling_interval, HANDSHAKE
    if endpoint.sampling == "subscribe":
        # a Publish an interval, or one for each full message; what the server will not watch is polled
        cycle += 2 / limits.sampling_interval + calls / confirm_every(limits, 1, seconds)
        entry += 3 * calls  # all is read and the subscription made and removed once more
    cycle += entry * most_returns(seconds, limits.breaker_cooldown) / max(seconds, 1)
    cycle = min(cycle, fastest)
    return Load(
        endpoint=endpoint.id,
        requests_per_second=fastest,
        bytes_per_second=fastest * limits.max_nodes_per_call * BYTES_PER_NODE,
        requests=ENTRIES * (HANDSHAKE + walking + describing) + 3 * calls + math.ceil(seconds * cycle),
        connections=1 if endpoint.security.mode == "None" else 2,  # the door is looked at without security
        registers_or_nodes=limits.browse_nodes,
        warnings=withdrawn(endpoint.security),
    )


async def gather(
    endpoint: Endpoint, scope: Scope, sink: Sink, *, seconds: float, stop: asyncio.Event
) -> Observation:
    """Look at one server and sample it for so many seconds, or until `stop` is set."""
    limits = scope.limits_for(endpoint)
    guard = guard_for(endpoint, limits, sink.request)
    guard.promise(preview(endpoint, scope, seconds))
    visit = Visit(endpoint, guard, started=time.time_ns())
    session = Session(endpoint, limits, guard, TrustStore(scope.plant.id))
    try:
        if await until_stopped(stop, learn_twice(visit, session, limits, stop)):
            sink.observe(visit.observation(session))
            await _sample(visit, session, limits, sink, seconds, stop)
    finally:
        await _part(session, stop)
    if visit.browse is None and visit.problem is None:
        visit.problem = Message(id="sampling.stopped_early")
    observation = visit.observation(session)
    sink.observe(observation)
    sink.flush()
    return observation


async def precheck(endpoint: Endpoint, scope: Scope, log: Callable[[RequestRecord], None]) -> Observation:
    """Is the server reached, and is what was agreed offered? FindServers and GetEndpoints, no session.

    What would keep a run out is the `problem`: a mode that is not offered, a certificate not accepted yet.
    """
    limits = scope.limits_for(endpoint)
    guard = guard_for(endpoint, limits, log)
    visit = Visit(endpoint, guard, started=time.time_ns())
    session = Session(endpoint, limits, guard, TrustStore(scope.plant.id))
    try:
        await session.look()
    except KEPT_OUT as problem:
        visit.problem = explain(problem, endpoint.address)
    finally:
        await session.leave()
    return visit.observation(session)


async def show_certificate(endpoint: Endpoint, scope: Scope) -> tuple[Certificate, bytes]:
    """What the server's certificate says, and its DER. GetEndpoints alone. Raises ContactError."""
    limits = scope.limits_for(endpoint)
    session = Session(endpoint, limits, guard_for(endpoint, limits, lambda _: None))
    try:
        raw = await session.shown()
    except KEPT_OUT as problem:
        raise ContactError(explain(problem, endpoint.address), endpoint.id) from None
    finally:
        await session.leave()
    assert session.certificate is not None
    return session.certificate, raw


async def explore(
    endpoint: Endpoint, scope: Scope, sink: Sink, *, stop: asyncio.Event
) -> tuple[Observation, tuple[Proposal, ...]]:
    """Walk one server under the limits of a run, and propose branches as assets. Samples nothing."""
    limits = scope.limits_for(endpoint)
    visit = Visit(endpoint, guard_for(endpoint, limits, sink.request), started=time.time_ns())
    session = Session(endpoint, limits, visit.guard, TrustStore(scope.plant.id))
    walks: list[Walk] = []

    async def walk(*of_visit: Any) -> None:
        walks[:] = [(await walk_space(*of_visit))[0]]

    try:
        await learn_twice(visit, session, limits, stop, walk)
    finally:
        await session.leave()
    found = walks[0].found if walks else []
    return visit.observation(session), propose(found, endpoint, scope.assets)


async def _sample(
    visit: Visit, session: Session, limits: Limits, sink: Sink, seconds: float, stop: asyncio.Event
) -> None:
    batches = Batches(
        batch(visit, "MaxNodesPerRead", limits.max_nodes_per_call),
        batch(visit, "MaxMonitoredItemsPerCall", limits.max_nodes_per_call),
    )
    sampler = Sampler(session, visit.guard, limits, batches, visit.points, visit.namespaces, sink, stop)
    sampled = await sampler.run(visit.endpoint, seconds)
    visit.gaps, visit.problem, visit.sampling = sampled.gaps, sampled.problem, sampled.sampling
    visit.devices = after_sampling(visit.devices, visit.points, sampled.statuses)
    visit.points = sampled.points


async def _part(session: Session, stop: asyncio.Event) -> None:
    """Close session, channel and socket. After a stop no answer is waited for longer than agreed."""
    try:
        async with asyncio.timeout(PARTING if stop.is_set() else None):
            await session.leave()
    except TimeoutError:
        session.client.disconnect_socket()
