"""The last assessment of the plant beside this one: where it stood, and a paper that says what moved it."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from assessor.desk import comparing, reckoning
from assessor.domain import Message
from assessor.errors import UnknownError
from assessor.report.formats import WRITERS
from assessor.report.pen import Pen
from assessor.report.view import view
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, language_of
from assessor.web.pages.results import download, frame

router = APIRouter()


@router.get("/surveys/{survey}/compare")
def compare(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """Earlier assessments of the same plant, each with where it stood then."""
    standing = reckoning.result(desk, who, survey)
    who.require("filing.read", standing.survey.organisation)
    if standing.done is None:
        return page(request, "waiting", frame(who, standing) | {"address": request.url.path})
    found, language = comparing.earlier(desk, who, survey), language_of(request)
    shown = [(one, view(one.done, Pen.of(one.done, language))) for one in found]
    pen = Pen.of(standing.done, language)
    values = {"found": shown, "v": view(standing.done, pen), "a": standing.done, "pen": pen}
    return page(request, "compare", frame(who, standing) | values | {"suffixes": tuple(WRITERS)})


@router.get("/surveys/{survey}/compare/{name}")
def paper(request: Request, desk: DeskOf, who: PageWho, survey: str, name: str) -> Response:
    """A paper of both, such as <id of the earlier one>.docx."""
    wanted = Path(name)
    if wanted.suffix not in WRITERS:
        raise UnknownError(Message(id="desk.unknown"))
    document, now = comparing.comparison(desk, who, survey, wanted.stem, language_of(request))
    written = WRITERS[wanted.suffix](document, now.made, None)
    return download(written, f"{now.plant.id}-comparison{wanted.suffix}")
