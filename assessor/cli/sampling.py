"""Before and during contact: preview, sample; and a plant to try it on."""

import contextlib
from pathlib import Path
from time import time_ns
from typing import Annotated, Any

import typer

from assessor import present, run
from assessor.cli.terminal import AsJson, ScopeFile, Seconds, emit, err, language, out, say
from assessor.domain import Message
from assessor.errors import InputError
from assessor.messages import render
from assessor.visit.sampling import sample as take
from assessor.visit.sampling import seal_left, working_folder
from connectors.preview import preview
from connectors.scope import check_window, load_scope
from connectors.simulator import serve

app = typer.Typer(no_args_is_help=True)


@app.command("preview")
def preview_command(scope_file: ScopeFile, seconds: Seconds = 600, as_json: AsJson = False) -> None:
    """State the load of a run and what it can test. Nothing is sent."""
    stated = preview(load_scope(scope_file), seconds)
    if as_json:
        emit(stated)
    else:
        present.preview(stated, out, language())


@app.command()
def sample(
    scope_file: ScopeFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="The sealed bundle to write.")],
    seconds: Seconds = 600,
    resume: Annotated[bool, typer.Option(help="Go on with an interrupted run of the same output.")] = False,
    seal_only: Annotated[
        bool, typer.Option(help="Contact nothing: seal what an interrupted run left, as truncated.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sample the endpoints of a scope, read-only, and seal what was seen."""
    if resume and seal_only:
        raise InputError(Message(id="cli.resume_or_seal"))
    scope = load_scope(scope_file)
    if seal_only:
        sealed, stopped = seal_left(output), False
    else:
        check_window(scope, time_ns())
        try:
            onlooker = run.Terminal(seconds, err, language())
            sealed, stopped = take(scope, scope_file.read_bytes(), output, seconds, onlooker, resume=resume)
        except KeyboardInterrupt:  # the second one, before what was sampled could be sealed
            if (work := working_folder(output)).exists():
                say("cli.left_over", folder=str(work))
            raise
    if as_json:
        emit(present.sealed_facts(output, sealed))
    else:
        present.sealed(output, sealed, out, language())
    if stopped:
        raise typer.Exit(130)


@app.command()
def simulate(
    plant: Annotated[Path | None, typer.Argument(help="A plant file; the demo plant if none is named.")] = None,
    folder: Annotated[Path, typer.Option("-o", "--output", help="Where scope.yaml is written.")] = Path("plant"),
    as_json: AsJson = False,
) -> None:
    """Serve a simulated plant on this machine until Ctrl-C; writes the scope file to sample it with."""
    run.keep_foreign_scope(folder)
    addresses: dict[str, Any] = {}

    def show(line: str) -> None:
        out.print(line.expandtabs(12), soft_wrap=True)

    def announce(line: str) -> None:
        """The scope file comes last, once everything answers."""
        name, _, place = line.partition("\t")
        if name == "scope":
            emit({"addresses": addresses, "scope": place})
        addresses[name] = place

    with contextlib.suppress(KeyboardInterrupt):  # the way to end it
        serve(
            plant,
            folder,
            announce=announce if as_json else lambda line: out.print(line.expandtabs(12), soft_wrap=True),
        )


@app.command()
def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results.")] = Path("demo-output"),
    seconds: Annotated[float, typer.Option(min=10, max=600, help="How long to sample.")] = 25,
    as_json: AsJson = False,
) -> None:
    """The whole way: start a simulated plant, sample it, rate it, plan, report."""
    done = run.demo(output, seconds, err, language())
    if done is None:
        raise typer.Exit(130)
    if as_json:
        emit(done)
        return
    present.assessment(done, out, language())
    for key in ("cli.demo_report", "cli.demo_verify", "cli.demo_next"):
        out.print(render(key, language(), folder=str(output)), soft_wrap=True)
