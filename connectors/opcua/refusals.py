"""What went wrong on the wire or at the door, in words for the plant that say what to do."""

import asyncio
from urllib.parse import urlsplit

from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from assessor.domain import Message
from assessor.errors import AssessorError
from connectors.guard import Open
from connectors.opcua.identity import Ours
from connectors.opcua.wire import status_name

OURS_REFUSED = frozenset(
    {
        StatusCodes.BadSecurityChecksFailed,  # what a careful server says instead of the reasons below
        StatusCodes.BadCertificateUntrusted,
        StatusCodes.BadCertificateInvalid,
        StatusCodes.BadCertificateChainIncomplete,
        StatusCodes.BadCertificateTimeInvalid,
        StatusCodes.BadCertificateHostNameInvalid,
        StatusCodes.BadCertificateUriInvalid,
        StatusCodes.BadCertificateUseNotAllowed,
        StatusCodes.BadCertificatePolicyCheckFailed,
        StatusCodes.BadCertificateIssuerTimeInvalid,
        StatusCodes.BadCertificateRevoked,
        StatusCodes.BadCertificateIssuerRevoked,
        StatusCodes.BadCertificateRevocationUnknown,
        StatusCodes.BadNoValidCertificates,
    }
)
"""Statuses of a channel or session that speak of our certificate."""
USER_REFUSED = frozenset(
    {
        StatusCodes.BadIdentityTokenInvalid,
        StatusCodes.BadIdentityTokenRejected,
        StatusCodes.BadUserAccessDenied,
        StatusCodes.BadUserSignatureInvalid,
    }
)
"""Statuses of ActivateSession that speak of our user."""


def trust_ours(mine: Ours, status: str) -> Message:
    """The server's IT has to trust our certificate first."""
    params = {"fingerprint": mine.fingerprint, "file": str(mine.file), "status": status}
    return Message(id="doors.ours_not_trusted", params={**params})


def user_refused(user: str | None, status: str) -> Message:
    """The server said no to our user; or to nobody at all."""
    if user is None:
        return Message(id="doors.nobody_refused", params={"status": status})
    return Message(id="doors.user_refused", params={"user": user, "status": status})


def explain(problem: Exception, address: str) -> Message:
    """What went wrong on the wire, in words for the plant."""
    place = urlsplit(address).netloc
    match problem:
        case Open() | AssessorError():
            return problem.message
        case UaStatusCodeError():
            return Message(id="contact.refused_by_server", params={"status": status_name(problem.code)})
        case UaError():
            return Message(id="contact.not_understood", params={"detail": type(problem).__name__})
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
