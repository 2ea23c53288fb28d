"""What a server says of its variables: type, unit, range, access. Read in batches, before any sampling."""

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from assessor.domain import Browse, Endpoint, Tag, tag_id
from connectors.attribution import asset_of
from connectors.opcua.browsing import Browser, reference_type
from connectors.opcua.first_look import Attributes, Look, Own, first_look
from connectors.opcua.hierarchy import Supertypes, supertypes
from connectors.opcua.reading import LONGEST_TEXT, Reader, content, parts
from connectors.opcua.walk import Found, Walk

BASE = "http://opcfoundation.org/UA/"
PLATE = {
    "Manufacturer": "manufacturer",
    "Model": "model",
    "SerialNumber": "serial",
    "SoftwareRevision": "software",
    "ProductInstanceUri": "product_instance_uri",
    "ManufacturerUri": "manufacturer_uri",
    "HardwareRevision": "hardware",
    "DeviceClass": "device_class",
    "YearOfConstruction": "year_of_construction",
}
"""Properties of an identification, and the fields of a nameplate they fill."""
LABELS = ("EnumValues", "EnumStrings", "TrueState", "FalseState")
"""Properties that give words to the numbers of a discrete variable (OPC 10000-8, 5.3.3)."""
MOST_LABELS = 100
TOLD = frozenset({"EngineeringUnits", "EURange", "InstrumentRange", "CurrentState", *LABELS, *PLATE})
"""Names of variables that are read once for what they say about their parent."""
ATTRIBUTES = {
    AttributeIds.DataType: ua.NodeId,
    AttributeIds.ValueRank: int,
    AttributeIds.UserAccessLevel: int,
    AttributeIds.AccessLevel: int,
    AttributeIds.UserWriteMask: int,
    AttributeIds.Description: str,
    AttributeIds.Historizing: bool,
}
"""What is read of every variable, in the order of `Attributes`, and the type that it has to be."""
WRITE_BIT, HISTORY_BIT = 2, 4
"""Bits of the access level: CurrentWrite and HistoryRead (OPC 10000-3, 8.57)."""
SUBSCRIBE_TO_EVENTS = 1
"""Bit of the EventNotifier attribute (OPC 10000-3, 8.59)."""
MOST_SOURCES = 500
"""Sources of events that are asked for their conditions."""


@dataclass(frozen=True, slots=True)
class Point:
    """A tag, its node, and whether it is worth reading again and again."""

    tag: Tag
    node: ua.NodeId
    sampled: bool


@dataclass(frozen=True)
class Space:
    """The nodes of one server with what was read about them."""

    endpoint: Endpoint
    found: Sequence[Found]
    namespaces: Sequence[str]
    browse: Browse
    told: dict[int, dict[str, Any]]
    """By node: what variables below it tell of it."""
    names: dict[ua.NodeId, str]
    """Names of types, as 'uri#Name'."""
    own: Own = field(default_factory=dict)
    """By variable that is no property: its attributes."""
    above: Supertypes = field(default_factory=dict)
    notifiers: frozenset[int] = frozenset()
    """Objects at which events can be subscribed to."""
    event_sources: frozenset[ua.NodeId] = frozenset()
    conditions: Mapping[ua.NodeId, tuple[ua.NodeId, ...]] = field(default_factory=dict)
    """By source: types of the conditions that HasCondition leads to."""
    look: Look = field(default_factory=Look)

    def type_namespace(self, found: Found) -> str:
        """The namespace URI of a node's type; empty where it has none."""
        name = self.names.get(found.type_definition, "") if found.type_definition else ""
        return name.partition("#")[0]


async def describe(
    reader: Reader, browser: Browser, endpoint: Endpoint, namespaces: Sequence[str], walk: Walk
) -> Space:
    """Read what the nodes found say of themselves."""
    found = walk.found
    own = await _attributes(reader, found)
    notifiers = await _notifiers(reader, found)
    sources = [found[i].id for i in notifiers] + sorted(walk.event_sources, key=str)
    conditions = await _conditions(browser, list(dict.fromkeys(sources))[:MOST_SOURCES])
    types = {f.type_definition for f in found if f.type_definition is not None}
    types |= {t for of in conditions.values() for t in of}
    above = await supertypes(browser, types)
    types |= set(above.values()) | {a.data_type for a in own.values() if a.data_type is not None}
    return Space(
        endpoint,
        found,
        namespaces,
        walk.browse,
        told=await _told(reader, found),
        names=await _names(reader, types, namespaces),
        own=own,
        above=above,
        notifiers=frozenset(notifiers),
        event_sources=frozenset(walk.event_sources),
        conditions=conditions,
        look=await first_look(reader, found, own),
    )


def points_of(space: Space) -> tuple[Point, ...]:
    """Every variable that holds a value, described; those worth sampling are marked."""
    return tuple(_point(space, i) for i in space.own)


async def _attributes(reader: Reader, found: Sequence[Found]) -> dict[int, Attributes]:
    variables = [i for i, f in enumerate(found) if f.variable and not f.is_property]
    own: dict[int, Attributes] = {}
    types: dict[ua.NodeId, ua.NodeId] = {}  # each kept once
    for part in parts(variables, reader.batch):
        answers = iter(await reader.read([(found[i].id, a) for i in part for a in ATTRIBUTES]))
        for i in part:
            told = Attributes(*(_as(kind, content(next(answers))) for kind in ATTRIBUTES.values()))
            own[i] = told._replace(data_type=told.data_type and types.setdefault(told.data_type, told.data_type))
    return own


