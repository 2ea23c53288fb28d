"""VOUCHERS: how an office runs a programme, and what a voucher goes through. Rules are data; none is guessed."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.noun import Day, Digest, Noun, Slug, Text, Time, canonical, sha256

VoucherState = Literal[
    "applied", "returned", "refused", "withdrawn", "granted", "assigned", "handed-in", "rejected", "accepted",
    "settled", "revoked",
]  # fmt: skip
VoucherAct = Literal[
    "apply", "return", "refuse", "withdraw", "grant", "assign", "hand-in", "reject", "accept", "settle", "revoke",
    "rate",
]  # fmt: skip
Side = Literal["factory", "office"]
HandoverState = Literal["due", "entered", "accepted", "refused"]
"""Of a result on an official platform: to be entered, entered, and what the platform said of it."""
HandoverAct = Literal["enter", "accept", "refuse"]
Yuan = Annotated[int, Field(ge=0, le=10**12)]
Credit = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]


class Period(Noun):
    """One round of applications."""

    id: Slug
    opens: Day | None = None
    closes: Day | None = None
    """The last day to apply; None: nobody said."""
    use_by: Day | None = None
    """The last day to hand in what the voucher pays for."""
    quota: Annotated[int, Field(ge=0)] | None = None
    """Vouchers that may be granted; None: no bound is known."""
    budget: Yuan | None = None
    """Yuan that may be granted in all."""

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """The days follow one another."""
        days = [day for day in (self.opens, self.closes, self.use_by) if day is not None]
        if days != sorted(days):
            raise ValueError("opens, closes and use_by follow one another")
        return self


class ListedProvider(Noun):
    """A provider of the programme's list."""

    id: Slug
    name: Annotated[str, Field(min_length=1, max_length=200)]
    credit_code: Credit | None = None


class ConsentText(Noun):
    """What a factory agrees to when it applies, in the programme's own words."""

    id: Slug
    text: Text
    opens: Literal["programme", "audit"] | None = None
    """What of the factory it opens to the office; None: a statement alone."""


class Scaled(Noun):
    """One line of the form on satisfaction, from 1 to 5."""

    id: Slug
    text: Text


class Terms(Noun):
    """How an office runs a programme of vouchers."""

    periods: tuple[Period, ...] = ()
    choice: Literal["free", "assigned"] = "free"
    """Who says which provider: the factory out of the list, or the office."""
    providers: tuple[ListedProvider, ...] = ()
    """None listed: any provider that is named."""
    checklist: Slug | None = None
    """What a file must hold."""
    two_people: bool = True
    """Whoever settles is somebody other than who accepted."""
    consents: tuple[ConsentText, ...] = ()
    asks: tuple[Scaled, ...] = ()

    @model_validator(mode="after")
    def ids_once(self) -> Self:
        """An id stands once in its list."""
        for name in ("periods", "providers", "consents", "asks"):
            ids = [one.id for one in getattr(self, name)]
            if len(ids) != len(set(ids)):
                raise ValueError(f"{name}: an id stands twice")
        return self

    def period(self, id_: str) -> Period | None:
        return next((one for one in self.periods if one.id == id_), None)

    def provider(self, id_: str) -> ListedProvider | None:
        return next((one for one in self.providers if one.id == id_), None)


class LogEntry(Noun):
    """One step in the log of an office. Each holds the digest of the one before, so that none can be changed, left
    out or put in between without every later one showing it."""

    format: Literal["assessor-log/1"] = "assessor-log/1"
    office: str
    number: Annotated[int, Field(ge=1)]
    at: Time
    account: str | None
    """By id alone; None: the system itself."""
    subject: str
    """The voucher or programme that it is about."""
    act: str
    before: str | None
    after: str | None
    why: str = ""
    details: dict[str, Any] = {}
    previous: Digest | None
    """None for the first."""

    @property
    def digest(self) -> str:
        """SHA-256 of the entry as canonical JSON."""
        return sha256(canonical(self))


class Chained(Noun):
    """A log that was read: how far its chain holds."""

    entries: int
    holds: bool
    broken_at: int | None = None
    """The number of the first entry that does not follow from the one before."""
    head: Digest | None = None
    """Of the last entry that follows."""
