"""SERVE OPC UA with asyncua: every second new values with source times and statuses of their own."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import numpy as np
from asyncua import ua
from asyncua.server import binary_server_asyncio
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds

from connectors.simulator.address_space import Node, build
from connectors.simulator.plant import OpcUaServer, SimulatedPlant
from connectors.simulator.recorder import Recorder
from connectors.simulator.requests import Recording, RecordingProcessor
from connectors.simulator.tags import SECOND, series

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The one place where asyncua makes its processors; they then see every request before it is carried out.
vars(binary_server_asyncio)["UaProcessor"] = RecordingProcessor


class Host:
    """One running server and the tick that moves its values."""

    def __init__(self, plant: SimulatedPlant, served: OpcUaServer, recorder: Recorder) -> None:
        self.plant, self.served = plant, served
        self.server = Server(iserver=Recording(served, recorder))
        self.nodes: list[Node] = []
        self._dropped = time.time_ns() // SECOND

    async def start(self) -> str:
        """Build the address space, listen, and return the address."""
        server, served = self.server, self.served
        await server.init()
        await server.set_application_uri(served.namespace + ":server")
        server.set_server_name(served.name)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        server.set_endpoint("opc.tcp://127.0.0.1:0/")
        self.nodes = await build(self.plant, served, server)
        await self.tick(time.time_ns())
        await server.start()
        assert server.bserver is not None
        return f"opc.tcp://127.0.0.1:{server.bserver.port}/"

    async def stop(self) -> None:
        await self.server.stop()

    async def tick(self, now: int) -> None:
        """Show what every tag shows now, and drop connections when their time has come."""
        space = self.server.iserver.aspace
        for node in self.nodes:
            value = data_value(self.plant, node, now)
            await space.write_attribute_value(node.id, AttributeIds.Value, value)
        drops = self.served.drops
        if drops and now // SECOND // drops > self._dropped // drops:
            for client in list(self.server.bserver.clients if self.server.bserver else ()):
                if client.transport:
                    client.transport.abort()
        self._dropped = now // SECOND


def data_value(plant: SimulatedPlant, node: Node, now: int) -> ua.DataValue:
    """One tag as the wire has it."""
    found = series(plant, node.shown, np.array([now], dtype=np.int64))
    status = int(found.status[0])
    value: Any = found.values[0]
    variant = node.variant(value) if not status & 0x80000000 else ua.Variant(None, ua.VariantType.Null)
    return ua.DataValue(
        variant,
        ua.StatusCode(ua.UInt32(status)),
        SourceTimestamp=moment(int(found.source[0])),
        ServerTimestamp=moment(now // SECOND * SECOND),
    )


def moment(time_ns: int) -> ua.DateTime:
    """A datetime without loss of microseconds."""
    return cast(ua.DateTime, _EPOCH + timedelta(microseconds=time_ns // 1000))


async def keep_ticking(hosts: list[Host]) -> None:
    """On every full second, until cancelled."""
    while True:
        await asyncio.sleep(1.0 - time.time() % 1.0 + 0.001)
        for host in hosts:
            await host.tick(time.time_ns())
