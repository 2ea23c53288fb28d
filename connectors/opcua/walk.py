"""Walking an address space breadth first: batched, bounded by nodes, depth and time, each node once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import UaStatusCodeError

from assessor.domain import Browse, Limits
from connectors.opcua.wire import status_name

OBJECTS = ua.NodeId(ua.Int32(ObjectIds.ObjectsFolder))
HAS_PROPERTY = ObjectIds.HasProperty
SKIPPED = frozenset({ObjectIds.Server, ObjectIds.Aliases, 31915})
"""Nodes below Objects that speak of the server itself; 31915 is Locations. Not walked, not counted."""
REFERENCES_PER_ANSWER = 1000
TOO_MUCH = frozenset(
    {
        StatusCodes.BadTooManyOperations,
        StatusCodes.BadResponseTooLarge,
        StatusCodes.BadRequestTooLarge,
        StatusCodes.BadEncodingLimitsExceeded,
    }
)


@dataclass(frozen=True)
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
        self._uaclient, self._limits, self._batch, self._alive = uaclient, limits, batch, alive
        self._namespaces = list(namespaces)
        self.found: list[Found] = []
        self._seen: set[ua.NodeId] = set()
        self._stopped_by: str | None = None

    @property
    def browse(self) -> Browse:
        """How much was walked."""
        return Browse(nodes=len(self.found), complete=self._stopped_by is None, stopped_by=self._stopped_by)

    async def start(self, root: str | None) -> ua.NodeId | None:
        """The node to start from: Objects, or what stands at the path `root` below it; None if absent."""
        node, rest = OBJECTS, root or ""
        while rest:
            answers = await self._browse([node])
            names = {r.BrowseName.Name or "": r.NodeId for r in answers[0]}
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
        level: list[tuple[ua.NodeId, int, str]] = [(start, -1, path)]
        depth = 0
        while level:
            depth += 1
            if depth > self._limits.browse_depth:
                self._stop("depth")
                return
            following: list[tuple[ua.NodeId, int, str]] = []
            while level:
                if not self._may_go_on():
                    return
                batch, level = level[: self._batch], level[self._batch :]
                answers = await self._browse([node for node, _, _ in batch])
                for (_, parent, above), references in zip(batch, answers, strict=True):
                    following += self._take(references, parent, above, depth)
            level = following

    def _may_go_on(self) -> bool:
        if len(self.found) >= self._limits.browse_nodes:
            self._stop("nodes")
        elif not self._alive():
            self._stop("seconds")
        else:
            return True
        return False

    def _stop(self, why: str) -> None:
        self._stopped_by = self._stopped_by or why

    def _take(
        self, references: Sequence[ua.ReferenceDescription], parent: int, above: str, depth: int
    ) -> list[tuple[ua.NodeId, int, str]]:
        """Keep the targets that are new; return those to be walked next."""
        following = []
        for reference in references:
            node = self._local(reference.NodeId)
            if node is None or node in self._seen or _is_skipped(node):
                continue
            if len(self.found) >= self._limits.browse_nodes:
                self._stop("nodes")
                break
            self._seen.add(node)
            name = reference.BrowseName.Name or ""
            found = Found(
                id=node,
                parent=parent,
                name=name,
                namespace=reference.BrowseName.NamespaceIndex,
                path=f"{above}/{name}" if above else name,
                depth=depth,
                variable=reference.NodeClass == ua.NodeClass.Variable,
                is_property=reference.ReferenceTypeId == ua.NodeId(ua.Int32(HAS_PROPERTY)),
                type_definition=self._local(reference.TypeDefinition),
            )
            self.found.append(found)
            if not found.is_property:  # a property has no children by its definition (OPC 10000-3, 4.4.2)
                following.append((node, len(self.found) - 1, found.path))
        return following

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

    async def _browse(self, nodes: list[ua.NodeId]) -> list[list[ua.ReferenceDescription]]:
        """All references of each node, continuation points followed; a batch too large is halved."""
        try:
            results = await self._uaclient.browse(_parameters(nodes))
        except (TimeoutError, UaStatusCodeError) as problem:
            refused = isinstance(problem, UaStatusCodeError) and problem.code not in TOO_MUCH
            if refused or len(nodes) == 1:
                raise
            self._batch = max(1, min(self._batch, len(nodes)) // 4)  # it takes too long over so many
            parts = [nodes[i : i + self._batch] for i in range(0, len(nodes), self._batch)]
            return [references for part in parts for references in await self._browse(part)]
        references: list[list[ua.ReferenceDescription]] = []
        starved: list[int] = []
        for index, result in enumerate(results):
            references.append(list(result.References or []))
            if result.StatusCode.value == StatusCodes.BadNoContinuationPoints:
                starved.append(index)
            elif not result.StatusCode.is_good():
                self._stop(status_name(result.StatusCode.value))
        await self._continue(
            {i: r.ContinuationPoint for i, r in enumerate(results) if r.ContinuationPoint}, references
        )
        for index in starved:  # the server holds few continuation points: one node at a time
            if len(nodes) > 1:
                references[index] = (await self._browse([nodes[index]]))[0]
            else:
                self._stop(status_name(StatusCodes.BadNoContinuationPoints))
        return references

    async def _continue(self, points: dict[int, bytes], references: list[list[ua.ReferenceDescription]]) -> None:
        """Follow continuation points to their end, or hand them back where the budget is spent."""
        while points:
            parameters = ua.BrowseNextParameters()
            parameters.ContinuationPoints = list(points.values())
            held = len(self.found) + sum(len(r) for r in references)
            enough = held >= self._limits.browse_nodes or not self._alive()
            parameters.ReleaseContinuationPoints = enough
            results = await self._uaclient.browse_next(parameters)
            if enough:
                self._stop("nodes" if held >= self._limits.browse_nodes else "seconds")
                return
            following: dict[int, bytes] = {}
            for index, result in zip(points, results, strict=True):
                references[index] += result.References or []
                if not result.StatusCode.is_good():
                    self._stop(status_name(result.StatusCode.value))
                elif result.ContinuationPoint:
                    following[index] = result.ContinuationPoint
            points = following


def _parameters(nodes: list[ua.NodeId]) -> ua.BrowseParameters:
    parameters = ua.BrowseParameters()
    parameters.RequestedMaxReferencesPerNode = ua.UInt32(REFERENCES_PER_ANSWER)
    for node in nodes:
        wanted = ua.BrowseDescription()
        wanted.NodeId = node
        wanted.BrowseDirection = ua.BrowseDirection.Forward
        wanted.ReferenceTypeId = ua.NodeId(ua.Int32(ObjectIds.HierarchicalReferences))
        wanted.IncludeSubtypes = True
        wanted.NodeClassMask = ua.UInt32(ua.NodeClass.Object | ua.NodeClass.Variable)
        wanted.ResultMask = ua.UInt32(ua.BrowseResultMask.All)
        parameters.NodesToBrowse.append(wanted)
    return parameters


def _is_skipped(node: ua.NodeId) -> bool:
    return node.NamespaceIndex == 0 and node.Identifier in SKIPPED
