"""The register map of a kind of device: facts from documents, or from one factory's own sheet."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Exact, Noun, Slug, Text
from assessor.domain.observation import Function

RegisterType = Literal["u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "bool"]
Order = Literal["ABCD", "CDAB", "BADC", "DCBA"]


class Point(Noun):
    """One value of a device: where it stands, how it is written, what it is."""

    id: str
    fc: Literal[1, 2, 3, 4]
    """Function code to read it with: 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers."""
    at: Annotated[int, Field(ge=0, le=65535)]
    """Address on the wire, from 0."""
    type: RegisterType
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
        """Registers it takes; of a bit 1."""
        return 1 if self.type == "bool" else int(self.type[1:]) // 16

    @property
    def table(self) -> str:
        """'coil', 'discrete', 'holding' or 'input'."""
        return {1: "coil", 2: "discrete", 3: "holding", 4: "input"}[self.fc]


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
    max_gap: Annotated[int, Field(ge=0)] | None = None
    """The widest hole that one request may reach across, where `gaps` allows any; no limit where absent."""
    points: tuple[Point, ...]
