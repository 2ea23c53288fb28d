"""Maturity models that answers can be rated on."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from assessor import pipeline, present
from assessor.cli.terminal import AsJson, emit, language, out
from assessor.frameworks import load_framework, load_library
from assessor.indicators import load as indicators
from assessor.messages import render

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def frameworks_list(as_json: AsJson = False) -> None:
    """Every framework, its law and standing."""
    held = load_library().frameworks
    if as_json:
        emit([{"id": f.id, "version": f.version, "law": f.law, "status": f.status} for f in held.values()])
        return
    table = Table("id", "version", render("cli.title", language()), render("cli.status", language()))
    for f in held.values():
        table.add_row(f.id, f.version, render(f.title, language()), f.status)
    out.print(table)


@app.command("show")
def frameworks_show(id_: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """One framework: its tree, weights, parameters and their standing."""
    library = load_library()
    framework = pipeline.choose(library, id_)
    if as_json:
        emit(framework)
    else:
        present.framework(framework, library.questions, out, language())


@app.command("check")
def frameworks_check(
    file: Annotated[
        Path | None, typer.Argument(help="A framework file; the shipped library if none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the shipped library, or a framework file of your own against the bank."""
    library = load_library(known_indicators=indicators())
    if file is not None:
        load_framework(file, library)
    held = {"questions": len(library.questions), "frameworks": len(library.frameworks)}
    if as_json:
        emit(held)
    else:
        out.print(render("cli.checked", language(), n=held["questions"], m=held["frameworks"]))
