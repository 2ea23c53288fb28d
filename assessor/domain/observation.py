"""What connectors see: one Observation an endpoint, and samples apart from it."""

import hashlib
from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from assessor.domain.doors import Certificate, KnownServer, Offer
from assessor.domain.export import Record
from assessor.domain.noun import Message, Noun, Slug, Time
from assessor.domain.space import AddressSpace, Browse, Companion, ServerFacts

GOOD, UNCERTAIN, BAD = 0x00000000, 0x40000000, 0x80000000
"""The severity bits of an OPC UA status code (OPC 10000-4, 7.38); used for every protocol."""
BAD_COMMUNICATION, BAD_TIMEOUT, BAD_NO_DATA = 0x80050000, 0x800A0000, 0x809B0000


def severity(status: int) -> int:
    """GOOD, UNCERTAIN or BAD of a 32-bit status code."""
    return BAD if status & BAD else status & UNCERTAIN


class Sample(NamedTuple):
    """One row. Times are int64 ns UTC, but `mono`: the monotonic receive time that intervals are taken from.

    In an exported record `mono` is the source time itself, and `receive` is when the record was taken.
    """

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
    place = f"{endpoint}\n{address}".encode("utf-8", "backslashreplace")  # a server's text may be no UTF-8
    return int.from_bytes(hashlib.sha256(place).digest()[:8], "big") >> 1


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Tag:
    """A data point: what its server says of it, before any value.

    A noun in all but its base: a server may have fifty thousand, and each takes four times the memory as a model.
    """

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
    labels: tuple[tuple[int, str], ...] = ()
    """Words of its numbers, by its server (EnumStrings, EnumValues, TrueState, FalseState) or its register map."""
    history: bool | None = None
    """Could our user read its history? Read from the access level, never tried."""
    profile_quantity: str | None = None
    profile_function: str | None = None
    interval_ms: float | None = None
    """The sampling interval that was really used: our own when polled, else the server's revised one."""
    sampling: Literal["poll", "subscribe", "reported"] | None = None
    """By subscription, be it for a part of the run, and where a system reports by itself, rows come on change
    only, so that their number says nothing of completeness; what is `reported` is looked at nobody knows how
    often."""
    queue: int | None = None
    """Values that the server holds for us between two messages, as revised."""


class Nameplate(Noun):
    """Machine-readable identification (OPC UA Machinery or DI, Modbus 43/14, SunSpec model 1)."""

    source: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    software: str | None = None
    product_instance_uri: str | None = None
    """Globally unique for the machine (OPC UA Machinery)."""
    manufacturer_uri: str | None = None
    hardware: str | None = None
    device_class: str | None = None
    year_of_construction: int | None = None
    more: dict[str, str] = {}
    """What else it says of itself, such as 'vendor_url' or 'product_name'."""


class Unread(Noun):
    """A stretch of a device's registers that gave nothing to build on, and why."""

    registers: str
    """'holding 12+2': the table, the first address, how many."""
    why: Message


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
    """MachineryItemState of OPC UA Machinery, when the walk came by."""
    operation_mode: str | None = None
    """MachineryOperationMode of OPC UA Machinery."""
    packml_state: str | None = None
    """The state of the most detailed PackML state machine that tells one."""
    space: AddressSpace | None = None
    """None where nothing was walked (another protocol, or the device was not found)."""
    unread: tuple[Unread, ...] = ()
    """Modbus registers that it refused, or that stayed silent, or that showed nothing but zeros."""


class Traffic(Noun):
    """What one endpoint cost it."""

    requests: int
    failures: int
    bytes_sent: int
    bytes_received: int
    seconds: float
    slowest_ms: float
    round_trips: dict[int, int] = {}
    """How many answers took so long, by class: class k is from 2^(k/4) ms up to 2^((k+1)/4) ms."""
    stated: int | None = None
    """Requests that its preview stated at most; None where nothing was stated."""


class Gap(Noun):
    """A stretch in which rows were due and none came, or in which some are known to be missing."""

    begins: Time
    ends: Time
    why: Message
    tag: int | None = None
    """The one tag that it concerns; all of the endpoint where None."""
    lost: int | None = None
    """Rows known to be missing, at least; None where nobody can say, 0 where none is (a clock that was set)."""
    times: int = 1
    """How often it happened between begin and end: losses of one tag by one cause are kept as one record."""
    where: str | None = None
    """The one device that gave none, as in `Device.where`; the whole endpoint where absent."""


def away(gaps: Sequence[Gap]) -> tuple[tuple[Time, Time], ...]:
    """Stretches in which nothing came of a whole endpoint, in order, none overlapping another. Counted losses are
    none."""
    found: list[tuple[Time, Time]] = []
    for gap in sorted(gaps, key=lambda gap: gap.begins):
        if gap.tag is not None or gap.where is not None or gap.lost is not None or gap.times != 1:
            continue
        if found and gap.begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], gap.ends)
        else:
            found.append((gap.begins, gap.ends))
    return tuple(found)


class Sampling(Noun):
    """How an endpoint was sampled, as its server revised it. Seconds; None where it does not apply."""

    mode: Literal["poll", "subscribe"]
    why: Message | None = None
    """Why it was polled although a subscription was asked for."""
    publishing: float | None = None
    keep_alive: float | None = None
    lifetime: float | None = None
    confirmed_every: float | None = None
    """Between two readings of all subscribed values, which show that those that do not change still stand."""
    subscribed: int = 0
    polled: int = 0
    refused: dict[str, int] = {}
    """Items that the server would not watch, by status; they were polled."""


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
    """Of the endpoint that was agreed, or the first that was shown"""
    certificates: tuple[Certificate, ...] = ()
    """All that were shown, each once"""
    servers: tuple[KnownServer, ...] = ()
    warnings: tuple[Message, ...] = ()
    """What a person should know although sampling went on"""
    namespaces: tuple[str, ...] = ()
    operation_limits: dict[str, int] = {}
    """Limits that the server states, by their standard names. Absent, 0 and Bad mean: none stated."""
    server: ServerFacts | None = None
    companions: tuple[Companion, ...] = ()
    space: AddressSpace | None = None
    """The whole of what was walked."""
    barred: dict[str, int] = {}
    """Variables that our session may not read, by status: a fact about our session, not about the machine."""
    undecoded: int = 0
    """Variables whose value the library cannot decode; they are described, not sampled."""
    browse: Browse | None = None
    traffic: Traffic | None = None
    gaps: tuple[Gap, ...] = ()
    sampling: Sampling | None = None
    record: Record | None = None
    """Set where this was read from a file that a system of the plant exported, and nothing was contacted."""


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
    asset: str | None = None
    """The asset of the register that was asked, where the endpoint or its unit stands for one."""


class Load(Noun):
    """What a run will ask of one endpoint, stated before anything is sent. An upper bound."""

    endpoint: Slug
    requests_per_second: float
    bytes_per_second: float
    requests: int
    connections: int
    registers_or_nodes: int
    share_of_server_limit: float | None = None
    warnings: tuple[Message, ...] = ()
    """What a person must know before the start, beside the figures."""


class Sink(Protocol):
    """Where connectors hand over what they see. What a call took is promised only when `flush` returns."""

    def samples(self, rows: Sequence[Sample]) -> None: ...
    def request(self, record: RequestRecord) -> None: ...
    def observe(self, observation: Observation) -> None:
        """Keep an Observation; a later one of the same endpoint replaces it."""

    def flush(self) -> None:
        """Return once all that was handed over is on disk."""
