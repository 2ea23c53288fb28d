"""Make foreign text harmless: names come from files of strangers, and a report is opened by others."""

import re
from typing import Any

from markupsafe import Markup, escape

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
"""Control characters no XML may hold, and marks that turn the direction of what follows them."""


def inert(value: Any) -> Any:
    """Drop what is not seen but acts; markup that we wrote ourselves passes."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else _UNSEEN.sub("", value)


def quoted(text: str) -> str:
    """A foreign text for the inside of an SVG."""
    return str(escape(_UNSEEN.sub("", text)))
