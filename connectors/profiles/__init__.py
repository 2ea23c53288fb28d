"""Register maps of meters and controllers, as data: one YAML file a device, with the document it is from."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from assessor.documents import Lines, load_with_lines, parse
from assessor.domain import Message, Noun, Point, Profile, Scope, Slug, Text
from assessor.errors import InputError


class MapUsed(Noun):
    """A register map that a unit of the scope is read by, and how far it is to be believed."""

    endpoint: Slug
    unit: int
    profile: Slug
    confidence: str
    note: Text | None = None


def names() -> tuple[str, ...]:
    """Ids of the shipped profiles."""
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in files(__name__).iterdir() if f.name.endswith(".yaml"))
    )


def load_profile(id_: str) -> Profile:
    """A shipped profile, checked."""
    file: Traversable = files(__name__).joinpath(f"{id_}.yaml")
    if not file.is_file():
        raise InputError(Message(id="modbus.no_profile", params={"id": id_, "known": ", ".join(names())}))
    return read_profile(file.read_text("utf-8"), f"connectors/profiles/{id_}.yaml")


def profile_for(scope: Scope, id_: str) -> Profile:
    """The register map a scope means by an id: one made for this plant comes before a shipped one."""
    return next((own for own in scope.profiles if own.id == id_), None) or load_profile(id_)


def maps_used(scope: Scope) -> tuple[MapUsed, ...]:
    """The register map of every unit that has one."""
    units = [(e.id, u.unit, profile_for(scope, u.profile)) for e in scope.endpoints for u in e.units if u.profile]
    return tuple(
        MapUsed(endpoint=id_, unit=unit, profile=held.id, confidence=held.confidence, note=held.note)
        for id_, unit, held in units
    )


def read_profile(text: str, name: str) -> Profile:
    """A profile from its text; what does not fit together is an error with its line."""
    profile, lines = parse(Profile, text, name)
    check_profile(profile, lines)
    return profile


def read_file(file: Path) -> Profile:
    """A profile from a file of a user's own."""
    profile, lines = load_with_lines(Profile, file)
    check_profile(profile, lines)
    return profile


def check_profile(profile: Profile, lines: Lines, *above: str | int) -> None:
    """Hold a map against itself; `above` is where it stands in its document."""
    if fault := fault_of(profile):
        i, message = fault
        raise InputError(message, lines.at(*above, "points", i))


def fault_of(profile: Profile) -> tuple[int, Message] | None:
    """The first point, by its number, that does not fit the ones before it, and why; None where all fit."""
    seen: set[str] = set()
    taken: dict[tuple[int, int], list[Point]] = {}
    for i, point in enumerate(profile.points):
        if point.id in seen:
            return i, _fault("twice", point=point.id)
        seen.add(point.id)
        if point.at + point.size > 65536:
            return i, _fault("beyond", point=point.id)
        for at in range(point.at, point.at + point.size):
            others = taken.setdefault((point.fc, at), [])
            if other := next((held for held in others if not held.shares(point)), None):
                return i, _fault("overlap", point=point.id, other=other.id)
            others.append(point)
    return None


def _fault(name: str, **params: str | int | Text) -> Message:
    return Message(id=f"modbus.profile_{name}", params=params)
