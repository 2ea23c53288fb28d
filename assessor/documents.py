"""READ a YAML or JSON document of a user into a noun. An error names file, line and what would be right.

YAML is 1.2: 'no' is a text, numbers keep every digit, a key stands once. Anchors, aliases and tags are
refused, since a document that people review should say what it says where it says it. libyaml tells the pieces
of the text and their lines; what a plain word means is told here, since it would go by YAML 1.1.
"""

import difflib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from yaml.events import DocumentStartEvent, MappingStartEvent, NodeEvent, ScalarEvent

from assessor.domain import Message
from assessor.errors import InputError

N = TypeVar("N", bound=BaseModel)
Path_ = tuple[str | int, ...]
LARGEST = 20_000_000
"""Bytes; a larger document is a mistake."""
DEEPEST = 100
"""Lists and mappings within one another; no document needs more."""
LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Either tells the same pieces; the one in C is forty times as fast."""
LETTERS = dict(zip("\x85\u2028\u2029\ufeff", "\U0001fffe\U0001ffff\U0010fffe\U0010ffff", strict=True))
"""Letters of YAML 1.2 that 1.1 takes for ends of lines, or for a beginning; what stands for them while it is read
is no character at all."""
WORDS = re.compile(
    r"(?P<null>~|null|Null|NULL|)|(?P<bool>true|True|TRUE|false|False|FALSE)"
    r"|(?P<int>[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*))"
)
"""Plain words of YAML 1.2 that are no texts; a number with a fraction is read as a text, to keep its digits."""


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
    reader = _Reader(text.removeprefix("\ufeff"), name)
    try:
        data = reader.document()
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        detail = problem.problem or str(problem)
        raise _not_yaml(detail, f"{name}:{line}") from problem
    except (yaml.YAMLError, ValueError) as problem:
        raise _not_yaml(str(problem)[:200], name) from problem
    noun: type[N] = kind if isinstance(kind, type) else kind(data)
    try:
        return noun.model_validate(data), Lines(name, reader.lines)
    except ValidationError as problem:
        raise _explain(problem, noun, data, reader.lines, name) from problem


def _not_yaml(detail: str, place: str) -> InputError:
    return InputError(Message(id="input.not_yaml", params={"detail": detail}), place)


class _Reader:
    """The pieces of one document → plain data, and the line of each path in it."""

    def __init__(self, text: str, name: str) -> None:
        found = [letter for letter in LETTERS if letter in text]
        self.back = {ord(LETTERS[letter]): letter for letter in found}
        read = text.translate({ord(letter): LETTERS[letter] for letter in found}) if found else text
        self.pieces: Iterator[Any] = yaml.parse(read, LOADER)
        self.name = name
        self.lines: dict[Path_, int] = {}

    def document(self) -> Any:
        """The data of the only document there is; None where there is none."""
        next(self.pieces)
        start = next(self.pieces)
        if not isinstance(start, DocumentStartEvent):
            return None
        if start.version not in (None, (1, 2)):
            raise _not_yaml("this is marked as YAML of a version other than 1.2", self._place(start))
        data = self._value(next(self.pieces), ())
        next(self.pieces)
        if isinstance(more := next(self.pieces), DocumentStartEvent):
            raise _not_yaml("expected a single document", self._place(more))
        return data

    def _value(self, piece: Any, path: Path_) -> Any:
        self.lines.setdefault(path, piece.start_mark.line + 1)
        if piece.anchor or piece.tag:  # of an alias the second is not asked for
            raise self._refused("anchor", piece)
        if isinstance(piece, ScalarEvent):
            return self._scalar(piece)
        if len(path) >= DEEPEST:
            raise _not_yaml("nested too deeply", self._place(piece))
        if isinstance(piece, MappingStartEvent):
            return self._mapping(path)
        return self._list(path)

    def _list(self, path: Path_) -> list[Any]:
        result: list[Any] = []
        while isinstance(piece := next(self.pieces), NodeEvent):
            result.append(self._value(piece, (*path, len(result))))
        return result

    def _mapping(self, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while isinstance(piece := next(self.pieces), NodeEvent):
            key = self._key(piece)
            if key in result:
                raise self._refused("duplicate_key", piece, key=key)
            self.lines[*path, key] = piece.start_mark.line + 1
            result[key] = self._value(next(self.pieces), (*path, key))
        return result

    def _key(self, piece: Any) -> str:
        """A key as it is written, a number and a yes too; nothing is none, and '<<' would merge."""
        if not isinstance(piece, ScalarEvent) or piece.anchor or piece.tag or piece.value == "<<":
            raise self._refused("anchor", piece)
        if self._scalar(piece) is None:
            raise self._refused("anchor", piece)
        return self._text(piece)

    def _text(self, piece: ScalarEvent) -> str:
        value: str = piece.value
        return value.translate(self.back) if self.back else value

    def _scalar(self, piece: ScalarEvent) -> bool | int | str | None:
        value = self._text(piece)
        known = WORDS.fullmatch(value) if piece.implicit[0] else None  # what stands in quotes is a text
        if known is None:
            return value
        if known.lastgroup == "null":
            return None
        if known.lastgroup == "bool":
            return value.lower() == "true"
        try:
            return int(value) if value.lstrip("+-").isdigit() else int(value.replace("_", ""), 0)
        except ValueError as problem:
            wrong = f"{value[:40]!r} is not a whole number that can be read"
            raise _not_yaml(wrong, self._place(piece)) from problem

    def _place(self, piece: Any) -> str:
        return f"{self.name}:{piece.start_mark.line + 1}"

    def _refused(self, why: str, piece: Any, **params: str) -> InputError:
        return InputError(Message(id=f"input.{why}", params=dict(params)), self._place(piece))


def explained(problem: ValidationError, kind: type[BaseModel], data: Any) -> InputError:
    """The first error of what a form said: a message that says what would be right, its place the field."""
    error = _explain(problem, kind, data, {}, "-")
    return InputError(error.message, ".".join(str(part) for part in problem.errors()[0]["loc"]) or None)


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
