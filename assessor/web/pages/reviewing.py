"""Review: where it stands, who declares what interest, what is handed in, returned with remarks, signed off."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assessor.desk import declaring, houses, reckoning, reviewing, surveys
from assessor.desk.reviewing import Remark
from assessor.errors import ConflictError, InputError
from assessor.storage import Declaration
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text, whole
from assessor.web.pages.answers import frame
from assessor.web.problems import status_of

router = APIRouter()
ROWS = 6
"""Remarks that one form takes."""
ABOUT = ("whole", "question", "difference")


@router.get("/surveys/{survey}/review")
def review(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    return page(request, "review", _values(desk, who, survey))


def _values(desk: DeskOf, who: PageWho, survey: str) -> dict[str, Any]:
    held = surveys.opened(desk, who, survey)
    organisation, found = held.survey.organisation, reviewing.review(desk, who, survey)
    open_ = reckoning.differing(desk, held.survey)
    judging = {p.membership.account: p for p in houses.colleagues(desk, who, organisation)
               if p.membership.role in ("consultant", "reviewer")}  # fmt: skip
    reviews = who.may("survey.review", organisation) and found.state == "handed-in"
    said = declaring.declared(desk, who, survey)
    given = {id_ for id_, answer in held.given.items() if answer.value is not None}
    return frame(who, held) | {
        "review": found,
        "judging": list(judging.values()),
        "declared": said,
        "declared_then": lambda step: [] if step.act == "returned" else _then(said.get(step.account, []), step.at),
        "kinds": declaring.KINDS,
        "solutions": desk.library.recommendations,
        "me": who.account,
        "open": len(open_),
        "statements": desk.library.statements | desk.library.questions,
        "against": reviewing.against(desk, who, survey) if reviews else [],
        "asked": [q for q in desk.library.questions.values() if q.id in given] if reviews else [],
        "rows": ROWS,
        "about": ABOUT,
        "said": {},
        "fault": None,
        "failed": "",
    }


def _then(said: list[Declaration], at: int) -> list[Declaration]:
    """What somebody had declared when they took a step: the last of it, and not what they said since."""
    return [d for d in said if d.at <= at][-1:]


def _tried(
    request: Request, desk: DeskOf, who: PageWho, survey: str, failed: str, form: FormData, problem: Any
) -> Response:
    """The page again with what is wrong beside the form that it was wrong in; what was typed stays."""
    said = {name: form.getlist(name) for name in form if name != "guard"}
    told: dict[str, Any] = {"fault": problem.message, "failed": failed, "said": said}
    return page(request, "review", _values(desk, who, survey) | told, status_of(problem))


@router.post("/surveys/{survey}/review/declare")
def declare(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """What interest whoever makes or reviews it has in the factory."""
    years = text(form, "years")
    kinds = [str(kind) for kind in form.getlist("kind")]
    try:
        given = int(years) if years.isdecimal() and len(years) < 4 else None
        named = [str(one) for one in form.getlist("solutions")]
        declaring.declare(desk, who, survey, kinds, given, text(form, "text"), named)
    except InputError as problem:
        return _tried(request, desk, who, survey, "declare", form, problem)
    return RedirectResponse(f"/surveys/{survey}/review#interests", 303)


@router.post("/surveys/{survey}/review/hand-in")
def hand_in(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    try:
        reviewing.hand_in(desk, who, survey, whole(form, "version"), text(form, "why"))
    except (InputError, ConflictError) as problem:
        return _tried(request, desk, who, survey, "hand-in", form, problem)
    return RedirectResponse(f"/surveys/{survey}/review", 303)


@router.post("/surveys/{survey}/review/return")
def give_back(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Return it with remarks: rows of what each is about, the question, the text."""
    rows = zip(*(map(str, form.getlist(name)) for name in ("about", "question", "text")), strict=False)
    remarks = [Remark(about, question.strip() or None, text_) for about, question, text_ in rows]
    try:
        reviewing.give_back(desk, who, survey, remarks)
    except (InputError, ConflictError) as problem:
        return _tried(request, desk, who, survey, "return", form, problem)
    return RedirectResponse(f"/surveys/{survey}/review", 303)


@router.post("/surveys/{survey}/review/sign")
def sign_off(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    try:
        reviewing.sign_off(desk, who, survey, whole(form, "version"), text(form, "why"))
    except (InputError, ConflictError) as problem:
        return _tried(request, desk, who, survey, "sign", form, problem)
    return RedirectResponse(f"/surveys/{survey}/review", 303)
