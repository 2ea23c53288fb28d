"""A simulated plant: its scope, what its machines do, and how its servers show it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, field_validator

from assessor.domain import Endpoint, Noun, Scope, Slug

Moment = str
"""ISO 8601 with offset."""
Kind = Literal["constant", "text", "state", "counter", "hours", "power", "energy", "drift", "cycle", "setpoint"]


def nanoseconds(moment: Moment) -> int:
    """A moment of the file as ns UTC."""
    return int(datetime.fromisoformat(moment).timestamp()) * 1_000_000_000


def _checked(moment: str | None) -> str | None:
    if moment is not None and datetime.fromisoformat(moment).tzinfo is None:
        raise ValueError("a moment needs its offset, such as 2026-11-02T08:00:00+08:00")
    return moment


class Stretch(Noun):
    """So many seconds in one state."""

    state: Literal["stopped", "idle", "running"]
    seconds: Annotated[int, Field(gt=0)]


class Behaviour(Noun):
    """How one machine lives: a pattern of states that repeats, shifted by the seed."""

    id: Slug
    pattern: Annotated[tuple[Stretch, ...], Field(min_length=1)]
    cycle: Annotated[float, Field(gt=0)] = 30.0
    """Seconds a piece."""
    power: tuple[float, float, float] = (0.0, 1.0, 5.0)
    """kW while stopped, idle, running."""


class Signal(Noun):
    """A pure function of seed, tag path and time, in the terms of a machine's behaviour."""

    kind: Kind
    level: float = 0.0
    """The value itself, the middle of a drift, or the top of a cycle."""
    swing: float = 0.0
    """How far it moves about its level."""
    period: Annotated[float, Field(gt=0)] = 600.0
    """Seconds of a drift, or between steps of a setpoint or text."""
    factor: float = 1.0
    """Into the unit of the tag; pieces a cycle for counters."""
    values: tuple[int | str, ...] = ()
    """Of a state (stopped, idle, running), or the texts that take turns."""
    restarts: Annotated[int, Field(gt=0)] | None = None
    """A counter begins again at `level` after so many pieces, as at the start of an order."""
    digits: Annotated[int, Field(ge=0, le=6)] = 2

    @field_validator("values", mode="after")
    @classmethod
    def _one_kind(cls, values: tuple[int | str, ...]) -> tuple[int | str, ...]:
        if len({type(v) for v in values}) > 1:
            raise ValueError("all values must be whole numbers, or all texts")
        return values


class Quality(Noun):
    """In every period first some seconds of Bad, then some of Uncertain, then Good."""

    period: Annotated[int, Field(gt=0)]
    bad: Annotated[int, Field(ge=0)] = 0
    uncertain: Annotated[int, Field(ge=0)] = 0


class Clock(Noun):
    """What is wrong with source times while values move on."""

    offset: float = 0.0
    """Seconds that the device's clock is ahead."""
    stands_at: Moment | None = None

    _moment = field_validator("stands_at")(_checked)


class Variable(Noun):
    """One tag of an OPC UA server."""

    name: str
    """Below its place; 'Object/Name' for one level deeper."""
    type: Literal["Double", "Float", "Int32", "UInt32", "Boolean", "String", "LocalizedText"] = "Double"
    signal: Signal
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    description: str | None = None
    writable: bool = False
    quality: Quality | None = None
    clock: Clock | None = None


class Part(Noun):
    """An object below a place, typed by a companion specification."""

    name: str
    type: str
    """'namespace-uri#TypeName'"""


class Shape(Noun):
    """The same tags for all machines of a kind."""

    id: Slug
    parts: tuple[Part, ...] = ()
    variables: tuple[Variable, ...]


class Plate(Noun):
    """Identification of a machine, on the wire."""

    manufacturer: str
    model: str
    serial: str | None = None
    software: str | None = None


