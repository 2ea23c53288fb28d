"""Families of controllers as data: what 'D100' or 'DB1.DBW4' of a factory's own sheet is on the wire."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from assessor.documents import parse
from assessor.domain import Message, Noun, Order, Slug, Text
from assessor.errors import InputError

FunctionCode = Literal[1, 2, 3, 4]


class Area(Noun):
    """A run of devices of one name that stand one after the other."""

    letters: Annotated[str, Field(pattern=r"^[A-Z]+$")]
    fc: FunctionCode
    at: Annotated[int, Field(ge=0, le=65535)]
    """Address on the wire of the area's first device."""
    first: int = 0
    last: int | None = None
    size: Literal[1, 2] = 1
    """Registers each takes."""
    octal: bool = False
    """Are its numbers written with eight digits?"""
    bytes: bool = False
    """Siemens: numbers count bytes, and a bit is named by its byte ('0.3')."""


class Family(Noun):
    """Controllers that place their devices alike."""

    format: Literal["assessor-devices/1"]
    id: Slug
    title: Text
    source: str
    confidence: Literal["verified-from-documents", "check-on-site"]
    order: Order = "ABCD"
    """Order of 32-bit values."""
    areas: tuple[Area, ...]


class Place(NamedTuple):
    """Where a device stands on the wire."""

    fc: FunctionCode
    at: int
    bit: int | None = None


FOLDER = "controllers"


def families() -> tuple[str, ...]:
    """Ids of the shipped families."""
    found = files(__package__).joinpath(FOLDER).iterdir()
    return tuple(sorted(f.name.removesuffix(".yaml") for f in found if f.name.endswith(".yaml")))


@cache
def load_family(id_: str) -> Family:
    """A shipped family, checked."""
    if id_ not in families():
        raise InputError(Message(id="profiles.no_family", params={"id": id_, "known": ", ".join(families())}))
    text = files(__package__).joinpath(FOLDER, f"{id_}.yaml").read_text("utf-8")
    return parse(Family, text, f"connectors/profiles/{FOLDER}/{id_}.yaml")[0]


def locate(areas: tuple[Area, ...], letters: str, number: str, bit: int | None, single: bool) -> Place | None:
    """Where a device stands; None where no area holds it. `single` asks for a coil rather than a register."""
    for area in areas:
        if area.letters != letters or (area.fc in (1, 2)) != single:
            continue
        try:
            n = int(number, 8 if area.octal else 10)
        except ValueError:
            continue
        if area.first <= n and (area.last is None or n <= area.last):
            return _place(area, n, bit)
    return None


def _place(area: Area, n: int, bit: int | None) -> Place | None:
    if not area.bytes:
        return Place(area.fc, area.at + (n - area.first) * area.size, bit)
    if area.fc in (1, 2):
        return None if bit is None or bit > 7 else Place(area.fc, area.at + 8 * n + bit)
    if bit is None:
        return Place(area.fc, area.at + n // 2) if n % 2 == 0 else None
    # the byte with the lower number is the higher half of a register
    return Place(area.fc, area.at + n // 2, bit + (8 if n % 2 == 0 else 0)) if bit <= 7 else None
