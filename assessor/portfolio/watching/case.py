"""What is looked at of one survey, and what a look says: figures out of how many, never a verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from assessor.domain import Exact, Message, Noun, Text, canonical, sha256

Kind = Literal["proofs", "copied", "jumps", "assessors", "own_products", "agreement"]
KINDS: tuple[Kind, ...] = ("proofs", "copied", "jumps", "assessors", "own_products", "agreement")
POOLED: frozenset[Kind] = frozenset({"assessors", "own_products", "agreement"})
"""Kinds that are about people, by many factories together."""


@dataclass(frozen=True)
class Held:
    """One file that was handed in."""

    digest: str
    """SHA-256 of its content, or of the manifest of the sealed bundle that it carries."""
    size: int
    question: str | None
    proof: bool
    """Handed in to show something, and no bundle or export."""


@dataclass(frozen=True)
class Stand:
    """One column of a result. Levels and score as the framework has them."""

    level: int | None
    score: float | None


@dataclass(frozen=True)
class Rated:
    """A blind second rating: the grades of both, question by question."""

    by: str
    """Account of who rated second."""
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Case:
    """One survey whose result an office may see; what is not known is None or empty."""

    survey: str
    organisation: str
    factory: str
    """The legal person by its credit code, else the organisation: two of one are no two factories."""
    plant: str
    """By which two surveys are of one plant."""
    made: int
    """ns UTC"""
    framework: str
    """'id@version'"""
    industry: str | None = None
    size: str | None = None
    declared: Stand = Stand(None, None)
    verified: Stand | None = None
    """None: no machine was heard."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Questions answered by a degree."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Held, ...] = ()
    machines: int | None = None
    robots: int | None = None
    assessors: frozenset[str] = frozenset()
    """Accounts that answered or handed in as consultants."""
    plan: tuple[str, ...] | None = None
    """Recommendations of its plan; None: there is none."""
    rated: tuple[Rated, ...] = ()


class Query(Noun):
    """Something to ask about. Its evidence speaks of counts; which questions they are, an auditor sees."""

    id: str
    """The same for the same kind and subjects in every look."""
    kind: Kind
    asks: Message
    factories: tuple[str, ...]
    """Organisations that it is about."""
    assessors: tuple[str, ...] = ()
    """Accounts that it is about."""
    surveys: tuple[str, ...]
    """What it rests on."""
    evidence: tuple[Message, ...]
    innocent: Message
    next: Message
    questions: tuple[str, ...] = ()
    """Of the bank."""
    stands: str
    """Digest of the evidence: while it is the same, what was said of it holds."""
    weight: float = 0.0
    """The heavier stands first within its kind."""


class Point(Noun):
    """One assessor on a funnel plot."""

    assessor: str
    assessments: int
    mean: Exact
    shrunk: Exact
    asked: bool


class Funnel(Noun):
    """All assessors with at least as many assessments as it takes, and where chance alone would leave them."""

    measure: Literal["told", "level"]
    points: tuple[Point, ...]
    spread: Exact
    """Standard deviation of one assessment, in levels."""
    usual: Exact
    """Standard errors within which 95 of 100 lie."""
    limit: Exact
    """Standard errors beyond which none of an honest portfolio lies but by the chance that is allowed."""
    assessments: int
    few: int
    """Assessors with too few assessments for a statement."""


class Pair(Noun):
    """How far two people, or all of them (both empty), agree."""

    first: str
    second: str
    pairs: int
    same: int
    surveys: int
    kappa: Exact | None
    low: Exact | None
    high: Exact | None
    why: Message
    asked: bool = False


class Part(Noun):
    """One kind: what it looked at, and why it says nothing where it does not."""

    kind: Kind
    rests: tuple[Message, ...]


class Look(Noun):
    """All that one look over a portfolio came to."""

    surveys: int
    factories: int
    open: int = 0
    """Results left out, since a difference of theirs is not settled yet."""
    generated: bool = False
    """None of them is of a real factory."""
    parts: tuple[Part, ...]
    queries: tuple[Query, ...]
    funnels: tuple[Funnel, ...] = ()
    pairs: tuple[Pair, ...] = ()


def query(
    kind: Kind,
    name: str,
    held: Sequence[Case],
    evidence: Sequence[Message],
    assessors: Iterable[str] = (),
    *,
    questions: Iterable[str] = (),
    weight: float = 0.0,
    facts: Sequence[str | int] | None = None,
) -> Query:
    """A query with its id and digest. `name`: of its texts; `facts`: what of the evidence is its own, where the
    rest moves with the whole portfolio."""
    about = [] if kind in POOLED else sorted({c.organisation for c in held})
    who = sorted(assessors)
    told = list(facts) if facts is not None else [m.model_dump(mode="json") for m in evidence]
    surveys = sorted({c.survey for c in held})
    return Query(
        id=sha256(canonical([kind, name, about, who]))[:32],
        kind=kind,
        asks=Message(id=f"watching.question.{name}"),
        factories=tuple(sorted({c.organisation for c in held})),
        assessors=tuple(who),
        surveys=tuple(surveys),
        evidence=tuple(evidence),
        innocent=Message(id=f"watching.innocent.{name}"),
        next=Message(id=f"watching.next.{name}"),
        questions=tuple(sorted(set(questions))),
        stands=sha256(canonical([kind, name, surveys, told])),
        weight=round(weight, 6),
    )


def newest(cases: Iterable[Case]) -> list[Case]:
    """Of each plant the latest assessment, in one order whatever the order they came in."""
    found: dict[str, Case] = {}
    for case in sorted(cases, key=lambda c: (c.made, c.survey)):
        found[case.plant] = case
    return sorted(found.values(), key=lambda c: c.survey)


def told(name: str, **params: str | int | float | Fraction | Text) -> Message:
    """A text of this room; a number that is no count goes as a decimal of four places."""
    plain = {k: f"{float(v):.4f}" if isinstance(v, float | Fraction) else v for k, v in params.items()}
    return Message(id=f"watching.{name}", params=plain)
