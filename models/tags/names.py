"""Names as they are written → the parts that are read: elements of a path, segments, English words.

All offsets are into the element as it is compared (`folded`), from 0.
"""

import re
import unicodedata
from dataclasses import dataclass

from assessor.interpret import QUANTITY
from models.tags.lexicon import folded

BETWEEN = re.compile(r"[/\\|:：;]|(?<!\d)\.|\.(?!\d)")
"""Between the elements of a path; a full stop only where it is no decimal point."""
APART = re.compile(r"[\s_\-—,，、。()（）\[\]【】{}<>《》\"'“”‘’#№*+=!?&~^@$%°℃/]+")
BRACKET = re.compile(r"[(\[（【]([^()\[\]（）【】]{1,12})[)\]）】]")
CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SYMBOL = re.compile(
    r"(?<![A-Za-z])(?:(?:[kM]?Wh|KWH|k?varh|k?VAh?|kvar|kW|pH|CO2|O2|SO2|NOx|PM\d+|r/min)(?![a-z])|PH(?![A-Za-z]))"
)
"""What stands for itself although its letters would be split."""
CHINESE = re.compile(r"[\u3400-\u9fff]")
ELEMENTS, LONGEST = 3, 200
"""How many elements of a path are read, from the last on, and how many letters of each at most."""


@dataclass(frozen=True)
class Word:
    """An English word of an element, folded."""

    text: str
    start: int
    end: int


def elements(path: str) -> tuple[str, ...]:
    """The last elements of a path, as written but for full-width forms; the nearest to the value comes last."""
    told = unicodedata.normalize("NFKC", path.strip())
    parts = [part.strip()[-LONGEST:] for part in BETWEEN.split(told)]
    return tuple(part for part in parts if part)[-ELEMENTS:]


def unit_inside(element: str) -> str | None:
    """A unit that stands in brackets, as in 温度(℃); None where there is none that is known."""
    for match in BRACKET.finditer(element):
        if (unit := known_unit(match[1])) is not None:
            return unit
    return None


def known_unit(text: str) -> str | None:
    """The spelling of a unit that `interpret` knows; blanks do not matter, capitals do."""
    bare = "".join(text.split())
    return bare if bare in QUANTITY or bare in ("°C", "%RH", "kg", "t", "ppm", "mg/m3", "mg/m³", "%") else None


def without_units(element: str) -> str:
    """The element with blanks in place of its units in brackets, so that all offsets stay."""

    def blank(match: re.Match[str]) -> str:
        return " " * len(match[0]) if known_unit(match[1]) is not None else match[0]

    return BRACKET.sub(blank, element)


def segments(element: str) -> list[tuple[int, str]]:
    """Pieces of a folded element between separators, each with its offset."""
    found, at = [], 0
    for gap in APART.finditer(element):
        if gap.start() > at:
            found.append((at, element[at : gap.start()]))
        at = gap.end()
    if at < len(element):
        found.append((at, element[at:]))
    return found


def words(element: str) -> list[Word]:
    """English words of an element: split at separators, at capitals (meltTemp) and at digits."""
    found: list[Word] = []
    at = 0
    for symbol in SYMBOL.finditer(element):
        found += _camel(element, at, symbol.start())
        found.append(Word(folded(symbol[0]), symbol.start(), symbol.end()))
        at = symbol.end()
    found += _camel(element, at, len(element))
    return found


def _camel(element: str, start: int, end: int) -> list[Word]:
    pieces = (match for match in CAMEL.finditer(element, start, end) if not match[0].isdigit())
    return [Word(folded(match[0]), match.start(), match.end()) for match in pieces]
