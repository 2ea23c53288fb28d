"""A line between client and server that can be cut, frozen or closed by a test: a TCP relay in its event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Line:
    """Passes bytes on until told otherwise."""

    def __init__(self, target: str) -> None:
        split = urlsplit(target)
        self._host, self._port, self._path = split.hostname or "", split.port or 0, split.path
        self._flows = asyncio.Event()
        self._flows.set()
        self._open: set[asyncio.StreamWriter] = set()
        self.closed = False
        self.address = ""
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.closed:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._open |= {writer, far_writer}
        ways = [self._pump(reader, far_writer), self._pump(far_reader, writer)]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for end in (writer, far_writer):
                self._open.discard(end)
                end.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flows.wait()
            sink.write(data)
            await sink.drain()

    def freeze(self) -> None:
        """Half-open: both ends believe in the connection, and nothing passes any more."""
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def cut(self) -> None:
        """Reset all connections; new ones may be made, unless `closed` is set."""
        for end in tuple(self._open):
            end.transport.abort()


@asynccontextmanager
async def line(target: str) -> AsyncIterator[Line]:
    """A line to an OPC UA address; its own address is on it."""
    made = Line(target)
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.address = f"opc.tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}{made._path}"
        try:
            yield made
        finally:
            made.thaw()
            made.closed = True
            made.cut()
            while made._open:  # noqa: ASYNC110 - the ends close by themselves
                await asyncio.sleep(0.02)
