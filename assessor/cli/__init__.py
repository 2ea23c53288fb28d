"""The terminal: `assessor`. Results on stdout, progress on stderr.

Exit codes: 0 done · 1 `verify`, `verify-log` or `check-report` found a difference, or `file --check` something
missing · 2 a file or an option is wrong, nothing was contacted or overwritten · 3 contact was not possible · 4
a bundle is not what it says · 5 the disk refused · 130 stopped by Ctrl-C, with what was sampled sealed in a
valid bundle.

With --json stdout holds one JSON document instead of tables: of `precheck` what each address answered and who
is to be asked, of `prepare` the files of the pack and what was left out, of `preview` load and reach, of
`branches` the proposals and what the walk cost, of `sample` the bundle's digest and members, of `verify` what
was checked and whether it holds, of `verify-log` how far a log holds, of `assess` and `demo` the Assessment, of
`plan` the plan, of `rate` every result, of `short` P(level) and the next question, of `rerate` every move (with
--candidate the whole report), of `pack` the file and how many are in it, of `report`, `compare` and `workbook`
the file, of `check-report` what was edited, of `file` the checklist of the pack item by item or what slots can
hold, of `simulate` the addresses and the scope file, of `serve` where it listens, of `invite` the code, of
`frameworks` what each lists, of `profiles` what each lists, checks, makes or reads, of `form` the file or what
differs, of `peers` the file or the comparison, of `register` assets, questions and differences, of `trust` our
certificate or what was accepted, of `exports` the draft, of `programmes` what came of each, of `match` the
ranks, of `demand` what is looked for, of `providers` the file or what was read, of `tags` what to confirm with
its proposals and the lines for the answer file. An error is then {"error": text, "place": file:line or null,
"id": id of the text}.
"""

import io
import sys
from collections.abc import Sequence

import typer

from assessor.cli.rooms import Rooms
from assessor.cli.terminal import err, fail, out
from assessor.domain import Message
from assessor.errors import AssessorError, StorageError

app = typer.Typer(
    name="assessor",
    cls=Rooms,
    help=__doc__,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def assessor() -> None:
    """What every command has in common: nothing but the list they stand in."""


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


__all__ = ["app", "err", "main", "out"]
