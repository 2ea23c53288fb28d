"""Names of data points taken apart: where they stand, and the words they are made of."""

import re
from functools import lru_cache

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\u3400-\u9fff]+")
CJK = re.compile(r"[\u3400-\u9fff]")


def place(path: str) -> tuple[str, str]:
    """What holds a data point, and its own name: 'Line1.IMM01.Speed' is 'Speed' in 'Line1.IMM01'."""
    at = max(path.rfind("/"), path.rfind("."))
    return path[: max(at, 0)], path[at + 1 :]


@lru_cache(maxsize=100_000)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in small letters: 'SetMeltTemperature' and 'set_melt_temperature' are the same."""
    return tuple(word.casefold() for word in WORDS.findall(name))


def plain(text: str) -> str:
    """A word without case, spaces and dashes, to be looked up."""
    return re.sub(r"[\s_\-./()（）]", "", text).casefold()


def listed(words_: str) -> frozenset[str]:
    """Words of a list, as they stand between spaces."""
    return frozenset(words_.split())
