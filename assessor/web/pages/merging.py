"""Work carried over from another installation: what it brings, what differs, whose word counts."""

import json
from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from assessor.desk import attaching, merging, surveys
from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.desk.merging import Choice, Compared, Item
from assessor.storage import Given
from assessor.web.face import Face, face, page
from assessor.web.gate import DeskOf, PageWho, Posted, text
from assessor.web.pages.answers import frame

router = APIRouter()


@router.get("/surveys/{survey}/merge/{file}")
def show(request: Request, desk: DeskOf, who: PageWho, survey: str, file: str) -> Response:
    """What the work would bring. Nothing is changed by looking."""
    work = merging.opened(desk, who, survey, file)
    found = merging.compare(desk, who, survey, work)
    return page(request, "merge", _values(request, desk, who, survey, file, found))


def _values(
    request: Request, desk: Desk, who: Actor, survey: str, file: str, found: Compared, **more: Any
) -> dict[str, Any]:
    shown = face(request)
    told = [(item, *_told(desk, shown, item)) for item in found.differing]
    held, _ = attaching.content(desk, who, survey, file)
    sheet = surveys.opened(desk, who, survey)
    before = [(one, _word(desk, shown, one["lost"])) for one in sheet.survey.settings.get(merging.DECIDED, ())]
    base = {"file": held, "found": found, "differing": told, "done": False, "refused": (), "before": before}
    return frame(who, sheet) | base | more


def _told(desk: Desk, shown: Face, item: Item) -> tuple[str, str, str]:
    """What it is about, our word and theirs."""
    kind, _, own = item.id.partition(":")
    question = desk.library.questions.get(own)
    own = shown.t(f"files.{own}") if kind == "file" and own in ("register", "bundle") else own
    name = shown.t(f"merge.kind.{kind}")
    if question is not None:
        name = f"{name}{shown.t('colon')}{shown.say(question.text)}"
    elif own:
        name = f"{name}{shown.t('colon')}{own}"
    return name, _word(desk, shown, item.ours), _word(desk, shown, item.theirs)


def _word(desk: Desk, shown: Face, value: Any) -> str:
    if isinstance(value, Given):
        question = desk.library.questions[value.question]
        who = shown.role(value.department)
        said = shown.given(question, value.value)
        reason = f" ({value.reason})" if value.reason else ""
        return f"{said}{reason} · {who} · {shown.moment(value.at)}"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


@router.post("/surveys/{survey}/merge/{file}")
def take(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, file: str) -> Response:
    """Take what is only there and what was chosen; what still differs is asked again."""
    work = merging.opened(desk, who, survey, file)
    choices: dict[str, tuple[Choice, str]] = {}
    for id_ in (str(value) for value in form.getlist("item")):
        if (choice := text(form, f"choice-{id_}")) in ("ours", "theirs"):
            choices[id_] = (cast(Choice, choice), text(form, f"mark-{id_}"))
    found, refused = merging.take(desk, who, survey, work, choices)
    values = _values(request, desk, who, survey, file, found, done=True, refused=refused)
    return page(request, "merge", values)
