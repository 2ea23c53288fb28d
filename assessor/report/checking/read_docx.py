"""READ the text of a Word file from anyone: paragraphs, rows of tables, marked figures.

What a field computes (page numbers, contents, numbers of captions), what is hidden and what a tracked change
deletes is not part of the text.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

from assessor.domain import Message
from assessor.errors import InputError
from assessor.report.checking.figures import CELL, Paper, Piece, Span
from assessor.report.document import read_token
from assessor.sheets import has_doctype

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST = 100_000_000
"""Bytes that one part may unpack to."""
WRITTEN = ("HYPERLINK", "QUOTE")
"""Fields whose result is text that somebody wrote."""
UNSEEN = {f"{W}{tag}" for tag in ("del", "moveFrom", "fldSimple", "pPr", "sectPr", "tblPr", "trPr", "tcPr")}
BROKEN = (zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, OSError, EOFError, RecursionError,
          NotImplementedError, RuntimeError)  # fmt: skip


def read_docx(data: bytes, name: str) -> Paper:
    """The pieces of its body. Raises InputError where it is damaged, made to burst, or no Word file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _part(archive, _main(archive, name), name)
            there = "docProps/core.xml" in archive.namelist()
            told = " ".join(_part(archive, "docProps/core.xml", name).itertext()) if there else ""
        walk = _Walk()
        found = [(text, walk.table) for text in walk.texts(body) if text.strip(CELL + " \n\t")]
    except BROKEN as problem:
        detail = (str(problem) or type(problem).__name__)[:200]
        raise InputError(Message(id="edited.unreadable", params={"detail": detail}), name) from problem
    return Paper(
        "docx", read_token(told), tuple(Piece(text, (Span(0, ""),), table) for text, table in found), walk.marked
    )


def _main(archive: zipfile.ZipFile, name: str) -> str:
    """The part that holds the document, by the package's own list."""
    for relation in _part(archive, "_rels/.rels", name):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    raise KeyError("word/document.xml")


def _part(archive: zipfile.ZipFile, part: str, name: str) -> Element:
    with archive.open(part) as member:
        data = member.read(MOST + 1)
    if len(data) > MOST:
        raise InputError(Message(id="edited.too_large", params={"most": MOST}), name)
    if has_doctype(io.BytesIO(data)):  # Word declares none, and entities make a large file of a small one
        raise ValueError("a document type is declared")
    return fromstring(data)


class _Walk:
    """Goes through the body once; a field may begin in one paragraph and end in another."""

    def __init__(self) -> None:
        self.marked: dict[str, list[str]] = {}
        self._fields: list[str] = []
        """Instructions of the fields that are open; '' before the instruction has ended."""
        self._result: list[bool] = []
        """Of each, whether its result has begun."""
        self.table: int | None = None
        """Number of the table that the text given last stands in."""
        self._tables = 0

    def texts(self, element: Element) -> Iterator[str]:
        """Paragraphs, and rows with CELL between their cells."""
        for child in element:
            if child.tag == f"{W}p":
                yield self._text(child)
            elif child.tag == f"{W}tr":
                yield CELL.join(self._cells(child))
            elif child.tag == f"{W}tbl":
                outer, self._tables = self.table, self._tables + 1
                self.table = self._tables
                yield from self.texts(child)
                self.table = outer
            elif child.tag not in UNSEEN:
                yield from self.texts(child)

    def _cells(self, row: Element) -> Iterator[str]:
        for child in row:
            if child.tag == f"{W}tc":
                yield "\n".join(self.texts(child))
            elif child.tag not in UNSEEN:
                yield from self._cells(child)

    def _text(self, element: Element) -> str:
        parts: list[str] = []
        for child in element:
            if child.tag == f"{W}r":
                if not _hidden(child):
                    parts.append(self._run(child))
            elif child.tag == f"{W}sdt":
                parts.append(self._control(child))
            elif child.tag not in UNSEEN:
                parts.append(self._text(child))
        return "".join(parts)

    def _control(self, control: Element) -> str:
        tag = control.find(f"{W}sdtPr/{W}tag")
        content = control.find(f"{W}sdtContent")
        text = self._text(content) if content is not None else ""
        if tag is not None:
            self.marked.setdefault(tag.get(f"{W}val", ""), []).append(text)
        return text

    def _run(self, run: Element) -> str:
        parts: list[str] = []
        for child in run:
            if child.tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType", ""))
            elif child.tag == f"{W}instrText" and self._fields:
                self._fields[-1] += child.text or ""
            elif child.tag == f"{W}t" and self._seen():
                parts.append(child.text or "")
            elif child.tag in (f"{W}tab", f"{W}br", f"{W}cr"):
                parts.append(" ")
            elif child.tag == f"{W}noBreakHyphen":
                parts.append("-")
            elif child.tag not in (f"{W}rPr", f"{W}t"):
                parts += self.texts(child)  # a text box
        return "".join(parts)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append("")
            self._result.append(False)
        elif kind == "separate" and self._result:
            self._result[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()
            self._result.pop()

    def _seen(self) -> bool:
        """Is text here written by a person? In a result only where its field keeps what somebody wrote."""
        return all(
            begun and instruction.split()[:1] and instruction.split()[0].upper() in WRITTEN
            for instruction, begun in zip(self._fields, self._result, strict=True)
        )


def _hidden(run: Element) -> bool:
    """Text that is not shown or printed."""
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "1") not in ("0", "false", "off")
