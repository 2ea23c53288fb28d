"""Of sampling: what a run will do, before it does it, and the bundle that it left."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from assessor.bundle import Sealed
from assessor.messages import Language, number, percent, render
from assessor.present.tables import titled
from connectors.preview import Preview, care, sendable


def preview(stated: Preview, out: Console, language: Language) -> None:
    """The load of a run and what it can test, before anything is sent."""
    out.print(_loads(stated, language))
    _reach(stated, out, language)
    for said in (*sendable(stated), *care(stated)):
        out.print(render(said, language), soft_wrap=True)
    _maps(stated, out, language)
    for change in stated.changes:
        out.print(render("cli.changed_limit", language, **change.model_dump()), soft_wrap=True)
    for load in stated.loads:
        for warning in load.warnings:
            params = {"endpoint": load.endpoint, "problem": render(warning, language)}
            out.print(render("cli.endpoint_problem", language, **params), style="bold yellow", soft_wrap=True)
    out.print(render("preview.how_to_stop", language), soft_wrap=True)
    out.print(render("cli.nothing_sent", language), style="bold")


def _loads(stated: Preview, language: Language) -> Table:
    heads = (
        "cli.endpoint",
        "cli.requests_per_second",
        "cli.bytes_per_second",
        "cli.requests",
        "cli.connections",
    )
    table = titled(language, *heads, "cli.share_of_limit", title="cli.load")
    for load in stated.loads:
        limit = "-" if load.share_of_server_limit is None else percent(f"{load.share_of_server_limit:.4f}")
        table.add_row(
            load.endpoint,
            number(f"{load.requests_per_second:.2f}"),
            number(f"{load.bytes_per_second:.0f}"),
            number(load.requests, 0),
            str(load.connections),
            limit,
        )
    return table


def _reach(stated: Preview, out: Console, language: Language) -> None:
    """Machines that can be tested, that are known from a record only, and that cannot be asked."""
    reach = stated.reach
    params = {"n": len(reach.testable), "of": reach.machines, "seconds": f"{stated.seconds:g}"}
    out.print(render("cli.reach", language, **params), soft_wrap=True)
    if reach.recorded:
        out.print(render("export.reach", language, n=len(reach.recorded)), soft_wrap=True)
    for machine in reach.untestable:
        why = render(machine.why, language)
        out.print("  " + render("cli.untestable", language, asset=machine.asset, why=why), soft_wrap=True)


def _maps(stated: Preview, out: Console, language: Language) -> None:
    """Register maps that are to be checked on site, or that have something peculiar to know."""
    for used in stated.maps:
        if used.confidence == "check-on-site" or used.note:
            word = render(f"profiles.word.{used.confidence}", language)
            note = render(used.note, language) if used.note else ""
            params = {"endpoint": used.endpoint, "unit": used.unit, "profile": used.profile, "standing": word}
            out.print(render("profiles.map_used", language, note=note, **params).rstrip(), soft_wrap=True)


def sealed_facts(bundle: Path, sealed: Sealed) -> dict[str, Any]:
    """What `sample --json` prints."""
    return {
        "bundle": str(bundle),
        "digest": sealed.digest,
        "fingerprint": sealed.manifest.fingerprint,
        "truncated": sealed.manifest.truncated,
        "members": [m.model_dump(mode="json") for m in sealed.manifest.members],
    }


def sealed(bundle: Path, result: Sealed, out: Console, language: Language) -> None:
    """Where the bundle is and what is in it."""
    table = titled(language, "cli.member", "cli.bytes", "cli.digest", title="cli.sealed")
    for member in result.manifest.members:
        table.add_row(member.name, number(member.bytes, 0), member.sha256[:16] + "…")
    out.print(table)
    key = "cli.sealed_truncated" if result.manifest.truncated else "cli.sealed_whole"
    out.print(
        render(key, language, file=str(bundle), key=result.manifest.fingerprint, digest=result.digest),
        soft_wrap=True,
    )
