"""One session with one server: entered as was agreed, left always, opened anew where it was lost.

The door comes first: GetEndpoints and FindServers on a channel without security, before any session. A refusal
that no repetition heals (a changed certificate, a wrong password) stops the address for the whole run: a
password is sent once, and never again after a no.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from urllib.parse import urlsplit

from asyncua import ua
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from assessor.domain import Certificate, Endpoint, KnownServer, Limits, Message, Offer, Text
from assessor.errors import AssessorError, ContactError
from connectors.guard import Forbidden, Guard, Open
from connectors.opcua import doors, entry
from connectors.opcua.identity import Login, Ours, login, ours
from connectors.opcua.reading import SESSION_LOST
from connectors.opcua.refusals import OURS_REFUSED, USER_REFUSED, explain, trust_ours, user_refused
from connectors.opcua.trust import TrustStore
from connectors.opcua.wire import ReadOnlyClient, status_name


class Session:
    """The connection to one endpoint and what the server said at the door."""

    def __init__(self, endpoint: Endpoint, limits: Limits, guard: Guard, store: TrustStore | None = None) -> None:
        self._endpoint, self._limits, self._guard, self._store = endpoint, limits, guard, store
        self._host = urlsplit(endpoint.address).hostname or ""
        self.client = ReadOnlyClient(endpoint, limits, guard)
        self.reached = False
        self.offers: tuple[Offer, ...] = ()
        self.certificate: Certificate | None = None
        self.certificates: tuple[Certificate, ...] = ()
        self.servers: tuple[KnownServer, ...] | None = None
        """What FindServers said; None until it was asked"""
        self.warnings: tuple[Message, ...] = ()
        self.described: Sequence[ua.EndpointDescription] = ()
        self._been_in = False
        self._renew_at = 0.0

    async def look(self) -> None:
        """The door alone: what is offered, and whether what was agreed is among it. Opens no session."""
        with self._final():
            await self._look()
            self._judge()

    async def shown(self) -> bytes:
        """The certificate (DER) of the endpoint that was agreed. Asks for GetEndpoints and nothing else."""
        with self._final():
            self.servers = ()
            await self._look()
            chosen = entry.check_door(doors.choose(self.described, self._endpoint.security), self.offers)
            raw = doors.first_of_chain(chosen.ServerCertificate)
            if raw is None or (certificate := doors.certificate(raw, self._host)) is None:
                raise ContactError(Message(id="doors.no_certificate"))
            self.certificate = certificate
            return raw

    async def enter(self) -> None:
        """Open channel and session. Raises Open, with the reason, where that will not work in this run."""
        with self._final():
            user = login(self._endpoint.credential)  # a secret that is missing is known before any contact
            await self._look()
            certificate = self._judge()
            if self._endpoint.security.mode != "None":
                assert certificate is not None
                await self._secure_channel(certificate)
            await self._open_session(user, certificate)
            self._been_in = True

    @contextmanager
    def _final(self) -> Iterator[None]:
        """Make a refusal that will not change a stop of the address. Nothing of a secret goes with it."""
        try:
            yield
            return
        except (OSError, Open, Forbidden, UaError):
            raise
        except AssessorError as problem:
            why = problem.message
        except Exception as problem:  # of the library, on bytes, keys and signatures that are not right
            why = explain(problem, self._endpoint.address)
        self._guard.stop(why)
        raise Open(why) from None

    async def _look(self) -> None:
        """What the server says before it knows who asks."""
        await self._connect()
        self.described = await self.client.get_endpoints() or ()
        self.offers = tuple(dict.fromkeys(map(doors.offer, self.described)))
        self.certificates = doors.certificates(self.described, self._host)
        if self.servers is None:
            self.servers = ()
            await self._ask_for_servers()

    async def _connect(self) -> None:
        """A channel without security on a new connection."""
        self.client = ReadOnlyClient(self._endpoint, self._limits, self._guard)
        try:
            await self.client.connect_sessionless()
        except UaStatusCodeError:
            self.reached = True  # a refusal in the protocol is an answer
            raise
        self.reached = True
        self._plan_renewal()

    async def _ask_for_servers(self) -> None:
        """FindServers, once: a refusal costs nothing, an answer that never comes a new connection."""
        try:
            self.servers = tuple(map(doors.known_server, await self.client.find_servers()))
        except UaStatusCodeError:
            return
        except (Open, Forbidden):
            raise
        except Exception:  # silence, a dropped line, or an answer that makes no sense
            await self.leave()
            await self._connect()

    def _judge(self) -> bytes | None:
        """May we go in as agreed? The certificate (DER) that the server has to prove then, if any."""
        endpoint = self._endpoint
        chosen = doors.choose(self.described, endpoint.security)
        raw = doors.first_of_chain(chosen.ServerCertificate) if chosen else None
        known = self._store.known(endpoint.id) if self._store else None
        shown = doors.certificate(raw, self._host) if raw else next(iter(self.certificates), None)
        self.certificate = entry.judged(shown, known)
        self.certificates = tuple(
            self.certificate if self.certificate and c.fingerprint == self.certificate.fingerprint else c
            for c in self.certificates
        )
        self.warnings = entry.withdrawn(endpoint.security)
        token = entry.check_token(doors.tokens_of(entry.check_door(chosen, self.offers)), endpoint)
        if entry.matters(token, endpoint):
            entry.check_certificate(self.certificate, known, endpoint)
        self.warnings = entry.warnings(self.certificate, known, token, endpoint)
        return raw if entry.matters(token, endpoint) else None

    async def _secure_channel(self, certificate: bytes) -> None:
        """Leave the open channel for one as agreed, on a new connection to the same address."""
        await self.leave()
        mine, wanted = ours(), self._endpoint.security
        policy = doors.POLICIES[wanted.policy](
            certificate, mine.certificate, mine.key, ua.MessageSecurityMode[wanted.mode]
        )
        self.client = ReadOnlyClient(self._endpoint, self._limits, self._guard)
        self.client.secure(policy)
        await self.client.start()
        with self._trusted(mine):
            await self.client.open_secure_channel()
        self._plan_renewal()

    @contextmanager
    def _trusted(self, mine: Ours) -> Iterator[None]:
        """Say so where the server does not trust our certificate. Many close the line without a word."""
        try:
            yield
        except UaStatusCodeError as problem:
            if problem.code not in OURS_REFUSED:
                raise
            raise ContactError(trust_ours(mine, status_name(problem.code))) from None
        except ConnectionError:
            if self._been_in:
                raise
            raise ContactError(trust_ours(mine, "-")) from None

    async def _open_session(self, user: Login, certificate: bytes | None) -> None:
        """CreateSession and ActivateSession as the user that was agreed; one try."""
        secured = self._endpoint.security.mode != "None"
        try:
            with self._trusted(ours()) if secured else nullcontext():
                await self.client.create_session()
            if certificate:
                self.client.encrypt_for(certificate)
        except UaStatusCodeError:
            raise
        except UaError as problem:  # another certificate, or no such endpoint: not what stood at the door
            raise ContactError(Message(id="doors.session_differs", params={"detail": str(problem)})) from None
        token = entry.check_token(self.client.tokens, self._endpoint)
        try:
            await self.client.activate(token, user)
        except UaStatusCodeError as problem:
            if problem.code not in USER_REFUSED:
                raise
            raise ContactError(user_refused(user.name, status_name(problem.code))) from None
        except OSError as problem:
            if user.name is None or self._been_in:
                raise  # the line, most likely: this user was let in before, or is nobody
            params: dict[str, str | int | Text] = {"user": user.name, "reason": type(problem).__name__}
            raise ContactError(Message(id="doors.user_unanswered", params=params)) from None

    async def keep(self) -> None:
        """Renew the secure channel when three quarters of its lifetime have passed."""
        if time.monotonic() >= self._renew_at:
            await self.client.open_secure_channel(renew=True)
            self._plan_renewal()

    def _plan_renewal(self) -> None:
        self._renew_at = time.monotonic() + 0.75 * self.client.secure_channel_timeout / 1000

    async def leave(self) -> None:
        """Close session, channel and socket."""
        await self.client.leave()


def is_lost(problem: BaseException) -> bool:
    """Is the session, or the line under it, to be given up? So it is once a request stays unanswered: a line that
    has died says nothing more, and asking on tells nobody whether it has."""
    if isinstance(problem, UaStatusCodeError):
        return problem.code in SESSION_LOST
    return isinstance(problem, OSError)


__all__ = ["Session", "explain", "is_lost"]
