"""Before the visit: the pack to send, the sheet that comes back, the scope that follows, the signed letter."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import preparing, surveys
from assessor.desk.content import LARGEST, called
from assessor.domain import Message, Vantage
from assessor.errors import InputError
from assessor.forms.changes import Problem
from assessor.precheck.page import Edition
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of, posted, text, upload
from assessor.web.pages.answers import frame
from assessor.web.pages.results import download

router = APIRouter()
BEIJING = ":00+08:00"
"""What a time of a form lacks."""


@router.get("/surveys/{survey}/prepare")
def show(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """How far the preparation has come, and what is still missing."""
    return page(request, "prepare", _values(request, desk, who, survey))


def _values(
    request: Request, desk: DeskOf, who: PageWho, survey: str, problems: tuple[Problem, ...] = ()
) -> dict[str, Any]:
    standing = preparing.standing(desk, who, survey)
    result = standing.precheck.result if standing.precheck else None
    return frame(who, surveys.opened(desk, who, survey)) | {
        "standing": standing,
        "tried": Edition(result, language_of(request)) if result else None,
        "vantages": [v.value for v in Vantage],
        "problems": problems,
        "mb": LARGEST["network"] // 1_000_000,
    }


@router.post("/surveys/{survey}/prepare")
def say(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Keep what was said of the visit."""
    preparing.say(desk, who, survey, said_in(form))
    return _back(survey)


def _back(survey: str, where: str = "") -> Response:
    return RedirectResponse(f"/surveys/{survey}/prepare{where}", 303)


def said_in(form: Posted) -> dict[str, Any]:
    """What a form says, as parts of the file of a visit."""
    role, date, reference = (text(form, name) for name in ("role", "date", "reference"))
    number, gap = text(form, "number"), text(form, "gap")
    drawn = [{"id": "machines", "selection": "drawn", "number": number}] if number else []
    return {
        "visitor": _both(text(form, "visitor")),
        "vantage": text(form, "vantage"),
        "window": _window(form, "window"),
        "precheck_window": _window(form, "precheck"),
        "minutes": text(form, "minutes"),
        "agreement": {"role": _both(role), "date": date, "reference": reference}
        if role or date or reference
        else None,
        "strata": drawn,
        "limits": {"request_gap": gap} if gap else None,
    }


def _both(said: str) -> dict[str, str] | None:
    """As said, for either language."""
    return {"zh": said[:200], "en": said[:200]} if said else None


def _window(form: Posted, name: str) -> dict[str, str] | None:
    opens, closes = text(form, f"{name}_opens")[:16], text(form, f"{name}_closes")[:16]
    return {"opens": opens + BEIJING, "closes": closes + BEIJING} if opens or closes else None


@router.post("/surveys/{survey}/prepare/network")
def network(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Take the network sheet; where cells cannot be taken, all of them are told at once."""
    given = upload(form, "file")
    if given is None:
        raise InputError(Message(id="web.no_file"))
    problems = preparing.hand_in_network(desk, who, survey, *given)
    if problems:
        values = _values(request, desk, who, survey, problems) | {"wrong": called(given[0])}
        return page(request, "prepare", values, 422)
    return _back(survey, "#network")


@router.get("/surveys/{survey}/prepare/pack.zip")
def pack(desk: DeskOf, who: PageWho, survey: str) -> Response:
    """All papers that can be written by now."""
    made = preparing.pack(desk, who, survey)
    held = surveys.opened(desk, who, survey)
    return download(made.zipped(), f"{held.plant.id}-pack.zip")


@router.post("/surveys/{survey}/prepare/scope", dependencies=[Depends(posted)])
def scope(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """Draft the scope: it counts at once, and sampling waits for a person all the same."""
    preparing.draft(desk, who, survey, language_of(request))
    return _back(survey, "#scope")
