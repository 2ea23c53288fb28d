"""Two sequences of pieces aligned: which figures differ, which are gone and which came in.

First what is word for word alike, then what is alike but for its figures, then what was rewritten, word by word.
Words may change as they like; a figure may not.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from assessor.report.checking.beside import exchanged
from assessor.report.checking.figures import Piece, Token, squeezed
from assessor.report.checking.rows import Differ, split

MOST_TOKENS = 6_000
"""More words than this are not aligned one by one."""
Pair = tuple[Sequence[Piece], Sequence[Piece]]


@dataclass(frozen=True)
class Edit:
    """A figure that is not as it was written."""

    kind: Literal["edited", "removed", "added"]
    place: str
    before: str = ""
    after: str = ""
    mark: str | None = None

    @property
    def fails(self) -> bool:
        """An edited figure, and a marked one that is gone; others may leave with the words around them."""
        return self.kind == "edited" or (self.kind == "removed" and self.mark is not None)


def edits(
    wanted: Sequence[Piece],
    given: Sequence[Piece],
    marked: Mapping[str, Sequence[str]],
    levels: Sequence[str] = (),
) -> list[Edit]:
    """What became of the figures. `marked`: texts in the file by the mark they carry, where it keeps marks;
    `levels`: names of levels, each of which says as much as its number."""
    found: list[Edit] = []

    def tell(pair: Differ, what: Literal["figures", "words"]) -> None:
        cell, now = pair
        edited = list(_hunk([cell], [now]))
        if what == "words" and not any(edit.fails for edit in edited):
            span = cell.spans[0]
            edited.append(Edit("edited", span.place, cell.text, now.text))
        found.extend(edited)

    for left, right in _differing(*split(wanted, given, tell)):
        found += _hunk(left, right)
        found += _renamed(left, right, levels)
    known = {edit.mark for edit in found if edit.mark}
    for piece in wanted:
        for mark, text, place in _marks(piece):
            others = [one for one in marked.get(mark, ()) if squeezed(one) != squeezed(text)]
            if others and mark not in known:
                found.append(Edit("edited", place, text, others[0], mark))
    return found


def _renamed(left: Sequence[Piece], right: Sequence[Piece], levels: Sequence[str]) -> Iterator[Edit]:
    """A level's name that gave way to another's."""
    names = sorted({squeezed(name).casefold() for name in levels}, key=len, reverse=True)
    if not names or not left:
        return
    pattern = re.compile("|".join(map(re.escape, names)))
    before, after = (
        Counter(name for piece in side for name in pattern.findall(piece.key.casefold())) for side in (left, right)
    )
    for one, other in zip((before - after).elements(), (after - before).elements(), strict=False):
        yield Edit("edited", left[0].spans[0].place, one, other)


def _differing(wanted: Sequence[Piece], given: Sequence[Piece]) -> list[Pair]:
    """Hunks that are not alike, after pieces that only moved have been taken out of both sides."""
    hunks = [*_gaps(wanted, given, lambda piece: piece.key)]
    names = {p.key for left, _ in hunks for p in left if _fast(p)}
    moved = Counter(p.key for left, _ in hunks for p in left) & Counter(p.key for _, right in hunks for p in right)
    for name in names:  # what names a row does not move past its figures, nor they past it
        moved.pop(name, None)
    stay: list[Pair] = []
    out, came = Counter(moved), Counter(moved)
    for left, right in hunks:
        pair = (_without(left, out), _without(right, came))
        stay += _gaps(*pair, lambda piece: piece.words, alike=True)
    return stay


def _fast(piece: Piece) -> bool:
    """Does it hold a name of a row, or a marked figure and nothing beside it?"""
    bare = any(span.mark for span in piece.spans) and all(token.figure for token in piece.tokens)
    return bare or any(span.name for span in piece.spans)


def _without(pieces: Sequence[Piece], counts: Counter[str]) -> list[Piece]:
    kept = []
    for piece in pieces:
        if counts[piece.key] > 0:
            counts[piece.key] -= 1
        else:
            kept.append(piece)
    return kept


def _gaps(
    left: Sequence[Piece], right: Sequence[Piece], key: Callable[[Piece], str], *, alike: bool = False
) -> Iterator[Pair]:
    """What lies between pieces of the same key; `alike`: these too, one by one."""
    a, b = [key(piece) for piece in left], [key(piece) for piece in right]
    i = j = 0
    for x, y in [*_anchors(a, b), (len(a), len(b))]:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, a[i:x], b[j:y], autojunk=False).get_opcodes():
            if tag != "equal":
                yield left[i + i1 : i + i2], right[j + j1 : j + j2]
            elif alike:
                yield from (([left[i + i1 + k]], [right[j + j1 + k]]) for k in range(i2 - i1))
        if alike and x < len(a):
            yield [left[x]], [right[y]]
        i, j = x + 1, y + 1


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Keys that stand once on either side, as the longest run of them in the same order (patience)."""
    once_a, once_b = Counter(a), {key: j for j, key in enumerate(b)}
    many_b = Counter(b)
    pairs = [(i, once_b[key]) for i, key in enumerate(a) if key and once_a[key] == 1 and many_b[key] == 1]
    tails: list[int] = []
    ends: list[int] = []
    back: list[int] = []
    for n, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        tails[at:], ends[at:] = ([j, *tails[at + 1 :]], [n, *ends[at + 1 :]])
        back.append(ends[at - 1] if at else -1)
    chain, n = [], ends[-1] if ends else -1
    while n >= 0:
        chain.append(pairs[n])
        n = back[n]
    return chain[::-1]


