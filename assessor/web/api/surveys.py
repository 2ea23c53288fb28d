"""Surveys and their answers."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from assessor import pipeline
from assessor.desk import answering, erasing, surveys
from assessor.desk.answering import Entry
from assessor.domain import Message
from assessor.errors import UnknownError
from assessor.web.api.shapes import (
    FAULTS,
    PROBLEM,
    After,
    AnswerIn,
    AnswerOut,
    Id,
    Limit,
    Name,
    Problem,
    SavedOut,
    SurveyIn,
    SurveyOut,
    WishesIn,
    linked,
    tagged,
)
from assessor.web.gate import DeskOf, Somebody, Who, actor

router = APIRouter(tags=["surveys"], responses=FAULTS)
SAME: dict[int | str, dict[str, Any]] = {304: {"description": "As it was."}}


@router.get("/me", responses={401: PROBLEM | {"model": Problem}})
def me(known: Somebody) -> dict[str, Any]:
    """Who asks, and where they belong."""
    memberships = [{"organisation": m.organisation, "role": m.role} for m in known.actor.memberships]
    return {"account": known.account.id, "memberships": memberships, "scopes": known.actor.scopes}


@router.get("/surveys")
def list_surveys(
    request: Request, answer: Response, desk: DeskOf, who: Who, after: After = "", limit: Limit = 100
) -> list[SurveyOut]:
    """Those one may read, by id."""
    found = surveys.mine(desk, who, after, limit)
    linked(request, answer, found[-1].id if len(found) == limit else None)
    return [SurveyOut.of(survey) for survey in found]


@router.post("/surveys", status_code=201)
def begin(desk: DeskOf, who: Who, given: SurveyIn) -> SurveyOut:
    """A new survey of a plant."""
    id_ = surveys.begin(desk, who, given.organisation, given.plant.model_dump(), given.framework)
    return SurveyOut.of(surveys.get(desk, who, id_))


@router.get("/surveys/{survey}", response_model=SurveyOut, responses=SAME)
def get(request: Request, answer: Response, desk: DeskOf, who: Who, survey: Id) -> Any:
    """One survey, and how far it has come."""
    held = surveys.opened(desk, who, survey)
    if tagged(request, answer, f"{survey}.{held.survey.version}"):
        return Response(status_code=304, headers=dict(answer.headers))
    progress = surveys.progress(held, surveys.hidden(desk, held), desk.library.questions)
    shown = SurveyOut.of(held.survey)
    return shown.model_copy(update={"answered": progress.answered, "required": progress.required})


@router.patch("/surveys/{survey}")
def change(desk: DeskOf, who: Who, survey: Id, given: WishesIn) -> SurveyOut:
    """Other wishes for the plan."""
    return SurveyOut.of(surveys.change_settings(desk, who, survey, **given.model_dump(exclude_unset=True)))


@router.delete("/surveys/{survey}", status_code=204)
def erase(desk: DeskOf, who: Who, survey: Id) -> None:
    """Everything of it is gone for good."""
    erasing.erase_survey(desk, who, survey)


@router.get("/surveys/{survey}/sections")
def sections(desk: DeskOf, who: Who, survey: Id) -> list[dict[str, Any]]:
    """What is asked now, by section: ids of questions in their order, and how many count."""
    held = surveys.opened(desk, who, survey)
    return [
        {
            "id": s.topic.id,
            "title": s.topic.title,
            "questions": [q.id for q in s.questions],
            "required": s.required,
            "answered": s.answered,
        }
        for s in surveys.sections(desk, held)
    ]


@router.get("/questions/{question}", dependencies=[Depends(actor)])
def question(desk: DeskOf, question: Name) -> dict[str, Any]:
    """One question of the bank, in both languages."""
    held = desk.library.questions.get(question)
    if held is None:
        raise UnknownError(Message(id="desk.unknown_question", params={"question": question}))
    return held.model_dump(mode="json")


@router.get("/surveys/{survey}/short")
def short(desk: DeskOf, who: Who, survey: Id) -> dict[str, Any]:
    """Where the short form stands, and the question to ask next."""
    held = surveys.opened(desk, who, survey)
    state = pipeline.short_form(desk.library, held.framework, surveys.answers(held))
    return {"asked": state.asked, "next": state.following, "chances": list(state.chances), "level": state.level}


@router.get("/surveys/{survey}/answers", response_model=list[AnswerOut], responses=SAME)
def list_answers(
    request: Request, answer: Response, desk: DeskOf, who: Who, survey: Id, after: After = "", limit: Limit = 500
) -> Any:
    """What stands, by question."""
    held = surveys.opened(desk, who, survey)
    if tagged(request, answer, f"{survey}.{held.survey.version}.{after}.{limit}"):
        return Response(status_code=304, headers=dict(answer.headers))
    found = [g for id_, g in sorted(held.given.items()) if id_ > after][:limit]
    linked(request, answer, found[-1].question if len(found) == limit else None)
    return [AnswerOut.of(g) for g in found]


@router.put("/surveys/{survey}/answers/{question}")
def save(desk: DeskOf, who: Who, survey: Id, question: Name, given: AnswerIn) -> SavedOut:
    """Save one answer. 409 tells what stands where somebody else saved first: `stands` and `wanted`."""
    entry = Entry(question, given.value, given.base, given.key, given.reason, given.target)
    saved = answering.save(desk, who, survey, entry)
    held = AnswerOut.of(saved.given).model_dump()
    return SavedOut(
        **held,
        answered=saved.progress.answered,
        required=saved.progress.required,
        hidden=sorted(saved.hidden),
    )


@router.get("/surveys/{survey}/answers/{question}/history")
def history(desk: DeskOf, who: Who, survey: Id, question: Name) -> list[AnswerOut]:
    """Everything that was ever said, newest first."""
    return [AnswerOut.of(g) for g, _ in answering.history(desk, who, survey, question)]
