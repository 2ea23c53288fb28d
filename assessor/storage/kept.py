"""What the database gives back: plain frozen values, named as in `tables`. Times are ns UTC."""

from dataclasses import dataclass
from typing import Any, Literal

from assessor.domain import HandoverState, VoucherState

Role = Literal["member", "owner", "consultant", "reviewer", "officer", "auditor", "administrator"]
"""What somebody may do in one organisation; `assessor.desk.access` says what each may."""
OrganisationKind = Literal["factory", "consultancy", "office", "chain"]
"""A chain: whoever leads a supply chain (工赋链主), and sees of its members what each agreed to."""
FileKind = Literal["proof", "register", "export", "bundle", "scope", "network", "attachment", "precheck", "work"]
Purpose = Literal["programme", "audit", "raw", "peers"]
"""What a factory may agree to: results to a programme office, filings to an auditor, raw data to an auditor, and
anonymous comparison with its peers."""

Interest = Literal["none", "represents", "contract", "other"]
"""What ties somebody who judges a factory to what comes of it."""
Act = Literal["handed-in", "returned", "signed-off"]
"""What somebody does in a review."""


@dataclass(frozen=True)
class Organisation:
    id: str
    kind: OrganisationKind
    name: str
    made: int
    demonstration: bool
    """Its data are generated; every page of it says so."""
    keep_days: int | None = None
    """How long a survey is kept, as the programme that pays for it asks. None: until it is erased."""


@dataclass(frozen=True)
class Account:
    id: str
    made: int
    language: Literal["zh", "en"]
    password: str | None
    """argon2id"""
    ended: int | None


@dataclass(frozen=True)
class Person:
    """What can be erased: an account without it is an id that did things."""

    account: str
    name: str
    contact: str | None
    """A phone number or an address for mail, as `assessor.desk.contact` writes it."""
    subject: str | None
    """Issuer and subject of OpenID Connect."""


@dataclass(frozen=True)
class Membership:
    account: str
    organisation: str
    role: Role
    department: str | None
    """For whom answers are given, as a bank names departments."""
    since: int


@dataclass(frozen=True)
class Invitation:
    """A code that lets somebody in; a voucher is one that makes its holder the owner of a factory."""

    id: str
    organisation: str
    role: Role
    department: str | None
    made: int
    made_by: str | None
    expires: int
    account: str | None
    """Who came in by it, and may again until a password or a contact is set."""
    ended: int | None


@dataclass(frozen=True)
class Session:
    account: str
    guard: str
    """What a form must bring along, so that no other site can send it."""
    began: int
    expires: int


@dataclass(frozen=True)
class Token:
    id: str
    account: str
    name: str
    scopes: list[str]
    made: int
    expires: int


@dataclass(frozen=True)
class Survey:
    """One plant's assessment in the making."""

    id: str
    organisation: str
    plant: dict[str, Any]
    """A `Plant` as JSON."""
    settings: dict[str, Any]
    """Framework, further frameworks, budget, wishes, cuts: the parts of `Answers` that are no answer."""
    made: int
    version: int
    """Counts every change of what a result rests on."""
    keep_until: int | None


@dataclass(frozen=True)
class Given:
    """What stands as the answer to a question; `value` None: it was taken back."""

    question: str
    version: int
    value: Any
    target: Any
    reason: str | None
    department: str
    account: str
    at: int


@dataclass(frozen=True)
class Note:
    """What was said besides an answer, as whoever asked wrote it down."""

    id: str
    survey: str
    question: str
    said: str
    account: str
    at: int


@dataclass(frozen=True)
class StoredFile:
    id: str
    survey: str
    kind: FileKind
    question: str | None
    name: str
    """As its sender called it, for people to read; never a path here."""
    media: str
    size: int
    sha256: str
    about: dict[str, Any]
    """What its sender said of it, such as who exported it, from which system, when."""
    account: str
    at: int


@dataclass(frozen=True)
class Outcome:
    """What was reckoned from one version of a survey: an Assessment, or why there is none."""

    survey: str
    version: int
    made: int
    assessment: bytes | None
    """zlib-compressed canonical JSON"""
    fault: dict[str, Any] | None
    """A Message as JSON"""
    differing: dict[str, str] | None = None
    """Verdict by question, of what is still to be clarified; told without opening the Assessment."""
    brief: dict[str, Any] | None = None
    """A `Brief` of `assessor.portfolio.group` as JSON; None: it was reckoned before such were kept."""


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


@dataclass(frozen=True)
class Outline:
    """The outlines of districts that an office imported for its map."""

    office: str
    name: str
    """Of the file."""
    source: str
    """Where its officer has it from."""
    sha256: str
    """Of the file as it was imported."""
    shapes: bytes
    """zlib-compressed JSON: by district, rings of points."""
    account: str
    at: int


@dataclass(frozen=True)
class Run:
    """Sampling that somebody began. What it is at stands in its folder; here, what came of it."""

    id: str
    survey: str
    scope: str
    """SHA-256 of the scope file that it goes by."""
    seconds: int
    account: str
    began: int
    place: str
    """The folder of runs that it lies in: another installation knows nothing of it."""
    ended: int | None = None
    outcome: Literal["kept", "given_up"] | None = None
    """None: it is not over, or what it left waits for somebody's word."""
    fault: dict[str, Any] | None = None
    """A Message as JSON: why its bundle could not be taken in."""
    file: str | None = None
    """The bundle, among the files of the survey."""


@dataclass(frozen=True)
class Declaration:
    """What interest somebody says they have in the factory of a survey; goes with the person."""

    survey: str
    account: str
    kinds: list[Interest]
    years: int | None
    """A contract: within so many years."""
    text: str
    at: int
    solutions: list[str] | None = None
    """Recommendations that what they sell or represent carries out; None: they did not say."""


@dataclass(frozen=True)
class Step:
    """One step of a review, of one version of the survey."""

    number: int
    act: Act
    version: int
    account: str
    at: int
    why: str
    remarks: list[dict[str, Any]]
    """Of a return: what each is about ('whole', 'question', 'difference'), the question, the text."""


@dataclass(frozen=True)
class Sample:
    """Questions that somebody grades a second time without seeing what was said first."""

    survey: str
    account: str
    version: int
    """Of the survey when it was drawn."""
    at: int
    seed: str
    first: list[list[str]]
    """Each question with what stood as its answer then, in the order that it is put."""
    ended: int | None
    outcome: Literal["finished", "given-up"] | None


@dataclass(frozen=True)
class Second:
    """What the second person said of one of them."""

    question: str
    value: str
    reason: str | None
    at: int


@dataclass(frozen=True)
class Asks:
    """What to ask about data points of a survey, as of one version of it; or why that is not known."""

    survey: str
    version: int
    found: bytes | None
    """zlib-compressed JSON"""
    fault: dict[str, Any] | None
    """A Message as JSON"""


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
    """Digest of the surveys and their versions that it looked at."""
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
    open: bool
    """Is there a difference still to be clarified?"""


@dataclass(frozen=True)
class Consent:
    id: str
    organisation: str
    purpose: Purpose
    receiver: str | None
    given: int
    given_by: str
    ended: int | None
    ended_by: str | None


@dataclass(frozen=True)
class Event:
    """Who did what to what, by ids alone."""

    id: int
    at: int
    account: str | None
    organisation: str | None
    action: str
    subject: str | None


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
