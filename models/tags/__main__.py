"""Rewrite the columns `pinyin` and `initials` of the lexicon: `python -m models.tags`.

Needs pypinyin (MIT, of the development group): the product reads the columns and never the library. Terms with
Latin letters or digits have none.
"""

import csv
import io
import re
import sys
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from models.tags.lexicon import COLUMNS, rows

FILE = Path(__file__).parent / "lexicon.csv"
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def spelt(term: str) -> tuple[str, str]:
    """Full pinyin without tones (ü as v) and the first letter of each syllable; empty for what is not Chinese."""
    if not CHINESE.fullmatch(term):
        return "", ""
    syllables = lazy_pinyin(term, style=Style.NORMAL)
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def rewritten() -> str:
    """The table with both columns made anew."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows("lexicon.csv"):
        pinyin, initials = spelt(row["term"])
        writer.writerow(row | {"pinyin": pinyin, "initials": initials})
    return out.getvalue()


if __name__ == "__main__":
    text = rewritten()
    FILE.write_text(text, "utf-8", newline="\n")
    sys.stdout.write(f"{text.count(chr(10)) - 1} terms in {FILE.name}\n")
