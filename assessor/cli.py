"""The terminal: `assessor`. Results on stdout, progress on stderr.

Exit codes: 0 done · 1 `verify` found a difference · 2 a file or an option is wrong, nothing was contacted or
overwritten · 3 contact was not possible · 4 a bundle is not what it says · 5 the disk refused · 130 stopped
by Ctrl-C, with what was sampled sealed in a valid bundle.

With --json stdout holds one JSON document instead of tables: of `preview` load and reach, of `sample` the
bundle's digest and members, of `verify` what was checked and whether it holds, of `assess` and `demo` the
Assessment, of `report` the file, of `simulate` the addresses and the scope file, of `frameworks` what each
lists. An error is then {"error": text, "place": file:line or null, "id": id of the text}.
"""

import contextlib
import io
import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from time import time_ns
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as Shown

from assessor import audit, pipeline, present, run
from assessor.bundle import open_bundle
from assessor.domain import Message, Noun, canonical
from assessor.errors import AssessorError, BundleError, InputError, StorageError
from assessor.forms import load_answers
from assessor.frameworks import load_framework, load_library
from assessor.indicators import load as indicators
from assessor.messages import LANGUAGES, Language, render
from connectors.scope import check_window, load_scope, preview
from connectors.simulator import serve

app = typer.Typer(
    name="assessor",
    help=__doc__,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
frameworks_app = typer.Typer(help="Maturity models that answers can be rated on.", no_args_is_help=True)
app.add_typer(frameworks_app, name="frameworks")


class Screen(Console):
    """A terminal that shows what files and machines say, and obeys none of it."""

    def render_str(self, text: str, **options: Any) -> Shown:
        seen = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)
        return super().render_str(seen, **options)


out = Screen(highlight=False, markup=False, emoji=False)
err = Screen(highlight=False, markup=False, emoji=False, stderr=True)

ScopeFile = Annotated[Path, typer.Argument(help="What the factory agreed to: a scope file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Seconds = Annotated[float, typer.Option(min=1, max=604_800, help="How long to sample.")]


def language() -> Language:
    """ASSESSOR_LANGUAGE, else the locale: Chinese where it says so, English otherwise."""
    wanted = os.environ.get("ASSESSOR_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return next((known for known in LANGUAGES if wanted.lower().startswith(known)), "en")


def say(message: Message | str, **params: Any) -> None:
    """A line of progress."""
    err.print(render(message, language(), **params))


def emit(value: Noun | dict[str, Any] | list[Any]) -> None:
    """A result as JSON, in UTF-8 whatever the terminal speaks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(canonical(value))
    sys.stdout.buffer.flush()


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
        sealed, stopped = run.seal_left(output), False
    else:
        check_window(scope, time_ns())
        try:
            sealed, stopped = run.sample(scope, scope_file.read_bytes(), output, seconds, resume, err, language())
        except KeyboardInterrupt:  # the second one, before what was sampled could be sealed
            if (work := run.working_folder(output)).exists():
                say("cli.left_over", folder=str(work))
            raise
    if as_json:
        emit(present.sealed_facts(output, sealed))
    else:
        present.sealed(output, sealed, out, language())
    if stopped:
        raise typer.Exit(130)


@app.command()
def assess(
    bundle: Annotated[Path, typer.Argument(help="A sealed bundle, as `sample` wrote it.")],
    answers: Annotated[Path, typer.Option(help="What people say: an answer file.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results.")],
    framework: Annotated[str, typer.Option(help="Id of the framework.")] = "cmmm-2020-discrete",
    as_json: AsJson = False,
) -> None:
    """Measure, compare with the answers, rate, plan; write assessment.json, report.html, filing.zip."""
    library = load_library(known_indicators=indicators())
    given = load_answers(answers, library.questions)
    pipeline.choose(library.frameworks, framework)
    run.free_results(output)
    source = open_bundle(audit.bundle_file(bundle))
    if source.manifest.kind != "sample":
        raise BundleError(Message(id="cli.not_samples"), str(bundle))
    done = pipeline.assess(source, given, library, framework)
    run.write_results(output, source, answers.read_bytes(), library, done)
    if as_json:
        emit(done)
    else:
        present.assessment(done, out, language())
        say("cli.written", folder=str(output))


@app.command()
def verify(
    bundle: Annotated[Path, typer.Argument(help="A sealed or a filing bundle.")],
    sealed: Annotated[
        Path | None, typer.Option(help="The sealed bundle a filing rests on: measure again from its samples.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name any changed byte, judge again from what is inside, and compare."""
    result = audit.verify(bundle, sealed)
    if as_json:
        emit(result)
    else:
        present.verification(result, out, language())
    if not result.holds:
        raise typer.Exit(1)


@app.command()
def report(
    assessment: Annotated[Path, typer.Argument(help="An assessment.json.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML file to write.")],
    as_json: AsJson = False,
) -> None:
    """Render an Assessment again, years later, in either language."""
    run.write_report(run.load_assessment(assessment), output)
    if as_json:
        emit({"report": str(output)})
    else:
        say("cli.written", folder=str(output))


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


@frameworks_app.command("list")
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


@frameworks_app.command("show")
def frameworks_show(id_: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """One framework: its tree, weights, parameters and their standing."""
    library = load_library()
    framework = pipeline.choose(library.frameworks, id_)
    if as_json:
        emit(framework)
    else:
        present.framework(framework, library.questions, out, language())


@frameworks_app.command("check")
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; an error of ours is one message and an exit code, never a traceback."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # an old terminal lacks some letters
    try:
        app(given, prog_name="assessor")
    except AssessorError as error:
        fail(error, "--json" in given)
    except OSError as problem:  # such as results that go to a full disk
        reason = problem.strerror or str(problem)
        fail(StorageError(Message(id="cli.not_written", params={"reason": reason}), problem.filename), False)


def fail(error: AssessorError, as_json: bool) -> None:
    """Print what is wrong, where, and what to do; leave with the error's exit code."""
    place = f"{error.place}: " if error.place else ""
    text = render(error.message, language())
    if as_json:
        emit({"error": text, "place": error.place, "id": error.message.id})
    err.print(f"{place}{text}", style="bold red" if isinstance(error, InputError) else "red", soft_wrap=True)
    sys.exit(error.exit_code)
