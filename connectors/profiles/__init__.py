"""Register maps of meters and controllers, as data: one YAML file a device, with the document it is from."""

from fractions import Fraction
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import Field

from assessor.documents import Lines, parse
from assessor.domain import Exact, Function, Message, Noun, Slug, Text
from assessor.errors import InputError

Type = Literal["u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64"]
Order = Literal["ABCD", "CDAB", "BADC", "DCBA"]


class Point(Noun):
    """One value of a device: where it stands, how it is written, what it is."""

    id: str
    fc: Literal[3, 4]
    """Function code to read it with: 3 holding, 4 input."""
    at: Annotated[int, Field(ge=0, le=65535)]
    """Address on the wire, from 0."""
    type: Type
    order: Order | None = None
    scale: Exact = Fraction(1)
    """Value = raw × scale."""
    unit: str | None = None
    quantity: str | None = None
    function: Function = Function.ACTUAL
    absent: tuple[int, ...] = ()
    """Raw values, read without sign, by which the device says 'none'."""
    states: dict[int, str] = {}

    @property
    def size(self) -> int:
        """Registers it takes."""
        return int(self.type[1:]) // 16

    @property
    def table(self) -> str:
        """'holding' or 'input'."""
        return "holding" if self.fc == 3 else "input"


class Profile(Noun):
    """The register map of one kind of device."""

    format: Literal["assessor-profile/1"]
    id: Slug
    title: Text
    source: str
    """Document, page or driver the facts were taken from."""
    confidence: Literal["verified-from-documents", "check-on-site", "site"]
    """`site`: the map was made for one plant."""
    order: Order = "ABCD"
    max_registers: Annotated[int, Field(ge=1, le=125)] = 125
    gaps: bool = False
    """May a request touch registers between points? Many devices answer that with an exception."""
    points: tuple[Point, ...]


def names() -> tuple[str, ...]:
    """Ids of the shipped profiles."""
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in files(__name__).iterdir() if f.name.endswith(".yaml"))
    )


def load_profile(id_: str) -> Profile:
    """A shipped profile, checked."""
    file: Traversable = files(__name__).joinpath(f"{id_}.yaml")
    if not file.is_file():
        raise InputError(Message(id="modbus.no_profile", params={"id": id_, "known": ", ".join(names())}))
    return read_profile(file.read_text("utf-8"), f"connectors/profiles/{id_}.yaml")


def read_profile(text: str, name: str) -> Profile:
    """A profile from its text; what does not fit together is an error with its line."""
    profile, lines = parse(Profile, text, name)
    seen: set[str] = set()
    taken: dict[tuple[int, int], str] = {}
    for i, point in enumerate(profile.points):
        if point.id in seen:
            raise _fault("twice", lines, i, point=point.id)
        seen.add(point.id)
        if point.at + point.size > 65536:
            raise _fault("beyond", lines, i, point=point.id)
        for at in range(point.at, point.at + point.size):
            if (point.fc, at) in taken:
                raise _fault("overlap", lines, i, point=point.id, other=taken[point.fc, at])
            taken[point.fc, at] = point.id
    return profile


def _fault(name: str, lines: Lines, i: int, **params: str | int | Text) -> InputError:
    return InputError(Message(id=f"modbus.profile_{name}", params=params), lines.at("points", i))
