"""IMPACT of an edition that is to be: who would move, from where to where, and on which change it hangs.

Of each plant its latest Assessment stands on both sides: judged under the library in force, and under the
candidate, both today and by the same functions, so that nothing but the candidate lies between them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Literal

from assessor.domain import Noun, Size, Slug, Text
from assessor.frameworks import Library
from assessor.portfolio.again import Again, Fault
from assessor.portfolio.changes import Change, changes
from assessor.portfolio.filed import Standing
from assessor.portfolio.rerate import Rerated

Way = Literal["up", "down", "higher", "lower", "rated", "unrated", "same"]
"""Level up or down; score alone higher or lower; rated now, rated no more; as before."""
WAYS: tuple[Way, ...] = ("up", "down", "higher", "lower", "rated", "unrated", "same")
Side = Literal["industry", "size", "district", "kind"]
SIDES: tuple[Side, ...] = ("district", "industry", "size", "kind")


class Edition(Noun):
    """One framework on both sides. None: not there on that side."""

    framework: Slug
    title: Text
    before: str | None
    after: str | None


class Moved(Noun):
    """One plant by one framework that stands elsewhere under the candidate."""

    plant: Slug
    name: Text
    file: str
    framework: Slug
    before: Standing | None
    after: Standing | None
    way: Way
    hangs: tuple[str, ...]
    """Changes, by id, each of which moves it when tried alone; empty: only several together do."""
    industry: str | None = None
    size: Size | None = None
    district: Text | None = None
    simulated: bool = False


class Cell(Noun):
    """How many plants stand at one level before and at one after. None: not rated, or no level."""

    before: int | None
    after: int | None
    plants: int


class Matrix(Noun):
    """Levels before by levels after, of one framework."""

    framework: Slug
    cells: tuple[Cell, ...]
    ways: dict[Way, int]
    """How many went which way; together all that are rated on either side."""


class Share(Noun):
    """Of plants of one sort, how many went which way by one framework."""

    framework: Slug
    side: Side
    value: str | None
    """None: not known."""
    ways: dict[Way, int]


class Hanging(Noun):
    """One change, and how many of those that moved it moves when tried alone."""

    change: Change
    moved: dict[Slug, int]
    """By framework."""


class Dropped(Noun):
    """Questions of one plant that the candidate does not ask any more: its answers do not count."""

    plant: Slug
    name: Text
    file: str
    questions: tuple[Slug, ...]


class Impact(Noun):
    """What a candidate would do to all that was looked at. Nothing of it is in force."""

    format: Literal["assessor-impact/1"]
    editions: tuple[Edition, ...]
    """Those that differ."""
    hanging: tuple[Hanging, ...]
    """Every change, whoever it moves."""
    together: dict[Slug, int]
    """By framework, how many no change moves alone."""
    plants: int
    """Looked at and judged on both sides."""
    simulated: int
    """Of these, generated ones."""
    earlier: int
    """Assessments that were left out, since there is a later one of the plant."""
    drifted: int
    """Plants that stand elsewhere today than as filed already under the library in force."""
    matrices: tuple[Matrix, ...]
    shares: tuple[Share, ...]
    moved: tuple[Moved, ...]
    dropped: tuple[Dropped, ...]
    faults: tuple[Fault, ...]
    hidden: int = 0
    """Plants that are not shown, since a difference is still to be clarified with them."""


def impact(before: Library, after: Library, found: Rerated, unsettled: frozenset[str] = frozenset()) -> Impact:
    """The report; `found`: judged by an `Order` with both. A plant whose latest is one of the files `unsettled` is
    left out, and nothing older stands in for it."""
    newest = _latest(found.held)
    latest = [one for one in newest if one.file not in unsettled]
    ids = sorted({id_ for one in latest for id_ in one.then.keys() | one.now.keys()})
    differing = changes(before, after)
    moved = [m for one in latest for id_ in ids if (m := _moved(one, id_)) is not None]
    really = [m for m in moved if m.way != "same"]
    return Impact(
        format="assessor-impact/1",
        editions=tuple(_editions(before, after)),
        hanging=tuple(
            Hanging(change=c, moved=dict(Counter(m.framework for m in really if c.id in m.hangs)))
            for c in differing
        ),
        together=dict(Counter(m.framework for m in really if not m.hangs)),
        plants=len(latest),
        simulated=sum(one.simulated for one in latest),
        earlier=len(found.held) - len(newest),
        drifted=sum(_drifted(one) for one in latest),
        matrices=tuple(_matrix(id_, [m for m in moved if m.framework == id_]) for id_ in ids),
        shares=tuple(_shares(moved, latest)),
        moved=tuple(sorted(really, key=lambda m: (m.framework, WAYS.index(m.way), m.plant))),
        dropped=tuple(
            Dropped(plant=o.plant, name=o.name, file=o.file, questions=o.dropped) for o in latest if o.dropped
        ),
        faults=found.faults,
        hidden=len(newest) - len(latest),
    )


def _latest(held: Iterable[Again]) -> list[Again]:
    """Of each plant the one that was made last, in the order of their ids."""
    found: dict[str, Again] = {}
    for one in sorted(held, key=lambda one: (one.made, one.file)):
        found[one.plant] = one
    return [found[plant] for plant in sorted(found)]


def _moved(one: Again, id_: str) -> Moved | None:
    before, after = one.then.get(id_), one.now.get(id_)
    if before is None and after is None:
        return None
    return Moved.model_construct(
        plant=one.plant, name=one.name, file=one.file, framework=id_, before=before, after=after,
        way=way(before, after), hangs=one.hangs.get(id_, ()), industry=one.industry, size=one.size,
        district=one.district, simulated=one.simulated,
    )  # fmt: skip


def way(before: Standing | None, after: Standing | None) -> Way:
    """Which way a plant went by one framework."""
    if before is None or after is None:
        return "unrated" if after is None else "rated"
    if before.level is not None and after.level is not None and before.level != after.level:
        return "up" if after.level > before.level else "down"
    if (before.level is None) != (after.level is None):
        return "rated" if before.level is None else "unrated"
    if before.score is None or after.score is None or before.score == after.score:
        return "same"
    return "higher" if after.score > before.score else "lower"


def change(moved: Moved) -> Fraction | None:
    """How far the score moved; None where there is none on a side."""
    if moved.before is None or moved.after is None or moved.before.score is None or moved.after.score is None:
        return None
    return moved.after.score - moved.before.score


def _drifted(one: Again) -> bool:
    return any(
        (one.stood[id_].level, one.stood[id_].score) != (now.level, now.score)
        for id_, now in one.then.items()
        if id_ in one.stood
    )


def _matrix(id_: str, moved: list[Moved]) -> Matrix:
    cells = Counter((_level(m.before), _level(m.after)) for m in moved)
    ordered = sorted(cells, key=lambda pair: tuple(-1 if end is None else end for end in pair))
    return Matrix(
        framework=id_,
        cells=tuple(Cell(before=b, after=a, plants=cells[b, a]) for b, a in ordered),
        ways=_ways(moved),
    )


def _level(standing: Standing | None) -> int | None:
    return None if standing is None else standing.level


def _ways(moved: Iterable[Moved]) -> dict[Way, int]:
    found = Counter(m.way for m in moved)
    return {way_: found[way_] for way_ in WAYS if found[way_]}


def _shares(moved: Iterable[Moved], latest: Iterable[Again]) -> Iterable[Share]:
    kinds = {one.plant: one.kind for one in latest}
    sorts: Mapping[Side, Callable[[Moved], str | None]] = {
        "district": lambda m: m.district.zh if m.district else None,
        "industry": lambda m: m.industry,
        "size": lambda m: m.size,
        "kind": lambda m: kinds[m.plant],
    }
    groups: dict[tuple[str, Side, str | None], list[Moved]] = {}
    for one in moved:
        for side in SIDES:
            groups.setdefault((one.framework, side, sorts[side](one)), []).append(one)
    for (id_, side, value), ones in sorted(groups.items(), key=lambda g: (g[0][0], g[0][1], g[0][2] or "~")):
        ways = _ways(ones)
        if set(ways) != {"same"}:
            yield Share(framework=id_, side=side, value=value, ways=ways)


def _editions(before: Library, after: Library) -> Iterable[Edition]:
    for id_ in sorted(before.frameworks.keys() | after.frameworks.keys()):
        old, new = before.frameworks.get(id_), after.frameworks.get(id_)
        if old != new:
            title = (new or old).title  # type: ignore[union-attr]
            was, now = (None if one is None else one.version for one in (old, new))
            yield Edition(framework=id_, title=title, before=was, after=now)


__all__ = ["WAYS", "Impact", "Moved", "Way", "change", "impact", "way"]
