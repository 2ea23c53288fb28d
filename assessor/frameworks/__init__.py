"""LOAD the questionnaires: YAML → questions, frameworks, recommendations, programmes. An error names its line.

`python -m assessor.frameworks` writes the JSON Schemas that an editor completes and checks YAML files with.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from assessor.documents import Chosen, Lines, load_with_lines, parse
from assessor.domain import (
    LAWS,
    Checklist,
    Framework,
    Message,
    Noun,
    Option,
    Platform,
    Programme,
    Question,
    Recommendation,
    Region,
    Scene,
    Scenes,
    SizeRule,
    Topic,
)
from assessor.errors import InputError
from assessor.frameworks.bank import topic_faults
from assessor.frameworks.criteria import criteria_faults
from assessor.frameworks.editions import edition, fingerprints, hold_to
from assessor.frameworks.fault import Fault, fault, refuse, repeated
from assessor.frameworks.filing import checklist_faults, platform_faults
from assessor.frameworks.formulas import formulas_faults
from assessor.frameworks.gates import gates_faults
from assessor.frameworks.ladder import ladder_faults
from assessor.frameworks.points import points_faults
from assessor.frameworks.programme import programme_faults, region_faults, size_faults
from assessor.frameworks.recommendation import recommendation_faults

N = TypeVar("N", bound=Noun)
T = TypeVar("T", bound="Named")

FAULTS: Mapping[str, Callable[[Any, Mapping[str, Question]], Iterator[Fault]]] = {
    "ladder": ladder_faults,
    "points-and-scenes": points_faults,
    "gates": gates_faults,
    "formulas": formulas_faults,
    "bands": criteria_faults,
    "weakest-link": criteria_faults,
    "mean": criteria_faults,
}
"""What can be wrong in a framework, by its law."""

BESIDE: Mapping[str, tuple[type[Any], Callable[[Any, Any], Iterator[Fault]]]] = {
    "sizes": (SizeRule, size_faults),
    "regions": (Region, region_faults),
    "programmes": (Programme, programme_faults),
    "platforms": (Platform, platform_faults),
    "checklists": (Checklist, checklist_faults),
}
"""Folders of a library that no rating rests on, in the order in which they are checked: what stands in them, and
what can be wrong there, given the library."""
KINDS = ("bank", "frameworks", "recommendations", "scenes", *BESIDE)
"""Folders of a library."""


class Named(Protocol):
    """What stands once, by its id."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True)
class Library:
    """What domain experts wrote: all of it, by id, and the very files it was read from."""

    topics: tuple[Topic, ...]
    questions: dict[str, Question]
    frameworks: dict[str, Framework]
    """The edition in force of each, by id."""
    earlier: dict[str, Framework]
    """Earlier editions by 'id@version': they stay runnable."""
    recommendations: dict[str, Recommendation]
    scenes: dict[str, Scene]
    """Typical scenes of smart factories, by id."""
    platforms: dict[str, Platform]
    """On which a plant fills in its own assessment, by id."""
    checklists: dict[str, Checklist]
    """That packs are accepted by, by id."""
    programmes: dict[str, Programme]
    regions: dict[str, Region]
    """Cities that programmes are for, by id."""
    sizes: dict[str, SizeRule]
    """How firms are classed by size, by id."""
    parts: dict[str, bytes]
    """Content of every file, by its name such as 'bank/t1.yaml'."""

    @cached_property
    def statements(self) -> dict[str, Question]:
        """Whatever has one value: questions by id, options of several-ofs in place of these."""
        return {s.id: s for question in self.questions.values() for s in question.statements}

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of all that an edition of a framework says, by 'id@version'."""
        return fingerprints((*self.frameworks.values(), *self.earlier.values()))

    def topics_for(self, frameworks: Iterable[Framework]) -> tuple[Topic, ...]:
        """What to ask a plant that is rated by these: topics for everybody, and those for one of these."""
        ids = {framework.id for framework in frameworks}
        return tuple(t for t in self.topics if not t.for_frameworks or ids & set(t.for_frameworks))


def load_library(
    folder: Traversable | Path | None = None, known_indicators: Collection[str] | None = None
) -> Library:
    """Read and cross-check a folder with one folder a kind; the shipped one by default.

    Tests of questions may name only known indicators; where none are given, their names are not checked.
    """
    root = files("questionnaires") if folder is None else folder
    parts: dict[str, bytes] = {}
    for kind in KINDS:
        inside = root.joinpath(kind)
        found = sorted(inside.iterdir(), key=lambda f: f.name) if inside.is_dir() else []
        parts |= {f"{kind}/{f.name}": _content(f) for f in found if f.name.endswith((".yaml", ".yml"))}
    if not parts:
        raise InputError(Message(id="library.empty"), str(root))
    library = read_library(parts, known_indicators, "" if folder is None else f"{root}/")
    hold_to(root, library.fingerprints)
    return library


def read_library(
    parts: Mapping[str, bytes], known_indicators: Collection[str] | None = None, place: str = ""
) -> Library:
    """Read and cross-check files that are already at hand, such as those embedded in a bundle."""
    known = None if known_indicators is None else frozenset(known_indicators)
    return _library(tuple(parts.items()), known, place)


@lru_cache(maxsize=8)
def _library(files: tuple[tuple[str, bytes], ...], known: frozenset[str] | None, place: str) -> Library:
    """The same files make the same library, and bundle after bundle carries the same; what is read is frozen."""
    parts = dict(files)
    topics = _documents(Topic, "bank", parts, place)
    frameworks = _documents(by_law, "frameworks", {n: d for n, d in parts.items() if "@" not in n}, place)
    old = _documents(by_law, "frameworks", {n: d for n, d in parts.items() if "@" in n}, place)
    recommendations = _documents(Recommendation, "recommendations", parts, place)
    lists = _documents(Scenes, "scenes", parts, place)
    _unique((topic, lines.at("id")) for topic, lines in topics)
    _unique(_asked(topics))
    questions = {question.id: question for topic, _ in topics for question in topic.questions}
    by_id = _unique((item, lines.at("id")) for item, lines in recommendations)
    held = _unique((framework, lines.at("id")) for framework, lines in frameworks)
    earlier = {edition(framework): framework for framework, _ in old}
    scenes = _unique((s, lines.at("scenes", i, "id")) for one, lines in lists for i, s in enumerate(one.scenes))
    beside = {kind: _documents(noun, kind, parts, place) for kind, (noun, _) in BESIDE.items()}
    library = Library(
        topics=tuple(topic for topic, _ in topics),
        questions=questions,
        frameworks=held,
        earlier=earlier,
        recommendations=by_id,
        scenes=scenes,
        **{kind: _unique((item, lines.at("id")) for item, lines in found) for kind, found in beside.items()},
        parts=parts,
    )
    for topic, lines in topics:
        refuse(topic_faults(topic, known, library.statements), lines)
        refuse(_audience_faults(topic, held), lines)
    for framework, lines in (*frameworks, *old):
        refuse(_framework_faults(framework, library), lines)
    for framework, lines in old:
        refuse(_edition_faults(framework, lines, held), lines)
    for item, lines in recommendations:
        refuse(recommendation_faults(item, library, known), lines)
    for kind, (_, faults) in BESIDE.items():
        for one, lines in beside[kind]:
            refuse(faults(one, library), lines)
    return library


def load_framework(file: Path, library: Library) -> Framework:
    """Read a user's own framework file against the questions of a library."""
    framework, lines = load_with_lines(by_law, file)
    refuse(_framework_faults(framework, library), lines)
    return framework


