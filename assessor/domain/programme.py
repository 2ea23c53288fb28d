"""Who pays: instruments of a city or a state. What a source does not tell is an empty field, and listed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.bank import Need
from assessor.domain.firm import Size
from assessor.domain.noun import Day, Exact, Message, Noun, Outcome, Share, Slug, Status, Text
from assessor.domain.plant import Plant
from assessor.domain.voucher import Terms

SpendKind = Literal["software", "hardware", "service"]
"""Of a spend."""
Instrument = Literal["voucher", "grant", "interest", "tax", "frame"]
"""A voucher to spend, money towards a cost, interest or rent paid in part, less tax; frame: money that goes from
the state to a city, which makes rules of its own for its firms."""
Open = Literal["share", "cap", "valid_from", "valid_to", "conditions", "evidence"]
"""Parts of a rule that the sources at hand do not tell. `conditions`: there may be more than those given."""


class SizeIs(Noun):
    """The firm is of one of these classes."""

    rule: Slug
    of: Annotated[tuple[Size, ...], Field(min_length=1)]


class People(Noun):
    """How many work there."""

    at_least: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None


class Reached(Noun):
    """The plant is rated this level or higher, verified."""

    framework: Slug
    level: Annotated[int, Field(ge=1)]
    after: bool = False
    """The level that the upgrade is to bring: today's does not decide, for or against."""


class Spent(Noun):
    """What the money goes to. With `at_least` that share of the whole; without it each yuan counts for itself."""

    on: Annotated[tuple[SpendKind, ...], Field(min_length=1)]
    at_least: Share | None = None


class Rule(Noun):
    """One condition. Exactly one of its checkable forms is filled, or `by_hand`."""

    id: Slug
    text: Text
    """In our own words."""
    above_scale: bool | None = None
    """规上, or not"""
    size: SizeIs | None = None
    employees: People | None = None
    industries: tuple[Annotated[str, Field(pattern=r"^\d{2,4}$")], ...] = ()
    """Beginnings of GB/T 4754 codes, without the letter."""
    reached: Reached | None = None
    spent: Spent | None = None
    recommendations: tuple[Slug, ...] = ()
    scenes: tuple[Slug, ...] = ()
    """What is done is a step towards one of these."""
    need: Need | None = None
    """A statement about answers."""
    before_start: bool | None = None
    """To be applied for before work begins."""
    by_hand: bool | None = None
    """Only a person can tell."""

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """One form and no other."""
        forms = [n for n in type(self).model_fields if n not in ("id", "text") and self._filled(n)]
        if len(forms) != 1 or self.before_start is False or self.by_hand is False:
            raise ValueError("exactly one form of condition is filled; before_start and by_hand can only be true")
        return self

    def _filled(self, name: str) -> bool:
        return getattr(self, name) not in (None, ())


class Asked(Noun):
    """A piece of evidence that an application asks for."""

    id: Slug
    text: Text
    question: Slug | None = None
    """It is there where an answer to this question has a proof; None: nobody but the applicant can tell."""
    profile: Literal["credit_code", "industry", "employees"] | None = None
    """It is there where the plant's profile says so."""


class Programme(Noun):
    """One instrument. No number in it is guessed."""

    format: Literal["assessor-programme/1"]
    id: Slug
    title: Text
    issuer: Text
    kind: Instrument
    pays_for: Annotated[tuple[Literal["diagnosis", "upgrade"], ...], Field(min_length=1)]
    region: Slug | None = None
    """The city it is for; None: the whole country."""
    district: Slug | None = None
    """Of that city; None: all of it."""
    status: Status
    source: Text
    """The document, and where it was read."""
    valid_from: Day | None = None
    valid_to: Day | None = None
    """The last day."""
    share: Share | None = None
    share_of: Literal["investment", "contract", "rent", "interest"] | None = None
    """Only of the first two can an amount be worked out from what a recommendation costs."""
    cap: Annotated[int, Field(ge=0)] | None = None
    """Yuan for one firm."""
    says: Text | None = None
    """What else the source says."""
    conditions: tuple[Rule, ...] = ()
    evidence: tuple[Asked, ...] = ()
    unknown: tuple[Open, ...] = ()
    terms: Terms | None = None
    """How an office runs it; None: it is not run here."""


class Check(Noun):
    """One condition, held against one plant and one thing to do."""

    id: Slug
    """Of the rule; or `place`, `window`, `rules`, `frame`."""
    outcome: Outcome
    why: Message
    part: Exact | None = None
    """Partly met: which share."""


class Eligibility(Noun):
    """One programme held against one plant, and one thing to do where one was named."""

    programme: Slug
    outcome: Outcome
    checks: tuple[Check, ...]
    missing: tuple[Message, ...] = ()
    """Proofs that are asked for and not there."""
    at_most: Exact | None = None
    """Yuan, by share and cap; None where either is not known."""


class Applicant(Noun):
    """What is known of the plant that applies, and the day."""

    plant: Plant
    on: Day
    answers: dict[Slug, Exact] = {}
    """Verified answers by question or option; what nobody knows is not among them."""
    not_applicable: tuple[Slug, ...] = ()
    proved: tuple[Slug, ...] = ()
    """Questions of which an answer has a proof."""
    levels: dict[Slug, tuple[int, int]] = {}
    """By framework: what is held for certain, and what it may be."""


class Project(Noun):
    """One thing to do: what it costs in this plant, by kind of spend, in yuan."""

    recommendation: Slug
    scenes: tuple[Slug, ...] = ()
    costs: dict[SpendKind, Exact] = {}
    begun: bool | None = None
    """None: nobody said."""
