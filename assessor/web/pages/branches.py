"""Branches of aggregating servers: what each may be, and the machine that a person says it is."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import branches, surveys
from assessor.errors import InputError
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text
from assessor.web.pages.answers import frame

router = APIRouter()
SHOWN = 40
"""Branches of one server at a time: each has the whole register to choose from."""


@router.get("/surveys/{survey}/branches")
def show(request: Request, desk: DeskOf, who: PageWho, survey: str, server: str = "", after: str = "") -> Response:
    """Servers some of whose data points belong to no machine, and the branches to assign."""
    return page(request, "branches", _values(desk, who, survey, server, after))


def _values(desk: DeskOf, who: PageWho, survey: str, server: str, after: str) -> dict[str, Any]:
    standing = branches.standing(desk, who, survey)
    return frame(who, surveys.opened(desk, who, survey)) | {
        "standing": standing,
        "names": {a.id: a.name for a in standing.agreed.scope.assets} if standing.agreed else {},
        "server": server,
        "after": int(after) if after.isdecimal() and len(after) < 6 else 0,
        "shown": SHOWN,
        "fault": None,
        "failed": "",
        "typed": {},
    }


@router.post("/surveys/{survey}/branches")
def confirm(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Write what was chosen into a new file of the scope; a fault leaves the choice as it was."""
    endpoint, after = text(form, "endpoint"), text(form, "after")
    pairs = zip(form.getlist("path"), form.getlist("asset"), strict=False)
    chosen = {str(path): str(asset) for path, asset in pairs if asset}
    try:
        branches.confirm(desk, who, survey, endpoint, text(form, "made_from"), chosen)
    except InputError as problem:
        told = {"fault": problem.message, "failed": endpoint, "typed": chosen}
        return page(request, "branches", _values(desk, who, survey, endpoint, after) | told, 422)
    return RedirectResponse(f"/surveys/{survey}/branches", 303)
