"""Notification messages from their bytes, by hand: reported values straight into columns, one pass, no objects.

The library's decoder builds seven objects for each value and takes a whole core for 40,000 values a second.
Scalars of the common types are decoded here (OPC 10000-6, 5.2.2); any other value is left to the library.
"""

import struct
from typing import Any, NamedTuple

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary

from connectors.opcua.reading import LARGEST, LONGEST_TEXT, sample, status

Columns = tuple[float | None, int | None, bool | None, str | None]
"""Number, integer, flag, text: at most one is there, as in a Sample."""
NOTHING: Columns = (None, None, None, None)
EPOCH = 11_644_473_600 * 10**9
"""ns from 1601, where OPC UA begins to count, to 1970."""
BOOLEAN, FLOAT, DOUBLE, STRING, DATE_TIME, LOCALIZED_TEXT = 1, 10, 11, 12, 13, 21
NUMBERS = {
    kind: struct.Struct("<" + code)
    for kind, code in {BOOLEAN: "?", 2: "b", 3: "B", 4: "h", 5: "H", 6: "i", 7: "I", 8: "q", 9: "Q",
                       FLOAT: "f", DOUBLE: "d"}.items()
}  # fmt: skip
INT32, UINT32, INT64 = struct.Struct("<i"), struct.Struct("<I"), struct.Struct("<q")


class Reported(NamedTuple):
    """One value of one item. Times in ns UTC; columns None where it is neither number, truth value nor text."""

    handle: int
    status: int
    source: int | None
    server: int | None
    columns: Columns | None


class News(NamedTuple):
    """One notification message."""

    number: int
    data: bool
    """Does it carry notifications, or only say that the server is there?"""
    values: list[Reported]
    ended: int | None
    """The status with which the subscription ended."""


class Published(NamedTuple):
    """What one Publish brought."""

    subscription: int
    available: list[int]
    more: bool
    news: News


def published(answer: Buffer) -> Published:
    """A PublishResponse. Raises whatever its bytes provoke; UaStatusCodeError where it is a refusal."""
    data, pos = _body(answer)
    (subscription,), pos = UINT32.unpack_from(data, pos), pos + 4
    (count,), pos = INT32.unpack_from(data, pos), pos + 4
    available = list(struct.unpack_from(f"<{max(count, 0)}I", data, pos))
    pos += 4 * len(available)
    return Published(subscription, available, data[pos] != 0, _news(data, pos + 1))


def republished(answer: Buffer) -> News:
    """A RepublishResponse; raises as `published` does."""
    return _news(*_body(answer))


def _body(answer: Buffer) -> tuple[bytes, int]:
    """The bytes of an answer and where its parameters begin."""
    data = bytes(answer)
    rest = Buffer(data)
    nodeid_from_binary(rest)
    struct_from_binary(ua.ResponseHeader, rest).ServiceResult.check()
    return data, rest.cur_pos


def _news(data: bytes, pos: int) -> News:
    (number,), (count,), pos = UINT32.unpack_from(data, pos), INT32.unpack_from(data, pos + 12), pos + 16
    values: list[Reported] = []
    ended = None
    for _ in range(count):
        head = Buffer(data, pos)
        kind, _encoding = nodeid_from_binary(head).Identifier, head.read(1)
        (size,), pos = INT32.unpack_from(data, head.cur_pos), head.cur_pos + 4
        if kind == ObjectIds.DataChangeNotification_Encoding_DefaultBinary:
            _changes(data, pos, values)
        elif kind == ObjectIds.StatusChangeNotification_Encoding_DefaultBinary:
            (ended,) = UINT32.unpack_from(data, pos)
        pos += max(size, 0)
    return News(number, count > 0, values, ended)


def _changes(data: bytes, pos: int, values: list[Reported]) -> None:
    (count,), pos = INT32.unpack_from(data, pos), pos + 4
    for _ in range(count):
        (handle,) = UINT32.unpack_from(data, pos)
        known = _data_value(handle, data, pos + 4)
        if known is None:
            rest = Buffer(data, pos + 4)
            known = _of_library(handle, struct_from_binary(ua.DataValue, rest)), rest.cur_pos
        values.append(known[0])
        pos = known[1]


def _of_library(handle: int, value: ua.DataValue) -> Reported:
    row = sample(0, value, 0, 0)
    if row is None:
        return Reported(handle, status(value), None, None, None)
    return Reported(handle, row.status, row.source, row.server, (row.number, row.integer, row.flag, row.text))


def _data_value(handle: int, data: bytes, pos: int) -> tuple[Reported, int] | None:
    """One value and where the next begins; None where it is left to the library."""
    mask, pos = data[pos], pos + 1
    columns: Columns = NOTHING
    if mask & 1:
        read = _variant(data, pos)
        if read is None:
            return None
        columns, pos = read
    status, source, server = 0, None, None
    if mask & 2:
        (status,), pos = UINT32.unpack_from(data, pos), pos + 4
    if mask & 4:
        source, pos = _time(data, pos), pos + 8
    if mask & 16:
        pos += 2
    if mask & 8:
        server, pos = _time(data, pos), pos + 8
    if mask & 32:
        pos += 2
    return Reported(handle, status, source, server, columns), pos


def _variant(data: bytes, pos: int) -> tuple[Columns, int] | None:
    kind, pos = data[pos], pos + 1
    number = NUMBERS.get(kind)
    if number is not None:
        return _number(kind, number.unpack_from(data, pos)[0]), pos + number.size
    if kind == STRING:
        text, pos = _text(data, pos)
        return (NOTHING if text is None else (None, None, None, text[:LONGEST_TEXT])), pos
    if kind == LOCALIZED_TEXT:
        parts, pos, text = data[pos], pos + 1, None
        if parts & 1:
            _, pos = _text(data, pos)
        if parts & 2:
            text, pos = _text(data, pos)
        return (None, None, None, (text or "")[:LONGEST_TEXT]), pos
    if kind == DATE_TIME:
        moment = ua.win_epoch_to_datetime(INT64.unpack_from(data, pos)[0])
        return (None, None, None, moment.isoformat()), pos + 8
    return (NOTHING, pos) if kind == 0 else None


def _number(kind: int, value: Any) -> Columns:
    if kind == BOOLEAN:
        return None, None, value, None
    if kind >= FLOAT or abs(value) > LARGEST:
        return float(value), None, None, None
    return None, value, None, None


def _text(data: bytes, pos: int) -> tuple[str | None, int]:
    (size,), pos = INT32.unpack_from(data, pos), pos + 4
    if size == -1:
        return None, pos
    if size < 0 or pos + size > len(data):
        raise ValueError("a text that is longer than its message")
    return data[pos : pos + size].decode("utf-8", "surrogateescape"), pos + size


def _time(data: bytes, pos: int) -> int | None:
    """In ns UTC to the microsecond; None for what 64 bits cannot hold: the year 1601 means that there is none."""
    (ticks,) = INT64.unpack_from(data, pos)
    result: int = ticks // 10 * 1000 - EPOCH
    return result if ticks >= 0 and abs(result) <= LARGEST else None
