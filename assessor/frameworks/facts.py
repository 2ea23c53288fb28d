"""Every fact of a framework with its source and standing, so that an expert can replace what is not verified."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from assessor.domain import Framework, Noun, Status, Text, Unmapped, plain
from assessor.frameworks.walk import walk

Standing = Status | Literal["unmapped"]
"""Of a fact; unmapped: the framework asks for it, and no question answers it."""
STANDINGS: tuple[Standing, ...] = (
    Status.UNVERIFIED, "unmapped", Status.OWN, Status.DRAFT, Status.SECONDARY, Status.OFFICIAL,
)  # fmt: skip
"""What most needs a look comes first."""
ASIDE = ("source", "note", "sources", "id")
"""Fields that say nothing of the value itself."""


@dataclass(frozen=True)
class Stated:
    """One fact: where it stands in the file, what it says, how well founded it is and by what."""

    place: str
    """Such as 'dimensions/m1/cells/3'; the framework's id for the file as a whole."""
    value: Text
    standing: Standing
    source: Text | None
    """None where what the whole file goes by says all."""
    note: Text | None


def facts(framework: Framework) -> tuple[Stated, ...]:
    """Every noun of a framework that has a status, whatever its law, and what is unmapped; worst first."""
    found = [fact for place, value in walk(framework) for fact in _stated(framework, place, value)]
    return tuple(sorted(found, key=lambda fact: STANDINGS.index(fact.standing)))


def _stated(framework: Framework, place: tuple[str, ...], value: Any) -> Iterator[Stated]:
    if not isinstance(value, Noun):
        return
    where = "/".join(place) or framework.id
    if isinstance(value, Unmapped):
        yield Stated(where, value.name, "unmapped", _source(framework, value), value.why)
    for name in type(value).model_fields:
        standing = getattr(value, name)
        if isinstance(standing, Status):
            said = _said(framework, place, value)
            words = said if isinstance(said, Text) else Text(zh=_words(said, "zh"), en=_words(said, "en"))
            yield Stated(where, words, standing, _source(framework, value), getattr(value, "note", None))


def _said(framework: Framework, place: tuple[str, ...], value: Noun) -> Any:
    """What the fact is about: itself, the file as a whole, or the field whose standing it is."""
    if value is framework:
        return framework.title
    return getattr(framework, place[-1]) if place[0] == "standing" else value


def _source(framework: Framework, value: Noun) -> Text | None:
    """Its own source, or the one of the file's that it names."""
    own = getattr(value, "source", None)
    if isinstance(own, Text) and value is not framework:
        return own
    return framework.sources.get(own) if isinstance(own, str) else None


def _words(value: Any, language: Literal["zh", "en"]) -> str:
    """A value in words: the texts and figures of a noun, without what is a fact of its own inside it."""
    if isinstance(value, Text):
        return str(getattr(value, language))
    if isinstance(value, Fraction):
        return plain(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(item, language)}" for name, item in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(words for item in value if (words := _words(item, language)))
    if isinstance(value, Noun):
        return _fields(value, language)
    return "" if value is None else str(value)


def _fields(value: Noun, language: Literal["zh", "en"]) -> str:
    parts = []
    for name in type(value).model_fields:
        item = getattr(value, name)
        if name in ASIDE or isinstance(item, Status) or _apart(item):
            continue
        if words := _words(item, language):
            parts.append(words if isinstance(item, Text) else f"{name.rstrip('_')}: {words}")
    return "; ".join(parts) or str(getattr(value, "id", ""))


def _apart(item: Any) -> bool:
    """Nouns that have a standing of their own make lines of their own."""
    some = item[0] if isinstance(item, tuple) and item else item
    return isinstance(some, Noun) and any(isinstance(getattr(some, n), Status) for n in type(some).model_fields)
