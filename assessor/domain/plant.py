"""The plant: a site, its register of assets and its key processes (names after ISA-95)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Day, Noun, Slug, Text


class Plant(Noun):
    """One site of one legal person."""

    id: Slug
    name: Text
    kind: Literal["discrete", "process"]
    credit_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")] | None = None
    """统一社会信用代码"""
    industry: Annotated[str, Field(pattern=r"^[A-Z]?\d{2,4}$")] | None = None
    """GB/T 4754 code"""
    district: Text | None = None
    employees: Annotated[int, Field(ge=1)] | None = None
    above_scale: bool | None = None
    """规上: above the statistical threshold"""
    simulated: bool = False
    """True for a plant of the simulator; every report of it says so."""


class Interface(StrEnum):
    """What the register says an asset speaks."""

    OPCUA = "opcua"
    MODBUS_TCP = "modbus-tcp"
    MODBUS_RTU = "modbus-rtu"
    MTCONNECT = "mtconnect"
    S7 = "s7"
    FOCAS = "focas"
    MC = "mc"
    FINS = "fins"
    ETHERNET_IP = "ethernet-ip"
    PROFINET = "profinet"
    OTHER = "other"
    NONE = "none"
    UNKNOWN = "unknown"


SPOKEN = frozenset({Interface.OPCUA, Interface.MODBUS_TCP, Interface.MODBUS_RTU, Interface.MTCONNECT})
"""Interfaces that the connectors can read. All others are untested, never absent."""


class Expect(StrEnum):
    """Kinds of signal that a machine of its sort is expected to offer, so that absence can be tested."""

    STATE = "state"
    COUNTER = "counter"
    PROCESS = "process"
    ENERGY = "energy"
    NAMEPLATE = "nameplate"
    QUALITY = "quality"
    """Whether what was made is good: a result, not a reject counter."""
    ALARM = "alarm"
    IDENTITY = "identity"
    """What is being made: order, recipe, batch, part or program."""


class Asset(Noun):
    """A line of the plant's register."""

    id: Slug
    name: Text
    kind: Slug
    production: bool
    """Production equipment? Only such assets enter the denominators."""
    in_use: bool = True
    interface: Interface = Interface.UNKNOWN
    controller: str | None = None
    numerical_control: bool | None = None
    """Controlled by NC, PLC or DCS, by the register; None where it does not say."""
    stratum: Slug = "all"
    expects: tuple[Expect, ...] = ()
    metered_by: Slug | None = None
    """The asset (a meter) that measures this asset's energy, by the register."""
    main_consumer: bool = False


class KeyProcess(Noun):
    """关键工序: a process step the plant names as decisive, and the assets that carry it out."""

    id: Slug
    name: Text
    assets: tuple[Slug, ...]


class Selection(StrEnum):
    """How the assets of a stratum were chosen; it decides what an interval may be."""

    ALL = "all"
    DRAWN = "drawn"
    HAND_PICKED = "hand-picked"


class Stratum(Noun):
    """A part of the register that was sampled by one rule."""

    id: Slug
    selection: Selection
    chosen: tuple[Slug, ...] = ()
    """The assets taken, where not all were."""
    seed: int | None = None
    """Seed of the draw, for `drawn`."""


class Walk(Noun):
    """A check of the register on the floor: of so many walked, so many agreed."""

    walked: Annotated[int, Field(ge=0)]
    agreed: Annotated[int, Field(ge=0)]


class Register(Noun):
    """Where the denominator comes from: it is a claim too."""

    source: Text
    as_of: Day
    ledger_count: int | None = None
    floor_to_list: Walk | None = None
    list_to_floor: Walk | None = None
