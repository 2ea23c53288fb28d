"""A week before: do the agreed addresses answer? One line an endpoint, and a page to print."""

from pathlib import Path
from time import time_ns
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from assessor import run
from assessor.cli.terminal import AsJson, ScopeFile, emit, err, language, out
from assessor.domain import Scope
from assessor.home import free
from assessor.messages import render
from assessor.precheck import Answered, Checked, Precheck, allowed, precheck
from assessor.precheck.page import ask, certificate, headline, page, problem, ways
from connectors.abort import run_bounded
from connectors.scope import load_scope

app = typer.Typer(no_args_is_help=True)

LOOK = {Answered.YES: "green", Answered.BUT: "yellow", Answered.NO: "red"}


@app.command("precheck")
def precheck_command(
    scope_file: ScopeFile,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="An HTML page to print, in both languages.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try the addresses of a scope and nothing else: do they answer, what do they offer, what must be opened?

    Keeps to `precheck_window` of the scope, or to `window` where it has none.
    """
    scope = load_scope(scope_file)
    if output:
        free(output)
    allowed(scope, time_ns())
    result = _tried(scope)
    if output:
        run.write_text(output, page(result, language()))
        err.print(render("precheck.written", language(), file=str(output)), soft_wrap=True)
    if as_json:
        emit(result)
    else:
        show(result)


def _tried(scope: Scope) -> Precheck:
    def told(one: Checked) -> None:
        state = render(f"precheck.state.{one.answered.value}", language())
        err.print(render("precheck.checking", language(), endpoint=one.endpoint, state=state), soft_wrap=True)

    return run_bounded(precheck(scope, told))


def show(result: Precheck) -> None:
    """The result as a table of a terminal."""
    if result.laptop.warning:
        out.print(render(result.laptop.warning, language()), style="bold yellow", soft_wrap=True)
    table = Table(title=render("precheck.title", language()), title_justify="left", title_style="bold")
    for head in ("endpoint", "answered", "firewall", "ways", "certificate_head", "to_do"):
        table.add_column(render(f"precheck.{head}", language()))
    for one in result.checked:
        held = one.seen.certificate
        table.add_row(
            one.endpoint,
            Text(render(f"precheck.state.{one.answered.value}", language()), style=LOOK[one.answered]),
            f"{one.host} TCP {one.port}" if one.host else "-",
            "\n".join(ways(one)) or "-",
            certificate(held, result.made, language()) if held else "-",
            f"{problem(one, language())} {ask(one, language())}".strip(),
        )
    out.print(table)
    out.print(headline(result, language()), style="bold", soft_wrap=True)
    for id_ in ("how_to_open", "nothing_else"):
        out.print(render(f"precheck.{id_}", language()), soft_wrap=True)
    asked = sum(one.requests for one in result.checked)
    out.print(render("precheck.requests", language(), n=asked), soft_wrap=True)
