"""Tags to confirm: what data points are asked about, what each may be and why, and what people said of them."""

from itertools import groupby
from typing import Any, get_args

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import meanings
from assessor.desk.meanings import Listed, Said
from assessor.domain import Function, Quantity, Work
from assessor.errors import InputError
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text

router = APIRouter()
QUANTITIES = (*get_args(Quantity), *get_args(Work), "other")


@router.get("/surveys/{survey}/tags")
def tags(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """At most thirty templates by their effect on the level; below, what nobody knew and what was confirmed."""
    listed = meanings.listed(desk, who, survey)
    if listed.heard and listed.found is None:
        shown = {"heading": "web.tags.title", "waits": "web.tags", "address": request.url.path}
        return page(request, "waiting", _frame(who, listed) | {"standing": listed} | shown)
    return page(request, "tags", _values(who, listed))


def _frame(who: PageWho, listed: Listed) -> dict[str, Any]:
    organisation = listed.survey.organisation
    return {
        "survey": listed.survey,
        "may": lambda action: who.may(action, organisation),
        "name": listed.survey.plant["name"],
    }


def _values(who: PageWho, listed: Listed) -> dict[str, Any]:
    aside = {one.tags for one in listed.aside}
    return _frame(who, listed) | {
        "listed": listed,
        "said": [list(group) for _, group in groupby(listed.said, key=meanings.at_once)],
        "aside": [(one, ask) for ask in (listed.found.asks if listed.found else ()) if ask.tags[0] in aside
                  for one in listed.aside if one.tags == ask.tags[0]],
        "quantities": QUANTITIES,
        "functions": tuple(Function),
        "fault": None,
        "failed": "",
        "typed": {},
    }  # fmt: skip


@router.post("/surveys/{survey}/tags")
def say(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Take down what a person says of one template; a fault leaves its card as it was filled in."""
    asked, choice = text(form, "tags"), text(form, "choice")
    quantity, _, function = choice.partition("/")
    unit = text(form, "unit") if choice == "other" else ""
    if choice == "other":
        quantity, function = text(form, "quantity"), text(form, "function")
    try:
        if choice == "unknown":
            meanings.set_aside(desk, who, survey, asked)
        else:
            meanings.confirm(desk, who, survey, Said(asked, quantity, function, unit))
    except InputError as problem:
        typed = {"choice": choice, "quantity": quantity, "function": function, "unit": unit}
        told = {"fault": problem.message, "failed": asked, "typed": typed}
        return page(request, "tags", _values(who, meanings.listed(desk, who, survey)) | told, 422)
    at = text(form, "at")
    return RedirectResponse(f"/surveys/{survey}/tags" + (f"#t{at}" if at.isdecimal() else ""), 303)


@router.post("/surveys/{survey}/tags/back")
def take_back(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """What was said no longer counts; the template is asked about again."""
    meanings.take_back(desk, who, survey, text(form, "tags"))
    return RedirectResponse(f"/surveys/{survey}/tags", 303)
