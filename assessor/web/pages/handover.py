"""Hand-over to official platforms: an office's worklist, and what a factory enters where."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import surveys
from assessor.desk.office import handover
from assessor.desk.office.handover import Due, Entered, Own, Worklist
from assessor.desk.office.overview import get
from assessor.domain import HandoverAct, Message, plain
from assessor.errors import InputError, UnknownError
from assessor.filing.entries import Row, Value, rows
from assessor.programmes.handover import STATES, allowed
from assessor.report.commas import commas
from assessor.report.pen import Pen
from assessor.web.face import Face, face, page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of, text, whole
from assessor.web.pages.answers import frame
from assessor.web.pages.offices import office_frame
from assessor.web.pages.results import download

router = APIRouter()
CSV = (
    "number", "plant", "name", "credit_code", "accepted", "platform", "state", "reference", "day", "noted", "by",
    "why",
)  # fmt: skip
JUDGED: dict[str, HandoverAct] = {"accept": "accept", "refuse": "refuse"}


@router.get("/offices/{office}/handover")
def show(
    request: Request, desk: DeskOf, who: PageWho, office: str, platform: str = "", state: str = "", after: str = ""
) -> Response:
    """What is to be handed over, in the order of acceptance."""
    told = _values(desk, who, office, platform, state, after)
    return page(request, "handover", told)


def _values(
    desk: DeskOf, who: PageWho, office: str, platform: str = "", state: str = "", after: str = ""
) -> dict[str, Any]:
    held = handover.worklist(desk, who, office, platform, state)
    shown, more = held.after(int(after) if after.isdecimal() and len(after) < 10 else 0)
    return office_frame(who, get(desk, who, office)) | {
        "work": held,
        "shown": shown,
        "more": more,
        "platforms": desk.library.platforms,
        "states": STATES,
        "asked": {"platform": platform, "state": state, "after": after},
        "query": lambda **more: urlencode({k: v for k, v in more.items() if v}),
        "acts": lambda due: allowed(due.state, "office"),
        "fault": None,
        "failed": ("", ""),
    }


@router.get("/offices/{office}/handover.csv")
def listed(
    request: Request, desk: DeskOf, who: PageWho, office: str, platform: str = "", state: str = ""
) -> Response:
    """The worklist as it is filtered, whole."""
    shown, held = face(request), handover.worklist(desk, who, office, platform, state)
    heads = [shown.text(f"handover.csv.{name}") for name in CSV]
    return download(commas([heads, *(_line(shown, held, due) for due in held.all)]), "handover.csv", "text/csv")


def _line(shown: Face, held: Worklist, due: Due) -> list[str]:
    filed, noted = due.filed, due.held
    said = [""] * 5
    if noted is not None:
        said = [noted.reference, noted.day, shown.day(noted.at), held.names.get(noted.account, ""), noted.why]
    first = [
        str(filed.number),
        filed.plant[shown.language],
        filed.name,
        filed.credit_code,
        shown.day(filed.accepted_at),
    ]
    return [*first, shown.say(due.platform.title), shown.text(f"handover.state.{due.state}"), *said]


@router.post("/offices/{office}/handover/{voucher}/{platform}")
def judge(
    request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str, voucher: str, platform: str
) -> Response:
    """What the platform said."""
    act = JUDGED.get(text(form, "act"))
    if act is None:
        raise UnknownError(Message(id="desk.unknown"))
    who.require("handover.judge", office)
    try:
        handover.judge(desk, who, voucher, platform, whole(form, "step"), act, text(form, "why"))
    except InputError as problem:
        told = _values(desk, who, office, text(form, "by"), text(form, "state"), text(form, "after"))
        told |= {"fault": problem, "failed": (voucher, platform)}
        return page(request, "handover", told, 422)
    asked = {"platform": text(form, "by"), "state": text(form, "state"), "after": text(form, "after")}
    query = urlencode({k: v for k, v in asked.items() if v})
    return RedirectResponse(f"/offices/{office}/handover" + (f"?{query}" if query else ""), 303)


# A factory's own ------------------------------------------------------------------------------------------------


@router.get("/surveys/{survey}/handover")
def own(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """What to enter where, and the reference that a platform gave."""
    return page(request, "handover_own", _own(request, desk, who, survey))


def _own(request: Request, desk: DeskOf, who: PageWho, survey: str) -> dict[str, Any]:
    found = handover.of_survey(desk, who, survey)
    return frame(who, surveys.opened(desk, who, survey)) | {
        "found": found,
        "entries": _entries(request, found),
        "value": _shown,
        "today": desk.today(),
        "acts": lambda noted: allowed(noted.state if noted else "due", "factory"),
        "fault": None,
        "failed": ("", ""),
        "typed": {},
    }


def _entries(request: Request, found: list[Own]) -> Callable[[Own, Any], list[Row] | None]:
    """The lines of a platform, out of the very Assessment that was accepted; None where there is none."""
    pens = {
        one.voucher.id: Pen.of(one.assessment, language_of(request)) for one in found if one.assessment is not None
    }

    def lines(one: Own, platform: Any) -> list[Row] | None:
        return None if one.assessment is None else rows(platform, one.assessment, pens[one.voucher.id])

    return lines


def _shown(value: Value, row: Row) -> str:
    """As it is typed: exact, a share as its percentage."""
    if not isinstance(value, Fraction):
        return value or ""
    return f"{plain(value * 100)} %" if row.share else plain(value)


@router.post("/surveys/{survey}/handover/{voucher}/{platform}")
def enter(
    request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, voucher: str, platform: str
) -> Response:
    """It was entered, under this reference."""
    who.require("handover.note", surveys.get(desk, who, survey).organisation)
    said = Entered(text(form, "reference"), text(form, "day"))
    try:
        handover.enter(desk, who, voucher, platform, whole(form, "step"), said)
    except InputError as problem:
        told = {"fault": problem, "failed": (voucher, platform), "typed": vars(said)}
        return page(request, "handover_own", _own(request, desk, who, survey) | told, 422)
    return RedirectResponse(f"/surveys/{survey}/handover#{voucher}-{platform}", 303)
