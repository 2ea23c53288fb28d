"""Texts by id, Chinese and English side by side, one TOML file an area. The one place that formats numbers.

A template's gaps name how to write what fills them: {share:percent} {n:count} {t:seconds} {x:number}
{cost:money} {when:time} {day:date}; a bare {name} takes a text as it is. {n:file is|files are} is the first of the
two words where n is 1, else the second.
"""

import string
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from assessor.domain import Message, Text

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@cache
def catalogue() -> dict[str, Text]:
    """All texts by id. The id is 'area.name' or 'area.group.name'; the file's name is the area."""
    texts: dict[str, Text] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            area = file.name.removesuffix(".toml")
            _collect(area, tomllib.loads(file.read_text("utf-8")), texts)
    return texts


def _collect(prefix: str, table: dict[str, Any], texts: dict[str, Text]) -> None:
    if set(table) == {"zh", "en"} and isinstance(table["zh"], str):
        texts[prefix] = Text(**table)
        return
    for key, value in table.items():
        _collect(f"{prefix}.{key}", value, texts)


def _round(value: Fraction, places: int) -> str:
    """Half away from zero, never through a float."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = f"{whole:0{places + 1}d}"
    text = f"{int(digits[:-places]):,}.{digits[-places:]}" if places else f"{whole:,}"
    return ("-" if value < 0 and whole else "") + text


def number(value: Fraction | int | str, places: int = 2) -> str:
    """A number with so many places, trailing zeros dropped, thousands apart by commas."""
    text = _round(Fraction(value), places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Fraction | int | str) -> str:
    """A share as a percentage: whole, or with one place where that is what tells it from 0 or 100."""
    share = Fraction(value) * 100
    near = 0 < share < 1 or 99 < share < 100
    return f"{number(share, 1 if near else 0)} %"


def size(count: int) -> str:
    """Bytes in the unit a person reads."""
    for unit, one in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= one:
            return f"{number(Fraction(count, one), 1)} {unit}"
    return f"{number(count)} B"


def length(seconds: float) -> str:
    """A stretch of time as people say it: 25 s, 40 min, 6 h 30 min."""
    if seconds < 90:
        return f"{number(round(seconds), 0)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours and minutes else f"{hours} h" if hours else f"{minutes} min"


def days(seconds: float, language: Language) -> str:
    """A stretch of time in which files wait: in days from two days on."""
    whole = Fraction(round(seconds), 86_400)
    if whole < 2:
        return length(seconds)
    return f"{number(whole, 1 if whole < 10 else 0)} {'天' if language == 'zh' else 'days'}"


def money(value: Fraction | int | str, language: Language) -> str:
    """Yuan: in 万元 for Chinese readers, in thousands of yuan otherwise; below a thousand in yuan."""
    amount = Fraction(value)
    if amount < 0:
        return f"−{money(-amount, language)}"
    if language == "zh":
        if amount < 1000:
            return f"{number(amount, 0)} 元"
        return f"{number(amount / 10_000, 1 if amount >= 10_000 else 2)} 万元"
    return f"¥{number(amount / 1000, 0)}k" if amount >= 1000 else f"¥{number(amount, 0)}"


def moment(nanoseconds: int | str, pattern: str = "%Y-%m-%d %H:%M:%S UTC") -> str:
    """A time in ns UTC as text."""
    return datetime.fromtimestamp(int(nanoseconds) // 10**9, UTC).strftime(pattern)


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "": str,
    "percent": percent,
    "count": lambda value: number(value, 0),
    "number": number,
    "seconds": lambda value: f"{number(value)} s",
    "time": moment,
    "date": lambda value: moment(value, "%Y-%m-%d"),
}
"""How what fills a gap is written, whatever the language."""


class _Writer(string.Formatter):
    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Text):
            return getattr(value, self.language)  # type: ignore[no-any-return]
        if format_spec == "money":
            return money(value, self.language)
        if "|" in format_spec:
            one, _, many = format_spec.partition("|")
            return one if Fraction(value) == 1 else many
        if format_spec not in _WRITTEN:
            raise ValueError(f"a template asks for the unknown format {format_spec!r}")
        return _WRITTEN[format_spec](value)


def text_id(area: str, name: str, heard: bool = True) -> str:
    """The id of a text; where no machine was heard, of what is said in its place, if the area has such."""
    alone = f"{area}.unheard.{name}"
    return f"{area}.{name}" if heard or alone not in catalogue() else alone


def render(message: Message | Text | str, language: Language, **params: Any) -> str:
    """Write a text in one language. A str is a message id. An id without a text raises KeyError."""
    if isinstance(message, Text):
        return getattr(message, language)  # type: ignore[no-any-return]
    if isinstance(message, str):
        message = Message(id=message)
    template = getattr(catalogue()[message.id], language)
    return _Writer(language).vformat(template, (), {**message.params, **params})
