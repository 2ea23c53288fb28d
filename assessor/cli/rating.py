"""Answers alone: rate them by every framework; write the workbook that recomputes it."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from assessor import choosing, pipeline, present, run
from assessor.cli.terminal import AsJson, emit, language, out, say
from assessor.forms import load_answers
from assessor.frameworks import load_library
from assessor.indicators import load as indicators
from assessor.report.workbook import render_workbook, told

app = typer.Typer(no_args_is_help=True)

Variants = Annotated[bool, typer.Option("--variants", help="A sheet for every variant, not the default alone.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="A workbook to write, with live formulas.")]


@app.command()
def rate(
    answers: Annotated[Path, typer.Argument(help="What people say: an answer file.")],
    plant: Annotated[Literal["discrete", "process"], typer.Option(help="The kind of plant.")] = "discrete",
    output: Output = None,
    variants: Variants = False,
    as_json: AsJson = False,
) -> None:
    """Rate one set of answers by every framework. No machine is heard, so all of it is declared."""
    library = load_library(known_indicators=indicators())
    given = load_answers(answers, library.questions)
    rated = pipeline.rate_answers(library, given, plant)
    if output is not None:
        run.write_bytes(output, render_workbook(rated, library.statements, variants=variants))
    if as_json:
        emit([one.model_dump(mode="json") for one in rated])
    else:
        present.rated(rated, out, language(), "declared")
        ladder = choosing.choose_ladder(library, choosing.USUAL[plant], plant)
        present.flags(pipeline.doubts(library, ladder, given, plant), out, language())
    if output is not None:
        say("cli.written", folder=str(output))


@app.command()
def workbook(
    assessment: Annotated[Path, typer.Argument(help="An assessment.json.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The workbook (.xlsx) to write.")],
    as_json: AsJson = False,
) -> None:
    """Write every sum of an Assessment as live formulas: change an answer, and see what follows."""
    done = run.load_assessment(assessment)
    questions = {question.id: question for question in done.questions}
    run.write_bytes(output, render_workbook(told(done), questions))
    if as_json:
        emit({"workbook": str(output)})
    else:
        say("cli.written", folder=str(output))
