"""What to do: data under version control, each range with the class of its source."""

from typing import Literal

from assessor.domain.noun import Exact, Noun, Slug, Text


class Range(Noun):
    """Low, middle, high, and what kind of source says so."""

    low: Exact
    mid: Exact
    high: Exact
    source: Literal["controlled", "official", "case", "tender", "vendor", "own"]
    reference: Text | None = None


class Lift(Noun):
    """What a recommendation brings: a question's answer, raised to this value."""

    question: Slug
    to: Exact


class Effect(Noun):
    """What a recommendation changes in the plant, as a relative change (0.1 is 10 %)."""

    metric: Literal["productivity", "quality", "delivery", "energy", "downtime", "stock", "cost", "safety", "data"]
    change: Range | None = None
    """None: nothing that could be cited."""


class Recommendation(Noun):
    """One thing to do. Money in yuan; ranges, never single numbers."""

    format: Literal["assessor-recommendation/1"]
    id: Slug
    title: Text
    what: Text
    why: Text
    begin: Text
    """The first step, doable next week."""
    risks: Text
    stoppage: Text
    """Hours, when, and whether it can be rolled back."""
    who: Text
    lifts: tuple[Lift, ...]
    cost: Range
    """Cash over three years, yearly fees included."""
    person_days: Range
    months: Range
    effects: tuple[Effect, ...] = ()
    after: tuple[Slug, ...] = ()
    excludes: tuple[Slug, ...] = ()
