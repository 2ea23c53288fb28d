"""What connectors would observe of a simulated server, without a wire: metadata, device by device."""

from collections.abc import Sequence

import numpy as np

from assessor.domain import (
    Browse,
    Device,
    Endpoint,
    Message,
    Nameplate,
    Observation,
    Offer,
    Tag,
    tag_id,
)
from connectors.simulator.plant import (
    ModbusServer,
    OpcUaServer,
    Place,
    Point,
    SilentServer,
    SimulatedPlant,
    SimulatedUnit,
)
from connectors.simulator.registers import SUNSPEC_BASE
from connectors.simulator.spaces import companions_of, space_of
from connectors.simulator.tags import Shown, series, shown

UA = "http://opcfoundation.org/UA/"
LIMITS = (
    "MaxNodesPerRead",
    "MaxNodesPerBrowse",
    "MaxMonitoredItemsPerCall",
    "MaxNodesPerHistoryReadData",
    "MaxNodesPerTranslateBrowsePathsToNodeIds",
)
"""What each server declares, all at its `max_nodes`."""
POLL_MS = 1000.0
Server = OpcUaServer | ModbusServer | SilentServer


def observe(plant: SimulatedPlant, server: Server, begin: int, end: int) -> Observation:
    """One endpoint as it would be seen between two times."""
    endpoint = plant.endpoint(server)
    if isinstance(server, SilentServer):
        problem = Message(id=f"simulator.{server.kind}")
        devices: tuple[Device, ...] = tuple(
            Device(asset=asset, where=where, answered=False, problem=problem)
            for asset, where in _stands_for(endpoint)
        )
        return _frame(endpoint, begin, end).model_copy(
            update={"reached": False, "problem": problem, "devices": devices}
        )
    if isinstance(server, OpcUaServer):
        return _opcua(plant, server, endpoint, begin, end)
    devices = tuple(_unit_device(endpoint, unit) for unit in server.units)
    tags = tuple(
        modbus_tag(plant, endpoint, unit, point) for unit in server.units for point in read_points(plant, unit)
    )
    return _frame(endpoint, begin, end).model_copy(update={"devices": devices, "tags": tags})


def _frame(endpoint: Endpoint, begin: int, end: int) -> Observation:
    return Observation(
        endpoint=endpoint.id,
        protocol=endpoint.protocol,
        connector="simulator",
        started=begin,
        ended=end,
        reached=True,
    )


def _stands_for(endpoint: Endpoint) -> list[tuple[str | None, str]]:
    if endpoint.units:
        return [(u.asset, f"unit {u.unit}") for u in endpoint.units]
    return [(b.asset, b.path) for b in endpoint.branches] or [(endpoint.asset, "Objects")]


def _opcua(plant: SimulatedPlant, server: OpcUaServer, endpoint: Endpoint, begin: int, end: int) -> Observation:
    tags = shown(plant, server)
    devices = tuple(_place_device(plant, endpoint, server, place, begin) for place in server.places)
    companions = {t.rpartition("#")[0]: None for place in server.places for t in _types(plant, place)}
    return _frame(endpoint, begin, end).model_copy(
        update={
            "devices": devices,
            "tags": tuple(opcua_tag(endpoint, tag) for tag in tags),
            "offers": (Offer(mode="None", policy="None", tokens=("Anonymous",)),),
            "namespaces": (UA, f"{server.namespace}:server", server.namespace, *companions),
            "operation_limits": dict.fromkeys(LIMITS, server.max_nodes),
            "browse": Browse(nodes=_nodes(plant, server, tags), complete=True),
            "space": space_of(plant, server, None),
            "companions": companions_of(plant, server),
        }
    )


def opcua_tag(endpoint: Endpoint, tag: Shown) -> Tag:
    """A tag as the OPC UA connector describes it."""
    variable = tag.variable
    return Tag(
        id=tag_id(endpoint.id, tag.address),
        endpoint=endpoint.id,
        asset=_asset(endpoint, tag.place),
        address=tag.address,
        path=tag.path,
        data_type=variable.type,
        unit=variable.unit,
        low=variable.low,
        high=variable.high,
        description=variable.description,
        type_definition=f"{UA}#BaseDataVariableType",
        writable=variable.writable,
        historizing=False,
        history=False,
        interval_ms=POLL_MS,
    )


