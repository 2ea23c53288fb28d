"""Text as words and figures: what is compared of two papers, and where in a paper it stands."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from assessor.report.document import Token as PaperToken

CELL = "\x1f"
"""Stands between the cells of a row."""
_PART = r"[0-9A-Za-z]*[0-9][0-9A-Za-z]*"
_TOKEN = re.compile(
    rf"(?P<figure>(?<![0-9A-Za-z])[+\-−]?{_PART}(?:[.,:/\-]{_PART})*(?:\s?(?:%|‰|万元|亿元|元))?"
    r"|[零〇一二两三四五六七八九十]+(?=\s?(?:级|成|倍))|[壹贰叁肆伍](?=\s?级)"
    r"|(?<![0-9A-Za-z])(?:IV|V|I{1,3})(?=\s?级)|(?i:(?<=level )(?:iv|v|i{1,3}|zero|one|two|three|four|five)\b))"
    rf"|[A-Za-z]+|{CELL}|\S"
)
_NUMBER = re.compile(r"([+\-]?)(\d[\d,]*(?:\.\d+)?)(\D*)")
_NUMERALS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"两": "2", "〇": "0"}
_NUMERALS |= {c: str(n) for n, c in enumerate("壹贰叁肆伍", 1)}
_NUMERALS |= {c: str(n) for n, c in enumerate(("i", "ii", "iii", "iv", "v"), 1)}
_ROMAN = {0x2160 + n: str(n + 1) for n in range(12)} | {0x2170 + n: str(n + 1) for n in range(12)}
"""Ⅰ and ⅰ are one letter each; taken apart they could be words."""
_NUMERALS |= {word: str(n) for n, word in enumerate(("zero", "one", "two", "three", "four", "five"))}


@dataclass(frozen=True)
class Token:
    """A word, a Chinese letter or a figure."""

    text: str
    """A figure in one way of writing it: 2.30 is 2.3, 1,000 is 1000, 三 before 级 is 3."""
    figure: bool
    shown: str
    at: int
    """Letters before it in its piece, spaces not counted."""


@dataclass(frozen=True)
class Span:
    """From this letter of a piece on (spaces not counted) it is this place and this marked figure."""

    at: int
    place: str
    mark: str | None = None
    name: bool = False
    """Does it name a row or a column of marked figures?"""


@dataclass(frozen=True)
class Piece:
    """A paragraph, or a row of a table with CELL between its cells."""

    text: str
    spans: tuple[Span, ...]
    table: int | None = None
    """Of a row: the number of its table."""
    cells: tuple["Piece", ...] = ()
    """Of a row as it was written."""
    head: bool = False
    guarded: bool = False
    """Has its table marked figures, so that no row or column may change its name?"""
    stated: frozenset[int] = frozenset()
    """Cells whose words or signs say as much as a figure does."""

    @cached_property
    def key(self) -> str:
        """All of it that can be seen, spaces apart."""
        return squeezed(self.text)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tuple(_tokens(self.text))

    @cached_property
    def words(self) -> str:
        """What it says apart from its figures."""
        return "".join("#" if token.figure else token.text for token in self.tokens)

    def where(self, token: Token) -> Span:
        """The span that a token stands in."""
        return self.where_at(token.at)

    def where_at(self, at: int) -> Span:
        """The span of a letter."""
        return self.spans[max(0, bisect_right([s.at for s in self.spans], at) - 1)]


def normal(text: str) -> str:
    """Wide and narrow letters as one, without what takes no room."""
    return unicodedata.normalize("NFKC", re.sub("[\u200b\u00ad\ufeff]", "", text).translate(_ROMAN))


def squeezed(text: str) -> str:
    return re.sub(rf"[\s{CELL}]", "", normal(text))


def _tokens(text: str) -> Iterator[Token]:
    plain = normal(text)
    seen, passed = 0, 0
    for found in _TOKEN.finditer(plain):
        passed += len(re.sub(rf"[\s{CELL}]", "", plain[seen : found.start()]))
        seen = found.start()
        figure = found["figure"] is not None
        yield Token(_canonical(found[0]) if figure else found[0].casefold(), figure, found[0].strip(), passed)


def _canonical(figure: str) -> str:
    plain = re.sub(r"\s", "", figure).replace("−", "-")
    if plain.casefold() in _NUMERALS:
        return _NUMERALS[plain.casefold()]
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return plain.casefold()
    sign = "-" if found[1] == "-" else ""
    return f"{sign}{Fraction(found[2].replace(',', ''))}{found[3].casefold()}"


@dataclass(frozen=True)
class Paper:
    """What a file holds."""

    kind: Literal["docx", "pdf"]
    token: PaperToken | None
    """What it says of itself; None where its properties are silent."""
    pieces: tuple[Piece, ...]
    marked: Mapping[str, Sequence[str]]
    """Texts by the mark they carry; a PDF keeps none."""
