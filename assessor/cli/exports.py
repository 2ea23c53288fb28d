"""Exports of plant systems: look at a file before it stands in a scope.

With --json stdout holds the draft: what the file looks like, the questions it leaves as text ids with their texts,
and the lines for the scope.
"""

from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.table import Table

from assessor.cli.terminal import AsJson, emit, language, out
from assessor.domain import Export
from assessor.errors import InputError
from assessor.messages import number, render
from connectors.export.draft import Draft, draft
from connectors.export.opening import Unreadable
from connectors.export.snippet import snippet

ENCODINGS: tuple[str, ...] = get_args(Export.model_fields["encoding"].annotation)
app = typer.Typer(name="exports", help=__doc__, no_args_is_help=True)


@app.callback()
def exports() -> None:
    """Exports of plant systems."""


@app.command("inspect")
def exports_inspect(
    file: Annotated[Path, typer.Argument(help="A CSV or Excel file that a system of the plant wrote.")],
    encoding: Annotated[str, typer.Option(help="Where it is not found by itself, such as cp1252.")] = "auto",
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook; the first if none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """State what an export looks like and what to ask the plant; print the lines for a scope. Nothing is sent."""
    if encoding not in ENCODINGS:
        raise typer.BadParameter(f"--encoding is one of {', '.join(ENCODINGS)}")
    try:
        found = draft(file, encoding=encoding, sheet=sheet)
    except Unreadable as problem:
        raise InputError(problem.message, str(file)) from problem
    lines = snippet(found)
    if as_json:
        asked = [{"id": q.id, "text": render(q, language())} for q in found.questions]
        emit(found.model_dump(mode="json") | {"questions": asked, "scope": lines})
    else:
        _show(found, lines)


def _show(found: Draft, lines: str) -> None:
    facts = {
        "file": f"{found.file}, {number(found.bytes, 0)} B, SHA-256 {found.sha256[:16]}…",
        "encoding": found.encoding,
        "sheets": ", ".join(found.sheets),
        "layout": render(f"export.inspect.{found.layout}", language(), n=len(found.tags)),
        "time": " + ".join(name for name in (found.date, found.time) if name),
        "time_format": " / ".join(found.time_formats),
    }
    for key, value in facts.items():
        if value:
            out.print(f"{render(f'export.inspect.{key}', language())}: {value}", soft_wrap=True)
    table = Table(*(name or "-" for name in found.header[:12]))
    for row in found.first_rows:
        table.add_row(*(cell[:40] for cell in row[:12]))
    out.print(table)
    out.print(render("export.inspect.ask", language()), style="bold")
    for question in found.questions:
        out.print(f"  - {render(question, language())}", soft_wrap=True)
    out.print(render("export.inspect.scope", language()), style="bold")
    out.print(lines, soft_wrap=True)
