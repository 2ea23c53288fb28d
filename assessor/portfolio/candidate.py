"""A CANDIDATE: an edition that is to be, as one framework file, a zip of a questionnaires folder, or such one.

It is read as strictly as what is in force: a fault names its file and line.
"""

import lzma
import zipfile
import zlib
from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath

from assessor.documents import parse
from assessor.domain import Message
from assessor.errors import InputError
from assessor.frameworks import KINDS, Library, by_law, load_library, read_library

MOST = 20_000_000
"""Bytes of all files of a zip once they are unpacked; the shipped questionnaires are a tenth of that."""
MOST_FILES = 2_000


def candidate(name: str, data: bytes, force: Library, indicators: Collection[str] | None = None) -> Library:
    """A library with what was handed in: of one framework's file with that in place of the edition in force, of a
    zip with what is in the zip alone.

    Raises InputError with file and line for what the library would refuse, and for an edition that says something
    else than the one in force under the same version.
    """
    parts = _zipped(name, data) if name.lower().endswith(".zip") else _with(name, data, force)
    library = read_library(parts, indicators)
    _told_apart(library, force)
    return library


def candidate_at(path: Path, force: Library, indicators: Collection[str] | None = None) -> Library:
    """The same from a disk: a file, or a folder of questionnaires."""
    if not path.is_dir():
        try:
            return candidate(path.name, path.read_bytes(), force, indicators)
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise InputError(Message(id="input.unreadable", params={"reason": reason}), str(path)) from problem
    library = load_library(path, indicators)
    _told_apart(library, force)
    return library


def _told_apart(library: Library, force: Library) -> None:
    """What differs bears another version: otherwise nobody could say by which a plant was rated."""
    for name, digest in library.fingerprints.items():
        if force.fingerprints.get(name, digest) != digest:
            id_, _, version = name.partition("@")
            raise InputError(Message(id="library.changed_edition", params={"id": id_, "version": version}), id_)
    if dict(library.parts) == dict(force.parts):
        raise InputError(Message(id="edition.nothing_changed"))


def _with(name: str, data: bytes, force: Library) -> Mapping[str, bytes]:
    """The library in force with this file in the place of its framework."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError(Message(id="input.not_utf8", params={"at": problem.start}), name) from problem
    framework, _ = parse(by_law, text, name)
    return {**force.parts, f"frameworks/{framework.id}.yaml": data}


BROKEN = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
"""What a zip that is none, or is damaged, can raise."""


def _zipped(name: str, data: bytes) -> dict[str, bytes]:
    """The files of a zip, whatever folder they stand in."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(data)) as held:
            infos = [info for info in held.infolist() if info.filename.endswith((".yaml", ".yml"))]
            if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST:
                raise InputError(Message(id="edition.too_large", params={"most": MOST // 1_000_000}), name)
            for info in infos:
                parts = PurePosixPath(info.filename).parts
                if len(parts) >= 2 and parts[-2] in KINDS:
                    found["/".join(parts[-2:])] = held.read(info)
    except BROKEN as problem:
        raise InputError(Message(id="edition.not_a_zip"), name) from problem
    if not found:
        raise InputError(Message(id="edition.nothing_in_zip", params={"kinds": ", ".join(KINDS)}), name)
    return found
