"""What a server says of its variables: type, unit, range, access. Read in batches, before any sampling."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds

from assessor.domain import Browse, Endpoint, Tag, tag_id
from connectors.opcua.attribution import branch_of
from connectors.opcua.reading import Reader, content
from connectors.opcua.walk import Found

BASE = "http://opcfoundation.org/UA/"
PLATE = {
    "Manufacturer": "manufacturer",
    "Model": "model",
    "SerialNumber": "serial",
    "SoftwareRevision": "software",
}
"""Properties of an identification, and the fields of a nameplate they fill."""
TOLD = frozenset({"EngineeringUnits", "EURange", "CurrentState", *PLATE})
"""Names of variables that are read once for what they say about their parent."""
ATTRIBUTES = (
    AttributeIds.DataType,
    AttributeIds.ValueRank,
    AttributeIds.UserAccessLevel,
    AttributeIds.AccessLevel,
    AttributeIds.Description,
    AttributeIds.Historizing,
)
READ_BIT, WRITE_BIT = 1, 2


@dataclass(frozen=True)
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

    def type_namespace(self, found: Found) -> str:
        """The namespace URI of a node's type; empty where it has none."""
        name = self.names.get(found.type_definition, "") if found.type_definition else ""
        return name.partition("#")[0]


async def describe(
    reader: Reader, endpoint: Endpoint, found: Sequence[Found], namespaces: Sequence[str], browse: Browse
) -> tuple[Space, tuple[Point, ...]]:
    """Read what the nodes found say of themselves."""
    variables = [i for i, f in enumerate(found) if f.variable and not f.is_property]
    flat = await reader.read([(found[i].id, a) for i in variables for a in ATTRIBUTES])
    attributes = [
        dict(zip(ATTRIBUTES, map(content, flat[k : k + len(ATTRIBUTES)]), strict=True))
        for k in range(0, len(flat), len(ATTRIBUTES))
    ]
    types = {f.type_definition for f in found if f.type_definition is not None}
    types |= {t for a in attributes if isinstance(t := a[AttributeIds.DataType], ua.NodeId)}
    told, names = await _told(reader, found), await _names(reader, types, namespaces)
    space = Space(endpoint, found, namespaces, browse, told, names)
    return space, tuple(_point(space, i, own) for i, own in zip(variables, attributes, strict=True))


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


def _point(space: Space, index: int, own: dict[AttributeIds, Any]) -> Point:
    found, endpoint = space.found[index], space.endpoint
    told = space.told.get(index, {})
    branch = branch_of(endpoint.branches, found.path)
    where = address(found.id, space.namespaces)
    user = own[AttributeIds.UserAccessLevel]
    access = user if isinstance(user, int) else own[AttributeIds.AccessLevel]
    rank, historizing = own[AttributeIds.ValueRank], own[AttributeIds.Historizing]
    array = isinstance(rank, int) and rank >= 0
    tag = Tag(
        id=tag_id(endpoint.id, where),
        endpoint=endpoint.id,
        asset=branch.asset if branch else (None if endpoint.branches else endpoint.asset),
        address=where,
        path=found.path,
        data_type=_type_name(space, own[AttributeIds.DataType], array),
        unit=text(getattr(told.get("EngineeringUnits"), "DisplayName", None)),
        low=_number(getattr(told.get("EURange"), "Low", None)),
        high=_number(getattr(told.get("EURange"), "High", None)),
        description=text(own[AttributeIds.Description]),
        type_definition=space.names.get(found.type_definition) if found.type_definition else None,
        writable=bool(access & WRITE_BIT) if isinstance(access, int) else None,
        historizing=historizing if isinstance(historizing, bool) else None,
    )
    readable = not isinstance(access, int) or bool(access & READ_BIT)
    return Point(tag, found.id, sampled=readable and not array)


def _type_name(space: Space, node: Any, array: bool) -> str | None:
    name = space.names.get(node) if isinstance(node, ua.NodeId) else None
    return name.removeprefix(f"{BASE}#") + ("[]" if array else "") if name else None


def text(value: Any) -> str | None:
    """A text of the server, or None where it is empty."""
    if isinstance(value, ua.LocalizedText):
        value = value.Text
    return value.strip() or None if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
