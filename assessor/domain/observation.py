"""What connectors see: one Observation an endpoint, samples apart from it, and what samples show."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from assessor.domain.noun import Message, Noun, Slug, Time

GOOD, UNCERTAIN, BAD = 0x00000000, 0x40000000, 0x80000000
"""The severity bits of an OPC UA status code (OPC 10000-4, 7.38); used for every protocol."""
BAD_COMMUNICATION, BAD_TIMEOUT, BAD_NO_DATA = 0x80050000, 0x800A0000, 0x809B0000


def severity(status: int) -> int:
    """GOOD, UNCERTAIN or BAD of a 32-bit status code."""
    return BAD if status & BAD else status & UNCERTAIN


class Sample(NamedTuple):
    """One row. Times are int64 ns UTC, but `mono`: the monotonic receive time that intervals are taken from."""

    tag: int
    source: int | None
    server: int | None
    receive: int
    mono: int
    status: int
    number: float | None = None
    integer: int | None = None
    flag: bool | None = None
    text: str | None = None


SAMPLE_COLUMNS: tuple[tuple[str, str], ...] = (
    ("tag", "int64"),
    ("source", "int64"),
    ("server", "int64"),
    ("receive", "int64"),
    ("mono", "int64"),
    ("status", "uint32"),
    ("number", "float64"),
    ("integer", "int64"),
    ("flag", "bool"),
    ("text", "string"),
)
"""Columns of the stored samples and their Arrow types: the fields of `Sample`, in its order."""


def tag_id(endpoint: str, address: str) -> int:
    """A stable id of 63 bits for one data point, the same in every run against the same server."""
    return int.from_bytes(hashlib.sha256(f"{endpoint}\n{address}".encode()).digest()[:8], "big") >> 1


class Tag(Noun):
    """A data point: what its server says of it, before any value."""

    id: int
    endpoint: Slug
    asset: Slug | None
    address: str
    """Node id with its namespace URI, or 'unit 3 holding 40001'."""
    path: str
    """Browse path below Objects, joined by '/', or the register's name in its profile."""
    data_type: str | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    description: str | None = None
    type_definition: str | None = None
    """Name of the type and its namespace URI, as 'uri#Name'."""
    writable: bool | None = None
    """Could our user write it? Read from the access level, never tried."""
    historizing: bool | None = None
    profile_quantity: str | None = None
    profile_function: str | None = None
    interval_ms: float | None = None
    """The sampling interval that was really used."""


class Nameplate(Noun):
    """Machine-readable identification (OPC UA Machinery or DI, Modbus 43/14, SunSpec model 1)."""

    source: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    software: str | None = None


class Device(Noun):
    """One asset as seen behind an endpoint: a branch, a Modbus unit, or the endpoint itself."""

    asset: Slug | None
    where: str
    answered: bool
    problem: Message | None = None
    nameplate: Nameplate | None = None
    companions: tuple[str, ...] = ()
    """Namespace URIs of companion specifications that its objects are typed by."""
    item_state: str | None = None


class Offer(Noun):
    """One way a server lets clients in (OPC UA GetEndpoints), or its absence (Modbus has none)."""

    mode: str
    policy: str
    tokens: tuple[str, ...]


class Certificate(Noun):
    """What a server certificate says. Times in ns UTC."""

    fingerprint: str
    subject: str
    not_before: Time
    not_after: Time
    key_bits: int
    self_signed: bool


class Browse(Noun):
    """How much of the address space was walked."""

    nodes: int
    complete: bool
    stopped_by: str | None = None


class Traffic(Noun):
    """What one endpoint cost it."""

    requests: int
    failures: int
    bytes_sent: int
    bytes_received: int
    seconds: float
    slowest_ms: float


class Gap(Noun):
    """A stretch in which rows were due and none came."""

    begins: Time
    ends: Time
    why: Message


class Observation(Noun):
    """What one connector saw of one endpoint: metadata, no samples. A dead device is one with a `problem`."""

    endpoint: Slug
    protocol: str
    connector: str
    started: Time
    ended: Time
    reached: bool
    """Something answered in the protocol."""
    problem: Message | None = None
    devices: tuple[Device, ...] = ()
    tags: tuple[Tag, ...] = ()
    offers: tuple[Offer, ...] = ()
    certificate: Certificate | None = None
    namespaces: tuple[str, ...] = ()
    operation_limits: dict[str, int] = {}
    browse: Browse | None = None
    traffic: Traffic | None = None
    gaps: tuple[Gap, ...] = ()


class RequestRecord(NamedTuple):
    """One frame that was sent: the request log's row."""

    time: int
    endpoint: str
    service: str
    """OPC UA service name, or 'fc3'."""
    detail: str
    """Addresses and counts, never values."""
    bytes_sent: int
    bytes_received: int
    round_trip_ms: float
    result: str
    """'ok', 'timeout', 'refused', an exception code, or a status name."""


class Load(Noun):
    """What a run will ask of one endpoint, stated before anything is sent. An upper bound."""

    endpoint: Slug
    requests_per_second: float
    bytes_per_second: float
    requests: int
    connections: int
    registers_or_nodes: int
    share_of_server_limit: float | None = None
    notes: tuple[Message, ...] = ()
    """What a person must know before the start, beside the figures."""


class Sink(Protocol):
    """Where connectors hand over what they see. What a call took is promised only when `flush` returns."""

    def samples(self, rows: Sequence[Sample]) -> None: ...
    def request(self, record: RequestRecord) -> None: ...
    def observe(self, observation: Observation) -> None:
        """Keep an Observation; a later one of the same endpoint replaces it."""

    def flush(self) -> None:
        """Return once all that was handed over is on disk."""


class SignalKind(StrEnum):
    """What a signal did in the window (thresholds: reference figures in docs/method.md)."""

    LIVE = "live"
    STATIC = "static"
    STATE = "state"
    COUNTER = "counter"
    TOO_SHORT = "too_short"
    NO_GOOD_VALUE = "no_good_value"


class TagFacts(Noun):
    """One tag's samples in figures: one pass, no judgement. Seconds; None where not determined."""

    tag: int
    rows: int
    good: int
    uncertain: int
    bad: int
    changes: int
    distinct: int
    first: Time
    last: Time
    seconds: float
    """Span by the monotonic clock."""
    longest_gap: float
    minimum: float | None = None
    maximum: float | None = None
    kind: SignalKind
    stale: bool | None = None
    """True where rows came but the source time stood still, or lagged behind, while others moved."""
    update_interval: float | None = None
    skew: float | None = None
    """Greatest source time minus receive time: a lower bound of how far its clock is ahead of the laptop's."""
    lag: float | None = None
    """Smallest receive time minus source time: how old the freshest value was."""
    without_source_time: int = 0
    source_seconds: float | None = None
    """How far the source times advanced; 0 under a clock that stands still."""
    resets: int = 0
    """Falls to a tenth or less, as a counter makes when it is reset."""


class Function(StrEnum):
    """What a tag is for."""

    ACTUAL = "actual"
    SETPOINT = "setpoint"
    STATE = "state"
    COUNTER = "counter"
    ALARM = "alarm"
    QUALITY = "quality"
    IDENTIFICATION = "identification"


class TagMeaning(Noun):
    """What a tag means, who says so, and who confirmed it."""

    tag: int
    quantity: str | None
    """energy, electrical, temperature, pressure, flow, speed, position, force, level, vibration, time,
    count or state"""
    function: Function | None
    source: str
    """'person', 'profile', 'type', 'unit'"""
    confirmed_by: str | None = None
