"""The plan of one factory (一厂一方案): what to do, when, what it costs here, what it brings here."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Exact, Message, Noun, Outcome, Slug, Text
from assessor.domain.recommendation import Base, SourceClass

PHASES = 3


class Span(Noun):
    """A figure of this plant, low to high, with the middle it is reckoned with."""

    low: Exact
    mid: Exact
    high: Exact


class PlantFigure(Noun):
    """A number that costs and benefits are reckoned from, and where it comes from."""

    id: str
    """A question, or `register:machines` and the like."""
    value: Exact | None
    """None: nobody said, and it cannot be derived."""
    source: Literal["answer", "register", "profile", "measured", "missing"]
    unanswered: tuple[Slug, ...] = ()
    """Questions by which it would be less; nobody answered them, and the most it can be is taken."""


class BaseFigure(Noun):
    """What the plant spends or loses a year, in yuan: a product of its figures."""

    base: Base
    yearly: Exact | None
    figures: tuple[str, ...]
    """Ids of the plant figures that it is the product of."""


class Benefit(Noun):
    """What one effect brings a year in this plant, in yuan: base x part x change x haircut x missing part."""

    acts_on: Base
    source: SourceClass
    base: Exact | None
    """Yuan a year; None where a figure of the plant is missing."""
    claimed_low: Exact
    claimed_high: Exact
    """The change as its source has it, part included."""
    missing_part: Exact | None = None
    """How much of the thing the plant does not have yet, 0 to 1; None where nobody knows, then nothing counts."""
    counted_low: Exact
    counted_high: Exact
    """The lower half of it, a vendor's claim at 0.4, and of that the part that is missing."""
    low: Exact | None
    high: Exact | None


class Grant(Noun):
    """A subsidy towards one recommendation: by which programme, and whether it is confirmed."""

    programme: Slug
    title: Text | None = None
    """As the programme calls itself; None in older documents and where it is not held."""
    outcome: Outcome
    """Whether its conditions hold for this plant, as far as they are known."""
    why: tuple[Message, ...] = ()
    """Conditions that fail or cannot be told, and proofs that are missing."""
    at_most: Exact | None = None
    """What share and cap would give; None where the programme's share or cap is not known."""
    confirmed: Exact | None = None
    """Yuan, by a notice that somebody has in hand."""


class Worth(Noun):
    """One recommendation in this plant: the five things an owner reads first."""

    recommendation: Slug
    cost: Span
    """Cash over three years, yearly fees included, before subsidy; yuan."""
    reserve: Exact
    """What is set aside on top for overruns of what is paid once; yuan."""
    software: Exact
    """Of the middle cost, what is software; yuan."""
    confirmed: Exact
    """Subsidy that somebody confirmed, at most its middle cost; yuan."""
    days: Span
    """Person-days of the plant's own people."""
    months: Span
    """To the first effect."""
    stoppage: Span | None
    """Hours that production stands; None where nobody could say."""
    pain: Exact | None
    """What the pain costs a month today; yuan."""
    benefits: tuple[Benefit, ...] = ()
    yearly_low: Exact | None = None
    yearly_high: Exact | None = None
    """All benefits together less yearly fees; None where no benefit can be reckoned."""
    own_share: Exact | None = None
    """Of the benefit, the share that rests on our own estimates."""
    payback_low: Exact | None = None
    payback_high: Exact | None = None
    """Months, to the reserve included; None where none is stated."""
    needed: Exact | None = None
    """What it would have to bring a month to pay back within 36 months; yuan."""
    why: Message | None = None
    """Why no payback is stated."""
    missing: tuple[str, ...] = ()
    """Questions that would have to be answered for it."""
    grants: tuple[Grant, ...] = ()


class Choice(Noun):
    """One recommendation in the plan."""

    recommendation: Slug
    phase: Annotated[int, Field(ge=1, le=PHASES)]
    cost: Exact
    """Its middle cost over three years in this plant, in yuan."""
    in_draws: int | None = None
    """In how many of the drawn plans it stands; None where none were drawn."""


class Aim(Noun):
    """What the plan is for. Exactly what its kind needs is filled."""

    kind: Literal["most", "target", "payback"] = "most"
    """The most for a budget; the cheapest way to a target; the shortest payback."""
    framework: Slug | None = None
    """Of a target: the framework, which may be another than the Assessment's own."""
    level: int | None = None


class Elsewhere(Noun):
    """What the plan would do by a framework: its formal level or tier before and after, in the verified column."""

    framework: Slug
    before: int | None
    after: int | None


class Sensitivity(Noun):
    """Payback of the whole plan when one assumption is worse or better than assumed."""

    assumption: Message
    worse: Exact | None
    better: Exact | None
    """Months; None where it never pays back or cannot be told."""


class Saving(Noun):
    """Electricity a year that the plan would save, as standard coal and as carbon, by named sets of factors."""

    factors: Slug
    """Of carbon dioxide: a set of the framework of green figures, the one that measurements use too."""
    coal: Slug
    """Of standard coal."""
    kwh_low: Exact
    kwh_high: Exact
    tce_low: Exact
    tce_high: Exact
    tco2_low: Exact
    tco2_high: Exact


class Roadmap(Noun):
    """The chosen recommendations, how good the choice is proved to be, and what it would lift."""

    aim: Aim = Aim()
    budget: int
    """Yuan over the three phases."""
    phase_budgets: tuple[int, ...]
    phase_days: tuple[Exact, ...] = ()
    """Person-days of the plant's own people in each phase; empty: nobody said, so they bound nothing."""
    choices: tuple[Choice, ...]
    objective: Exact
    """Gain in weighted requirement degrees; the unit is a level."""
    gap: Exact
    """Relative distance to the proven bound; 0 is proven optimal."""
    over_budget: Exact = Fraction(0)
    """How much of cost and reserve is above the budget that was named; yuan."""
    uncounted: tuple[str, ...] = ()
    """Questions for counts (machines, lines and the like) that nobody gave: the cost rests on one of each."""
    status: Literal["optimal", "time-limit", "nothing-to-do", "out-of-reach"]
    least: Exact | None = None
    """What the cheapest way to a target costs where budget or people do not suffice for it; yuan."""
    lacking: tuple[Text | Message, ...] = ()
    """What stays short of a target that no allowed set of recommendations reaches, heaviest first."""
    level_after: int
    score_after: Exact
    lifted: dict[Slug, Exact]
    """Question id to the answer it would reach."""
    figures: tuple[PlantFigure, ...] = ()
    bases: tuple[BaseFigure, ...] = ()
    worth: tuple[Worth, ...] = ()
    """Of every recommendation of the plan and of the fringe."""
    draws: int = 0
    fringe: dict[Slug, int] = {}
    """Recommendations that are not in the plan and stand in so many of the drawn plans."""
    elsewhere: tuple[Elsewhere, ...] = ()
    yearly_low: Exact | None = None
    yearly_high: Exact | None = None
    """What the whole plan brings a year, overlapping effects combined and capped, less yearly fees."""
    payback_low: Exact | None = None
    payback_high: Exact | None = None
    needed: Exact | None = None
    """Where no payback is stated: what it would have to bring a month to pay back within 36 months; yuan."""
    why: Message | None = None
    """Why no payback of the whole is stated."""
    sensitivity: tuple[Sensitivity, ...] = ()
    saving: Saving | None = None
