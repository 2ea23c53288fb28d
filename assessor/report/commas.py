"""CSV as spreadsheets read it: marked as UTF-8, and with no cell that acts."""

import csv
import io
from collections.abc import Sequence

from assessor.report.inert import inert

ACTING = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula when it reads CSV."""


def commas(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows of texts, the heads first, with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([inactive(str(inert(cell))) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def inactive(cell: str) -> str:
    """A cell that a spreadsheet takes for the text that it is."""
    return f"'{cell}" if cell.startswith(ACTING) and not _number(cell) else cell


def _number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()
