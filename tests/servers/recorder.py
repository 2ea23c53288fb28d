"""A recording proxy on the wire: passes bytes on and writes down what each client frame asks for.

Runs in a process of its own: reads {"name": "host:port", ...} as one line of JSON from standard input, prints
{"name": "127.0.0.1:port", ...}, serves until its input closes. A line of JSON a frame goes to the file:
endpoint, service, monotonic time (ns), bytes of the frame, bytes answered on its connection since the frame
before it, number of its connection. What the frames are is told from the bytes, by `tests.servers.frames`.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TextIO

from tests.servers.frames import Requests

NUMBERS = count(1)


@dataclass
class Connection:
    """What one connection has asked and been answered."""

    endpoint: str
    log: TextIO
    requests: Requests = field(default_factory=Requests)
    number: int = field(default_factory=lambda: next(NUMBERS))
    answered: int = 0

    def asks(self, data: bytes) -> None:
        for service, size in self.requests.take(data):
            line = {"endpoint": self.endpoint, "service": service, "time": time.monotonic_ns(), "bytes": size}
            self.log.write(json.dumps(line | {"answered": self.answered, "connection": self.number}) + "\n")
            self.answered = 0
        self.log.flush()

    def answers(self, data: bytes) -> None:
        self.answered += len(data)


async def relay(name: str, target: str, log: TextIO) -> str:
    """One proxy; its own address."""
    host, port = target.rsplit(":", 1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.close()
            return
        connection = Connection(name, log)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, note) -> None:  # type: ignore[no-untyped-def]
            try:
                while data := await source.read(65536):
                    note(data)
                    sink.write(data)
                    await sink.drain()
            except OSError:
                pass
            finally:
                sink.close()

        await asyncio.gather(
            pump(reader, far_writer, connection.asks), pump(far_reader, writer, connection.answers)
        )

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def main(log: TextIO) -> None:
    targets = json.loads(sys.stdin.readline())
    addresses = {name: await relay(name, target, log) for name, target in targets.items()}
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with Path(sys.argv[1]).open("a", encoding="utf-8") as record:
        asyncio.run(main(record))
