"""The terminal: `assessor`. Results on stdout, progress on stderr.

Exit codes: 0 done · 1 `verify` or `check-report` found a difference · 2 a file or an option is wrong, nothing was
contacted or overwritten · 3 contact was not possible · 4 a bundle is not what it says · 5 the disk refused ·
130 stopped by Ctrl-C, with what was sampled sealed in a valid bundle.

With --json stdout holds one JSON document instead of tables: of `precheck` what each address answered and who is
to be asked, of `preview` load and reach, of `branches` the proposals and what the walk cost, of `sample` the
bundle's digest and members, of `verify` what was checked and whether it holds, of `assess` and `demo` the
Assessment, of `rate` every result, of `short` P(level) and the next question, of `rerate` every move, of
`report`, `compare` and `workbook` the file, of `check-report` what was edited, of `simulate` the addresses and the
scope file, of `frameworks` what each lists, of `profiles` what each lists, checks, makes or reads, of `form` the
file, or what differs, of `peers` the file or the comparison, of `register` assets, questions and differences, of
`trust` our certificate or what was accepted, of `exports` the draft, of `tags` what to confirm with its proposals,
and the lines for the answer file. An error is then
{"error": text, "place": file:line or null, "id": id of the text}.
"""

import io
import sys
from collections.abc import Sequence

import typer

from assessor.cli import (
    branches,
    exports,
    form,
    frameworks,
    judging,
    ledger,
    papers,
    peers,
    portfolio,
    precheck,
    profiles,
    rating,
    sampling,
    short,
    tags,
    trust,
)
from assessor.cli.terminal import err, fail, out
from assessor.domain import Message
from assessor.errors import AssessorError, StorageError

app = typer.Typer(
    name="assessor",
    help=__doc__,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for room in (precheck, sampling, branches, judging, rating, short, tags, ledger, portfolio, papers):
    app.add_typer(room.app)
app.add_typer(frameworks.app, name="frameworks", help=frameworks.__doc__)
app.add_typer(profiles.app, name="profiles", help=profiles.__doc__)
app.add_typer(trust.app, name="trust", help=trust.__doc__)
app.add_typer(form.app, name="form", help=form.__doc__)
app.add_typer(peers.app, name="peers", help=peers.__doc__)
app.add_typer(exports.app, name="exports", help=exports.__doc__)


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
