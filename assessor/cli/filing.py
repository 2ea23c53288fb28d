"""File: what a city asks for of an assessment, as one pack, and its check."""

from pathlib import Path
from typing import Annotated

import typer

from assessor import filing, present
from assessor.cli.terminal import AsJson, emit, language, out, say
from assessor.domain import Message
from assessor.errors import InputError
from assessor.filing.write import GENERIC, annex_of, checklist_of, file_pack, slot_values
from assessor.frameworks import load_library
from assessor.messages import Language

app = typer.Typer(no_args_is_help=True)


@app.command()
def file(  # noqa: PLR0913, PLR0917 - the options of one command
    folder: Annotated[
        Path | None, typer.Argument(help="Results of an assessment, as `assess -o` wrote them.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The pack to write: a .zip, or else a folder.")
    ] = None,
    checklist: Annotated[
        str | None,
        typer.Option(help="By which list it is to be accepted: an id, or a .yaml of your own."),
    ] = None,
    platform: Annotated[
        list[str] | None, typer.Option(help="For which platform to write answers: an id or a .yaml; all if none.")
    ] = None,
    slots: Annotated[
        list[Path] | None, typer.Option(help="A city's own form, .docx or .xlsx, with {{keys}} to be filled.")
    ] = None,
    attachments: Annotated[
        Path | None, typer.Option(help="Folder of contract, sign-in sheets, photographs; 'attachments' beside.")
    ] = None,
    wanted: Annotated[Language, typer.Option("--language", help="Of its tables.")] = "zh",
    check: Annotated[Path | None, typer.Option(help="Go through the checklist of a pack that is there.")] = None,
    keys: Annotated[
        bool, typer.Option("--keys", help="List what a slot can hold, with this assessment's values.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the pack that a city asks for, with what is open in an annex beside it; or check one."""
    if check is not None:
        _check(check, checklist, as_json)
    elif folder is None or (output is None and not keys):
        raise InputError(Message(id="filing.nothing_asked_for"))
    elif keys:
        _keys(folder, wanted, as_json)
    else:
        assert output is not None
        made = file_pack(folder, output, checklist or GENERIC, platform, slots or [], attachments, wanted)
        _written(made, output, as_json)


def _check(pack: Path, checklist: str | None, as_json: bool) -> None:
    by = None if checklist is None else checklist_of(checklist, load_library())[0]
    found = filing.check_pack(pack, by)
    if as_json:
        emit(found)
    else:
        present.pack(found, out, language())
    if not found.holds:
        raise typer.Exit(1)


def _keys(folder: Path, wanted: Language, as_json: bool) -> None:
    values = slot_values(folder, wanted)
    if as_json:
        emit(dict(values))
    else:
        for key, value in values.items():
            out.print(f"{{{{{key}}}}}  {value}", soft_wrap=True)


def _written(made: filing.Made, output: Path, as_json: bool) -> None:
    found = filing.check_pack(output)
    if as_json:
        emit(found)
    else:
        present.pack(found, out, language())
    for line in made.left:
        say(line.id, **line.params)
    if made.annex is not None:
        say("filing.annex_written", file=str(annex_of(output)))
    say("cli.written", folder=str(output))
