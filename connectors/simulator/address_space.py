"""BUILD the address space of an OPC UA server: objects, companion types, nameplates, units and ranges."""

from typing import Any, NamedTuple

from asyncua import ua
from asyncua.common.node import Node as UaNode
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from connectors.simulator.plant import OpcUaServer, Place, Plate, SimulatedPlant, Variable
from connectors.simulator.tags import Shown, shown

_LIMITS = (
    ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
    ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData,
    ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds,
)


def _node_id(name: str, index: int) -> ua.NodeId:
    return ua.NodeId(ua.String(name), ua.Int16(index))


class Node(NamedTuple):
    """A tag and its node."""

    id: ua.NodeId
    shown: Shown

    def variant(self, value: Any) -> ua.Variant:
        """A value in the tag's own type."""
        kind = self.shown.variable.type
        if kind == "LocalizedText":
            value = ua.LocalizedText(str(value))
        elif kind == "String":
            value = str(value)
        elif kind == "Boolean":
            value = bool(value)
        else:
            value = float(value) if kind in ("Double", "Float") else int(value)
        return ua.Variant(value, ua.VariantType[kind])


class _Builder:
    """Objects and types made so far, so that each is made once."""

    def __init__(self, server: Server, index: int) -> None:
        self.server, self.index = server, index
        self.objects: dict[str, UaNode] = {}
        self.types: dict[str, UaNode] = {}

    async def object(self, path: str, kind: str | None = None) -> UaNode:
        """The object at a path; what lies above it is made as plain folders and objects."""
        if not path:
            return self.server.nodes.objects
        if path not in self.objects:
            parent = await self.object(path.rpartition("/")[0])
            name = ua.QualifiedName(path.rpartition("/")[2], self.index)
            node_type = (await self.type(kind)).nodeid if kind else ua.NodeId(ua.Int32(ObjectIds.BaseObjectType))
            self.objects[path] = await parent.add_object(_node_id(path, self.index), name, node_type)
        return self.objects[path]

    async def type(self, kind: str) -> UaNode:
        """An object type of a companion specification, by 'uri#Name'."""
        if kind not in self.types:
            uri, _, name = kind.rpartition("#")
            index = await self.server.register_namespace(uri)
            base = self.server.nodes.base_object_type
            node_id = _node_id(name, index)
            self.types[kind] = await base.add_object_type(node_id, ua.QualifiedName(name, index))
        return self.types[kind]

    async def variable(self, tag: Shown) -> Node:
        """A tag under its object; a flat one directly under Objects."""
        flat = tag.place.path.endswith(".")
        parent = await self.object("" if flat else tag.path.rpartition("/")[0])
        name = tag.path if flat else tag.path.rpartition("/")[2]
        node_id = _node_id(tag.path, self.index)
        first = Node(node_id, tag).variant(0)
        node = await parent.add_variable(node_id, ua.QualifiedName(name, self.index), first)
        if tag.variable.writable:
            await node.set_writable()
        text = ua.LocalizedText(tag.variable.description or "")  # asyncua would repeat the name
        described = ua.DataValue(ua.Variant(text, ua.VariantType.LocalizedText))
        await node.write_attribute(AttributeIds.Description, described)
        await _unit(node, tag.variable)
        return Node(node_id, tag)


async def _unit(node: UaNode, variable: Variable) -> None:
    """EngineeringUnits and EURange, where the machine builder has declared them."""
    if variable.unit:
        unit = ua.EUInformation(
            NamespaceUri="http://www.opcfoundation.org/UA/units/un/cefact",
            UnitId=-1,
            DisplayName=ua.LocalizedText(variable.unit),
            Description=ua.LocalizedText(variable.unit),
        )
        await node.add_property(ua.NodeId(), ua.QualifiedName("EngineeringUnits", 0), unit)
    if variable.low is not None and variable.high is not None:
        range_ = ua.Range(Low=variable.low, High=variable.high)
        await node.add_property(ua.NodeId(), ua.QualifiedName("EURange", 0), range_)


async def _plate(parent: UaNode, plate: Plate, index: int, path: str) -> None:
    for name, text in (
        ("Manufacturer", plate.manufacturer),
        ("Model", plate.model),
        ("SerialNumber", plate.serial),
        ("SoftwareRevision", plate.software),
    ):
        if text is not None:
            value = ua.LocalizedText(text) if name in ("Manufacturer", "Model") else text
            node_id = _node_id(f"{path}/{name}", index)
            await parent.add_property(node_id, ua.QualifiedName(name, index), value)


async def build(plant: SimulatedPlant, served: OpcUaServer, server: Server) -> list[Node]:
    """Everything a server shows; returns its tags."""
    builder = _Builder(server, await server.register_namespace(served.namespace))
    for limit in _LIMITS:
        await server.get_node(limit).write_value(ua.Variant(served.max_nodes, ua.VariantType.UInt32))
    for place in served.places:
        if not place.path.endswith("."):
            await _place(plant, place, builder)
    return [await builder.variable(tag) for tag in shown(plant, served)]


async def _place(plant: SimulatedPlant, place: Place, builder: _Builder) -> None:
    await builder.object(place.path, place.type)
    for part in plant.shape(place.shape).parts:
        await builder.object(f"{place.path}/{part.name}", part.type)
    if place.plate:
        path = f"{place.path}/Identification"
        await _plate(await builder.object(path), place.plate, builder.index, path)
