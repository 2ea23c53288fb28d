"""IMPORTS of an office for its picture: outlines for its map, a list of providers to hold demand against. Kept for
that office alone."""

import json
import zlib
from collections.abc import Callable
from typing import Any

from assessor.desk.access import Actor
from assessor.desk.attaching import on_disk
from assessor.desk.desk import Desk
from assessor.domain import Message, Provider, Providers, sha256
from assessor.errors import InputError
from assessor.forms.providers import load_providers, read_providers, write_template
from assessor.portfolio.outline import Shapes, read_outlines
from assessor.sheets import ZIP
from assessor.storage import Imported, ImportKind, imports, ledger, people

LONGEST = 300
"""Characters of what is said of a file."""
LARGEST = 5_000_000
"""Bytes of a list of providers."""


def take(desk: Desk, who: Actor, office: str, kind: ImportKind, name: str, data: bytes, source: str) -> Imported:
    """Read a file and keep it in place of the one before. `source`: where its officer has it from."""
    who.require("import.write", office)
    told = " ".join(source.split())[:LONGEST]
    if not told:
        raise InputError(Message(id="picture.no_source"))
    found = READ[kind](desk, name, data)
    packed = zlib.compress(json.dumps(found).encode(), 6)
    new = Imported(office, kind, name[:LONGEST], told, sha256(data), packed, who.account, desk.clock())
    with desk.store.write() as c:
        people.organisation(c, office, lock=True)  # of two who import at once, one comes after the other
        imports.keep(c, new)
        ledger.note(c, new.at, who.account, office, f"{kind} imported", new.sha256)
    return new


def _outlines(desk: Desk, _: str, data: bytes) -> Any:
    return read_outlines(data, desk.library.regions)


def _providers(desk: Desk, name: str, data: bytes) -> Any:
    """A workbook or a file of providers; whom to call there is nobody's here and is not kept."""
    if len(data) > LARGEST:
        raise InputError(Message(id="input.too_large", params={"most": LARGEST}), name[:LONGEST])
    known = desk.library.recommendations
    book = data.startswith(ZIP)
    with on_disk(data, name[:LONGEST], ".xlsx" if book else ".yaml") as file:
        held = read_providers(file, known, desk.library.regions) if book else load_providers(file, known)
    bare = tuple(p.model_copy(update={"contact": None}) for p in held.providers)
    return held.model_copy(update={"providers": bare}).model_dump(mode="json")


READ: dict[ImportKind, Callable[[Desk, str, bytes], Any]] = {"outlines": _outlines, "providers": _providers}


def remove(desk: Desk, who: Actor, office: str, kind: ImportKind) -> None:
    who.require("import.write", office)
    with desk.store.write() as c:
        imports.remove(c, office, kind)
        ledger.note(c, desk.clock(), who.account, office, f"{kind} removed", office)


def held(desk: Desk, who: Actor, office: str, kind: ImportKind) -> Imported | None:
    """What is imported, for whoever may see the picture."""
    who.require("picture.read", office)
    with desk.store.read() as c:
        return imports.of_office(c, office, kind)


def shapes(outline: Imported) -> Shapes:
    found: Shapes = json.loads(zlib.decompress(outline.data))
    return found


def providers(listed: Imported) -> tuple[Provider, ...]:
    return Providers.model_validate_json(zlib.decompress(listed.data)).providers


def count(held: Imported) -> int:
    """Districts, or providers, in it."""
    return len(shapes(held)) if held.kind == "outlines" else len(providers(held))


def template(desk: Desk) -> bytes:
    """A workbook to fill in."""
    return write_template(desk.library.recommendations.values(), desk.library.regions.values())
