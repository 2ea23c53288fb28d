"""Supertypes of the types that a server's nodes have: what a plant's own type is derived from."""

from collections.abc import Iterable, Mapping

from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from connectors.opcua.browsing import Browser, reference_type

HIGHEST = 10
"""Steps up that are followed; a loop of types ends here at the latest."""
Supertypes = Mapping[ua.NodeId, ua.NodeId]
"""By type: the type it is derived from. Types of the base namespace are not followed further."""


async def supertypes(browser: Browser, types: Iterable[ua.NodeId]) -> dict[ua.NodeId, ua.NodeId]:
    """Follow each type to the base namespace, all of one step in as few requests as the server allows."""
    above: dict[ua.NodeId, ua.NodeId] = {}
    due = {t for t in types if t.NamespaceIndex}
    for _ in range(HIGHEST):
        order = sorted(due, key=str)
        answers = await browser.all(
            order,
            reference_type(ObjectIds.HasSubtype),
            ua.BrowseDirection.Inverse,
            ua.NodeClass.ObjectType | ua.NodeClass.VariableType,
        )
        for node, answer in zip(order, answers, strict=False):
            if answer.references:
                target = answer.references[0].NodeId
                above[node] = ua.NodeId(target.Identifier, target.NamespaceIndex)
        due = {above[t] for t in due if t in above and above[t].NamespaceIndex and above[t] not in above}
        if not due:
            break
    return above


def lineage(node: ua.NodeId | None, above: Supertypes) -> tuple[ua.NodeId, ...]:
    """A type and those it is derived from, nearest first."""
    line: list[ua.NodeId] = []
    while node is not None and node not in line:
        line.append(node)
        node = above.get(node)
    return tuple(line)
