"""Servers whose values tell whether they are right: `sevens.py opcua|leaping|native|modbus [host]`. Simulated.

The value of point i is always STEP × turn + i, and turns only grow: an answer meant for another point, one put
together from two, or an older one taken for new, shows. Those of OPC UA count the sessions they hold where the
standard says so (`COUNTED`); the clock of 'leaping' leaps by an hour once it has had a subscription for a while.
Prints its address; ends when its input closes.
"""

import asyncio
import json
import struct
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from asyncua import Server, ua

from tests.servers.opcua_small import free_port

STEP, POINTS = 65521, 6
"""A prime, and how many points; as u32 registers they are ten apart."""
BEGAN = time.monotonic()
COUNTED = {"sessions": 2277, "subscriptions": 2285}
"""Node ids of CurrentSessionCount and CurrentSubscriptionCount (OPC 10000-5, 6.3.3)."""
LEAP, LEAP_AFTER = timedelta(hours=1), 3.0


def held(point: int) -> int:
    """What a point holds just now."""
    return STEP * (1 + int((time.monotonic() - BEGAN) * 5)) + point


def wrong(values: Mapping[int, Sequence[int]]) -> list[str]:
    """By point: values that it never had, or not in this order."""
    faults = [f"point {i}: {v}" for i, found in values.items() for v in found if (v - i) % STEP or v < STEP]
    for i, found in values.items():
        faults += [f"point {i}: {b} after {a}" for a, b in pairwise(found) if b < a]
    return faults


async def leaping(host: str) -> str:
    """Its clock is set while values are sampled."""
    return await opcua(host, leaps=True)


async def opcua(host: str, leaps: bool = False) -> str:
    port = free_port()
    server: Any = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://{host}:{port}/")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    own = await server.register_namespace("urn:test:sevens")
    nodes = [
        await server.nodes.objects.add_variable(
            ua.NodeId(f"point{i}", own), f"{own}:point{i}", held(i), varianttype=ua.VariantType.Int64
        )
        for i in range(POINTS)
    ]
    await server.start()

    counted = {name: server.get_node(ua.NodeId(number)) for name, number in COUNTED.items()}
    watched_since: list[float] = []

    async def count() -> None:
        inside = server.iserver
        found = inside.subscription_service.subscriptions
        if found and not watched_since:
            watched_since.append(time.monotonic())
        for name, held_ in (("sessions", inside._external_sessions), ("subscriptions", found)):
            await counted[name].write_value(len(held_), ua.VariantType.UInt32)

    def now() -> datetime:
        leapt = leaps and watched_since and time.monotonic() > watched_since[0] + LEAP_AFTER
        return datetime.now(UTC) + (LEAP if leapt else timedelta(0))

    async def move() -> None:
        while True:
            for i, node in enumerate(nodes):
                value = ua.Variant(held(i), ua.VariantType.Int64)
                await node.write_value(ua.DataValue(value, SourceTimestamp=now(), ServerTimestamp=now()))
            await count()
            await asyncio.sleep(0.2)

    server.moving = asyncio.create_task(move())
    KEPT.append(server)
    return f"opc.tcp://{host}:{port}/"


KEPT: list[Any] = []


async def native(host: str) -> str:
    """On the stack of the package o6, which keeps queues and marks what overflows as the standard asks."""
    import o6  # noqa: PLC0415 - a test may do without it

    port = free_port()
    server = await o6.Server(port=port).__aenter__()
    nodes = [
        await server.addVariable(f"point{i}", server.objectsNode, o6.Int64(held(i)), writable=False)
        for i in range(POINTS)
    ]

    async def move() -> None:
        while True:
            for i, node in enumerate(nodes):
                await node(o6.Int64(held(i)))
            await asyncio.sleep(0.2)

    server.moving = asyncio.create_task(move())
    KEPT.append(server)
    return f"opc.tcp://{host}:{port}/"


def answer(pdu: bytes) -> bytes:
    if pdu[0] != 3:
        return bytes([pdu[0] | 0x80, 1])
    start, count = struct.unpack(">HH", pdu[1:5])
    words = {10 * i + j: w for i in range(POINTS) for j, w in enumerate(divmod(held(i), 65536))}
    found = [words.get(start + i) for i in range(count)]
    if None in found:
        return bytes([pdu[0] | 0x80, 2])
    return bytes([3, 2 * count]) + struct.pack(f">{count}H", *found)


async def device(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while header := await reader.readexactly(7):
            tid, _, size, unit = struct.unpack(">HHHB", header)
            pdu = answer(await reader.readexactly(size - 1))
            writer.write(struct.pack(">HHHB", tid, 0, len(pdu) + 1, unit) + pdu)
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        writer.close()


async def modbus(host: str) -> str:
    server = await asyncio.start_server(device, host, 0)
    return f"{host}:{server.sockets[0].getsockname()[1]}"


async def main(kind: str, host: str) -> None:
    address = await {"opcua": opcua, "leaping": leaping, "native": native, "modbus": modbus}[kind](host)
    sys.stdout.write(json.dumps({"address": address}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    for server in KEPT:
        server.moving.cancel()
        await server.__aexit__(None, None, None)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] if sys.argv[2:] else "127.0.0.1"))
