"""WHAT A FILE IS, by its bytes and never by its name; what was made to do harm is refused by name."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from assessor.domain import Message
from assessor.errors import InputError
from assessor.sheets import BROKEN, MOST_MEMBERS, BadWorkbook, checked
from assessor.storage import FileKind

MB = 1_000_000
LARGEST: dict[FileKind, int] = {
    "proof": 20 * MB,
    "register": 20 * MB,
    "export": 50 * MB,
    "bundle": 200 * MB,
    "scope": 5 * MB,
    "network": 20 * MB,
    "work": 200 * MB,
    "attachment": 20 * MB,
    "precheck": 2 * MB,
}
MOST = 500 * MB
"""Bytes of all files of one survey."""
UNPACKED = 500 * MB
SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
OFFICE = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SHEET, BUNDLE, TEXT = OFFICE["xl/workbook.xml"], "application/zip", "text/plain"
TAKEN: dict[FileKind, frozenset[str]] = {
    "proof": frozenset({m for _, m in SIGNS} | {"image/webp", "image/heic"} | set(OFFICE.values()) | {TEXT}),
    "register": frozenset({SHEET, TEXT}),
    "export": frozenset({SHEET, TEXT}),
    "bundle": frozenset({BUNDLE}),
    "scope": frozenset({TEXT}),
    "network": frozenset({SHEET}),
    "work": frozenset({BUNDLE}),
    "attachment": frozenset({m for _, m in SIGNS} | {"image/heic"} | set(OFFICE.values()) | {TEXT}),
    "precheck": frozenset({TEXT}),
}
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
"""What a browser may show in the page; all else is downloaded."""


@dataclass(frozen=True)
class Content:
    name: str
    media: str
    data: bytes


def read_content(kind: FileKind, name: str, data: bytes) -> Content:
    """Look at a file that somebody handed in. Raises InputError with the file's name."""
    shown = called(name)
    if not data:
        raise InputError(Message(id="desk.empty_file"), shown)
    if len(data) > LARGEST[kind]:
        raise InputError(Message(id="desk.too_large", params={"mb": LARGEST[kind] // MB}), shown)
    media = _media(data, shown)
    if media not in TAKEN[kind]:
        raise InputError(Message(id=f"desk.not_taken.{kind}"), shown)
    return Content(shown, media, data)


def called(name: str) -> str:
    """A name to show: no path, no signs that are not seen, not too long. Nothing is ever opened by it."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C").strip(". ")
    if len(plain) > 120:
        stem, dot, suffix = plain.rpartition(".")
        plain = f"{stem[:100]}…{dot}{suffix[-12:]}" if dot else plain[:120]
    return plain or "file"


def _media(data: bytes, name: str) -> str:
    for sign, media in SIGNS:
        if data.startswith(sign):
            return media
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1"):
        return "image/heic"
    if data.startswith(b"PK\x03\x04"):
        return _zip(data, name)
    if b"\x00" not in data[:100_000] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return TEXT
    return "application/octet-stream"


def _zip(data: bytes, name: str) -> str:
    """An Office file, or a bundle; nothing in it leads out of it, and it does not burst."""
    held = io.BytesIO(data)
    try:
        with zipfile.ZipFile(held) as archive:
            members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > UNPACKED:
            raise InputError(Message(id="desk.bomb"), name)
        for member in members:
            if member.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", member.filename):
                raise InputError(Message(id="desk.traversal"), name)
        named = {m.filename for m in members}
        found = next((media for sign, media in OFFICE.items() if sign in named), BUNDLE)
        if found != BUNDLE:
            checked(held, UNPACKED)
    except BadWorkbook as problem:
        what = "bomb" if problem.name == "bomb" else "broken_file"
        raise InputError(Message(id=f"desk.{what}"), name) from problem
    except BROKEN as problem:
        raise InputError(Message(id="desk.broken_file"), name) from problem
    return found
