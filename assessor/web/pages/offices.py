"""An office: what waits for it, where files wait, its log, its people."""

from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from assessor.desk import houses
from assessor.desk.access import MAY_INVITE
from assessor.desk.office import logged, overview
from assessor.desk.office.overview import get
from assessor.storage import Organisation, Role
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text

router = APIRouter()
OFFICE_ROLES: tuple[Role, ...] = ("officer", "auditor")


def office_frame(who: PageWho, office: Organisation) -> dict[str, Any]:
    """What every page of an office shows round itself."""
    return {"office": office, "may": lambda action: who.may(action, office.id)}


@router.get("/offices/{office}")
def show(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    found = overview.overview(desk, who, office)
    values = office_frame(who, found.office) | {"seen": found}
    return page(request, "office", values)


@router.get("/offices/{office}/flow")
def flow(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    """The funnel, and how long files stood in each state."""
    found = get(desk, who, office)
    told = overview.where_files_wait(desk, who, office)
    return page(request, "office_flow", office_frame(who, found) | {"flow": told.flow, "sides": told.sides})


@router.get("/offices/{office}/log")
def log(
    request: Request, desk: DeskOf, who: PageWho, office: str, before: int = 0, follow: bool = False
) -> Response:
    found = get(desk, who, office)
    told = logged.log(desk, who, office, before, follow=follow)
    return page(request, "office_log", office_frame(who, found) | {"log": told})


@router.get("/offices/{office}/log.jsonl")
def export_log(desk: DeskOf, who: PageWho, office: str) -> Response:
    get(desk, who, office)
    told = {"content-disposition": 'attachment; filename="log.jsonl"'}
    return StreamingResponse(logged.export(desk, who, office), media_type="application/x-ndjson", headers=told)


@router.get("/offices/{office}/people")
def people(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    return page(request, "office_people", _people(desk, who, get(desk, who, office)))


def _people(desk: DeskOf, who: PageWho, office: Organisation) -> dict[str, Any]:
    own = {role for held in who.roles(office.id) for role in MAY_INVITE.get(held, ())}
    return office_frame(who, office) | {
        "colleagues": houses.colleagues(desk, who, office.id),
        "roles": [role for role in OFFICE_ROLES if role in own],
        "me": who.account,
        "code": None,
    }


@router.post("/offices/{office}/people")
def invite(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    """A code for a colleague, shown this once."""
    found = get(desk, who, office)
    code = houses.invite(desk, who, office, cast(Role, text(form, "role")))
    return page(request, "office_people", _people(desk, who, found) | {"code": code})


@router.post("/offices/{office}/people/dismiss")
def dismiss(desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    get(desk, who, office)
    houses.dismiss(desk, who, office, text(form, "account"), cast(Role, text(form, "role")))
    return RedirectResponse(f"/offices/{office}/people", 303)
