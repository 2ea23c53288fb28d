"""RE-RATE stored Assessments under the library at hand: who moved, by how much, and whether data or rule did it.

What was stored is the answers and the measurements; they do not change by being judged again. Of one plant the
Assessments are taken in the order they were made. From the earliest as it was filed to the latest as it is judged
now, the way goes over the earliest judged now: that first step is the rule's, the second is the data's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from assessor import choosing, pipeline
from assessor.audit import bundle_file, inside, read_assessment
from assessor.bundle import open_bundle
from assessor.domain import Answers, Assessment, Exact, Message, Noun, Rated, Rating, Result, Settlement, Slug
from assessor.errors import BundleError
from assessor.frameworks import Library

MovedBy = Literal["nothing", "rule", "data", "both"]


class Standing(Noun):
    """Where a plant stands by one framework: the verified column under the default variant."""

    version: str
    level: int | None
    score: Exact | None


class Move(Noun):
    """One plant by one framework, as filed and as judged now."""

    plant: Slug
    framework: Slug
    files: tuple[str, ...]
    """Earliest and latest, or the only one."""
    before: Standing | None
    """As the earliest was filed; None where it was not rated by this framework then."""
    ruled: Standing
    """The earliest, judged now."""
    after: Standing
    """The latest, judged now."""
    moved_by: MovedBy
    dropped: tuple[Slug, ...] = ()
    """Questions with an answer that the library at hand does not know any more."""


@dataclass(frozen=True)
class Stored:
    """One Assessment as it was filed."""

    file: str
    done: Assessment


def stored(file: Path) -> Stored:
    """A filing bundle, or an assessment.json."""
    if bundle_file(file).suffix == ".json":
        return Stored(str(file), read_assessment(file.read_bytes(), str(file)))
    bundle = open_bundle(file)
    if bundle.manifest.kind != "assessment":
        raise BundleError(Message(id="rerate.no_assessment"), str(file))
    inside(bundle)  # that its own data files can be read is what lets an auditor follow the earlier result
    return Stored(str(file), read_assessment(bundle.member("assessment.json"), str(file)))


def rerate(
    held: Iterable[Stored],
    library: Library,
    frameworks: Sequence[str] = (),
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Move, ...]:
    """Every plant by every framework asked for (all that it is rated by now, where none is named).

    `told` hears the name of each file once it is done.
    """
    plants: dict[str, list[Stored]] = {}
    for one in held:
        plants.setdefault(one.done.plant.id, []).append(one)
    moves: list[Move] = []
    for _, ones in sorted(plants.items()):
        ends = sorted(ones, key=lambda one: (one.done.made, one.file))
        first, last = ends[0], ends[-1]
        now = {first.file: _again(first, library, frameworks)}
        if last is not first:
            now[last.file] = _again(last, library, frameworks)
        for one in ones:
            told(one.file)
        moves += moves_of(first, last, now, library, frameworks)
    return tuple(moves)


@dataclass(frozen=True)
class Judged:
    """The answers and measurements of an Assessment under the library at hand."""

    rated: Mapping[str, Rated]
    """By framework id."""
    ratings: tuple[Rating, ...]
    weights: str
    """The default set of the framework that it was judged by."""


def _again(one: Stored, library: Library, frameworks: Sequence[str]) -> Mapping[str, Rated]:
    return judged(one, library, frameworks).rated


def judged(one: Stored, library: Library, frameworks: Sequence[str] = ()) -> Judged:
    """Judge again what was stored."""
    done = one.done
    main = choosing.choose_ladder(library, _main(one, library, frameworks), done.plant.kind)
    answers = known(done.answers, library)
    extra = tuple(name for name in frameworks if name not in answers.frameworks)
    answers = answers.model_copy(update={"frameworks": (*answers.frameworks, *extra)})
    found = pipeline.judge(main, library, answers, done.measurements, done.plant.kind, done.as_of).parts
    rated, ratings = found["rated"], found["ratings"]
    assert isinstance(rated, tuple) and isinstance(ratings, tuple)
    return Judged({one.head.id: one for one in rated}, ratings, main.default_weights)


def _main(one: Stored, library: Library, frameworks: Sequence[str]) -> str:
    """The ladder to judge by: the edition asked for of the one that was judged by, else the one in force."""
    id_ = one.done.framework.id
    if id_ not in library.frameworks:
        raise BundleError(Message(id="rerate.framework_gone", params={"id": id_}), one.file)
    return next((name for name in frameworks if name.partition("@")[0] == id_), id_)


def known(answers: Answers, library: Library) -> Answers:
    """The answers whose questions, options and frameworks are still there."""
    there = set(library.questions) | set(library.statements)
    return answers.model_copy(
        update={
            "answers": tuple(a for a in answers.answers if a.question in library.questions),
            "settlements": tuple(s for s in answers.settlements if s.question in there),
            "frameworks": tuple(f for f in answers.frameworks if f in library.frameworks),
        }
    )


def _dropped(answers: Answers, library: Library) -> tuple[str, ...]:
    kept = known(answers, library)
    before: set[str] = {a.question for a in answers.answers} | _settled(answers.settlements)
    return tuple(sorted(before - {a.question for a in kept.answers} - _settled(kept.settlements)))


def _settled(settlements: Iterable[Settlement]) -> set[str]:
    return {settlement.question for settlement in settlements}


def moves_of(
    first: Stored,
    last: Stored,
    now: Mapping[str, Mapping[str, Rated]],
    library: Library,
    frameworks: Sequence[str],
) -> Iterable[Move]:
    """How a plant moved from its first Assessment to its last; `now` holds both judged again, by file."""
    wanted = {choosing.choose(library, name).id for name in frameworks}
    files = tuple(dict.fromkeys((first.file, last.file)))
    for id_ in sorted(now[first.file].keys() & now[last.file].keys()):
        if wanted and id_ not in wanted:
            continue
        before = _filed(first.done, id_)
        ruled, after = _standing(now[first.file][id_]), _standing(now[last.file][id_])
        yield Move(
            plant=first.done.plant.id,
            framework=id_,
            files=files,
            before=before,
            ruled=ruled,
            after=after,
            moved_by=_moved(before, ruled, after),
            dropped=_dropped(last.done.answers, library),
        )


def _filed(done: Assessment, framework: str) -> Standing | None:
    """As it was filed."""
    rated = next((one for one in done.rated if one.head.id == framework), None)
    return None if rated is None else _standing(rated)


def _standing(rated: Rated) -> Standing:
    result: Result = next(r for r in rated.results if r.column == "verified")
    return Standing(version=rated.head.version, level=result.level, score=result.score)


def _moved(before: Standing | None, ruled: Standing, after: Standing) -> MovedBy:
    rule = before is not None and (before.level, before.score) != (ruled.level, ruled.score)
    data = (ruled.level, ruled.score) != (after.level, after.score)
    return "both" if rule and data else "rule" if rule else "data" if data else "nothing"


def change(move: Move) -> Fraction | None:
    """How far the score moved in all; None where there was no score before or is none now."""
    if move.before is None or move.before.score is None or move.after.score is None:
        return None
    return move.after.score - move.before.score
