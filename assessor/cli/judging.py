"""After contact: assess, verify, report."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from assessor import audit, choosing, logbook, pipeline, present, run
from assessor.bundle import open_bundle
from assessor.cli import terminal
from assessor.cli.terminal import AsJson, emit, out, say
from assessor.domain import Message, Time
from assessor.errors import BundleError
from assessor.forms import load_answers
from assessor.frameworks import load_library
from assessor.indicators import load as indicators
from assessor.messages import Language
from assessor.report.formats import FORMATS
from assessor.report.papers import PAPERS

app = typer.Typer(no_args_is_help=True)
WRITTEN = ", ".join(FORMATS)


@app.command()
def assess(
    bundle: Annotated[Path, typer.Argument(help="A sealed bundle, as `sample` wrote it.")],
    answers: Annotated[Path, typer.Option(help="What people say: an answer file.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results.")],
    framework: Annotated[
        str | None, typer.Option(help="Id of the framework; CMMM of 2020 for the kind of plant if none is named.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Judge by what was known at the end of a day, evidence aged to it."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure, compare with the answers, rate, plan; write assessment.json, report.html, filing.zip."""
    library = load_library(known_indicators=indicators())
    given = load_answers(answers, library.questions)
    if framework is not None:
        choosing.choose(library, framework)
    run.free_results(output)
    source = open_bundle(audit.bundle_file(bundle))
    if source.manifest.kind != "sample":
        raise BundleError(Message(id="cli.not_samples"), str(bundle))
    done = pipeline.assess(source, given, library, framework, as_of=_end_of(as_of) if as_of else None)
    run.write_results(output, source, answers.read_bytes(), library, done)
    if as_json:
        emit(done)
    else:
        present.assessment(done, out, terminal.language())
        say("cli.written", folder=str(output))


def _end_of(day: datetime) -> Time:
    """The last moment of a day in UTC, as times without an offset are taken: ns."""
    return (int(day.replace(tzinfo=UTC).timestamp()) + 86_400) * 10**9 - 1


@app.command()
def verify(
    bundle: Annotated[Path, typer.Argument(help="A sealed or a filing bundle.")],
    sealed: Annotated[
        Path | None, typer.Option(help="The sealed bundle a filing rests on: measure again from its samples.")
    ] = None,
    digest: Annotated[
        str | None, typer.Option(help="The text of a paper's QR code, or 64 hex digits: is it this bundle?")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name any changed byte, judge again from what is inside, and compare."""
    result = audit.verify(bundle, sealed, digest)
    if as_json:
        emit(result)
    else:
        present.verification(result, out, terminal.language())
    if not result.holds:
        raise typer.Exit(1)


@app.command("verify-log")
def verify_log(
    file: Annotated[Path, typer.Argument(help="The log of an office, as its page gives it out.")],
    earlier: Annotated[
        Path | None, typer.Option(help="An earlier export: was anything changed or cut off since?")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Follow the log of a programme office from its first entry to its seal, and name where it breaks."""
    found = logbook.follow(file, earlier)
    if as_json:
        emit(found)
    else:
        present.followed(found, out, terminal.language())
    if not found.holds:
        raise typer.Exit(1)


@app.command()
def report(
    assessment: Annotated[Path, typer.Argument(help="An assessment.json.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help=f"The file to write; its suffix is its format: {WRITTEN}.")
    ],
    language: Annotated[Language, typer.Option(help="The report's; a file of HTML holds both.")] = "zh",
    paper: Annotated[str, typer.Option(help=f"Which paper: {', '.join(PAPERS)}.")] = "report",
    template: Annotated[
        Path | None, typer.Option(help="A Word file whose styles and page are used instead of ours.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Render an Assessment again, years later, in either language."""
    run.write_report(run.load_assessment(assessment), output, language, template, paper)
    if as_json:
        emit({"report": str(output)})
    else:
        say("cli.written", folder=str(output))
