"""Files that people bring: which item of the checklist each is for, told by its name."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from assessor.documents import read_bounded
from assessor.domain import Checklist, Item, Message
from assessor.errors import InputError
from assessor.filing.layout import ATTACHMENTS, inside

LARGEST = 500_000_000
"""Bytes of an attachment."""
HEADER = 200_000
"""Bytes at the start of a photograph in which cameras write the day."""
NAMED = re.compile(r"(?<!\d)(20\d\d)[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])(?!\d)")
TAKEN = re.compile(rb"(20\d\d):(0[1-9]|1[0-2]):(0[1-9]|[12]\d|3[01]) \d\d:\d\d:\d\d")


@dataclass(frozen=True)
class Attachment:
    """One file as it goes into the pack."""

    name: str
    was: str
    data: bytes
    items: tuple[str, ...]


def collect(folder: Path | None, checklist: Checklist) -> tuple[list[Attachment], list[Message]]:
    """What of a folder is for the checklist, and what is left of it, each with the reason.

    A file whose name fits several items proves none of them: whoever brought it has to say which.
    """
    if folder is None:
        return [], []
    if not folder.is_dir():
        raise InputError(Message(id="filing.no_folder"), str(folder))
    taken: list[Attachment] = []
    left: list[Message] = []
    for file in sorted(folder.rglob("*")):
        if file.name.startswith(".") or not file.is_file():
            continue
        if file.is_symlink():  # it may lead out of the folder that was meant to be handed over
            left.append(Message(id="filing.left", params={"name": file.name}))
            continue
        items = fitting(file.name, checklist.items)
        if len(items) != 1:
            why = "left_several" if items else "left"
            several = {"items": ", ".join(items)} if items else {}
            left.append(Message(id=f"filing.{why}", params={"name": file.name, **several}))
            continue
        place = f"{ATTACHMENTS}/{items[0]}"
        others = [a.name.removeprefix(f"{place}/") for a in taken if a.name.startswith(f"{place}/")]
        name = f"{place}/{inside(file.name, others)}"
        taken.append(Attachment(name, file.name, read_bounded(file, LARGEST), items))
    return taken, left


def fitting(name: str, items: Iterable[Item]) -> tuple[str, ...]:
    """Items whose patterns a file name fits; a name that says what it is goes before a mere kind of file."""
    found = [item for item in items if any(fnmatch(name.lower(), p.lower()) for p in item.files)]
    telling = [item for item in found if any(_tells(p) and fnmatch(name.lower(), p.lower()) for p in item.files)]
    return tuple(item.id for item in telling or found)


def name_for(name: str, item: Item, items: Iterable[Item], taken: Collection[str], day: date | None) -> str | None:
    """What a file that somebody says is for an item has to be called to be for it and for no other.

    Its own name as far as may be, with the day that was said of it. None: no name will do, as its kind is not
    asked for.
    """
    own, all_ = PurePosixPath(inside(name)), tuple(items)
    words = [re.sub(r"[*?]+", "-", p).strip("-") for p in item.files if _tells(p)]
    seen = day or day_of(own.stem, b"")
    stems = [(day, own.stem), *((day, f"{w}-{own.stem}") for w in words)]
    stems += [(seen, "-".join(part)) for part in ((item.id,), *((w, item.id) for w in words))]
    for when, stem in stems:
        called = inside(f"{f'{when}-' if when else ''}{stem}{own.suffix}", taken)
        if fitting(called, all_) == (item.id,):
            return called
    return None


def _tells(pattern: str) -> bool:
    """Does it ask for more than a suffix?"""
    return not re.fullmatch(r"\*\.\w+", pattern)


def day_of(name: str, data: bytes) -> date | None:
    """The day of a file by its name, or by what a camera wrote into it."""
    for match in (NAMED.search(name), TAKEN.search(data[:HEADER])):
        if match:
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError:
                continue
    return None
