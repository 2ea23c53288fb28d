"""The pack for filing: the list that it is accepted by, what is there and what is missing, and the pack itself."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import filing, reckoning
from assessor.desk.content import LARGEST
from assessor.domain import Checklist, Message
from assessor.errors import InputError, UnknownError
from assessor.report.pen import Pen
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of, text, uploads
from assessor.web.pages.results import download, frame

router = APIRouter()
MENDED_AT = {"credit-code": "/plant", "interviewees": "", "settled": "/clarify", "plan": "/plan"}
"""Where what is missing of an item can be put right."""


@router.get("/surveys/{survey}/filing")
def show(request: Request, desk: DeskOf, who: PageWho, survey: str, checklist: str = "") -> Response:
    """Every item of the list as it stands."""
    standing = reckoning.result(desk, who, survey)
    who.require("filing.read", standing.survey.organisation)
    if standing.done is None:
        return page(request, "waiting", frame(who, standing) | {"address": request.url.path})
    return page(request, "filing", _values(request, desk, who, survey, filing.checklist(desk, checklist)))


def _values(request: Request, desk: DeskOf, who: PageWho, survey: str, by: Checklist) -> dict[str, Any]:
    standing, language = reckoning.result(desk, who, survey), language_of(request)
    done = reckoning.assessment(desk, who, survey)
    return frame(who, standing) | {
        "a": done,
        "pen": Pen.of(done, language),
        "ready": filing.ready(desk, who, survey, by, language),
        "lists": desk.library.checklists,
        "mended_at": MENDED_AT,
        "mb": LARGEST["attachment"] // 1_000_000,
        "fault": None,
        "failed": "",
    }


@router.post("/surveys/{survey}/filing/files")
def hand_in(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Take files for one item; a fault leaves the page with what is wrong beside it."""
    by = filing.checklist(desk, text(form, "checklist"))
    item = next((one for one in by.items if one.id == text(form, "item") and one.files), None)
    if item is None:
        raise UnknownError(Message(id="desk.unknown"))
    given = uploads(form, "file")
    try:
        if not given:
            raise InputError(Message(id="web.no_file"))
        filing.hand_in(desk, who, survey, item, by, given, text(form, "day"))
    except InputError as problem:
        if reckoning.result(desk, who, survey).done is None:
            raise
        told = {"fault": problem, "failed": item.id}
        return page(request, "filing", _values(request, desk, who, survey, by) | told, 422)
    return RedirectResponse(f"/surveys/{survey}/filing?{urlencode({'checklist': by.id})}#{item.id}", 303)


@router.get("/surveys/{survey}/filing/pack.zip")
def pack(request: Request, desk: DeskOf, who: PageWho, survey: str, checklist: str = "") -> Response:
    """The pack as things stand; it is made while one waits."""
    by = filing.checklist(desk, checklist)
    made = filing.pack(desk, who, survey, by, language_of(request))
    return download(made, _called(desk, who, survey, "filing-pack.zip"))


@router.get("/surveys/{survey}/filing/annex.xlsx")
def annex(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """What is still open, for plant and assessor alone."""
    made = filing.annex(desk, who, survey, language_of(request))
    return download(made, _called(desk, who, survey, "internal-annex.xlsx"))


def _called(desk: DeskOf, who: PageWho, survey: str, name: str) -> str:
    return f"{reckoning.assessment(desk, who, survey).plant.id}-{name}"
