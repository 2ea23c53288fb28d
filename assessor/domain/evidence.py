"""Claims and measurements, and what comes of comparing them."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from assessor.domain.meaning import ConfirmedMeaning
from assessor.domain.noun import (
    Digest,
    EvidenceClass,
    Exact,
    Message,
    Noun,
    Outcome,
    Slug,
    Text,
    Time,
)
from assessor.domain.plant import Selection
from assessor.domain.roadmap import Aim
from assessor.domain.walk import RegisterWalk


class Proof(Noun):
    """Something that was seen for an answer."""

    kind: Literal["document", "screen", "photograph", "site", "export", "statement"]
    title: str
    sha256: Digest | None = None
    file: str | None = None
    """Where it lies, from the answer file; where it is there, its digest is checked. It stays with the plant."""


class Answer(Noun):
    """What one respondent says to one question. The three ways of not giving a value stay apart."""

    question: Slug
    value: Exact | tuple[Slug, ...] | Literal["not-applicable", "do-not-know"]
    """Of a several-of: the options that hold, none of them being an answer too."""
    by: str
    """Role of the respondent."""
    at: str
    """ISO 8601"""
    reason: str | None = None
    """Required for not-applicable."""
    target: Exact | tuple[Slug, ...] | None = None
    """Where the plant wants to be in three years."""
    proofs: tuple[Proof, ...] = ()


class Witness(Noun):
    """What an assessor saw of an asset with his own eyes, or found in an export or a document."""

    asset: Slug
    shows: Literal["readable", "connectable", "networked", "digital", "numerical-control", "energy-metered"]
    holds: bool
    evidence: EvidenceClass
    proof: Proof
    system: str | None = None
    """The system of the plant whose screen or record it was."""
    by: str
    at: str


class Cut(Noun):
    """裁剪: a sub-domain that the business of this plant does not have."""

    dimension: Slug
    reason: str


class Settlement(Noun):
    """A difference clarified with the plant. Both figures stay visible."""

    question: Slug
    value: Exact
    reply: str
    """What the factory said."""
    reason: str
    proof: Proof
    by: str
    at: str


class ConfirmedGrant(Noun):
    """A subsidy that somebody has in writing: the only kind that is taken off a cost."""

    programme: Slug
    recommendation: Slug
    amount: Annotated[Exact, Field(ge=0)]
    """Yuan"""
    proof: Proof


class Wishes(Noun):
    """What the plant wants of its plan, and what bounds it beside money."""

    aim: Aim | None = None
    """None: the most for the budget."""
    phase_budgets: tuple[int, ...] = ()
    """Yuan in each phase; empty: the budget in equal parts."""
    phase_days: tuple[int, ...] = ()
    """Person-days that the plant's own people have in each phase; empty: not bounded."""
    keep: tuple[Slug, ...] = ()
    """Recommendations that must be in it."""
    without: tuple[Slug, ...] = ()
    """Recommendations that must not."""
    grants: tuple[ConfirmedGrant, ...] = ()


