"""What the connectors met at one endpoint, told without addresses: the part of an Observation that may leave."""

from typing import Literal

from assessor.domain.doors import Trust
from assessor.domain.noun import Message, Noun, Slug, Time


class Door(Noun):
    """One way in that a server offers: the mode and policy of its channel, and who may pass."""

    mode: str
    policy: str
    tokens: tuple[str, ...]
    agreed: bool
    """Is it the one that the scope names?"""


class Paper(Noun):
    """What the certificate of a server says of its age and strength; its names stay with the plant."""

    not_before: Time
    not_after: Time
    key_type: str
    key_bits: int
    signature_hash: str | None
    self_signed: bool
    names_host: bool | None
    trust: Trust | None
    same_key: tuple[Slug, ...] = ()
    """Other endpoints that show the same public key."""


class Loss(Noun):
    """Rows that were due and are missing, by one cause."""

    why: Message
    assets: tuple[Slug, ...] = ()
    """Whose rows; of the whole endpoint where empty."""
    tags: int = 0
    """How many tags it concerns; all of them where 0."""
    times: int
    lost: int | None
    """Rows known to be missing, at least; None where nobody can say."""
    begins: Time
    ends: Time


class Skipped(Noun):
    """Registers of one asset that gave nothing to build on."""

    asset: Slug | None
    registers: int
    why: Message


class Contact(Noun):
    """One endpoint: which doors it has, what it says of itself, what was left unread and what was lost."""

    endpoint: Slug
    protocol: str
    assets: tuple[Slug, ...]
    began: Time
    ended: Time
    reached: bool
    problem: Message | None = None
    warnings: tuple[Message, ...] = ()
    doors: tuple[Door, ...] = ()
    certificate: Paper | None = None
    maker: str | None = None
    product: str | None = None
    version: str | None = None
    limits: dict[str, int] = {}
    """Limits of its calls that the server states."""
    tags: int = 0
    nodes: int | None = None
    """Walked; None where the protocol has nothing to walk."""
    stopped_by: str | None = None
    """The budget that ended the walk: 'nodes', 'depth' or 'seconds', or a status of the server."""
    left: int = 0
    """Nodes known and not walked, at least."""
    barred: dict[str, int] = {}
    """Variables that our session may not read, by status."""
    undecoded: int = 0
    skipped: tuple[Skipped, ...] = ()
    mode: Literal["poll", "subscribe"] | None = None
    why_polled: Message | None = None
    subscribed: int = 0
    polled: int = 0
    refused: dict[str, int] = {}
    """Items that the server would not watch, by status."""
    losses: tuple[Loss, ...] = ()
    requests: int = 0
    failures: int = 0
    bytes: int = 0
    """Both ways."""
    slowest_ms: int = 0
