"""A probe document → devices and tags: what an agent says of its machines before any value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from assessor.domain import Endpoint, Function, Nameplate, Tag, tag_id
from assessor.markup import Element

STATES = frozenset({
    "AVAILABILITY", "EXECUTION", "CONTROLLER_MODE", "EMERGENCY_STOP", "FUNCTIONAL_MODE", "POWER_STATE",
    "DOOR_STATE", "CHUCK_STATE", "MACHINE_MODE", "PATH_MODE", "ROTARY_MODE", "AXIS_STATE", "ACTUATOR_STATE",
    "EQUIPMENT_MODE", "OPERATING_MODE", "PROCESS_STATE", "PART_STATUS", "VALVE_STATE", "LOCK_STATE",
    "CONNECTION_STATUS",
})  # fmt: skip
COUNTERS = frozenset(
    {"PART_COUNT", "CYCLE_COUNT", "ACTIVATION_COUNT", "LOAD_COUNT", "UNLOAD_COUNT", "TRANSFER_COUNT"}
)
NUMERIC = COUNTERS | {
    "LINE", "LINE_NUMBER", "TOOL_OFFSET", "WORK_OFFSET", "PATH_FEEDRATE_OVERRIDE", "AXIS_FEEDRATE_OVERRIDE",
    "ROTARY_VELOCITY_OVERRIDE", "BLOCK_COUNT", "HARDNESS", "USES", "VARIABLE",
}  # fmt: skip
"""Types of EVENT that hold a number; any other holds a word, even where it looks like one."""
QUANTITIES = {
    "TEMPERATURE": "temperature", "PRESSURE": "pressure", "FLOW": "flow", "VOLUMETRIC_FLOW": "flow",
    "POSITION": "position", "PATH_POSITION": "position", "ANGLE": "position", "DISPLACEMENT": "position",
    "ROTARY_VELOCITY": "speed", "SPINDLE_SPEED": "speed", "AXIS_FEEDRATE": "speed", "PATH_FEEDRATE": "speed",
    "VELOCITY": "speed", "ANGULAR_VELOCITY": "speed", "LOAD": "force", "TORQUE": "force", "LINEAR_FORCE": "force",
    "LEVEL": "level", "FILL_LEVEL": "level", "ACCELERATION": "vibration", "FREQUENCY": "electrical",
    "AMPERAGE": "electrical", "AMPERAGE_AC": "electrical", "VOLTAGE": "electrical", "VOLTAGE_AC": "electrical",
    "WATTAGE": "electrical", "POWER_FACTOR": "electrical", "VOLT_AMPERE": "electrical",
    "ELECTRICAL_ENERGY": "energy", "ACCUMULATED_TIME": "time", "EQUIPMENT_TIMER": "time", "PROCESS_TIMER": "time",
}  # fmt: skip
"""What the types of the standard measure, in the words of this product."""
SETPOINTS = frozenset({"COMMANDED", "PROGRAMMED", "TARGET", "OVERRIDE", "RAPID", "JOG"})


class Item(NamedTuple):
    """One data item: its tag, and how its values are to be taken."""

    tag: Tag
    category: str
    type: str


@dataclass(frozen=True)
class Machine:
    """One device of an agent."""

    name: str
    uuid: str
    asset: str | None
    nameplate: Nameplate | None
    items: dict[str, Item]
    """By data item id."""


def machines(root: Element, endpoint: Endpoint) -> list[Machine]:
    """The devices of a probe document; the agent's account of itself is none."""
    held = [d for devices in root.all("Devices") for d in devices.children if d.name == "Device"]
    assets = {branch.path: branch.asset for branch in endpoint.branches}
    alone = endpoint.asset if len(held) == 1 else None
    found = []
    for device in held:
        name, uuid = (device.attributes.get(key, "") for key in ("name", "uuid"))
        asset = assets.get(name) or assets.get(uuid) or alone
        items = {id_: item for id_, item in _items(device, [name or uuid], endpoint.id, uuid or name, asset)}
        found.append(Machine(name or uuid, uuid, asset, _nameplate(device), items))
    return found


def _nameplate(device: Element) -> Nameplate | None:
    description = next((c for c in device.children if c.name == "Description"), None)
    if description is None:
        return None
    told = {key: (description.attributes.get(key) or "").strip() or None for key in ("manufacturer", "model")}
    serial = (description.attributes.get("serialNumber") or device.attributes.get("serialNumber") or "").strip()
    return Nameplate(source="mtconnect description", serial=serial or None, **told)


def _items(
    element: Element, path: list[str], endpoint: str, device: str, asset: str | None
) -> Iterator[tuple[str, Item]]:
    """The data items of a component and of those in it."""
    for child in element.children:
        if child.name == "DataItems":
            for item in child.children:
                if item.attributes.get("id"):
                    yield item.attributes["id"], _item(item, path, endpoint, device, asset)
        elif child.name == "Components":
            for component in child.children:
                name = component.attributes.get("name") or component.name
                yield from _items(component, [*path, name], endpoint, device, asset)


def _item(item: Element, path: list[str], endpoint: str, device: str, asset: str | None) -> Item:
    told = item.attributes
    id_, type_, sub = told["id"], told.get("type", "?").upper(), told.get("subType", "").upper()
    category = told.get("category", "").upper()
    whole = f"{type_}.{sub}" if sub else type_
    quantity, function = _meaning(category, type_, sub)
    tag = Tag(
        id=tag_id(endpoint, f"{device}/{id_}"),
        endpoint=endpoint,
        asset=asset,
        address=f"data item '{id_}' of device '{device}'",
        path="/".join([*path, told.get("name") or whole]),
        data_type=category or None,
        unit=told.get("units") or None,
        description=whole,
        profile_quantity=quantity,
        profile_function=function.value if function else None,
        sampling="reported",
    )
    return Item(tag, category, type_)


def _meaning(category: str, type_: str, sub: str) -> tuple[str | None, Function | None]:
    """What the standard's type of a data item means."""
    if category == "CONDITION":
        return None, Function.ALARM
    if type_ in STATES:
        return "state", Function.STATE
    if type_ in COUNTERS:
        return "count", Function.COUNTER
    quantity = QUANTITIES.get(type_)
    if quantity is None:
        return None, None
    if quantity == "energy":
        return quantity, Function.COUNTER
    return quantity, Function.SETPOINT if sub in SETPOINTS else Function.ACTUAL
