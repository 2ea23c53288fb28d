"""WHO ASKS: the session or token of a request, its language, and whether its form was ours."""

import contextlib
import ipaddress
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.entering import Known, known_by_session, known_by_token
from assessor.domain import Message
from assessor.errors import AccessError
from assessor.messages import Language
from assessor.web.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SignedOut(AccessError):
    """Nobody is known: a page sends to the door, a program is told 401."""


def desk_of(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)


def settings_of(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


async def _desk(request: Request) -> Desk:
    """As a dependency: what only looks up a name takes no thread of its own."""
    return desk_of(request)


def known_of(request: Request) -> Known | None:
    """Who asks, if anybody is known; looked up once a request."""
    if not hasattr(request.state, "known"):
        request.state.known = _known(request)
    return cast(Known | None, request.state.known)


def _known(request: Request) -> Known | None:
    """A token opens the interface for programs alone: a page is for a person, and so is an account."""
    desk, authorization = desk_of(request), request.headers.get("authorization", "")
    if authorization and request.url.path.startswith("/api/"):
        kind, _, secret = authorization.partition(" ")
        return known_by_token(desk, secret.strip()) if kind.lower() == "bearer" else None
    cookie = request.cookies.get(settings_of(request).cookie)
    return known_by_session(desk, cookie) if cookie else None


async def somebody(request: Request) -> Known:
    """Raises SignedOut where nobody is known."""
    known = await _threaded(request)
    if known is None:
        raise SignedOut(Message(id="web.signed_out"))
    return known


async def actor(request: Request) -> Actor:
    """Whoever asks; what changes something by a session brings the session's guard along."""
    known = await somebody(request)
    if request.method not in SAFE and known.actor.scopes is None:
        check_guard(known, request.headers.get("x-guard", ""))
    return known.actor


def check_guard(known: Known, given: str) -> None:
    if not secrets.compare_digest(known.guard.encode(), given.encode()):
        raise AccessError(Message(id="web.foreign_form"))


async def posted(request: Request) -> AsyncIterator[FormData]:
    """A form of ours: of a session that is known it brings the guard along."""
    async with request.form(max_files=20, max_fields=500) as form:
        known = await _threaded(request)
        if known is not None:
            check_guard(known, text(form, "guard") or request.headers.get("x-guard", ""))
        yield form


async def _threaded(request: Request) -> Known | None:
    """As `known_of`, which asks the database in a thread, once; what follows finds it here."""
    if not hasattr(request.state, "known"):
        await run_in_threadpool(known_of, request)
    return known_of(request)


async def page_actor(request: Request) -> Actor:
    """Whoever asks for a page or sends its form; the guard of a form is checked by `posted`."""
    return (await somebody(request)).actor


DeskOf = Annotated[Desk, Depends(_desk)]
Somebody = Annotated[Known, Depends(somebody)]
Who = Annotated[Actor, Depends(actor)]
PageWho = Annotated[Actor, Depends(page_actor)]
Posted = Annotated[FormData, Depends(posted)]


def text(form: FormData, name: str) -> str:
    """A field of a form; a file is none."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def whole(form: FormData, name: str, otherwise: int = -1) -> int:
    """A field that holds a whole number; what is none, or too long to be one, is another number, which matches
    nothing."""
    given = text(form, name)
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else otherwise


def upload(form: FormData, name: str) -> tuple[str, bytes] | None:
    """A file of a form: the name its sender gave it, and what is in it."""
    return next(iter(uploads(form, name)), None)


def uploads(form: FormData, name: str) -> list[tuple[str, bytes]]:
    """All files of one field."""
    given: list[Any] = form.getlist(name)
    return [(one.filename, one.file.read()) for one in given if isinstance(one, UploadFile) and one.filename]


def place(request: Request) -> str:
    """From where it comes: what tries are counted by."""
    host = request.client.host if request.client else "nowhere"
    with contextlib.suppress(ValueError):
        if isinstance(address := ipaddress.ip_address(host.partition("%")[0]), ipaddress.IPv6Address):
            mapped = address.ipv4_mapped
            return str(mapped or ipaddress.ip_network((address, 64), strict=False))  # one house has them all
    return host


def language_of(request: Request) -> Language:
    """As chosen in the address, by the cookie or the account; else as the browser asks, Chinese where in doubt."""
    known = getattr(request.state, "known", None)
    wanted = (
        request.query_params.get("language"),
        request.cookies.get("language"),
        known.account.language if known else None,
    )
    for one in wanted:
        if one in ("zh", "en"):
            return cast(Language, one)
    asked = request.headers.get("accept-language", "zh").lower()
    first = min(((asked.find(tag), tag) for tag in ("zh", "en") if tag in asked), default=(0, "zh"))[1]
    return cast(Language, first)
