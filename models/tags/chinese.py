"""Read a Chinese name: a compound is headed by its end, so matching runs backwards, longest term first.

A segment whose end is neither a term nor a word that may follow one (反馈值, 3号, 进口) is silent: what it is
about is then said by a word that the lexicon does not know.
"""

from functools import lru_cache

from models.tags.hits import Found, Hit
from models.tags.lexicon import Term, around, folded, lexicon, longest
from models.tags.names import CHINESE, segments, without_units


@lru_cache(maxsize=50_000)
def read(element: str, above: int = 0) -> Found:
    """What an element says in Chinese; nothing where no Chinese letter stands in it."""
    if not CHINESE.search(element):
        return Found()
    pieces = [
        _segment(segment, offset, above) for offset, segment in reversed(segments(folded(without_units(element))))
    ]
    head = next((piece.head for piece in pieces if piece.head), None)
    anywhere = tuple(hit for piece in pieces for hit in piece.anywhere)
    return Found(head, anywhere, any(piece.closed for piece in pieces))


def _segment(text: str, offset: int, above: int) -> Found:
    """What one segment says, from its end on."""
    head: Hit | None = None
    floating: list[Hit] = []
    end, open_, closed = len(text), True, False
    while end > 0:
        start, match = _ending(text, end)
        if isinstance(match, Term):
            hit = Hit(match, above, offset + start)
            if match.anywhere:
                floating.append(hit)
            elif open_:
                head, open_ = hit, False
        elif match == "per":
            head, open_, closed = None, False, True
        elif match != "skip" and CHINESE.match(
            text[start:end]
        ):  # Latin letters and digits number or place something
            open_, closed = False, True
        end = start
    return Found(head, tuple(floating), closed)


def _ending(text: str, end: int) -> tuple[int, Term | str]:
    """The longest term or word that ends here: where it begins and what it is; else one unknown letter."""
    terms, words = lexicon("zh"), around("zh")
    for start in range(max(0, end - longest("zh")), end):
        piece = text[start:end]
        if (piece in terms or piece in words) and _whole(text, start, end):
            return start, terms.get(piece) or words[piece]
    return end - 1, "unknown"


def _whole(text: str, start: int, end: int) -> bool:
    """Does it not cut through a word of Latin letters? 'ng' in 'spring' is no NG."""

    def latin(at: int) -> bool:
        return 0 <= at < len(text) and "a" <= text[at] <= "z"

    return not (latin(start) and latin(start - 1)) and not (latin(end - 1) and latin(end))
