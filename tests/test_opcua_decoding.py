"""Our decoder of notifications held against the library's, and against bytes that no one would send."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from asyncua.ua.uaerrors import UaStatusCodeError
from hypothesis import given
from hypothesis import strategies as st

from connectors.opcua.decoding import Reported, published, republished
from connectors.opcua.reading import sample, status

WHOLE = {
    ua.VariantType.SByte: (-(2**7), 2**7 - 1),
    ua.VariantType.Byte: (0, 2**8 - 1),
    ua.VariantType.Int16: (-(2**15), 2**15 - 1),
    ua.VariantType.UInt16: (0, 2**16 - 1),
    ua.VariantType.Int32: (-(2**31), 2**31 - 1),
    ua.VariantType.UInt32: (0, 2**32 - 1),
    ua.VariantType.Int64: (-(2**63), 2**63 - 1),
    ua.VariantType.UInt64: (0, 2**64 - 1),
}
DATES = st.datetimes(datetime(1601, 1, 1), datetime(9999, 12, 30)).map(lambda d: d.replace(tzinfo=UTC))
VARIANTS = st.one_of(
    *(st.integers(*bounds).map(lambda v, k=kind: ua.Variant(v, k)) for kind, bounds in WHOLE.items()),
    st.floats(allow_nan=False).map(lambda v: ua.Variant(v, ua.VariantType.Double)),
    st.floats(width=32, allow_nan=False).map(lambda v: ua.Variant(v, ua.VariantType.Float)),
    st.booleans().map(lambda v: ua.Variant(v, ua.VariantType.Boolean)),
    st.text(max_size=1200).map(lambda v: ua.Variant(v, ua.VariantType.String)),
    st.text(max_size=20).map(lambda v: ua.Variant(ua.LocalizedText(v, "zh"), ua.VariantType.LocalizedText)),
    DATES.map(lambda v: ua.Variant(v, ua.VariantType.DateTime)),
    st.binary(max_size=9).map(lambda v: ua.Variant(v, ua.VariantType.ByteString)),
    st.uuids().map(lambda v: ua.Variant(UUID(str(v)), ua.VariantType.Guid)),
    st.lists(st.integers(0, 9), max_size=4).map(lambda v: ua.Variant(v, ua.VariantType.Int32, is_array=True)),
    st.just(ua.Variant(None, ua.VariantType.Null)),
)
VALUES = st.builds(
    ua.DataValue,
    Value=VARIANTS,
    StatusCode=st.none() | st.integers(0, 2**32 - 1).map(lambda code: ua.StatusCode(ua.UInt32(code))),
    SourceTimestamp=st.none() | DATES,
    ServerTimestamp=st.none() | DATES,
)


def answer(values: list[ua.DataValue], number: int = 1, more: bool = False) -> bytes:
    items = [ua.MonitoredItemNotification(ClientHandle=ua.UInt32(i), Value=v) for i, v in enumerate(values)]
    data = [ua.DataChangeNotification(MonitoredItems=items)] if values else []
    result = ua.PublishResult(
        SubscriptionId=ua.UInt32(7),
        AvailableSequenceNumbers=[ua.UInt32(1), ua.UInt32(3)],
        MoreNotifications=more,
        NotificationMessage=ua.NotificationMessage(SequenceNumber=ua.UInt32(number), NotificationData=data),
    )
    return struct_to_binary(ua.PublishResponse(Parameters=result))


def by_the_library(raw: bytes) -> list[Reported]:
    found = struct_from_binary(ua.PublishResponse, Buffer(raw)).Parameters.NotificationMessage.NotificationData
    result = []
    for item in (item for one in found for item in one.MonitoredItems):
        row = sample(0, item.Value, 0, 0)
        columns = (row.number, row.integer, row.flag, row.text) if row else None
        source, server = (row.source, row.server) if row else (None, None)
        result.append(Reported(item.ClientHandle, status(item.Value), source, server, columns))
    return result


@given(st.lists(VALUES, max_size=6), st.integers(1, 2**32 - 1), st.booleans())
def test_it_says_what_the_library_says(values: list[ua.DataValue], number: int, more: bool) -> None:
    raw = answer(values, number, more)
    made = published(Buffer(raw))
    assert (made.subscription, made.available, made.more) == (7, [1, 3], more)
    assert (made.news.number, made.news.data, made.news.ended) == (number, bool(values), None)
    assert made.news.values == by_the_library(raw)


@given(st.floats())
def test_what_is_no_number_stays_what_it_is(value: float) -> None:
    (one,) = published(Buffer(answer([ua.DataValue(ua.Variant(value, ua.VariantType.Double))]))).news.values
    assert one.columns and struct.pack("<d", one.columns[0]) == struct.pack("<d", value)


def test_picoseconds_stand_where_the_standard_puts_them() -> None:
    """Source time, its picoseconds, then server time (OPC 10000-6, 5.2.2.17); the library has another order."""
    ticks = [131_000_000_000_000_000, 131_000_000_010_000_000]
    raw = answer([ua.DataValue(ua.Variant(5, ua.VariantType.Int32), StatusCode=None)])
    plain = struct.pack("<BBi", 1, 6, 5)  # at its end: no status, no times
    at = raw.index(plain)
    with_times = struct.pack("<BBiqHqH", 0x3D, 6, 5, ticks[0], 1234, ticks[1], 4321)
    size = struct.unpack_from("<i", raw, at - 12)[0]
    longer = raw[: at - 12] + struct.pack("<i", size + 20) + raw[at - 8 : at] + with_times + raw[at + 6 :]
    (one,) = published(Buffer(longer)).news.values
    assert one.source is not None and one.server is not None and one.server - one.source == 10**9
    assert datetime.fromtimestamp(one.source // 10**9, UTC) == datetime(1601, 1, 1, tzinfo=UTC) + timedelta(
        seconds=ticks[0] // 10**7
    )


@given(st.lists(VALUES, min_size=1, max_size=3), st.data())
def test_bytes_that_make_no_sense_raise_and_nothing_else(values: list[ua.DataValue], draw: Any) -> None:
    raw = bytearray(answer(values))
    for _ in range(draw.draw(st.integers(1, 4))):
        raw[draw.draw(st.integers(4, len(raw) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.integers(0, len(raw)))
    for hostile in (bytes(raw), bytes(raw[:cut])):
        try:
            found = published(Buffer(hostile))
        except Exception:  # the caller takes any of them as a message that cannot be decoded
            continue
        assert len(found.news.values) <= len(hostile)


def test_a_refusal_is_raised_as_one_and_a_republished_message_is_read_alike() -> None:
    refusal = ua.PublishResponse()
    refusal.ResponseHeader.ServiceResult = ua.StatusCode(ua.UInt32(ua.StatusCodes.BadNoSubscription))
    with pytest.raises(UaStatusCodeError):
        published(Buffer(struct_to_binary(refusal)))
    again = ua.RepublishResponse(NotificationMessage=ua.NotificationMessage(SequenceNumber=ua.UInt32(9)))
    assert republished(Buffer(struct_to_binary(again))).number == 9
