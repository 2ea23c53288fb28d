"""Cells of an export → values and status. What is no number stays the text it is; blank is no value, not zero."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from assessor.domain import BAD, BAD_NO_DATA, GOOD, UNCERTAIN, Export
from connectors.export.rows import Value

NO_VALUE = frozenset({
    "", "-", "--", "---", "nan", "null", "none", "n/a", "na", "#n/a", "#n/a n/a", "#null!", "#div/0!", "#value!",
    "#ref!", "#name?", "#num!", "bad", "no data", "无数据", "无", "/", "\\n",
})  # fmt: skip
"""How systems write that there is none, in lower case."""
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
LONGEST_TEXT = 500
FLAGS = {"true": True, "false": False}
STATUSES = {"good": GOOD, "uncertain": UNCERTAIN, "bad": BAD}


class Read(NamedTuple):
    """A value of one kind, or none with its status."""

    status: int
    number: float | None = None
    flag: bool | None = None
    text: str | None = None


NOTHING = Read(BAD_NO_DATA)


def reader(how: Export) -> Callable[[Value], Read]:
    """What reads a cell with a value."""
    none = NO_VALUE | {text.strip().lower() for text in how.no_value}

    def read(value: Value) -> Read:
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return Read(GOOD, flag=value)
        if isinstance(value, int | float):
            return _number(float(value))
        if isinstance(value, datetime | date | time):
            return Read(GOOD, text=value.isoformat())
        return text(value.strip())

    plain = _plain(how)

    def text(value: str) -> Read:
        known = value.lower()
        if known in none:
            return NOTHING
        digits = plain(value)
        if PLAIN.fullmatch(digits):
            return _number(float(digits))
        return Read(GOOD, flag=FLAGS[known]) if known in FLAGS else Read(GOOD, text=value[:LONGEST_TEXT])

    return read


def _number(value: float) -> Read:
    return Read(GOOD, number=value) if math.isfinite(value) else NOTHING


def _plain(how: Export) -> Callable[[str], str]:
    """What turns a number as the file writes it into one with a point and nothing else."""
    grouped = _grouped(how.thousands, how.decimal) if how.thousands else None

    def plain(value: str) -> str:
        if grouped is not None and grouped.fullmatch(value):
            value = value.replace(how.thousands, "").replace("\u00a0", "")
        if how.decimal == ",":
            value = "" if "." in value else value.replace(",", ".")
        return value.replace("\u2212", "-")

    return plain


def _grouped(thousands: str, decimal: str) -> re.Pattern[str]:
    """Digits in groups of three; anything else with such a mark in it is no number."""
    mark = "[ \u00a0]" if thousands == " " else re.escape(thousands)
    return re.compile(rf"[+-]?\d{{1,3}}({mark}\d{{3}})+({re.escape(decimal)}\d*)?", re.ASCII)


def status_of(value: Value, meanings: Mapping[str, str]) -> int | None:
    """The status that a cell of a status column means; None for a word that nobody explained."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    word = "" if value is None else str(value).strip()
    meant = meanings.get(word) or (word.lower() if word.lower() in STATUSES else None)
    return None if meant is None else STATUSES[meant]
