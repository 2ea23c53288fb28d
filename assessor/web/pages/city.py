"""Pages of a programme office: what the factories that open their results to it come to together."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import outlining
from assessor.desk import picture as desk_picture
from assessor.desk.picture import Shown
from assessor.domain import Message
from assessor.errors import InputError
from assessor.portfolio.figures import SHARES
from assessor.portfolio.groups import CUTS
from assessor.portfolio.lines import ALL, HEAD, Names, as_csv, as_xlsx, lines
from assessor.web.face import Face, face, page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of, posted, text, upload
from assessor.web.map import SHOWN, map_of, name_of
from assessor.web.pages.offices import office_frame
from assessor.web.pages.results import download
from assessor.web.picture import View

router = APIRouter()


def frame(request: Request, who: PageWho, shown: Shown, desk: DeskOf) -> dict[str, Any]:
    """What every page of an office has."""
    names = Names(language_of(request), desk.library)
    return office_frame(who, shown.office) | {
        "shown": shown,
        "names": names,
        "p": names.t,
        "v": View(shown.city, names) if shown.city else None,
    }


@router.get("/offices/{office}/picture")
def picture(
    request: Request, desk: DeskOf, who: PageWho, office: str, by: str = ALL, show: str = SHOWN[0]
) -> Response:
    """By district, industry or size, or all together."""
    shown = desk_picture.picture(desk, who, office)
    cut = next((one for one in CUTS if one == by), None)
    groups = shown.city.cuts[cut] if shown.city and cut else ()
    base = frame(request, who, shown, desk)
    values: dict[str, Any] = {"cut": cut or ALL, "cuts": (ALL, *CUTS), "groups": groups}
    if shown.city is not None:
        values |= _told(face(request), shown, base["names"])
        outline = outlining.held(desk, who, office) if cut == "district" else None
        what = show if show in SHOWN else SHOWN[0]
        values |= {"outline": outline, "what": what, "shows": SHOWN, "name_of": name_of}
        values["map"] = map_of(base["v"], outlining.shapes(outline), what) if outline else None
    return page(request, "city", base | values)


@router.get("/offices/{office}/targets")
def targets(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    """What plans set out to reach, beside what was measured."""
    shown, aims = desk_picture.targets(desk, who, office)
    base = frame(request, who, shown, desk)
    told = _told(face(request), shown, base["names"]) if shown.city else {}
    return page(request, "targets", base | told | {"aims": aims, "share": _is_share})


def _is_share(measure: str | None) -> bool:
    """Is what it measures a share?"""
    return measure == "transformed" or measure in SHARES


@router.get("/offices/{office}/outline")
def outline(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    """What is imported, and the form to import another."""
    who.require("outline.write", office)
    return _outline(request, desk, who, office)


def _outline(
    request: Request, desk: DeskOf, who: PageWho, office: str, fault: Message | None = None, status: int = 200
) -> Response:
    shown = desk_picture.picture(desk, who, office)
    held = outlining.held(desk, who, office)
    count = len(outlining.shapes(held)) if held else 0
    values = frame(request, who, shown, desk) | {"held": held, "count": count, "fault": fault}
    return page(request, "outline", values, status)


@router.post("/offices/{office}/outline")
def take_outline(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    who.require("outline.write", office)
    given = upload(form, "file")
    if given is None:
        return _outline(request, desk, who, office, Message(id="picture.outline.no_file"), 422)
    try:
        outlining.take(desk, who, office, given[0], given[1], text(form, "source"))
    except InputError as problem:
        return _outline(request, desk, who, office, problem.message, 422)
    return RedirectResponse(f"/offices/{office}/picture?by=district", 303)


@router.get("/offices/{office}/supply")
def supply(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    """Which list of providers demand is held against, and the form to import another."""
    who.require("outline.write", office)
    return _supply(request, desk, who, office)


def _supply(
    request: Request, desk: DeskOf, who: PageWho, office: str, fault: InputError | None = None, status: int = 200
) -> Response:
    shown = desk_picture.picture(desk, who, office)
    held = outlining.held(desk, who, office, "providers")
    count = len(outlining.providers(held)) if held else 0
    values = frame(request, who, shown, desk) | {"held": held, "count": count, "fault": fault}
    return page(request, "supply", values, status)


@router.post("/offices/{office}/supply")
def take_supply(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    who.require("outline.write", office)
    given = upload(form, "file")
    try:
        if given is None:
            raise InputError(Message(id="web.no_file"))
        outlining.take(desk, who, office, given[0], given[1], text(form, "source"), "providers")
    except InputError as problem:
        return _supply(request, desk, who, office, problem, 422)
    return RedirectResponse(f"/offices/{office}/picture#wants", 303)


@router.get("/offices/{office}/supply/template.xlsx")
def supply_template(desk: DeskOf, who: PageWho, office: str) -> Response:
    """A workbook to fill in."""
    who.require("outline.write", office)
    return download(outlining.template(desk), "providers.xlsx", MEDIA["xlsx"])


@router.post("/offices/{office}/supply/remove", dependencies=[Depends(posted)])
def remove_supply(desk: DeskOf, who: PageWho, office: str) -> Response:
    outlining.remove(desk, who, office, "providers")
    return RedirectResponse(f"/offices/{office}/supply", 303)


@router.post("/offices/{office}/outline/remove", dependencies=[Depends(posted)])
def remove_outline(desk: DeskOf, who: PageWho, office: str) -> Response:
    outlining.remove(desk, who, office)
    return RedirectResponse(f"/offices/{office}/outline", 303)


def _told(f: Face, shown: Shown, names: Names) -> dict[str, Any]:
    assert shown.city is not None
    city = shown.city
    at = dict(zip(city.verified, city.all.verified, strict=True))
    open_, unheard = at.get(("open",)), at.get(("unheard",))
    return {
        "rests": rests(f, shown, names),
        "editions": names.t("and").join(names.edition(one) for one in city.editions),
        "alone": {"open": open_, "heard": None if unheard is None else city.all.assessed - unheard},
    }


@router.get("/offices/{office}/picture.csv")
def as_table(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    return _file(request, desk, who, office, "csv")


@router.get("/offices/{office}/picture.xlsx")
def as_workbook(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    return _file(request, desk, who, office, "xlsx")


def _file(request: Request, desk: DeskOf, who: PageWho, office: str, suffix: str) -> Response:
    """Every figure of the picture, one a line; above them what they rest on."""
    shown, names = desk_picture.picture(desk, who, office), Names(language_of(request), desk.library)
    rows = list(lines(shown.city, names)) if shown.city else []
    above = _above(face(request), shown, names)
    head = [names.t(f"head.{name}") for name in HEAD]
    write = as_csv if suffix == "csv" else as_xlsx
    return download(write(head, rows, above), f"picture.{suffix}", MEDIA[suffix])


MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _above(f: Face, shown: Shown, names: Names) -> list[str]:
    told = [f"{shown.office.name} · {names.t('title')}"]
    if shown.office.demonstration:
        told.append(names.t("generated"))
    if shown.city is None:
        return [*told, names.t("too_few")]
    told.append(rests(f, shown, names))
    return [*told, names.t("rules.told"), names.t("rules.not_told"), f.t("disclaimer")]


def rests(f: Face, shown: Shown, names: Names) -> str:
    """What the numbers rest on."""
    assert shown.city is not None
    days = {"first": f.day(shown.city.first), "last": f.day(shown.city.last)}
    return names.t("rests", n=shown.city.all.assessed, **days)
