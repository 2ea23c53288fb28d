"""READ a plant file; an error names file and line and says what would be right."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assessor.documents import Lines, load_with_lines
from assessor.domain import Message
from assessor.errors import InputError
from connectors.simulator.plant import ModbusServer, OpcUaServer, Signal, SilentServer, SimulatedPlant


def load_plant(path: Path) -> SimulatedPlant:
    """Read and check a plant file; an error names file and line."""
    plant, lines = load_with_lines(SimulatedPlant, path)
    if not plant.scope.plant.simulated:
        raise _error("not_simulated", lines, "scope", "plant")
    for kind, members in (("behaviours", plant.behaviours), ("shapes", plant.shapes), ("maps", plant.maps)):
        _unique([m.id for m in members], lines, kind)
    _unique([s.endpoint for s in plant.servers], lines, "servers")
    _unique([a.id for a in plant.scope.assets], lines, "scope", "assets")
    _unique([e.id for e in plant.scope.endpoints], lines, "scope", "endpoints")
    _signals(plant, lines)
    endpoints = [e.id for e in plant.scope.endpoints]
    for i, server in enumerate(plant.servers):
        _known(server.endpoint, endpoints, lines, "servers", i, "endpoint")
        _references(plant, server, lines, i)
    served = {s.endpoint for s in plant.servers}
    for i, endpoint in enumerate(endpoints):
        if endpoint not in served:
            raise _error("not_served", lines, "scope", "endpoints", i, id=endpoint)
    return plant


def _references(
    plant: SimulatedPlant, server: OpcUaServer | ModbusServer | SilentServer, lines: Lines, i: int
) -> None:
    machines = [b.id for b in plant.behaviours]
    if isinstance(server, OpcUaServer):
        _unique([p.path for p in server.places], lines, "servers", i, "places")
        for j, place in enumerate(server.places):
            at = ("servers", i, "places", j)
            _known(place.shape, [s.id for s in plant.shapes], lines, *at, "shape")
            _known(place.machine, machines, lines, *at, "machine")
    elif isinstance(server, ModbusServer):
        _unique([str(u.unit) for u in server.units], lines, "servers", i, "units")
        for j, unit in enumerate(server.units):
            at = ("servers", i, "units", j)
            _known(unit.map, [m.id for m in plant.maps], lines, *at, "map")
            _known(unit.machine, machines, lines, *at, "machine")


def _signals(plant: SimulatedPlant, lines: Lines) -> None:
    """Every state needs its three values and every text at least one."""
    found: list[tuple[tuple[str | int, ...], Signal]] = [
        (("shapes", i, "variables", j), v.signal)
        for i, shape in enumerate(plant.shapes)
        for j, v in enumerate(shape.variables)
    ]
    found += [
        (("maps", i, "points", j), p.signal) for i, m in enumerate(plant.maps) for j, p in enumerate(m.points)
    ]
    for path, signal in found:
        count = len(signal.values)
        if (signal.kind == "state" and count != 3) or (signal.kind == "text" and count < 1):
            raise _error("values", lines, *path, "signal")


def _unique(ids: Iterable[str], lines: Lines, *path: str | int) -> None:
    seen: set[str] = set()
    for i, name in enumerate(ids):
        if name in seen:
            raise _error("duplicate", lines, *path, i, id=name)
        seen.add(name)


def _known(name: str, known: list[str], lines: Lines, *path: str | int) -> None:
    if name not in known:
        raise _error("unknown", lines, *path, id=name, known=", ".join(known))


def _error(name: str, lines: Lines, *path: str | int, **params: Any) -> InputError:
    return InputError(Message(id=f"simulator.{name}", params=params), lines.at(*path))
