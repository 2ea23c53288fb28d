"""Files of a survey."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from assessor.desk import attaching
from assessor.desk.attaching import Handed
from assessor.desk.content import called
from assessor.storage import FileKind, StoredFile
from assessor.web.api.shapes import FAULTS, FileOut, Id
from assessor.web.gate import DeskOf, Who
from assessor.web.pages.results import download

router = APIRouter(tags=["files"], responses=FAULTS)


@router.get("/surveys/{survey}/files")
def list_files(desk: DeskOf, who: Who, survey: Id) -> list[FileOut]:
    """What was handed in, without its content."""
    return [_out(f) for f in attaching.listed(desk, who, survey)]


@router.post("/surveys/{survey}/files", status_code=201)
def add(
    desk: DeskOf,
    who: Who,
    survey: Id,
    file: Annotated[UploadFile, File()],
    kind: Annotated[FileKind, Form()],
    question: Annotated[str | None, Form(max_length=64)] = None,
    sha256: Annotated[str | None, Form(pattern="^[0-9a-fA-F]{64}$")] = None,
    about: Annotated[str, Form(max_length=200, description="From which system an export is.")] = "",
) -> FileOut:
    """Hand in one file. It is acknowledged by its SHA-256; give yours, and damage on the way is refused."""
    told: dict[str, Any] = {"system": about} if about else {}
    handed = Handed(kind, file.filename or "", file.file.read(), question, told, sha256)
    return _out(attaching.attach(desk, who, survey, handed))


@router.get("/surveys/{survey}/files/{file}", response_class=Response)
def read(desk: DeskOf, who: Who, survey: Id, file: Id) -> Response:
    """One file as it was handed in."""
    held, data = attaching.content(desk, who, survey, file)
    return download(data, called(held.name), held.media)


@router.delete("/surveys/{survey}/files/{file}", status_code=204)
def remove(desk: DeskOf, who: Who, survey: Id, file: Id) -> None:
    """Its content goes with the last file that has it."""
    attaching.remove(desk, who, survey, file)


def _out(file: StoredFile) -> FileOut:
    held = asdict(file)
    return FileOut(**{name: held[name] for name in FileOut.model_fields})
