"""Frameworks and questions: data under version control, each fact with its standing."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Exact, Noun, Share, Slug, Status, Text


class Step(Noun):
    """From this measured value on, this answer."""

    from_: Annotated[Exact, Field(alias="from")]
    answer: Exact


class Bearing(Noun):
    """How an indicator bears on a question."""

    indicator: str
    bound: Literal["both", "lower", "upper"]
    """both: what is asked itself. lower: sufficient, can only raise. upper: necessary, can only limit."""
    steps: tuple[Step, ...] = ()
    """By rising `from`; answers rise or fall throughout. Below the first step the answer is 0 (or, falling, the
    first one). Empty for shares, which are taken as measured."""
    ask: Text
    """What to ask or look at where claim and measurement differ."""


class Question(Noun):
    """Asked once, whatever the number of frameworks. Own words, never a standard's."""

    id: Slug
    kind: Literal["degree", "rubric", "share", "yes-no"]
    """degree: 1, 0.8, 0.5 or 0 of a requirement. rubric: 0 to 5. share: 0 to 1."""
    text: Text
    help: Text | None = None
    sentences: tuple[Text, ...] = ()
    """Rubrics: one observable sentence a level, 1 to 5."""
    proofs: tuple[Text, ...] = ()
    """What an assessor must see."""
    methods: tuple[Literal["interview", "document", "on-site", "demonstration", "measurement"], ...] = ()
    """访谈, 查阅, 现场观察, 系统演示, 测量"""
    knows: Literal["owner", "production", "equipment", "quality", "it", "energy-safety", "hr", "supply-sales"]
    """Who in the factory usually knows."""
    step: Exact | None = None
    """Shares: the distance that counts as one step."""
    tests: tuple[Bearing, ...] = ()


class Topic(Noun):
    """One file of the bank."""

    format: Literal["assessor-bank/1"]
    id: Slug
    title: Text
    questions: tuple[Question, ...]


class Level(Noun):
    number: Annotated[int, Field(ge=0)]
    name: Text
    text: Text
    from_: Annotated[Exact, Field(alias="from")]
    """Lowest total score of the level."""


class Cell(Noun):
    """What one level asks of one sub-domain."""

    level: Annotated[int, Field(ge=1, le=5)]
    requirements: tuple[Slug, ...] = ()
    """Ids of bank questions. Empty: the framework asks nothing here, and the level counts as satisfied."""
    count_status: Status


class Dimension(Noun):
    """A sub-domain 能力子域 and its place in the tree."""

    id: Slug
    name: Text
    element: Slug
    domain: Slug
    may_be_cut: bool
    rubric: Slug
    cells: tuple[Cell, ...]


class Group(Noun):
    """An element 能力要素 or a domain 能力域."""

    id: Slug
    name: Text


class WeightSet(Noun):
    """Weights of sub-domains; any positive scale, normalised to their sum when used."""

    id: Slug
    name: Text
    status: Status
    source: Text
    weights: dict[Slug, Exact]


class Parameter(Noun):
    """A rule of the law that the text of the standard does not settle, with its standing."""

    value: bool | Exact
    status: Status
    why: Text


class Framework(Noun):
    """A maturity model as one file."""

    format: Literal["assessor-framework/1"]
    id: Slug
    version: str
    title: Text
    law: Literal["ladder"]
    status: Status
    source: Text
    wording: Text
    """Whose words the questions are."""
    degrees: tuple[Exact, ...]
    satisfied_at: Share
    stop_rule: Parameter
    levels: tuple[Level, ...]
    elements: tuple[Group, ...]
    domains: tuple[Group, ...]
    dimensions: tuple[Dimension, ...]
    weight_sets: tuple[WeightSet, ...]
    default_weights: Slug


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
