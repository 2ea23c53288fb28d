"""A document as lines of text, for people who compare two: one line a heading, a paragraph, a row, a picture."""

import hashlib
from collections.abc import Iterator

from assessor.report.document import Block, Bullets, Document, Heading, Line, PageBreak, Paragraph, Picture, Table


def lines(document: Document) -> str:
    """Marks stand in braces behind their figure; of a picture its words and a digest of what is drawn."""
    return "\n".join((*_cover(document), *(text for block in document.blocks for text in _block(block)), ""))


def _cover(document: Document) -> Iterator[str]:
    yield f"{document.title} / {document.subtitle} / {document.language}"
    yield from (f"{label}: {value}" for label, value in document.facts)
    yield f"{document.disclaimer} / {document.digest}"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {block.text} ({block.id})"
        case Paragraph():
            yield f"{block.kind}: {_line(block.line)}"
        case Bullets():
            yield from (f"{'1.' if block.ordered else '-'} {_line(item)}" for item in block.items)
        case Table():
            widths = " ".join(f"{w:g}{'>' if i in block.numbers else ''}" for i, w in enumerate(block.widths))
            yield f"[{block.caption}] {widths}"
            yield f"|| {' | '.join(block.head)}"
            yield from (f"| {' | '.join(map(_line, row))}" for row in block.rows)
        case Picture():
            drawn = hashlib.sha256(block.svg.encode()).hexdigest()[:16]
            yield f"!({block.caption}) {drawn} {block.alt}"
        case PageBreak():
            yield "---"


def _line(runs: Line) -> str:
    return "".join(
        f"{'*' if run.strong else '~' if run.weak else ''}{run.text}{f'{{{run.mark}}}' if run.mark else ''}"
        for run in runs
    )
