"""Reading attributes and values in batches: one value that cannot be decoded costs only itself."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import UaStatusCodeError

from assessor.domain import GOOD, Sample
from connectors.guard import Forbidden, Open

T = TypeVar("T")
Wanted = tuple[ua.NodeId, AttributeIds]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 2**63 - 1
LONGEST_TEXT = 1000
"""Characters kept of a text value."""
TOO_MUCH = frozenset(
    {
        StatusCodes.BadTooManyOperations,
        StatusCodes.BadResponseTooLarge,
        StatusCodes.BadRequestTooLarge,
        StatusCodes.BadEncodingLimitsExceeded,
    }
)
"""Statuses of a whole call that asked for more than the server takes."""
SESSION_LOST = frozenset(
    {
        StatusCodes.BadSessionIdInvalid,
        StatusCodes.BadSessionClosed,
        StatusCodes.BadSessionNotActivated,
        StatusCodes.BadSecureChannelClosed,
        StatusCodes.BadSecureChannelIdInvalid,
        StatusCodes.BadConnectionClosed,
        StatusCodes.BadServerHalted,
        StatusCodes.BadShutdown,
    }
)
"""Statuses of a whole call after which the session has to be opened anew."""
BARRED = frozenset({StatusCodes.BadUserAccessDenied, StatusCodes.BadSecurityModeInsufficient})
"""Statuses of a value that another session, with more rights or better security, would not get."""
OF_OUR_SESSION = BARRED | {StatusCodes.BadNotReadable}
"""Statuses of a value that speak of access to it, not of the machine."""
SPLITS = 200
"""Requests that a reader spends at most on finding what in a batch cannot be decoded."""


class Reader:
    """Reads in batches that the server and the limits allow.

    A batch that cannot be decoded is halved until what spoils it stands alone; that is remembered and not
    asked for again. `batch` grows smaller where the server says that it was too large.
    """

    def __init__(self, uaclient: UaClient, batch: int, alive: Callable[[], bool]) -> None:
        self._uaclient, self.batch, self._alive = uaclient, batch, alive
        self._odd: set[Wanted] = set()
        self._splits = SPLITS

    async def read(
        self, wanted: Sequence[Wanted], timestamps: ua.TimestampsToReturn = ua.TimestampsToReturn.Neither
    ) -> list[ua.DataValue | None]:
        """One answer for each item; None where it could not be decoded, or was not asked for any more."""
        asked = [w for w in wanted if w not in self._odd]
        known = dict(zip(asked, await self._parts(asked, timestamps), strict=False))
        return [known.get(w) for w in wanted]

    async def _parts(
        self, wanted: Sequence[Wanted], timestamps: ua.TimestampsToReturn
    ) -> list[ua.DataValue | None]:
        """Answers batch by batch, as far as we may go on."""
        answers: list[ua.DataValue | None] = []
        while len(answers) < len(wanted) and self._alive():
            answers += await self._call(wanted[len(answers) : len(answers) + self.batch], timestamps)
        return answers + [None] * (len(wanted) - len(answers))

    async def values(self, nodes: Sequence[ua.NodeId]) -> list[ua.DataValue | None]:
        """Current values with both timestamps, not older than now as far as the server can."""
        return await self.read([(n, AttributeIds.Value) for n in nodes], ua.TimestampsToReturn.Both)

    async def _call(
        self, wanted: Sequence[Wanted], timestamps: ua.TimestampsToReturn
    ) -> list[ua.DataValue | None]:
        try:
            answers = await self._uaclient.read(_parameters(wanted, timestamps))
        except (OSError, Open, Forbidden):  # a time-out is an OSError too
            raise
        except UaStatusCodeError as problem:
            if problem.code in SESSION_LOST:
                raise
            if len(wanted) == 1:
                return [ua.DataValue(StatusCode=ua.StatusCode(ua.UInt32(problem.code)))]
            if problem.code in TOO_MUCH:
                self.batch = max(1, min(self.batch, len(wanted)) // 2)
                return await self._parts(wanted, timestamps)
            return await self._halves(wanted, timestamps)
        except Exception:  # whatever the decoder raises on bytes that it does not understand
            if len(wanted) > 1:
                return await self._halves(wanted, timestamps)
            self._odd.update(wanted)
            return [None]
        if len(answers) != len(wanted):
            raise ConnectionError(f"{len(answers)} answers to {len(wanted)} questions")
        return list(answers)

    async def _halves(
        self, wanted: Sequence[Wanted], timestamps: ua.TimestampsToReturn
    ) -> list[ua.DataValue | None]:
        if self._splits <= 0:
            return [None] * len(wanted)
        self._splits -= 1
        half = len(wanted) // 2
        return await self._call(wanted[:half], timestamps) + await self._call(wanted[half:], timestamps)


def parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """So many at a time, for what is to be let go before the next is asked for."""
    return (items[first : first + size] for first in range(0, len(items), size))


def _parameters(wanted: Sequence[Wanted], timestamps: ua.TimestampsToReturn) -> ua.ReadParameters:
    items = [ua.ReadValueId(NodeId=node, AttributeId=ua.UInt32(attribute)) for node, attribute in wanted]
    return ua.ReadParameters(MaxAge=ua.Double(0), TimestampsToReturn=timestamps, NodesToRead=items)


def content(answer: ua.DataValue | None) -> Any:
    """The value of a good answer, else None."""
    if answer is None or answer.Value is None or status(answer) & 0xC0000000 != GOOD:
        return None
    return answer.Value.Value


def status(answer: ua.DataValue) -> int:
    """The full 32 bits; an absent status means Good (OPC 10000-6, 5.2.2.17)."""
    return int(answer.StatusCode.value) if answer.StatusCode is not None else GOOD


def nanoseconds(moment: datetime | None) -> int | None:
    """Time in ns UTC; None where the server gave none, or one that 64 bits cannot hold (year 1601)."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    result = (aware - EPOCH) // timedelta(microseconds=1) * 1000
    return result if abs(result) <= LARGEST else None


def sample(tag: int, answer: ua.DataValue, receive: int, mono: int) -> Sample | None:
    """One row; None where the value is no single number, truth value or text."""
    columns: dict[str, Any] = {}
    if answer.Value is not None and answer.Value.Value is not None:
        typed = None if answer.Value.is_array else _column(answer.Value.Value)
        if typed is None:
            return None
        columns = dict([typed])
    return Sample(
        tag=tag,
        source=nanoseconds(answer.SourceTimestamp),
        server=nanoseconds(answer.ServerTimestamp),
        receive=receive,
        mono=mono,
        status=status(answer),
        **columns,
    )


def _column(value: Any) -> tuple[str, Any] | None:
    """Which column a value belongs to."""
    if isinstance(value, bool):
        return "flag", value
    if isinstance(value, int):
        return ("integer", int(value)) if abs(value) <= LARGEST else ("number", float(value))
    if isinstance(value, float):
        return "number", value
    if isinstance(value, ua.LocalizedText):
        return "text", (value.Text or "")[:LONGEST_TEXT]
    if isinstance(value, datetime):
        return "text", value.isoformat()
    if isinstance(value, str | UUID):
        return "text", str(value)[:LONGEST_TEXT]
    return None
