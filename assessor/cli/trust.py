"""Whom we trust, and who trusts us: server certificates accepted for one plant, and our own certificate.

With --json: `trust ours` prints file, fingerprint (SHA-256), thumbprint
(SHA-1), application URI and end of validity of our certificate; `trust
list` what was accepted for the plant of the scope; `trust accept` what was accepted now, and where it is kept;
`trust forget` the endpoint and whether anything was forgotten.
"""

import asyncio
import getpass
import sys
from datetime import datetime
from time import time_ns
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from assessor.cli.terminal import AsJson, ScopeFile, emit, err, language, out
from assessor.domain import Certificate, Endpoint, Message, Scope
from assessor.errors import InputError
from assessor.messages import moment, render
from connectors.scope import check_window, load_scope

if TYPE_CHECKING:
    from connectors.opcua.trust import Accepted

app = typer.Typer(name="trust", help=__doc__, no_args_is_help=True)
WhichEndpoint = Annotated[str | None, typer.Argument(metavar="[ENDPOINT]", help="Its id in the scope.")]


@app.command("ours")
def trust_ours(as_json: AsJson = False) -> None:
    """The certificate of this installation, for the plant's IT to trust; made at first use."""
    from connectors.opcua.doors import thumbprint  # noqa: PLC0415
    from connectors.opcua.identity import OUR_URI, ours  # noqa: PLC0415

    mine = ours()
    facts = {
        "file": str(mine.file),
        "fingerprint": mine.fingerprint,
        "thumbprint": thumbprint(mine.certificate),
        "uri": OUR_URI,
        "not_after": int(mine.certificate.not_valid_after_utc.timestamp()) * 10**9,
    }
    if as_json:
        emit(facts)
    else:
        out.print(render("doors.ours", language(), **facts), soft_wrap=True)


@app.command("list")
def trust_list(scope_file: ScopeFile, as_json: AsJson = False) -> None:
    """The server certificates that a person accepted for this plant. Contacts nothing."""
    from connectors.opcua.trust import TrustStore  # noqa: PLC0415

    scope = load_scope(scope_file)
    held = list(TrustStore(scope.plant.id).all())
    if as_json:
        emit([accepted.model_dump(mode="json") for accepted in held])
        return
    table = Table()
    for name in ("endpoint", "fingerprint", "by", "at"):
        table.add_column(render(f"doors.head.{name}", language()), overflow="fold")
    for accepted in held:
        table.add_row(accepted.endpoint, accepted.fingerprint, accepted.by, accepted.at)
    out.print(table if held else render("doors.none_accepted", language(), plant=scope.plant.id))


@app.command("accept")
def trust_accept(
    scope_file: ScopeFile,
    endpoint: WhichEndpoint = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(metavar="HEX", help="Accept this very SHA-256 fingerprint without being asked."),
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who accepts; the user of this machine if absent.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look at a server's certificate and say yes to it. Sends GetEndpoints and nothing else."""
    from connectors.opcua import show_certificate  # noqa: PLC0415
    from connectors.opcua.trust import Accepted, TrustStore, pem_of  # noqa: PLC0415

    scope = load_scope(scope_file)
    chosen = _endpoint(scope, endpoint)
    check_window(scope, time_ns())
    store = TrustStore(scope.plant.id)
    before = store.known(chosen.id)
    shown, raw = asyncio.run(show_certificate(chosen, scope))
    _show(shown, chosen, before)
    _agree(shown, fingerprint)
    accepted = Accepted(
        endpoint=chosen.id,
        address=chosen.address,
        fingerprint=shown.fingerprint,
        subject=shown.subject,
        at=datetime.now().astimezone().isoformat(timespec="seconds"),
        by=by or getpass.getuser(),
        certificate=pem_of(raw),
    )
    file = store.accept(accepted)
    if as_json:
        emit({"accepted": accepted.model_dump(mode="json"), "file": str(file)})
    else:
        out.print(render("doors.accepted", language(), endpoint=chosen.id, file=str(file)), soft_wrap=True)


@app.command("forget")
def trust_forget(
    scope_file: ScopeFile,
    endpoint: Annotated[str, typer.Argument(help="Its id in the scope.")],
    as_json: AsJson = False,
) -> None:
    """Take a yes back. Contacts nothing."""
    from connectors.opcua.trust import TrustStore  # noqa: PLC0415

    scope = load_scope(scope_file)
    chosen = _endpoint(scope, endpoint)
    forgotten = TrustStore(scope.plant.id).forget(chosen.id)
    if as_json:
        emit({"endpoint": chosen.id, "forgotten": forgotten})
    else:
        key = "doors.forgotten" if forgotten else "doors.nothing_to_forget"
        out.print(render(key, language(), endpoint=chosen.id))


def _endpoint(scope: Scope, name: str | None) -> Endpoint:
    """The OPC UA endpoint that is meant; the only one where none is named."""
    found = {e.id: e for e in scope.endpoints if e.protocol == "opcua"}
    if name is None and len(found) == 1:
        return next(iter(found.values()))
    if name not in found:
        known = ", ".join(found) or "-"
        raise InputError(Message(id="doors.which_endpoint", params={"known": known}))
    return found[name]


def _show(shown: Certificate, endpoint: Endpoint, before: "Accepted | None") -> None:
    """What a person needs in order to say yes or no, on stderr."""
    facts: dict[str, Any] = {
        "address": endpoint.address,
        "subject": shown.subject,
        "issuer": shown.issuer,
        "valid": f"{moment(shown.not_before)} – {moment(shown.not_after)}",
        "key": f"{shown.key_type} {shown.key_bits}, {shown.signature_hash or '-'}",
        "hosts": ", ".join(shown.hosts) or "-",
        "uri": shown.application_uri or "-",
        "thumbprint": shown.thumbprint,
        "fingerprint": shown.fingerprint,
    }
    for name, value in facts.items():
        err.print(f"{render(f'doors.head.{name}', language())}: {value}", soft_wrap=True)
    for remark in _remarks(shown, before):
        err.print(render(remark, language()), style="bold red", soft_wrap=True)


def _remarks(shown: Certificate, before: "Accepted | None") -> list[Message]:
    """What speaks against a yes."""
    found, now = [], time_ns()
    if before is not None and before.fingerprint != shown.fingerprint:
        params: dict[str, Any] = {"old": before.fingerprint, "by": before.by, "at": before.at}
        found.append(Message(id="doors.remark.changed", params=params))
    if not shown.not_before <= now <= shown.not_after:
        found.append(Message(id="doors.remark.not_valid_now"))
    if shown.names_host is False:
        found.append(Message(id="doors.remark.other_host"))
    return found


def _agree(shown: Certificate, given: str | None) -> None:
    """Raise InputError unless a person says yes to this very certificate. There is no blanket yes."""
    if given is not None:
        plain = "".join(c for c in given.lower() if c not in " :-")
        if plain != shown.fingerprint:
            raise InputError(
                Message(id="doors.other_fingerprint", params={"given": plain, "shown": shown.fingerprint})
            )
        return
    err.print(render("doors.question", language()), end=" [y/N]: ")
    answer = sys.stdin.readline()
    if not answer:
        raise InputError(Message(id="doors.needs_an_answer"))
    if answer.strip().lower() not in ("y", "yes", "是"):
        raise InputError(Message(id="doors.not_accepted"))
