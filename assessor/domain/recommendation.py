"""What to do: data under version control, each range with the class of its source."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.bank import Department, Need
from assessor.domain.noun import Exact, Noun, Slug, Status, Text

SourceClass = Literal["controlled", "official", "case", "tender", "vendor", "own"]
"""A study with a control group, an official figure, a reported case, a public price, a vendor's claim, our own
estimate: strongest first."""
Per = Literal[
    "plant",
    "machine",
    "machine-unconnected",
    "machine-not-digital",
    "post",
    "person",
    "user",
    "line",
    "meter",
    "product",
]
"""What an amount is counted by; how many a plant has comes from its register and answers."""
Base = Literal[
    "labour",
    "inspection",
    "transport",
    "paperwork",
    "electricity",
    "compressed-air",
    "energy",
    "scrap",
    "downtime",
    "maintenance",
    "stock",
    "late-delivery",
]
"""What a plant spends or loses a year, by its own figures: what an effect acts on and a pain costs."""


class Range(Noun):
    """Low, middle, high, and what kind of source says so."""

    low: Exact
    mid: Exact
    high: Exact
    source: SourceClass
    reference: Text | None = None


class Spend(Noun):
    """One item of cost in yuan, for one of what it is counted by."""

    what: Text
    kind: Literal["software", "hardware", "service"]
    per: Per = "plant"
    once: Range | None = None
    yearly: Range | None = None


class Effort(Noun):
    """The factory's own people: person-days for one of what they are counted by."""

    days: Range
    per: Per = "plant"
    roles: Annotated[tuple[Department, ...], Field(min_length=1)]


class Stoppage(Noun):
    """How long production stands for it; or one post or machine after the other, while the rest runs on."""

    hours: Range | None = None
    """None: nothing that could be cited, and no estimate of our own."""
    per: Per = "plant"
    when: Text
    reversible: Literal["yes", "partly", "no"]
    back: Text
    """How to roll it back, or why that is not possible."""

    @property
    def whole(self) -> bool:
        """Production itself stands. Else hours count for one at a time, and are never added up as a standstill."""
        return self.per in ("plant", "line")


class Pain(Noun):
    """Which pain it ends. What that costs a month is reckoned from the plant's own figures."""

    text: Text
    costs: Base | None = None
    """None: nothing that could be counted in money."""


class Lift(Noun):
    """What a recommendation brings: a question's answer, raised to this value."""

    question: Slug
    to: Exact


class Trigger(Noun):
    """A reason to offer it beside what it lifts: an answer, or what was measured."""

    need: Need | None = None
    indicator: str | None = None
    at_least: Exact | None = None
    at_most: Exact | None = None
    """Of an indicator: the whole interval lies on this side."""


class Effect(Noun):
    """What it changes in the plant, as a share of what the plant spends on its base.

    0.05 of `labour` is five in a hundred hours less for the same output; 0.05 of `scrap` a twentieth of the scrap.
    """

    acts_on: Base
    change: Range | None = None
    """None: nothing that could be cited, and no estimate of our own."""
    part: Range | None = None
    """The share of the base that it can reach; None: all of it."""


class Recommendation(Noun):
    """One thing to do. Ranges, never single numbers."""

    format: Literal["assessor-recommendation/2"]
    id: Slug
    title: Text
    what: Text
    why: Text
    begin: Text
    """The first step, doable next week."""
    risks: Text
    pain: Pain
    spends: Annotated[tuple[Spend, ...], Field(min_length=1)]
    effort: Effort
    months: Range
    """To the first effect."""
    stoppage: Stoppage
    lifts: tuple[Lift, ...] = ()
    scenes: tuple[Slug, ...] = ()
    """Typical scenes of smart factories that it is a step towards."""
    triggers: tuple[Trigger, ...] = ()
    effects: tuple[Effect, ...] = ()
    after: tuple[Slug, ...] = ()
    excludes: tuple[Slug, ...] = ()


class Scene(Noun):
    """A typical scene of smart manufacturing (智能制造典型场景)."""

    id: Slug
    name: Text
    link: Text
    """The link of the factory that it belongs to."""


class Scenes(Noun):
    """A published list of typical scenes."""

    format: Literal["assessor-scenes/1"]
    id: Slug
    title: Text
    source: Text
    status: Status
    scenes: tuple[Scene, ...]
