"""Differences to be clarified: what was said, what was seen, what to ask, and what came of it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk import attaching, reckoning, settling, surveys
from assessor.desk.access import Actor
from assessor.desk.settling import Clarified
from assessor.domain import Assessment, Question
from assessor.errors import InputError
from assessor.forms.words import choices
from assessor.report.claims import differences
from assessor.report.leads import Todo, todo
from assessor.report.pen import Pen
from assessor.web.cards import hundredths
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of, text
from assessor.web.pages.results import frame

router = APIRouter()
PROOFS = ("document", "screen", "photograph", "site", "export", "statement")


@dataclass(frozen=True)
class Narrowing:
    """What would narrow the result, and the questions that hang on it."""

    kind: str
    todo: Todo
    questions: tuple[tuple[Question, int], ...]
    """Each with the number of proofs that were handed in for it."""


@router.get("/surveys/{survey}/clarify")
def clarify(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """Every difference of the newest result, heaviest first."""
    standing = reckoning.result(desk, who, survey)
    who.require("filing.read", standing.survey.organisation)
    if standing.done is None:
        return page(request, "waiting", frame(who, standing) | {"address": request.url.path})
    return page(request, "clarify", _values(request, desk, who, survey))


def _values(request: Request, desk: DeskOf, who: PageWho, survey: str) -> dict[str, Any]:
    standing = reckoning.result(desk, who, survey)
    done = reckoning.assessment(desk, who, survey)
    pen, statements = Pen.of(done, language_of(request)), desk.library.statements
    may_read = who.may("file.read", standing.survey.organisation)
    return frame(who, standing) | {
        "a": done,
        "pen": pen,
        "narrowing": _narrowing(desk, who, survey, done, pen),
        "differences": differences(done, pen),
        "settled": settling.settled(done),
        "statements": statements,
        "choices": {f.question: choices(statements[f.question]) for f in done.findings},
        "files": attaching.listed(desk, who, survey) if may_read else [],
        "proofs": PROOFS,
        "fault": None,
        "failed": "",
    }


def _narrowing(desk: DeskOf, who: Actor, survey: str, done: Assessment, pen: Pen) -> list[Narrowing]:
    """For those who are still asking; in the order of the Assessment, what the level hangs on first."""
    if not who.may("survey.read", surveys.get(desk, who, survey).organisation):
        return []
    handed = Counter(f.question for f in attaching.listed(desk, who, survey, "proof"))
    known = desk.library.statements
    return [
        Narrowing(
            lead.kind, one, tuple((known[q], handed[known[q].part_of or q]) for q in lead.questions if q in known)
        )
        for lead, one in zip(done.leads, todo(done, pen), strict=True)
    ]


@router.post("/surveys/{survey}/clarify")
def settle(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Take down what came of one difference; a fault leaves the page with what is wrong beside it."""
    question = text(form, "question")
    value = text(form, "value")
    statement = desk.library.statements.get(question)
    if statement is not None and statement.kind == "share" and value:
        value = hundredths(value)
    given = Clarified(
        question=question,
        value=value or None,
        reply=text(form, "reply"),
        reason=text(form, "reason"),
        kind=text(form, "kind"),
        title=text(form, "title"),
        file=text(form, "file") or None,
    )
    try:
        settling.settle(desk, who, survey, given)
    except InputError as problem:
        told = {"fault": problem.message, "failed": question}
        return page(request, "clarify", _values(request, desk, who, survey) | told, 422)
    return RedirectResponse(f"/surveys/{survey}/clarify#{question}", 303)


@router.post("/surveys/{survey}/clarify/reopen")
def reopen(desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    settling.reopen(desk, who, survey, text(form, "question"))
    return RedirectResponse(f"/surveys/{survey}/clarify#{text(form, 'question')}", 303)
