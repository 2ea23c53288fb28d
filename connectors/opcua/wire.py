"""A client of asyncua that can only read: every request passes the guard below the library's API.

Two fences. `_Protocol._send_request` is the one place where the library turns a request into bytes: what is
not on the allow-list raises there, whichever way it came. `_UaClient` waits its turn at the guard before
that and reports what each frame cost. No supervisor, no watchdog and no reconnecting of the library's own
is started: nothing is sent but what the connector asks for.
"""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_client import UaClient, UASocketProtocol
from asyncua.common.shortcuts import Shortcuts
from asyncua.common.utils import Buffer
from asyncua.crypto.security_policies import SecurityPolicy
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from assessor.domain import Endpoint, Limits
from connectors.guard import OPCUA_SERVICES, Forbidden, Frame, Guard
from connectors.opcua.garbled import UNDECODABLE, Garbled, Session, told
from connectors.opcua.identity import OUR_URI, Login
from connectors.opcua.named import described, service, status_name

ALLOWED = OPCUA_SERVICES | {"Hello"}
"""Hello opens the transport below all services (OPC 10000-6, 7.1.2.3)."""
FRAMING = 24
"""Bytes of headers around the body of an answer (OPC 10000-6, 6.7.2)."""
LONGEST_WAIT = 3600.0
"""Seconds that a Publish may stay unanswered, whatever keep-alive the server has set."""
FAREWELL = 0.5
"""Seconds in which a session is closed over a line that has just kept silent: heard or not, the socket goes."""

logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)  # it logs frames, and with them plant secrets


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
        self._fault: Exception | None = None
        self.received = 0
        self._held: dict[int, int] = {}
        self._aside = 0

    @property
    def sent(self) -> int:
        """Bytes written, but those of requests on hold."""
        return self._metered.written - self._aside if self._metered else 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._metered = _Metered(transport)
        super().connection_made(cast(asyncio.Transport, self._metered))

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        super().data_received(data)

    def _fail_all_pending(self, exc: Exception) -> None:
        self._fault = exc
        super()._fail_all_pending(exc)

    async def open_secure_channel(self, params: ua.OpenSecureChannelParameters) -> Any:
        """Some servers refuse a channel by a ServiceFault, whose status the library loses: give it back."""
        try:
            return await super().open_secure_channel(params)
        except (AssertionError, AttributeError):
            raise self._fault or ConnectionError("no answer that opens a channel") from None

    def _send_request(self, request: Any, *args: Any, **kwargs: Any) -> asyncio.Future[Any]:
        self._guard.check(service(request))
        return super()._send_request(request, *args, **kwargs)

    def hold(self, request: Any, wait: float) -> tuple[asyncio.Future[Any], int, int]:
        """Send what will be answered later: its future, its number and its bytes, counted apart from others."""
        before = self.sent
        future = self._send_request(request, wait)
        number, size = self._request_id, self.sent - before
        self._held[number], self._aside = 0, self._aside + size
        return future, number, size

    def _call_callback(self, request_id: int, body: Any) -> None:
        if request_id in self._held:
            self._held[request_id] = size = len(body) + FRAMING
            self.received -= size
        super()._call_callback(request_id, body)

    def released(self, number: int) -> int:
        """Bytes of the answer to a request on hold; it is forgotten."""
        return self._held.pop(number, 0)


