"""One's plants: their surveys, a new one, and what offices see."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import houses, surveys
from assessor.desk.chain import joining
from assessor.domain import Message
from assessor.errors import AccessError
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, settings_of, text

router = APIRouter()
A_PAGE = 30
"""Surveys on one page: the progress of each is reckoned."""


@router.get("/plants")
def plants(request: Request, desk: DeskOf, who: PageWho, after: str = "", opened: str = "") -> Response:
    """Surveys one may read, so many a page, those that were opened to one's office, and how to begin another."""
    own = houses.mine(desk, who)
    found = surveys.mine(desk, who, after, A_PAGE + 1)
    held = [surveys.sheet(desk, survey) for survey in found[:A_PAGE]]
    progress = {s.survey.id: surveys.progress(s, surveys.hidden(desk, s), desk.library.questions) for s in held}
    factories = [house for house in own if who.may("survey.open", house.id)]
    shown = surveys.opened_to(desk, who, opened, A_PAGE + 1)
    offices = [house for house in own if house.kind == "office"]
    chains = [house for house in own if who.may("chain.read", house.id)]
    values = {
        "held": held,
        "progress": progress,
        "more": found[A_PAGE - 1].id if len(found) > A_PAGE else None,
        "offices": offices,
        "opened": shown[:A_PAGE],
        "more_opened": shown[A_PAGE - 1].id if len(shown) > A_PAGE else None,
        "chains": chains,
        "chains_waiting": joining.waiting(desk, who),
        "may_begin": bool(factories) or (settings_of(request).open and not offices and not chains),
    }
    return page(request, "plants", values)


@router.get("/plants/new")
def new(request: Request, desk: DeskOf, who: PageWho) -> Response:
    factories = [house for house in houses.mine(desk, who) if who.may("survey.open", house.id)]
    return page(request, "plant", {"factories": factories, "plant": None, "survey": None})


@router.post("/plants/new")
def begin(request: Request, desk: DeskOf, who: PageWho, form: Posted) -> Response:
    """A factory of one's own where one has none yet, and its survey."""
    given = plant_of(form)
    surveys.read_plant(given)  # a slip is told before anything is made
    house = text(form, "organisation") or next((o for o in who.organisations() if who.may("survey.open", o)), "")
    if not house:
        if not settings_of(request).open:
            raise AccessError(Message(id="desk.not_open"))
        house = houses.found_own(desk, who, str(given["name"]))
        who = replace(who, memberships=houses.memberships(desk, who.account))
    survey = surveys.begin(desk, who, house, given)
    return RedirectResponse(f"/surveys/{survey}", 303)


def plant_of(form: Posted) -> dict[str, Any]:
    """What a form says of a plant."""
    told: dict[str, Any] = {
        key: text(form, key) for key in ("name", "name_en", "kind", "credit_code", "industry", "district")
    }
    employees = text(form, "employees")
    told["employees"] = int(employees) if employees.isdecimal() and len(employees) < 10 else (employees or None)
    told["credit_code"] = told["credit_code"].upper() or None
    told["industry"] = told["industry"].upper() or None
    above = text(form, "above_scale")
    told["above_scale"] = {"yes": True, "no": False}.get(above)
    return told


@router.post("/offices/{office}/keep")
def keep(desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    """How long the programme of an office keeps data; nothing: until a factory erases them."""
    days = text(form, "days")
    houses.keep_for(desk, who, office, int(days) if days.isdecimal() and len(days) < 6 else (0 if days else None))
    return RedirectResponse(f"/offices/{office}", 303)


@router.post("/offices/{office}/codes")
def grant(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    """An office makes a factory and the code its owner comes in by; the code is shown this once."""
    factory = text(form, "factory")
    code = houses.grant_voucher(desk, who, office, factory)
    return page(request, "voucher", {"code": code, "factory": factory})
