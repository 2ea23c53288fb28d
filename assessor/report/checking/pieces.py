"""The pieces of a Document, each with its place in words that a reader finds again."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from assessor.messages import render
from assessor.report.checking.figures import CELL, Piece, Span, squeezed
from assessor.report.checking.rows import label
from assessor.report.document import Bullets, Document, Heading, Line, Paragraph, Picture, Table, line
from assessor.report.wording import shortened

SHOWN = 24
"""Letters of a text that name a place."""
VERDICT = 12
"""Letters of a word such as 满足 that says as much as a figure."""
AHEAD = 8_000
"""How far ahead in a file the next text is looked for."""


def pieces(document: Document) -> list[Piece]:
    """In the order of the document: what stands on its cover, then block by block."""
    cover = render("edited.cover", document.language)
    found = [_piece([(line(text), cover)]) for text in (document.title, document.subtitle)]
    found += [
        _piece([(line(label), cover), (line(value), f"{cover} › {label}")]) for label, value in document.facts
    ]
    return [*found, *_blocks(document)]


def _blocks(document: Document) -> Iterator[Piece]:
    path: list[str] = []
    count = tables = 0
    for block in document.blocks:
        here = " › ".join(path)
        match block:
            case Heading(level, text, _):
                path, count = [*path[: level - 1], text], 0
                yield _piece([(line(text), " › ".join(path))])
            case Paragraph(runs, _):
                count += 1
                yield _piece([(runs, _place(document, here, "paragraph", n=count))])
            case Bullets(items, _):
                for item in items:
                    count += 1
                    yield _piece([(item, _place(document, here, "paragraph", n=count))])
            case Picture(_, caption, _, _):
                yield _piece([(line(caption), _place(document, here, "caption", name=_short(caption)))])
            case Table():
                tables += 1
                yield from _table(block, here, document, tables)
            case _:
                pass


def _table(table: Table, here: str, document: Document, index: int) -> Iterator[Piece]:
    guarded = any(run.mark for cells in table.rows for cell in cells for run in cell)
    stated = frozenset(i for i in range(len(table.head)) if i in table.numbers or _verdicts(table, i))
    name = _short(table.caption)
    caption = _place(document, here, "caption", name=name)
    yield _piece([(line(table.caption), caption)])
    head = [(line(head), caption) for head in table.head]
    yield replace(_row(head, index, guarded, range(len(head)) if guarded else ()), head=True)
    for number, cells in enumerate(table.rows, 1):
        first = _short("".join(run.text for run in cells[0])) if cells else ""
        places = [
            _place(document, here, "cell", name=name, n=number, row=first, column=head) for head in table.head
        ]
        made = list(zip(cells, places, strict=True))
        plain = _row(made, index, guarded, ())
        yield replace(_row(made, index, guarded, (label(plain),) if guarded else ()), stated=stated)


def _verdicts(table: Table, column: int) -> bool:
    """A column of signs, or of a few short words again and again."""
    if not column:
        return False
    texts = [squeezed("".join(run.text for run in cells[column])) for cells in table.rows if any(cells[1:])]
    held = [text for text in texts if text]
    if not held or max(map(len, held)) > VERDICT:
        return False
    return not any(map(str.isalnum, "".join(held))) or len(set(held)) * 2 <= len(held)


def _row(cells: Sequence[tuple[Line, str]], table: int, guarded: bool, names: Collection[int]) -> Piece:
    """A row; `names`: cells that name it, or their columns."""
    made = _piece(cells, names)
    return replace(made, table=table, cells=tuple(_piece([cell]) for cell in cells), guarded=guarded)


def _place(document: Document, here: str, id_: str, **params: object) -> str:
    what = render(f"edited.{id_}", document.language, **params)
    return f"{here} › {what}" if here else what


def _short(text: str) -> str:
    return shortened(text, SHOWN)


def _piece(cells: Sequence[tuple[Line, str]], names: Collection[int] = ()) -> Piece:
    spans: list[Span] = []
    at = 0
    for i, (runs, place) in enumerate(cells):
        spans.append(Span(at, place, name=i in names))
        for run in runs:
            spans.append(Span(at, place, run.mark, name=i in names))
            at += len(squeezed(run.text))
    text = CELL.join("".join(run.text for run in runs) for runs, _ in cells)
    return Piece(text, tuple(spans))


def placed(lines: Sequence[str], document: Document) -> list[Piece]:
    """Lines of text that a file of this document was read into, each with its places in the document."""
    keys = [squeezed(one) for one in lines]
    stream, spans, cursor = "".join(keys), [Span(0, render("edited.cover", document.language))], 0
    for piece in pieces(document):
        cursor = _spans(piece, stream, cursor, spans)
    found: list[Piece] = []
    at = first = 0
    for one, key in zip(lines, keys, strict=True):
        while first + 1 < len(spans) and spans[first + 1].at <= at:
            first += 1
        last = first
        while last + 1 < len(spans) and spans[last + 1].at < at + len(key):
            last += 1
        inside = [replace(s, at=max(0, s.at - at)) for s in spans[first : last + 1]]
        found.append(Piece(one, tuple(inside)))
        at += len(key)
    return found


def _spans(piece: Piece, stream: str, cursor: int, spans: list[Span]) -> int:
    """Append where the runs of a piece stand in the stream; a new cursor behind what was found."""
    ends = [*(s.at for s in piece.spans[1:]), len(piece.key)]
    for span, end in zip(piece.spans, ends, strict=True):
        text = piece.key[span.at : end]
        at = stream.find(text, cursor, cursor + len(text) + AHEAD) if text else -1
        if at >= 0:
            spans.append(replace(span, at=at))
            cursor = at + len(text)
            spans.append(Span(cursor, span.place))
    return cursor
