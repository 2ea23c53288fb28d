"""Before a visit: network sheet, draft of a scope, letter of authorisation, plan of interviews."""

from pathlib import Path
from time import time_ns
from typing import Annotated

import typer

from assessor import run
from assessor.cli.ledger import given
from assessor.cli.terminal import AsJson, emit, faults, language, out, say, show_faults
from assessor.documents import LARGEST, read_bounded
from assessor.forms.register import draft, read_ledger
from assessor.frameworks import load_library
from assessor.home import free
from assessor.messages import LANGUAGES, Language, render
from assessor.preparing.pack import Brought, Prepared, Written, prepare
from assessor.preparing.reading import read_network
from assessor.preparing.visit import load_visit
from connectors.scope import load_scope

app = typer.Typer(no_args_is_help=True)


@app.command("prepare")
def prepare_command(
    visit: Annotated[Path, typer.Argument(help="What is known of the visit: a YAML file.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The zip to write.")],
    register: Annotated[Path | None, typer.Option(help="The plant's ledger of machines, CSV or Excel.")] = None,
    network: Annotated[Path | None, typer.Option(help="The network sheet, filled in by the plant's IT.")] = None,
    scope: Annotated[
        Path | None, typer.Option(help="A scope that was read and changed: taken as it is, none is drafted.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="key=header, where a column of the ledger goes by another name.")
    ] = None,
    one_language: Annotated[
        Language | None, typer.Option("--language", help="Papers in this language alone; in both else.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prepare a visit in one zip: a sheet for the plant's IT, a scope, a letter to sign, a plan of interviews."""
    free(output)
    told, lines = load_visit(visit)
    held = None if register is None else draft(read_ledger(register, given=given(column or [])))
    sheet = None if network is None else read_network(network, held.assets if held else None)
    if sheet is not None and sheet.problems:
        if as_json:
            emit({"problems": faults(sheet.problems)})
        else:
            show_faults(sheet.problems)
            say("prepare.faults", n=len(sheet.problems))
        raise typer.Exit(2)
    sound = None if sheet is None else sheet.sound()
    made = prepare(
        Brought(told, held, sound, None if scope is None else _agreed(scope), lines),
        load_library(),
        time_ns(),
        LANGUAGES if one_language is None else (one_language,),
    )
    run.write_bytes(output, made.zipped())
    questions = [render(question, language()) for question in (held.questions if held else ())]
    if as_json:
        why = {name: render(message, language()) for name, message in made.left_out.items()}
        emit({"pack": str(output), "files": sorted(made.files), "left_out": why, "questions": questions})
    else:
        _show(made, output, questions)


def _agreed(file: Path) -> Written:
    return Written(read_bounded(file, LARGEST), load_scope(file))


def _show(made: Prepared, output: Path, questions: list[str]) -> None:
    names = ", ".join(sorted(made.files))
    out.print(render("prepare.made", language(), file=str(output), names=names), soft_wrap=True)
    for name, why in made.left_out.items():
        told = {"name": name, "why": render(why, language())}
        out.print(render("prepare.without", language(), **told), style="yellow", soft_wrap=True)
    if questions:
        out.print(render("register.questions", language()), style="bold")
    for question in questions:
        out.print(f"  - {question}", soft_wrap=True)
