"""Which letters a font can draw, read from the table of the font itself."""

import struct
from functools import cache
from pathlib import Path

from pylopdf_fonts_zh_cn import sans_path


@cache
def drawable() -> frozenset[int]:
    """Code points that the font of our documents has a glyph for (cmap of format 12)."""
    data = Path(sans_path()).read_bytes()
    tables: dict[bytes, int] = {}
    for i in range(struct.unpack(">H", data[4:6])[0]):
        name, _, offset, _ = struct.unpack(">4sIII", data[12 + 16 * i : 28 + 16 * i])
        tables[name] = offset
    found: set[int] = set()
    cmap = tables[b"cmap"]
    for i in range(struct.unpack(">H", data[cmap + 2 : cmap + 4])[0]):
        offset = cmap + struct.unpack(">I", data[cmap + 8 + 8 * i : cmap + 12 + 8 * i])[0]
        if struct.unpack(">H", data[offset : offset + 2])[0] == 12:
            (count,) = struct.unpack(">I", data[offset + 12 : offset + 16])
            for k in range(count):
                first, last, _ = struct.unpack(">III", data[offset + 16 + 12 * k : offset + 28 + 12 * k])
                found.update(range(first, last + 1))
    return frozenset(found)
