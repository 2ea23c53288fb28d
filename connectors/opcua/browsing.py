"""Browse in batches that the server takes: pages followed to their end, a batch too large made smaller."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import UaStatusCodeError

from connectors.opcua.reading import TOO_MUCH
from connectors.opcua.wire import status_name

REFERENCES_PER_ANSWER = 1000


def reference_type(number: int) -> ua.NodeId:
    """A reference type of the base namespace."""
    return ua.NodeId(ua.Int32(number))


HIERARCHICAL = reference_type(ObjectIds.HierarchicalReferences)


@dataclass
class Browsed:
    """The references of one node, and why they may not be all of them."""

    references: list[ua.ReferenceDescription] = field(default_factory=list)
    problem: str | None = None
    """A status name, or the budget that was spent."""


class Browser:
    """Browses in one direction at a time. `spent` tells which budget is spent with so many references at hand."""

    def __init__(self, uaclient: UaClient, batch: int, spent: Callable[[int], str | None]) -> None:
        self._uaclient, self.batch, self._spent = uaclient, batch, spent

    async def browse(
        self,
        nodes: Sequence[ua.NodeId],
        reference: ua.NodeId = HIERARCHICAL,
        direction: ua.BrowseDirection = ua.BrowseDirection.Forward,
        classes: int = ua.NodeClass.Object | ua.NodeClass.Variable,
    ) -> list[Browsed]:
        """What each node refers to, in the order of the nodes; at most `batch` of them."""
        wanted = [_wanted(node, reference, direction, classes) for node in nodes]
        return await self._ask(wanted)

    async def all(
        self,
        nodes: Sequence[ua.NodeId],
        reference: ua.NodeId = HIERARCHICAL,
        direction: ua.BrowseDirection = ua.BrowseDirection.Forward,
        classes: int = ua.NodeClass.Object | ua.NodeClass.Variable,
    ) -> list[Browsed]:
        """The same for any number of nodes; fewer answers than nodes where a budget is spent."""
        answers: list[Browsed] = []
        while len(answers) < len(nodes) and not self._spent(0):
            part = nodes[len(answers) : len(answers) + self.batch]
            answers += await self.browse(part, reference, direction, classes)
        return answers

    async def _ask(self, wanted: list[ua.BrowseDescription]) -> list[Browsed]:
        try:
            results = await self._uaclient.browse(_parameters(wanted))
        except (TimeoutError, UaStatusCodeError) as problem:
            refused = isinstance(problem, UaStatusCodeError) and problem.code not in TOO_MUCH
            if refused or len(wanted) == 1:
                raise
            self.batch = max(1, min(self.batch, len(wanted)) // 4)  # it takes too long over so many
            parts = [wanted[i : i + self.batch] for i in range(0, len(wanted), self.batch)]
            return [one for part in parts for one in await self._ask(part)]
        browsed = [Browsed(list(r.References or []), _problem(r.StatusCode)) for r in results]
        await self._continue(
            {i: r.ContinuationPoint for i, r in enumerate(results) if r.ContinuationPoint}, browsed
        )
        for index, result in enumerate(results):  # the server holds few points: one node at a time
            if result.StatusCode.value == StatusCodes.BadNoContinuationPoints and len(wanted) > 1:
                browsed[index] = (await self._ask([wanted[index]]))[0]
        return browsed

    async def _continue(self, points: dict[int, bytes], browsed: list[Browsed]) -> None:
        """Follow continuation points to their end, or hand them back where the budget is spent."""
        while points:
            parameters = ua.BrowseNextParameters()
            parameters.ContinuationPoints = list(points.values())
            spent = self._spent(sum(len(b.references) for b in browsed))
            parameters.ReleaseContinuationPoints = spent is not None
            results = await self._uaclient.browse_next(parameters)
            if spent:
                for index in points:
                    browsed[index].problem = spent
                return
            following: dict[int, bytes] = {}
            for index, result in zip(points, results, strict=True):
                browsed[index].references += result.References or []
                browsed[index].problem = _problem(result.StatusCode)
                if result.ContinuationPoint and not browsed[index].problem:
                    following[index] = result.ContinuationPoint
            points = following


def _problem(status: ua.StatusCode) -> str | None:
    return None if status.is_good() else status_name(status.value)


def _wanted(
    node: ua.NodeId, reference: ua.NodeId, direction: ua.BrowseDirection, classes: int
) -> ua.BrowseDescription:
    wanted = ua.BrowseDescription()
    wanted.NodeId = node
    wanted.BrowseDirection = direction
    wanted.ReferenceTypeId = reference
    wanted.IncludeSubtypes = True
    wanted.NodeClassMask = ua.UInt32(classes)
    wanted.ResultMask = ua.UInt32(ua.BrowseResultMask.All)
    return wanted


def _parameters(wanted: list[ua.BrowseDescription]) -> ua.BrowseParameters:
    parameters = ua.BrowseParameters()
    parameters.RequestedMaxReferencesPerNode = ua.UInt32(REFERENCES_PER_ANSWER)
    parameters.NodesToBrowse = wanted
    return parameters
