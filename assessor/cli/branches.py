"""An aggregating server's branches proposed as assets: confirmed by the consultant, kept in the scope.

With --json: of `branches` the proposals, what was accepted, the file written, and what the walk cost.
"""

import asyncio
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path
from time import time_ns
from typing import Annotated

import typer
from rich.table import Table

from assessor.cli.terminal import AsJson, ScopeFile, emit, language, out, say
from assessor.domain import Branch, Endpoint, Message, Observation, RequestRecord, Sample, Scope
from assessor.errors import ContactError, InputError
from assessor.home import free
from assessor.messages import render
from connectors import opcua
from connectors.amend import write_branches
from connectors.proposals import Proposal, check_proposed
from connectors.scope import check_window, load_scope

app = typer.Typer(no_args_is_help=True)


class _Nothing:
    """A sink for a walk: no rows come, and what the guard counts is in the Observation."""

    def samples(self, rows: Sequence[Sample]) -> None: ...

    def request(self, record: RequestRecord) -> None: ...

    def observe(self, observation: Observation) -> None: ...

    def flush(self) -> None: ...


@app.command("branches")
def branches_command(
    scope_file: ScopeFile,
    endpoint_id: Annotated[str, typer.Argument(metavar="ENDPOINT", help="Id of an OPC UA endpoint in the scope.")],
    write: Annotated[
        Path | None, typer.Option("--write", help="Copy of the scope to write, with what is confirmed.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="PATH=ASSET", help="Confirm a proposal; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Walk an aggregating server, read-only, and propose its branches as assets. Nothing is accepted by itself."""
    scope = load_scope(scope_file)
    endpoint = _endpoint(scope, endpoint_id)
    wanted = [_assignment(text, scope) for text in accept or ()]
    if wanted and write is None:
        raise InputError(Message(id="space.accept_needs_write"))
    if write is not None:
        free(write)
    check_window(scope, time_ns())
    observation, proposals = _explored(endpoint, scope)
    check_proposed(wanted, proposals)
    if not as_json:
        _show(observation, proposals)
    if write is not None and not wanted and not as_json and sys.stdin.isatty():
        wanted = _ask(proposals, scope)
    if write is not None and wanted:
        _write(scope_file, endpoint.id, wanted, write)
    written = str(write) if wanted else None
    if as_json:
        emit(_facts(observation, proposals, wanted, written))
    elif written:
        out.print(render("space.written", language(), n=len(wanted), file=written), soft_wrap=True)
    elif proposals:
        out.print(render("space.only_proposed", language()), soft_wrap=True)


def _endpoint(scope: Scope, id_: str) -> Endpoint:
    """The endpoint of that id, which must speak OPC UA."""
    spoken = {e.id: e for e in scope.endpoints if e.protocol in opcua.PROTOCOLS}
    if id_ not in spoken:
        known = ", ".join(difflib.get_close_matches(id_, spoken, 3) or sorted(spoken)[:10]) or "-"
        raise InputError(Message(id="space.no_endpoint", params={"id": id_, "known": known}))
    return spoken[id_]


def _assignment(text: str, scope: Scope) -> Branch:
    path, separator, asset = text.rpartition("=")
    assets = [a.id for a in scope.assets]
    if not separator or not path:
        raise InputError(Message(id="space.not_an_assignment", params={"text": text}))
    if asset not in assets:
        known = ", ".join(difflib.get_close_matches(asset, assets, 3) or assets[:10]) or "-"
        raise InputError(Message(id="space.no_asset", params={"id": asset, "known": known}))
    return Branch(path=path, asset=asset)


def _explored(endpoint: Endpoint, scope: Scope) -> tuple[Observation, tuple[Proposal, ...]]:
    say("space.walking", address=endpoint.address)
    try:
        observation, proposals = asyncio.run(opcua.explore(endpoint, scope, _Nothing(), stop=asyncio.Event()))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if observation.problem is not None:
        raise ContactError(observation.problem, endpoint.id)
    return observation, proposals


def _show(observation: Observation, proposals: Sequence[Proposal]) -> None:
    browse, traffic = observation.browse, observation.traffic
    if browse and traffic:
        params = {"nodes": browse.nodes, "requests": traffic.requests, "seconds": f"{traffic.seconds:.1f}"}
        out.print(render("space.walked", language(), **params), soft_wrap=True)
        for place in browse.unwalked:
            out.print("  " + render("space.not_walked", language(), path=place.path or "-", why=place.why))
        if browse.left > len(browse.unwalked):
            more = browse.left - len(browse.unwalked)
            out.print("  " + render("space.more_not_walked", language(), n=more))
    if not proposals:
        out.print(render("space.nothing", language()), soft_wrap=True)
        return
    table = Table(*(render(f"space.{head}", language()) for head in ("path", "rule_head", "variables", "asset")))
    for p in proposals:
        table.add_row(p.path, render(f"space.rule.{p.rule}", language()), str(p.variables), p.asset or "-")
    out.print(table)


def _ask(proposals: Sequence[Proposal], scope: Scope) -> list[Branch]:
    """One by one: a yes to what is suggested, or the asset's id; nothing is taken for granted."""
    assets = {a.id for a in scope.assets}
    confirmed = []
    for p in proposals:
        if p.asset is not None:
            if typer.confirm(render("space.confirm", language(), path=p.path, asset=p.asset), default=False):
                confirmed.append(Branch(path=p.path, asset=p.asset))
            continue
        given = typer.prompt(render("space.which", language(), path=p.path), default="", show_default=False)
        while given and given not in assets:
            near = ", ".join(difflib.get_close_matches(given, assets, 3)) or "-"
            given = typer.prompt(
                render("space.which_known", language(), id=given, known=near), default="", show_default=False
            )
        if given:
            confirmed.append(Branch(path=p.path, asset=given))
    return confirmed


def _write(scope_file: Path, endpoint: str, branches: Sequence[Branch], target: Path) -> None:
    try:
        write_branches(scope_file, endpoint, branches, target)
    except FileExistsError as problem:
        raise InputError(Message(id="cli.exists", params={"file": str(target)})) from problem


def _facts(
    observation: Observation, proposals: Sequence[Proposal], accepted: Sequence[Branch], written: str | None
) -> dict[str, object]:
    return {
        "endpoint": observation.endpoint,
        "proposals": [p.model_dump(mode="json") for p in proposals],
        "accepted": [b.model_dump(mode="json") for b in accepted],
        "written": written,
        "browse": observation.browse.model_dump(mode="json") if observation.browse else None,
        "traffic": observation.traffic.model_dump(mode="json") if observation.traffic else None,
    }
