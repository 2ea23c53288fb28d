"""Files: proofs beside a question; the register, exports and bundles of a plant."""

import re
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from assessor.desk import attaching, exports, meanings, surveys
from assessor.desk.attaching import Handed
from assessor.desk.content import LARGEST, SHOWN, called
from assessor.domain import Asset, Message
from assessor.errors import BundleError, InputError, UnknownError
from assessor.storage import FileKind
from assessor.web.face import page
from assessor.web.gate import DeskOf, PageWho, Posted, text, upload
from assessor.web.pages.answers import frame
from assessor.web.pages.results import download
from connectors.export.draft import Draft

router = APIRouter()
KINDS: tuple[FileKind, ...] = ("register", "export", "bundle")
MOST_NAMES = 400
"""Names that one form asks about."""
SIGNED = re.compile("[0-9a-f]{64}")
"""Of the scope that a letter was signed for."""
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
        "sampled": meanings.sampled(desk, held.survey) is not None,
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
    if SIGNED.fullmatch(signs := text(form, "signs")):
        about["signs"] = signs
    question = text(form, "question") or None
    handed = Handed(kind, *given, question, about, text(form, "sha256") or None)
    file = attaching.attach(desk, who, survey, handed)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"id": file.id, "name": file.name, "size": file.size, "sha256": file.sha256}, 201)
    back = f"questions/{question}#files" if question else f"files#{kind}"
    places = {"export": f"exports/{file.id}", "scope": "sampling", "work": f"merge/{file.id}"}
    back = (places | {"precheck": "prepare#precheck"}).get(kind, back)
    if signs:
        back = "prepare#letter"
    return RedirectResponse(f"/surveys/{survey}/{back}", 303)


@router.get("/surveys/{survey}/exports/{file}")
def ask_export(request: Request, desk: DeskOf, who: PageWho, survey: str, file: str) -> Response:
    """What an export looks like, and what only a person can say of it."""
    return page(request, "export", _export(desk, who, survey, file))


@router.post("/surveys/{survey}/exports/{file}")
def confirm_export(request: Request, desk: DeskOf, who: PageWho, form: Posted, survey: str, file: str) -> Response:
    """Take a person's word for it, and read the file; a fault leaves the form as it was filled in."""
    said = said_of(form)
    try:
        exports.confirm(desk, who, survey, file, said)
    except (InputError, BundleError) as problem:
        told = {"said": said, "fault": problem.message}
        return page(request, "export", _export(desk, who, survey, file) | told, 422)
    return RedirectResponse(f"/surveys/{survey}/files#export", 303)


def _export(desk: DeskOf, who: PageWho, survey: str, file: str) -> dict[str, Any]:
    held = surveys.opened(desk, who, survey)
    listed = {f.id: f for f in attaching.listed(desk, who, survey)}
    if file not in listed or listed[file].kind != "export":
        raise UnknownError(Message(id="desk.unknown"))
    found = Draft.model_validate(listed[file].about["draft"])
    register = next((f for f in reversed(listed.values()) if f.kind == "register"), None)
    assets = [Asset.model_validate(a) for a in (register.about["assets"] if register else ())]
    names = exports.named(found)[:MOST_NAMES]
    said = exports.Said(
        role="", system=listed[file].about.get("system", ""), taken_by=listed[file].about.get("taken_by", ""),
        taken_at=listed[file].about.get("taken_at", ""), time=found.time or "",
        time_format=found.time_formats[0] if found.time_formats else "iso",
        time_zone=None,
        decimal="." if found.decimal == "?" else found.decimal, assets=exports.proposed(names, assets),
    )  # fmt: skip
    return frame(who, held) | {
        "file": listed[file], "found": found, "assets": assets, "names": names, "said": said, "fault": None,
    }  # fmt: skip


def said_of(form: Posted) -> exports.Said:
    """What a form says of an export; names stand in fields of their own, in order."""
    pairs = zip(form.getlist("name"), form.getlist("asset"), strict=False)
    units = zip(form.getlist("tag"), form.getlist("unit"), strict=False)
    statuses = zip(form.getlist("status"), form.getlist("means"), strict=False)
    at = text(form, "taken_at")
    return exports.Said(
        role=text(form, "role"), system=text(form, "system")[:200], taken_by=text(form, "taken_by")[:200],
        taken_at=f"{at}+08:00" if len(at) in (16, 19) and "+" not in at else at, time=text(form, "time"),
        time_format=text(form, "time_format"), time_zone=text(form, "time_zone") or None,
        decimal=text(form, "decimal") or ".", assets={str(n): str(a) for n, a in pairs},
        units={str(n): str(u).strip() for n, u in units}, statuses={str(s): str(m) for s, m in statuses},
    )  # fmt: skip


@router.get("/surveys/{survey}/files/{file}")
def read(desk: DeskOf, who: PageWho, survey: str, file: str) -> Response:
    """A file as it was handed in; photographs are shown, all else is saved."""
    held, data = attaching.content(desk, who, survey, file)
    if held.media in SHOWN:
        return Response(data, media_type=held.media, headers={"content-disposition": "inline"})
    return download(data, called(held.name), held.media)


@router.post("/surveys/{survey}/files/{file}/remove")
def remove(desk: DeskOf, who: PageWho, form: Posted, survey: str, file: str) -> Response:
    attaching.remove(desk, who, survey, file)
    question = text(form, "question")
    place = f"questions/{question}" if question else "filing" if text(form, "back") == "filing" else "files"
    return RedirectResponse(f"/surveys/{survey}/{place}", 303)
