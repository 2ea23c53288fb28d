"""What an office imports for its picture: outlines for its map, a list of providers to hold demand against."""

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assessor.desk import importing
from assessor.desk import picture as desk_picture
from assessor.domain import Message
from assessor.errors import InputError
from assessor.storage import ImportKind
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, posted, text, upload
from assessor.web.pages.city import MEDIA, frame
from assessor.web.pages.results import download

router = APIRouter()
ROOM: dict[ImportKind, str] = {"outlines": "outline", "providers": "supply"}
"""Address and texts of each."""
SHOWN: dict[ImportKind, str] = {"outlines": "?by=district", "providers": "#wants"}
"""Where the picture shows it."""


def _shown(
    request: Request, desk: DeskOf, who: PageWho, office: str, kind: ImportKind, fault: InputError | None = None
) -> Response:
    """What is imported, and the form to import another; a fault leaves the page with what is wrong, and where."""
    who.require("import.write", office)
    shown = desk_picture.picture(desk, who, office)
    held = importing.held(desk, who, office, kind)
    count = importing.count(held) if held else 0
    values = {"held": held, "count": count, "fault": fault, "room": ROOM[kind]}
    return page(request, "import", frame(request, who, shown, desk) | values, 422 if fault else 200)


def _taken(
    request: Request, desk: DeskOf, who: PageWho, form: FormData, office: str, kind: ImportKind
) -> Response:
    who.require("import.write", office)
    given = upload(form, "file")
    try:
        if given is None:
            raise InputError(Message(id="web.no_file"))
        importing.take(desk, who, office, kind, *given, text(form, "source"))
    except InputError as problem:
        return _shown(request, desk, who, office, kind, problem)
    return RedirectResponse(f"/offices/{office}/picture{SHOWN[kind]}", 303)


def _removed(desk: DeskOf, who: PageWho, office: str, kind: ImportKind) -> Response:
    importing.remove(desk, who, office, kind)
    return RedirectResponse(f"/offices/{office}/{ROOM[kind]}", 303)


@router.get("/offices/{office}/outline")
def outline(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    return _shown(request, desk, who, office, "outlines")


@router.post("/offices/{office}/outline")
def take_outline(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    return _taken(request, desk, who, form, office, "outlines")


@router.post("/offices/{office}/outline/remove", dependencies=[Depends(posted)])
def remove_outline(desk: DeskOf, who: PageWho, office: str) -> Response:
    return _removed(desk, who, office, "outlines")


@router.get("/offices/{office}/supply")
def supply(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    return _shown(request, desk, who, office, "providers")


@router.post("/offices/{office}/supply")
def take_supply(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    return _taken(request, desk, who, form, office, "providers")


@router.post("/offices/{office}/supply/remove", dependencies=[Depends(posted)])
def remove_supply(desk: DeskOf, who: PageWho, office: str) -> Response:
    return _removed(desk, who, office, "providers")


@router.get("/offices/{office}/supply/template.xlsx")
def supply_template(desk: DeskOf, who: PageWho, office: str) -> Response:
    """A workbook to fill in."""
    who.require("import.write", office)
    return download(importing.template(desk), "providers.xlsx", MEDIA["xlsx"])
