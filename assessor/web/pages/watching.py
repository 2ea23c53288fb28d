"""What is worth asking about an office's portfolio: queries with their evidence, pictures, what came of them."""

from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from assessor.desk import looking_over, watching
from assessor.desk.watching import Standing
from assessor.errors import ConflictError, InputError
from assessor.portfolio.watching import KINDS
from assessor.portfolio.watching.case import Funnel, Pair
from assessor.report.charts import nothing, strip
from assessor.report.funnel import Dot, funnel
from assessor.web.face import Face, face, page
from assessor.web.gate import DeskOf, PageWho, Posted, language_of, text
from assessor.web.pages.offices import office_frame
from assessor.web.pages.results import download
from assessor.web.problems import status_of

router = APIRouter()
MOST = 30
"""Queries of one kind on a page; all are in the table that can be taken along."""
OTHERS = 12
"""Assessors or pairs that are named in a table."""


@router.get("/offices/{office}/quality")
def quality(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    """The page; while a look is under way it comes again by itself."""
    return page(request, "watching", _values(request, desk, who, office))


def _values(request: Request, desk: DeskOf, who: PageWho, office: str, show: str = "") -> dict[str, Any]:
    held, shown = watching.standing(desk, who, office), face(request)
    show = show or request.query_params.get("show", "open")
    show = show if show in ("open", "done", "all") else "open"
    kinds = {
        kind: [
            s
            for s in held.shown
            if s.query.kind == kind and (show == "all" or (s.state == "open") == (show == "open"))
        ]
        for kind in KINDS
    }
    pooled = held.look is not None and not held.withdrawn
    return office_frame(who, held.office) | {
        "held": held,
        "kinds": kinds,
        "show": show,
        "counts": {
            "open": sum(s.state == "open" for s in held.shown),
            "done": sum(s.state != "open" for s in held.shown),
            "all": len(held.shown),
        },
        "parts": {part.kind: part for part in held.look.parts} if held.look else {},
        "funnels": [(f, _funnel(shown, held, f)) for f in held.look.funnels] if held.look and pooled else [],
        "pairs": [(p, _pair(shown, p)) for p in _few(held.look.pairs)] if held.look and pooled else [],
        "rules": looking_over.rules(),
        "may_answer": who.may("quality.answer", office),
        "questions": desk.library.questions,
        "most": MOST,
        "fault": None,
        "failed": "",
        "typed": "",
        "factories": lambda query: sorted(held.factories.get(id_, "") for id_ in query.factories),
        "name": lambda account: held.people.get(account) or "",
    }


def _few(pairs: tuple[Pair, ...]) -> list[Pair]:
    """All together first, then the twosomes that agree least."""
    known = sorted(pairs[1:], key=lambda p: (p.kappa is None, p.kappa or 0))
    return [*pairs[:1], *known[:OTHERS]]


def _funnel(shown: Face, held: Standing, told: Funnel) -> Markup:
    def t(name: str, **params: Any) -> str:
        return shown.text(f"watching.{name}", **params)

    dots = [
        Dot(
            p.assessments,
            float(p.mean),
            f"{held.people.get(p.assessor) or t('erased')} · {p.assessments}",
            p.asked,
        )
        for p in told.points
    ]
    asked = sum(p.asked for p in told.points)
    desc = t("funnel_desc", n=len(dots), asked=asked)
    bands = [(float(told.usual), t("funnel_usual")), (float(told.limit), t("funnel_limit"))]
    axes = (t("axis_count"), t(f"axis_{told.measure}"))
    return funnel(dots, float(told.spread), bands, title=t(f"funnel.{told.measure}"), desc=desc, axes=axes)


def _pair(shown: Face, pair: Pair) -> Markup:
    title = shown.text("watching.kappa_title")
    if pair.kappa is None or pair.low is None or pair.high is None:
        return nothing(title, shown.say(pair.why))
    goal = looking_over.rules().agreement.goal
    params = {"kappa": pair.kappa, "low": pair.low, "high": pair.high, "goal": goal}
    desc = shown.text("watching.kappa_desc", **params)
    low, high = max(pair.low, 0 * goal), max(pair.high, 0 * goal)
    return strip(low, high, value=max(pair.kappa, 0 * goal), title=title, desc=desc, ticks=(goal,))


@router.post("/offices/{office}/quality/look")
def look(desk: DeskOf, who: PageWho, _: Posted, office: str) -> Response:
    """Look again."""
    watching.begin(desk, who, office)
    return RedirectResponse(f"/offices/{office}/quality", 303)


@router.post("/offices/{office}/quality/answer")
def answer(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    """Note what came of one query; a fault leaves the page with what is wrong beside it."""
    key, state, why = text(form, "query"), text(form, "state"), text(form, "why")
    try:
        watching.say(desk, who, office, key, state, why, text(form, "stands"))
    except (InputError, ConflictError) as problem:
        told = {"fault": problem.message, "failed": key, "typed": why}
        return page(request, "watching", _values(request, desk, who, office, "all") | told, status_of(problem))
    return RedirectResponse(f"/offices/{office}/quality?show=all#{key}", 303)


@router.get("/offices/{office}/quality.csv")
def table(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    """All of it without names."""
    return download(watching.exported(desk, who, office, language_of(request)), "quality.csv", "text/csv")
