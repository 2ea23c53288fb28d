"""The register map of a kind of device: facts from documents, or from one factory's own sheet."""

from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from assessor.domain.meaning import Function
from assessor.domain.noun import Exact, Noun, Slug, Text

RegisterType = Literal[
    "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "bcd16", "bcd32", "bool", "text"
]  # fmt: skip
Order = Literal["ABCD", "CDAB", "BADC", "DCBA"]
Bits = tuple[Annotated[int, Field(ge=0, le=31)], Annotated[int, Field(ge=1, le=32)]]

SIZES: dict[str, int] = {
    "u16": 1, "s16": 1, "bcd16": 1, "u32": 2, "s32": 2, "f32": 2, "bcd32": 2, "u64": 4, "s64": 4, "f64": 4,
}  # fmt: skip
"""Registers that a number takes, by its type."""
TABLES = {1: "coil", 2: "discrete", 3: "holding", 4: "input"}
"""What a function code reads."""


class Point(Noun):
    """One value of a device: where it stands, how it is written, what it is.

    Value = raw × scale + offset. A field of bits and a coil that is on or off have neither.
    """

    id: str
    fc: Literal[1, 2, 3, 4]
    """Function code to read it with: 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers."""
    at: Annotated[int, Field(ge=0, le=65535)]
    """Address on the wire, from 0. A file whose profile says `base: 1` counts from 1."""
    type: RegisterType
    """`bool` is one coil or discrete input; `bcd16` holds four decimal digits, `bcd32` eight."""
    length: Annotated[int, Field(ge=1, le=64)] | None = None
    """Registers of a `text`, two letters each."""
    bits: Bits | None = None
    """Of a u16 or u32 only so many bits from this one on: [first, count]. Bit 0 is the lowest; one bit is a
    truth value, more are a number."""
    order: Order | None = None
    scale: Exact = Fraction(1)
    offset: Exact = Fraction(0)
    unit: str | None = None
    quantity: str | None = None
    function: Function = Function.ACTUAL
    absent: tuple[int, ...] = ()
    """Raw values, read without sign, by which the device says 'none'."""
    states: dict[int, str] = {}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.type == "bool") != (self.fc in (1, 2)):
            raise ValueError("coils and discrete inputs (fc 1 and 2) are of type bool, registers are not")
        if (self.type == "text") != (self.length is not None):
            raise ValueError("a text says its length in registers, nothing else does")
        if self.bits and (self.type not in ("u16", "u32") or sum(self.bits) > 16 * self.size):
            raise ValueError("bits lie inside a u16 (0 to 15) or a u32 (0 to 31)")
        if (self.bits or self.type in ("bool", "text")) and (self.scale != 1 or self.offset != 0):
            raise ValueError("bits and texts have no scale and no offset")
        return self

    @property
    def size(self) -> int:
        """Registers it takes; of a bool the one coil or discrete input."""
        return self.length or SIZES.get(self.type, 1)

    @property
    def table(self) -> str:
        """'coil', 'discrete', 'holding' or 'input'."""
        return TABLES[self.fc]

    @property
    def place(self) -> str:
        """'holding 100'; 'holding 100.3+2' for the two bits of it from bit 3 on. Different for each point."""
        bits = "" if self.bits is None else f".{self.bits[0]}+{self.bits[1]}"
        return f"{self.table} {self.at}{bits}"

    def shares(self, other: "Point") -> bool:
        """May it stand in the same registers? Only bits of one and the same value, and never the same bit."""
        if self.bits is None or other.bits is None:
            return False
        same = (self.fc, self.at, self.type, self.order) == (other.fc, other.at, other.type, other.order)
        (first, count), (second, more) = self.bits, other.bits
        return same and (first + count <= second or second + more <= first)


class Profile(Noun):
    """The register map of one kind of device.

    A file may count as its manual does (`base: 1`): in memory `at` is the address on the wire, always.
    """

    format: Literal["assessor-profile/1"]
    id: Slug
    title: Text
    source: str
    """Document, page or driver the facts were taken from."""
    confidence: Literal["verified-from-documents", "check-on-site", "site"]
    """`site`: the map was made for one plant."""
    order: Order = "ABCD"
    base: Literal[0, 1] = 0
    """What the first register is called in this file. Address on the wire = `at` − base."""
    max_registers: Annotated[int, Field(ge=1, le=125)] = 125
    gaps: bool = False
    """May a request touch registers between points? Many devices answer that with an exception."""
    max_gap: Annotated[int, Field(ge=0)] | None = None
    """The widest hole that one request may reach across, where `gaps` allows any; no limit where absent."""
    note: Text | None = None
    """What is peculiar about the device: what to check before its values are believed."""
    points: tuple[Point, ...]

    @model_validator(mode="before")
    @classmethod
    def _to_the_wire(cls, data: Any) -> Any:
        """From the file's own count to the wire's. Points that are nouns already stand where they stand."""
        if not isinstance(data, dict) or data.get("base") != 1 or not isinstance(data.get("points"), list | tuple):
            return data
        return data | {"points": [_moved(point, -1) for point in data["points"]]}

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        if self.base and "points" in data:
            data["points"] = [_moved(point, self.base) for point in data["points"]]
        return data


def _moved(point: Any, by: int) -> Any:
    if not isinstance(point, dict) or not isinstance(at := point.get("at"), int) or isinstance(at, bool):
        return point
    return point | {"at": at + by}
