"""A blind second rating: drawn, rated question by question, finished; and what came of those that are done."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import attaching, second, surveys
from assessor.errors import ConflictError, InputError
from assessor.forms.words import choices, set_aside
from assessor.messages import LANGUAGES
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text
from assessor.web.pages.answers import frame
from assessor.web.problems import status_of
from models.agreement import FEWEST

router = APIRouter()


@router.get("/surveys/{survey}/second")
def rating(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """The sample of whoever is rating one; for all others what came of those there are."""
    return _page(request, desk, who, survey)


def _page(
    request: Request, desk: DeskOf, who: PageWho, survey: str, problem: InputError | ConflictError | None = None
) -> Response:
    told = {"fault": problem.message if problem else None, "failed": (problem.place if problem else None) or ""}
    status = status_of(problem) if problem else 200
    blind = second.mine(desk, who, survey)
    if blind is not None:
        return page(request, "second_blind", _blind(desk, who, blind) | told, status)
    held = surveys.opened(desk, who, survey)
    ratings = second.told(desk, who, survey)
    values = frame(who, held) | {
        "ratings": ratings,
        "mine": any(r.sample.account == who.account for r in ratings),
        "eligible": len(second.eligible(desk, held)),
        "size": second.SIZE,
        "fewest": FEWEST,
        "questions": desk.library.questions,
        "labels": _labels(desk),
    }
    return page(request, "second", values | told, status)


def _blind(desk: DeskOf, who: PageWho, blind: second.Blind) -> dict[str, Any]:
    """What the page of whoever rates is made of; no first answer is among it."""
    questions = [desk.library.questions[q] for q in blind.questions if q in desk.library.questions]
    proofs = attaching.listed(desk, who, blind.survey.id, "proof")
    return {
        "survey": {"id": blind.survey.id, "name": {lang: blind.survey.plant["name"][lang] for lang in LANGUAGES}},
        "questions": questions,
        "choices": {q.id: choices(q) for q in questions},
        "aside": set_aside(),
        "said": blind.said,
        "left": len(blind.left),
        "files": {q.id: [f for f in proofs if f.question == q.id] for q in questions},
    }


def _labels(desk: DeskOf) -> dict[str, Any]:
    """Each grade in words: those of any degree question, which all have one scale."""
    one = next(q for q in desk.library.questions.values() if q.kind == "degree")
    return {choice.name: choice.label for choice in choices(one)}


@router.post("/surveys/{survey}/second")
def draw(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    try:
        second.draw(desk, who, survey, unseen=text(form, "unseen") == "1")
    except (InputError, ConflictError) as problem:
        return _page(request, desk, who, survey, problem)
    return RedirectResponse(f"/surveys/{survey}/second", 303)


@router.post("/surveys/{survey}/second/answers/{question}")
def rate(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, question: str) -> Response:
    """One answer is one save; then the next question that has none."""
    try:
        second.rate(desk, who, survey, question, text(form, "value"), text(form, "reason"))
    except InputError as problem:
        return _page(request, desk, who, survey, problem)
    blind = second.mine(desk, who, survey)
    left = blind.left if blind else []
    return RedirectResponse(f"/surveys/{survey}/second#{left[0] if left else 'finish'}", 303)


@router.post("/surveys/{survey}/second/end")
def end(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Finish, or give up."""
    try:
        second.end(desk, who, survey, finished=text(form, "act") != "give-up")
    except InputError as problem:
        return _page(request, desk, who, survey, problem)
    return RedirectResponse(f"/surveys/{survey}/second", 303)
