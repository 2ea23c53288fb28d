"""Interviews: a department at a time, with method, proof, notes and photographs beside each question."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from assessor.desk import noting, surveys
from assessor.desk.desk import new_id
from assessor.domain import Message
from assessor.errors import UnknownError
from assessor.preparing.interviews import rule, sessions
from assessor.web.cards import cards_of
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, posted, text
from assessor.web.pages.answers import frame

router = APIRouter()


@router.get("/surveys/{survey}/interviews")
def departments(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """Whom to ask, how much of it has an answer, and how long it takes, about."""
    held = surveys.opened(desk, who, survey)
    out = surveys.hidden(desk, held)
    asked = []
    for session in sessions(desk.library, held.framework):
        put = [q.id for q in session.questions if q.id not in out]
        given = sum(q in held.given and held.given[q].value is not None for q in put)
        asked.append((session, given, len(put)))
    return page(request, "interviews", frame(who, held) | {"asked": asked, "rule": rule()})


@router.get("/surveys/{survey}/interviews/{role}")
def department(request: Request, desk: DeskOf, who: PageWho, survey: str, role: str) -> Response:
    """What one department is asked."""
    held = surveys.opened(desk, who, survey)
    all_ = sessions(desk.library, held.framework)
    at = next((i for i, session in enumerate(all_) if session.role == role), None)
    if at is None:
        raise UnknownError(Message(id="desk.unknown"))
    cards = cards_of(desk, who, held, all_[at].questions)
    values: dict[str, Any] = frame(who, held) | {
        "session": all_[at],
        "topics": [(topic, [c for c in cards if c.question in asked]) for topic, asked in all_[at].topics],
        "hidden": surveys.hidden(desk, held),
        "notes": noting.listed(desk, who, survey),
        "key": new_id,
        "mine": who.account,
        "before": all_[at - 1].role if at else None,
        "after": all_[at + 1].role if at + 1 < len(all_) else None,
    }
    return page(request, "interview", values)


@router.post("/surveys/{survey}/notes/{question}")
def note(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, question: str) -> Response:
    """Keep a note; a script asks for JSON, a plain form gets its page again."""
    made = noting.add(desk, who, survey, question, text(form, "text"), text(form, "key"))
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"noted": made.id})
    role = desk.library.questions[question].knows
    return RedirectResponse(f"/surveys/{survey}/interviews/{role}#{question}", 303)


@router.post("/surveys/{survey}/notes/{note}/remove", dependencies=[Depends(posted)])
def remove(request: Request, desk: DeskOf, who: PageWho, survey: str, note: str) -> Response:
    noting.remove(desk, who, survey, note)
    back = request.headers.get("referer", "")
    inside = f"/surveys/{survey}/interviews"
    place = back[back.index(inside) :] if inside in back else inside
    return RedirectResponse(place, 303)
