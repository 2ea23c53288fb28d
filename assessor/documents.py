"""READ a YAML or JSON document of a user into a noun. An error names file, line and what would be right.

YAML is 1.2: 'no' is a text, numbers keep every digit, a key stands once. Anchors, aliases and tags are
refused, since a document that people review should say what it says where it says it.
"""

import difflib
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from assessor.domain import Message
from assessor.errors import InputError

N = TypeVar("N", bound=BaseModel)
Path_ = tuple[str | int, ...]
LARGEST = 20_000_000
"""Bytes; a larger document is a mistake."""
TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ["map", "seq", "str", "int", "float", "bool", "null", "timestamp"]}
"""What plain YAML is resolved to; any other was put there by hand."""


class Lines:
    """Where things stand in a document: for errors that only show when parts are compared."""

    def __init__(self, name: str, lines: dict[Path_, int]) -> None:
        self._name, self._lines = name, lines

    def at(self, *path: str | int) -> str:
        """'file:line' of a key path; of its nearest ancestor where the path itself is not in the document."""
        return f"{self._name}:{_line(path, self._lines)}"


def load(kind: type[N], file: Path) -> N:
    """Read one document from a file."""
    return load_with_lines(kind, file)[0]


def load_with_lines(kind: "Chosen[N]", file: Path) -> tuple[N, Lines]:
    """Read one document and where its keys stand."""
    try:
        text = read_bounded(file, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError(Message(id="input.not_utf8", params={"at": problem.start}), str(file)) from problem
    return parse(kind, text, str(file))


def read_bounded(file: Path, most: int) -> bytes:
    """A user's file, refused where it cannot be read or is larger than any of its kind."""
    try:
        with file.open("rb") as opened:
            data = opened.read(most + 1)  # a device file has no size and no end
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(Message(id="input.unreadable", params={"reason": reason}), str(file)) from problem
    if len(data) > most:
        raise InputError(Message(id="input.too_large", params={"most": most}), str(file))
    return data


Chosen = type[N] | Callable[[Any], type[N]]
"""What a document is: a noun, or how its content tells which."""


def parse(kind: Chosen[N], text: str, name: str) -> tuple[N, Lines]:
    """Read one document from its text; `name` stands for the file in errors."""
    lines: dict[Path_, int] = {}
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        detail = problem.problem or str(problem)
        raise _not_yaml(detail, f"{name}:{line}") from problem
    except (YAMLError, ValueError, RecursionError) as problem:
        raise _not_yaml(str(problem)[:200], name) from problem
    try:
        data = _plain(node, (), lines, name)
    except RecursionError as problem:
        raise _not_yaml("nested too deeply", name) from problem
    noun: type[N] = kind if isinstance(kind, type) else kind(data)
    try:
        return noun.model_validate(data), Lines(name, lines)
    except ValidationError as problem:
        raise _explain(problem, noun, data, lines, name) from problem


def _not_yaml(detail: str, place: str) -> InputError:
    return InputError(Message(id="input.not_yaml", params={"detail": detail}), place)


def _plain(node: Node | None, path: Path_, lines: dict[Path_, int], name: str) -> Any:
    """Turn nodes into plain data and remember the line of each path."""
    if node is None:
        return None
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if node.anchor or (node.tag or "") not in TAGS:
        raise InputError(Message(id="input.anchor"), f"{name}:{line}")
    if isinstance(node, MappingNode):
        return _mapping(node, path, lines, name)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, i), lines, name) for i, item in enumerate(node.value)]
    if isinstance(node, ScalarNode):
        return _scalar(node, f"{name}:{line}")
    raise InputError(Message(id="input.anchor"), f"{name}:{line}")


def _mapping(node: MappingNode, path: Path_, lines: dict[Path_, int], name: str) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _scalar(key_node, f"{name}:{line}") if isinstance(key_node, ScalarNode) else None
        if key is None or key_node.value == "<<":
            raise InputError(Message(id="input.anchor"), f"{name}:{line}")
        key = str(key_node.value)
        if key in result:
            raise InputError(Message(id="input.duplicate_key", params={"key": key}), f"{name}:{line}")
        lines[(*path, key)] = line
        result[key] = _plain(value_node, (*path, key), lines, name)
    return result


