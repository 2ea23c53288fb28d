"""Tables compared cell by cell: a row by its label, a cell by the head of its column."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from assessor.report.checking.figures import CELL, Piece, squeezed

Differ = tuple[Piece, Piece]
"""A cell as it was written and as it is now."""
Told = Callable[[Differ, Literal["figures", "words"]], None]
"""Takes a cell that is not as it was: its figures are to be compared, or its very words."""


def split(wanted: Sequence[Piece], given: Sequence[Piece], tell: Told) -> tuple[list[Piece], list[Piece]]:
    """Tell of every cell that differs; give back what stands in no table, or in one without its like."""
    ours, theirs = _tables(wanted), _tables(given)
    done: set[int] = set()
    for rows in ours.values():
        found = _like(rows, theirs)
        if found is not None:
            done |= {id(row) for row in _matched(rows, theirs.pop(found), tell)}
    return [p for p in wanted if id(p) not in done], [p for p in given if id(p) not in done]


def cells(row: Piece) -> tuple[str, ...]:
    """What stands in each cell, without cells at the end that hold nothing."""
    found = [squeezed(text) for text in row.text.split(CELL)]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def label(row: Piece) -> int:
    """The cell that names a row: the first with a letter in it that is no figure."""
    for i, cell in enumerate(row.cells):
        if any(not token.figure and any(map(str.isalpha, token.text)) for token in cell.tokens):
            return i
    return 0


def _tables(pieces: Iterable[Piece]) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.table is not None:
            found[piece.table].append(piece)
    return found


def _like(rows: Sequence[Piece], theirs: Mapping[int, Sequence[Piece]]) -> int | None:
    """The table that has most cells in common with these rows; none where none has any."""
    own = Counter(cell for row in rows for cell in cells(row) if cell)
    common = {
        number: (Counter(cell for row in others for cell in cells(row) if cell) & own).total()
        for number, others in theirs.items()
    }
    best = max(common, key=lambda number: common[number], default=None)
    return best if best is not None and common[best] * 3 >= own.total() else None


def _matched(rows: Sequence[Piece], others: Sequence[Piece], tell: Told) -> Iterator[Piece]:
    """Rows of both sides that stand against one another; each cell that differs is told of."""
    left, right = _without(rows, others), _without(others, rows)
    yield from (row for row in (*rows, *others) if row not in left and row not in right)
    named: dict[str, deque[Piece]] = defaultdict(deque)
    for other in right:
        for cell in dict.fromkeys(cells(other)[:2]):
            named[cell].append(other)
    pairs: list[Differ] = []
    rest: list[Piece] = []
    used: set[int] = set()
    for row in left:
        own = row.cells[label(row)].key if row.cells else row.key
        found = next((o for o in named[own] if id(o) not in used), None)
        if found is None:
            rest.append(row)
        else:
            used.add(id(found))
            pairs.append((row, found))
    strangers = [other for other in right if id(other) not in used]
    if any(row.guarded for row in rows):  # a row that lost its name, or whose name was given to another
        pairs += zip(rest, strangers, strict=False)
    for row, other in pairs:
        _cells(row, other, tell)
        yield from (row, other)


def _without(rows: Sequence[Piece], others: Sequence[Piece]) -> list[Piece]:
    """Rows that the other side has not, cell for cell."""
    held = Counter(map(cells, others))
    kept = []
    for row in rows:
        if held[cells(row)] > 0:
            held[cells(row)] -= 1
        else:
            kept.append(row)
    return kept


def _cells(row: Piece, other: Piece, tell: Told) -> None:
    texts = other.text.split(CELL)
    texts += [""] * (len(row.cells) - len(texts))
    name = label(row)
    for i, cell in enumerate(row.cells):
        last = CELL.join(texts[i:]) if i == len(row.cells) - 1 else texts[i]
        if squeezed(last) == cell.key:
            continue
        exact = i in row.stated or (row.guarded and (row.head or i == name))
        tell((cell, Piece(last, ())), "words" if exact and cell.key else "figures")
