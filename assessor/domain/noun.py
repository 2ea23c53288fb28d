"""What every noun of the product is made of: frozen, strict about keys, exact about numbers."""

import hashlib
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import to_jsonable_python

PIECE = 10_000
"""Tokens of JSON that are put together into one piece of bytes."""


class Noun(BaseModel):
    """A frozen value with no unknown keys. Bulk data never lives in one."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        serialize_by_alias=True,
        defer_build=True,  # a noun is built when one is first made or read: no command needs all of them
    )


def exact(value: Any) -> Fraction:
    """Read a number without loss: int, Fraction, '0.8', '27/40'; a float by its shortest decimal."""
    if type(value) is Fraction:
        return value  # what is reckoned is exact already, and there are thousands of lines of it
    if isinstance(value, bool):
        raise ValueError("a number is expected, not true or false")
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, str) and re.search(r"[eE][+-]?[\d_]{4}", value):
        raise ValueError("a number is expected, not one with thousands of digits")
    try:
        return Fraction(value)
    except (TypeError, ValueError, ZeroDivisionError) as problem:
        raise ValueError("a number is expected, such as 0.8 or 27/40") from problem


def plain(value: Fraction) -> str:
    """Write a number without loss: '0.8' where the decimal ends within 12 places, else '27/40'."""
    scaled = value * 10**12
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    sign, digits = ("-" if scaled < 0 else ""), f"{abs(scaled.numerator):013d}"
    return sign + f"{digits[:-12]}.{digits[-12:]}".rstrip("0").rstrip(".")


Exact = Annotated[
    Fraction,
    BeforeValidator(exact),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": ["number", "string"], "pattern": r"^-?\d+(\.\d+|/\d+)?$"}),
]
"""An exact number. In JSON a string, so that no reader rounds it."""

Share = Annotated[Exact, Field(ge=0, le=1)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Time = int
"""Nanoseconds since 1970 in UTC."""
Day = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A date as YYYY-MM-DD."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Text(Noun):
    """A text of the product or of a plant in both languages."""

    zh: str
    en: str


class Message(Noun):
    """A text by its id in `assessor.messages`, with what fills its gaps. Rendered late, in any language."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)+$")]
    params: dict[str, str | int | Text] = {}


class Status(StrEnum):
    """How well a fact taken from a standard is founded."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    DRAFT = "draft"
    UNVERIFIED = "unverified"
    OWN = "own"


class Outcome(StrEnum):
    """The six outcomes of looking for something. Unknown is one of them and never becomes another."""

    MET = "met"
    NOT_MET = "not_met"
    PARTLY_MET = "partly_met"
    NOT_APPLICABLE = "not_applicable"
    NOT_DETERMINED = "not_determined"
    ERROR = "error"


class EvidenceClass(StrEnum):
    """Where a piece of evidence comes from, strongest first."""

    MEASURED = "measured"
    EXPORTED = "exported"
    OBSERVED = "observed"
    DOCUMENT = "document"
    INTERVIEW = "interview"


def canonical(value: Noun | dict[str, Any] | Sequence[Any]) -> bytes:
    """The one byte string a document has: sorted keys, UTF-8, one space of indent, a final newline."""
    return b"".join(canonical_pieces(value))


def canonical_pieces(value: Noun | dict[str, Any] | Sequence[Any]) -> Iterator[bytes]:
    """The same, piece by piece: of a noun with fifty thousand others in it no second copy is ever whole."""
    encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False, default=_opened)
    tokens = encoder.iterencode(value)
    while piece := "".join(itertools.islice(tokens, PIECE)):
        yield utf8(piece)
    yield b"\n"


def _opened(value: Any) -> Any:
    """A noun as JSON one level down: nouns in its tuples are opened when their turn comes. One that writes itself
    in its own way is written whole."""
    if not isinstance(value, Noun):
        return to_jsonable_python(value)
    if type(value).__pydantic_decorators__.model_serializers:
        return value.model_dump(mode="json")
    many = {n: v for n, v in value if isinstance(v, tuple) and v and hasattr(v[0], "__pydantic_serializer__")}
    aliases = {n: type(value).model_fields[n].alias or n for n in many}
    return value.model_dump(mode="json", exclude=set(many)) | {aliases[n]: v for n, v in many.items()}


def utf8(text: str) -> bytes:
    """A text as bytes; what was no UTF-8 in the words of a machine (a name in GBK) becomes question marks."""
    return text.encode("utf-8", "replace")


def sha256(*data: bytes | memoryview) -> str:
    """Digest as 64 hexadecimal digits, of all pieces after one another."""
    digest = hashlib.sha256()
    for piece in data:
        digest.update(piece)
    return digest.hexdigest()
