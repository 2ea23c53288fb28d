"""Native tables: heads that repeat, rows that stay whole, names of groups across all columns."""

from assessor.messages import Language
from assessor.report.document import Line, Table, names_group
from assessor.report.inert import quoted
from assessor.report.word.markup import Numbers, line, paragraph, run

TOGETHER = 8
"""Tables of at most so many rows stay on one page."""
WHOLE = 600
"""Letters of a row up to which it is not parted between pages."""


APART = 170
"""Twentieths of a point between a column of numbers and words at its right."""
LOOK = (
    '<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0"'
    ' w:noHBand="1" w:noVBand="1"/>'
)


def table(t: Table, wide: int, styles: dict[str, str], language: Language, numbers: Numbers) -> str:
    """`wide`: room on the page in twentieths of a point; `styles`: ids by role."""
    columns = _columns(t.widths, wide)
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in columns)
    name = quoted(t.caption)
    together = len(t.rows) <= TOGETHER
    rows = [_head(t, columns, styles, language)]
    for i, cells in enumerate(t.rows):
        keep = together and i < len(t.rows) - 1
        rows.append(_row(t, cells, columns, styles, language, numbers, keep))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{quoted(styles["table"])}"/>'
        f'<w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{LOOK}'
        f'<w:tblCaption w:val="{name}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def _columns(widths: tuple[float, ...], wide: int) -> list[int]:
    """Whole widths that fill the page; what rounding leaves goes to the last."""
    columns = [int(share * wide) for share in widths]
    columns[-1] += wide - sum(columns)
    return columns


def _cell(wide: int, inside: str, span: int = 1, fill: str = "") -> str:
    how = f'<w:tcW w:w="{wide}" w:type="dxa"/>'
    how += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    how += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f"<w:tc><w:tcPr>{how}</w:tcPr>{inside}</w:tc>"


def _head(t: Table, columns: list[int], styles: dict[str, str], language: Language) -> str:
    cells = [
        _cell(wide, paragraph(styles["head"], run(name, language) if name else "", _aligned(t, i, True)))
        for i, (wide, name) in enumerate(zip(columns, t.head, strict=True))
    ]
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(
    t: Table,
    cells: tuple[Line, ...],
    columns: list[int],
    styles: dict[str, str],
    language: Language,
    numbers: Numbers,
    keep: bool,
) -> str:
    if names_group(cells):
        name = paragraph(styles["group"], line(cells[0], language, numbers), "<w:keepNext/>")
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(sum(columns), name, len(columns), 'EEF1EF')}</w:tr>"
    letters = sum(len(run.text) for cell in cells for run in cell)
    how = "<w:trPr><w:cantSplit/></w:trPr>" if letters <= WHOLE else ""
    made = [
        _cell(wide, paragraph(styles["cell"], line(cell, language, numbers), _aligned(t, i, keep)))
        for i, (wide, cell) in enumerate(zip(columns, cells, strict=True))
    ]
    return f"<w:tr>{how}{''.join(made)}</w:tr>"


def _aligned(t: Table, column: int, keep: bool) -> str:
    """Numbers stand to the right, and words that follow them a little apart."""
    how = "<w:keepNext/>" if keep else ""
    if column in t.numbers:
        return how + '<w:jc w:val="right"/>'
    return how + (f'<w:ind w:left="{APART}"/>' if column - 1 in t.numbers else "")