def _hunk(left: Sequence[Piece], right: Sequence[Piece]) -> Iterator[Edit]:
    """The figures of pieces that stand against one another."""
    a = [(piece, token) for piece in left for token in piece.tokens]
    b = [(piece, token) for piece in right for token in piece.tokens]
    anew = [piece.words for piece in left] != [piece.words for piece in right]
    gone, new, changed = _aligned(a, b, anew)
    _cancel(gone, new)
    place = a[0][0].where(a[0][1]).place if a else (b[0][0].spans[0].place if b else "")
    told: set[str] = set()
    for (piece, token), (_, other) in changed:
        span = piece.where(token)
        told |= {span.mark} if span.mark else set()
        yield Edit("edited", span.place, token.shown, other.shown, span.mark)
    for piece, token in gone:
        span = piece.where(token)
        told |= {span.mark} if span.mark else set()
        yield Edit("removed", span.place, token.shown, mark=span.mark)
    yield from _words(left, right, told)
    for _, token in new:
        yield Edit("added", place, after=token.shown)


def _words(left: Sequence[Piece], right: Sequence[Piece], told: set[str]) -> Iterator[Edit]:
    """Marked texts that are gone, words that say of what a figure is; `told`: marks that need no more words."""
    text = "".join(piece.key for piece in right)
    for piece in left:
        for mark, shown, where in _marks(piece):
            if mark not in told and squeezed(shown) not in text:
                told.add(mark)
                yield Edit("removed", where, shown, mark=mark)
    for mark, where, said in exchanged(left, right):
        if mark not in told:
            yield Edit("edited", where, said, mark=mark)
    passed = 0  # names in their order: one that stands behind another's figures took its place
    for shown, where in (named for piece in left for named in _names(piece)):
        at = text.find(shown, passed)
        if at < 0:
            yield Edit("edited", where, shown)
        else:
            passed = at + len(shown)


Placed = tuple[Piece, Token]


def _aligned(
    a: Sequence[Placed], b: Sequence[Placed], anew: bool
) -> tuple[list[Placed], list[Placed], list[tuple[Placed, Placed]]]:
    """Figures that are gone, that are new, and that stand in another's place.

    `anew`: in a sentence that was written anew figures come in another order; what is on both sides only moved.
    """
    gone: list[Placed] = []
    new: list[Placed] = []
    changed: list[tuple[Placed, Placed]] = []
    if not anew:  # word for word alike: each figure against the one in its place, so that none changes places
        figures = ([x for x in side if x[1].figure] for side in (a, b))
        return [], [], [pair for pair in zip(*figures, strict=True) if pair[0][1].text != pair[1][1].text]
    if len(a) + len(b) > MOST_TOKENS:
        return [x for x in a if x[1].figure], [x for x in b if x[1].figure], []
    hunks: list[tuple[list[Placed], list[Placed]]] = []
    matcher = SequenceMatcher(None, [t.text for _, t in a], [t.text for _, t in b], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            hunks.append(([x for x in a[i1:i2] if x[1].figure], [x for x in b[j1:j2] if x[1].figure]))
    _moved(hunks)
    for left, right in hunks:
        changed += zip(left, right, strict=False)
        gone += left[len(right) :]
        new += right[len(left) :]
    return gone, new, changed


def _moved(hunks: Sequence[tuple[list[Placed], list[Placed]]]) -> None:
    """Take out unmarked figures that stand on both sides."""
    ours = Counter(t.text for left, _ in hunks for p, t in left if p.where(t).mark is None)
    same = ours & Counter(t.text for _, right in hunks for _, t in right)
    out, came = Counter(same), Counter(same)
    for left, right in hunks:
        left[:] = [x for x in left if x[0].where(x[1]).mark is not None or not _taken(out, x[1].text)]
        right[:] = [x for x in right if not _taken(came, x[1].text)]


def _taken(counts: Counter[str], text: str) -> bool:
    counts[text] -= 1
    return counts[text] >= 0


def _cancel(gone: list[Placed], new: list[Placed]) -> None:
    """A figure that left one place of a rewritten text and came in at another only moved."""
    for one in [*gone]:
        other = next((x for x in new if x[1].text == one[1].text), None)
        if other is not None:
            gone.remove(one)
            new.remove(other)


def _names(piece: Piece) -> Iterator[tuple[str, str]]:
    """What names a row or a column of marked figures, with its place."""
    ends = [*(span.at for span in piece.spans[1:]), len(piece.key)]
    for span, end in zip(piece.spans, ends, strict=True):
        if span.name and (text := piece.key[span.at : end]):
            yield text, span.place


def _marks(piece: Piece) -> Iterator[tuple[str, str, str]]:
    """Mark, text and place of each marked figure of a piece."""
    ends = [*(span.at for span in piece.spans[1:]), len(piece.key)]
    for span, end in zip(piece.spans, ends, strict=True):
        if span.mark is not None:
            yield span.mark, piece.key[span.at : end], span.place
