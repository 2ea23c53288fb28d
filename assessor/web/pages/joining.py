"""Supply chains as a factory meets them: who invited it, what joining opens, to join, decline or leave."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import surveys
from assessor.desk.chain import joining
from assessor.domain import Message
from assessor.errors import InputError, UnknownError
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text
from assessor.web.pages.answers import frame

router = APIRouter()


@router.get("/surveys/{survey}/chains")
def chains(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    return page(request, "chains", _values(desk, who, survey))


def _values(desk: DeskOf, who: PageWho, survey: str) -> dict[str, Any]:
    invited = joining.invitations(desk, who, survey)
    return frame(who, surveys.opened(desk, who, survey)) | {"invited": invited, "fault": None, "failed": ""}


@router.post("/surveys/{survey}/chains")
def join_by_code(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """By the code that was sent."""
    try:
        joining.join_by_code(desk, who, survey, text(form, "code"), agreed=bool(text(form, "agreed")))
    except InputError as problem:
        return page(request, "chains", _values(desk, who, survey) | {"fault": problem, "failed": "code"}, 422)
    return RedirectResponse(f"/surveys/{survey}/chains", 303)


@router.post("/surveys/{survey}/chains/{member}")
def answer(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, member: str) -> Response:
    """Join, decline or leave."""
    act = text(form, "act")
    try:
        if act == "join":
            joining.join(desk, who, survey, member, agreed=bool(text(form, "agreed")))
        elif act == "decline":
            joining.decline(desk, who, survey, member)
        elif act == "leave":
            joining.leave(desk, who, survey, member)
        else:
            raise UnknownError(Message(id="desk.unknown"))
    except InputError as problem:
        return page(request, "chains", _values(desk, who, survey) | {"fault": problem, "failed": member}, 422)
    return RedirectResponse(f"/surveys/{survey}/chains", 303)