def _as(kind: type, value: Any) -> Any:
    """What a server gives as an attribute, where it is of the type that this has to be."""
    value = text(value) if kind is str else value
    return value if isinstance(value, kind) else None


async def _notifiers(reader: Reader, found: Sequence[Found]) -> list[int]:
    objects = [i for i, f in enumerate(found) if not f.variable]
    answers = await reader.read([(found[i].id, AttributeIds.EventNotifier) for i in objects])
    bits = [content(answer) for answer in answers]
    return [i for i, b in zip(objects, bits, strict=True) if isinstance(b, int) and b & SUBSCRIBE_TO_EVENTS]


async def _conditions(browser: Browser, sources: Sequence[ua.NodeId]) -> dict[ua.NodeId, tuple[ua.NodeId, ...]]:
    """Types of the conditions of each source. HasCondition leads to an instance, or to its type (OPC 10000-9)."""
    result = {}
    answers = await browser.all(
        sources, reference_type(ObjectIds.HasCondition), classes=ua.NodeClass.Object | ua.NodeClass.ObjectType
    )
    for source, answer in zip(sources, answers, strict=False):
        targets = [
            r.NodeId if r.NodeClass == ua.NodeClass.ObjectType else r.TypeDefinition for r in answer.references
        ]
        if targets:
            result[source] = tuple(ua.NodeId(t.Identifier, t.NamespaceIndex) for t in targets)
    return result


async def _told(reader: Reader, found: Sequence[Found]) -> dict[int, dict[str, Any]]:
    needed = [f for f in found if f.variable and f.name in TOLD and f.parent >= 0]
    answers = await reader.values([f.id for f in needed])
    result: dict[int, dict[str, Any]] = {}
    for f, answer in zip(needed, answers, strict=True):
        if (value := content(answer)) is not None:
            result.setdefault(f.parent, {})[f.name] = value
    return result


async def _names(reader: Reader, nodes: set[ua.NodeId], namespaces: Sequence[str]) -> dict[ua.NodeId, str]:
    order = sorted(nodes, key=str)
    answers = await reader.read([(n, AttributeIds.BrowseName) for n in order])
    named = {}
    for node, answer in zip(order, answers, strict=True):
        name = content(answer)
        if isinstance(name, ua.QualifiedName):
            named[node] = f"{uri(node.NamespaceIndex, namespaces)}#{name.Name}"
    return named


def uri(index: int, namespaces: Sequence[str]) -> str:
    """The namespace URI of an index; the index itself where the server does not tell."""
    return namespaces[index] if 0 <= index < len(namespaces) else f"ns={index}"


def address(node: ua.NodeId, namespaces: Sequence[str]) -> str:
    """A node id that holds after a restart: by namespace URI, never by index."""
    value = node.Identifier
    if isinstance(value, bytes):
        text = f"b={b64encode(value).decode()}"
    elif isinstance(value, int):
        text = f"i={value}"
    else:
        text = f"s={value}" if isinstance(value, str) else f"g={value}"
    return f"nsu={uri(node.NamespaceIndex, namespaces)};{text}"


def _point(space: Space, index: int) -> Point:
    found, endpoint, own = space.found[index], space.endpoint, space.own[index]
    told = space.told.get(index, {})
    where = address(found.id, space.namespaces)
    tag = Tag(
        id=tag_id(endpoint.id, where),
        endpoint=endpoint.id,
        asset=asset_of(endpoint, found.path),
        address=where,
        path=found.path,
        data_type=_type_name(space, own),
        unit=text(getattr(told.get("EngineeringUnits"), "DisplayName", None)),
        low=_number(getattr(told.get("EURange"), "Low", None)),
        high=_number(getattr(told.get("EURange"), "High", None)),
        description=own.description,
        type_definition=space.names.get(found.type_definition) if found.type_definition else None,
        writable=None if own.may is None else bool(own.may & WRITE_BIT),
        historizing=own.historizing,
        labels=_labels(told),
        history=None if own.may is None else bool(own.may & HISTORY_BIT),
    )
    return Point(tag, found.id, sampled=index in space.look.samplable)


def _labels(told: Mapping[str, Any]) -> tuple[tuple[int, str], ...]:
    """Words of the numbers of a discrete variable: a list counted from 0, pairs, or those of true and false."""
    listed, pairs = told.get("EnumStrings"), told.get("EnumValues")
    found: list[tuple[Any, Any]] = [(1, told.get("TrueState")), (0, told.get("FalseState"))]
    if isinstance(pairs, list):
        found = [(getattr(pair, "Value", None), getattr(pair, "DisplayName", None)) for pair in pairs]
    elif isinstance(listed, list):
        found = list(enumerate(listed))
    told_of = [(number, text(word)) for number, word in found[:MOST_LABELS] if isinstance(number, int)]
    return tuple((number, word) for number, word in told_of if word)


def _type_name(space: Space, own: Attributes) -> str | None:
    name = space.names.get(own.data_type) if own.data_type else None
    return name.removeprefix(f"{BASE}#") + ("[]" if own.is_array else "") if name else None


def text(value: Any) -> str | None:
    """A text of the server, or None where it is empty."""
    if isinstance(value, ua.LocalizedText):
        value = value.Text
    return value.strip()[:LONGEST_TEXT] or None if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    return number if number is not None and math.isfinite(number) else None
