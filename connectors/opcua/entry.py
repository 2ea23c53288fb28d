"""May we go in, and how: the agreed endpoint, the user's token, the server's certificate. Contacts nothing.

What is not offered is not replaced by something weaker; a certificate that matters was accepted by a person; a
password crosses the network in the clear only where the plant agreed to that.
"""

from collections.abc import Iterable

from asyncua import ua

from assessor.domain import Certificate, Credential, Endpoint, Message, Offer, OpcUaSecurity, Trust
from assessor.errors import ContactError
from connectors.opcua import doors
from connectors.opcua.trust import Accepted


def kind_of(credential: Credential | None) -> str:
    """The user's kind, as token policies name it."""
    if credential is None:
        return "Anonymous"
    return "Certificate" if credential.certificate else "UserName"


def check_door(chosen: ua.EndpointDescription | None, offers: Iterable[Offer]) -> ua.EndpointDescription:
    """The endpoint that was agreed. Raises ContactError, with what is offered instead, where there is none."""
    if chosen is None:
        offered = ", ".join(dict.fromkeys(f"{o.mode}/{o.policy}" for o in offers)) or "-"
        raise ContactError(Message(id="contact.mode_not_offered", params={"offered": offered}))
    return chosen


def check_token(tokens: Iterable[ua.UserTokenPolicy], endpoint: Endpoint) -> ua.UserTokenPolicy:
    """The token policy to go in with. Raises ContactError where none fits what was agreed."""
    tokens, wanted, credential = list(tokens), endpoint.security, endpoint.credential
    kind = kind_of(credential)
    token = doors.choose_token(tokens, kind, wanted)
    if token is None:
        kinds = {t.TokenType.name for t in tokens}
        if credential is None:
            offered = ", ".join(sorted(kinds)) or "-"
            raise ContactError(Message(id="contact.not_anonymous", params={"tokens": offered}))
        offered = ", ".join(sorted({f"{t.TokenType.name}/{doors.protection(t, wanted)}" for t in tokens})) or "-"
        raise ContactError(Message(id="doors.token_not_offered", params={"wanted": kind, "tokens": offered}))
    if kind == "Certificate" and not doors.encrypts(token, wanted):
        raise ContactError(Message(id="doors.user_certificate_unprotected"))
    if in_the_clear(token, endpoint) and credential and not credential.allow_plain_password:
        raise ContactError(Message(id="doors.plain_password"))
    return token


def in_the_clear(token: ua.UserTokenPolicy, endpoint: Endpoint) -> bool:
    """Would a password cross the network unencrypted: neither by its own policy nor by the channel?"""
    named = kind_of(endpoint.credential) == "UserName"
    return named and endpoint.security.mode != "SignAndEncrypt" and not doors.encrypts(token, endpoint.security)


def matters(token: ua.UserTokenPolicy | None, endpoint: Endpoint) -> bool:
    """Does safety rest on the server's certificate: of the channel, or of a password that it encrypts?"""
    if endpoint.security.mode != "None":
        return True
    named = kind_of(endpoint.credential) == "UserName"
    return named and token is not None and doors.encrypts(token, endpoint.security)


def judged(shown: Certificate | None, known: Accepted | None) -> Certificate | None:
    """The certificate with what a person said of it."""
    if shown is None:
        return None
    trust: Trust = "unknown"
    if known is not None:
        trust = "accepted" if known.fingerprint == shown.fingerprint else "changed"
    return shown.model_copy(update={"trust": trust})


def check_certificate(shown: Certificate | None, known: Accepted | None, endpoint: Endpoint) -> None:
    """Raise ContactError unless this very certificate was accepted for the endpoint."""
    if shown is None:
        raise ContactError(Message(id="doors.no_certificate"))
    if shown.trust == "changed":
        raise ContactError(changed(shown, known))
    if shown.trust != "accepted":
        params: dict[str, str | int] = {"endpoint": endpoint.id, "fingerprint": shown.fingerprint}
        raise ContactError(Message(id="doors.certificate_unknown", params={**params, "subject": shown.subject}))


def changed(shown: Certificate, known: Accepted | None, name: str = "certificate_changed") -> Message:
    """Old and new fingerprint of a certificate that is another one than was accepted."""
    old = {"old": known.fingerprint, "by": known.by, "at": known.at} if known else {}
    return Message(id=f"doors.{name}", params={"new": shown.fingerprint, **old})


def warnings(
    shown: Certificate | None, known: Accepted | None, token: ua.UserTokenPolicy | None, endpoint: Endpoint
) -> tuple[Message, ...]:
    """What a person should know although nothing keeps us out."""
    found = list(withdrawn(endpoint.security))
    if token is not None and in_the_clear(token, endpoint):
        found.append(Message(id="doors.password_in_the_clear"))
    if shown is not None and shown.trust == "changed":
        found.append(changed(shown, known, "certificate_changed_unused"))
    return tuple(found)


def withdrawn(wanted: OpcUaSecurity) -> tuple[Message, ...]:
    """A warning where the scope names a policy that is no longer safe."""
    if wanted.policy not in doors.WITHDRAWN:
        return ()
    return (Message(id="doors.withdrawn_policy", params={"policy": wanted.policy}),)
