"""SERVE a part of a plant in a process of its own, until its parent closes the pipe."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from connectors.simulator import modbus_server, opcua_server, silent
from connectors.simulator.loading import load_plant
from connectors.simulator.plant import ModbusServer, OpcUaServer, SilentServer, SimulatedPlant
from connectors.simulator.recorder import Recorder


async def _opcua(
    plant: SimulatedPlant, served: list[OpcUaServer], recorder: Recorder, addresses: dict[str, str]
) -> Callable[[], Awaitable[None]]:
    hosts = [opcua_server.Host(plant, server, recorder) for server in served]
    for host in hosts:
        addresses[host.served.endpoint] = await host.start()
    ticking = asyncio.create_task(opcua_server.keep_ticking(hosts))

    async def stop() -> None:
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
        await asyncio.gather(*(host.stop() for host in hosts))

    return stop


async def _others(
    plant: SimulatedPlant,
    served: list[ModbusServer | SilentServer],
    recorder: Recorder,
    addresses: dict[str, str],
) -> Callable[[], Awaitable[None]]:
    closing: list[Callable[[], None]] = []
    listeners: list[modbus_server.Listener] = []
    for server in served:
        if isinstance(server, ModbusServer):
            listener, addresses[server.endpoint] = await modbus_server.serve(plant, server, recorder)
            listeners.append(listener)
        else:
            close, address = await silent.serve(server, recorder)
            opcua = plant.endpoint(server).protocol == "opcua"
            addresses[server.endpoint] = f"opc.tcp://{address}/" if opcua else address
            closing.append(close)

    async def stop() -> None:
        for close in closing:
            close()
        for listener in listeners:
            await listener.shutdown()  # type: ignore[no-untyped-call]

    return stop


@contextlib.asynccontextmanager
async def serving(
    plant: SimulatedPlant, endpoints: list[str], recorder: Recorder
) -> AsyncIterator[dict[str, str]]:
    """Serve these endpoints; yields their addresses."""
    addresses: dict[str, str] = {}
    servers = [s for s in plant.servers if s.endpoint in endpoints]
    opcua = [s for s in servers if isinstance(s, OpcUaServer)]
    others = [s for s in servers if not isinstance(s, OpcUaServer)]
    stops = []
    if opcua:
        stops.append(await _opcua(plant, opcua, recorder, addresses))
    if others:
        stops.append(await _others(plant, others, recorder, addresses))
    try:
        yield addresses
    finally:
        for stop in stops:
            await stop()


async def _run(file: Path, endpoints: list[str], record: Path) -> None:
    """Say the addresses on stdout as one line of JSON, then serve until stdin ends."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def watch() -> None:
        while os.read(0, 4096):
            pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch, daemon=True).start()
    recorder = Recorder(record)
    gc.disable()  # building an address space makes 100,000 objects that stay: collecting doubles its time
    try:
        async with serving(load_plant(file), endpoints, recorder) as addresses:
            gc.freeze()
            gc.enable()
            sys.stdout.write(json.dumps(addresses) + "\n")
            sys.stdout.flush()
            await ended.wait()
    finally:
        recorder.close()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(_run(Path(sys.argv[1]), sys.argv[2].split(","), Path(sys.argv[3])))