class Place(Noun):
    """Where a server shows one machine. A path that ends in '.' is a prefix of flat tag names."""

    path: str
    shape: Slug
    machine: Slug
    type: str | None = None
    plate: Plate | None = None
    stands_since: Moment | None = None
    """Off line since then: values and source times stand still, and the status still says Good."""

    _moment = field_validator("stands_since")(_checked)


class OpcUaServer(Noun):
    """A real OPC UA server on loopback."""

    kind: Literal["opcua"]
    endpoint: Slug
    name: str
    namespace: str
    places: tuple[Place, ...]
    max_nodes: Annotated[int, Field(ge=1)] = 1000
    """Operation limit of Read, Browse and CreateMonitoredItems; kept to."""
    max_references: Annotated[int, Field(ge=1)] = 1000
    """References a Browse answer holds; the rest waits behind a continuation point."""
    renews: Annotated[int, Field(ge=1)] = 1
    """Seconds between two looks that it takes at its machines; between them values and times stand."""
    drops: Annotated[int, Field(ge=2)] | None = None
    """Drops its connections whenever so many seconds have passed."""


class Point(Noun):
    """One value in a register map. Only what a device serves; how it is read stands in a profile."""

    id: str
    at: Annotated[int, Field(ge=0, le=65535)]
    type: Literal["f32", "s16", "u16", "u32", "s64"]
    order: Literal["ABCD", "CDAB"] = "ABCD"
    scale: float = 1.0
    """Value = raw * scale."""
    unit: str | None = None
    quantity: str | None = None
    function: str | None = None
    states: dict[int, str] = {}
    """Words of its numbers, as the profile has them."""
    read: bool = True
    """False: the device serves it, but no profile reads it (scale factors among them)."""
    signal: Signal


class RegisterMap(Noun):
    """What a Modbus device serves. For SunSpec, `at` is the offset in model 203's block."""

    id: Slug
    table: Literal["holding", "input"]
    points: tuple[Point, ...]


class SimulatedUnit(Noun):
    """One Modbus unit."""

    unit: Annotated[int, Field(ge=0, le=255)]
    map: Slug
    machine: Slug
    plate: Plate | None = None
    """Answered to function code 43/14, or as SunSpec model 1."""
    sunspec: bool = False


class ModbusServer(Noun):
    """A real Modbus TCP server on loopback."""

    kind: Literal["modbus"]
    endpoint: Slug
    units: Annotated[tuple[SimulatedUnit, ...], Field(min_length=1)]
    one_connection: bool = False
    """A second connection is closed at once."""
    delay: Annotated[float, Field(ge=0, le=10)] = 0.0
    """Seconds before each answer."""


class SilentServer(Noun):
    """silent: takes the connection and says nothing. deaf: its backlog is full, nobody gets through."""

    kind: Literal["silent", "deaf"]
    endpoint: Slug


Server = Annotated[OpcUaServer | ModbusServer | SilentServer, Field(discriminator="kind")]


class SimulatedPlant(Noun):
    """One plant as one file."""

    format: Literal["assessor-plant/1"]
    seed: int
    epoch: Moment
    """From when counters count."""
    scope: Scope
    """Addresses in it are placeholders; the simulator fills them in."""
    behaviours: tuple[Behaviour, ...]
    shapes: tuple[Shape, ...] = ()
    maps: tuple[RegisterMap, ...] = ()
    servers: tuple[Server, ...]

    _moment = field_validator("epoch")(_checked)

    def endpoint(self, server: OpcUaServer | ModbusServer | SilentServer) -> Endpoint:
        """The endpoint of the scope that a server stands behind."""
        return next(e for e in self.scope.endpoints if e.id == server.endpoint)

    def behaviour(self, machine: str) -> Behaviour:
        return next(b for b in self.behaviours if b.id == machine)

    def shape(self, name: str) -> Shape:
        return next(s for s in self.shapes if s.id == name)

    def map(self, name: str) -> RegisterMap:
        return next(m for m in self.maps if m.id == name)