def by_law(data: Any) -> type[Framework]:
    """The noun of a framework file; where its law is none that is known, the first one explains."""
    law = data.get("law") if isinstance(data, dict) else None
    return LAWS.get(str(law), next(iter(LAWS.values())))


def _framework_faults(framework: Framework, library: Library) -> Iterator[Fault]:
    yield from FAULTS[framework.law](framework, library.statements)
    planned = {s.id for topic in library.topics if topic.for_plan for q in topic.questions for s in q.statements}
    for id_ in framework.asks:
        if id_ in planned:
            yield fault(("id",), "asked_for_plan", id=id_)
    yield from repeated(("unmapped",), [item.name.en for item in framework.unmapped])


def _audience_faults(topic: Topic, held: Mapping[str, Framework]) -> Iterator[Fault]:
    """Frameworks that a topic is asked for, and that are not there."""
    for i, name in enumerate(topic.for_frameworks):
        if name not in held:
            yield fault(("for_frameworks", i), "unknown_framework", id=name, known=", ".join(sorted(held)))


def _edition_faults(framework: Framework, lines: Lines, held: Mapping[str, Framework]) -> Iterator[Fault]:
    """The name of an earlier edition's file says which one it is, and there is one in force."""
    named = Path(lines.at("id").rpartition(":")[0]).stem
    if named != edition(framework):
        yield fault(("version",), "edition_name", named=named, found=edition(framework))
    if framework.id not in held or held[framework.id].version == framework.version:
        yield fault(("id",), "edition_alone", id=framework.id)


def _asked(topics: Iterable[tuple[Topic, Lines]]) -> Iterator[tuple[Question | Option, str]]:
    """Questions and their options: an id stands once over both, since either can be rated."""
    for topic, lines in topics:
        for i, question in enumerate(topic.questions):
            yield question, lines.at("questions", i, "id")
            for j, option in enumerate(question.options):
                yield option, lines.at("questions", i, "options", j, "id")


def _content(file: Traversable | Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(Message(id="input.unreadable", params={"reason": reason}), str(file)) from problem


def _documents(kind: Chosen[N], folder: str, parts: Mapping[str, bytes], place: str) -> list[tuple[N, Lines]]:
    found = []
    for name in sorted(n for n in parts if n.startswith(f"{folder}/")):
        try:
            text = parts[name].decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            message = Message(id="input.not_utf8", params={"at": problem.start})
            raise InputError(message, place + name) from problem
        found.append(_parsed(kind, text, place + name))
    return found


@lru_cache(maxsize=256)
def _parsed(kind: Any, text: str, name: str) -> tuple[Any, Lines]:
    """Where one file of a library has changed, the others are not read again."""
    return parse(kind, text, name)


def _unique(items: Iterable[tuple[T, str]]) -> dict[str, T]:
    """Items by id; an id stands once over all files of its kind."""
    places: dict[str, str] = {}
    found: dict[str, T] = {}
    for item, place in items:
        if item.id in found:
            params: dict[str, str | int] = {"id": item.id, "first": places[item.id]}
            raise InputError(Message(id="library.duplicate_id", params=params), place)
        places[item.id], found[item.id] = place, item
    return found