def _scalar(node: ScalarNode, place: str) -> Any:
    kind, value = (node.tag or "").rpartition(":")[2], node.value
    if kind == "null" and value in ("", "~", "null", "Null", "NULL"):
        return None
    if kind == "bool" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if kind == "int":
        try:
            return int(value) if value.lstrip("+-").isdigit() else int(value.replace("_", ""), 0)
        except ValueError as problem:
            raise _not_yaml(f"{value[:40]!r} is not a whole number that can be read", place) from problem
    if kind in ("null", "bool"):  # a tag put there by hand, or YAML 1.1
        raise InputError(Message(id="input.anchor"), place)
    return value  # floats stay texts: their digits are what an exact number is read from


def _explain(
    problem: ValidationError, kind: type[BaseModel], data: Any, lines: dict[Path_, int], name: str
) -> InputError:
    """The first error as a message that names the line and what would be right."""
    errors = sorted(problem.errors(), key=lambda e: (_rank(e["loc"], e["type"]), _line(e["loc"], lines)))
    error = errors[0]
    loc, code = error["loc"], error["type"]
    params: dict[str, str | int] = {"field": ".".join(str(p) for p in loc if p in _steps(loc, data)) or "-"}
    if code == "extra_forbidden":
        known = _fields(kind, loc[:-1])
        nearest = difflib.get_close_matches(str(loc[-1]), known, 1)
        params |= {"key": str(loc[-1]), "known": ", ".join(nearest or known)}
        message = Message(id="input.unknown_key", params=params)
    elif code == "missing":
        message = Message(id="input.missing_key", params=params | {"key": str(loc[-1])})
    else:
        given = error["input"] if isinstance(error["input"], str | int | float | None) else "..."
        given = "..." if "credential" in loc else given  # it may be a password in the wrong place
        same = [e for e in errors if _steps(e["loc"], data) == _steps(loc, data)]
        details = dict.fromkeys(e["msg"].removeprefix("Value error, ") for e in same)
        params |= {"given": str(given)[:80], "detail": " / ".join(details)}
        message = Message(id="input.wrong_value", params=params)
    others = problem.error_count() - 1
    place = f"{name}:{_line(loc, lines)}" + (f" (+{others})" if others else "")
    return InputError(message, place)


def _rank(loc: tuple[str | int, ...], code: str) -> int:
    """Another kind of file explains all the rest; a misspelt key also the one that is missing."""
    if loc == ("format",) and code != "missing":
        return 0
    return 1 if code == "extra_forbidden" else 2


def _steps(loc: tuple[str | int, ...], data: Any) -> list[str | int]:
    """The parts of an error's path that are keys of the document (pydantic adds names of union members)."""
    steps: list[str | int] = []
    for part in loc:
        if isinstance(data, dict) and str(part) in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        elif not isinstance(data, dict):
            continue
        steps.append(part)
    return steps


def _line(loc: tuple[str | int, ...], lines: dict[Path_, int]) -> int:
    path: Path_ = ()
    for part in loc:
        for step in (part, str(part)):
            if (*path, step) in lines:
                path = (*path, step)
                break
    return lines.get(path, 1)


def _fields(kind: Any, loc: tuple[str | int, ...]) -> list[str]:
    """Keys that are allowed at a place of the document."""
    for part in loc:
        if isinstance(part, str) and isinstance(kind, type) and issubclass(kind, BaseModel):
            field = next((f for n, f in kind.model_fields.items() if part in (n, f.alias)), None)
            kind = field.annotation if field else kind
        kind = _member(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.alias or name for name, field in kind.model_fields.items()]
    return []


def _member(kind: Any) -> Any:
    """The model inside tuple[X, ...], dict[str, X], X | None or Annotated[X, ...]."""
    while (origin := get_origin(kind)) is not None:
        arguments = [a for a in get_args(kind) if a not in (Ellipsis, type(None))]
        if origin in (Union, UnionType):
            models = [a for a in arguments if isinstance(a, type) and issubclass(a, BaseModel)]
            kind = models[0] if models else arguments[0]
        else:
            kind = arguments[0] if origin in (Annotated, tuple, list) else arguments[-1]
    return kind
