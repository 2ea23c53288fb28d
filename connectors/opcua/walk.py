"""Walking an address space breadth first: batched, bounded by nodes, depth and time, each node once.

What was not walked is part of the result: paths, reasons, and how many known nodes were left.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.ua.object_ids import ObjectIds

from assessor.domain import Browse, Limits, Unwalked
from connectors.opcua.browsing import Browser, reference_type

OBJECTS = ua.NodeId(ua.Int32(ObjectIds.ObjectsFolder))
SKIPPED = frozenset({ObjectIds.Server, ObjectIds.Aliases, 31915})
"""Nodes below Objects that speak of the server itself; 31915 is Locations. Not walked, not counted."""
EVENTS = frozenset({reference_type(ObjectIds.HasEventSource), reference_type(ObjectIds.HasNotifier)})
HAS_PROPERTY = reference_type(ObjectIds.HasProperty)
PLAIN = ua.NodeId(ua.Int32(ObjectIds.BaseObjectType))
PLAIN_TYPES = frozenset({PLAIN, ua.NodeId(ua.Int32(ObjectIds.FolderType))})
PLACES = 20
"""Paths that are named of those where the walk ended."""


@dataclass(frozen=True, slots=True)
class Found:
    """One node as its parent's references describe it."""

    id: ua.NodeId
    parent: int
    """Index of the parent among the nodes found; -1 for the start."""
    name: str
    namespace: int
    """Namespace index of the browse name."""
    path: str
    depth: int
    variable: bool
    is_property: bool
    type_definition: ua.NodeId | None

    @property
    def typed(self) -> bool:
        """Is it an object of a type other than BaseObjectType and FolderType?"""
        return not self.variable and self.type_definition is not None and self.type_definition not in PLAIN_TYPES


@dataclass(frozen=True, slots=True)
class _Step:
    """A node whose children are to be looked at."""

    node: ua.NodeId
    index: int
    path: str
    depth: int


class Walk:
    """The nodes found so far and why the walk ended."""

    def __init__(
        self,
        uaclient: UaClient,
        limits: Limits,
        batch: int,
        namespaces: Sequence[str],
        alive: Callable[[], bool],
    ) -> None:
        self._limits, self._alive = limits, alive
        self._namespaces = list(namespaces)
        self._browser = Browser(uaclient, batch, self._spent)
        self.found: list[Found] = []
        self.event_sources: set[ua.NodeId] = set()
        """Nodes that a reference of events leads to."""
        self._seen: set[ua.NodeId] = set()
        self._types: dict[ua.NodeId, ua.NodeId] = {}
        """Type definitions, each kept once: thousands of nodes share one."""
        self._stopped_by: str | None = None
        self._unwalked: list[Unwalked] = []
        self._left = 0

    @property
    def browse(self) -> Browse:
        """How much was walked."""
        return Browse(
            nodes=len(self.found),
            complete=self._stopped_by is None,
            stopped_by=self._stopped_by,
            unwalked=tuple(self._unwalked),
            left=self._left,
        )

    async def start(self, root: str | None) -> ua.NodeId | None:
        """The node to start from: Objects, or what stands at the path `root` below it; None if absent."""
        node, rest = OBJECTS, root or ""
        while rest:
            (answer,) = await self._browser.browse([node])
            names = {r.BrowseName.Name or "": r.NodeId for r in answer.references}
            fitting = [n for n in names if n and (rest == n or rest.startswith(n + "/"))]
            if not fitting:
                return None
            name = max(fitting, key=len)
            following = self._local(names[name])
            if following is None:
                return None
            node, rest = following, rest[len(name) + 1 :]
        return node

    async def run(self, start: ua.NodeId, path: str) -> None:
        """Walk everything below a node."""
        self._seen.add(start)
        due = deque([_Step(start, -1, path, 0)])
        while due:
            if due[0].depth >= self._limits.browse_depth:
                return self._leave(due, "depth")
            if why := self._spent(0):
                return self._leave(due, why)
            depth = due[0].depth
            batch: list[_Step] = []
            while due and due[0].depth == depth and len(batch) < self._browser.batch:
                batch.append(due.popleft())
            answers = await self._browser.browse([step.node for step in batch])
            for step, answer in zip(batch, answers, strict=True):
                due += self._take(answer.references, step)
                if answer.problem:
                    self._leave([step], answer.problem)
        return None

    def _spent(self, held: int) -> str | None:
        """The budget that is spent with so many references at hand, if one is."""
        if len(self.found) + held >= self._limits.browse_nodes:
            return "nodes"
        return None if self._alive() else "seconds"

    def _leave(self, steps: Sequence[_Step] | deque[_Step], why: str) -> None:
        """Note what will not be walked, and why."""
        self._stopped_by = self._stopped_by or why
        self._left += len(steps)
        for step in list(steps)[: PLACES - len(self._unwalked)]:
            self._unwalked.append(Unwalked(path=step.path, why=why))

    def _take(self, references: Sequence[ua.ReferenceDescription], above: _Step) -> list[_Step]:
        """Keep the targets that are new; return those to be walked next."""
        following = []
        for reference in references:
            node = self._local(reference.NodeId)
            if node is None or _is_skipped(node):
                continue
            if reference.ReferenceTypeId in EVENTS:
                self.event_sources.add(node)
            if node in self._seen:
                continue
            self._seen.add(node)
            found = self._found(reference, node, above)
            step = _Step(node, len(self.found), found.path, found.depth)
            if len(self.found) >= self._limits.browse_nodes:
                self._leave([step], "nodes")
                continue
            self.found.append(found)
            if not found.is_property:  # a property has no children by its definition (OPC 10000-3, 4.4.2)
                following.append(step)
        return following

    def _found(self, reference: ua.ReferenceDescription, node: ua.NodeId, above: _Step) -> Found:
        name = reference.BrowseName.Name or ""
        kind = self._local(reference.TypeDefinition)
        return Found(
            id=node,
            parent=above.index,
            name=name,
            namespace=reference.BrowseName.NamespaceIndex,
            path=f"{above.path}/{name}" if above.path else name,
            depth=above.depth + 1,
            variable=reference.NodeClass == ua.NodeClass.Variable,
            is_property=reference.ReferenceTypeId == HAS_PROPERTY,
            type_definition=kind and self._types.setdefault(kind, kind),
        )

    def _local(self, node: ua.ExpandedNodeId | None) -> ua.NodeId | None:
        """A node id of this server; None for nothing, and for a node of another server."""
        if node is None or node.is_null() or getattr(node, "ServerIndex", None):
            return None
        index = node.NamespaceIndex
        if uri := getattr(node, "NamespaceUri", None):
            if uri not in self._namespaces:
                return None
            index = ua.Int16(self._namespaces.index(uri))
        return ua.NodeId(node.Identifier, index)


def _is_skipped(node: ua.NodeId) -> bool:
    return node.NamespaceIndex == 0 and node.Identifier in SKIPPED
