"""LOAD the questionnaires: YAML → questions, frameworks, recommendations. An error names file and line.

`python -m assessor.frameworks` writes the JSON Schemas that an editor completes and checks YAML files with.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from assessor.documents import Lines, load_with_lines, parse
from assessor.domain import (
    Answers,
    Bearing,
    Framework,
    Message,
    Noun,
    Profile,
    Question,
    Range,
    Recommendation,
    Scope,
    Topic,
    canonical,
    plain,
)
from assessor.errors import InputError

N = TypeVar("N", bound=Noun)
T = TypeVar("T", Topic, Question, Framework, Recommendation)
Known = Collection[str] | None
Path_ = tuple[str | int, ...]
Fault = tuple[Path_, Message]
"""Where in a document, and what is wrong there."""

KINDS: dict[str, type[Noun]] = {
    "bank": Topic,
    "framework": Framework,
    "recommendation": Recommendation,
    "scope": Scope,
    "answers": Answers,
    "profile": Profile,
}
DRAFT = "https://json-schema.org/draft/2020-12/schema"
SENTENCES = 5
TOP = {"degree": 1, "share": 1, "yes-no": 1, "rubric": SENTENCES}
"""The best answer of each kind of question."""


@dataclass(frozen=True)
class Library:
    """What domain experts wrote: all of it, by id, and the very files it was read from."""

    questions: dict[str, Question]
    frameworks: dict[str, Framework]
    recommendations: dict[str, Recommendation]
    parts: dict[str, bytes]
    """Content of every file, by its name such as 'bank/t1.yaml'."""


def load_library(folder: Traversable | Path | None = None, known_indicators: Known = None) -> Library:
    """Read and cross-check a folder with bank/, frameworks/ and recommendations/; the shipped one by default.

    Tests of questions may name only known indicators; where none are given, their names are not checked.
    """
    root = files("questionnaires") if folder is None else folder
    parts: dict[str, bytes] = {}
    for kind in ("bank", "frameworks", "recommendations"):
        inside = root.joinpath(kind)
        found = sorted(inside.iterdir(), key=lambda f: f.name) if inside.is_dir() else []
        parts |= {f"{kind}/{f.name}": _content(f) for f in found if f.name.endswith((".yaml", ".yml"))}
    if not parts:
        raise InputError(Message(id="library.empty"), str(root))
    return read_library(parts, known_indicators, "" if folder is None else f"{root}/")


def read_library(parts: Mapping[str, bytes], known_indicators: Known = None, place: str = "") -> Library:
    """Read and cross-check files that are already at hand, such as those embedded in a bundle."""
    topics = _documents(Topic, "bank", parts, place)
    frameworks = _documents(Framework, "frameworks", parts, place)
    recommendations = _documents(Recommendation, "recommendations", parts, place)
    _unique((topic, lines.at("id")) for topic, lines in topics)
    questions = _unique(
        (question, lines.at("questions", i, "id"))
        for topic, lines in topics
        for i, question in enumerate(topic.questions)
    )
    for topic, lines in topics:
        _refuse(_topic_faults(topic, known_indicators), lines)
    for framework, lines in frameworks:
        _refuse(_framework_faults(framework, questions), lines)
    by_id = _unique((item, lines.at("id")) for item, lines in recommendations)
    for item, lines in recommendations:
        _refuse(_recommendation_faults(item, by_id, questions), lines)
    return Library(
        questions=questions,
        frameworks=_unique((framework, lines.at("id")) for framework, lines in frameworks),
        recommendations=by_id,
        parts=dict(parts),
    )


def load_framework(file: Path, library: Library) -> Framework:
    """Read a user's own framework file against the questions of a library."""
    framework, lines = load_with_lines(Framework, file)
    _refuse(_framework_faults(framework, library.questions), lines)
    return framework


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of each kind of file that people write."""
    return {name: {"$schema": DRAFT} | kind.model_json_schema() for name, kind in KINDS.items()}


def _content(file: Traversable | Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(Message(id="input.unreadable", params={"reason": reason}), str(file)) from problem


def _documents(kind: type[N], folder: str, parts: Mapping[str, bytes], place: str) -> list[tuple[N, Lines]]:
    found = []
    for name in sorted(n for n in parts if n.startswith(f"{folder}/")):
        try:
            text = parts[name].decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            message = Message(id="input.not_utf8", params={"at": problem.start})
            raise InputError(message, place + name) from problem
        found.append(parse(kind, text, place + name))
    return found


def _refuse(faults: Iterable[Fault], lines: Lines) -> None:
    """Raise the first fault with its place."""
    for path, message in faults:
        raise InputError(message, lines.at(*path))


def _fault(path: Path_, name: str, **params: str | int) -> Fault:
    return path, Message(id=f"library.{name}", params=params)


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


def _topic_faults(topic: Topic, known: Known) -> Iterator[Fault]:
    for i, question in enumerate(topic.questions):
        here = ("questions", i)
        kind, found = question.kind, len(question.sentences)
        wanted = SENTENCES if kind == "rubric" else 0
        if found != wanted:
            yield _fault((*here, "sentences"), "sentences", kind=kind, wanted=wanted, found=found)
        if kind == "share" and (question.step is None or not 0 < question.step <= 1):
            yield _fault((*here, "step"), "share_without_step", id=question.id)
        if kind != "share" and question.step is not None:
            yield _fault((*here, "step"), "step_without_share", kind=kind)
        for j, test in enumerate(question.tests):
            yield from _test_faults((*here, "tests", j), test, question, known)


def _test_faults(here: Path_, test: Bearing, question: Question, known: Known) -> Iterator[Fault]:
    at = (*here, "steps")
    if known is not None and test.indicator not in known:
        names = ", ".join(sorted(known))
        yield _fault((*here, "indicator"), "unknown_indicator", id=test.indicator, known=names)
    if (question.kind == "share") == bool(test.steps):
        yield _fault(at, "steps_of_share" if test.steps else "steps_missing", id=question.id)
    if any(before.from_ >= after.from_ for before, after in pairwise(test.steps)):
        yield _fault(at, "steps_order")
    answers = [step.answer for step in test.steps]
    if answers not in (sorted(answers), sorted(answers, reverse=True)):
        yield _fault(at, "steps_turn")
    if any(not 0 <= answer <= (top := TOP[question.kind]) for answer in answers):
        yield _fault(at, "steps_range", top=top)


def _framework_faults(framework: Framework, questions: Mapping[str, Question]) -> Iterator[Fault]:
    for key in ("elements", "domains", "dimensions", "weight_sets"):
        yield from _repeated((key,), [item.id for item in getattr(framework, key)])
    levels = list(pairwise(framework.levels))
    if not levels or any(b.number != a.number + 1 or b.from_ <= a.from_ for a, b in levels):
        yield _fault(("levels",), "levels_order")
    if any(not 0 <= degree <= 1 for degree in framework.degrees) or not {0, 1} <= set(framework.degrees):
        yield _fault(("degrees",), "degrees")
    for i, dimension in enumerate(framework.dimensions):
        here = ("dimensions", i)
        for key in ("element", "domain"):
            known = [group.id for group in getattr(framework, f"{key}s")]
            if (name := getattr(dimension, key)) not in known:
                yield _fault((*here, key), "unknown_group", id=name, known=", ".join(known))
        yield from _question_faults((*here, "rubric"), dimension.rubric, "rubric", questions)
    yield from _cell_faults(framework, questions)
    yield from _weight_faults(framework)


def _repeated(path: Path_, ids: Sequence[str]) -> Iterator[Fault]:
    for i, name in enumerate(ids):
        if (first := ids.index(name)) < i:
            yield _fault((*path, i), "repeated", id=name, first=first + 1)


def _cell_faults(framework: Framework, questions: Mapping[str, Question]) -> Iterator[Fault]:
    asked: dict[str, str] = {}
    levels = [level.number for level in framework.levels]
    for i, dimension in enumerate(framework.dimensions):
        here: Path_ = ("dimensions", i, "cells")
        yield from _repeated(here, [str(cell.level) for cell in dimension.cells])
        for j, cell in enumerate(dimension.cells):
            if cell.level not in levels:
                yield _fault((*here, j, "level"), "unknown_level", level=cell.level)
            for k, name in enumerate(cell.requirements):
                at = (*here, j, "requirements", k)
                yield from _question_faults(at, name, "degree", questions)
                if name in asked:
                    yield _fault(at, "asked_twice", id=name, first=asked[name])
                asked[name] = f"{dimension.id}/{cell.level}"


def _question_faults(at: Path_, name: str, wanted: str, questions: Mapping[str, Question]) -> Iterator[Fault]:
    if name not in questions:
        yield _fault(at, "unknown_question", id=name)
    elif (kind := questions[name].kind) != wanted:
        yield _fault(at, "wrong_kind", id=name, kind=kind, wanted=wanted)


def _weight_faults(framework: Framework) -> Iterator[Fault]:
    wanted = {dimension.id for dimension in framework.dimensions}
    for i, weights in enumerate(framework.weight_sets):
        here = ("weight_sets", i, "weights")
        for name, weight in weights.weights.items():
            if name not in wanted:
                yield _fault((*here, name), "unknown_dimension", id=name)
            if weight <= 0:
                yield _fault((*here, name), "weight_not_positive", id=name, weight=plain(weight))
        if missing := sorted(wanted - set(weights.weights)):
            yield _fault(here, "weights_missing", ids=", ".join(missing))
    names = [weights.id for weights in framework.weight_sets]
    if (name := framework.default_weights) not in names:
        yield _fault(("default_weights",), "unknown_weights", id=name, known=", ".join(names))


def _recommendation_faults(
    item: Recommendation, by_id: Mapping[str, Recommendation], questions: Mapping[str, Question]
) -> Iterator[Fault]:
    for i, lift in enumerate(item.lifts):
        if lift.question not in questions:
            yield _fault(("lifts", i, "question"), "unknown_question", id=lift.question)
        elif not 0 < lift.to <= (top := TOP[questions[lift.question].kind]):
            yield _fault(("lifts", i, "to"), "lift", id=lift.question, to=plain(lift.to), top=top)
    for key in ("after", "excludes"):
        for i, other in enumerate(getattr(item, key)):
            if other not in by_id or other == item.id:
                yield _fault((key, i), "unknown_recommendation", id=other)
    before = _before(item.id, by_id)
    if item.id in before:
        yield _fault(("after",), "cycle", id=item.id)
    for i, other in enumerate(item.excludes):
        if other in before:
            yield _fault(("excludes", i), "excludes_before", id=other)
    yield from _range_faults(item)


def _range_faults(item: Recommendation) -> Iterator[Fault]:
    for key in ("cost", "person_days", "months"):
        span: Range = getattr(item, key)
        if not 0 <= span.low <= span.mid <= span.high:
            yield _fault((key,), "range")
    for i, effect in enumerate(item.effects):
        if (change := effect.change) and not change.low <= change.mid <= change.high:
            yield _fault(("effects", i, "change"), "range")


def _before(start: str, by_id: Mapping[str, Recommendation]) -> set[str]:
    """Everything that must come before, however far back."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        found = set(by_id[waiting.pop()].after) & set(by_id) - seen
        waiting.extend(found)
        seen |= found
    return seen


if __name__ == "__main__":
    for name, schema in schemas().items():
        Path(str(files("questionnaires")), "schema", f"{name}.json").write_bytes(canonical(schema))
