"""The door: the first page, and every way in and out."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import accounts, demonstration, entering
from assessor.desk.entering import Entered
from assessor.domain import Message
from assessor.errors import AssessorError, UnknownError
from assessor.web.face import page
from assessor.web.gate import DeskOf, Posted, known_of, language_of, place, posted, settings_of, text
from assessor.web.problems import status_of, waiting

router = APIRouter()


@router.get("/")
def door(request: Request, desk: DeskOf) -> Response:
    """For whoever comes: what this is, and the ways in. Whoever is known goes on to their plants."""
    if known_of(request) is not None:
        return RedirectResponse("/plants", 303)
    return page(request, "door", _values(desk, next_="/plants"))


@router.get("/enter")
def enter(request: Request, desk: DeskOf, next: str = "/plants") -> Response:
    return page(request, "enter", _values(desk, next_=_inside(next)))


def _values(desk: DeskOf, **more: Any) -> dict[str, Any]:
    start = {"fault": None, "contact": "", "sent": False}
    return start | {"next": more.pop("next_", "/plants"), "sender": desk.sender.name} | more


@router.post("/enter/code")
def by_code(request: Request, desk: DeskOf, form: Posted) -> Response:
    """A voucher or an invitation; somebody who is signed in takes it up for the account they have."""
    known = known_of(request)
    try:
        if known is not None:
            entering.join(desk, known.actor, text(form, "code"))
            return RedirectResponse("/plants", 303)
        entered = entering.by_code(desk, text(form, "code"), place(request), language_of(request))
    except AssessorError as problem:
        return _again(request, desk, form, problem)
    return _in(request, entered, text(form, "next"))


@router.post("/enter/send")
def send(request: Request, desk: DeskOf, form: Posted) -> Response:
    """Have a one-time code sent."""
    try:
        contact = entering.send_passcode(desk, text(form, "contact"), place(request), language_of(request))
    except AssessorError as problem:
        return _again(request, desk, form, problem)
    return page(request, "enter", _values(desk, next_=_inside(text(form, "next")), contact=contact, sent=True))


@router.post("/enter/passcode")
def by_passcode(request: Request, desk: DeskOf, form: Posted) -> Response:
    contact = text(form, "contact")
    try:
        entered = entering.by_passcode(desk, contact, text(form, "passcode"), place(request), language_of(request))
    except AssessorError as problem:
        return _again(request, desk, form, problem, sent=True)
    return _in(request, entered, text(form, "next"))


@router.post("/enter/password")
def by_password(request: Request, desk: DeskOf, form: Posted) -> Response:
    try:
        entered = entering.by_password(desk, text(form, "contact"), str(form.get("password", "")), place(request))
    except AssessorError as problem:
        return _again(request, desk, form, problem)
    return _in(request, entered, text(form, "next"))


@router.post("/enter/demo", dependencies=[Depends(posted)])
def try_demo(request: Request, desk: DeskOf) -> Response:
    """The simulated plant, for whoever wants to look round."""
    if not settings_of(request).demo:
        raise UnknownError(Message(id="desk.unknown"))
    entered, survey = demonstration.enter(desk, place(request), language_of(request))
    return _in(request, entered, f"/surveys/{survey}")


@router.post("/leave", dependencies=[Depends(posted)])
def leave(request: Request, desk: DeskOf) -> Response:
    cookie = settings_of(request).cookie
    if token := request.cookies.get(cookie):
        entering.leave(desk, token)
    answer = RedirectResponse("/", 303)
    forget_cookie(request, answer)
    return answer


@router.post("/language")
def choose_language(request: Request, desk: DeskOf, form: Posted) -> Response:
    """For this browser, and for the account where there is one."""
    chosen, known = text(form, "language"), known_of(request)
    answer = RedirectResponse(_inside(text(form, "next")), 303)
    if chosen in ("zh", "en"):
        if known is not None:
            accounts.choose_language(desk, known.actor, "zh" if chosen == "zh" else "en")
        answer.set_cookie("language", chosen, max_age=31_536_000, samesite="lax", httponly=True)
    return answer


def forget_cookie(request: Request, answer: Response) -> None:
    held = settings_of(request)
    answer.delete_cookie(held.cookie, secure=held.secure, httponly=True, samesite="lax")


def session_cookie(request: Request, answer: Response, entered: Entered) -> None:
    held = settings_of(request)
    answer.set_cookie(
        held.cookie, entered.token, max_age=entering.SESSION // 10**9, path="/",
        secure=held.secure, httponly=True, samesite="lax",
    )  # fmt: skip


def _in(request: Request, entered: Entered, next_: str) -> Response:
    answer = RedirectResponse(_inside(next_), 303)
    session_cookie(request, answer, entered)
    return answer


def _inside(address: str) -> str:
    """An address of this site and of no other."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if plain and not any(ord(c) < 32 for c in address) else "/plants"


def _again(request: Request, desk: DeskOf, form: Posted, problem: AssessorError, **more: Any) -> Response:
    """The same page with what was wrong; nothing that was typed is lost but secrets."""
    values = _values(desk, next_=_inside(text(form, "next")), contact=text(form, "contact"), fault=problem.message)
    shown = page(request, "enter", values | more, status_of(problem))
    shown.headers.update(waiting(shown.status_code))
    return shown
