"""Both languages, each in its own script."""

import re
from typing import Literal

from assessor.domain import Text

HAN = re.compile(r"[\u3400-\u9fff]")
WIDE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
ACRONYM = re.compile(r"[A-Z][A-Z0-9/ ]*")
"""What stays as it is in Chinese: IT, MES, OEE."""


def wrong_language(text: Text) -> Literal["zh", "en"] | None:
    """Which side of a text is not in its language, if any."""
    if not HAN.search(text.zh) and not ACRONYM.fullmatch(text.zh):
        return "zh"
    if WIDE.search(text.en) or not re.search(r"[A-Za-z]", text.en):
        return "en"
    return None
