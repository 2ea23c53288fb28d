"""OPEN an Excel workbook from outside: its size and its documents are looked at before it is unpacked."""

import contextlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO
from xml.parsers import expat

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a workbook begins, and how one does that is of Excel before 2007 or kept under a password."""
MOST_BYTES, MOST_TEXTS, MOST_MEMBERS = 4_000_000_000, 100_000_000, 10_000
"""What a workbook may unpack to, of which its table of texts is held in memory."""
BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, IndexError, AttributeError, ValueError, TypeError, OSError,
          EOFError, SyntaxError, RuntimeError)  # fmt: skip
"""What openpyxl raises on a damaged file, or one that asks for a password."""


class BadWorkbook(Exception):
    """It is not opened. `name`: bomb (bytes), doctype (member) or not_xlsx (detail); what fills its text."""

    def __init__(self, name: str, **params: str | int) -> None:
        super().__init__(name)
        self.name, self.params = name, params


@contextmanager
def opened(source: Path | BinaryIO, *, stream: bool, values: bool, most: int = MOST_BYTES) -> Iterator[Any]:
    """A workbook of openpyxl. `stream`: row by row, for files of any length. `values`: what formulas came to.

    `most`: bytes it may unpack to. Raises BadWorkbook, also for what shows only while it is read.
    """
    import openpyxl  # noqa: PLC0415 - slow to load, and most runs read no workbook

    try:
        checked(source, most)
        book = openpyxl.load_workbook(source, read_only=stream, data_only=values, keep_links=False)
    except BROKEN as problem:
        raise BadWorkbook("not_xlsx", detail=_short(problem)) from problem
    try:
        yield book
    except BROKEN as problem:
        raise BadWorkbook("not_xlsx", detail=_short(problem)) from problem
    finally:
        book.close()


def _short(problem: Exception) -> str:
    return (str(problem) or type(problem).__name__)[:200]


def checked(source: Path | BinaryIO, most: int) -> None:
    """An Office file that unpacks to more than it may, or that defines entities, is not opened: BadWorkbook.

    A member never unpacks to more than its header says, so the stated sizes are bounds.
    """
    with zipfile.ZipFile(source) as archive:
        members = archive.infolist()
        texts = sum(m.file_size for m in members if not m.filename.startswith("xl/worksheets/"))
        total = sum(m.file_size for m in members)
        if len(members) > MOST_MEMBERS or total > most or texts > MOST_TEXTS or _is_bomb(members):
            raise BadWorkbook("bomb", bytes=total)
        for member in members:
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as content:
                    if has_doctype(content):
                        raise BadWorkbook("doctype", member=member.filename[:100])


def has_doctype(content: IO[bytes]) -> bool:
    """Does a document declare a type before its first element? What is no XML is found later."""
    found: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append(True)
    parser.StartElementHandler = lambda *_: found.append(False)
    with contextlib.suppress(expat.ExpatError):
        while not found and (chunk := content.read(8192)):
            parser.Parse(chunk)
    return bool(found) and found[0]


def _is_bomb(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Sheets shrink to a tenth or a thirtieth; what shrinks to a five-hundredth was made to burst."""
    return any(m.file_size > 50_000_000 and m.file_size > 500 * max(1, m.compress_size) for m in members)
