"""In a sentence: which column a level or a score is said to be of, by the word beside it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from assessor.report.checking.figures import Piece

COLUMNS = re.compile(r"自报|自评|申报|核实后?|declared|claimed|verified", re.IGNORECASE)
KEPT = ("level.", "score.")
"""Marks of figures that every column has of its own."""


def exchanged(left: Sequence[Piece], right: Sequence[Piece]) -> Iterator[tuple[str, str, str]]:
    """Mark, place and what was said of each marked figure whose word names another column now, or none."""
    now = Counter((word, token) for piece in right for word, token, _ in _pairs(piece))
    there = {token.text for piece in right for token in piece.tokens if token.figure}
    for piece in left:
        for word, token, at in _pairs(piece):
            span = piece.where_at(at)
            if span.mark is None or not span.mark.startswith(KEPT):
                continue
            if now[word, token] > 0:
                now[word, token] -= 1
            elif token in there:  # where it is gone or edited, that is told anyway
                yield span.mark, span.place, f"{word} {token}"


def _pairs(piece: Piece) -> Iterator[tuple[str, str, int]]:
    """Each figure with the nearest word before it that names a column, else the nearest after it."""
    words = [(found.start(), found[0].casefold()) for found in COLUMNS.finditer(piece.key)]
    for token in piece.tokens:
        if token.figure and words:
            before = [word for at, word in words if at <= token.at]
            yield before[-1] if before else words[0][1], token.text, token.at
