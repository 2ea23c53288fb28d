"""WRITE a register map as YAML that people review, or into a copy of a scope. Nothing there is overwritten."""

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarfloat import ScalarFloat

from assessor.documents import load
from assessor.domain import Message, Point, Profile, Scope
from assessor.errors import InputError, StorageError

ORDER = (
    "id", "fc", "at", "type", "length", "bits", "order", "scale", "offset", "unit", "quantity", "function",
    "absent", "states",
)  # fmt: skip


def yaml_of(profile: Profile) -> str:
    """The text of a profile file: one line a point, what is usual left out."""
    out = io.StringIO()
    _yaml().dump(_document(profile), out)
    return out.getvalue()


def into_scope(profile: Profile, scope_file: Path) -> str:
    """The text of a scope with the map added to its `profiles`; comments and layout of the file stay."""
    scope = load(Scope, scope_file)
    if any(own.id == profile.id for own in scope.profiles):
        params: dict[str, Any] = {"id": profile.id}
        raise InputError(Message(id="profiles.has_it", params=params), str(scope_file))
    yaml = _yaml()
    try:
        document = yaml.load(scope_file.read_text("utf-8-sig"))
    except YAMLError as problem:  # what our own reader takes and this one does not
        message = Message(id="input.not_yaml", params={"detail": str(problem)[:200]})
        raise InputError(message, str(scope_file)) from problem
    held = document.get("profiles")
    if held is None:
        held = document["profiles"] = CommentedSeq()
    held.append(_document(profile))
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def write_new(file: Path, text: str) -> None:
    """Write a file that must not be there yet, whole or not at all."""
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as problem:
        raise InputError(Message(id="cli.exists", params={"file": str(file)})) from problem
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise StorageError(Message(id="cli.not_written", params={"reason": reason}), str(file)) from problem


def _yaml() -> YAML:
    yaml = YAML()
    yaml.version = None
    yaml.width = 100_000
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _document(profile: Profile) -> CommentedMap:
    usual = Profile.model_fields
    data = profile.model_dump(mode="json", by_alias=True)
    document = CommentedMap()
    for name, value in data.items():
        if name in ("title", "note") and value:
            document[name] = _flow(value)
        elif name != "points" and (usual[name].is_required() or value != usual[name].default):
            document[name] = value
    document["points"] = CommentedSeq([_point(point) for point in data["points"]])
    return document


def _point(data: dict[str, Any]) -> CommentedMap:
    usual = Point(id="-", fc=3, at=0, type="u16").model_dump(mode="json")
    required = ("id", "fc", "at", "type")
    kept = {name: data[name] for name in ORDER if name in required or data[name] != usual[name]}
    for name in ("scale", "offset"):
        if name in kept and "/" not in kept[name]:
            kept[name] = _number(kept[name])
    flow: CommentedMap = _flow(kept)
    return flow


def _number(digits: str) -> int | str | ScalarFloat:
    """Digits as they are: 0.1 stays 0.1. A negative decimal is written as a text, which keeps its sign."""
    if "." not in digits:
        return int(digits)
    if digits.startswith("-"):
        return digits
    point = digits.index(".")
    return ScalarFloat(float(digits), width=len(digits), prec=point, m_sign=False, m_lead0=0)  # type: ignore[no-any-return]


def _flow(value: Any) -> Any:
    """One line: {a: 1, b: [2, 3]}."""
    if isinstance(value, dict):
        found = CommentedMap({_key(name): _flow(part) for name, part in value.items()})
        found.fa.set_flow_style()
        return found
    if isinstance(value, list):
        listed = CommentedSeq([_flow(part) for part in value])
        listed.fa.set_flow_style()
        return listed
    return value


def _key(name: str) -> str | int:
    return int(name) if isinstance(name, str) and name.isdigit() else name
