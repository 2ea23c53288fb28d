"""Papers that are handed over: two assessments compared; an edited paper checked."""

from pathlib import Path
from typing import Annotated

import typer

from assessor import present, run
from assessor.cli import terminal
from assessor.cli.terminal import AsJson, emit, out, say
from assessor.documents import read_bounded
from assessor.domain import Message
from assessor.errors import InputError
from assessor.frameworks import load_library
from assessor.home import free
from assessor.indicators import load as indicators
from assessor.messages import Language, render
from assessor.portfolio.compare import compared
from assessor.portfolio.rerate import Stored, stored
from assessor.report import checking, formats
from assessor.report.document import Document, Token
from assessor.report.papers import PAPERS, written

app = typer.Typer(no_args_is_help=True)
MOST = 200_000_000
"""Bytes of a file that is checked."""
Paper = Annotated[str | None, typer.Option(help="Which paper it is, where the file does not say so itself.")]


@app.command()
def compare(
    one: Annotated[Path, typer.Argument(help="An assessment.json or a filing bundle.")],
    other: Annotated[Path, typer.Argument(help="Another of the same plant.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write; its suffix is its format.")],
    language: Annotated[Language, typer.Option(help="The paper's.")] = "zh",
    template: Annotated[
        Path | None, typer.Option(help="A Word file whose styles are used instead of ours.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Two assessments of one plant: what moved, and whether data or rule moved it."""
    write = formats.writer(output, template)
    free(output)
    held = stored(one), stored(other)
    made = max(x.done.made for x in held)
    run.write_bytes(output, write(_compared(*held, language), made, template))
    if as_json:
        emit({"report": str(output)})
    else:
        say("cli.written", folder=str(output))


@app.command("check-report")
def check_report(
    file: Annotated[Path, typer.Argument(help="A Word file or PDF that was written here and edited since.")],
    assessment: Annotated[Path, typer.Option(help="What it rests on: an assessment.json or a filing bundle.")],
    earlier: Annotated[Path | None, typer.Option(help="Of a comparison: the earlier one.")] = None,
    paper: Paper = None,
    language: Annotated[
        Language | None, typer.Option(help="Its language, where it does not say so itself.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read every number of an edited paper and compare it with the assessment; exit 1 where one was edited."""
    read = checking.read(read_bounded(file, MOST), str(file))
    done = stored(assessment)
    token = _token(read.token, paper, language, done, file)
    levels = [render(level.name, token.language) for level in done.done.framework.levels]
    result = checking.check(read, _document(token, done, earlier, file), levels)
    if as_json:
        told = {"file": str(file), "paper": token.paper, "language": token.language}
        emit(told | result.told())
    else:
        present.checked(result, out, terminal.language())
    if not result.holds:
        raise typer.Exit(1)


def _token(found: Token | None, paper: str | None, language: Language | None, done: Stored, file: Path) -> Token:
    """What the file is: by its own word, and by what was said of it, which goes before."""
    bundle = done.done.digest
    if found is not None:
        if found.digest != bundle:
            params: dict[str, str | int] = {"own": found.digest, "given": bundle}
            raise InputError(Message(id="edited.other_bundle", params={**params}), str(file))
        paper, language = paper or found.paper, language or found.language
    if not paper or not language:
        raise InputError(Message(id="edited.no_token"), str(file))
    return Token(paper, language, bundle)


def _document(token: Token, done: Stored, earlier: Path | None, file: Path) -> Document:
    """The paper as it is written now."""
    if token.paper == "comparison":
        if earlier is None:
            raise InputError(Message(id="edited.needs_earlier"), str(file))
        return _compared(stored(earlier), done, token.language)
    if token.paper not in PAPERS:
        raise InputError(Message(id="edited.not_here", params={"paper": token.paper[:100]}), str(file))
    return written(done.done, token.language, token.paper)


def _compared(one: Stored, other: Stored, language: Language) -> Document:
    return compared(one, other, load_library(known_indicators=indicators()), language)
