"""COMPARE two assessments of one plant: both are judged again, so that data and rule can be told apart."""

from fractions import Fraction

from assessor.domain import Message, Rated, Rating
from assessor.errors import InputError
from assessor.frameworks import Library
from assessor.messages import Language
from assessor.portfolio.rerate import Move, Opened, Standing, Stored, judged, moves_of
from assessor.report.document import Document
from assessor.report.papers.comparison import Change, Changes, Place, Step, comparison


def compared(one: Stored, other: Stored, library: Library, language: Language) -> Document:
    """The comparison of two Assessments of the same plant, whichever is named first.

    Raises InputError where they are of two plants or frameworks, the same one twice, or where none is the earlier.
    """
    first, last = sorted((one, other), key=_when)
    _comparable(first, last)
    ruled, now = judged(first, library), judged(last, library)
    main = last.done.framework.id
    moves = sorted(
        moves_of(ruled.stands(first), now.stands(last)), key=lambda m: (m.framework != main, m.framework)
    )
    changes = Changes(
        frameworks=tuple(_change(move, first, now) for move in moves),
        dimensions={
            "filed": _dimensions(first.done.ratings, first.done.framework.default_weights),
            "ruled": _dimensions(ruled.ratings, ruled.weights),
            "now": _dimensions(now.ratings, now.weights),
        },
        dropped=moves[0].dropped if moves else (),
    )
    return comparison(first.done, last.done, changes, language)


def _when(stored: Stored) -> tuple[int, int]:
    """Its time; of one time, what was clarified with the plant came later."""
    return stored.done.made, sum(e.settlement is not None for e in stored.done.evidence)


def _change(move: Move, first: Stored, now: Opened) -> Change:
    rated = now.rated[move.framework]
    filed = next((one for one in first.done.rated if one.head.id == move.framework), rated)
    places: dict[Step, Place | None] = {
        "filed": _place(move.before, filed),
        "ruled": _place(move.ruled, rated),
        "now": _place(move.after, rated),
    }
    return Change(rated.head.title, places, move.moved_by)


def _comparable(first: Stored, last: Stored) -> None:
    a, b = first.done, last.done
    if a == b:
        raise InputError(Message(id="comparison.same_one"), last.file)
    if a.plant.id != b.plant.id:
        raise InputError(Message(id="comparison.other_plant", params={"one": a.plant.id, "other": b.plant.id}))
    if a.framework.id != b.framework.id:
        params: dict[str, str] = {"one": a.framework.id, "other": b.framework.id}
        raise InputError(Message(id="comparison.other_framework", params={**params}))
    if _when(first) == _when(last):
        raise InputError(Message(id="comparison.same_time", params={"one": first.file, "other": last.file}))


def _place(standing: Standing | None, rated: Rated) -> Place | None:
    if standing is None:
        return None
    grade = next((g.name for g in rated.grades if g.number == standing.level), None)
    return Place(standing.version, standing.level, standing.score, grade)


def _dimensions(ratings: tuple[Rating, ...], weights: str) -> dict[str, Fraction]:
    rating = next(r for r in ratings if r.column == "verified" and r.weights == weights)
    return {d.dimension: d.low for d in rating.dimensions}
