"""Names for the request log: services, what was asked in counts, statuses. Never a value."""

from collections.abc import Hashable
from typing import Any

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds


def service(request: object) -> str:
    """The name of a request's service: 'Read' of a ReadRequest."""
    return type(request).__name__.removesuffix("Request")


def described(request: Any) -> tuple[str, Hashable]:
    """What the log says of a request (counts, never values), and which requests cost alike."""
    match request:
        case ua.ReadRequest():
            wanted = request.Parameters.NodesToRead
            attributes = sorted({int(item.AttributeId) for item in wanted})
            names = "+".join(AttributeIds(a).name for a in attributes)
            return f"{len(wanted)} x {names}", (names, len(wanted).bit_length())
        case ua.BrowseRequest():
            count = len(request.Parameters.NodesToBrowse)
            return f"{count} nodes", count.bit_length()
        case ua.BrowseNextRequest():
            count = len(request.Parameters.ContinuationPoints)
            return f"{count} continuation points", count.bit_length()
        case ua.CreateMonitoredItemsRequest():
            count = len(request.Parameters.ItemsToCreate)
            return f"{count} items", count.bit_length()
    return "", None


def status_name(code: int) -> str:
    """The name of a status code, or its number where the library knows no name."""
    try:
        return str(ua.StatusCode(ua.UInt32(code)).name)
    except Exception:  # the library's look-up raises for vendors' codes
        return f"0x{code:08X}"
