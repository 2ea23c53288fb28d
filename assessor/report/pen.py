"""One language's hand: every word from the catalogue, every number by its one rule, every name by its id."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessor import messages
from assessor.domain import Assessment, EvidenceClass, Measurement, Message, Question, State, Text, question_index
from assessor.messages import Language

DEGREES = {Fraction(1): "full", Fraction("0.8"): "mostly", Fraction("0.5"): "partly", Fraction(0): "no"}


@dataclass(frozen=True)
class Pen:
    """Writes texts and numbers of one Assessment in one language."""

    language: Language
    names: dict[str, Text]
    questions: dict[str, Question]
    places: dict[str, str]
    """Question id to the sub-domain and level that ask it."""
    heard: bool = True
    """False where no machine was heard: then some texts are others, and nothing reads as if verified."""

    @classmethod
    def of(cls, assessment: Assessment, language: Language) -> "Pen":
        framework = assessment.framework
        names = {a.id: a.name for a in assessment.assets} | {p.id: p.name for p in assessment.key_processes}
        places: dict[str, str] = {}
        for dimension in framework.dimensions:
            name = f"{code(dimension.id)} {messages.render(dimension.name, language)}"
            if dimension.rubric is not None:
                places[dimension.rubric] = name
            for cell in dimension.cells:
                places |= {question: f"{name} · L{cell.level}" for question in cell.requirements}
        return cls(language, names, question_index(assessment.questions), places, assessment.heard)

    def words(self, area: str, name: str, /, **params: Any) -> str:
        """A text of any area, as it is told of what was heard."""
        return messages.render(messages.text_id(area, name, self.heard), self.language, **params)

    def t(self, name: str, **params: Any) -> str:
        """A text of the report."""
        return self.words("report", name, **params)

    def paper(self, name: str, /, **params: Any) -> str:
        """A text of the documents that are handed over."""
        return self.words("paper", name, **params)

    def say(self, text: Message | Text) -> str:
        """A text that an earlier stage left."""
        return messages.render(text, self.language)

    def known(self, group: str, name: str) -> str:
        """A word for a name of the product; the name itself where the catalogue has no word for it."""
        return self.t(f"{group}.{name}") if f"report.{group}.{name}" in messages.catalogue() else name

    def indicator(self, name: str) -> str:
        """The title of an indicator, as its own module names it."""
        title = f"indicator.{name}.title"
        return messages.render(title, self.language) if title in messages.catalogue() else name

    def blind(self, name: str) -> str:
        """What an indicator cannot see; empty where the catalogue does not know it."""
        text = f"indicator.{name}.blind"
        return messages.render(text, self.language) if text in messages.catalogue() else ""

    def rule(self, name: str) -> str:
        """The rule of an indicator's interval in its own words; empty where it has the rule of its unit."""
        text = f"indicator.{name}.rule"
        return messages.render(text, self.language) if text in messages.catalogue() else ""

    def role(self, name: str) -> str:
        """Who said something: a department as the forms call it, or a role as an answer file has it."""
        known = f"forms.role.{name.replace('-', '_')}"
        return messages.render(known, self.language) if known in messages.catalogue() else name

    def percent(self, value: Fraction) -> str:
        return messages.percent(value)

    def measured(self, unit: str, value: Fraction) -> str:
        """A figure in the unit of its measurement."""
        return messages.render(f"unit.{unit}", self.language, x=value)

    def tenths(self, value: Fraction) -> str:
        """A share with one place, where several stand together and should add up."""
        return f"{messages.number(value * 100, 1)} %"

    def number(self, value: Fraction | int, places: int = 2) -> str:
        return messages.number(value, places)

    def numbers(self, low: Fraction, high: Fraction, places: int = 1) -> str:
        """Low to high; one number where they read the same."""
        first, second = self.number(low, places), self.number(high, places)
        return first if first == second else f"{first}–{second}"

    def result(self, m: Measurement) -> str:
        """What was measured, or in which state it was left."""
        if m.state is not State.MEASURED or m.low is None or m.high is None:
            return self.t(f"state.{m.state.value}")
        first, second = self.measured(m.unit, m.low), self.measured(m.unit, m.high)
        return first if first == second else f"{first} – {second}"

    def money(self, value: Fraction | int) -> str:
        return messages.money(value, self.language)

    def time(self, nanoseconds: int) -> str:
        return messages.moment(nanoseconds)

    def date(self, nanoseconds: int) -> str:
        return messages.moment(nanoseconds, "%Y-%m-%d")

    def subject(self, name: str) -> str:
        """The name of an asset or process; anything else stands for itself."""
        return self.say(self.names[name]) if name in self.names else name

    def question(self, name: str) -> str:
        return self.say(self.questions[name].text) if name in self.questions else name

    def score(self, value: Fraction) -> str:
        """A number before a level, cut off and not rounded: 1.7998 must not read as the 1.8 it has not reached."""
        return self.number(Fraction(int(value * 1000), 1000), 3)

    def between(self, low: Fraction, high: Fraction) -> str:
        """One number, or two and what lies between them."""
        first, second = self.score(low), self.score(high)
        return first if first == second else f"{first}–{second}"

    def shares(self, low: Fraction, high: Fraction) -> str:
        first, second = self.percent(low), self.percent(high)
        return first if first == second else f"{first} – {second}"

    def answer(self, question: str, value: Fraction | None) -> str:
        """An answer in the words of its own scale."""
        if value is None:
            return self.t("none")
        kind = self.questions[question].kind if question in self.questions else "degree"
        if kind == "share":
            return self.percent(value)
        if kind == "yes-no" and value in (0, 1):
            return self.t("degree.yes" if value else "degree.no_")
        if kind == "degree" and value in DEGREES:
            return f"{self.number(value)} {self.t('degree.' + DEGREES[value])}"
        return self.number(value)

    def answers(self, question: str, low: Fraction | None, high: Fraction | None) -> str:
        """An interval of answers."""
        if low is None or high is None:
            return self.t("none")
        if low == high:
            return self.answer(question, low)
        share = question in self.questions and self.questions[question].kind == "share"
        return self.shares(low, high) if share else self.between(low, high)

    def scale(self, question: str) -> int:
        """The greatest answer."""
        return 5 if question in self.questions and self.questions[question].kind == "rubric" else 1

    def evidence(self, kind: EvidenceClass | None) -> str:
        return self.t("evidence." + kind.value) if kind else self.t("evidence.none")

    def classes(self, kinds: Sequence[EvidenceClass]) -> str:
        """Several classes of evidence, strongest first."""
        return " + ".join(self.evidence(kind) for kind in sorted(set(kinds), key=list(EvidenceClass).index))

    def shows(self, what: str) -> str:
        """What a witness vouches for: the title of the indicator of that name, where there is one."""
        return self.indicator(what.replace("-", "_"))

    def size(self, count: int) -> str:
        """Bytes in the unit a person reads."""
        return messages.size(count)


def code(dimension: str) -> str:
    """The short mark of a sub-domain in pictures."""
    return dimension.upper() if len(dimension) <= 4 else dimension[:4].upper()
