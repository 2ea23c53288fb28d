"""OUTLINES of an office's map: imported by an officer and kept for that office alone."""

import json
import zlib

from assessor.desk.access import Actor
from assessor.desk.desk import Desk
from assessor.domain import Message, sha256
from assessor.errors import InputError
from assessor.portfolio.outline import Shapes, read_outlines
from assessor.storage import Outline, ledger, outlines

LONGEST = 300
"""Characters of what is said of a file."""


def take(desk: Desk, who: Actor, office: str, name: str, data: bytes, source: str) -> Outline:
    """Read a file of outlines and keep them in place of those before. `source`: where its officer has it from."""
    who.require("outline.write", office)
    told = " ".join(source.split())[:LONGEST]
    if not told:
        raise InputError(Message(id="picture.outline.no_source"))
    shapes = read_outlines(data, desk.library.regions)
    packed = zlib.compress(json.dumps(shapes).encode(), 6)
    new = Outline(office, name[:LONGEST], told, sha256(data), packed, who.account, desk.clock())
    with desk.store.write() as c:
        outlines.keep(c, new)
        ledger.note(c, new.at, who.account, office, "outlines imported", new.sha256)
    return new


def remove(desk: Desk, who: Actor, office: str) -> None:
    who.require("outline.write", office)
    with desk.store.write() as c:
        outlines.remove(c, office)
        ledger.note(c, desk.clock(), who.account, office, "outlines removed", office)


def held(desk: Desk, who: Actor, office: str) -> Outline | None:
    """What is imported, for whoever may see the picture."""
    who.require("picture.read", office)
    with desk.store.read() as c:
        return outlines.of_office(c, office)


def shapes(outline: Outline) -> Shapes:
    found: Shapes = json.loads(zlib.decompress(outline.shapes))
    return found
