"""Forms that people fill in: the bank as Excel or on a phone, and back, first as a list of differences."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from assessor import run
from assessor.cli.terminal import AsJson, emit, faults, language, out, say, show_faults
from assessor.domain import Answers, Message, Topic, canonical
from assessor.errors import InputError
from assessor.forms import load_answers
from assessor.forms.changes import Merged
from assessor.forms.excel import read_book, write_book
from assessor.forms.submission import merge_submission
from assessor.forms.writing import write_answers
from assessor.forms.xlsform import write_xlsform
from assessor.frameworks import Library, load_library
from assessor.frameworks.schemas import schemas
from assessor.home import free
from assessor.messages import render

app = typer.Typer(name="form", help=__doc__, no_args_is_help=True)

Held = Annotated[Path | None, typer.Option("--answers", help="The answer file that there is already.")]
Written = Annotated[Path, typer.Option("-o", "--output", help="The file to write; it must not be there yet.")]
Into = Annotated[Path | None, typer.Option("-o", "--output", help="A new answer file, .yaml or .json.")]
Apply = Annotated[bool, typer.Option("--apply", help="Write what differs: into -o, else into the --answers file.")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Leave out what cannot be taken, and take the rest.")]


@app.command()
def excel(output: Written, answers: Held = None, as_json: AsJson = False) -> None:
    """Write the bank as a workbook: a cover, and one sheet for each role."""
    library = load_library()
    held = load_answers(answers, library.questions) if answers else None
    run.write_bytes(output, write_book(_asked(library, held), library.frameworks.values(), held))
    _wrote(output, as_json)


@app.command()
def xlsform(
    output: Written,
    answers: Held = None,
    version: Annotated[str, typer.Option(help="Of the form.")] = "1",
    as_json: AsJson = False,
) -> None:
    """Write the bank as an XLSForm, for ODK and Kobo on a phone."""
    library = load_library()
    held = load_answers(answers, library.questions) if answers else None
    run.write_bytes(output, write_xlsform(_asked(library, held), form_id="assessor", version=version))
    _wrote(output, as_json)


@app.command()
def schema(output: Into = None, as_json: AsJson = False) -> None:
    """Print the JSON Schema of an answer file, or write it."""
    document = schemas()["answers"]
    if output is None:
        emit(document)
    else:
        run.write_bytes(output, canonical(document))
        _wrote(output, as_json)


@app.command()
def read(
    workbook: Annotated[Path, typer.Argument(help="A workbook that was filled in.")],
    answers: Held = None,
    output: Into = None,
    apply: Apply = False,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Say what a workbook would change, cell by cell, and what of it cannot be taken; with --apply write it."""
    library = load_library()
    held = _held(library, answers, output, apply)
    merged = read_book(workbook, library.topics, library.frameworks.values(), held)
    _finish(merged, answers, output, apply, skip_bad, as_json)


@app.command()
def submission(
    files: Annotated[list[Path], typer.Argument(help="Submissions (XML), one a respondent.")],
    answers: Held = None,
    output: Into = None,
    apply: Apply = False,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """The same for what was sent from a phone: say what differs; with --apply write it."""
    library = load_library()
    held = _held(library, answers, output, apply)
    merged = merge_submission(files, library.questions, held)
    _finish(merged, answers, output, apply, skip_bad, as_json)


def _asked(library: Library, held: Answers | None) -> tuple[Topic, ...]:
    """Topics for everybody, and those for the frameworks that the answers ask for."""
    names = [name.partition("@")[0] for name in held.frameworks] if held else []
    return library.topics_for(f for f in library.frameworks.values() if f.on or f.id in names)


def _held(library: Library, answers: Path | None, output: Path | None, apply: bool) -> Answers | None:
    if apply and answers is None and output is None:
        raise InputError(Message(id="forms.nowhere"))
    if output is not None:
        free(output)
    return load_answers(answers, library.questions) if answers else None


def _finish(
    merged: Merged, answers: Path | None, output: Path | None, apply: bool, skip_bad: bool, as_json: bool
) -> None:
    """Show it; write it where that is wanted and nothing stands in the way. Exit code 2 where something does."""
    place = output or answers
    stopped = bool(merged.problems) and not skip_bad
    written = apply and place is not None and not stopped and merged.answers is not None
    if written and place is not None and merged.answers is not None:
        data = write_answers(merged.answers, as_json=place.suffix == ".json")
        if output is not None:
            run.write_bytes(output, data)
        elif merged.changes:
            run.keep(place, data)
    if as_json:
        emit(_document(merged, place if written else None))
    else:
        _show(merged)
        if written:
            say("cli.written", folder=str(place))
        else:
            say("forms.stopped" if stopped else "forms.dry")
    if stopped or (apply and merged.answers is None):
        raise typer.Exit(2)


def _document(merged: Merged, written: Path | None) -> dict[str, Any]:
    return {
        "changes": [change.model_dump(mode="json") for change in merged.changes],
        "problems": faults(merged.problems),
        "kept": merged.kept,
        "written": None if written is None else str(written),
    }


def _show(merged: Merged) -> None:
    heads = ("cell", "question", "part", "before", "after")
    table = Table(*(render(f"forms.difference.{head}", language()) for head in heads))
    for c in merged.changes:
        part = render(f"forms.difference.{c.part}", language())
        table.add_row(f"{c.sheet}!{c.cell}", c.of, part, c.before or "-", c.after or "-")
    if merged.changes:
        out.print(table)
    counts = {"n": len(merged.changes), "bad": len(merged.problems), "kept": merged.kept}
    out.print(render("forms.differences", language(), **counts))
    show_faults(merged.problems)


def _wrote(file: Path, as_json: bool) -> None:
    if as_json:
        emit({"file": str(file)})
    else:
        say("cli.written", folder=str(file))
