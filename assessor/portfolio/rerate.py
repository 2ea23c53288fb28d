"""RE-RATE stored Assessments under the library at hand: who moved, by how much, and whether data or rule did it.

What was stored is the answers and the measurements; they do not change by being judged again. Of one plant the
Assessments are taken in the order they were made. From the earliest as it was filed to the latest as it is judged
now, the way goes over the earliest judged now: that first step is the rule's, the second is the data's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from assessor import choosing, pipeline
from assessor.domain import Answers, Message, Noun, Rated, Rating, Settlement, Slug
from assessor.errors import BundleError
from assessor.frameworks import Library
from assessor.portfolio import crew
from assessor.portfolio.again import Again, Fault, Order, again
from assessor.portfolio.filed import Standing, filed, standing
from assessor.portfolio.judging import Judging
from assessor.portfolio.shelf import Piece
from assessor.portfolio.stored import Stored, stored

MovedBy = Literal["nothing", "rule", "data", "both"]


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
class Stands:
    """One Assessment as it was filed and as it is judged now, whoever judged it."""

    file: str
    plant: str
    stood: Mapping[str, Standing]
    now: Mapping[str, Standing]
    dropped: tuple[str, ...]


def rerate(
    held: Iterable[Stored],
    library: Library,
    frameworks: Sequence[str] = (),
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Move, ...]:
    """Every plant by every framework asked for (all that it is rated by now, where none is named).

    `told` hears the name of each file once it is done. Raises the error of the first one that cannot be judged.
    """
    judging, plants = Judging.of(library, frameworks), dict[str, list[tuple[int, Stands]]]()
    for one in held:
        kept = filed(one.done)
        now = judging.judge(kept, one.file)
        stands = Stands(one.file, kept.plant, kept.stood, now.standings, now.dropped)
        plants.setdefault(kept.plant, []).append((kept.made, stands))
        told(one.file)
    return moves_by_plant(plants)


@dataclass(frozen=True)
class Rerated:
    """Many Assessments, judged again."""

    held: tuple[Again, ...]
    """In the order of the pieces, whoever did them when."""
    faults: tuple[Fault, ...]

    @property
    def moves(self) -> tuple[Move, ...]:
        """As of `rerate`."""
        plants = dict[str, list[tuple[int, Stands]]]()
        for one in self.held:
            stands = Stands(one.file, one.plant, one.stood, one.now, one.dropped)
            plants.setdefault(one.plant, []).append((one.made, stands))
        return moves_by_plant(plants)


def rerate_many(
    pieces: Iterable[Piece],
    order: Order,
    executor: str = "serial",
    told: Callable[[int], None] = lambda _: None,
    workers: int | None = None,
) -> Rerated:
    """The same of as many as there are, by a crew. `told` hears how many are done since it was last told.

    What cannot be read or judged is among the faults, and takes nothing else along.
    """
    given: dict[int, Piece] = {}

    def handed() -> Iterator[Piece]:
        for place, piece in enumerate(pieces):
            given[place] = tuple(held if held.data is None else held.bare for held in piece)
            yield piece

    found: dict[int, tuple[list[Again], list[Fault]]] = {}
    for done in crew.run(again, order, handed(), executor, workers):
        piece = given.pop(done.place)
        result = done.result
        if isinstance(result, crew.Lost):
            result = [], [Fault(file=held.name, why=result.why, exit=5) for held in piece]
        found[done.place] = result
        told(sum(held.count for held in piece))
    ordered = [found[place] for place in sorted(found)]
    held = tuple(one for sheet, _ in ordered for one in sheet)
    return Rerated(held, tuple(fault for _, faults in ordered for fault in faults))


def moves_by_plant(plants: Mapping[str, list[tuple[int, Stands]]]) -> tuple[Move, ...]:
    """Of each plant the earliest and the latest, by when they were made."""
    moves: list[Move] = []
    for _, ones in sorted(plants.items()):
        ends = sorted(ones, key=lambda one: (one[0], one[1].file))
        moves += moves_of(ends[0][1], ends[-1][1])
    return tuple(moves)


def moves_of(first: Stands, last: Stands) -> Iterator[Move]:
    """How a plant moved from its first Assessment to its last."""
    files = tuple(dict.fromkeys((first.file, last.file)))
    for id_ in sorted(first.now.keys() & last.now.keys()):
        before, ruled, after = first.stood.get(id_), first.now[id_], last.now[id_]
        yield Move(
            plant=first.plant,
            framework=id_,
            files=files,
            before=before,
            ruled=ruled,
            after=after,
            moved_by=_moved(before, ruled, after),
            dropped=last.dropped,
        )


def _moved(before: Standing | None, ruled: Standing, after: Standing) -> MovedBy:
    rule = before is not None and (before.level, before.score) != (ruled.level, ruled.score)
    data = (ruled.level, ruled.score) != (after.level, after.score)
    return "both" if rule and data else "rule" if rule else "data" if data else "nothing"


def change(move: Move) -> Fraction | None:
    """How far the score moved in all; None where there was no score before or is none now."""
    if move.before is None or move.before.score is None or move.after.score is None:
        return None
    return move.after.score - move.before.score


# One Assessment with its ratings line by line ------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """The answers and measurements of an Assessment under the library at hand, with every line."""

    rated: Mapping[str, Rated]
    """By framework id."""
    ratings: tuple[Rating, ...]
    weights: str
    """The default set of the framework that it was judged by."""
    dropped: tuple[str, ...]

    def stands(self, one: Stored) -> Stands:
        stood = {held.head.id: standing(held) for held in one.done.rated}
        now = {id_: standing(rated) for id_, rated in self.rated.items()}
        return Stands(one.file, one.done.plant.id, stood, now, self.dropped)


def judged(one: Stored, library: Library, frameworks: Sequence[str] = ()) -> Opened:
    """Judge again what was stored, by the whole pipeline."""
    done = one.done
    if done.framework.id not in library.frameworks:
        raise BundleError(Message(id="rerate.framework_gone", params={"id": done.framework.id}), one.file)
    name = next((n for n in frameworks if n.partition("@")[0] == done.framework.id), done.framework.id)
    main = choosing.choose_ladder(library, name, done.plant.kind)
    answers = known(done.answers, library)
    extra = tuple(name for name in frameworks if name not in answers.frameworks)
    dropped = tuple(sorted(_named(done.answers) - _named(answers)))
    answers = answers.model_copy(update={"frameworks": (*answers.frameworks, *extra)})
    found = pipeline.judge(main, library, answers, done.measurements, done.plant.kind, done.as_of).parts
    rated, ratings = found["rated"], found["ratings"]
    assert isinstance(rated, tuple) and isinstance(ratings, tuple)
    return Opened({one.head.id: one for one in rated}, ratings, main.default_weights, dropped)


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


def _named(answers: Answers) -> set[str]:
    settled: Iterable[Settlement] = answers.settlements
    return {a.question for a in answers.answers} | {s.question for s in settled}


__all__ = [
    "Move", "MovedBy", "Opened", "Rerated", "Standing", "Stands", "Stored", "change", "judged", "known",
    "moves_of", "rerate", "rerate_many", "stored",
]  # fmt: skip
