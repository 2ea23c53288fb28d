"""The bank: every question asked once, whatever the number of frameworks. Own words, never a standard's."""

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.noun import Exact, Noun, Slug, Text

Kind = Literal["degree", "rubric", "share", "yes-no", "number", "count", "several"]
"""degree: 1, 0.8, 0.5 or 0 of a requirement. rubric: 0 up to as many sentences as it has. share: 0 to 1.
number: any from 0, in its unit. count: whole, from 0. several: which of its options hold."""
Department = Literal["owner", "production", "equipment", "quality", "it", "energy-safety", "hr", "supply-sales"]
"""Who in the factory: answers questions, and carries out what is recommended."""
DEGREES = (Fraction(0), Fraction(1, 2), Fraction(4, 5), Fraction(1))


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


class Need(Noun):
    """A statement about answers that holds, fails, or cannot be told. Exactly one of its forms is filled."""

    question: Slug | None = None
    """A question, or an option of a several-of, whose answer is held against `at_least` or `at_most`."""
    at_least: Exact | None = None
    at_most: Exact | None = None
    all: tuple["Need", ...] = ()
    any: tuple["Need", ...] = ()
    plant: Literal["discrete", "process"] | None = None
    """The kind of plant."""

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """A question with a bound, all, any, or plant: one of them and no other."""
        forms = [self.question is not None, bool(self.all), bool(self.any), self.plant is not None]
        bounds = [self.at_least is not None, self.at_most is not None]
        if sum(forms) != 1 or sum(bounds) != (1 if self.question is not None else 0):
            raise ValueError("one of: question with at_least or at_most, all, any, plant")
        return self

    def names(self) -> tuple[str, ...]:
        """Every question and option that it speaks of."""
        below = tuple(name for need in (*self.all, *self.any) for name in need.names())
        return (self.question, *below) if self.question is not None else below


class Option(Noun):
    """One of a several-of. Everything downstream treats it as a yes-no question of this id."""

    id: Slug
    text: Text
    tests: tuple[Bearing, ...] = ()


class Question(Noun):
    """Asked once, whatever the number of frameworks. Own words, never a standard's."""

    id: Slug
    kind: Kind
    text: Text
    help: Text | None = None
    sentences: tuple[Text, ...] = ()
    """Rubrics: one observable sentence a level, from 1 on."""
    zero: Text | None = None
    """Rubrics: what 0 means, where it is more than 'none of these'."""
    options: tuple[Option, ...] = ()
    """Several-of: what can be chosen; choosing nothing is an answer."""
    unit: Text | None = None
    """Numbers and counts: what is counted, and over which time."""
    proofs: tuple[Text, ...] = ()
    """What an assessor must see."""
    methods: tuple[Literal["interview", "document", "on-site", "demonstration", "measurement"], ...] = ()
    """访谈, 查阅, 现场观察, 系统演示, 测量"""
    knows: Department
    """Who in the factory usually knows."""
    asked_if: Need | None = None
    """Asked only where this holds or cannot be told; where it fails the question is not asked."""
    step: Exact | None = None
    """Shares: the distance that counts as one step."""
    tests: tuple[Bearing, ...] = ()
    part_of: Slug | None = None
    """Set on the yes-no question that an option of a several-of amounts to; never in a file."""

    @property
    def top(self) -> Fraction | None:
        """The best answer; None where there is none, as of numbers and counts."""
        if self.kind == "rubric":
            return Fraction(len(self.sentences))
        return None if self.kind in ("number", "count", "several") else Fraction(1)

    @property
    def scale(self) -> tuple[Fraction, ...] | None:
        """The values it can be answered with; None where any number within its bounds will do."""
        if self.kind == "degree":
            return DEGREES
        if self.kind == "yes-no":
            return (Fraction(0), Fraction(1))
        if self.kind == "rubric":
            return tuple(Fraction(n) for n in range(len(self.sentences) + 1))
        return None

    @property
    def statements(self) -> tuple["Question", ...]:
        """What is held true of it, one value each: itself, or a yes-no question for each option."""
        if self.kind != "several":
            return (self,)
        return tuple(
            Question(
                id=option.id,
                kind="yes-no",
                text=option.text,
                methods=self.methods,
                knows=self.knows,
                asked_if=self.asked_if,
                tests=option.tests,
                part_of=self.id,
            )
            for option in self.options
        )


class Topic(Noun):
    """One file of the bank."""

    format: Literal["assessor-bank/1"]
    id: Slug
    title: Text
    for_frameworks: tuple[Slug, ...] = ()
    """Asked only where one of these is rated; empty: asked always."""
    for_plan: bool = False
    """Asked for what a plan costs and brings in this plant; no framework goes by it."""
    questions: tuple[Question, ...]
