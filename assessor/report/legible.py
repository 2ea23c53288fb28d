"""Letters that a document may hold: nothing that acts unseen, and what our fonts lack in other letters."""

from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from assessor.report.document import Document
from assessor.report.inert import inert

T = TypeVar("T")
PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
"""Noto Sans SC has no figures below the line: CO₂ is written CO2."""


def legible(document: Document) -> Document:
    """The same document, every text of it in letters that can be shown."""
    return _clean(document)


def _clean(value: T) -> T:
    if isinstance(value, str):
        return inert(value).translate(PLAIN)  # type: ignore[no-any-return]
    if isinstance(value, tuple):
        return tuple(_clean(one) for one in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _clean(getattr(value, field.name)) for field in fields(value)})
    return value