def modbus_tag(plant: SimulatedPlant, endpoint: Endpoint, unit: SimulatedUnit, point: Point) -> Tag:
    """A tag as the Modbus connector describes it."""
    table = plant.map(unit.map).table
    at = point.at + SUNSPEC_BASE + 70 if unit.sunspec else point.at
    address = f"unit {unit.unit} {table} {at}"
    name = f"203/{point.id}" if unit.sunspec else point.id
    return Tag(
        id=tag_id(endpoint.id, address),
        endpoint=endpoint.id,
        asset=unit_asset(endpoint, unit),
        address=address,
        path=f"unit {unit.unit}/{name}",
        data_type=point.type,
        unit=point.unit,
        labels=tuple(point.states.items()),
        profile_quantity=point.quantity,
        profile_function=point.function,
        interval_ms=POLL_MS,
    )


def read_points(plant: SimulatedPlant, unit: SimulatedUnit) -> Sequence[Point]:
    """The points that connectors read as values."""
    return [p for p in plant.map(unit.map).points if p.read]


def unit_asset(endpoint: Endpoint, unit: SimulatedUnit) -> str | None:
    return next((u.asset for u in endpoint.units if u.unit == unit.unit), endpoint.asset)


def _asset(endpoint: Endpoint, place: Place) -> str | None:
    branch = next((b for b in endpoint.branches if b.path == place.path), None)
    return branch.asset if branch else endpoint.asset


def _unit_device(endpoint: Endpoint, unit: SimulatedUnit) -> Device:
    plate = unit.plate
    source = "sunspec model 1" if unit.sunspec else "modbus 43/14"
    return Device(
        asset=unit_asset(endpoint, unit),
        where=f"unit {unit.unit}",
        answered=True,
        nameplate=Nameplate(source=source, **plate.model_dump()) if plate else None,
    )


def _place_device(
    plant: SimulatedPlant, endpoint: Endpoint, server: OpcUaServer, place: Place, begin: int
) -> Device:
    types = {part.name: part.type for part in plant.shape(place.shape).parts}
    nameplate = None
    if place.plate and "Identification" in types:
        source = types["Identification"].rpartition("#")[0]
        nameplate = Nameplate(source=source, **place.plate.model_dump())
    state = None
    for tag in shown(plant, server):
        if tag.place == place and tag.path.endswith("MachineryItemState/CurrentState"):
            state = str(series(plant, tag, np.array([begin], dtype=np.int64)).values[0])
    return Device(
        asset=_asset(endpoint, place),
        where=place.path if endpoint.branches else "Objects",
        answered=True,
        nameplate=nameplate,
        companions=tuple(sorted({t.rpartition("#")[0] for t in _types(plant, place)})),
        item_state=state,
        space=space_of(plant, server, place.path if endpoint.branches else None),
    )


def _types(plant: SimulatedPlant, place: Place) -> list[str]:
    return [
        *([place.type] if place.type else []),
        *(part.type for part in plant.shape(place.shape).parts),
    ]


def _nodes(plant: SimulatedPlant, server: OpcUaServer, tags: list[Shown]) -> int:
    """Objects, tags and properties below Objects."""
    objects: set[str] = set()
    properties = 0
    for place in server.places:
        if place.path.endswith("."):
            continue
        objects |= _above(place.path)
        for part in plant.shape(place.shape).parts:
            objects |= _above(f"{place.path}/{part.name}")
        if place.plate:
            objects |= _above(f"{place.path}/Identification")
            properties += sum(v is not None for v in place.plate.model_dump().values())
    for tag in tags:
        objects |= _above(tag.path.rpartition("/")[0])
        variable = tag.variable
        properties += (variable.unit is not None) + (None not in (variable.low, variable.high))
    return len(objects) + len(tags) + properties


def _above(path: str) -> set[str]:
    names = path.split("/") if path else []
    return {"/".join(names[: i + 1]) for i in range(len(names))}
