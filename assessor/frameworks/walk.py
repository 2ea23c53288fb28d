"""Everything that stands in a noun, with its place: what laws have in common without knowing one another."""

from collections.abc import Iterator, Mapping
from typing import Any

from assessor.domain import Noun

Place = tuple[str, ...]
"""Where a value stands: names of fields, and ids (or positions from 1) in lists."""


def walk(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """A value and all that is inside it, the outer before the inner."""
    yield place, value
    if isinstance(value, Noun):
        for name in type(value).model_fields:
            yield from walk(getattr(value, name), (*place, name.rstrip("_")))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from walk(item, (*place, str(name)))
    elif isinstance(value, tuple | list):
        for i, item in enumerate(value, 1):
            yield from walk(item, (*place, _name(item, i)))


def _name(item: Any, position: int) -> str:
    named = getattr(item, "id", None) or getattr(item, "part", None)
    return named if isinstance(named, str) else str(position)
