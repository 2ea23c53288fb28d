"""The container: a zip whose every byte follows from its members, so that any other byte shows.

Members are stored without compression (Parquet is compressed already), in order of name, with one fixed time
and no extra fields. To check a file is to build it again and compare.
"""

import io
import shutil
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from assessor.domain import Message
from assessor.errors import BundleError

EPOCH = (1980, 1, 1, 0, 0, 0)
LARGEST = 4_000_000_000
"""Bytes of a bundle; anything larger is refused unread."""


class BadArchive(BundleError):
    """Not a bundle at all, or one made to do harm."""


def pack(members: Iterable[tuple[str, bytes]]) -> bytes:
    """The one container that holds these members."""
    out = io.BytesIO()
    pack_into(out, members)
    return out.getvalue()


def pack_into(out: BinaryIO, members: Iterable[tuple[str, bytes | Path]]) -> None:
    """Write the one container that holds these members; one that stands in a file goes through piece by piece."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(members, key=lambda member: member[0]):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.file_size = len(data) if isinstance(data, bytes) else data.stat().st_size
            with archive.open(entry, "w") as member:
                if isinstance(data, bytes):
                    member.write(data)
                else:
                    with data.open("rb") as source:
                        shutil.copyfileobj(source, member, 1 << 20)


def unpack(file: Path) -> tuple[dict[str, bytes], bytes]:
    """Members by name, and the very bytes of the container."""
    try:
        if file.stat().st_size > LARGEST:
            raise BadArchive(Message(id="bundle.too_large"), str(file))
        data = file.read_bytes()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise BadArchive(Message(id="bundle.unreadable", params={"reason": reason}), str(file)) from problem
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive, file, len(data)), data
    except (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, EOFError, OSError) as problem:
        raise BadArchive(Message(id="bundle.not_a_bundle"), str(file)) from problem


def _members(archive: zipfile.ZipFile, file: Path, size: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = size  # members that overlap would multiply a small file into a huge one
    for entry in archive.infolist():
        left -= entry.file_size
        safe = entry.filename and not entry.filename.startswith("/") and ".." not in entry.filename.split("/")
        safe = safe and left >= 0 and entry.filename.isprintable()
        stored = entry.compress_type == zipfile.ZIP_STORED and entry.compress_size == entry.file_size
        if not safe or not stored or entry.filename in found or entry.flag_bits & 0x1:
            raise BadArchive(Message(id="bundle.hostile", params={"name": ascii(entry.filename[:80])}), str(file))
        with archive.open(entry) as member:
            member._expected_crc = None  # type: ignore[attr-defined]  # damage is named by digest, not by CRC
            found[entry.filename] = member.read()
    return found
