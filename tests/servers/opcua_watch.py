"""The small OPC UA server with trouble in its subscriptions: `opcua_watch.py LOG [what ...]`.

Simulated. `what` as for opcua_small.py, and: 'unsupported' refuses subscriptions; 'crowded' watches three items
and refuses the rest; 'mute' watches three items and forgets the rest without a word, as some controllers do beyond
a thousand; 'deaf' refuses every Publish; 'shifted' puts another namespace before its own, as a restart may.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.server.monitored_item_service import MonitoredItemService
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.uaerrors import BadServiceUnsupported

from tests.servers.opcua_small import main

WATCHED = 3


def refuse(request: int) -> None:
    inner = UaProcessor._process_message

    async def process(self: Any, typeid: Any, *rest: Any) -> Any:
        if typeid.Identifier == request:
            raise BadServiceUnsupported
        return await inner(self, typeid, *rest)

    UaProcessor._process_message = process


def watch_few(mute: bool) -> None:
    inner = MonitoredItemService._create_data_change_monitored_item

    async def create(self: Any, params: Any) -> Any:
        if len(self._monitored_items) < WATCHED:
            return await inner(self, params)
        result, _ = self._make_monitored_item_common(params)
        if not mute:
            result.StatusCode = ua.StatusCode(ua.StatusCodes.BadTooManyMonitoredItems)
        return result

    MonitoredItemService._create_data_change_monitored_item = create


def shift() -> None:
    inner = Server.register_namespace

    async def register(self: Any, name: str) -> int:
        if name == "urn:test:small":
            await inner(self, "urn:test:other")
        return await inner(self, name)

    Server.register_namespace = register


if __name__ == "__main__":
    log, what = Path(sys.argv[1]), sys.argv[2:]
    if "unsupported" in what:
        refuse(ua.ObjectIds.CreateSubscriptionRequest_Encoding_DefaultBinary)
    if "deaf" in what:
        refuse(ua.ObjectIds.PublishRequest_Encoding_DefaultBinary)
    if "crowded" in what or "mute" in what:
        watch_few("mute" in what)
    if "shifted" in what:
        shift()
    asyncio.run(main(log, what))
