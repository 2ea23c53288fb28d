"""Register maps of meters and controllers, as data: one YAML file a device, with the document it is from."""

from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from assessor.documents import Lines, parse
from assessor.domain import Message, Point, Profile, Scope, Text
from assessor.errors import InputError


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


def read_profile(text: str, name: str) -> Profile:
    """A profile from its text; what does not fit together is an error with its line."""
    profile, lines = parse(Profile, text, name)
    check_profile(profile, lines)
    return profile


def check_profile(profile: Profile, lines: Lines, *above: str | int) -> None:
    """Hold a map against itself; `above` is where it stands in its document."""
    seen: set[str] = set()
    taken: dict[tuple[int, int], list[Point]] = {}
    for i, point in enumerate(profile.points):
        if point.id in seen:
            raise _fault("twice", lines, (*above, "points", i), point=point.id)
        seen.add(point.id)
        if point.at + point.size > 65536:
            raise _fault("beyond", lines, (*above, "points", i), point=point.id)
        for at in range(point.at, point.at + point.size):
            others = taken.setdefault((point.fc, at), [])
            if other := next((held for held in others if not held.shares(point)), None):
                raise _fault("overlap", lines, (*above, "points", i), point=point.id, other=other.id)
            others.append(point)


def _fault(name: str, lines: Lines, path: Sequence[str | int], **params: str | int | Text) -> InputError:
    return InputError(Message(id=f"modbus.profile_{name}", params=params), lines.at(*path))
