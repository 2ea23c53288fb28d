"""Checks of what a scope says about modes, policies and users. Nothing here reads a secret."""

from pathlib import Path

from assessor.documents import Lines
from assessor.domain import Credential, Message, Scope
from assessor.errors import InputError


def check_doors(scope: Scope, lines: Lines) -> None:
    """Mode and policy fit each other; a credential is whole and holds no secret, only where one is kept."""
    for i, endpoint in enumerate(scope.endpoints):
        security = endpoint.security
        if (security.mode == "None") != (security.policy == "None"):
            where = lines.at("endpoints", i, "security")
            raise InputError(Message(id="doors.in_scope.policy", params={"mode": security.mode}), where)
        if endpoint.credential is not None:
            _check(endpoint.credential, lines, i)


def _check(given: Credential, lines: Lines, endpoint: int) -> None:
    def refuse(name: str, *key: str, **params: str) -> InputError:
        where = lines.at("endpoints", endpoint, "credential", *key)
        return InputError(Message(id=f"doors.in_scope.{name}", params={**params}), where)

    if given.secret == "":
        raise refuse("secret_written", "secret")
    if given.certificate is None and given.key is None:
        whole = bool(given.user and given.secret)
    else:
        whole = bool(given.certificate and given.key and not given.user)
    if not whole:
        raise refuse("credential")
    places = {"certificate": given.certificate, "key": given.key}
    if given.secret and given.secret.startswith("file:"):
        places["secret"] = given.secret.removeprefix("file:")
    for key, place in places.items():
        if place is not None and not Path(place).expanduser().is_absolute():
            raise refuse("relative", key, file=place)
