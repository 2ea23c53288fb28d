"""Round every answer: headers that let nothing in, forms of other sites turned away, bodies bounded."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assessor.messages import render
from assessor.web.gate import SAFE

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
SMALL, MIDDLE, LARGE = 1_000_000, 25_000_000, 210_000_000
"""Bytes of a body: of a form, where one paper or list is handed in, and where files of a survey are."""
PAPERS = re.compile(r"/(outline|supply|editions|suppliers|programmes/[a-z0-9-]+|vouchers/[0-9a-f]{32})$")
"""Where each room says itself how much it takes, in the words of whoever asks."""


def most_of(path: str) -> int:
    """Bytes that a body may have at an address."""
    if path.endswith(("/files", "/prepare/network")):
        return LARGE
    return MIDDLE if PAPERS.search(path) else SMALL


class Shield:
    def __init__(self, app: ASGIApp, secure: bool = False) -> None:
        self.app = app
        self.headers = HEADERS | ({"strict-transport-security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = most_of(scope["path"])
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and _foreign(headers):
            await _refused("web.foreign_form", 403)(scope, receive, self._shielded(send))
        elif int(headers.get("content-length") or 0) > most:
            await _refused("web.too_long", 413)(scope, receive, self._shielded(send))
        elif scope["method"] == "HEAD":  # what GET would say, without what it would bring
            await self.app({**scope, "method": "GET"}, _bounded(receive, most), self._shielded(_headless(send)))
        else:
            await self.app(scope, _bounded(receive, most), self._shielded(send))

    def _shielded(self, send: Send) -> Send:
        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return shielded


def _refused(text: str, status: int) -> PlainTextResponse:
    """Before anybody knows who asks, or in which language."""
    return PlainTextResponse("\n".join(render(text, language) for language in ("zh", "en")), status)


def _headless(send: Send) -> Send:
    async def headless(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headless


def _foreign(headers: Headers) -> bool:
    """Was it sent by a page of another site? Programs send neither header."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")


def _bounded(receive: Receive, most: int) -> Receive:
    """A body of unknown length ends where it grows too large: whoever reads it answers 413."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return bounded
