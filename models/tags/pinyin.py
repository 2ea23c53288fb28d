"""Read names in pinyin, written whole (mujuwendu) or by initials (mjwd), by the longest ending of the lexicon.

Initials stand for many things (sd is 湿度, 速度, 深度, 设定): an ending whose terms mean different things is no
answer but candidates, which a unit may decide. On English names such endings fire by chance and are wrong nearly
always, so they are read only where the names of a server look like pinyin (`looks_like_pinyin`).
"""

import re
from collections.abc import Iterable
from functools import cache

from models.tags import english
from models.tags.hits import Found, Hit
from models.tags.lexicon import LETTERS, Term, around, by_pinyin, folded, lexicon
from models.tags.names import CHINESE, elements, words

ENOUGH, MOST_PINYIN, FEW_ENGLISH = 8, 0.7, 0.2
"""A server's names look like pinyin where at least 8 differ, 70 % of them can be pinyin and end in a term of the
lexicon, and at most 20 % hold an English term. (Own thresholds.)"""
INITIALS = re.compile(r"[a-hj-tw-z]{2,10}")
"""No syllable begins with i, u or v."""
SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxzcsryw]|zh|ch|sh)?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|an|ao|ei|en|er|ia"
    r"|ie|in|iu|ou|ua|ui|un|uo|ue|ve|a|e|i|o|u|v)"
)


def looks_like_pinyin(names: Iterable[str]) -> bool:
    """Is this how a server is named? Only names in Latin letters are looked at."""
    told = {run for name in names if not CHINESE.search(name) and (run := _run(name))}
    if len(told) < ENOUGH:
        return False
    spelt = sum(_spelt(run) for run in told)
    english_ = sum(1 for name in {_last(name) for name in names} if name and _is_english(name))
    return spelt >= MOST_PINYIN * len(told) and english_ <= FEW_ENGLISH * len(told)


def read(element: str, above: int = 0) -> tuple[Found, tuple[Term, ...]]:
    """What an element says in pinyin, and the terms in question where it is not one thing."""
    run, start = _letters(element)
    for length in range(len(run), 1, -1):
        ending = run[-length:]
        terms = by_pinyin().get(ending, ())
        if not terms or (ending not in {t.pinyin for t in terms} and not INITIALS.fullmatch(run)):
            continue
        heads = {term.heads for term in terms}
        if len(heads) > 1:
            return Found(), terms
        hit = Hit(terms[0], above, start + len(run) - length, "pinyin")
        return (Found(None, (hit,)) if terms[0].anywhere else Found(hit)), ()
    return Found(), ()


def _letters(element: str) -> tuple[str, int]:
    """The last run of letters, before numbers and words such as sp, and where it begins."""
    runs = [match for match in LETTERS.finditer(folded(element)) if len(match[0]) > 1]
    kept = [m for m in runs if around("en").get(m[0]) != "skip" and not _function(m[0])] or runs
    return (kept[-1][0], kept[-1].start()) if kept else ("", 0)


def _function(word: str) -> bool:
    term = lexicon("en").get(word)
    return term is not None and term.quantity is None and term.anywhere


def _last(name: str) -> str:
    return next(iter(reversed(elements(name))), "")


def _run(name: str) -> str:
    return _letters(_last(name))[0]


@cache
def _spelt(run: str) -> bool:
    """Can it be pinyin, and does it end in something known?"""
    whole = _syllables(run) >= 2
    if not whole and not INITIALS.fullmatch(run):
        return False
    return any(run[-n:] in by_pinyin() for n in range(2, len(run) + 1))


def _syllables(run: str) -> int:
    """How many syllables it is made of, at least; 0 where it is no pinyin."""
    fewest: list[int] = [0] + [0] * len(run)
    reached = [True] + [False] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 6), end):
            if reached[start] and SYLLABLE.fullmatch(run, start, end):
                count = fewest[start] + 1
                fewest[end] = min(fewest[end], count) if reached[end] else count
                reached[end] = True
    return fewest[-1] if reached[-1] else 0


def _is_english(name: str) -> bool:
    """Does it hold an English term or word of three letters at least?"""
    known = lexicon("en").keys() | around("en").keys()
    whole = any(len(word.text) > 2 and word.text in known for word in words(name))
    head = english.read(name).head
    return whole or (head is not None and len(head.term.text) > 2)
