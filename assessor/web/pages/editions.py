"""Editions on trial: an office hands in a framework that is to be and sees whom it would move, and why."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import editions
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.editions import Shown
from assessor.desk.office.overview import get
from assessor.domain import Message, canonical
from assessor.errors import InputError, UnknownError
from assessor.messages import Language
from assessor.portfolio.impact import WAYS, Impact
from assessor.present import moving as words
from assessor.present.moving_book import book
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of, upload
from assessor.web.pages.offices import office_frame
from assessor.web.pages.results import download

router = APIRouter()
SHOWN = 200
"""Movers on a page; a file holds all."""


@router.get("/offices/{office}/editions")
def listed(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    """What was tried, and a form to try another one."""
    return page(request, "editions", _frame(desk, who, office) | {"fault": None})


@router.post("/offices/{office}/editions")
def hand_in(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    """Read an edition as strictly as one in force; a fault leaves the page with what is wrong, where."""
    who.require("editions.try", office)
    given = upload(form, "file")
    try:
        if given is None:
            raise InputError(Message(id="web.no_file"))
        made = editions.hand_in(desk, who, office, *given)
    except InputError as problem:
        return page(request, "editions", _frame(desk, who, office) | {"fault": problem}, 422)
    return RedirectResponse(f"/offices/{office}/editions/{made}", 303)


@router.get("/offices/{office}/editions/{trial}")
def show(request: Request, desk: DeskOf, who: PageWho, office: str, trial: str, way: str = "") -> Response:
    """How far it is, or what came of it."""
    shown = editions.get(desk, who, office, trial)
    values = _frame(desk, who, office) | {"shown": shown, "trial": shown.trial}
    if shown.report is not None:
        values |= _report(shown, way, language_of(request))
    return page(request, "edition", values)


@router.post("/offices/{office}/editions/{trial}/again")
def again(desk: DeskOf, who: PageWho, _: Posted, office: str, trial: str) -> Response:
    editions.again(desk, who, office, trial)
    return RedirectResponse(f"/offices/{office}/editions/{trial}", 303)


@router.post("/offices/{office}/editions/{trial}/remove")
def remove(desk: DeskOf, who: PageWho, _: Posted, office: str, trial: str) -> Response:
    editions.remove(desk, who, office, trial)
    return RedirectResponse(f"/offices/{office}/editions", 303)


@router.get("/offices/{office}/editions/{trial}/{name}")
def file(request: Request, desk: DeskOf, who: PageWho, office: str, trial: str, name: str) -> Response:
    """The report as impact.xlsx or impact.json, with the names that its reader may see."""
    shown = editions.get(desk, who, office, trial)
    if shown.report is None or name not in ("impact.xlsx", "impact.json"):
        raise UnknownError(Message(id="desk.unknown"))
    if name == "impact.json":
        return download(canonical(shown.report), name)
    return download(book(shown.report, shown.trial.ended or shown.trial.made, language_of(request)), name)


def _frame(desk: Desk, who: Actor, office: str) -> dict[str, Any]:
    trials, house = editions.listed(desk, who, office), get(desk, who, office)
    return office_frame(who, house) | {
        "house": house,
        "trials": trials,
        "count": editions.count(desk, who, office),
        "may_try": who.may("editions.try", office),
    }


def _report(shown: Shown, way: str, language: Language) -> dict[str, Any]:
    report = shown.report
    assert report is not None
    moved = [m for m in report.moved if m.way == way] if way in WAYS else list(report.moved)
    return {
        "report": report,
        "lines": list(words.told(report, language)),
        "matrices": [m for m in report.matrices if set(m.ways) != {"same"}],
        "sides": _sides(report),
        "moved": moved[:SHOWN],
        "all_moved": len(moved),
        "way": way if way in WAYS else "",
        "ways": [w for w in WAYS if any(m.way == w for m in report.moved)],
        "alone": {one.change.id: words.alone(report, one, language) for one in report.hanging},
        "words": words,
    }


def _sides(report: Impact) -> dict[str, list[Any]]:
    """Who they are, by framework."""
    found: dict[str, list[Any]] = {}
    for share in report.shares:
        found.setdefault(share.framework, []).append(share)
    return found
