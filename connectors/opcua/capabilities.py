"""What a server says of itself before its nodes are looked at: namespaces, limits, build, state.

Read once, item by item: the structures that hold these facts are not asked for, nor are diagnostics, since
the library cannot decode some of them.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from assessor.domain import ServerFacts
from connectors.opcua.describe import SUBSCRIBE_TO_EVENTS
from connectors.opcua.reading import Reader, Wanted, content, nanoseconds

PER_CALL = "Server_ServerCapabilities_OperationLimits_"
OVERALL = "Server_ServerCapabilities_"
OPERATION_LIMITS = {
    **{
        name: int(getattr(ObjectIds, PER_CALL + name))
        for name in (
            "MaxNodesPerRead",
            "MaxNodesPerHistoryReadData",
            "MaxNodesPerHistoryReadEvents",
            "MaxNodesPerWrite",
            "MaxNodesPerHistoryUpdateData",
            "MaxNodesPerHistoryUpdateEvents",
            "MaxNodesPerMethodCall",
            "MaxNodesPerBrowse",
            "MaxNodesPerRegisterNodes",
            "MaxNodesPerTranslateBrowsePathsToNodeIds",
            "MaxNodesPerNodeManagement",
            "MaxMonitoredItemsPerCall",
        )
    },
    **{
        name: int(getattr(ObjectIds, OVERALL + name))
        for name in (
            "MaxBrowseContinuationPoints",
            "MaxQueryContinuationPoints",
            "MaxHistoryContinuationPoints",
            "MaxArrayLength",
            "MaxStringLength",
            "MaxByteStringLength",
            "MaxSessions",
            "MaxSubscriptions",
            "MaxMonitoredItems",
            "MaxSubscriptionsPerSession",
            "MaxMonitoredItemsPerSubscription",
            "MaxMonitoredItemsQueueSize",
        )
    },
}
"""Node numbers of the base namespace (OPC 10000-5, 6.3.2 and 6.3.11), by the standard names."""
FACTS = {
    "product": ObjectIds.Server_ServerStatus_BuildInfo_ProductName,
    "product_uri": ObjectIds.Server_ServerStatus_BuildInfo_ProductUri,
    "manufacturer": ObjectIds.Server_ServerStatus_BuildInfo_ManufacturerName,
    "version": ObjectIds.Server_ServerStatus_BuildInfo_SoftwareVersion,
    "build": ObjectIds.Server_ServerStatus_BuildInfo_BuildNumber,
    "built": ObjectIds.Server_ServerStatus_BuildInfo_BuildDate,
    "state": ObjectIds.Server_ServerStatus_State,
    "started": ObjectIds.Server_ServerStatus_StartTime,
    "min_sample_rate_ms": ObjectIds.Server_ServerCapabilities_MinSupportedSampleRate,
    "profiles": ObjectIds.Server_ServerCapabilities_ServerProfileArray,
}
ASKED = 2 + len(OPERATION_LIMITS) + len(FACTS)
"""Items that are read to learn all this."""
LONGEST = 200
"""Characters kept of a text, and entries of a list, that a server says of itself."""


class Capabilities(NamedTuple):
    """A server's own word."""

    namespaces: tuple[str, ...]
    limits: dict[str, int]
    facts: ServerFacts


async def capabilities(reader: Reader) -> Capabilities:
    """Read it all; what is absent, Bad or of another type stays None."""
    numbers = [ObjectIds.Server_NamespaceArray, *OPERATION_LIMITS.values(), *FACTS.values()]
    wanted: list[Wanted] = [(ua.NodeId(ua.Int32(n)), AttributeIds.Value) for n in numbers]
    wanted.append((ua.NodeId(ua.Int32(ObjectIds.Server)), AttributeIds.EventNotifier))
    namespaces, *told, notifier = map(content, await reader.read(wanted))
    limits = dict(zip(OPERATION_LIMITS, told, strict=False))
    facts = dict(zip(FACTS, told[len(OPERATION_LIMITS) :], strict=True))
    return Capabilities(
        tuple(map(str, namespaces)) if isinstance(namespaces, list) else (),
        {name: int(v) for name, v in limits.items() if _is_number(v) and v > 0},
        ServerFacts(
            **{name: _plain(name, value) for name, value in facts.items() if name != "profiles"},
            profiles=_texts(facts["profiles"]),
            events=bool(notifier & SUBSCRIBE_TO_EVENTS) if isinstance(notifier, int) else None,
        ),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(name: str, value: Any) -> str | int | float | None:
    """One fact in the type that its field has; None for anything else."""
    if name in {"built", "started"}:
        return nanoseconds(value) if isinstance(value, datetime) else None
    if name == "state":
        known = set(ua.ServerState) if _is_number(value) else set()
        return ua.ServerState(value).name if value in known else None
    if name == "min_sample_rate_ms":
        fits = _is_number(value) or (isinstance(value, float) and math.isfinite(value))
        return float(value) if fits else None
    return value.strip()[:LONGEST] or None if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    found: Sequence[Any] = value if isinstance(value, list) else ()
    return tuple(v[:LONGEST] for v in found[:LONGEST] if isinstance(v, str) and v)
