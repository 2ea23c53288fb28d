"""One session with one server: entered politely, left always, opened anew where it was lost."""

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from asyncua import ua
from asyncua.ua.uaerrors import UaStatusCodeError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from assessor.domain import Certificate, Endpoint, Limits, Message, Offer
from assessor.errors import ContactError
from connectors.guard import Guard, Open
from connectors.opcua.reading import SESSION_LOST
from connectors.opcua.wire import ReadOnlyClient, status_name


class Session:
    """The connection to one endpoint and what the server said at the door."""

    def __init__(self, endpoint: Endpoint, limits: Limits, guard: Guard) -> None:
        self._endpoint, self._limits, self._guard = endpoint, limits, guard
        self.client = ReadOnlyClient(endpoint, limits, guard)
        self.reached = False
        self.offers: tuple[Offer, ...] = ()
        self.certificate: Certificate | None = None
        self._renew_at = 0.0

    async def enter(self) -> None:
        """Open channel and session. GetEndpoints comes first: what is not offered is not tried."""
        self.client = ReadOnlyClient(self._endpoint, self._limits, self._guard)
        try:
            await self.client.connect_sessionless()
        except UaStatusCodeError:
            self.reached = True  # a refusal in the protocol is an answer
            raise
        self.reached = True
        self._plan_renewal()
        if not self.offers:
            described = await self.client.get_endpoints()
            self.offers = tuple(dict.fromkeys(_offer(d) for d in described))
            raw = next((d.ServerCertificate for d in described if d.ServerCertificate), None)
            self.certificate = certificate(raw) if raw else None
        self._check_offer()
        await self.client.open_session()

    def _check_offer(self) -> None:
        """The scope's choice, or a stated problem: never another mode than was agreed."""
        wanted = self._endpoint.security
        if wanted.mode != "None":
            raise ContactError(Message(id="contact.mode_unsupported", params={"mode": wanted.mode}))
        fitting = [o for o in self.offers if (o.mode, o.policy) == (wanted.mode, wanted.policy)]
        if not fitting:
            offered = ", ".join(f"{o.mode}/{o.policy}" for o in self.offers) or "-"
            raise ContactError(Message(id="contact.mode_not_offered", params={"offered": offered}))
        if not any("Anonymous" in o.tokens for o in fitting):
            tokens = ", ".join(sorted({t for o in fitting for t in o.tokens})) or "-"
            raise ContactError(Message(id="contact.not_anonymous", params={"tokens": tokens}))

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
    """Has the session, or the line under it, gone? A time-out alone does not say so."""
    if isinstance(problem, UaStatusCodeError):
        return problem.code in SESSION_LOST
    return isinstance(problem, OSError) and not isinstance(problem, TimeoutError)


def explain(problem: Exception, address: str) -> Message:
    """What went wrong on the wire, in words for the plant."""
    place = urlsplit(address).netloc
    match problem:
        case Open() | ContactError():
            return problem.message
        case UaStatusCodeError():
            return Message(id="contact.refused_by_server", params={"status": status_name(problem.code)})
        case ConnectionRefusedError():
            return Message(id="contact.refused", params={"address": place})
        case TimeoutError():
            return Message(id="contact.silent", params={"address": place})
        case ConnectionError() | asyncio.IncompleteReadError():
            return Message(id="contact.dropped", params={"address": place})
        case OSError():
            reason = problem.strerror or type(problem).__name__
            return Message(id="contact.unreachable", params={"address": place, "reason": reason})
    return Message(id="contact.not_understood", params={"detail": type(problem).__name__})


def _offer(described: ua.EndpointDescription) -> Offer:
    tokens: Sequence[ua.UserTokenPolicy] = described.UserIdentityTokens or ()
    return Offer(
        mode={"None_": "None"}.get(described.SecurityMode.name, described.SecurityMode.name),
        policy=(described.SecurityPolicyUri or "").rpartition("#")[2],
        tokens=tuple(sorted({t.TokenType.name for t in tokens})),
    )


def certificate(raw: bytes) -> Certificate | None:
    """What a server certificate says; of a chain, the first. None where it cannot be read."""
    try:
        length = int.from_bytes(raw[2:4], "big") + 4 if raw[:2] == b"\x30\x82" else len(raw)
        found = x509.load_der_x509_certificate(raw[:length])
        key = found.public_key()
    except Exception:  # a malformed certificate must not cost the observation
        return None
    return Certificate(
        fingerprint=found.fingerprint(hashes.SHA256()).hex(),
        subject=found.subject.rfc4514_string(),
        not_before=int(found.not_valid_before_utc.timestamp()) * 10**9,
        not_after=int(found.not_valid_after_utc.timestamp()) * 10**9,
        key_bits=key.key_size if isinstance(key, RSAPublicKey) else getattr(key, "key_size", 0),
        self_signed=found.subject == found.issuer,
    )
