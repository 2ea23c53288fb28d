"""Many assessments: judge them again under the library at hand, or under an edition that is to be."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import time_ns
from typing import Annotated, Any

import typer
from rich.progress import Progress

from assessor import choosing, present
from assessor.cli.terminal import AsJson, emit, err, language, out, say
from assessor.domain import Message, canonical
from assessor.errors import InputError
from assessor.frameworks import load_library
from assessor.home import create_file
from assessor.indicators import load as indicators
from assessor.messages import render
from assessor.portfolio import crew, shelf
from assessor.portfolio.again import Fault, Order
from assessor.portfolio.candidate import candidate_at
from assessor.portfolio.filed import filed
from assessor.portfolio.impact import Impact
from assessor.portfolio.impact import impact as impact_of
from assessor.portfolio.rerate import Rerated, rerate_many
from assessor.portfolio.stored import stored

app = typer.Typer(no_args_is_help=True)
Files = Annotated[
    list[Path], typer.Argument(help="Filing bundles, assessment.json files, packs of these, or folders of them.")
]


@app.command()
def rerate(
    files: Files,
    framework: Annotated[
        list[str] | None, typer.Option(help="Only by this one: id, or id@version for an earlier edition.")
    ] = None,
    library: Annotated[
        Path | None, typer.Option(help="A folder of questionnaires of your own; what is shipped if none is named.")
    ] = None,
    candidate: Annotated[
        Path | None,
        typer.Option(
            help="An edition that is to be: a framework's file, or a zip or folder of questionnaires. "
            "Tells who would move under it, and on which change that hangs."
        ),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(help="serial, processes, or a Dask scheduler: tcp://host:port; else ASSESSOR_EXECUTOR."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="With --candidate: the report as .xlsx or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge stored answers and measurements again: who moved, by how much, and whether data or rule moved them.

    Nothing that was filed is changed. What cannot be read is named at the end, and takes nothing else along.
    """
    by = crew.chosen(executor)
    if output is not None and (candidate is None or output.suffix not in (".xlsx", ".json")):
        raise InputError(Message(id="edition.output"), str(output))
    known = indicators()
    held = load_library(library, known_indicators=known)
    for name in framework or ():
        choosing.choose(held, name)  # what is not there is refused before anything is read
    if candidate is None:
        found = _judged(files, Order(held.parts, tuple(framework or ())), by)
        moves = found.moves
        _tell(as_json, [m.model_dump(mode="json") for m in moves], lambda: present.moves(moves, out, language()))
    else:
        other = candidate_at(candidate, held, known)
        found = _judged(files, Order(other.parts, tuple(framework or ()), held.parts), by)
        report = impact_of(held, other, found)
        _tell(as_json, report, lambda: present.impact(report, out, language()))
        if output is not None:
            _write(output, report)
    _leave(found.faults)


@app.command()
def pack(
    files: Files,
    output: Annotated[Path, typer.Option("--output", "-o", help="The pack to write: a file that ends in .pack.")],
    as_json: AsJson = False,
) -> None:
    """Put what judging again needs of many assessments into one file, without names of people."""
    if output.suffix != shelf.SUFFIX:
        raise InputError(Message(id="edition.pack_name"), str(output))
    n = shelf.write_pack(output, ((str(f), filed(stored(f).done)) for f in shelf.shelved(files)))
    if as_json:
        emit({"pack": str(output), "assessments": n})
    else:
        say("edition.packed", n=n, file=str(output))


def _judged(files: Sequence[Path], order: Order, by: str) -> Rerated:
    all_ = shelf.shelved(files)
    with _progress(shelf.count(all_)) as told:
        return rerate_many(shelf.pieces(all_), order, by, told)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(render("rerate.judging", language()), total=total)
        yield lambda n: progress.advance(task, n)


def _tell(as_json: bool, data: Any, show: Callable[[], None]) -> None:
    if as_json:
        emit(data)
    else:
        show()


def _write(file: Path, report: Impact) -> None:
    if file.suffix == ".json":
        create_file(file, canonical(report))
    else:
        from assessor.present.moving_book import book  # noqa: PLC0415 - only where a workbook is written

        create_file(file, book(report, time_ns(), language()))
    say("edition.written", file=str(file))


def _leave(faults: Sequence[Fault]) -> None:
    """What could not be judged, and the exit code of the first of these."""
    for fault in faults:
        err.print(f"{fault.file}: {render(fault.why, language())}", style="red", soft_wrap=True)
    if faults:
        sys.exit(faults[0].exit)
