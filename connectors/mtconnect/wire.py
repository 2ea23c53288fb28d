"""The line to one agent: HTTP GET of three resources and nothing else, kept below the HTTP library.

The library (httpcore) is given streams that were opened under the guard and that refuse to send anything but the
one request the guard has let pass. It follows no redirect, unpacks nothing, keeps no cookie and knows no proxy.
"""

# ruff: noqa: ASYNC109, ARG002 - the signatures are those of the library

import asyncio
import contextlib
import re
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpcore

from assessor.domain import Endpoint, Limits, Message
from assessor.markup import BadDocument, Element, parse
from connectors.guard import Forbidden, Guard

T = TypeVar("T")
SERVICES = frozenset({"GET /probe", "GET /current", "GET /sample"})
PATIENCE = 5
"""An answer may take so many times the timeout as a whole, if it keeps coming."""
CLOSED = re.compile("disconnected|peer closed")
LOST = (OSError, httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException)
LARGEST = {"probe": 10_000_000, "current": 10_000_000, "sample": 100_000}
"""Bytes of an answer; a longer one is cut off, not read."""


class Stopped(Exception):
    """The run is to end."""


class Problem(Exception):
    """No answer, or none that can be used."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


class TooLarge(Problem):
    """The answer is longer than it may be."""


class Stream(httpcore.AsyncNetworkStream):
    """One TCP connection, which sends one request line and no other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.allowed = b""
        self.sent = self.received = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        async with asyncio.timeout(timeout):
            data = await self._reader.read(max_bytes)
        self.received += len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        if not self.allowed or not buffer.startswith(self.allowed) or not buffer.endswith(b"\r\n\r\n"):
            raise Forbidden(f"{buffer[:40]!r} was about to be sent to an agent")
        self.allowed = b""
        self.sent += len(buffer)
        self._writer.write(buffer)
        async with asyncio.timeout(timeout):
            await self._writer.drain()

    async def aclose(self) -> None:
        self._writer.close()

    async def start_tls(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise Forbidden("an agent is spoken to in plain HTTP")

    def get_extra_info(self, info: str) -> Any:
        return self._reader.at_eof() if info == "is_readable" else None

    @property
    def usable(self) -> bool:
        return not self._reader.at_eof() and not self._writer.is_closing()


class _Prepared(httpcore.AsyncNetworkBackend):
    """Hands the library a stream that is open already; it opens none itself."""

    def __init__(self, stream: Stream) -> None:
        self._stream: Stream | None = stream

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream, self._stream = self._stream, None
        if stream is None:
            raise ConnectionResetError("the agent closed the connection")
        return stream


class Wire:
    """One agent. One request in flight, each behind the guard."""

    def __init__(self, endpoint: Endpoint, limits: Limits, guard: Guard, stop: asyncio.Event) -> None:
        parts = urlsplit(endpoint.address)
        self._address, self._host, self._port = endpoint.address, parts.hostname or "", parts.port or 80
        self._place, self._base = parts.netloc, parts.path.rstrip("/")
        self._limits, self._guard, self._stop = limits, guard, stop
        self._stream: Stream | None = None
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def get(self, resource: str, query: str = "") -> Element:
        """The root of the document that comes back. Raises Problem, Stopped, or the guard's Open."""
        return await self._unless_stopped(self._get(resource, query))

    async def connect(self) -> None:
        """Open a connection, where none is open. Raises Problem, Stopped, or the guard's Open."""
        await self._unless_stopped(self._connect())

    async def close(self) -> None:
        if self._pool is not None:
            with contextlib.suppress(Exception):  # it is given up, whatever state it is in
                await self._pool.aclose()
        if self._stream is not None:
            await self._stream.aclose()
        self._pool = self._stream = None

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        task, halt = asyncio.ensure_future(work), asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({task, halt}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Stopped
        finally:
            halt.cancel()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _connect(self) -> None:
        if self._stream is not None and self._stream.usable:
            return
        await self.close()
        try:
            async with self._guard.connecting(), asyncio.timeout(self._limits.timeout):
                self._stream = Stream(*await asyncio.open_connection(self._host, self._port))
        except OSError as problem:
            raise Problem(self._unreached(problem)) from problem
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=1, max_keepalive_connections=1, retries=0, network_backend=_Prepared(self._stream)
        )

    async def _get(self, resource: str, query: str) -> Element:
        await self._connect()
        service, target = f"GET /{resource}", f"{self._base}/{resource}" + (f"?{query}" if query else "")
        assert self._stream is not None
        async with self._guard.request(service, query) as frame:
            stream = self._stream
            sent, received = stream.sent, stream.received
            stream.allowed = f"GET {target} HTTP/1.1\r\n".encode("ascii")
            try:
                async with asyncio.timeout(PATIENCE * self._limits.timeout):
                    status, root = await self._ask(target, LARGEST[resource])
                frame.done(stream.sent - sent, stream.received - received, "ok" if status == 200 else str(status))
            except Problem as problem:
                await self.close()
                if isinstance(problem, TooLarge):
                    frame.done(stream.sent - sent, stream.received - received, "too large")
                else:
                    frame.failed(problem.message.id.rpartition(".")[2], stream.sent - sent)
                raise
            except LOST as problem:
                await self.close()
                frame.failed("timeout" if isinstance(problem, TimeoutError) else "lost", stream.sent - sent)
                raise Problem(self._lost(problem)) from problem
        return root

    async def _ask(self, target: str, most: int) -> tuple[int, Element]:
        """Status and document. An agent's own error is a document too."""
        assert self._pool is not None
        wait = self._limits.timeout
        url = httpcore.URL(
            scheme=b"http", host=self._host.encode("idna"), port=self._port, target=target.encode("ascii")
        )
        headers = [
            (b"Host", self._place.encode("ascii")),
            (b"Accept", b"text/xml, application/xml"),
        ]
        patience = {"connect": wait, "read": wait, "write": wait, "pool": wait}
        async with self._pool.stream("GET", url, headers=headers, extensions={"timeout": patience}) as response:
            head = {key.lower(): value.decode("latin-1") for key, value in response.headers}
            if 300 <= response.status < 400:
                where = head.get(b"location", "?")[:200]
                raise Problem(Message(id="mtconnect.redirected", params={"to": where}))
            if head.get(b"content-encoding", "identity") != "identity":
                raise Problem(Message(id="mtconnect.packed"))
            body = bytearray()
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > most:
                    raise TooLarge(Message(id="mtconnect.too_large", params={"most": most}))
        try:
            root = parse(bytes(body))
        except BadDocument as problem:
            params: dict[str, str | int] = {"status": response.status, "detail": str(problem)}
            raise Problem(Message(id="mtconnect.not_understood", params={**params})) from problem
        if not root.name.startswith("MTConnect"):
            params = {"status": response.status, "detail": f"<{root.name[:60]}>"}
            raise Problem(Message(id="mtconnect.not_understood", params={**params}))
        return response.status, root

    def _unreached(self, problem: OSError) -> Message:
        if isinstance(problem, TimeoutError):
            return Message(id="contact.silent", params={"address": self._address})
        if isinstance(problem, ConnectionRefusedError):
            return Message(id="contact.refused", params={"address": self._address})
        reason = problem.strerror or type(problem).__name__
        return Message(id="contact.unreachable", params={"address": self._address, "reason": reason})

    def _lost(self, problem: Exception) -> Message:
        if isinstance(problem, TimeoutError):
            return Message(id="contact.silent", params={"address": self._address})
        if isinstance(problem, httpcore.ProtocolError) and not CLOSED.search(str(problem)):
            return Message(id="mtconnect.not_http", params={"detail": str(problem)[:200]})
        return Message(id="contact.dropped", params={"address": self._address})
