"""What the database gives back: plain frozen values, named as in `tables`. Times are ns UTC."""

from dataclasses import dataclass
from typing import Any, Literal

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
