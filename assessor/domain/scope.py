"""The scope: what the factory agreed to. Nothing outside it is contacted."""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from assessor.domain.export import Export
from assessor.domain.noun import Day, Noun, Slug, Text
from assessor.domain.plant import Asset, KeyProcess, Plant, Register, Stratum
from assessor.domain.registers import Profile
from assessor.domain.states import MachineState


class Vantage(StrEnum):
    """Where in the network the laptop stood. Security facts are judged with it."""

    CONTROL = "control"
    DMZ = "dmz"
    OFFICE = "office"


class Role(StrEnum):
    """What an endpoint is to the plant. What arrives in a plant's system is *networked*."""

    MACHINE = "machine"
    GATEWAY = "gateway"
    METER = "meter"
    SCADA = "scada"
    MES = "mes"
    EMS = "ems"


SYSTEMS = frozenset({Role.SCADA, Role.MES, Role.EMS})
"""Plant systems: a live value seen there has left its machine."""


class Limits(Noun):
    """Care on the wire; safe by default. Sources and reasons: docs/how-to/limits.md. Seconds unless said."""

    connect_spacing: Annotated[float, Field(ge=0.2)] = 1.0
    """Between two new connections of the whole run."""
    pause_after_connect: Annotated[float, Field(ge=0)] = 0.5
    request_gap: Annotated[float, Field(ge=0.02)] = 0.1
    """Between two requests to one device or gateway."""
    timeout: Annotated[float, Field(gt=0, le=30)] = 2.0
    retries: Annotated[int, Field(ge=0, le=1)] = 0
    breaker_failures: Annotated[int, Field(ge=1, le=5)] = 2
    """Failures in a row after which a device is left alone."""
    breaker_cooldown: Annotated[float, Field(ge=10)] = 600.0
    slowdown_factor: Annotated[float, Field(ge=1.5)] = 2.0
    """Stop a device whose median round trip has grown by this factor (and by 50 ms at least)."""
    refusals: Annotated[int, Field(ge=2, le=100)] = 10
    """Refusals in a row after which a device is left alone for the rest of the run."""
    max_registers: Annotated[int, Field(ge=1, le=125)] = 50
    """In one Modbus read. Stated by itself it holds for the whole run."""
    proven_registers: Annotated[int, Field(ge=1, le=125)] = 125
    """In one Modbus read of a device that has answered a whole cycle; as `max_registers` where only that is
    stated."""
    max_bits: Annotated[int, Field(ge=1, le=2000)] = 800
    """Coils or discrete inputs in one Modbus read."""
    max_nodes_per_call: Annotated[int, Field(ge=1, le=1000)] = 100
    sampling_interval: Annotated[float, Field(ge=0.5)] = 1.0
    session_timeout: Annotated[float, Field(ge=10)] = 60.0
    browse_nodes: Annotated[int, Field(ge=1)] = 5000
    browse_depth: Annotated[int, Field(ge=1)] = 12
    browse_seconds: Annotated[float, Field(gt=0)] = 60.0
    hosts_at_a_time: Annotated[int, Field(ge=1, le=32)] = 32

    @property
    def most_registers(self) -> int:
        """What a device that has proved itself may be asked for in one Modbus read.

        Where one failure is enough to leave a device alone nothing larger is tried: it would cost the device.
        """
        return max(self.max_registers, self.proven_registers if self.breaker_failures > 1 else 0)

    @model_validator(mode="before")
    @classmethod
    def _never_more_than_stated(cls, data: Any) -> Any:
        return _capped(data) if isinstance(data, dict) else data


def _capped(stated: dict[str, Any]) -> dict[str, Any]:
    """Who states how many registers a read may ask for means all reads. A wrong number stays the one fault."""
    most = stated.get("max_registers")
    return {"proven_registers": most} | stated if most in range(1, 126) else stated


class LimitChange(Noun):
    """A limit that the plant allowed to differ for one endpoint. Shown in the preview."""

    limit: str
    value: float
    why: str


class Branch(Noun):
    """A branch of an aggregating server that stands for one asset of the register."""

    path: str
    """Browse names below Objects, joined by '/'; of flat tags a prefix such as 'Line1.IMM01.'."""
    asset: Slug


class Unit(Noun):
    """One Modbus unit behind an address."""

    unit: Annotated[int, Field(ge=0, le=255)]
    asset: Slug
    profile: Slug | None = None
    """Register map, by id: one of this scope's `profiles` or a shipped one. Without it nothing but its
    identification is read."""
    sunspec: bool = False


class OpcUaSecurity(Noun):
    """The endpoint to choose; never guessed."""

    mode: Literal["None", "Sign", "SignAndEncrypt"] = "None"
    policy: Literal[
        "None", "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss", "Basic256", "Basic128Rsa15"
    ] = "None"
    """The last two rest on SHA-1 and are withdrawn (OPC 10000-7): used only where they stand here, with a
    warning."""


