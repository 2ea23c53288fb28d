"""Pictures for Word: every SVG of a document as PNG in one run of typst, in letters that travel with us."""

from collections.abc import Sequence
from pathlib import Path

import typst
from pylopdf_fonts_zh_cn import sans_path

POINTS = 480
"""Width of each picture on its page."""
FINE = 200
"""Points an inch."""


def png(pictures: Sequence[str]) -> list[bytes]:
    """Standing-alone SVGs as PNG, in their order. What has no letter in our font is drawn as an empty box."""
    if not pictures:
        return []
    sheet = ["#set page(width: auto, height: auto, margin: 0pt)"]
    files = {f"{i}.svg": svg.encode() for i, svg in enumerate(pictures)}
    sheet += [f'#image("{name}", width: {POINTS}pt)\n#pagebreak(weak: true)' for name in files]
    made = typst.compile(  # type: ignore[call-overload]  # its stub does not know files in memory
        {"main.typ": "\n".join(sheet).encode(), **files},
        format="png",
        ppi=FINE,
        font_paths=[str(Path(sans_path()).parent)],
        ignore_system_fonts=True,
    )
    return [made] if isinstance(made, bytes) else [page for page in made if page]


def size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG in points, from its header."""
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
