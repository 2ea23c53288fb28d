"""LOAD target sets: plans of cities. They take part in no rating, and travel with no Assessment."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from assessor.documents import parse
from assessor.domain import Message, TargetSet
from assessor.errors import InputError
from assessor.frameworks import Library
from assessor.frameworks.fault import Fault, fault, refuse, repeated


def load_targets(library: Library, folder: Traversable | Path | None = None) -> dict[str, TargetSet]:
    """Every set of a folder by id, the shipped ones by default; an error names file and line."""
    if folder is None:
        return dict(_shipped(tuple(sorted(library.regions)), tuple(sorted(library.frameworks))))
    return _read(folder, frozenset(library.regions), frozenset(library.frameworks))


@cache
def _shipped(regions: tuple[str, ...], frameworks: tuple[str, ...]) -> dict[str, TargetSet]:
    return _read(files("questionnaires").joinpath("targets"), frozenset(regions), frozenset(frameworks))


def _read(folder: Traversable | Path, regions: frozenset[str], frameworks: frozenset[str]) -> dict[str, TargetSet]:
    found: dict[str, TargetSet] = {}
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith((".yaml", ".yml")))
    for name in names:
        one, lines = parse(TargetSet, folder.joinpath(name).read_text("utf-8"), f"targets/{name}")
        refuse(_faults(one, regions, frameworks), lines)
        if one.id in found:
            message = Message(id="library.duplicate_id", params={"id": one.id, "first": f"targets/{one.id}"})
            raise InputError(message, lines.at("id"))
        found[one.id] = one
    return found


def _faults(one: TargetSet, regions: frozenset[str], frameworks: frozenset[str]) -> Iterator[Fault]:
    yield from repeated(("targets",), [target.id for target in one.targets])
    if one.region is not None and one.region not in regions:
        yield fault(("region",), "unknown_region", id=one.region, known=", ".join(sorted(regions)) or "-")
    if one.first > one.last:
        yield fault(("last",), "target_period", first=one.first, last=one.last)
    for i, statement in enumerate(one.transformed.all if one.transformed else ()):
        if statement.framework is not None and statement.framework not in frameworks:
            known = ", ".join(sorted(frameworks))
            at = ("transformed", "all", i, "framework")
            yield fault(at, "unknown_framework", id=statement.framework, known=known)
