"""The Assessment: one JSON document. Every report is a rendering of it and of nothing else."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.bank import Question
from assessor.domain.contact import Contact
from assessor.domain.evidence import Answers, Evidence, Finding, Flag, Measurement
from assessor.domain.export import Record
from assessor.domain.laws.ladder import Ladder
from assessor.domain.noun import (
    Digest,
    EvidenceClass,
    Exact,
    Message,
    Noun,
    Outcome,
    Slug,
    Time,
    canonical,
    sha256,
)
from assessor.domain.plant import Asset, Expect, KeyProcess, Plant, Register
from assessor.domain.rating import Chance, Estimate, Lead, Rating
from assessor.domain.recommendation import Recommendation
from assessor.domain.result import Rated
from assessor.domain.roadmap import Roadmap
from assessor.domain.scope import Vantage


class Sight(Noun):
    """One machine of the register: how it was or was not seen."""

    asset: Slug
    readable: Outcome
    connectable: Outcome
    networked: Outcome
    evidence: EvidenceClass | None
    why: Message
    tags: int
    samples: int
    collects: dict[Expect, Outcome] = {}
    """Of the kinds of data that the register expects of it, whether each is there. What is not expected is not
    among these; none is, in documents from before this was kept."""


class Source(Noun):
    """What an Assessment was made from."""

    bundle: Digest
    """SHA-256 of the sealed bundle's manifest."""
    fingerprint: str
    """Of the key that signed it."""
    sampled_from: Time
    sampled_to: Time
    truncated: bool
    samples: int
    requests: int
    clock: str
    """'synchronised', 'not-synchronised' or 'unknown': the laptop's own clock."""


class Part(Noun):
    """A data file that took part: bank, framework or recommendation."""

    name: str
    sha256: Digest


class Member(Noun):
    """What is in the bundles, and whether it left the plant."""

    name: str
    sha256: Digest
    bytes: int
    leaves: bool


class Assessment(Noun):
    """All of it, immutable."""

    format: Literal["assessor-assessment/1"]
    scorer: str
    """Version of the product that judged."""
    made: Time
    as_of: Time | None = None
    """What was known by then counts, and what had grown too old does not; None: as it stood when sampled."""
    plant: Plant
    register_: Annotated[Register | None, Field(alias="register")]
    """None where nobody named a register: then nothing is known of how complete `assets` are."""
    vantage: Vantage | None
    """From where the machines were heard; None where none was."""
    assets: tuple[Asset, ...]
    key_processes: tuple[KeyProcess, ...]
    source: Source | None
    """What was sampled; None where no machine was heard. All of it then rests on answers alone: verified is as
    declared, and measurements, sights, records, contacts and members are empty."""
    records: tuple[Record, ...] = ()
    """Exported records that were read beside what was measured."""
    contacts: tuple[Contact, ...] = ()
    """What the connectors met at each endpoint; empty in documents from before this was kept."""
    framework: Ladder
    """The one that chances, findings and the plan go by."""
    rated: tuple[Rated, ...] = ()
    """The same answers by every framework that is for this plant, this one included."""
    questions: tuple[Question, ...]
    """Those that a framework or an answer names; options of a several-of as questions of their own."""
    recommendations: tuple[Recommendation, ...]
    """Those of the plan, and those that stand in some of its drawn plans."""
    parts: tuple[Part, ...]
    answers: Answers
    measurements: tuple[Measurement, ...]
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    flags: tuple[Flag, ...] = ()
    """Answers that do not seem to go together; they never change a score."""
    sights: tuple[Sight, ...]
    ratings: tuple[Rating, ...]
    """Both columns under every weight set; the default set first, declared before verified."""
    chances: tuple[Chance, ...]
    """Of the verified column under the default weights."""
    estimate: Estimate | None = None
    """The third place under the default weights: no rating. None in documents from before it was kept."""
    leads: tuple[Lead, ...] = ()
    """What would narrow the level most: for the consultant still on site."""
    pre_assessment: bool
    """预评估: the rating rests on rubrics alone."""
    testable: int
    """Sub-domains with at least one requirement that a connector could test."""
    tested: int
    """Sub-domains in which at least one requirement got a verdict from a measurement."""
    roadmap: Roadmap | None
    members: tuple[Member, ...]

    def rating(self, column: str, weights: str | None = None) -> Rating:
        """The rating of one column under one weight set (the default set where none is named)."""
        wanted = weights or self.framework.default_weights
        return next(r for r in self.ratings if r.column == column and r.weights == wanted)

    @property
    def heard(self) -> bool:
        """Was any machine heard? Where none was, no figure was held against one, and every report says so."""
        return self.source is not None

    @property
    def digest(self) -> str:
        """Of what it rests on: of the sealed bundle, or of the answers where there is nothing else."""
        return self.source.bundle if self.source else sha256(canonical(self.answers))

    @property
    def level_spread(self) -> tuple[int, int]:
        """Lowest and highest formal level of the verified column over all weight sets."""
        levels = [r.level for r in self.ratings if r.column == "verified"]
        return min(levels), max(levels)


def question_index(questions: tuple[Question, ...]) -> dict[str, Question]:
    """Questions by id."""
    return {q.id: q for q in questions}


__all__ = ["Assessment", "Exact", "Member", "Part", "Sight", "Source", "question_index"]
