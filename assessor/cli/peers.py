"""Real plants beside one another: give out a set of peers without names, and compare a plant with such sets."""

from pathlib import Path
from time import time_ns
from typing import Annotated

import typer
from rich.progress import Progress

from assessor import run
from assessor.cli.terminal import AsJson, emit, err, language, out, say
from assessor.domain import Comparison, canonical
from assessor.home import replace
from assessor.messages import Language, number, percent, render
from assessor.portfolio.peers import as_peer, peers_of, read_peers
from assessor.portfolio.rerate import stored
from models.peers import compare as compared

app = typer.Typer(name="peers", help=__doc__, no_args_is_help=True)


@app.command("export")
def export(
    files: Annotated[
        list[Path], typer.Argument(help="Filing bundles or assessment.json files, ten plants or more.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file of peers to write.")],
    source: Annotated[str, typer.Option(help="Who gives it out, in your own words.")],
    as_json: AsJson = False,
) -> None:
    """Reduce stored assessments to what cannot name their plants; of each plant the latest counts."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        held = [stored(file) for file in progress.track(files, description=render("peers.reading", language()))]
    made = peers_of(held, source, time_ns())
    replace(output, canonical(made))
    if as_json:
        emit({"peers": len(made.peers), "file": str(output)})
    else:
        say("peers.written", n=len(made.peers), file=str(output))


@app.command("compare")
def compare(
    assessment: Annotated[Path, typer.Argument(help="An assessment.json.")],
    peers: Annotated[list[Path], typer.Argument(help="Files of peers, as `peers export` wrote them.")],
    as_json: AsJson = False,
) -> None:
    """Where one plant stands among its nearest real peers, or why nothing can be said."""
    found = compared(as_peer(run.load_assessment(assessment)), read_peers(peers))
    if as_json:
        emit(found)
    else:
        _print(found, language())


def _print(found: Comparison, language: Language) -> None:
    if found.simulated:
        out.print(render("peers.simulated", language), style="bold", soft_wrap=True)
    out.print(render(found.why, language), soft_wrap=True)
    for message in found.nearest:
        out.print("- " + render(message, language), soft_wrap=True)
    for q in found.quantiles:
        ends = " … ".join("–" if end is None else number(end) for end in (q.low, q.high))
        line = render("peers.quantile", language, share=q.share, value=q.value, ends=ends)
        out.print(line, soft_wrap=True)
    if found.below is not None:
        ends = f"{percent(found.below_low or 0)} … {percent(found.below_high or 0)}"
        out.print(render("peers.below", language, share=found.below, ends=ends, score=found.score), soft_wrap=True)
