"""The lexicon as data: terms with the heads they decide, and the words around them.

lexicon.csv: language (zh, en), term, quantity, function, anywhere, and of Chinese terms full pinyin and
initials, which `python -m models.tags` rewrites. A term decides its quantity and its function where it is the
head of a name, the last one. One marked `anywhere` (报警, 累计, setpoint) gives its function wherever it
stands, and its quantity only where nothing else gives one. Without a function of its own a quantity has the
usual one (`USUAL`).

around.csv: words that decide nothing. `skip` may follow the head (反馈值, phase, 进口); `thing` names a thing or a
figure about one, so that a name ending in it is none of a quantity (温度控制器, pressure valve); `per` makes what
follows a figure by something else (每分钟包数, 单件能耗), which is none of it either.
"""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from assessor.domain import Function, Quantity

Language = Literal["zh", "en"]
QUANTITIES: tuple[str, ...] = get_args(Quantity)
USUAL = {"energy": Function.COUNTER, "count": Function.COUNTER, "state": Function.STATE}
"""The function of a quantity whose name says none; `actual` for all others."""
COLUMNS = ("language", "term", "quantity", "function", "anywhere", "pinyin", "initials")
LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Term:
    """One row of the lexicon; `text` as it is compared, see `folded`."""

    language: Language
    text: str
    quantity: str | None
    function: Function | None
    anywhere: bool = False
    pinyin: str = ""
    initials: str = ""

    @property
    def heads(self) -> tuple[str | None, Function | None]:
        """Quantity and function that it gives where it stands alone."""
        usual = USUAL.get(self.quantity or "", Function.ACTUAL if self.quantity else None)
        return self.quantity, self.function or usual


def folded(text: str) -> str:
    """A text as it is compared: full-width forms and case do not matter (NFKC, case-folded)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one table of this package."""
    return list(csv.DictReader(io.StringIO(files(__package__).joinpath(name).read_text("utf-8"))))


@cache
def lexicon(language: Language) -> dict[str, Term]:
    """Terms of a language by their text."""
    terms = (
        Term(
            language,
            folded(row["term"]),
            row["quantity"] or None,
            Function(row["function"]) if row["function"] else None,
            row["anywhere"] == "yes",
            row["pinyin"],
            row["initials"],
        )
        for row in rows("lexicon.csv")
        if row["language"] == language
    )
    return {term.text: term for term in terms}


@cache
def around(language: Language) -> dict[str, str]:
    """Words that decide nothing, each `skip`, `thing` or `per`."""
    return {folded(row["word"]): row["kind"] for row in rows("around.csv") if row["language"] == language}


@cache
def longest(language: Language) -> int:
    """Of a language's terms and words: letters in Chinese, words in English."""
    every = [*lexicon(language), *around(language)]
    return max(len(text) if language == "zh" else text.count(" ") + 1 for text in every)


@cache
def by_pinyin() -> dict[str, tuple[Term, ...]]:
    """Chinese terms by their endings in Latin letters: full pinyin, and initials from two on."""
    found: dict[str, list[Term]] = defaultdict(list)
    for term in lexicon("zh").values():
        for key in {term.pinyin, term.initials}:
            if len(key) > 1 and len(term.text) > 1:
                found[key].append(term)
    return {key: tuple(terms) for key, terms in found.items()}
