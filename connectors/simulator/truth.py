"""The truth of a simulated plant: what an assessment must find, and what it must not claim."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from assessor.documents import load
from assessor.domain import Exact, Noun, Slug, State, Verdict


class Expected(Noun):
    """What one indicator must say."""

    indicator: str
    state: State
    low: Exact | None = None
    high: Exact | None = None
    """Of shares: the exact bounds of the interval."""
    value: Exact | None = None
    within: Annotated[Exact, Field(ge=0)] | None = None
    """The value may lie so far from `value`; of figures that depend on the second in which sampling began."""
    because: str
    """The reckoning, in one line."""


class Found(Noun):
    """The verdict that a tested question must get."""

    question: Slug
    verdict: Verdict


class Span(Noun):
    """What must be found when so many seconds were sampled."""

    id: Slug
    seconds: Annotated[int, Field(gt=0)]
    indicators: tuple[Expected, ...]
    verdicts: tuple[Found, ...]

    def expected(self, indicator: str) -> Expected | None:
        return next((e for e in self.indicators if e.indicator == indicator), None)

    def verdict(self, question: str) -> Verdict | None:
        return next((f.verdict for f in self.verdicts if f.question == question), None)


class Silence(Noun):
    """A subject of which nothing may be claimed, neither good nor bad."""

    subject: Slug
    indicators: tuple[str, ...]
    """In these its outcome must be 'not determined'."""
    because: str


class Truth(Noun):
    """The truth file of one plant."""

    format: Literal["assessor-truth/1"]
    plant: Slug
    windows: tuple[Span, ...]
    never_claimed: tuple[Silence, ...] = ()

    def window(self, name: str) -> Span:
        """The truth of one window, by its id."""
        return next(w for w in self.windows if w.id == name)


def load_truth(path: Path) -> Truth:
    """Read a truth file; an error names file and line."""
    return load(Truth, path)
