"""One subscription on the wire: made, filled, drained message by message, counted, and removed.

We send the requests ourselves. The library's own subscriptions start a task for each value and drop from full
queues without a word; here the next Publish goes out only when the last message has been taken in, so that what
we cannot keep up with waits in the server's queues, and the server says so when they overflow.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaStatusCodeError

from assessor.domain import Limits
from connectors.guard import Forbidden, Open
from connectors.opcua.decoding import News, Reported, published, republished
from connectors.opcua.reading import SESSION_LOST
from connectors.opcua.wire import ReadOnlyClient

QUEUE = 4
"""Values that the server is asked to hold of each item: a message may be three intervals late and none is lost."""
KEEP_ALIVE = 10.0
"""Seconds without news after which the server is asked to say that it is there."""
MOST_REPUBLISHED = 50
"""Messages asked for again at a time."""
NUMBERS = 2**32
AGAIN = frozenset({StatusCodes.BadTimeout, StatusCodes.BadTooManyPublishRequests})
"""Refusals of a Publish that mean no more than: send another."""
MOST_AGAIN = 5


class Undecodable(ConnectionError):
    """An answer whose bytes make no sense."""


class Watched(NamedTuple):
    """One item as the server made it: its status, and the interval (ms) and queue it granted."""

    status: int
    interval_ms: float
    queue: int


class Delivery(NamedTuple):
    """What one Publish brought."""

    values: list[Reported]
    more: bool
    missing: int = 0
    """Messages that were sent and are gone."""
    undecodable: bool = False
    ended: int | None = None
    """The status with which the server ended the subscription."""


class Subscription:
    """Of one session, for values only; every change of value, status or source time is reported."""

    def __init__(self, client: ReadOnlyClient, limits: Limits, items: int) -> None:
        self._client, self._limits = client, limits
        self._id: int | None = None
        self._due = 1
        self._acknowledge: list[int] = []
        self._spacing = limits.sampling_interval / (math.ceil(items / limits.max_nodes_per_call) + 1)
        self._sent = 0.0
        self.publishing = self.keep_alive = self.lifetime = limits.sampling_interval
        """Seconds, as revised."""

    async def create(self) -> None:
        """CreateSubscription; what the server makes of our wishes is on the attributes afterwards."""
        interval = self._limits.sampling_interval
        alive = max(1, round(KEEP_ALIVE / interval))
        request = ua.CreateSubscriptionRequest()
        request.Parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=ua.Double(1000 * interval),
            RequestedLifetimeCount=ua.UInt32(max(3 * alive, math.ceil(self._limits.session_timeout / interval))),
            RequestedMaxKeepAliveCount=ua.UInt32(alive),
            MaxNotificationsPerPublish=ua.UInt32(0),
            PublishingEnabled=True,
            Priority=ua.Byte(0),
        )
        made = await self._call(request, ua.CreateSubscriptionResponse)
        self._id = made.Parameters.SubscriptionId
        revised = made.Parameters.RevisedPublishingInterval / 1000
        self.publishing = revised if math.isfinite(revised) and revised > 0 else interval
        self.keep_alive = self.publishing * max(made.Parameters.RevisedMaxKeepAliveCount, 1)
        self.lifetime = self.publishing * max(made.Parameters.RevisedLifetimeCount, 1)

    async def add(self, items: Sequence[tuple[int, ua.NodeId]]) -> list[Watched]:
        """CreateMonitoredItems, halved where the server finds them too many; one answer for each."""
        request = ua.CreateMonitoredItemsRequest()
        request.Parameters = ua.CreateMonitoredItemsParameters(
            SubscriptionId=ua.UInt32(self._id or 0),
            TimestampsToReturn=ua.TimestampsToReturn.Both,
            ItemsToCreate=[self._item(handle, node) for handle, node in items],
        )
        try:
            made = await self._call(request, ua.CreateMonitoredItemsResponse)
        except UaStatusCodeError as problem:
            if problem.code in SESSION_LOST or problem.code == StatusCodes.BadSubscriptionIdInvalid:
                raise
            if len(items) == 1:
                return [Watched(problem.code, 0, 0)]
            half = len(items) // 2
            return await self.add(items[:half]) + await self.add(items[half:])
        if len(made.Results) != len(items):
            raise ConnectionError(f"{len(made.Results)} answers to {len(items)} items")
        return [
            Watched(int(r.StatusCode.value), self._interval(r.RevisedSamplingInterval), int(r.RevisedQueueSize))
            for r in made.Results
        ]

    def _interval(self, revised: float) -> float:
        """In ms, as revised; the one we asked for where the answer is no interval."""
        return float(revised) if math.isfinite(revised) and revised > 0 else 1000 * self._limits.sampling_interval

    def _item(self, handle: int, node: ua.NodeId) -> ua.MonitoredItemCreateRequest:
        filter_ = ua.DataChangeFilter(
            Trigger=ua.DataChangeTrigger.StatusValueTimestamp,
            DeadbandType=ua.UInt32(0),
            DeadbandValue=ua.Double(0),
        )
        wanted = ua.MonitoringParameters(
            ClientHandle=ua.UInt32(handle),
            SamplingInterval=ua.Double(1000 * self._limits.sampling_interval),
            Filter=filter_,  # the library encodes it as the extension object it is
            QueueSize=ua.UInt32(QUEUE),
            DiscardOldest=True,
        )
        return ua.MonitoredItemCreateRequest(
            ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=ua.UInt32(AttributeIds.Value)),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=wanted,
        )

    async def next(self) -> Delivery:
        """Wait for the next message. TimeoutError where not even a keep-alive came."""
        for attempt in range(MOST_AGAIN):
            await asyncio.sleep(max(0.0, self._sent + self._spacing - time.monotonic()))
            self._sent = time.monotonic()
            acknowledged = [
                ua.SubscriptionAcknowledgement(
                    SubscriptionId=ua.UInt32(self._id or 0), SequenceNumber=ua.UInt32(n)
                )
                for n in self._acknowledge
            ]
            try:
                answer = await self._client.uaclient.held_publish(
                    acknowledged, self.keep_alive + self._limits.timeout
                )
            except UaStatusCodeError as problem:
                if problem.code not in AGAIN or attempt == MOST_AGAIN - 1:
                    raise
                await asyncio.sleep(self.publishing)
                continue
            self._acknowledge = []
            return await self._delivery(answer)
        raise TimeoutError

    async def _delivery(self, answer: Buffer) -> Delivery:
        try:
            made = published(answer)
        except UaStatusCodeError:
            raise
        except Exception:  # whatever the decoder raises on bytes that it does not understand; it held data
            self._took(self._due)
            return Delivery([], False, undecodable=True)
        if made.subscription != self._id:
            return Delivery([], made.more)
        earlier, missing, known = await self._in_order(made.news, made.available)
        news = [*earlier, *(() if known else (made.news,))]
        values = [value for one in news for value in one.values]
        ended = next((one.ended for one in news if one.ended is not None), None)
        return Delivery(values, made.more, missing, ended=ended)

    async def _in_order(self, news: News, available: Sequence[int]) -> tuple[list[News], int, bool]:
        """The missing messages before this one, how many of them are gone, and whether this one is known already.

        A keep-alive carries the number that comes next and uses it not up (OPC 10000-4, 5.14.1.1).
        """
        ahead = (news.number - self._due) % NUMBERS
        if ahead >= NUMBERS // 2:
            return [], 0, news.data
        again = sorted(n for n in set(available) if (n - self._due) % NUMBERS < ahead)[:MOST_REPUBLISHED]
        found = [earlier for n in again if (earlier := await self._republish(n)) is not None]
        if news.data:
            self._took(news.number)
        else:
            self._due = news.number
        return found, ahead - len(found), False

    def _took(self, number: int) -> None:
        """A message is in our hands; after the greatest number comes 1."""
        self._acknowledge.append(number)
        self._due = number % (NUMBERS - 1) + 1

    async def _republish(self, number: int) -> News | None:
        """A message once more; None where the server does not hold it any longer."""
        request = ua.RepublishRequest()
        request.Parameters = ua.RepublishParameters(
            SubscriptionId=ua.UInt32(self._id or 0), RetransmitSequenceNumber=ua.UInt32(number)
        )
        try:
            news = republished(await self._client.uaclient._send_request(request))
        except UaStatusCodeError as problem:
            if problem.code in SESSION_LOST:
                raise
            return None
        except (OSError, Open, Forbidden):
            raise
        except Exception:  # whatever the decoder raises
            return None
        if news.number != number:
            return None
        self._acknowledge.append(number)
        return news

    async def delete(self) -> None:
        """Remove it from the server; closing the session does the same."""
        if self._id is not None:
            request = ua.DeleteSubscriptionsRequest()
            request.Parameters.SubscriptionIds = [ua.UInt32(self._id)]
            self._id = None
            await self._call(request, ua.DeleteSubscriptionsResponse)

    async def _call(self, request: object, answer: type) -> Any:
        data = await self._client.uaclient._send_request(request)
        try:
            response: Any = struct_from_binary(answer, data)
        except Exception as problem:
            raise Undecodable(type(request).__name__) from problem
        response.ResponseHeader.ServiceResult.check()
        return response
