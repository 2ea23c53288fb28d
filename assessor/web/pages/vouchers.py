"""Vouchers as an office sees them: all of them, one of them, and each step of it."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assessor.desk.office import deciding, handing
from assessor.desk.office.deciding import A_PAGE, BACK, Invoice, Search
from assessor.desk.office.overview import get
from assessor.desk.office.running import runs
from assessor.domain import Message, Terms
from assessor.errors import AccessError, ConflictError, InputError, UnknownError
from assessor.filing.checking import Checked
from assessor.programmes import vouchers as way
from assessor.programmes.flow import WAY
from assessor.storage import Voucher, people
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text, whole
from assessor.web.pages.offices import office_frame
from assessor.web.pages.results import download
from assessor.web.problems import status_of

router = APIRouter()


@router.get("/offices/{office}/vouchers")
def listed(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    """A page of them by number; by state, programme, period, or a piece of the name."""
    found, asked = get(desk, who, office), request.query_params
    state, after = asked.get("state", ""), asked.get("after", "")
    by = Search(
        asked.get("programme", ""),
        asked.get("period", ""),
        state if state in way.STATES else "",
        asked.get("q", "").strip()[:100],
        int(after) if after.isdecimal() and len(after) < 9 else 0,
    )
    held, counts = deciding.listed(desk, who, office, by)
    kept = {"programme": by.programme, "period": by.period, "q": by.text}
    values = office_frame(who, found) | {
        "held": held[:A_PAGE],
        "more": held[A_PAGE - 1].number if len(held) > A_PAGE else None,
        "counts": counts,
        "by": by,
        "runs": runs(desk, who, office),
        "states": way.STATES,
        "link": lambda **now: "?" + urlencode({k: v for k, v in (kept | now).items() if v}),
    }
    return page(request, "vouchers", values)


@router.get("/offices/{office}/vouchers/{voucher}")
def show(request: Request, desk: DeskOf, who: PageWho, office: str, voucher: str, verify: int = 0) -> Response:
    """One voucher; `verify`: the number of a file of it that is to be checked anew."""
    values = _values(desk, who, office, voucher)
    if verify:
        values["again"] = handing.verify(desk, who, voucher, verify)
    return page(request, "voucher_office", values)


def _values(desk: DeskOf, who: PageWho, office: str, voucher: str) -> dict[str, Any]:
    found, seen = get(desk, who, office), deciding.whole(desk, who, voucher)
    _of(office, seen.voucher)
    terms = seen.programme.terms or Terms()
    return office_frame(who, found) | told_of(desk, seen) | {
        "steps_open": way.allowed(seen.voucher.state, "office", terms),
        "checklist": handing.list_of(desk, terms),
        "newest": Checked.model_validate(seen.packs[-1].checked) if seen.packs else None,
        "share": way.share_of_invoice(seen.programme),
        "again": None,
        "fault": None,
        "failed": "",
        "said": {},
        "looked": [],
    }  # fmt: skip


def told_of(desk: DeskOf, whole: deciding.Whole) -> dict[str, Any]:
    """What both sides are shown of a voucher."""
    with desk.store.read() as c:
        known = people.people(c, {e.account for e in whole.entries if e.account})
    terms = whole.programme.terms or Terms()
    return {
        "whole": whole,
        "v": whole.voucher,
        "terms": terms,
        "road": WAY,
        "period": terms.period(whole.voucher.period),
        "waits": way.waits_for(whole.voucher.state, terms),
        "names": {id_: person.name for id_, person in known.items()},
    }


def _of(office: str, voucher: Voucher) -> None:
    if voucher.office != office:
        raise UnknownError(Message(id="desk.unknown"))


def _took(
    request: Request, desk: DeskOf, who: PageWho, form: FormData, office: str, voucher: str, act: Any
) -> Response:
    """Take a step; where it is refused the page as it stands by now, with what is wrong and what was typed."""
    values = _values(desk, who, office, voucher)
    try:
        act(whole(form, "step"))
    except (InputError, ConflictError, AccessError) as problem:
        if isinstance(problem, UnknownError):
            raise
        said = {name: text(form, name) for name in form if name != "guard"}
        looked = [str(one) for one in form.getlist("looked")]
        told = {"fault": problem.message, "failed": text(form, "act"), "said": said, "looked": looked}
        values = _values(desk, who, office, voucher) | told
        return page(request, "voucher_office", values, status_of(problem))
    return RedirectResponse(f"/offices/{office}/vouchers/{voucher}", 303)


@router.post("/offices/{office}/vouchers/{voucher}/decide")
def decide(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str, voucher: str) -> Response:
    """Any step of the office but settling."""
    act, why = text(form, "act"), text(form, "why")

    def taken(step: int) -> None:
        if act in BACK:
            deciding.send_back(desk, who, voucher, step, act, why)
        elif act == "grant":
            deciding.grant(desk, who, voucher, step, text(form, "yuan"), why)
        elif act == "assign":
            deciding.assign(desk, who, voucher, step, text(form, "provider"), text(form, "provider_name"))
        elif act == "accept":
            looked = frozenset(map(str, form.getlist("looked")))
            deciding.accept(desk, who, voucher, step, whole(form, "pack"), looked, why)
        else:
            raise InputError(deciding.NO_ACT)

    return _took(request, desk, who, form, office, voucher, taken)


@router.post("/offices/{office}/vouchers/{voucher}/settle")
def settle(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str, voucher: str) -> Response:
    def taken(step: int) -> None:
        invoice = Invoice(text(form, "invoice"), text(form, "invoiced"), text(form, "day"))
        deciding.settle(desk, who, voucher, step, invoice, text(form, "pay"), text(form, "why"))

    return _took(request, desk, who, form, office, voucher, taken)


@router.get("/offices/{office}/vouchers/{voucher}/packs/{number}.zip")
def pack(desk: DeskOf, who: PageWho, office: str, voucher: str, number: int) -> Response:
    """A file as it was handed in."""
    get(desk, who, office)
    kept, data = handing.pack(desk, who, voucher, number)
    return download(data, f"{kept.sha256[:12]}-pack.zip")
