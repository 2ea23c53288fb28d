"""Providers: a workbook to enter them in, and the file that becomes of it."""

from pathlib import Path
from typing import Annotated

import typer

from assessor import run
from assessor.cli.terminal import AsJson, emit, language, out, say
from assessor.forms.providers import read_providers, write_providers, write_template
from assessor.frameworks import load_library
from assessor.messages import render

app = typer.Typer(name="providers", help=__doc__, no_args_is_help=True)


@app.command("template")
def template(
    output: Annotated[Path, typer.Option("-o", "--output", help="The Excel file to write.")],
    as_json: AsJson = False,
) -> None:
    """Write a workbook to enter providers in, with every id that it takes."""
    library = load_library()
    run.write_bytes(output, write_template(library.recommendations.values(), library.regions.values()))
    if as_json:
        emit({"template": str(output)})
    else:
        say("cli.written", folder=str(output))


@app.command("read")
def read(
    workbook: Annotated[Path, typer.Argument(help="A filled-in workbook of `providers template`.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write: .yaml or .json.")],
    as_json: AsJson = False,
) -> None:
    """Check a filled-in workbook cell by cell and write its providers, or nothing where a cell is wrong."""
    library = load_library()
    held = read_providers(workbook, library.recommendations, library.regions)
    run.write_bytes(output, write_providers(held, as_json=output.suffix == ".json"))
    if as_json:
        emit(held)
        return
    out.print(render("providers.read", language(), n=len(held.providers)))
    say("cli.written", folder=str(output))
