"""What the database gives back of the affairs of offices and chains; `kept` holds what is of factories."""

from dataclasses import dataclass
from typing import Any, Literal

from assessor.domain import HandoverState, VoucherState


@dataclass(frozen=True)
class Extracted:
    """What may be counted of the newest Assessment of a survey."""

    survey: str
    organisation: str
    version: int
    """Of the survey that the Assessment was made from."""
    made: int
    plant: str
    """A digest that is the same wherever the same plant was assessed."""
    format: int
    """By which the row was written; an older one is written anew."""
    row: dict[str, Any] | None
    """None: the Assessment could not be read."""


ImportKind = Literal["outlines", "providers"]


@dataclass(frozen=True)
class Imported:
    """What an office imported for its picture, one of a kind."""

    office: str
    kind: ImportKind
    name: str
    """Of the file, as its sender called it."""
    source: str
    """Where its officer has it from."""
    sha256: str
    """Of the file as it was handed in."""
    data: bytes
    """zlib-compressed JSON of what was read in it"""
    account: str
    at: int


@dataclass(frozen=True)
class LookRun:
    """One look over the quality of an office's portfolio: how far it is, and what it found."""

    id: str
    office: str
    account: str
    began: int
    step: str
    """What it is at: a kind of query, or 'reading'."""
    done: int
    many: int
    """So much of so much of this step."""
    told: int
    """When it last said so."""
    ended: int | None = None
    state: str | None = None
    """Digest of how many results it looked at, and of their versions and times summed."""
    found: bytes | None = None
    """zlib-compressed JSON of a Look"""
    fault: dict[str, Any] | None = None
    """A Message as JSON"""


@dataclass(frozen=True)
class Said:
    """What an officer noted about a query."""

    key: str
    stands: str
    """Digest of the evidence that it was said of."""
    state: Literal["answered", "aside", "open"]
    why: str
    account: str
    at: int


@dataclass(frozen=True)
class Trial:
    """An edition of a framework that an office tries on the results that it may see."""

    id: str
    organisation: str
    """The office."""
    name: str
    """Of the file, as its sender called it."""
    sha256: str
    account: str
    made: int
    total: int
    done: int
    """Of the total: how many were judged again."""
    told: int
    """When that was told last."""
    ended: int | None = None
    fault: dict[str, Any] | None = None
    """A Message as JSON: why there is no report."""


@dataclass(frozen=True)
class Filed:
    """The newest Assessment of a survey, as far as judging it again needs it."""

    survey: str
    organisation: str
    plant: dict[str, Any]
    filed: bytes | None
    """zlib-compressed JSON; None where it was reckoned before this was kept."""
    open: dict[str, str] | None
    """Differences still to be clarified; None: not kept, its Assessment tells."""
    key: str | None
    """Of its plant, as extracts have it; None while there is no extract."""


@dataclass(frozen=True)
class KeptProgramme:
    """One version of a programme as an office runs it."""

    office: str
    id: str
    version: int
    rules: dict[str, Any]
    """A `Programme` as JSON"""
    sha256: str
    """Of the rules as canonical JSON."""
    account: str | None
    at: int


@dataclass(frozen=True)
class Voucher:
    """One application, and what became of it. It outlives the factory's data: public money was paid on it."""

    id: str
    office: str
    number: int
    """Within its office."""
    programme: str
    version: int
    """Of the programme's rules that it goes by."""
    period: str
    credit_code: str
    site: str
    """The name of the site, as it is compared."""
    name: str
    """As it was given."""
    factory: str
    survey: str
    state: VoucherState
    step: int
    """The number of its last entry in the log: what a form was made upon."""
    made: int
    changed: int
    about: dict[str, Any]
    """What was known of the plant when it applied: district, industry, size; eligibility; consents."""
    granted: int | None
    """Yuan"""
    provider: dict[str, Any] | None
    accepted_by: str | None


@dataclass(frozen=True)
class KeptPack:
    """A file that was handed in for a voucher, and what the system found when it checked it."""

    voucher: str
    number: int
    survey: str
    """Out of which it was made."""
    sha256: str
    size: int
    checked: dict[str, Any]
    """A `Checked` of `assessor.filing` as JSON"""
    report: dict[str, Any] | None
    """Of an edited report that came along: what differs in it."""
    account: str
    at: int


@dataclass(frozen=True)
class Settled:
    """Paid, once."""

    voucher: str
    office: str
    invoice: str
    invoiced: str
    """Yuan, exact decimal"""
    day: str
    paid: int
    account: str
    at: int


@dataclass(frozen=True)
class Satisfaction:
    voucher: str
    said: dict[str, int]
    text: str
    at: int


MemberState = Literal["invited", "joined", "declined", "left"]
"""Of a supplier in a chain."""


@dataclass(frozen=True)
class ChainMember:
    """A supplier that whoever leads a chain named, and what became of it."""

    id: str
    chain: str
    name: str
    """As the leader calls it."""
    credit_code: str
    tier: int | None
    """1 delivers to the leader itself; None: nobody said."""
    state: MemberState
    """As it was last said; a consent that ended since is told by `ledger`."""
    factory: str | None
    """Until it joins: the factory that its code was made for; from then on the one that joined."""
    invitation: str | None
    """Of its code, while there is one."""
    by_code: bool | None
    """Did it answer by the code that was sent, or by its credit code alone? None: it has not answered."""
    made: int
    made_by: str
    changed: int


@dataclass(frozen=True)
class Handover:
    """What became of a voucher's result on one official platform, once somebody entered it there."""

    voucher: str
    platform: str
    state: HandoverState
    reference: str
    """By which the platform knows it."""
    day: str
    """On which it was entered."""
    why: str
    """Of the last step."""
    step: int
    """The number of its last entry in the log: what a form was made upon."""
    account: str
    at: int
