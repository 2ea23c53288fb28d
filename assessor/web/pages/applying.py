"""A factory's vouchers: what there is to apply for, choosing a provider, handing in, saying how it was."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assessor.desk import surveys
from assessor.desk.office import applying, deciding, handing
from assessor.desk.office.applying import Wanted
from assessor.domain import Message
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.filing.checking import Checked
from assessor.programmes import vouchers as way
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of, text, upload, whole
from assessor.web.pages.answers import frame
from assessor.web.pages.results import download
from assessor.web.pages.vouchers import told_of
from assessor.web.problems import status_of

router = APIRouter()
NONE: dict[str, Any] = {"fault": None, "failed": "", "said": {}}


@router.get("/surveys/{survey}/vouchers")
def offers(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """What was applied for, and what can be."""
    return page(request, "offers", _offers(desk, who, survey))


def _offers(desk: DeskOf, who: PageWho, survey: str) -> dict[str, Any]:
    held = surveys.opened(desk, who, survey)
    return frame(who, held) | NONE | {
        "mine": applying.of_survey(desk, who, survey),
        "offers": applying.offers(desk, who, survey),
    }  # fmt: skip


@router.post("/surveys/{survey}/vouchers")
def apply(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Apply; a fault leaves the page with what is wrong beside the programme, and what was typed."""
    wanted = Wanted(
        text(form, "office"),
        text(form, "programme"),
        whole(form, "version"),
        text(form, "period"),
        text(form, "site"),
        frozenset(map(str, form.getlist("consent"))),
    )
    try:
        made = applying.apply(desk, who, survey, wanted)
    except (InputError, ConflictError) as problem:
        told = {"fault": problem.message, "failed": f"{wanted.office}/{wanted.programme}", "said": _said(form)}
        return page(request, "offers", _offers(desk, who, survey) | told, status_of(problem))
    return RedirectResponse(f"/surveys/{survey}/vouchers/{made.id}", 303)


def _said(form: FormData) -> dict[str, Any]:
    return {name: text(form, name) for name in form if name not in ("guard", "consent")} | {
        "consent": [str(one) for one in form.getlist("consent")]
    }


@router.get("/surveys/{survey}/vouchers/{voucher}")
def show(request: Request, desk: DeskOf, who: PageWho, survey: str, voucher: str) -> Response:
    return page(request, "voucher_factory", _values(desk, who, survey, voucher))


def _values(desk: DeskOf, who: PageWho, survey: str, voucher: str) -> dict[str, Any]:
    held, seen = surveys.opened(desk, who, survey), deciding.whole(desk, who, voucher)
    if seen.voucher.survey != survey:
        raise UnknownError(Message(id="desk.unknown"))
    told = told_of(desk, seen)
    return frame(who, held) | told | NONE | {
        "steps_open": way.allowed(seen.voucher.state, "factory", told["terms"]),
        "newest": Checked.model_validate(seen.packs[-1].checked) if seen.packs else None,
        "checklist": handing.list_of(desk, told["terms"]),
    }  # fmt: skip


@router.post("/surveys/{survey}/vouchers/{voucher}")
def take(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, voucher: str) -> Response:
    """A step of the factory: withdraw, choose a provider, hand in, rate."""
    act, step = text(form, "act"), whole(form, "step")
    _values(desk, who, survey, voucher)  # of this survey, and of this person's to see
    try:
        if act == "withdraw":
            applying.withdraw(desk, who, voucher, step, text(form, "why"))
        elif act == "assign":
            applying.choose(desk, who, voucher, step, text(form, "provider"), text(form, "provider_name"))
        elif act == "hand-in":
            handing.hand_in(desk, who, voucher, step, language_of(request), upload(form, "report"))
        elif act == "rate":
            asked = [name for name in form if name.startswith("ask-") and text(form, name)]
            scaled = {name.removeprefix("ask-"): whole(form, name, 0) for name in asked}
            applying.rate(desk, who, voucher, step, scaled, text(form, "text"))
        else:
            raise InputError(deciding.NO_ACT)
    except UnknownError:
        raise
    except (InputError, ConflictError, AccessError) as problem:
        told = {"fault": problem.message, "failed": act, "said": _said(form)}
        return page(request, "voucher_factory", _values(desk, who, survey, voucher) | told, status_of(problem))
    return RedirectResponse(f"/surveys/{survey}/vouchers/{quote(voucher)}", 303)


@router.get("/surveys/{survey}/vouchers/{voucher}/packs/{number}.zip")
def pack(desk: DeskOf, who: PageWho, survey: str, voucher: str, number: int) -> Response:
    """A file as it was handed in."""
    if deciding.whole(desk, who, voucher).voucher.survey != survey:
        raise UnknownError(Message(id="desk.unknown"))
    kept, data = handing.pack(desk, who, voucher, number)
    return download(data, f"{kept.sha256[:12]}-pack.zip")
