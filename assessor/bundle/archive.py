"""The container: a zip whose every byte follows from its members, so that any other byte shows.

Members are stored without compression (Parquet is compressed already), in order of name, with one fixed time
and no extra fields but those that a member of more than 2 GB needs. To check a file is to build it again and
compare; neither takes more memory than a piece of it.
"""

import hashlib
import io
import os
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from assessor.domain import Message
from assessor.errors import BundleError

EPOCH = (1980, 1, 1, 0, 0, 0)
LARGEST = 4_000_000_000
"""Bytes of a member that is read whole; anything larger is refused unread."""
PIECE = 1 << 20
HEADER = 1000
"""Bytes below which what is written may be a header, which is written again once its member's sum is known."""
NOT_A_ZIP = (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, EOFError, MemoryError)


class BadArchive(BundleError):
    """Not a bundle at all, or one made to do harm."""


class Window(io.RawIOBase):
    """A stretch of a file, read as if it were a file of its own."""

    def __init__(self, file: Path, begins: int, size: int) -> None:
        self._file, self._begins, self._size, self._at = file.open("rb", buffering=0), begins, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = memoryview(into)[: max(0, self._size - self._at)]
        self._file.seek(self._begins + self._at)
        got = self._file.readinto(wanted) or 0
        self._at += got
        return got

    def close(self) -> None:
        self._file.close()
        super().close()


@dataclass(frozen=True)
class Archive:
    """A container that was looked into; its members are read when they are asked for."""

    file: Path
    places: dict[str, tuple[int, int]]
    """By name: where its bytes begin, and how many they are."""

    def open(self, name: str) -> Window:
        """One member."""
        return Window(self.file, *self.places[name])

    def read(self, name: str) -> bytes:
        """All of one member."""
        if self.places[name][1] > LARGEST:
            raise BadArchive(Message(id="bundle.too_large"), f"{self.file}/{name}")
        with _reading(self.file), self.open(name) as member:
            return member.read()

    def digest(self, name: str) -> str:
        """SHA-256 of one member."""
        with _reading(self.file), self.open(name) as member:
            return hashlib.file_digest(member, "sha256").hexdigest()

    def is_sound(self) -> bool:
        """Is the file the one container that holds these members, to the last byte?"""
        with _reading(self.file), self.file.open("rb") as held:
            mirror = _Mirror(held)
            _write(mirror, ((name, size, partial(self.open, name)) for name, (_, size) in self.places.items()))
            return mirror.agrees()


class _Mirror(io.RawIOBase):
    """Takes in what would be written to a file, and compares it with what stands there."""

    def __init__(self, held: BinaryIO) -> None:
        self._held, self._at, self._end, self._same = held, 0, 0, True
        self._headers: dict[int, bytes] = {}

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._end}[whence]
        return self._at

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if len(data) < HEADER:
            self._headers[self._at] = data
        else:
            self._same = self._same and self._stands(self._at, data)
        self._at += len(data)
        self._end = max(self._end, self._at)
        return len(data)

    def agrees(self) -> bool:
        """Is all of it as it was written?"""
        whole = self._held.seek(0, os.SEEK_END) == self._end
        return whole and self._same and all(self._stands(at, data) for at, data in self._headers.items())

    def _stands(self, at: int, data: bytes) -> bool:
        self._held.seek(at)
        return self._held.read(len(data)) == data


def pack_into(out: BinaryIO, members: Iterable[tuple[str, bytes | Path]]) -> None:
    """Write the one container that holds these members; one that stands in a file goes through piece by piece."""
    _write(
        out,
        (
            (name, len(data), partial(io.BytesIO, data))
            if isinstance(data, bytes)
            else (name, data.stat().st_size, partial(data.open, "rb"))
            for name, data in members
        ),
    )


def _write(out: Any, members: Iterable[tuple[str, int, Callable[[], Any]]]) -> None:
    """Name, size, and what opens each member."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, size, opened in sorted(members, key=lambda member: member[0]):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.file_size = size
            with archive.open(entry, "w") as member, opened() as source:
                shutil.copyfileobj(source, member, PIECE)


def unpack(file: Path) -> Archive:
    """Look into a container: which members it says it has, and where. Nothing of them is read."""
    try:
        with _reading(file), file.open("rb") as held, zipfile.ZipFile(held) as archive:
            return Archive(file, _places(archive, held, file))
    except NOT_A_ZIP as problem:
        raise BadArchive(Message(id="bundle.not_a_bundle"), str(file)) from problem


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise BadArchive(Message(id="bundle.unreadable", params={"reason": reason}), str(file)) from problem


def _places(archive: zipfile.ZipFile, held: BinaryIO, file: Path) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    left = size = held.seek(0, os.SEEK_END)  # members that overlap would multiply a small file into a huge one
    for entry in archive.infolist():
        left -= entry.file_size
        safe = entry.filename and not entry.filename.startswith("/") and ".." not in entry.filename.split("/")
        safe = safe and left >= 0 and entry.filename.isprintable()
        stored = entry.compress_type == zipfile.ZIP_STORED and entry.compress_size == entry.file_size
        begins = _begins(held, entry.header_offset)
        inside = begins + entry.file_size <= size
        if not safe or not stored or not inside or entry.filename in found or entry.flag_bits & 0x1:
            raise BadArchive(Message(id="bundle.hostile", params={"name": ascii(entry.filename[:80])}), str(file))
        found[entry.filename] = begins, entry.file_size
    return found


def _begins(held: BinaryIO, header: int) -> int:
    """Where the bytes of a member begin: behind its own header, the name and the extra fields."""
    held.seek(header)
    mark, name, extra = struct.unpack("<4s22xHH", held.read(30))
    if mark != b"PK\3\4":
        raise zipfile.BadZipFile
    return header + 30 + int(name) + int(extra)
