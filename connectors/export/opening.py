"""What kind of file it is, its digest, and the encoding that all of it is in. Nothing is guessed silently."""

import codecs
import hashlib
from pathlib import Path
from typing import NamedTuple

from assessor.domain import Message
from assessor.sheets import OLE, ZIP

CHUNK = 1 << 20
WESTERN = frozenset("°µ²³±äöüßÄÖÜéèêàçñ")
"""In UTF-8 these are also two bytes of GB 2312, but of words that hardly stand alone in a file."""
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(Exception):
    """The file cannot be read as agreed: what is wrong, and the line or cell where it is."""

    def __init__(self, name: str, place: str = "", **params: str | int) -> None:
        super().__init__(f"{place}: {name}" if place else name)
        where = {"place": place} if place else {}
        self.message = Message(id=f"export.{name}", params={**where, **params})


class Opened(NamedTuple):
    """A file that was looked at as a whole once, without keeping it."""

    file: Path
    workbook: bool
    sha256: str
    bytes: int
    encoding: str
    """Of a text file; 'xlsx' for a workbook."""
    changed: int
    """When the system last changed it (ns): it must stay so while it is read."""


def look(file: Path, encoding: str = "auto") -> Opened:
    """Hash the file and find its encoding. Raises Unreadable, also for what is no export at all."""
    try:
        if not file.is_file():
            raise Unreadable("no_file", file=str(file))
        state = file.stat()
        with file.open("rb") as opened:
            head = opened.read(8)
        if head.startswith(OLE):
            raise Unreadable("old_excel")
        workbook = head.startswith(ZIP)
        found = "xlsx" if workbook else _encoding(file, encoding, head)
        digest = _digest(file)
    except OSError as problem:
        raise Unreadable("unreadable", file=str(file), reason=problem.strerror or str(problem)) from problem
    return Opened(file, workbook, digest, state.st_size, found, state.st_mtime_ns)


def unchanged(opened: Opened) -> bool:
    """Is the file still the one that was hashed?"""
    try:
        state = opened.file.stat()
    except OSError:
        return False
    return (state.st_size, state.st_mtime_ns) == (opened.bytes, opened.changed)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _encoding(file: Path, wanted: str, head: bytes) -> str:
    """The encoding that all of the file decodes in. Raises Unreadable with the line that does not."""
    if wanted == "auto" and not head.startswith(UTF16):
        return _found(file, head)
    name = {"auto": "utf-16", "utf-8": "utf-8-sig"}.get(wanted, wanted)
    line = _first_bad_line(file, name)
    if line is not None:
        raise Unreadable("wrong_encoding", str(line), encoding=name)
    return name


def _found(file: Path, head: bytes) -> str:
    """UTF-8 or GB18030, whichever all of the file is in; where both would do, or neither well, nothing."""
    line = _first_bad_line(file, "utf-8-sig")
    if line is None:
        seen = _foreign(file, "utf-8-sig")
        short = bool(seen) and max(seen) < "\u0800" and not seen & WESTERN
        if short and not head.startswith(codecs.BOM_UTF8) and _first_bad_line(file, "gb18030") is None:
            raise Unreadable("two_encodings")
        return "utf-8-sig"
    other = _first_bad_line(file, "gb18030")
    if other is not None:
        raise Unreadable("mixed_encoding", str(max(line, other)))
    seen = _foreign(file, "gb18030")
    if 2 * sum(map(_in_gb2312, seen)) <= len(seen):  # Western text makes rare characters: '°C' becomes '癈'
        raise Unreadable("unclear_encoding", str(line))
    return "gb18030"


def _foreign(file: Path, encoding: str) -> set[str]:
    """Characters beyond ASCII that occur; some fifty are enough."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    seen: set[str] = set()
    with file.open("rb") as opened:
        while len(seen) < 50 and (chunk := opened.read(CHUNK)):
            seen |= {c for c in set(decoder.decode(chunk)) if c > "\x7f"}
    return seen


def _first_bad_line(file: Path, encoding: str) -> int | None:
    """The line with the first byte that does not decode, or with a NUL; None where all of it does."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with file.open("rb") as opened:
        while True:
            chunk = opened.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as problem:
                return line + problem.object[: problem.start].count(b"\n")
            if (at := text.find("\0")) >= 0:
                raise Unreadable("nul", str(line + text[:at].count("\n")))
            if not chunk:
                return None
            line += text.count("\n")


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
