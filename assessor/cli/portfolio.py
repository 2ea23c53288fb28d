"""Many assessments: judge them again under the library at hand."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from assessor import present
from assessor.cli.terminal import AsJson, emit, err, language, out
from assessor.frameworks import load_library
from assessor.indicators import load as indicators
from assessor.messages import render
from assessor.portfolio.rerate import rerate as rerated
from assessor.portfolio.rerate import stored

app = typer.Typer(no_args_is_help=True)


@app.command()
def rerate(
    files: Annotated[list[Path], typer.Argument(help="Filing bundles or assessment.json files.")],
    framework: Annotated[
        list[str] | None, typer.Option(help="Only by this one: id, or id@version for an earlier edition.")
    ] = None,
    library: Annotated[
        Path | None, typer.Option(help="A folder of questionnaires of your own; what is shipped if none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge stored answers and measurements again: who moved, by how much, and whether data or rule moved them.

    Nothing that was filed is changed.
    """
    held = load_library(library, known_indicators=indicators())
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(render("rerate.judging", language()), total=len(files))
        moves = rerated(map(stored, files), held, framework or (), lambda _: progress.advance(task))
    if as_json:
        emit([move.model_dump(mode="json") for move in moves])
    else:
        present.moves(moves, out, language())
