"""What can be chosen for a question, in words: one list for every kind of form."""

from dataclasses import dataclass
from fractions import Fraction

from assessor.domain import Question, Text, plain
from assessor.messages import LANGUAGES, catalogue, render

SET_ASIDE = ("not-applicable", "do-not-know")
"""Two answers that are no value, and not the same."""
DEGREE = {Fraction(1): "full", Fraction(4, 5): "mostly", Fraction(1, 2): "partly", Fraction(0): "no"}


@dataclass(frozen=True)
class Choice:
    """One answer that can be picked."""

    name: str
    """As an answer file writes it: '0.8', 'not-applicable', an option's id."""
    label: Text


def choices(question: Question) -> tuple[Choice, ...]:
    """What can be picked for a question, best first for degrees, lowest first for rubrics; empty for numbers."""
    if question.kind == "several":
        return tuple(Choice(option.id, option.text) for option in question.options)
    if question.scale is None:
        return ()
    values = question.scale if question.kind == "rubric" else tuple(reversed(question.scale))
    return tuple(Choice(plain(value), _label(question, value)) for value in values)


def set_aside() -> tuple[Choice, ...]:
    """Not applicable, and do not know."""
    return tuple(Choice(name, both(f"forms.{name.replace('-', '_')}")) for name in SET_ASIDE)


def _label(question: Question, value: Fraction) -> Text:
    if question.kind == "degree":
        return both(f"forms.degree.{DEGREE[value]}")
    if question.kind == "yes-no":
        return both("forms.yes" if value else "forms.no")
    if value == 0:
        return question.zero or both("forms.none_of_these")
    return question.sentences[int(value) - 1]


def both(name: str) -> Text:
    """A text of the catalogue in both languages."""
    assert name in catalogue(), name
    return Text(**{language: render(name, language) for language in LANGUAGES})
