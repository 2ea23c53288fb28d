"""Marked figures read back out of a Word file that somebody edited."""

import io
import zipfile
from collections.abc import Iterable
from typing import Any

import docx
from docx.oxml.ns import qn

from assessor.domain import Message
from assessor.errors import InputError
from assessor.report.word.markup import anchor

PLACES = 20
"""No figure stands in as many places of a document."""


def figures(data: bytes, marks: Iterable[str], name: str) -> dict[str, list[str]]:
    """What now stands at each of the marks, a text for each place; where nothing stands any more, no text.

    By content control where the file still has it, else by the bookmark around it. `name` is the file's, for
    errors: InputError where it is no Word document.
    """
    try:
        body = docx.Document(io.BytesIO(data)).element.body
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as problem:
        raise InputError(Message(id="cli.not_a_template"), name) from problem
    tagged, bookmarked = _tagged(body), _bookmarked(body)
    return {mark: tagged.get(mark) or _of(mark, bookmarked) for mark in marks}


def _tagged(body: Any) -> dict[str, list[str]]:
    """Texts of content controls, by tag."""
    found: dict[str, list[str]] = {}
    for control in body.iter(qn("w:sdt")):
        tags = [
            tag.get(qn("w:val")) for how in control.iterchildren(qn("w:sdtPr")) for tag in how.iter(qn("w:tag"))
        ]
        for tag in tags:
            found.setdefault(tag, []).append("".join(t.text or "" for t in control.iter(qn("w:t"))))
    return found


def _bookmarked(body: Any) -> dict[str, str]:
    """Texts between the ends of bookmarks, by name."""
    open_: dict[str, str] = {}
    found: dict[str, str] = {}
    for element in body.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"), qn("w:t")):
        if element.tag == qn("w:bookmarkStart"):
            open_[element.get(qn("w:id"))] = element.get(qn("w:name"))
            found[element.get(qn("w:name"))] = ""
        elif element.tag == qn("w:bookmarkEnd"):
            open_.pop(element.get(qn("w:id")), None)
        else:
            for name in open_.values():
                found[name] += element.text or ""
    return found


def _of(mark: str, bookmarked: dict[str, str]) -> list[str]:
    """All places of a mark, also those after one that was deleted."""
    names = (anchor(mark, number) for number in range(1, PLACES))
    return [bookmarked[name] for name in names if name in bookmarked]
