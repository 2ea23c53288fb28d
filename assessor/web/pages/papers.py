"""Files: proofs beside a question; the register, exports and bundles of a plant."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from assessor.desk import attaching, surveys
from assessor.desk.attaching import Handed
from assessor.desk.content import LARGEST, SHOWN, called
from assessor.domain import Message
from assessor.errors import InputError
from assessor.storage import FileKind
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text, upload
from assessor.web.pages.answers import frame
from assessor.web.pages.results import download

router = APIRouter()
KINDS: tuple[FileKind, ...] = ("register", "export", "bundle")
SAID = ("system", "taken_by", "taken_at")
"""What a person says of an exported record: without it, it is no evidence."""


@router.get("/surveys/{survey}/files")
def files(request: Request, desk: DeskOf, who: PageWho, survey: str) -> Response:
    """What machines and systems of the plant say: its register, exports, bundles; and every proof."""
    held = surveys.opened(desk, who, survey)
    listed = attaching.listed(desk, who, survey)
    values = frame(who, held) | {
        "kinds": KINDS,
        "files": {kind: [f for f in listed if f.kind == kind] for kind in (*KINDS, "proof")},
        "most": {kind: LARGEST[kind] // 1_000_000 for kind in KINDS},
    }
    return page(request, "files", values)


@router.post("/surveys/{survey}/files")
def add(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str) -> Response:
    """Hand in one file; it is acknowledged by its SHA-256."""
    given, kind = upload(form, "file"), text(form, "kind")
    if given is None:
        raise InputError(Message(id="web.no_file"))
    if kind not in LARGEST:
        raise InputError(Message(id="web.no_file"), kind[:20])
    about: dict[str, Any] = {name: text(form, name)[:200] for name in SAID if text(form, name)}
    question = text(form, "question") or None
    handed = Handed(kind, *given, question, about, text(form, "sha256") or None)
    file = attaching.attach(desk, who, survey, handed)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"id": file.id, "name": file.name, "size": file.size, "sha256": file.sha256}, 201)
    back = f"questions/{question}#files" if question else f"files#{kind}"
    return RedirectResponse(f"/surveys/{survey}/{back}", 303)


@router.get("/surveys/{survey}/files/{file}")
def read(desk: DeskOf, who: PageWho, survey: str, file: str) -> Response:
    """A file as it was handed in; photographs are shown, all else is saved."""
    held, data = attaching.content(desk, who, survey, file)
    if held.media in SHOWN:
        return Response(data, media_type=held.media, headers={"content-disposition": "inline"})
    return download(data, called(held.name))


@router.post("/surveys/{survey}/files/{file}/remove")
def remove(desk: DeskOf, who: PageWho, form: Posted, survey: str, file: str) -> Response:
    attaching.remove(desk, who, survey, file)
    question = text(form, "question")
    return RedirectResponse(f"/surveys/{survey}/{f'questions/{question}' if question else 'files'}", 303)
