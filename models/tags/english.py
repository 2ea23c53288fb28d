"""Read an English name: words of MeltTemp, melt_temp or MELT-TEMP, the longest run of words first.

The last term is the head, as in a compound; what follows `of`, `for`, `in` and the like is left aside. A word
that names a thing after the head (temperature controller, pressure valve) silences it; unknown words after it
usually say where (TempBarrel), and are passed over. A word written together is read by its ending, from five
letters on.
"""

import re
from functools import lru_cache

from assessor.domain import Function
from models.tags.hits import Found, Hit
from models.tags.lexicon import Term, around, lexicon, longest
from models.tags.names import Word, without_units, words

LATIN = re.compile(r"[A-Za-z]")
PREPOSITIONS = frozenset(
    {"of", "for", "in", "at", "from", "to", "per", "by", "since", "before", "after", "behind"}
)
GLUED = 5
"""Letters that an ending of a word written together has at least; `temp` and `time` are safe with four."""
SHORT_ENDINGS = ("temp", "time")
ISA = re.compile(
    r"(?<![a-z])(?:([tpfl])d?(?:t|i|e|ic|it|ir|rc)|(f)i?q|([tpfl])a[hl]{1,2})[-_ ]?\d{2,5}(?!\d)",
    re.I,
)
"""Instrument tags of ISA-5.1 for temperature, pressure, flow and level: TIC101, PT-205, FQ301, LAHH12. Letters
that plants use for other things as well (AI for an analogue input, ST for a station) are not read."""
MEASURED = {"t": "temperature", "p": "pressure", "f": "flow", "l": "level"}


@lru_cache(maxsize=50_000)
def read(element: str, above: int = 0) -> Found:
    """What an element says in English."""
    if not LATIN.search(element):
        return Found()
    told = words(without_units(element))
    kept = _before_preposition(told)
    head: Hit | None = None
    anywhere: list[Hit] = []
    open_, closed, end = True, False, len(kept)
    while end > 0:
        start, match = _ending(kept, end)
        if isinstance(match, Term):
            hit = Hit(match, above, kept[start].start)
            if match.anywhere:
                anywhere.append(hit)
            elif open_:
                head, open_ = hit, False
        elif match == "thing":
            open_, closed = False, True
        elif match != "skip" and len(kept[start].text) > 1:
            closed = True
        end = start
    return Found(head or _instrument(element, above), tuple(anywhere), closed)


def _before_preposition(told: list[Word]) -> list[Word]:
    """'Speed of the spindle' is headed by speed; 'number of parts' is a count as it stands."""
    for i, word in enumerate(told):
        if word.text in PREPOSITIONS and i > 0:
            number = word.text == "of" and told[i - 1].text == "number"
            return [*told[: i - 1], Word("number of", told[i - 1].start, word.end)] if number else told[:i]
    return told


def _ending(told: list[Word], end: int) -> tuple[int, Term | str]:
    """The longest run of words that ends here, else the ending of the last word: where it begins, what it is."""
    terms, others = lexicon("en"), around("en")
    for start in range(max(0, end - longest("en")), end):
        phrase = " ".join(word.text for word in told[start:end])
        for text in (phrase, phrase.replace(" ", "") if end - start > 1 else phrase):
            if text in terms or text in others:
                return start, terms.get(text) or others[text]
    return end - 1, _glued(told[end - 1].text) or "unknown"


def _glued(word: str) -> Term | str | None:
    """What a word written together ends in: SPINDLESPEED, moldtemp."""
    terms, others = lexicon("en"), around("en")
    for length in range(len(word) - 1, 3, -1):
        ending = word[-length:]
        if length < GLUED and ending not in SHORT_ENDINGS:
            continue
        if ending in terms or others.get(ending) == "thing":
            return terms.get(ending) or others[ending]
    return None


def _instrument(element: str, above: int) -> Hit | None:
    """The measured variable of an instrument tag; None where the element holds none, or several."""
    found = list(ISA.finditer(element))
    if len(found) != 1:
        return None
    match = found[0]
    measured, total, alarm = match[1], match[2], match[3]
    function = Function.COUNTER if total else Function.ALARM if alarm else None
    term = Term("en", match[0].lower(), MEASURED[(measured or total or alarm).lower()], function)
    return Hit(term, above, match.start(), "isa")
