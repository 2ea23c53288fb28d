"""Another house's sign-in: OpenID Connect with its discovery document, PKCE and nonce, through Authlib."""

from functools import lru_cache
from typing import Any

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from fastapi import APIRouter, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.responses import RedirectResponse, Response

from assessor.desk import entering
from assessor.desk.desk import new_secret
from assessor.domain import Message
from assessor.errors import InputError, StorageError, UnknownError
from assessor.web.gate import DeskOf, language_of, settings_of
from assessor.web.pages.door import session_cookie
from assessor.web.settings import OpenId

router = APIRouter()
COOKIE, LASTS = "openid", 600
ALGORITHMS = ["RS256", "ES256", "EdDSA"]
SAID = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
"""What a house says of itself, without which nobody comes in by it."""


@router.get("/enter/openid")
def begin(request: Request) -> Response:
    """To the other house; what has to come back goes into a cookie of ten minutes."""
    held = _held(request)
    state, nonce, verifier = new_secret(), new_secret(), new_secret() + new_secret()
    asked = {
        "response_type": "code",
        "client_id": held.client,
        "redirect_uri": _back_to(request),
        "scope": "openid profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    address = add_params_to_uri(_discovered(held.issuer)["authorization_endpoint"], list(asked.items()))
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        COOKIE, f"{state}.{nonce}.{verifier}", max_age=LASTS, path="/enter/openid",
        secure=settings_of(request).secure, httponly=True, samesite="lax",
    )  # fmt: skip
    return answer


@router.get("/enter/openid/back")
def back(request: Request, desk: DeskOf) -> Response:
    """From the other house: who somebody is, by its signature."""
    held, kept = _held(request), request.cookies.get(COOKIE, "").split(".")
    if len(kept) != 3 or not all(kept) or request.query_params.get("state") != kept[0]:
        raise InputError(Message(id="web.openid.stale"))
    known = _discovered(held.issuer)
    given = {
        "grant_type": "authorization_code",
        "code": request.query_params.get("code", ""),
        "redirect_uri": _back_to(request),
        "code_verifier": kept[2],
    }
    try:
        token = httpx.post(known["token_endpoint"], data=given, auth=(held.client, held.secret), timeout=10)
        keys = KeySet.import_key_set(httpx.get(known["jwks_uri"], timeout=10).raise_for_status().json())
        signed = jwt.decode(token.raise_for_status().json()["id_token"], keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(signed.claims, signed.header, _expected(held), {"nonce": kept[1]})
        claims.validate()
    except (httpx.HTTPStatusError, JoseError, KeyError, TypeError, ValueError) as problem:
        raise InputError(Message(id="web.openid.refused")) from problem
    except httpx.HTTPError as problem:
        raise StorageError(Message(id="web.openid.silent"), held.name) from problem
    name = str(claims.get("name") or claims.get("preferred_username") or "")
    entered = entering.by_subject(desk, f"{held.issuer} {claims['sub']}", name, language_of(request))
    answer = RedirectResponse("/plants", 303)
    session_cookie(request, answer, entered)
    answer.delete_cookie(COOKIE, path="/enter/openid")
    return answer


def _held(request: Request) -> OpenId:
    held = settings_of(request).openid
    if held is None:
        raise UnknownError(Message(id="desk.unknown"))
    return held


def _expected(held: OpenId) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": held.issuer},
        "aud": {"essential": True, "value": held.client},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }


def _back_to(request: Request) -> str:
    public = settings_of(request).public or str(request.base_url).rstrip("/")
    return f"{public}/enter/openid/back"


@lru_cache(maxsize=4)
def _discovered(issuer: str) -> dict[str, Any]:
    """What the house says of itself; it must be the house that was meant."""
    try:
        answer = httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=10)
        found: dict[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as problem:
        raise StorageError(Message(id="web.openid.silent"), issuer) from problem
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in SAID):
        raise StorageError(Message(id="web.openid.silent"), issuer)
    if found["issuer"].rstrip("/") != issuer:
        raise StorageError(Message(id="web.openid.silent"), issuer)
    return found
