"""Faults of platforms and of checklists."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from assessor.domain import Checklist, Framework, Ladder, Platform, Points, Question
from assessor.frameworks.fault import Fault, fault, repeated


class Held(Protocol):
    """What a platform can name."""

    @property
    def frameworks(self) -> Mapping[str, Framework]: ...
    @property
    def questions(self) -> Mapping[str, Question]: ...
    @property
    def statements(self) -> Mapping[str, Question]: ...


def platform_faults(platform: Platform, held: Held) -> Iterator[Fault]:
    """Frameworks, questions and parts of frameworks that are not there."""
    for i, name in enumerate(platform.frameworks):
        if name not in held.frameworks:
            known = ", ".join(sorted(held.frameworks))
            yield fault(("frameworks", i), "unknown_framework", id=name, known=known)
            return
    offered = _offered([held.frameworks[name] for name in platform.frameworks])
    for i, entry in enumerate(platform.entries):
        form = entry.take.form
        name = str(getattr(entry.take, form))
        if form == "question" and name not in {*held.questions, *held.statements}:
            yield fault(("entries", i, "take", form), "unknown_question", id=name)
        elif form in offered and name not in offered[form]:
            known = ", ".join(sorted(offered[form])) or "-"
            yield fault(("entries", i, "take", form), "not_in_frameworks", id=name, kind=form, known=known)


def _offered(frameworks: list[Framework]) -> dict[str, set[str]]:
    """Parts of the frameworks that an entry may take, by form."""
    points = [f for f in frameworks if isinstance(f, Points)]
    return {
        "dimension": {d.id for f in frameworks if isinstance(f, Ladder) for d in f.dimensions},
        "item": {item.id for f in points for item in f.items},
        "scene": {scene.id for f in points for scene in f.scenes},
    }


def checklist_faults(checklist: Checklist, _: object = None) -> Iterator[Fault]:
    """An item that stands twice, and patterns that say nothing."""
    yield from repeated(("items",), [item.id for item in checklist.items])
    for i, item in enumerate(checklist.items):
        for j, pattern in enumerate(item.files):
            if not pattern.strip("*?. "):
                yield fault(("items", i, "files", j), "pattern_of_all", pattern=pattern)
