"""One piece of a portfolio under one or two libraries: the work that a crew does, the same in any process."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from assessor.domain import Evidence, Gates, Ladder, Message, Noun, Size, Slug, Text, Time, sha256
from assessor.errors import AssessorError
from assessor.frameworks import Library, read_library
from assessor.portfolio.changes import Change, alone, changes
from assessor.portfolio.filed import Filed, Standing, filed
from assessor.portfolio.judging import Judging, alike
from assessor.portfolio.shelf import Held, Piece, inflated, unpacked
from assessor.portfolio.stored import stored


@dataclass(frozen=True)
class Order:
    """What every piece is judged by."""

    parts: Mapping[str, bytes]
    """The files of a library."""
    frameworks: tuple[str, ...] = ()
    """Only by these; empty: by all that a plant is rated by."""
    before: Mapping[str, bytes] | None = None
    """The files of the library in force, where `parts` is a candidate that is held against it."""

    @cached_property
    def digest(self) -> str:
        names = [(name, sha256(data)) for held in (self.parts, self.before or {}) for name, data in held.items()]
        return sha256(repr((names, self.frameworks, self.before is None)).encode())


class Fault(Noun):
    """Why one file, or what stands in its place, could not be judged again."""

    file: str
    why: Message
    exit: int
    """The exit code of such a fault."""


class Again(Noun):
    """One stored Assessment, judged again."""

    file: str
    plant: Slug
    name: Text
    simulated: bool
    kind: str
    industry: str | None
    size: Size | None
    district: Text | None
    made: Time
    differences: int
    stood: dict[Slug, Standing]
    """As filed."""
    then: dict[Slug, Standing]
    """Under the library in force, where there is a candidate; else empty."""
    now: dict[Slug, Standing]
    hangs: dict[Slug, tuple[str, ...]]
    """Of what moved between the two: changes, by id, each of which moves it when tried alone."""
    dropped: tuple[Slug, ...]


Sheet = tuple[list[Again], list[Fault]]


def again(order: Order, piece: Piece) -> Sheet:
    """Judge every Assessment of a piece again; what cannot be is told beside the others."""
    ready = _ready(order)
    found: list[Again] = []
    faults: list[Fault] = []
    for name, held in _held(piece, faults):
        try:
            found.append(ready.judged(name, held))
        except AssessorError as error:
            faults.append(Fault(file=name, why=error.message, exit=error.exit_code))
    return found, faults


def _held(piece: Piece, faults: list[Fault]) -> list[tuple[str, Filed]]:
    found: list[tuple[str, Filed]] = []
    for one in piece:
        try:
            if one.data is None:
                found.append((one.name, filed(stored(Path(one.name)).done)))
            elif one.whole is not None:
                found.append((one.name, _keyed(filed(inflated(one)), one.whole)))
            else:
                found += [(s.file, _keyed(s.filed, s.key)) for s in unpacked(one)]
        except AssessorError as error:
            faults.append(Fault(file=error.place or one.name, why=error.message, exit=error.exit_code))
        except (OSError, zlib.error) as problem:
            why = Message(id="input.unreadable", params={"reason": str(problem)[:200]})
            faults.append(Fault(file=one.name, why=why, exit=2))
    return found


def _keyed(held: Filed, key: str | None) -> Filed:
    return held if key is None else held.model_copy(update={"plant": key})


@dataclass(frozen=True)
class Ready:
    """Libraries made ready: what is to be, what is in force, and this with each change alone."""

    now: Judging
    then: Judging | None
    single: Sequence[tuple[Change, Judging]]

    def judged(self, name: str, held: Filed) -> Again:
        """One Assessment on every side; what is known of its questions is found once where it is the same."""
        known: dict[int, tuple[tuple[Evidence, ...], tuple[str, ...]]] = {}

        def rated(judging: Judging) -> Mapping[str, Standing]:
            key = id(judging.comparing)
            if key not in known:
                known[key] = judging.evidence(held)
            return judging.rate(held, known[key][0], name)

        now = rated(self.now)
        dropped = known[id(self.now.comparing)][1]
        then = {} if self.then is None else rated(self.then)
        hangs = {} if self.then is None else self._hangs(rated, then, now)
        return Again.model_construct(
            file=name, plant=held.plant, name=held.name, simulated=held.simulated, kind=held.kind,
            industry=held.industry, size=held.size, district=held.district, made=held.made,
            differences=held.differences, stood=held.stood, then=dict(then), now=dict(now), hangs=hangs,
            dropped=dropped,
        )  # fmt: skip

    def _hangs(
        self,
        rated: Callable[[Judging], Mapping[str, Standing]],
        then: Mapping[str, Standing],
        now: Mapping[str, Standing],
    ) -> dict[str, tuple[str, ...]]:
        """Each change tried alone: which of them moves what moved?"""
        moved = [id_ for id_ in sorted(then.keys() | now.keys()) if _differ(then, now, id_)]
        found: dict[str, list[str]] = {id_: [] for id_ in moved}
        for change, judging in self.single if moved else ():
            try:
                tried = rated(judging)
            except AssessorError:  # with this change alone such a plant cannot be rated: that moves it too
                tried = {}
            for id_, ids in found.items():
                if _differ(then, tried, id_):
                    ids.append(change.id)
        return {id_: tuple(ids) for id_, ids in found.items()}


def _differ(one: Mapping[str, Standing], other: Mapping[str, Standing], id_: str) -> bool:
    """Level or score, or whether there is any; the version alone moves nobody."""
    a, b = one.get(id_), other.get(id_)
    if a is None or b is None:
        return a is not b
    return (a.level, a.score) != (b.level, b.score)


_MADE: dict[str, Ready] = {}
"""In each process: the libraries of the last order, made ready once."""


def _ready(order: Order) -> Ready:
    if order.digest not in _MADE:
        _MADE.clear()
        _MADE[order.digest] = _made(order)
    return _MADE[order.digest]


def _made(order: Order) -> Ready:
    now = library(order.parts)
    if order.before is None:
        return Ready(Judging.of(now, order.frameworks), None, ())
    then = library(order.before)
    only, beside = ((), ()) if order.frameworks else concerned(then, now)
    force = Judging.of(then, order.frameworks, None, only, beside)
    tried = [(change, alone(then, now, change)) for change in changes(then, now) if change.apart]
    ready = [(c, Judging.of(one, order.frameworks, force, only, beside)) for c, one in tried if one is not None]
    return Ready(Judging.of(now, order.frameworks, force, only, beside), force, ready)


def concerned(before: Library, after: Library) -> tuple[frozenset[str], frozenset[str]]:
    """Frameworks that can rate a plant otherwise than before: those that differ and gates that hang on these, or
    all, where answers come to something else. Beside them ladders next to one that differs: what is cut in one is
    absent in others, so that they count where something was cut."""
    held = [*before.frameworks.values(), *after.frameworks.values()]
    ids = frozenset(f.id for f in held)
    if not alike(before, after):
        return ids, frozenset()
    found = {id_ for id_ in ids if before.frameworks.get(id_) != after.frameworks.get(id_)}
    found |= {f.id for f in held if isinstance(f, Gates) and f.rests_on & found}
    ladders = {f.id for f in held if isinstance(f, Ladder)}
    needed = {id_ for f in held if isinstance(f, Gates) and f.id in found for id_ in f.rests_on}
    beside = ladders - found - needed if ladders & found else set()
    beside |= {f.id for f in held if isinstance(f, Gates) and f.rests_on & beside and f.id not in found}
    return frozenset(found | beside), frozenset(beside)


def library(parts: Mapping[str, bytes]) -> Library:
    return _library(tuple(parts.items()))


@lru_cache(maxsize=4)
def _library(parts: tuple[tuple[str, bytes], ...]) -> Library:
    return read_library(dict(parts))


__all__ = ["Again", "Fault", "Held", "Order", "Sheet", "again"]