class Answers(Noun):
    """The answer file of one plant."""

    format: Literal["assessor-answers/1"]
    plant: Slug
    answers: tuple[Answer, ...]
    witnessed: tuple[Witness, ...] = ()
    cuts: tuple[Cut, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    meanings: tuple[ConfirmedMeaning, ...] = ()
    """What people of the plant confirmed that its tags mean. An exact path wins, then the first pattern."""
    frameworks: tuple[Slug, ...] = ()
    """Frameworks to rate by that are off by default."""
    budget: Annotated[int, Field(ge=0, le=10**12)] | None = None
    """Yuan over the three phases of the plan."""
    plan: Wishes = Wishes()
    walk: RegisterWalk | None = None
    """What came of walking the register on the floor; it counts for the list that it was made with."""

    @model_serializer(mode="wrap")
    def _as_before(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Answers without a walk have the digest that they had before there were walks: it stands in papers."""
        return {key: value for key, value in write(self).items() if key != "walk" or value is not None}


class State(StrEnum):
    """What became of measuring."""

    MEASURED = "measured"
    NOT_DETERMINED = "not_determined"
    UNUSABLE = "unusable"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


class Line(Noun):
    """One asset, process, endpoint or tag in a measurement: how it counted, and why."""

    subject: str
    outcome: Outcome
    why: Message
    evidence: EvidenceClass = EvidenceClass.MEASURED
    tested: bool = True
    """False where a 'no' rests on not having looked, or on the register's word alone."""
    value: Exact | None = None
    """Its own figure, in the unit of the measurement, where it has one."""


class Condition(Noun):
    """A condition of trust: what was needed and what there was."""

    id: Literal["duration", "count", "coverage", "clock", "load", "quality", "period", "age"]
    needed: Message
    found: Message
    holds: bool


MeasuredIn = Literal["share", "seconds", "ms", "number", "per-hour", "kw", "kwh", "kgco2e", "kw-per-m3-min"]
"""What a measurement is counted in; each has its words in the texts `unit.*`."""
Area = Literal["interfaces", "data", "production", "energy", "security"]
"""What a measurement is about: how a report groups them."""


class Sampled(Noun):
    """The rows that a figure was read from: counted, never named. Names and values stay in the sealed bundle."""

    tags: int
    rows: int
    recorded: int = 0
    """How many of the rows stand in exported records."""
    first: Time
    last: Time
    """By the laptop's clock; of exported rows by the record's own."""


class Measurement(Noun):
    """One number about the plant, or the reason why there is none."""

    indicator: str
    state: State
    unit: MeasuredIn
    area: Area = "data"
    value: Exact | None = None
    low: Exact | None = None
    high: Exact | None = None
    count: int = 0
    """How many subjects were determined."""
    total: int = 0
    """How many there are by the register (or were met on the wire)."""
    selection: Selection = Selection.ALL
    method: Message
    why: Message
    conditions: tuple[Condition, ...] = ()
    absence_tested: bool = False
    """Could a low value be seen as absence: were all subjects that count as 'no' really looked at?"""
    lines: tuple[Line, ...] = ()
    rests_on: tuple[EvidenceClass, ...] = ()
    """Classes of evidence that its figures rest on, strongest first; empty where nothing was determined."""
    sampled: Sampled | None = None
    """The rows behind it; None where it rests on what servers and people say, or nothing was determined."""


class Verdict(StrEnum):
    CORROBORATED = "corroborated"
    INCONCLUSIVE = "inconclusive"
    LOWER = "difference-lower"
    HIGHER = "difference-higher"
    UNTESTED = "untested"
    UNUSABLE = "unusable"


class Evidence(Noun):
    """One question, claimed and seen, on the question's own scale."""

    question: Slug
    claim: Exact | None
    highest: Exact | None = None
    """Where roles differ, the highest of their answers; the claim is the lowest."""
    roles: int = 0
    """How many roles gave a value."""
    target: Exact | None = None
    """Where the plant wants to be in three years; of several roles the lowest."""
    claimed: Literal["answered", "prefilled", "not-applicable", "do-not-know", "unanswered"]
    low: Exact | None = None
    high: Exact | None = None
    verified: Exact | None
    """The answer after evidence; None where neither people nor machines say anything."""
    verdict: Verdict
    indicators: tuple[str, ...] = ()
    why: Message
    settlement: Settlement | None = None


class Finding(Noun):
    """待核实差异: what a reader must clarify, worded as a question."""

    question: Slug
    verdict: Verdict
    seen: Message
    where: tuple[str, ...]
    """Subjects that count against the claim, at most twenty."""
    ask: Text
    weight: Exact
    """How much of a level hangs on it; the order of the list."""
    settled: bool = False


class Flag(Noun):
    """Answers that do not seem to go together: something to ask about. It never changes a score."""

    id: Slug
    """What kind of thing it is, such as `alike` or `order`."""
    questions: tuple[Slug, ...]
    """Those concerned; where they are very many, the most telling ones."""
    ask: Message
