"""Which characters the fonts of our documents can draw; what they cannot draw is shown as a box, not left out."""

import struct
import unicodedata
from functools import cache
from importlib.resources import files

FAMILY = "Noto Sans SC"
BOX = "□"
BREAK = "\u200b"
"""Where a long word may go on in the next line; it has no width."""


def fonts() -> str:
    """The folder that holds the font's file."""
    return str(files("pylopdf_fonts_zh_cn"))


def drawable(text: str) -> str:
    """The text with what the font lacks written plainly (₂ as 2), or as a box where it cannot be."""
    known = _known()
    if all(c in known for c in text):
        return text
    return "".join(c if c in known else _plainly(c, known) for c in text)


def _plainly(character: str, known: frozenset[str]) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain != character and all(c in known for c in plain) else BOX


@cache
def _known() -> frozenset[str]:
    """Every character of the font's table `cmap`, private ones apart: these mean nothing in another font."""
    data = files("pylopdf_fonts_zh_cn").joinpath("NotoSansSC-Regular.otf").read_bytes()
    known = {chr(c) for c in _mapped(data, _table(data, b"cmap")) if not 0xE000 <= c <= 0xF8FF and c < 0xF0000}
    return frozenset(known | {"\n", "\t", BREAK})


def _table(data: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    for i in range(count):
        name, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * i)
        if name == tag:
            return int(offset)
    raise ValueError("the font has no table of characters")


def _mapped(data: bytes, cmap: int) -> set[int]:
    """Code points of the subtable of format 12, which holds all of Unicode: (first, last, glyph) in groups."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    for i in range(count):
        at = cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * i)[2]
        if struct.unpack_from(">H", data, at)[0] == 12:
            (groups,) = struct.unpack_from(">I", data, at + 12)
            ends = (struct.unpack_from(">III", data, at + 16 + 12 * g)[:2] for g in range(groups))
            return {code for first, last in ends for code in range(first, last + 1)}
    raise ValueError("the font has no table of all Unicode")
