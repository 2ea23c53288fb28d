"""SERVE nothing: devices that never answer, one after the handshake and one that nobody gets through to."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from connectors.simulator.plant import SilentServer
from connectors.simulator.recorder import Recorder


class Mute(asyncio.Protocol):
    """Takes what comes, records it, says nothing."""

    def __init__(self, endpoint: str, recorder: Recorder) -> None:
        self.endpoint, self.recorder, self.peer = endpoint, recorder, ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.peer = str(transport.get_extra_info("peername"))
        self.recorder.add(self.endpoint, self.peer, "connect", "", "ok")

    def data_received(self, data: bytes) -> None:
        self.recorder.add(self.endpoint, self.peer, "bytes", data[:12].hex(), "ok")


async def serve(served: SilentServer, recorder: Recorder) -> tuple[Callable[[], None], str]:
    """Start; return how to close it, and its host and port."""
    if served.kind == "deaf":
        return _deaf()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Mute(served.endpoint, recorder), "127.0.0.1", 0)
    return server.close, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _deaf() -> tuple[Callable[[], None], str]:
    """A listening socket whose backlog is taken by connections of its own."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listener.getsockname()[1]
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            filler.connect(("127.0.0.1", port))

    def close() -> None:
        for each in (*fillers, listener):
            each.close()

    return close, f"127.0.0.1:{port}"
