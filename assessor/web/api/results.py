"""Results, papers and plans."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from assessor.desk import erasing, reckoning, surveys
from assessor.domain import Roadmap
from assessor.errors import InputError
from assessor.web.api.shapes import FAULTS, Id, WishesIn, tagged
from assessor.web.gate import DeskOf, Who
from assessor.web.pages.results import download, written

router = APIRouter(tags=["results"], responses=FAULTS)


@router.get(
    "/surveys/{survey}/result",
    response_class=Response,
    responses={
        200: {"description": "The Assessment, by its published schema.", "content": {"application/json": {}}},
        202: {"description": "It is being reckoned; ask again."},
        304: {"description": "As it was."},
    },
)
def result(request: Request, answer: Response, desk: DeskOf, who: Who, survey: Id) -> Response:
    """What the survey comes to as it stands now, with every answer: for the factory and its auditor."""
    standing = reckoning.result(desk, who, survey)
    who.require("filing.read", standing.survey.organisation)
    if standing.fault is not None:
        raise InputError(standing.fault)
    if standing.done is None or (standing.old and standing.running):
        return JSONResponse({"running": True}, 202, {"retry-after": "2"})
    if tagged(request, answer, f"{survey}.{standing.done.made}"):
        return Response(status_code=304, headers=dict(answer.headers))
    return Response(reckoning.packed(standing.done), headers=dict(answer.headers), media_type="application/json")


@router.get("/surveys/{survey}/papers/{name}", response_class=Response)
def paper(
    desk: DeskOf, who: Who, survey: Id, name: str, language: Annotated[Literal["zh", "en"], Query()] = "zh"
) -> Response:
    """A paper, such as report.docx, summary.pdf, or the bundle filing.zip."""
    done = reckoning.assessment(desk, who, survey)
    if name == "filing.zip":
        who.require("filing.read", surveys.get(desk, who, survey).organisation)
        return download(reckoning.filing(desk, who, survey, done), name)
    return download(written(desk, who, survey, done, name, language), name)


@router.post("/surveys/{survey}/plan")
def what_if(desk: DeskOf, who: Who, survey: Id, given: WishesIn) -> dict[str, Any]:
    """Another plan for the same result; changes nothing."""
    who.require("filing.read", surveys.get(desk, who, survey).organisation)
    made: Roadmap = reckoning.what_if(desk, who, survey, given.model_dump(exclude_unset=True))
    return made.model_dump(mode="json")


@router.get("/surveys/{survey}/export", response_class=Response)
def export(desk: DeskOf, who: Who, survey: Id) -> Response:
    """All of it in one file."""
    return download(erasing.export_survey(desk, who, survey), f"{surveys.get(desk, who, survey).plant['id']}.zip")
