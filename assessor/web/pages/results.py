"""Results: the pictures of the report as pages, papers to take away, and the plan with its what-if."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import reckoning, reviewing, surveys
from assessor.desk.access import Actor
from assessor.desk.reckoning import Standing
from assessor.domain import Assessment, Message
from assessor.errors import UnknownError
from assessor.messages import Language
from assessor.pipeline import recommendations_told
from assessor.report import sections_of
from assessor.report.formats import renderer
from assessor.report.pen import Pen
from assessor.report.view import view
from assessor.web.face import face, page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of
from assessor.web.wishes import Wished, read_wishes

router = APIRouter()
FIRST = ("level", "picture")
"""Sections that the page of results itself shows."""
PAPERS: dict[str, tuple[str, ...]] = {
    "report": (".docx", ".pdf", ".html", ".xlsx"),
    "summary": (".pdf", ".docx"),
    "record": (".pdf", ".docx"),
    "filed": (".pdf", ".docx"),
    "annex": (".pdf", ".docx"),
}
"""What can be taken away, and as what."""
OUTSIDE = {name: suffixes for name, suffixes in PAPERS.items() if name != "annex"}
"""The same for those that a factory opened its filings to: the annex is its own."""
NO_ANSWERS = {"summary": PAPERS["summary"]}
"""The same for an office that it opened its results to: every other paper tells single answers. A chain gets none:
the summary tells the plan and its money."""
WHOLE = ("filing.zip", "assessment.json")
"""With every answer."""
MEDIA = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".html": "text/html; charset=utf-8",
    ".zip": "application/zip",
    ".json": "application/json",
    ".yaml": "application/yaml",
}


def frame(who: Actor, standing: Standing) -> dict[str, Any]:
    organisation = standing.survey.organisation
    return {
        "survey": standing.survey,
        "standing": standing,
        "may": lambda action: who.may(action, organisation),
        "name": standing.survey.plant["name"],
    }


@router.get("/surveys/{survey}/result")
def result(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """The level, what is sure and what is not, and where to go on."""
    standing = reckoning.result(desk, who, survey)
    if standing.done is None:
        return page(request, "waiting", frame(who, standing) | {"address": f"/surveys/{survey}/result"})
    ours = who.may("survey.read", standing.survey.organisation)
    held = reckoning.peers(desk, survey) if ours else []
    values = _shown(request, who, standing, standing.done) | {
        "sections": FIRST,
        "peers": reckoning.among(standing.done, held),
        "review": reviewing.review(desk, who, survey) if ours else None,
    }
    return page(request, "results", values)


@router.get("/surveys/{survey}/result/{section}")
def part(request: Request, desk: DeskOf, who: PageWho, survey: str, section: str) -> Response:
    """One section of the report."""
    standing = reckoning.result(desk, who, survey)
    who.require("filing.read", standing.survey.organisation)
    if standing.done is None:
        return page(request, "waiting", frame(who, standing) | {"address": request.url.path})
    if section not in sections_of(standing.done):
        raise UnknownError(Message(id="desk.unknown"))
    return page(request, "part", _shown(request, who, standing, standing.done) | {"section": section})


def _shown(request: Request, who: Actor, standing: Standing, done: Assessment) -> dict[str, Any]:
    """What the report's own templates need, beside what the page has round them."""
    pen, organisation = Pen.of(done, language_of(request)), standing.survey.organisation
    shown = view(done, pen)
    if not who.may("survey.read", organisation):
        shown = replace(shown, third=None)  # an estimate is for the plant, and not to be filed
    more = sections_of(done) if who.may("filing.read", organisation) else ()
    return frame(who, standing) | {
        "a": done,
        "pen": pen,
        "v": shown,
        "parts": [name for name in more if name not in FIRST],
        "papers": papers_for(who, organisation),
    }


def papers_for(who: Actor, organisation: str) -> dict[str, tuple[str, ...]]:
    """What somebody may take away."""
    if who.may("survey.read", organisation):
        return PAPERS
    if who.may("filing.read", organisation):
        return OUTSIDE
    return NO_ANSWERS if who.may("summary.read", organisation) else {}


@router.get("/surveys/{survey}/papers/{name}")
def paper(request: Request, desk: DeskOf, who: PageWho, survey: str, name: str) -> Response:
    """A paper to take away, in the language of the page."""
    done = reckoning.assessment(desk, who, survey)
    if name in WHOLE:
        who.require("filing.read", surveys.get(desk, who, survey).organisation)
    if name == "filing.zip":
        return download(reckoning.filing(desk, who, survey, done), _called(done, name))
    if name == "assessment.json":
        return download(reckoning.packed(done), _called(done, name))
    return download(written(desk, who, survey, done, name, language_of(request)), _called(done, name))


def written(desk: DeskOf, who: Actor, survey: str, done: Assessment, name: str, language: Language) -> bytes:
    """A paper by its name, such as report.docx."""
    open_ = papers_for(who, surveys.get(desk, who, survey).organisation)
    known = {f"{paper}{suffix}" for paper, all_ in open_.items() for suffix in all_}
    if name not in known:
        raise UnknownError(Message(id="desk.unknown"))
    wanted = Path(name)
    return renderer(wanted, None, wanted.stem)(done, language, None)


def _called(done: Assessment, name: str) -> str:
    return f"{done.plant.id}-{name}"


def download(data: bytes, name: str, media: str | None = None) -> Response:
    """A file to save; never opened as a page of this site. `media`: by its bytes, where somebody handed it in."""
    media = media or MEDIA.get(Path(name).suffix.lower(), "application/octet-stream")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return Response(data, headers=headers, media_type=media)


@router.get("/surveys/{survey}/plan")
def what_if(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """The plan by other money, people and aims; the address says which, so that it can be come back to."""
    standing = reckoning.result(desk, who, survey)
    who.require("filing.read", standing.survey.organisation)
    if standing.done is None:
        return page(request, "waiting", frame(who, standing) | {"address": request.url.path})
    done = standing.done
    wished = read_wishes(request.query_params, done.answers)
    roadmap = done.roadmap
    if request.query_params.get("budget") is not None:
        roadmap = reckoning.what_if(desk, who, survey, wished.settings)
    language = language_of(request)
    told = recommendations_told(desk.library, roadmap)
    shown = done.model_copy(update={"roadmap": roadmap, "recommendations": told})
    pen = Pen.of(shown, language)
    values = frame(who, standing) | {
        "a": shown,
        "pen": pen,
        "v": view(shown, pen),
        "wished": wished,
        "tried": request.query_params.get("budget") is not None,
        "targets": [(r.head.id, r.head.title, r.grades) for r in done.rated if r.grades],
        "titles": {id_: face(request).say(r.title) for id_, r in desk.library.recommendations.items()},
    }
    return page(request, "whatif", values)


@router.post("/surveys/{survey}/plan")
def keep(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Take what was tried as the wishes of the survey: the result is reckoned anew with them."""
    wished: Wished = read_wishes(form, None)
    surveys.change_settings(desk, who, survey, **wished.settings)
    return RedirectResponse(f"/surveys/{survey}/plan", 303)
