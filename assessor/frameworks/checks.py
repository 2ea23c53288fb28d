"""What proves a framework, whatever its law: ids, grades, both languages, what is mapped, levels within reach.

What would make a file useless is refused on loading (weights, bands, unknown questions; see the faults of each
law). Here is what a file may have and should not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from assessor.domain import Framework, Message, Text
from assessor.frameworks import Library
from assessor.frameworks.proof import Reach, reach
from assessor.frameworks.walk import walk
from assessor.frameworks.wording import wrong_language
from assessor.rating import covered


@dataclass(frozen=True)
class Checked:
    """One framework: what was counted, which levels are within reach, and what is wrong."""

    id: str
    law: str
    asks: int
    unmapped: int
    covered: Fraction
    """Share of what it asks for that the bank can answer."""
    reaches: tuple[Reach, ...]
    faults: tuple[Message, ...]


def check(framework: Framework, library: Library) -> Checked:
    """Prove one framework against the bank and the other frameworks of a library."""
    reaches = reach(framework, library.frameworks | {framework.id: framework}, library.questions)
    return Checked(
        id=framework.id,
        law=framework.law,
        asks=len(framework.asks),
        unmapped=len(framework.unmapped),
        covered=covered(framework),
        reaches=reaches,
        faults=(*_faults(framework, library), *_missed(reaches)),
    )


def wording(item: Any) -> tuple[Message, ...]:
    """What is not Chinese in zh or not English in en, in a question, framework or recommendation."""
    found = []
    for place, text in walk(item):
        if isinstance(text, Text) and (language := wrong_language(text)):
            params: dict[str, str | int | Text] = {
                "id": item.id,
                "place": "/".join(place),
                "text": getattr(text, language),
            }
            found.append(Message(id=f"check.not_{language}", params=params))
    return tuple(found)


def _faults(framework: Framework, library: Library) -> Iterator[Message]:
    held = library.frameworks.get(framework.id) is framework
    if held and not any(f"frameworks/{framework.id}.{end}" in library.parts for end in ("yaml", "yml")):
        yield Message(id="check.file_name", params={"id": framework.id})
    numbers = [grade.number for grade in framework.grades]
    if any(b <= a for a, b in pairwise(numbers)):
        yield Message(id="check.grades", params={"numbers": ", ".join(map(str, numbers))})
    for language in ("zh", "en"):
        names = [getattr(grade.name, language) for grade in framework.grades]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Message(id="check.grade_name", params={"name": name})
    if not framework.asks:
        yield Message(id="check.asks_nothing")
    yield from wording(framework)


def _missed(reaches: tuple[Reach, ...]) -> Iterator[Message]:
    for found in reaches:
        for level in found.missed:
            params: dict[str, str | int | Text] = {
                "level": level,
                "variant": found.variant,
                "plant": found.plant,
            }
            yield Message(id="check.level_missed", params=params)
        if found.missed and found.lacking:
            yield Message(
                id="check.best_lacks", params={"variant": found.variant, "names": _listed(found.lacking)}
            )


def _listed(names: tuple[Text, ...]) -> Text:
    return Text(zh="；".join(name.zh for name in names), en="; ".join(name.en for name in names))
