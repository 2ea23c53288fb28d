"""Documents for tests of papers: one of every kind of block, and changes to one as somebody may edit it."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from assessor.messages import Language
from assessor.report.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Line,
    PageBreak,
    Paragraph,
    Picture,
    Run,
    Table,
    group,
    line,
    row,
)
from assessor.report.papers import written
from assessor.report.word import render_word
from tests.report_example import example

BODY = "word/document.xml"
"""Where a Word file keeps its text."""
MADE = 1_767_225_600 * 10**9
DIGEST = "0123456789abcdef" * 4
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40" width="100%">'
    '<text x="10" y="20" fill="var(--ink,#1b2422)">图中文字</text></svg>'
)


def every_block(text: str = "正文 text", language: Language = "zh", *, contents: bool = True) -> Document:
    """Every kind of block, with `text` wherever a text may stand."""
    rows = tuple(row(f"设备 {i}", Run(f"{i * 1234}.5", mark=f"row.{i}"), text) for i in range(1, 61))
    blocks: tuple[Block, ...] = (
        Heading(1, f"第一章 {text}", "one"),
        *(Paragraph(line(f"{kind} ", text), kind) for kind in ("body", "lead", "note", "warning")),
        Heading(2, f"第二节 {text}", "two"),
        Bullets((line("甲 ", text), line("乙 ", Run(text, strong=True)))),
        Bullets((line("子 ", text), line("丑 ", Run(text, weak=True))), ordered=True),
        Table(
            f"表题 {text}",
            ("名称", "数值", f"说明 {text}"),
            (*rows[:20], group("一组", 3), *rows[20:]),
            (0.3, 0.2, 0.5),
            frozenset({1}),
        ),
        Heading(3, f"第三层 {text}", "three"),
        Picture(SVG, f"图题 {text}", f"替代文字 {text}", 0.5),
        PageBreak(),
        Heading(1, "末章", "last"),
        Paragraph(line("得分 ", Run("2.31", strong=True, mark="score"), " 分。")),
    )
    return Document(
        name="report",
        language=language,
        title=f"题名 {text}",
        subtitle=f"副题 {text}",
        facts=(("企业", text), ("日期", "2026-01-01")),
        disclaimer="诊断结果，非认证证书",
        digest=DIGEST,
        blocks=blocks,
        contents=contents,
    )


@cache
def paper(name: str, language: Language = "zh") -> Document:
    """A paper of the example."""
    return written(example(), language, name)


def altered(document: Document, change: Callable[[Run], Run]) -> Document:
    """The document with every run changed."""

    def runs(held: Line) -> Line:
        return tuple(map(change, held))

    def block(held: Block) -> Block:
        if isinstance(held, Paragraph):
            return replace(held, line=runs(held.line))
        if isinstance(held, Bullets):
            return replace(held, items=tuple(map(runs, held.items)))
        if isinstance(held, Table):
            return replace(held, rows=tuple(tuple(map(runs, cells)) for cells in held.rows))
        return held

    return replace(document, blocks=tuple(map(block, document.blocks)))


@cache
def word(name: str, language: Language = "zh") -> bytes:
    return render_word(paper(name, language), MADE)


def body(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(BODY).decode()


def with_body(data: bytes, text: str) -> bytes:
    """The Word file with another body."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in archive.infolist():
            made.writestr(one.filename, text if one.filename == BODY else archive.read(one.filename))
    return out.getvalue()
