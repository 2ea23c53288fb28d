"""What only an agent's documents have: their errors and their timestamps."""

from datetime import UTC, datetime, timedelta

from assessor.domain import Time
from assessor.markup import Element

LARGEST = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def errors(root: Element) -> list[str]:
    """The error codes of an error document, such as OUT_OF_RANGE; none for any other document."""
    if root.name != "MTConnectError":
        return []
    held = [root, *(e for errors in root.all("Errors") for e in errors.children), *root.all("Error")]
    return [e.attributes["errorCode"] for e in held if "errorCode" in e.attributes] or ["?"]


def moment(text: str | None) -> Time | None:
    """ns UTC of a timestamp; None for one that does not say where, is none, or that 64 bits cannot hold."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if found.tzinfo is None:
        return None
    result = (found - EPOCH) // timedelta(microseconds=1) * 1000
    return result if abs(result) <= LARGEST else None