SECRET_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|(file|keyring):\S(.*\S)?")


def _reference(value: Any) -> str:
    return value if isinstance(value, str) and SECRET_REFERENCE.fullmatch(value) else ""


class Credential(Noun):
    """Who we are to a server: a user name with a secret, or a certificate with its key. Never guessed."""

    user: str | None = None
    secret: Annotated[str, BeforeValidator(_reference)] | None = None
    """Where the password is, or the passphrase of the key: 'env:NAME', 'file:PATH' or 'keyring:SERVICE'.
    What is none of these may be a password: it is dropped before anything can repeat it, and an empty text
    stands here."""
    certificate: str | None = None
    """Path of the user's certificate on this machine, PEM or DER"""
    key: str | None = None
    """Path of its private key, readable by its owner alone"""
    allow_plain_password: bool = False
    """Did the plant agree that the password crosses the network in the clear?"""


class Serial(Noun):
    """How a serial line is set, and the plant's word that nothing else asks on it."""

    baudrate: Annotated[int, Field(ge=300, le=1_000_000)] = 19200
    parity: Literal["even", "odd", "none"] = "even"
    stop_bits: Literal[1, 2] = 1
    byte_size: Literal[7, 8] = 8
    echo: bool = False
    """Does the adapter hand back what it sends?"""
    sole_master: bool = False
    """Nobody else asks on this line while we do. Required: a second master disturbs a running plant."""


class Endpoint(Noun):
    """One address the factory allows us to contact."""

    id: Slug
    protocol: Slug
    address: str
    """'opc.tcp://host:port/path' or 'host:port'; of a serial line its port, such as '/dev/ttyUSB0' or 'COM3'; of
    an export the file's path, relative to the scope file"""
    role: Role
    asset: Slug | None = None
    """The asset it is, where it stands for exactly one."""
    branches: tuple[Branch, ...] = ()
    units: tuple[Unit, ...] = ()
    root: str | None = None
    """Where to start browsing, as a path below Objects; the whole of Objects where absent."""
    security: OpcUaSecurity = OpcUaSecurity()
    sampling: Literal["subscribe", "poll"] = "subscribe"
    """OPC UA: let the server report changes, or read every value at every interval."""
    credential: Credential | None = None
    """Absent: anonymous"""
    serial: Serial | None = None
    """Modbus RTU on a serial line."""
    identify: bool = True
    """Modbus: may function code 43/14 be asked?"""
    report_id: bool = False
    """Modbus: may function code 17 be asked? Many devices stay silent."""
    changes: tuple[LimitChange, ...] = ()
    export: Export | None = None
    """How to read the file, for the protocol 'export'."""


class MeaningRule(Noun):
    """A meaning confirmed by a person, for all tags whose path matches a glob pattern."""

    tags: str
    quantity: str
    function: str
    unit: str | None = None
    states: dict[str, MachineState] = {}
    """What the values of a state mean for the machine, by value as written: {'0': stopped, '2': running}."""
    by: str


class Agreement(Noun):
    """Who allowed it, in which role, when, under which reference."""

    role: Text
    date: Day
    reference: str


class Window(Noun):
    """The time in which contact is allowed; ISO 8601 with offset."""

    opens: str
    closes: str


class Scope(Noun):
    """The whole agreement, as read from one file."""

    format: Literal["assessor-scope/1"]
    plant: Plant
    agreement: Agreement
    window: Window | None = None
    precheck_window: Window | None = None
    """When the plant's own IT may try the addresses; `window` where absent."""
    vantage: Vantage
    register_: Annotated[Register, Field(alias="register")]
    strata: tuple[Stratum, ...] = ()
    key_processes: tuple[KeyProcess, ...] = ()
    assets: tuple[Asset, ...]
    endpoints: tuple[Endpoint, ...]
    limits: Limits = Limits()
    meanings: tuple[MeaningRule, ...] = ()
    profiles: tuple[Profile, ...] = ()
    """Register maps made for this plant, from its own sheets: they are part of what was agreed and sealed."""

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Host and port of every address, as the scope writes them; a serial line or a file has none."""
        written = (e.address.rpartition("//")[2].partition("/")[0].rpartition(":") for e in self.endpoints)
        return tuple((host, int(port)) for host, _, port in written if host and port.isdecimal())

    def limits_for(self, endpoint: Endpoint) -> Limits:
        """The limits of one endpoint: the scope's own, with what the plant changed for it."""
        changed = {change.limit: change.value for change in endpoint.changes}
        return Limits.model_validate(self.limits.model_dump() | _capped(changed))