class _UaClient(UaClient):
    """The library's transport client, one request at a time, each admitted by the guard."""

    def __init__(self, timeout: float, guard: Guard) -> None:
        super().__init__(timeout)
        self.set_max_concurrent_requests(1)
        self._guard = guard
        self.session = Session(self)
        self.silent = False
        """Did the latest request go without an answer?"""

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
                return (wire.sent - sent, max(wire.received - received, 0)) if wire else (0, 0)

            try:
                yield frame
            except UaStatusCodeError as problem:  # a refusal is an answer
                frame.refused(*cost(), status_name(problem.code))
                raise
            except (OSError, asyncio.CancelledError) as problem:
                lost = isinstance(problem, OSError) and not isinstance(problem, TimeoutError)
                frame.failed("lost" if lost else "timeout", cost()[0])
                self.silent = isinstance(problem, OSError)
                raise
            except UNDECODABLE as problem:  # at the door, where the library decodes before it returns
                frame.failed("not understood", cost()[0])
                raise Garbled(type(problem).__name__) from problem
            else:
                frame.done(*cost())
                self.silent = False

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
        detail, alike = described(request)
        async with self._admitted(name, detail, (name, alike), parting=name == "CloseSession"):
            return await super()._send_request(request, *args, **kwargs)

    async def held_publish(self, acknowledged: list[ua.SubscriptionAcknowledgement], wait: float) -> Buffer:
        """Send one Publish and wait so many seconds for its answer, which comes when the server has something."""
        request = ua.PublishRequest()
        request.Parameters.SubscriptionAcknowledgements = acknowledged
        wait = min(wait, LONGEST_WAIT)
        async with self._guard.request("Publish", f"{len(acknowledged)} acknowledged", held=True) as frame:
            wire = cast(_Protocol | None, self.protocol)
            if wire is None:
                raise ConnectionError("Connection is not open")
            future, number, frame.bytes_sent = wire.hold(request, wait)
            try:
                async with asyncio.timeout(wait):
                    answer: Buffer = await future
                wire.check_answer(answer, "")
            except UaStatusCodeError as problem:
                frame.done(frame.bytes_sent, wire.released(number), status_name(problem.code))
                raise
            except TimeoutError:
                self.silent = True
                raise
            finally:
                received = wire.released(number)
            frame.done(frame.bytes_sent, received)
            return answer


class ReadOnlyClient(Client):
    """asyncua's client over the guarded transport."""

    uaclient: _UaClient

    def __init__(self, endpoint: Endpoint, limits: Limits, guard: Guard) -> None:
        super().__init__(endpoint.address, timeout=limits.timeout, watchdog_intervall=3600)
        self.uaclient = _UaClient(limits.timeout, guard)
        self.nodes = Shortcuts(self.uaclient.session)
        self.name = self.description = "plant-assessor (read-only)"
        self.application_uri = self.product_uri = OUR_URI
        # a session that outlives us blocks small servers, one shorter than our own pauses dies under us
        self.session_timeout = round(1000 * max(limits.session_timeout, 3 * limits.sampling_interval))
        self._farewell = limits.request_gap + FAREWELL
        self._token: ua.UserTokenPolicy | None = None

    def secure(self, policy: SecurityPolicy) -> None:
        """Sign, or sign and encrypt, from the opening of the channel on. Before connecting."""
        self.security_policy = policy  # type: ignore[assignment]  # the library's own type is too narrow
        self.uaclient.set_security(policy)

    async def start(self) -> None:
        """Open the socket and the transport; the channel comes after them."""
        await self.connect_socket()
        await self.send_hello()

    def encrypt_for(self, certificate: bytes) -> None:
        """Encrypt a password for the holder of this certificate (DER) alone, on an unsecured channel too.

        Raises UaError where the session was created with another one.
        """
        if self.security_policy.peer_certificate not in (None, certificate):
            raise UaError("another certificate")
        self.security_policy.peer_certificate = certificate

    @property
    def tokens(self) -> Sequence[ua.UserTokenPolicy]:
        """User token policies of our endpoint, as CreateSession named them."""
        return self._policy_ids or ()

    async def activate(self, token: ua.UserTokenPolicy, login: Login) -> None:
        """Activate the session as this user under this token policy."""
        self._token = token
        if login.certificate:
            self.user_private_key = login.key
            await self.activate_session(certificate=login.certificate)
        else:
            await self.activate_session(login.user, login.password.reveal() if login.password else None)

    def server_policy(self, token_type: ua.UserTokenType) -> ua.UserTokenPolicy:
        """The policy that was chosen: the library would take the first of its kind, be it the weakest."""
        token = self._token or super().server_policy(token_type)
        uri = token.SecurityPolicyUri or self.security_policy.URI
        return dataclasses.replace(token, SecurityPolicyUri=uri)

    async def leave(self) -> None:
        """Close the session, the channel and the socket, as far as each still exists. Never raises.

        Over a line that keeps silent the session is closed all the same, for the server may hear us; what it
        answers is not waited for.
        """
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._farewell if self.uaclient.silent else None):
                    for close in (self.close_session, self.close_secure_channel):
                        with suppress(Exception):
                            await close()
        finally:  # cut off while it waits for an answer, too
            self.disconnect_socket()


def guard_for(endpoint: Endpoint, limits: Limits, log: Any) -> Guard:
    """The guard of one OPC UA endpoint."""
    return Guard(endpoint.id, endpoint.address, limits, ALLOWED, log, assets={"": endpoint.asset})


__all__ = ["ALLOWED", "Forbidden", "ReadOnlyClient", "guard_for", "service", "status_name"]
