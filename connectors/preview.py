"""PREVIEW: what a run will ask of a plant, and what it can test. Nothing here contacts anything."""

from collections.abc import Iterable

import connectors
from assessor.domain import (
    SPOKEN,
    Asset,
    Endpoint,
    Interface,
    Limits,
    Load,
    Message,
    Noun,
    Scope,
    Selection,
    Slug,
)
from connectors.guard import may_send
from connectors.profiles import MapUsed, maps_used


class Untestable(Noun):
    """A machine of the register that this scope cannot test, and why."""

    asset: Slug
    why: Message


class Reach(Noun):
    """How much of the register can be tested at all."""

    machines: int
    """Production equipment in use: the denominator."""
    testable: tuple[Slug, ...]
    recorded: tuple[Slug, ...]
    """Not asked themselves: only an exported record speaks of them."""
    untestable: tuple[Untestable, ...]


class ChangedLimit(Noun):
    """A limit that the plant allowed to differ for one endpoint."""

    endpoint: Slug
    limit: str
    usual: float
    value: float
    why: str


class Allowed(Noun):
    """What may be sent to endpoints of one protocol, and nothing else."""

    protocol: str
    services: tuple[str, ...]
    """OPC UA services, or Modbus function codes as 'fc3'."""


class Preview(Noun):
    """What a run will ask of the plant, at most. Stated before anything is sent."""

    seconds: float
    loads: tuple[Load, ...]
    requests: int
    requests_per_second: float
    bytes_per_second: float
    connections: int
    changes: tuple[ChangedLimit, ...]
    reach: Reach
    allowed: tuple[Allowed, ...] = ()
    limits: Limits = Limits()
    """Of the run as a whole; `changes` name what differs for one endpoint."""
    maps: tuple[MapUsed, ...] = ()


def reach(scope: Scope) -> Reach:
    """How many machines of the register can be tested at all, and why the others cannot."""
    asked = _named(e for e in scope.endpoints if e.export is None)
    recorded = _named(e for e in scope.endpoints if e.export is not None) - asked
    chosen = {s.id: set(s.chosen) for s in scope.strata if s.selection != Selection.ALL}
    machines = [a for a in scope.assets if a.production and a.in_use]
    untestable = [
        Untestable(asset=a.id, why=_why_not(a, chosen)) for a in machines if a.id not in asked | recorded
    ]
    return Reach(
        machines=len(machines),
        testable=tuple(a.id for a in machines if a.id in asked),
        recorded=tuple(a.id for a in machines if a.id in recorded),
        untestable=tuple(untestable),
    )


def _named(endpoints: Iterable[Endpoint]) -> set[str | None]:
    """The assets that endpoints speak of."""
    named: set[str | None] = set()
    for e in endpoints:
        named |= {e.asset, *(b.asset for b in e.branches), *(u.asset for u in e.units)}
        named |= {tag.asset for tag in (e.export.tags if e.export else ())}
    return named


def _why_not(asset: Asset, chosen: dict[str, set[str]]) -> Message:
    interface = asset.interface
    params: dict[str, str] = {}
    if interface == Interface.NONE:
        name = "interface_none"
    elif interface == Interface.UNKNOWN:
        name = "unknown"
    elif interface not in SPOKEN:
        name, params = "not_spoken", {"interface": interface.value}
    elif asset.stratum in chosen and asset.id not in chosen[asset.stratum]:
        name = "not_chosen"
    else:
        name, params = "out_of_scope", {"interface": interface.value}
    return Message(id=f"contact.untestable.{name}", params={**params})


def preview(scope: Scope, seconds: float) -> Preview:
    """The load of a run of so many seconds, before anything is sent."""
    loads = tuple(connectors.get(e.protocol).preview(e, scope, seconds) for e in scope.endpoints)
    changes = tuple(
        ChangedLimit(
            endpoint=e.id,
            limit=c.limit,
            usual=getattr(scope.limits, c.limit),
            value=c.value,
            why=c.why,
        )
        for e in scope.endpoints
        for c in e.changes
    )
    return Preview(
        seconds=seconds,
        loads=loads,
        requests=sum(load.requests for load in loads),
        requests_per_second=sum(load.requests_per_second for load in loads),
        bytes_per_second=sum(load.bytes_per_second for load in loads),
        connections=sum(load.connections for load in loads),
        changes=changes,
        reach=reach(scope),
        allowed=_allowed(scope),
        limits=scope.limits,
        maps=maps_used(scope),
    )


def sendable(stated: Preview) -> tuple[Message, ...]:
    """What may be sent by each protocol, in sentences."""
    told = [(a.protocol, ", ".join(a.services)) for a in stated.allowed if a.services]
    return tuple(Message(id="preview.allowed", params={"protocol": p, "services": s}) for p, s in told)


def care(stated: Preview) -> tuple[Message, ...]:
    """What each device is spared, in sentences."""
    limits, all_ = stated.limits, len(stated.loads)
    hosts = {"all": all_, "most": min(all_, limits.hosts_at_a_time), "hosts": limits.hosts_at_a_time}
    fastest = max((load.requests_per_second for load in stated.loads), default=0.0)
    pace = {
        "gap": f"{limits.request_gap:g}",
        "rate": f"{fastest:.2f}",
        "failures": limits.breaker_failures,
        "cooldown": f"{limits.breaker_cooldown:g}",
        "factor": f"{limits.slowdown_factor:g}",
        "refusals": limits.refusals,
    }
    said = [
        Message(id="preview.hosts", params={"connections": stated.connections, **hosts}),
        Message(id="preview.pace", params={**pace}),
    ]
    if limits.most_registers > limits.max_registers and any("fc3" in one.services for one in stated.allowed):
        sizes: dict[str, str | int] = {"few": limits.max_registers, "most": limits.most_registers}
        said.append(Message(id="preview.registers", params={**sizes}))
    return tuple(said)


def _allowed(scope: Scope) -> tuple[Allowed, ...]:
    found: dict[str, set[str]] = {}
    for endpoint in scope.endpoints:
        own: frozenset[str] = getattr(connectors.get(endpoint.protocol), "SERVICES", frozenset())
        services = may_send(endpoint.protocol, endpoint.report_id) or own
        found.setdefault(endpoint.protocol, set()).update(services)
    order = sorted(found.items())
    return tuple(Allowed(protocol=name, services=tuple(sorted(services))) for name, services in order)
