"""Pages of a programme office: what the factories that open their results to it come to together."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from assessor.desk import importing
from assessor.desk import picture as desk_picture
from assessor.desk.picture import Shown
from assessor.portfolio.figures import SHARES
from assessor.portfolio.groups import CUTS
from assessor.portfolio.lines import ALL, HEAD, Names, as_csv, as_xlsx, lines
from assessor.web.face import Face, face, page
from assessor.web.gate import DeskOf, PageWho, language_of
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
        outline = importing.held(desk, who, office, "outlines") if cut == "district" else None
        what = show if show in SHOWN else SHOWN[0]
        values |= {"outline": outline, "what": what, "shows": SHOWN, "name_of": name_of}
        values["map"] = map_of(base["v"], importing.shapes(outline), what) if outline and groups else None
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
