"""Answering: the overview of a survey, a section, one question, and the short form."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from assessor import pipeline
from assessor.desk import answering, attaching, meanings, reviewing, surveys, walking
from assessor.desk.answering import Entry, Overtaken
from assessor.desk.surveys import Sheet
from assessor.domain import Message, Question, Topic
from assessor.errors import UnknownError
from assessor.web.cards import Card, card, cards_of, entry
from assessor.web.face import face, page
from assessor.web.gate import DeskOf, PageWho, Posted, text
from assessor.web.problems import problem_json, told
from models.short_form import CAP, SURE

router = APIRouter()
FILTERS = ("all", "open", "flagged", "differing")


@router.get("/surveys/{survey}")
def overview(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """Where the assessment stands and what to do next."""
    held = surveys.opened(desk, who, survey)
    out = surveys.hidden(desk, held)
    sections = [surveys.section(held, topic, out) for topic in surveys.topics(desk, held)]
    values = frame(who, held) | {
        "sections": sections,
        "progress": surveys.progress(held, out, desk.library.questions),
        "short": _short(desk, held),
        "cap": CAP,
        "review": reviewing.review(desk, who, survey),
        "listed": bool(attaching.listed(desk, who, survey, *walking.SOURCES)),
        "sampled": who.may("raw.read", held.survey.organisation)
        and meanings.sampled(desk, held.survey) is not None,
    }
    return page(request, "survey", values)


def frame(who: PageWho, held: Sheet) -> dict[str, Any]:
    """What every page of a survey shows round itself."""
    organisation = held.survey.organisation
    return {"held": held, "survey": held.survey, "may": lambda action: who.may(action, organisation)}


def _short(desk: DeskOf, held: Sheet) -> Any:
    return pipeline.short_form(desk.library, held.framework, surveys.answers(held))


@router.get("/surveys/{survey}/short")
def short(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """The next question of the short form, or what it came to."""
    held = surveys.opened(desk, who, survey)
    state = _short(desk, held)
    following = desk.library.questions.get(state.following or "")
    values = frame(who, held) | {
        "state": state,
        "cap": CAP,
        "sure": state.reached >= SURE,
        "card": cards_of(desk, who, held, [following])[0] if following else None,
        "levels": {level.number: level.name for level in held.framework.levels},
    }
    return page(request, "short", values)


@router.get("/surveys/{survey}/sections/{topic}")
def section(request: Request, desk: DeskOf, who: PageWho, survey: str, topic: str, show: str = "all") -> Response:
    """One section; questions that are not put now are in the page, hidden, and appear when they are."""
    held = surveys.opened(desk, who, survey)
    out = surveys.hidden(desk, held)
    all_ = surveys.topics(desk, held)
    at = next((i for i, t in enumerate(all_) if t.id == topic), None)
    if at is None:
        raise UnknownError(Message(id="desk.unknown"))
    cards = cards_of(desk, who, held, all_[at].questions)
    values = frame(who, held) | {
        "section": surveys.section(held, all_[at], out),
        "cards": [c for c in cards if fits(c, show if show in FILTERS else "all")],
        "hidden": out,
        "show": show,
        "filters": [(name, sum(fits(c, name) and c.question.id not in out for c in cards)) for name in FILTERS],
        "before": all_[at - 1] if at else None,
        "after": all_[at + 1] if at + 1 < len(all_) else None,
        "progress": surveys.progress(held, out, desk.library.questions),
        "number": at + 1,
        "of": len(all_),
    }
    return page(request, "section", values)


def fits(one: Card, show: str) -> bool:
    """Is it among what is to be shown?"""
    return {"open": not one.done, "flagged": one.marked, "differing": one.differs is not None}.get(show, True)


@router.get("/surveys/{survey}/questions/{question}")
def question(request: Request, desk: DeskOf, who: PageWho, survey: str, question: str) -> Response:
    """One question by itself, with everything that was ever said to it and the files that prove it."""
    held = surveys.opened(desk, who, survey)
    asked, topic = _asked(desk, question)
    values = frame(who, held) | {
        "card": cards_of(desk, who, held, [asked])[0],
        "topic": topic,
        "history": answering.history(desk, who, survey, question),
    }
    return page(request, "question", values)


def _asked(desk: DeskOf, id_: str) -> tuple[Question, Topic]:
    for topic in desk.library.topics:
        for one in topic.questions:
            if one.id == id_:
                return one, topic
    raise UnknownError(Message(id="desk.unknown_question", params={"question": id_[:64]}))


@router.post("/surveys/{survey}/answers/{question}")
def save(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, question: str) -> Response:
    """Save one answer; a script asks for JSON and gets what changed, a plain form gets its page again."""
    asked, topic = _asked(desk, question)
    made = entry(asked, form)
    scripted = "application/json" in request.headers.get("accept", "")
    try:
        saved = answering.save(desk, who, survey, made)
    except Overtaken as problem:
        return _overtaken(request, desk, who, problem, made, survey, scripted)
    if not scripted:
        back = text(form, "back")
        inside = f"/surveys/{survey}/"
        return RedirectResponse(
            back if back.startswith(inside) else f"{inside}sections/{topic.id}#{question}", 303
        )
    shown = face(request)
    return JSONResponse(
        {
            "version": saved.given.version,
            "said": shown.t("answer.by", name=saved.author or shown.role(saved.given.department),
                            when=shown.moment(saved.given.at)),
            "progress": {"answered": saved.progress.answered, "required": saved.progress.required},
            "hidden": sorted(saved.hidden),
        }
    )  # fmt: skip


def _overtaken(
    request: Request, desk: DeskOf, who: PageWho, problem: Overtaken, made: Entry, survey: str, scripted: bool
) -> Response:
    """Both values and who said them; nobody's is lost, and a person chooses."""
    asked, topic = _asked(desk, made.question)
    shown = face(request)
    stands = shown.given(asked, problem.stands.value)
    if scripted:
        both = {"stands_text": stands, "wanted_text": shown.given(asked, problem.wanted.value)}
        who_said = problem.author or shown.role(problem.stands.department)
        more = {"stands": told(problem) | {"author": who_said}, **both}
        return problem_json(request, 409, problem.message, made.question, **more)
    held = surveys.opened(desk, who, survey)
    wanted = replace(problem.wanted, version=problem.stands.version)
    values = frame(who, held) | {
        "card": card(asked, {asked.id: wanted}, {}, required=False),
        "topic": topic,
        "stands": problem.stands,
        "author": problem.author,
    }
    return page(request, "overtaken", values, 409)


@router.post("/surveys/{survey}/marks/{question}")
def mark(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, question: str) -> Response:
    """Come back to it later, or no longer."""
    marked = text(form, "marked") == "1"
    answering.mark(desk, who, survey, question, marked)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"marked": marked})
    _, topic = _asked(desk, question)
    return RedirectResponse(f"/surveys/{survey}/sections/{topic.id}#{question}", 303)
