"""Names of data points with what they mean, from packages of registries: SunSpec, Brick, OPC UA nodesets.

Nothing is stored: rows are read anew from pysunspec2 (PyPI, Apache-2.0), brickschema (PyPI, BSD-3-Clause) and
node-opcua-nodesets (npm; the nodesets by the OPC Foundation under its MIT licence 1.00). A name is a feature;
its labels come from fields that are none: unit, data type, typed supertype, access right, super-class, the
bitfield that a bit stands in, and for counters, set points and actual values of machines the description, which
serves nothing else. AccessLevel is not used: in a *type* it marks results and actual values as writable.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import rdflib

from assessor.interpret import QUANTITY
from models.tags.text import words


class Row(NamedTuple):
    """One name and what it means; None where its source does not say."""

    source: str
    name: str
    quantity: str | None
    function: str | None


def rows(nodesets: Path) -> list[Row]:
    """All rows with a label: each name once over all sources, and none whose labels contradict each other."""
    found: dict[str, Row] = {}
    odd: set[str] = set()
    for row in (*opcua(nodesets), *sunspec(), *brick()):
        key = " ".join(dict.fromkeys(words(row.name).split()))
        if not re.search(r"[a-z]{2}", key) or not (row.quantity or row.function):
            continue
        held = found.setdefault(key, row)
        if any(a and b and a != b for a, b in zip(held[2:], row[2:], strict=True)):
            odd.add(key)
        found[key] = Row(*held[:2], held.quantity or row.quantity, held.function or row.function)
    return sorted(row for key, row in found.items() if key not in odd)


def _packaged(package: str, path: str) -> Path:
    """A file that came with an installed package, without importing it."""
    return Path(str(distribution(package).locate_file(path)))


# ---------------------------------------------------------------- SunSpec

SUNSPEC_UNITS = {
    "energy": "WH Varh kWh",
    "electrical": "Var cos() PF VRef WMax WRef VNom VNomPct WMaxPct VarPct ohms V/s A/s W/s Vm",
    "time": "Secs Sec mSecs Tms Tmh Tmd",
    "temperature": "C",
    "pressure": "HPa",
    "speed": "mps",
    "position": "Degrees meters deg mm",
}
_SUNSPEC = QUANTITY | {unit: quantity for quantity, units in SUNSPEC_UNITS.items() for unit in units.split()}
_NUMBERS = ("int", "uint", "float")


def sunspec() -> Iterator[Row]:
    """Points of all models: quantity by unit; function by accumulator, access right and type; bits of events."""
    for file in sorted(_packaged("pysunspec2", "sunspec2/models/json").glob("model_*.json")):
        yield from _points(json.loads(file.read_text("utf-8"))["group"])


def _points(group: dict[str, Any]) -> Iterator[Row]:
    for point in group.get("points", ()):
        unit = re.sub(r"^\s*%\s*", "", point.get("units") or "")
        quantity, function = _SUNSPEC.get(unit), _sunspec_function(point)
        if point["type"] not in ("pad", "sunssf", "count") and point["name"] not in ("ID", "L"):
            label = point.get("label") or ""
            name = point["name"] if words(label) == words(point["name"]) else f"{point['name']} {label}"
            yield Row("sunspec", name, "state" if function == "state" else quantity, function)
        if function == "alarm":
            for bit in point.get("symbols", ()):
                yield Row("sunspec", bit["name"], None, "alarm")
    for inner in group.get("groups", ()):
        yield from _points(inner)


def _sunspec_function(point: dict[str, Any]) -> str | None:
    kind, writable = point["type"], point.get("access") == "RW"
    if kind.startswith("acc"):
        return "counter"
    if kind.startswith("bitfield"):
        about = f"{point.get('desc', '')} {point.get('detail', '')}".lower()
        return "alarm" if not writable and re.search(r"event|alarm|fault", about) else None
    if kind.startswith("enum"):
        return "setpoint" if writable else "state"
    if kind == "string":
        return None if writable or point.get("units") else "identification"
    if not kind.startswith(_NUMBERS):
        return None
    if writable:
        return "setpoint"
    if not point.get("units") or point.get("static") == "S":
        return None
    return "counter" if _SUNSPEC.get(point["units"]) == "energy" else "actual"


# ---------------------------------------------------------------- Brick

BRICK = {
    "Sensor": "actual", "Setpoint": "setpoint", "Command": "setpoint", "Parameter": "setpoint", "Status": "state",
    "Alarm": "alarm",
}  # fmt: skip
KINDS = {
    "energy": "Energy Electric_Energy ThermalEnergy Reactive_Energy",
    "electrical": "Power ElectricPower ActivePower ReactivePower PowerFactor ElectricCurrent Voltage "
    "Current_Imbalance Voltage_Imbalance",
    "temperature": "Temperature DewPointTemperature Differential_Temperature Wet_Bulb_Temperature",
    "pressure": "Pressure Differential_Pressure StaticPressure DynamicPressure GaugePressure",
    "flow": "VolumeFlowRate",
    "speed": "Speed Linear_Speed",
    "position": "Position",
    "force": "Torque",
    "level": "Level",
    "time": "Time",
    "count": "Occupancy_Count",
    "composition": "RelativeHumidity AbsoluteHumidity GrainsOfMoisture Air_Quality Conductivity",
}
_KINDS = {kind: quantity for quantity, kinds in KINDS.items() for kind in kinds.split()}


def brick() -> Iterator[Row]:
    """Classes of points: quantity by hasQuantity, own or inherited; function by the super-class under Point.

    Of energy sensors the function is left open: Brick does not tell a meter's reading from a use per hour.
    """
    graph = rdflib.Graph().parse(_packaged("brickschema", "brickschema/ontologies/1.4/Brick.ttl"))
    space = rdflib.Namespace("https://brickschema.org/schema/Brick#")
    above = rdflib.RDFS.subClassOf
    for point in sorted(set(graph.transitive_subjects(above, space.Point)) - {space.Point}, key=str):
        ancestors = list(graph.transitive_objects(point, above))
        functions = {BRICK[name] for a in ancestors if (name := _local(a)) in BRICK}
        kinds = next((k for a in ancestors if (k := set(map(_local, graph.objects(a, space.hasQuantity))))), set())
        quantities = {"composition" if k.endswith("_Concentration") else _KINDS.get(k) for k in kinds}
        quantity = quantities.pop() if len(quantities) == 1 else None
        function = functions.pop() if len(functions) == 1 else None
        if function == "state":
            quantity = "state"
        for label in graph.objects(point, rdflib.RDFS.label):
            yield Row("brick", str(label), quantity, None if quantity == "energy" else function)


def _local(node: object) -> str:
    return re.split(r"[#/]", str(node))[-1]


# ---------------------------------------------------------------- OPC UA

FAMILIES = {
    "opcua-machines": "MachineTool CNC Robotics MetalForming Glass Eumabois AMB Ijt Machinery PackML "
    "Weihenstephan ST",
    "opcua-process": "PADIM LADS Adi IOLink IA",
    "opcua-kitchen": "CommercialKitchenEquipment",
    "opcua-scales-wood": "Scales Woodworking",
    "opcua-platform": "",
}
"""Nodesets of one trade are one source: they borrow names from each other. The rest is the platform."""
UADOC = "{http://opcfoundation.org/UA/2011/03/UANodeSet.xsd}"
CORE = "http://opcfoundation.org/UA/#i="
OPCUA_UNITS = {"mass": "g kg t", "composition": "ppm", "flow": "l/h ml/min", "time": "d µs", "electrical": "Ω pA"}
_OPCUA = QUANTITY | {unit: quantity for quantity, units in OPCUA_UNITS.items() for unit in units.split()}
_TIMES = {CORE + i for i in ("290", "294", "13")}
"""Duration, UtcTime, DateTime."""
_STATES = {CORE + i for i in ("2755", "8995", "2372")}
"""StateVariableType, TwoStateVariableType, DiscreteItemType; with their subtypes."""
_SAID = {
    "counter": r"counter\b|cumulat|total (number|time) of|number of times",
    "setpoint": r"set-?point value|preset of",
    "actual": r"(actual|current) value|actual position|measured (value|height|length|width)",
}


class _Node(NamedTuple):
    kind: str
    name: str
    about: str
    data_type: str
    type: str
    parent: str
    above: str
    unit: str


def opcua(folder: Path) -> Iterator[Row]:
    """Variables of all nodesets: quantity by unit and data type, function by type, nameplate and description."""
    nodes: dict[str, _Node] = {}
    origin: dict[str, str] = {}
    for file in sorted(folder.glob("*.xml")):
        read = dict(_nodes(file))
        nodes |= read
        origin |= dict.fromkeys(read, _family(file.name))
    units = {n.parent: n.unit for n in nodes.values() if n.unit}
    states = _below(nodes, _STATES)
    choices = _below(nodes, {CORE + "29"})
    for id_, node in nodes.items():
        if node.kind != "UAVariable" or node.name in ("EURange", "EngineeringUnits", "InstrumentRange"):
            continue
        plate = nodes.get(node.parent)
        state = node.type in states or node.data_type in choices
        quantity = _OPCUA.get("".join(units.get(id_, "").split()))
        if state:
            quantity = "state"
        elif node.data_type in _TIMES:
            quantity = "time"
        elif nodes[node.data_type].name.endswith("WeightType") if node.data_type in nodes else False:
            quantity = "mass"
        function = next((f for f, said in _SAID.items() if re.search(said, node.about)), None)
        if plate is not None and re.search(r"Identification|Nameplate|BuildInfo", plate.name):
            function = "identification"
        yield Row(origin[id_], node.name, quantity, "state" if state else function)


def _family(file: str) -> str:
    name = re.sub(r"^Opc\.(Ua\.)?", "", file, flags=re.I)
    return next(f for f, starts in FAMILIES.items() if not starts or name.startswith(tuple(starts.split())))


def _below(nodes: dict[str, _Node], tops: Iterable[str]) -> set[str]:
    """These types and all derived from them."""
    under = defaultdict(set)
    for id_, node in nodes.items():
        under[node.above].add(id_)
    found, ahead = set(tops), list(tops)
    while ahead:
        new = under[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def _nodes(file: Path) -> Iterator[tuple[str, _Node]]:
    root = ElementTree.parse(file).getroot()
    spaces = [
        "http://opcfoundation.org/UA/",
        *(uri.text or "" for uri in root.findall(f"{UADOC}NamespaceUris/{UADOC}Uri")),
    ]
    aliases = {alias.get("Alias", ""): alias.text or "" for alias in root.iter(f"{UADOC}Alias")}

    def whole(id_: str | None) -> str:
        space, found = re.fullmatch(r"(?:ns=(\d+);)?(.*)", aliases.get(id_ or "", id_ or "")).groups()  # type: ignore[union-attr]
        return f"{spaces[int(space or 0)]}#{found}" if found else ""

    for element in root:
        if element.get("NodeId") is None:
            continue
        references = {
            (reference.get("ReferenceType"), reference.get("IsForward") != "false"): whole(reference.text)
            for reference in element.iter(f"{UADOC}Reference")
        }
        yield (
            whole(element.get("NodeId")),
            _Node(
                kind=element.tag.removeprefix(UADOC),
                name=re.sub(r"^\d+:|<[^>]*>", "", element.get("BrowseName", "")),
                about=(element.findtext(f"{UADOC}Description") or "").lower(),
                data_type=whole(element.get("DataType")),
                type=references.get(("HasTypeDefinition", True), ""),
                parent=whole(element.get("ParentNodeId")),
                above=references.get(("HasSubtype", False), ""),
                unit=_unit(element),
            ),
        )


def _unit(element: ElementTree.Element) -> str:
    """What a value of EUInformation shows."""
    for value in element.iter():
        if value.tag.endswith("}EUInformation"):
            shown = [part.text or "" for part in value.iter() if part.tag.endswith("}Text")]
            return shown[0] if shown else ""
    return ""
