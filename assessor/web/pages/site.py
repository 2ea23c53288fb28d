"""A day on site: its steps in their order, and how far each has come."""

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from assessor.desk import attaching, filing, reckoning, reviewing, sampling, surveys
from assessor.messages import Language
from assessor.report.pdf import qr
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, language_of, settings_of
from assessor.web.pages.answers import frame

router = APIRouter()


@dataclass(frozen=True)
class Step:
    """One step of the day."""

    name: str
    path: str
    state: Literal["open", "running", "done", "later"]
    params: dict[str, Any]
    """What its line says, as gaps of its text."""


@router.get("/surveys/{survey}/site")
def site(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """Where the day stands, and what to do next."""
    held = surveys.opened(desk, who, survey)
    who.require("raw.read", held.survey.organisation)
    works = attaching.listed(desk, who, survey, "work")
    others = settings_of(request).others
    steps = [*_steps(desk, who, survey), _filing(desk, who, survey, language_of(request))]
    values = {"steps": steps, "works": works, "others": others}
    return page(request, "site", frame(who, held) | values | {"code": Markup(qr(others[0])) if others else ""})


def _filing(desk: DeskOf, who: PageWho, survey: str, language: Language) -> Step:
    by = filing.checklist(desk, "")
    if reckoning.result(desk, who, survey).done is None:
        return _step("filing", "/filing", done=False, later=True, n=len(by.items))
    ready = filing.ready(desk, who, survey, by, language)
    begun = any(entry.files for entry in ready.entries)
    return _step("filing", "/filing", done=not ready.lacking, running=begun and ready.lacking > 0, n=ready.lacking)


def _steps(desk: DeskOf, who: PageWho, survey: str) -> list[Step]:
    held = surveys.opened(desk, who, survey)
    files = attaching.listed(desk, who, survey)
    said, kinds = held.survey.settings, {f.kind for f in files}
    sampled = any(f.about.get("bundle") == "sample" for f in files)
    runs = sampling.all_of(desk, who, survey)
    begun = bool(kinds & {"register", "network"})
    progress = surveys.progress(held, surveys.hidden(desk, held), desk.library.questions)
    return [
        _step("prepare", "/prepare", done="scope" in kinds, running=begun and "scope" not in kinds),
        _step("sampling", "/sampling", done=sampled, running=any(s.runs for s in runs), n=len(runs)),
        _step("interviews", "/interviews", done=progress.answered >= progress.required, **vars(progress)),
        _step("tags", "/tags", done=bool(said.get("meanings")), later=not sampled),
        _step("walk", "/walk", done=bool(said.get("walk")), later=not kinds & {"register", "bundle"}),
        *_evening(desk, who, survey),
    ]


def _evening(desk: DeskOf, who: PageWho, survey: str) -> list[Step]:
    """What follows from a result."""
    standing, review = reckoning.result(desk, who, survey), reviewing.review(desk, who, survey)
    heard = standing.done is not None and standing.done.source is not None
    differing = [f for f in standing.done.findings if not f.settled] if standing.done else []
    signed = review.state == "signed-off" and not review.old
    begun = review.state != "draft"
    return [
        _step("differences", "/clarify", done=heard and not differing, later=not heard, n=len(differing)),
        _step("result", "/result", done=standing.done is not None, running=standing.running),
        _step("review", "/review", done=signed, running=begun and not signed, later=standing.done is None),
    ]


def _step(name: str, path: str, *, done: bool, running: bool = False, later: bool = False, **params: int) -> Step:
    return Step(name, path, "running" if running else "done" if done else "later" if later else "open", params)
