"""Who could do it, and who pays: programmes, match, demand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from assessor import present, run
from assessor.cli.terminal import AsJson, emit, language, out, say
from assessor.domain import Assessment, Message, canonical
from assessor.errors import InputError
from assessor.forms.providers import load_providers, write_demand
from assessor.frameworks import load_library
from assessor.funding import eligible
from assessor.matching import demand as demanded
from assessor.matching import match as matched

app = typer.Typer(no_args_is_help=True)
Judged = Annotated[Path, typer.Argument(help="An assessment.json.")]


@app.command()
def programmes(
    assessment: Judged,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the application; today if none is named."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold every programme that is known against a plant: what might apply, why not, which proof is missing."""
    done, library = run.load_assessment(assessment), load_library()
    day = (on or datetime.now(UTC)).strftime("%Y-%m-%d")
    found = eligible(done, library, day)
    if as_json:
        emit([one.model_dump(mode="json") for one in found])
    else:
        present.programmes(found, library.programmes, out, language())


@app.command()
def match(
    assessment: Judged,
    providers: Annotated[Path, typer.Argument(help="A file of providers, as `providers read` wrote it.")],
    diagnoser: Annotated[
        str | None, typer.Option(help="Who made the diagnosis, by credit code or id: marked, never ranked by.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Who could carry out each thing of the plan, with the reason for each rank."""
    done, library = _planned(assessment), load_library()
    held = load_providers(providers, library.recommendations)
    found = matched(done, held.providers, library.regions, diagnoser)
    if as_json:
        emit([one.model_dump(mode="json") for one in found])
    else:
        present.matches(found, out, language())


@app.command()
def demand(
    assessment: Judged,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write: .xlsx or .json.")],
    offers_by: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Until when offers are awaited.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write what the plan looks for without the factory's name, code or address, to hand round."""
    done, library = _planned(assessment), load_library()
    sizes = next(iter(library.sizes.values()), None)
    made = demanded(done, library.regions, sizes, offers_by.strftime("%Y-%m-%d") if offers_by else None)
    run.write_bytes(output, canonical(made) if output.suffix == ".json" else write_demand(made))
    if as_json:
        emit(made)
        return
    present.demand(made, out, language())
    say("cli.written", folder=str(output))


def _planned(file: Path) -> Assessment:
    done = run.load_assessment(file)
    if done.roadmap is None or not done.roadmap.choices:
        raise InputError(Message(id="match.no_plan"), str(file))
    return done
