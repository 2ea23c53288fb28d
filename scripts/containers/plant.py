"""The simulated plant for other containers: what it serves on loopback answers at this container's address too.

The scope to sample it with from there is /tmp/plant/network.yaml; it comes last, once everything answers.
"""

import asyncio
import re
import signal
import socket
import sys
from pathlib import Path

from connectors.simulator import load_plant
from connectors.simulator.running import Running, start
from connectors.simulator.serve import DEMO

FOLDER = Path("/tmp/plant")
NAME = "plant"
"""As the compose file calls it."""


async def forward(running: Running) -> None:
    """Pass on what comes to this container's address, each port to the same one on loopback, until SIGTERM."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    own = socket.gethostbyname(socket.gethostname())
    for address in running.addresses.values():
        found = re.search(r"127\.0\.0\.1:(\d+)", address)
        if found:
            await _listen(own, int(found[1]))
    scope = running.scope_file.read_text("utf-8").replace("127.0.0.1", NAME)
    (FOLDER / "network.yaml").write_text(scope, "utf-8")
    sys.stdout.write("The simulated plant answers.\n")
    await ended.wait()


async def _listen(own: str, port: int) -> None:
    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass(reader, inner_writer), _pass(inner_reader, writer))

    await asyncio.start_server(passed_on, own, port)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:  # one side hung up; the other is told by closing
        pass
    finally:
        writer.close()


with start(load_plant(DEMO), FOLDER) as serving:
    asyncio.run(forward(serving))
