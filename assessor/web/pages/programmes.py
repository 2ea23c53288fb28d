"""Programmes as an office runs them: begun from the library, rules entered in a form or handed in as a file."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assessor.desk.office import running
from assessor.desk.office.overview import get
from assessor.documents import parse
from assessor.domain import Message, Programme, Status
from assessor.errors import ConflictError, InputError
from assessor.forms.writing import yaml_lines
from assessor.web import rules_form
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text, upload, whole
from assessor.web.pages.offices import office_frame
from assessor.web.pages.results import download
from assessor.web.problems import status_of

router = APIRouter()
LARGEST = 1_000_000
"""Bytes of a programme's file."""


@router.get("/offices/{office}/programmes")
def programmes(request: Request, desk: DeskOf, who: PageWho, office: str) -> Response:
    found = get(desk, who, office)
    values = office_frame(who, found) | {
        "runs": running.runs(desk, who, office),
        "templates": running.templates(desk, who, office),
    }
    return page(request, "programmes", values)


@router.post("/offices/{office}/programmes")
def begin(desk: DeskOf, who: PageWho, form: Posted, office: str) -> Response:
    get(desk, who, office)
    id_ = running.begin(desk, who, office, text(form, "programme"))
    return RedirectResponse(f"/offices/{office}/programmes/{id_}", 303)


@router.get("/offices/{office}/programmes/{programme}")
def show(request: Request, desk: DeskOf, who: PageWho, office: str, programme: str) -> Response:
    return page(request, "programme", _values(desk, who, office, programme))


def _values(desk: DeskOf, who: PageWho, office: str, programme: str) -> dict[str, Any]:
    found, run = get(desk, who, office), running.run(desk, who, office, programme)
    return office_frame(who, found) | {
        "run": run,
        "rules": run.rules,
        "filled": rules_form.shown(run),
        "checklists": desk.library.checklists,
        "statuses": list(Status),
        "fault": None,
        "said": None,
    }


@router.post("/offices/{office}/programmes/{programme}")
def change(request: Request, desk: DeskOf, who: PageWho, form: Posted, office: str, programme: str) -> Response:
    """Enter rules; a fault leaves the page with what is wrong, and what was typed in it."""
    get(desk, who, office)
    who.require("rules.write", office)  # before anything of the form is read
    run = running.run(desk, who, office, programme)
    try:
        given = upload(form, "file")
        rules = _of_file(*given) if given else rules_form.read(form, run)
        running.change(desk, who, office, programme, whole(form, "version"), rules)
    except (InputError, ConflictError) as problem:
        values = _values(desk, who, office, programme) | {"fault": problem, "said": form}
        return page(request, "programme", values, status_of(problem))
    return RedirectResponse(f"/offices/{office}/programmes/{programme}", 303)


def _of_file(name: str, data: bytes) -> dict[str, Any]:
    """The rules as a file of the questionnaires has them; a fault names its line."""
    if len(data) > LARGEST:
        raise InputError(Message(id="input.too_large", params={"most": LARGEST}), name)
    try:
        return parse(Programme, data.decode("utf-8-sig"), name)[0].model_dump(mode="json")
    except UnicodeDecodeError as problem:
        raise InputError(Message(id="input.not_utf8", params={"at": problem.start}), name) from problem


@router.get("/offices/{office}/programmes/{programme}/rules.yaml")
def rules(desk: DeskOf, who: PageWho, office: str, programme: str) -> Response:
    """The rules as a file: to keep, to change, to hand in again."""
    get(desk, who, office)
    told = running.run(desk, who, office, programme).rules.model_dump(mode="json", exclude_defaults=True)
    return download(yaml_lines(told).encode(), f"{programme}.yaml")
