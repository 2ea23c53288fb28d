"""CARRIED work: what another installation holds of a plant, read from its export.

A file that was made to do harm is refused: parts and members are bounded before they are read, each has its form,
and contents are read one at a time, when they are taken.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assessor.desk import noting
from assessor.desk.desk import DAY
from assessor.desk.surveys import SETTINGS
from assessor.domain import Answers, Message, Plant, sha256
from assessor.errors import InputError
from assessor.storage import FileKind, Given, Note, StoredFile

CARRIED: tuple[FileKind, ...] = (
    "register", "scope", "network", "precheck", "proof", "attachment", "export", "bundle",
)  # fmt: skip
"""In this order: what a later one is read by stands there already."""
SAID = ("system", "taken_by", "taken_at", "signs", "item", "day")
"""What a person said of a file; what was read out of it is read again here."""
LARGEST_PART, MOST_FILES = 20_000_000, 2_000
BROKEN = (
    KeyError, AttributeError, ValueError, TypeError, OSError, EOFError, RuntimeError,
    zlib.error, zipfile.BadZipFile, ValidationError,
)  # fmt: skip
"""What a zip or JSON that is none can raise; RuntimeError: it is locked, or nested without end."""
GIVEN, NOTES, FILES = TypeAdapter(list[Given]), TypeAdapter(list[Note]), TypeAdapter(list[StoredFile])


@dataclass(frozen=True)
class Work:
    """What another installation holds of the same plant."""

    digest: str
    plant: Plant
    settings: Mapping[str, Any]
    answers: Mapping[str, Given]
    """What stands there."""
    notes: tuple[Note, ...]
    files: tuple[StoredFile, ...]
    data: bytes

    def contents(self) -> Iterator[tuple[StoredFile, bytes | None]]:
        """One file after another; None for one that is not what it was."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            for file in self.files:
                try:
                    data = archive.read(f"files/{file.id}/{file.name}")
                except BROKEN:
                    data = b""
                yield file, data if sha256(data) == file.sha256 else None


def read_work(file: StoredFile, data: bytes, now: int) -> Work:
    """What was carried over. Raises InputError for what is no such file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            survey = json.loads(_part(archive, "survey"))
            given = GIVEN.validate_json(_part(archive, "standing"), strict=True)
            notes = NOTES.validate_json(_part(archive, "notes"), strict=True)
            files = FILES.validate_json(_part(archive, "files"), strict=True)
        plant, settings = Plant.model_validate(survey["plant"]), _settings(survey)
        _check(given, notes, files, now)
    except BROKEN as problem:
        raise InputError(Message(id="desk.no_work"), file.name) from problem
    kept = sorted((_as_said(f) for f in files if f.kind in CARRIED), key=lambda f: (CARRIED.index(f.kind), f.at))
    return Work(file.sha256, plant, settings, {g.question: g for g in given}, tuple(notes), tuple(kept), data)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(f"{name}.json")
    if info.file_size > LARGEST_PART:
        raise ValueError(f"{name} is too large")
    return archive.read(info)


def _settings(survey: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of an answer file, in the form that they have there."""
    held = {k: v for k, v in survey["settings"].items() if k in SETTINGS and v is not None}
    Answers.model_validate({"format": "assessor-answers/1", "plant": survey["plant"]["id"], "answers": ()} | held)
    return held


def _check(given: list[Given], notes: list[Note], files: list[StoredFile], now: int) -> None:
    times = [*(g.at for g in given), *(n.at for n in notes), *(f.at for f in files)]
    if any(not 0 <= at <= now + DAY for at in times):
        raise ValueError("of another time")
    if len(files) > MOST_FILES or len({f.id for f in files}) < len(files):
        raise ValueError("a file is named twice, or there are too many")
    if any(not noting.KEY.fullmatch(n.id) or not 0 < len(n.said) <= noting.LONGEST for n in notes):
        raise ValueError("a note is none")


def _as_said(file: StoredFile) -> StoredFile:
    about = {k: v for k, v in file.about.items() if k in SAID and isinstance(v, str) and len(v) <= 200}
    return replace(file, about=about)
