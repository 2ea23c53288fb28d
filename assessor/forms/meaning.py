"""What was typed or picked → a value of a question. Labels in either language, numbers, per cent, or bare ids."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from assessor.domain import Question, exact
from assessor.forms.words import SET_ASIDE, Choice, choices, set_aside

YES, NO = frozenset({"√", "✓", "✔", "true", "y"}), frozenset({"×", "✗", "✘", "false", "n"})
"""Ways to tick besides the labels."""
NONE = frozenset({"n/a", "na"})
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
Raw = str | int | float | bool | datetime | date
"""What a cell holds."""


def shown(question: Question, choice: Choice) -> str:
    """A choice as a drop-down shows it: both languages, or number and sentence of a rubric."""
    if question.kind == "rubric" and choice.name not in SET_ASIDE:
        return f"{choice.name} {choice.label.zh}"
    return f"{choice.label.zh} {choice.label.en}"


def value_of(question: Question, raw: Raw) -> Fraction | str | None:
    """A number, 'not-applicable' or 'do-not-know'; None where it is not understood. It may be off the scale."""
    if isinstance(raw, bool):
        return Fraction(raw) if question.kind == "yes-no" else None
    if isinstance(raw, int | float):
        return exact(float(f"{raw:.15g}")) if isinstance(raw, float) else Fraction(raw)
    if not isinstance(raw, str):
        return None
    text = folded(raw)
    picks = choices(question) if question.scale is not None else ()
    found = {c.name for c in (*picks, *set_aside()) if text in _spellings(question, c)}
    if len(found) == 1:
        name = found.pop()
        return name if name in SET_ASIDE else exact(name)
    if question.kind == "yes-no" and text in YES | NO:
        return Fraction(text in YES)
    return "not-applicable" if text in NONE else _number(text)


def _spellings(question: Question, choice: Choice) -> set[str]:
    words = {shown(question, choice), choice.label.zh, choice.label.en, choice.name, choice.name.replace("-", " ")}
    return {folded(word) for word in words}


def _number(text: str) -> Fraction | None:
    text = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    percent = text.endswith("%")
    bare = text.removesuffix("%").strip()
    if not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d{1,2})?|\d+/\d+", bare):
        return None
    try:
        return exact(bare) / (100 if percent else 1)
    except ValueError:
        return None


def day_of(raw: Raw) -> str | None:
    """A date as YYYY-MM-DD; None where it is none."""
    if isinstance(raw, datetime | date):
        return raw.isoformat()[:10]
    match = DAY.fullmatch(folded(raw)) if isinstance(raw, str) else None
    try:
        return date(*(int(part) for part in match.groups())).isoformat() if match else None
    except ValueError:
        return None


def folded(text: str) -> str:
    """A text as it is compared: full-width forms, case, blanks and a final stop do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("。.;；")


def known(question: Question) -> str:
    """What can be entered, in words for an error."""
    picks: Iterable[Choice] = choices(question) if question.scale is not None else ()
    return " / ".join(shown(question, c) for c in (*picks, *set_aside()))
