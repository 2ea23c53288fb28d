"""A SHELF of stored Assessments: files, folders of them, and packs of what judging again needs of thousands.

A pack is a zip of JSON, some hundred Assessments a member, so that each process reads its own share. What is in a
pack is `Filed`: no name of a person, no reason, no proof.
"""

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import ValidationError

from assessor.audit import read_assessment
from assessor.domain import Assessment, Message, Noun
from assessor.errors import BundleError
from assessor.home import create_file
from assessor.portfolio.filed import Filed

SUFFIX = ".pack"
EACH = 100
"""Assessments in a member of a pack, and in a piece."""
FILES = 4
"""Whole Assessments in a piece: each takes a good part of a second to read."""
MOST = 200_000_000
"""Bytes of one member once it is unpacked."""


UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError)
"""What a zip says of itself that is damaged, encrypted, or packed in a way that nobody here reads."""


class Shelved(Noun):
    """What judging again needs, and the file that it was taken from."""

    file: str
    key: str | None = None
    """What tells its plant apart where two may bear one id."""
    filed: Filed


class Page(Noun):
    """One member of a pack."""

    format: Literal["assessor-pack/1"]
    held: tuple[Shelved, ...]


@dataclass(frozen=True)
class Held:
    """A file by its name, or what stands in its place: a `Page` as zlib-compressed JSON."""

    name: str
    data: bytes | None = None
    count: int = 1
    whole: str | None = None
    """The key of a plant whose whole Assessment `data` is, instead of a page."""

    @property
    def bare(self) -> "Held":
        """Its name and how many it holds, without them."""
        return Held(self.name, None, self.count)


Piece = tuple[Held, ...]


def pieces(files: Iterable[Path]) -> Iterator[Piece]:
    """What a crew is given: members of packs, and files a few at a time, in the order of the files."""
    waiting: list[Held] = []
    for file in files:
        if file.suffix == SUFFIX:
            if waiting:
                yield tuple(waiting)
                waiting = []
            yield from ((held,) for held in _members(file))
            continue
        waiting.append(Held(str(file)))
        if len(waiting) == FILES:
            yield tuple(waiting)
            waiting = []
    if waiting:
        yield tuple(waiting)


def shelved(given: Sequence[Path]) -> tuple[Path, ...]:
    """Files as given; of a folder every bundle, assessment.json and pack in it, in order."""
    found: list[Path] = []
    for path in given:
        found += sorted(f for f in path.rglob("*") if f.suffix in FILED) if path.is_dir() else [path]
    return tuple(found)


FILED = frozenset({".zip", ".json", SUFFIX})


def count(files: Iterable[Path]) -> int:
    """How many Assessments there are."""
    return sum(sum(h.count for h in _members(f)) if f.suffix == SUFFIX else 1 for f in files)


def paged(held: Iterable[tuple[str, Filed]], each: int = EACH) -> Iterator[Held]:
    """What judging again needs of many, as pieces."""
    source = iter(held)
    while some := tuple(islice(source, each)):
        page = Page(format="assessor-pack/1", held=tuple(Shelved(file=name, filed=one) for name, one in some))
        yield Held(some[0][0], zlib.compress(page.model_dump_json(exclude_defaults=True).encode(), 1), len(some))


def write_pack(file: Path, held: Iterable[tuple[str, Filed]]) -> int:
    """A pack of these; gives how many there are."""
    total = 0

    def write(out: BinaryIO) -> None:
        nonlocal total
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
            for i, page in enumerate(paged(held)):
                assert page.data is not None
                pack.writestr(zipfile.ZipInfo(f"{i:06d}-{page.count}.json.z", (1980, 1, 1, 0, 0, 0)), page.data)
                total += page.count

    create_file(file, write)
    return total


def unpacked(held: Held) -> tuple[Shelved, ...]:
    """What a member holds. Raises BundleError where it is not what it says; it names the member, and which of its
    Assessments is wrong in what."""
    assert held.data is not None
    try:
        opened = zlib.decompressobj()
        data = opened.decompress(held.data, MOST)
        if not opened.eof:
            raise ValueError("too much, or cut off")
        found = Page.model_validate_json(data).held
    except ValidationError as problem:
        raise BundleError(_wrong(problem), held.name) from problem
    except (ValueError, zlib.error) as problem:
        raise BundleError(Message(id="edition.not_a_pack"), held.name) from problem
    if len(found) != held.count:
        params: dict[str, Any] = {"n": len(found), "said": held.count}
        raise BundleError(Message(id="edition.pack_count", params=params), held.name)
    return found


def _wrong(problem: ValidationError) -> Message:
    """Which Assessment of a member, and where in it."""
    loc = problem.errors(include_url=False, include_input=False)[0]["loc"]
    if len(loc) < 2 or loc[0] != "held" or not isinstance(loc[1], int):
        return Message(id="edition.not_a_pack")
    at = ".".join(str(part) for part in loc[2:] if part != "filed")
    return Message(id="edition.bad_entry", params={"n": loc[1] + 1, "at": at or "-"})


def inflated(held: Held) -> Assessment:
    """A whole Assessment out of a database."""
    assert held.data is not None
    try:
        return read_assessment(zlib.decompress(held.data), held.name)
    except zlib.error as problem:
        raise BundleError(Message(id="audit.not_an_assessment"), held.name) from problem


def page_of(held: Iterable[tuple[str, str, bytes]]) -> Held:
    """A page out of what a database keeps: name, key of the plant, and its JSON, which is put in as it stands."""
    given = list(held)
    rows = [
        b'{"file":%s,"key":%s,"filed":%s}' % (json.dumps(name).encode(), json.dumps(key).encode(), data)
        for name, key, data in given
    ]
    page = b'{"format":"assessor-pack/1","held":[%s]}' % b",".join(rows)
    return Held(given[0][0], zlib.compress(page, 1), len(given))


def _members(file: Path) -> Iterator[Held]:
    """A pack as its members; what cannot be opened stands for itself with nothing in it, so that it is told beside
    what can be judged, and takes nothing else along."""
    try:
        yield from _opened(file)
    except BundleError as problem:
        yield Held(problem.place or str(file), b"")


def _opened(file: Path) -> Iterator[Held]:
    try:
        with zipfile.ZipFile(file) as pack:
            for info in pack.infolist():
                count_ = info.filename.rpartition("-")[2].partition(".")[0]
                if info.file_size > MOST or not (count_.isascii() and count_.isdigit()):
                    raise BundleError(Message(id="edition.not_a_pack"), f"{file}/{info.filename}")
                yield Held(f"{file}/{info.filename}", pack.read(info), int(count_))
    except UNREADABLE as problem:
        raise BundleError(Message(id="edition.not_a_pack"), str(file)) from problem
