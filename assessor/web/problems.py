"""What went wrong, as a page for people or as problem details (RFC 9457) for programs; never a traceback."""

import json
import logging
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assessor.desk.answering import Overtaken
from assessor.desk.passwords import WINDOW
from assessor.desk.surveys import BlindError
from assessor.domain import Message
from assessor.errors import (
    AccessError,
    AssessorError,
    BundleError,
    ConflictError,
    ContactError,
    InputError,
    PatienceError,
    StorageError,
    UnknownError,
)
from assessor.messages import render
from assessor.web.face import page
from assessor.web.gate import SAFE, SignedOut, language_of
from assessor.web.shield import HEADERS

STATUS: tuple[tuple[type[AssessorError], int], ...] = (
    (SignedOut, 401),
    (UnknownError, 404),
    (ConflictError, 409),
    (PatienceError, 429),
    (AccessError, 403),
    (InputError, 422),
    (BundleError, 422),
    (ContactError, 422),
    (StorageError, 503),
)
log = logging.getLogger("assessor.web")


def status_of(problem: AssessorError) -> int:
    return next((status for kind, status in STATUS if isinstance(problem, kind)), 500)


def is_program(request: Request) -> bool:
    """The interface for programs, and scripts of our pages, which ask for JSON."""
    accepts = request.headers.get("accept", "")
    scripted = "application/json" in accepts and "text/html" not in accepts
    return scripted or request.url.path.startswith("/api/")


def problem_json(request: Request, status: int, message: Message, place: str | None, **more: Any) -> Response:
    """type, title, status, detail; `place` says where, such as a question's id or a cell.

    What a sender wrote stands in it, also where it is no text: half a sign is told as '?'.
    """
    content = {
        "type": f"about:blank#{message.id}",
        "title": message.id,
        "status": status,
        "detail": render(message, language_of(request)),
        "place": place,
        "instance": request.url.path,
    } | more
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    headers |= waiting(status)
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return Response(body, status, headers, media_type="application/problem+json")


def _ours(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, AssessorError)
    status, back = status_of(problem), request.headers.get("referer", "/")
    if is_program(request):
        more = {"stands": told(problem), "wanted": vars(problem.wanted)} if isinstance(problem, Overtaken) else {}
        return problem_json(request, status, problem.message, problem.place, **more)
    if isinstance(problem, BlindError) and request.method in SAFE:
        return RedirectResponse(f"/surveys/{problem.place}/second", 303)  # what is to be done first
    if status == 401:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        next_ = asked if request.method in SAFE else _here(back, request)  # a form was sent: back to its page
        return RedirectResponse(f"/enter?next={quote(next_)}", 303)
    values = {
        "status": status,
        "message": problem.message,
        "place": problem.place or "",
        "back": _here(back, request),
    }
    shown = page(request, "problem", values, status)
    shown.headers.update(waiting(status))
    return shown


def _here(address: str, request: Request) -> str:
    """An address of this site, or its first page."""
    base = str(request.base_url)
    rest = "/" + address.removeprefix(base)
    return rest if address.startswith(base) and not rest.startswith(("//", "/\\")) else "/"


def waiting(status: int) -> dict[str, str]:
    """When to try again, where there were too many tries."""
    return {"retry-after": str(WINDOW // 10**9)} if status == 429 else {}


def told(problem: Overtaken) -> dict[str, Any]:
    return vars(problem.stands) | {"author": problem.author}


def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    name = {404: "desk.unknown", 405: "web.wrong_method", 413: "web.too_long"}.get(
        problem.status_code, "web.refused"
    )
    if is_program(request):
        answer = problem_json(request, problem.status_code, Message(id=name), None)
        answer.headers.update(problem.headers or {})
        return answer
    values = {"status": problem.status_code, "message": Message(id=name), "place": "", "back": "/"}
    return page(request, "problem", values, problem.status_code)


def _invalid(request: Request, problem: Exception) -> Response:
    """A program sent what the description of the interface does not allow: each fault with its place."""
    assert isinstance(problem, RequestValidationError)
    faults = [{"place": ".".join(map(str, e["loc"])), "detail": e["msg"]} for e in problem.errors()]
    if is_program(request):
        return problem_json(request, 422, Message(id="web.invalid"), faults[0]["place"], faults=faults)
    values = {"status": 422, "message": Message(id="web.invalid"), "place": faults[0]["place"], "back": "/"}
    return page(request, "problem", values, 422)


def _unexpected(request: Request, problem: Exception) -> Response:
    log.exception("unexpected at %s %s", request.method, request.url.path, exc_info=problem)
    values = {"status": 500, "message": Message(id="web.unexpected"), "place": "", "back": "/"}
    answer: Response = (
        problem_json(request, 500, Message(id="web.unexpected"), None)
        if is_program(request)
        else page(request, "problem", values, 500)
    )
    answer.headers.update(HEADERS)  # it is made outside of everything else, the shield included
    return answer


def handle(app: FastAPI) -> None:
    app.add_exception_handler(AssessorError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)
