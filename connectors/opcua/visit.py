"""VISIT one server: what is known of it so far, and how it is learnt before any sampling."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from asyncua.ua.uaerrors import UaError

from assessor.domain import (
    Browse,
    Device,
    Endpoint,
    Gap,
    Limits,
    Message,
    Observation,
    Sampling,
    ServerFacts,
)
from assessor.errors import ContactError
from connectors.guard import Forbidden, Guard, Open
from connectors.opcua.browsing import Browser
from connectors.opcua.capabilities import capabilities
from connectors.opcua.describe import Point, describe, points_of
from connectors.opcua.devices import devices_of
from connectors.opcua.evidence import address_space, companions
from connectors.opcua.garbled import UNDECODABLE
from connectors.opcua.reading import Reader
from connectors.opcua.session import Session, explain, is_lost
from connectors.opcua.walk import Walk

AGAIN, LONGEST = 2.0, 30.0
"""Seconds before a server is entered once more where the line broke while we learnt, and the longest such wait."""
KEPT_OUT = (OSError, Open, ContactError, UaError, *UNDECODABLE)
"""What keeps us out of a server, and is the problem of its Observation"""


@dataclass
class Visit:
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
    sampling: Sampling | None = None

    def observation(self, session: Session) -> Observation:
        now = time.time_ns()
        return Observation(
            endpoint=self.endpoint.id,
            protocol="opcua",
            connector="opcua",
            started=self.started,
            ended=now,
            reached=session.reached,
            problem=self.problem,
            devices=self.devices or self._not_seen(),
            tags=tuple(p.tag for p in self.points),
            offers=session.offers,
            certificate=session.certificate,
            certificates=session.certificates,
            servers=session.servers or (),
            warnings=session.warnings,
            namespaces=self.namespaces,
            operation_limits=self.operation_limits,
            server=self.server,
            browse=self.browse,
            **self.evidence,
            traffic=self.guard.traffic((now - self.started) / 1e9),
            gaps=self.gaps,
            sampling=self.sampling,
        )

    def _not_seen(self) -> tuple[Device, ...]:
        """Every asset of the endpoint, silent for the reason that kept us out."""
        wanted = [(b.asset, b.path) for b in self.endpoint.branches]
        wanted = wanted or [(self.endpoint.asset, self.endpoint.root or "Objects")]  # type: ignore[list-item]
        return tuple(Device(asset=a, where=w, answered=False, problem=self.problem) for a, w in wanted)


Learn = Callable[[Visit, Session, Limits, asyncio.Event], Awaitable[None]]


async def learn_twice(
    visit: Visit, session: Session, limits: Limits, stop: asyncio.Event, learn: Learn | None = None
) -> bool:
    """Enter and learn; once more after a pause where the line broke in the middle. False: kept out."""
    for again in (True, False):
        begun = session.reached
        try:
            await session.enter()
            begun = True
            await (learn or _learn)(visit, session, limits, stop)
            visit.problem = None
            return True
        except (Forbidden, asyncio.CancelledError):
            raise
        except KEPT_OUT as problem:
            visit.problem = explain(problem, visit.endpoint.address)
            await session.leave()
            pause = max(AGAIN, visit.guard.wait())
            if not again or pause > LONGEST or stop.is_set() or not (begun and is_lost(problem)):
                return False
            await asyncio.sleep(pause)
    return False


async def _learn(visit: Visit, session: Session, limits: Limits, stop: asyncio.Event) -> None:
    """Namespaces, limits, nodes and what they say of themselves."""
    walk, reader = await walk_space(visit, session, limits, stop)
    alive = _alive(limits, stop)
    browser = Browser(
        session.client.uaclient,
        batch(visit, "MaxNodesPerBrowse", limits.max_nodes_per_call),
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


async def walk_space(visit: Visit, session: Session, limits: Limits, stop: asyncio.Event) -> tuple[Walk, Reader]:
    """The server's own word, then its nodes; the reader has learnt what the server takes."""
    uaclient = session.client.uaclient
    reader = Reader(uaclient, limits.max_nodes_per_call, lambda: not stop.is_set())
    visit.namespaces, visit.operation_limits, visit.server = await capabilities(reader)
    reader.batch = min(reader.batch, batch(visit, "MaxNodesPerRead", limits.max_nodes_per_call))
    walk = Walk(
        uaclient,
        _within_promise(visit, limits),
        batch(visit, "MaxNodesPerBrowse", limits.max_nodes_per_call),
        visit.namespaces,
        _alive(limits, stop),
    )
    start = await walk.start(visit.endpoint.root)
    if start is None:
        raise ContactError(Message(id="contact.root_missing", params={"path": visit.endpoint.root or "-"}))
    await walk.run(start, visit.endpoint.root or "")
    visit.browse = walk.browse
    return walk, reader


def _within_promise(visit: Visit, limits: Limits) -> Limits:
    """A server that takes less in one call is walked less far, for the same number of calls: that was stated."""
    names, most = ("MaxNodesPerRead", "MaxNodesPerBrowse", "MaxMonitoredItemsPerCall"), limits.max_nodes_per_call
    least = min(batch(visit, name, most) for name in names)
    return limits.model_copy(update={"browse_nodes": max(1, limits.browse_nodes * least // most)})


def _alive(limits: Limits, stop: asyncio.Event) -> Callable[[], bool]:
    """May browsing go on? Its time begins now."""
    ends = time.monotonic() + limits.browse_seconds
    return lambda: time.monotonic() < ends and not stop.is_set()


def batch(visit: Visit, limit: str, most: int) -> int:
    """The smaller of what the server states and what the scope allows."""
    stated = (visit.operation_limits.get(name) for name in (limit, "MaxArrayLength"))
    return min([most, *(number for number in stated if number)])
