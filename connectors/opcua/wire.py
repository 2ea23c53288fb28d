"""A client of asyncua that can only read: every request passes the guard below the library's API.

Two fences. `_Protocol._send_request` is the one place where the library turns a request into bytes: what is
not on the allow-list raises there, whichever way it came. `_UaClient` waits its turn at the guard before
that and reports what each frame cost. No supervisor, no watchdog and no reconnecting of the library's own
is started: nothing is sent but what the connector asks for.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_client import UaClient, UASocketProtocol
from asyncua.common.shortcuts import Shortcuts
from asyncua.common.utils import Buffer
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.uaerrors import UaStatusCodeError

from assessor.domain import Endpoint, Limits
from connectors.guard import OPCUA_SERVICES, Forbidden, Frame, Guard
from connectors.opcua.garbled import UNDECODABLE, Garbled, Session, told

ALLOWED = OPCUA_SERVICES | {"Hello"}
"""Hello opens the transport below all services (OPC 10000-6, 7.1.2.3)."""
OUR_URI = "urn:plant-assessor:client"

logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)  # it logs frames, and with them plant secrets


def service(request: object) -> str:
    """The name of a request's service: 'Read' of a ReadRequest."""
    return type(request).__name__.removesuffix("Request")


class _Metered:
    """A transport that counts what is written to it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.written = 0

    def write(self, data: bytes) -> None:
        self.written += len(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Protocol(UASocketProtocol):
    """The library's socket protocol behind the allow-list, counting bytes."""

    def __init__(self, guard: Guard, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = guard
        self._metered: _Metered | None = None
        self.received = 0

    @property
    def sent(self) -> int:
        return self._metered.written if self._metered else 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._metered = _Metered(transport)
        super().connection_made(cast(asyncio.Transport, self._metered))

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        super().data_received(data)

    def _send_request(self, request: Any, *args: Any, **kwargs: Any) -> asyncio.Future[Any]:
        self._guard.check(service(request))
        return super()._send_request(request, *args, **kwargs)


class _UaClient(UaClient):
    """The library's transport client, one request at a time, each admitted by the guard."""

    def __init__(self, timeout: float, guard: Guard) -> None:
        super().__init__(timeout)
        self.set_max_concurrent_requests(1)
        self._guard = guard
        self.session = Session(self)

    get_endpoints = told(UaClient.get_endpoints)
    find_servers = told(UaClient.find_servers)

    def _make_protocol(self) -> UASocketProtocol:
        protocol = _Protocol(self._guard, self._timeout, security_policy=self.security_policy)
        protocol.on_connection_lost = self._on_transport_lost
        protocol.is_session_closing = self._is_session_closing
        self.protocol = protocol
        return protocol

    @asynccontextmanager
    async def _admitted(
        self, name: str, detail: str = "", alike: Hashable = None, parting: bool = False
    ) -> AsyncIterator[Frame]:
        async with self._guard.request(name, detail, alike=alike, parting=parting) as frame:
            wire = cast(_Protocol | None, self.protocol)
            sent, received = (wire.sent, wire.received) if wire else (0, 0)

            def cost() -> tuple[int, int]:
                return (wire.sent - sent, wire.received - received) if wire else (0, 0)

            try:
                yield frame
            except UaStatusCodeError as problem:  # a refusal is an answer
                frame.done(*cost(), result=status_name(problem.code))
                raise
            except (TimeoutError, asyncio.CancelledError):
                frame.failed("timeout", cost()[0])
                raise
            except OSError:
                frame.failed("lost", cost()[0])
                raise
            except UNDECODABLE as problem:  # at the door, where the library decodes before it returns
                frame.failed("not understood", cost()[0])
                raise Garbled(type(problem).__name__) from problem
            else:
                frame.done(*cost())

    async def connect_socket(self, host: str, port: int) -> None:
        async with self._guard.connecting():
            await super().connect_socket(host, port)

    async def send_hello(self, url: str, max_messagesize: int = 0, max_chunkcount: int = 0) -> ua.Acknowledge:
        async with self._admitted("Hello"):
            return await super().send_hello(url, max_messagesize, max_chunkcount)

    async def open_secure_channel(self, params: ua.OpenSecureChannelParameters) -> Any:
        async with self._admitted("OpenSecureChannel"):
            return await super().open_secure_channel(params)

    async def close_secure_channel(self) -> None:
        if self.protocol is None or self.protocol.transport is None:
            return
        async with self._admitted("CloseSecureChannel", parting=True):
            await super().close_secure_channel()

    async def _send_request(self, request: Any, *args: Any, **kwargs: Any) -> Buffer:
        name = service(request)
        detail, alike = _describe(request)
        async with self._admitted(name, detail, (name, alike), parting=name == "CloseSession"):
            return await super()._send_request(request, *args, **kwargs)


def _describe(request: Any) -> tuple[str, Hashable]:
    """What the log says of a request (counts, never values), and which requests cost alike."""
    match request:
        case ua.ReadRequest():
            wanted = request.Parameters.NodesToRead
            attributes = sorted({int(item.AttributeId) for item in wanted})
            names = "+".join(AttributeIds(a).name for a in attributes)
            return f"{len(wanted)} x {names}", (names, len(wanted).bit_length())
        case ua.BrowseRequest():
            count = len(request.Parameters.NodesToBrowse)
            return f"{count} nodes", count.bit_length()
        case ua.BrowseNextRequest():
            count = len(request.Parameters.ContinuationPoints)
            return f"{count} continuation points", count.bit_length()
    return "", None


class ReadOnlyClient(Client):
    """asyncua's client over the guarded transport."""

    def __init__(self, endpoint: Endpoint, limits: Limits, guard: Guard) -> None:
        super().__init__(endpoint.address, timeout=limits.timeout, watchdog_intervall=3600)
        self.uaclient = _UaClient(limits.timeout, guard)
        self.nodes = Shortcuts(self.uaclient.session)
        self.name = self.description = "plant-assessor (read-only)"
        self.application_uri = self.product_uri = OUR_URI
        # a session that outlives us blocks small servers, one shorter than our own pauses dies under us
        self.session_timeout = round(1000 * max(limits.session_timeout, 3 * limits.sampling_interval))

    async def open_session(self) -> None:
        """Create and activate an anonymous session on the open channel."""
        await self.create_session()
        await self.activate_session()

    async def leave(self) -> None:
        """Close the session, the channel and the socket, as far as each still exists. Never raises."""
        for close in (self.close_session, self.close_secure_channel):
            with suppress(Exception):
                await close()
        self.disconnect_socket()


def guard_for(endpoint: Endpoint, limits: Limits, log: Any) -> Guard:
    """The guard of one OPC UA endpoint."""
    return Guard(endpoint.id, endpoint.address, limits, ALLOWED, log)


def status_name(code: int) -> str:
    """The name of a status code, or its number where the library knows no name."""
    try:
        return str(ua.StatusCode(ua.UInt32(code)).name)
    except Exception:  # the library's look-up raises for vendors' codes
        return f"0x{code:08X}"


__all__ = ["ALLOWED", "Forbidden", "ReadOnlyClient", "guard_for", "service", "status_name"]
