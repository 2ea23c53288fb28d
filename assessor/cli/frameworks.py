"""Maturity models that answers can be rated on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from assessor import choosing, present
from assessor.cli.terminal import AsJson, emit, language, out
from assessor.domain import Message, plain
from assessor.errors import InputError
from assessor.frameworks import load_framework, load_library
from assessor.frameworks.checks import Checked, check, wording
from assessor.frameworks.facts import STANDINGS, Stated, facts
from assessor.frameworks.proof import Reach
from assessor.frameworks.targets import load_targets
from assessor.indicators import load as indicators
from assessor.messages import percent, render

app = typer.Typer(name="frameworks", help=__doc__, no_args_is_help=True)


@app.command("list")
def frameworks_list(as_json: AsJson = False) -> None:
    """Every framework, its law and standing."""
    held = load_library().frameworks
    if as_json:
        emit([{"id": f.id, "version": f.version, "law": f.law, "status": f.status} for f in held.values()])
        return
    table = Table("id", "version", render("cli.title", language()), render("cli.status", language()))
    for f in held.values():
        table.add_row(f.id, f.version, render(f.title, language()), f.status)
    out.print(table)


@app.command("show")
def frameworks_show(id_: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """One framework: its tree, weights, parameters and their standing."""
    library = load_library()
    framework = choosing.choose(library, id_)
    if as_json:
        emit(framework)
    else:
        present.framework(framework, library.questions, out, language())


@app.command("check")
def frameworks_check(
    file: Annotated[
        Path | None, typer.Argument(help="A framework file; the shipped library if none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove the shipped library, or a framework file of your own against the bank; a few seconds in all.

    Ids, weights and bands, both languages, how much of it is mapped, and for every level answers that give it; of
    the shipped library the targets of cities too.
    Exit code 2 where something is to be put right.
    """
    library = load_library(known_indicators=indicators())
    frameworks = [load_framework(file, library)] if file else list(library.frameworks.values())
    if not file:
        load_targets(library)  # no part of the library: cities' plans, that an office's pages read
    others = [] if file else [*library.questions.values(), *library.recommendations.values()]
    checked = [check(framework, library) for framework in frameworks]
    faults = [message for item in others for message in wording(item)]
    count = len(faults) + sum(len(c.faults) for c in checked)
    held = {"questions": len(library.questions), "frameworks": len(library.frameworks)}
    if as_json:
        emit(held | {"checked": [_proven(c) for c in checked], "faults": [render(m, language()) for m in faults]})
    else:
        _show_checked(checked, faults)
        end, params = "check_faults" if count else "checked", {"n": held["questions"], "m": held["frameworks"]}
        out.print(render(f"cli.{end}", language(), **params, k=count), soft_wrap=True)
    if count:
        raise typer.Exit(InputError.exit_code)


@app.command("facts")
def frameworks_facts(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    status: Annotated[
        str | None, typer.Option(help="Only these: unverified, unmapped, own, draft, secondary, official.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Every fact of a framework with its standing and source: what an expert still has to verify comes first."""
    if status is not None and status not in STANDINGS:
        known = ", ".join(STANDINGS)
        raise InputError(Message(id="check.unknown_status", params={"status": status, "known": known}))
    framework = choosing.choose(load_library(), id_)
    stated = [fact for fact in facts(framework) if status in (None, fact.standing)]
    if as_json:
        emit([_fact(fact) for fact in stated])
        return
    heads = ("cli.place", "cli.value", "cli.status", "cli.source")
    table = Table(*(render(head, language()) for head in heads))
    for fact in stated:
        note = f" ({render(fact.note, language())})" if fact.note else ""
        value = render(fact.value, language()) + note
        table.add_row(fact.place, value, fact.standing, render(fact.source, language()) if fact.source else "")
    out.print(render(framework.source, language()), soft_wrap=True)
    out.print(table)
    counts = Counter(str(fact.standing) for fact in stated)
    out.print(", ".join(f"{standing} {counts[standing]}" for standing in STANDINGS if counts[standing]))


def _fact(fact: Stated) -> dict[str, Any]:
    return {
        "place": fact.place,
        "value": fact.value.model_dump(),
        "status": str(fact.standing),
        "source": fact.source.model_dump() if fact.source else None,
        "note": fact.note.model_dump() if fact.note else None,
    }


def _proven(checked: Checked) -> dict[str, Any]:
    return {
        "id": checked.id,
        "law": checked.law,
        "asks": checked.asks,
        "unmapped": checked.unmapped,
        "covered": plain(checked.covered),
        "levels": [_reached(found) for found in checked.reaches],
        "faults": [render(message, language()) for message in checked.faults],
    }


def _reached(found: Reach) -> dict[str, Any]:
    return asdict(found) | {"lacking": [render(name, language()) for name in found.lacking]}


def _show_checked(checked: Sequence[Checked], faults: Sequence[Message]) -> None:
    heads = ("cli.asked_count", "cli.mapped_share", "cli.variant", "cli.levels_reached")
    table = Table("id", *(render(head, language()) for head in heads))
    for item in checked:
        first = [item.id, str(item.asks), percent(item.covered)]
        rows = [(f"{r.variant} ({r.plant})", " ".join(map(str, r.reached))) for r in item.reaches] or [("", "-")]
        for variant, levels in rows:
            table.add_row(*first, variant, levels)
            first = ["", "", ""]
    out.print(table)
    for message in [*faults, *(message for item in checked for message in item.faults)]:
        out.print(render(message, language()), style="bold red", soft_wrap=True)
